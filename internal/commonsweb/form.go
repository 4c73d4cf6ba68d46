package commonsweb

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// form is the sheet of an entry as somebody fills it in.
type form struct {
	*teller
	kind   commons.Kind
	sheet  commons.Sheet
	typed  map[string]string // by field, what is shown again as it was typed
	rows   [][]string        // of measures, likewise; nil if none were sent
	errors web.Errors
}

// formView is the page of a form.
type formView struct {
	Title, Lead string
	Action      string
	Cancel      string
	Errors      web.Errors
	Notices     []web.Notice
	Groups      []groupView
	Hidden      []web.Hidden
	Publishes   bool // the reader reviews here: what they submit is published
}

// groupView is fields of a form under a title.
type groupView struct {
	ID, Title string
	Folded    bool
	Fields    []web.Field
	Measures  *measuresForm // before the fields; nil for none
}

// groups are the parts of the form, in order; fields that none names come last.
var groups = []struct {
	name   string
	folded bool
	fields []string
}{
	{"what", false, []string{"title", "summary", "problem", "description", "form", "themes", "publics", "territories"}},
	{"get", false, []string{"licence", "website", "repository", "documentation", "endpoint", "distributions", "formats", "publisher", "operator", "opened_to", "maintainers", "contact_role", "uses"}},
	{"course", false, []string{"partners", "begun_on", "ended_on", "wanted_by", "phase", "phase_status", "budget", "staff", "in_kind", "conditions"}},
	{"results", false, []string{"measures", "results", "failures", "lessons", "held", "to_repeat"}},
	{"usable", true, []string{"installable", "hosted_offers", "reserved_design", "accessibility", "accessibility_statement", "status"}},
	{"lineage", true, []string{"answers", "adapted_from", "combined_with", "inspired_by", "became", "based_on"}},
	{"more", true, nil},
	{"english", true, []string{"summary_en", "description_en"}},
}

// Names of fields of the form that are not those of a sheet.
const (
	homeField    = "home"
	noteField    = "note"
	versionField = "version"
)

func (p *Pages) form(r *http.Request, k commons.Kind, s commons.Sheet) *form {
	return &form{teller: p.teller(r), kind: k, sheet: s, typed: map[string]string{}}
}

// readForm reads what was typed: a field that the form did not show keeps what it held.
func (p *Pages) readForm(r *http.Request, k commons.Kind, held commons.Sheet) (*form, error) {
	if err := r.ParseForm(); err != nil {
		return nil, fault.New(fault.Invalid, "web.error.400.text").Because(err)
	}
	x := p.form(r, k, held.Clone())
	for _, f := range commons.FieldsOf(k) {
		if f.Type == commons.Indicator && x.readMeasures(r) {
			continue
		}
		if !r.PostForm.Has(f.Name) && !r.PostForm.Has("shown."+f.Name) {
			continue
		}
		values := r.PostForm[f.Name]
		if f.Many && f.Type != commons.Choice {
			x.typed[f.Name] = r.PostFormValue(f.Name)
			values = strings.Split(x.typed[f.Name], "\n")
		}
		x.sheet.Set(f.Name, values...)
		if err := x.resolve(f); err != nil {
			return nil, err
		}
		if len(x.sheet[f.Name]) == 0 {
			delete(x.sheet, f.Name)
		}
	}
	return x, nil
}

// resolve finds what was named: territories, organisations and entries.
func (x *form) resolve(f commons.Field) error {
	values := x.sheet[f.Name]
	for i, v := range values {
		switch f.Type {
		case commons.Place:
			id, many := x.place(v)
			switch {
			case id != territory.ID{}:
				values[i] = id.String()
			case len(many) > 0:
				x.wrong(f.Name, x.l.T("library.form.place_several", v, x.l.List(many)))
			}
		case commons.Body:
			var err error
			if values[i], err = x.p.bodyNamed(x.ctx, v); err != nil {
				return err
			}
		case commons.Reference:
			if at := strings.LastIndex(v, "/"); at >= 0 { // an address was pasted
				v = v[at+1:]
			}
			if at := strings.LastIndex(v, "("); at >= 0 && strings.HasSuffix(v, ")") {
				v = v[at+1 : len(v)-1]
			}
			values[i] = strings.TrimSpace(v)
		case commons.Line, commons.Text, commons.Choice, commons.Link, commons.Day, commons.Number, commons.Yes, commons.SPDX, commons.Language, commons.Indicator:
		}
	}
	return nil
}

// bodyNamed is the organisation that a name says, as a value of a sheet; the name if it
// says none, or several.
func (p *Pages) bodyNamed(ctx context.Context, name string) (string, error) {
	found, err := p.Bodies.Search(ctx, name, 3)
	for _, o := range found {
		if slices.Equal(people.Fold(o.Name), people.Fold(name)) && o.ID != "" && (len(found) == 1 || o.Name == name) {
			return commons.OrganisationValue(o.ID), err
		}
	}
	return name, err
}

func (x *form) wrong(field, text string) {
	x.errors.Items = append(x.errors.Items, web.FieldError{Field: field, Text: text})
}

// refused puts the errors of fields on the form; any other is returned.
func (x *form) refused(err error) error {
	faults, rest := fault.Split(err, web.OfField)
	for _, e := range faults {
		x.wrong(e.Field, x.l.T(e.Key, e.Args...))
	}
	return rest
}

// lay is the form, group by group.
func (x *form) lay() ([]groupView, error) {
	if err := x.know(x.sheet); err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, g := range groups {
		for _, f := range g.fields {
			named[f] = true
		}
	}
	var out []groupView
	for _, g := range groups {
		v := groupView{ID: g.name, Title: x.l.T("library.group." + g.name), Folded: g.folded}
		fields := g.fields
		if fields == nil {
			for _, f := range commons.FieldsOf(x.kind) {
				if !named[f.Name] {
					fields = append(fields, f.Name)
				}
			}
		}
		for _, name := range fields {
			f, ok := commons.FieldNamed(name)
			if !ok || !f.Of(x.kind) || f.Type == commons.Choice && len(f.Choices(x.kind)) == 0 {
				continue
			}
			if f.Type == commons.Indicator {
				v.Measures = x.measureForm()
				continue
			}
			field, err := x.field(f)
			if err != nil {
				return nil, err
			}
			if field.Error != "" {
				v.Folded = false
			}
			v.Fields = append(v.Fields, field)
		}
		if len(v.Fields) > 0 || v.Measures != nil {
			out = append(out, v)
		}
	}
	return out, nil
}

// field is one field of the form.
func (x *form) field(f commons.Field) (web.Field, error) {
	values := x.sheet[f.Name]
	out := web.Field{Name: f.Name, Label: x.teller.field(f.Name), Value: x.sheet.Get(f.Name), Required: f.Needed}
	if key := "commons.help." + f.Name; x.l.Has(key) {
		out.Help = x.l.T(key)
	}
	for _, e := range x.errors.Items {
		if e.Field == f.Name && out.Error == "" {
			out.Error = e.Text
		}
	}
	option := func(value, label string) {
		out.Options = append(out.Options, web.Option{Value: value, Label: label, Chosen: slices.Contains(values, value)})
	}
	switch {
	case f.Type == commons.Choice && f.Many:
		out.Type = "checkbox"
		for _, c := range f.Choices(x.kind) {
			option(c, x.l.T("commons."+f.Name+"."+c))
		}
	case f.Type == commons.Choice, f.Type == commons.Yes:
		out.Type = "select"
		out.Options = []web.Option{{Label: x.l.T("library.form.unsaid"), Chosen: len(values) == 0}}
		choices, prefix := f.Choices(x.kind), "commons."+f.Name+"."
		if f.Type == commons.Yes {
			choices, prefix = []string{"yes", "no"}, "commons."
		}
		for _, c := range choices {
			option(c, x.l.T(prefix+c))
		}
	case f.Many:
		out.Type, out.Rows = "textarea", 3
		typed, ok := x.typed[f.Name]
		if !ok {
			lines := make([]string, len(values))
			for i, v := range values {
				var err error
				if lines[i], err = x.typeable(f, v); err != nil {
					return out, err
				}
			}
			typed = strings.Join(lines, "\n")
		}
		out.Value = typed
		out.Help = strings.TrimSpace(out.Help + " " + x.l.T("library.form.one_per_line"))
	case f.Type == commons.Text:
		out.Type, out.Rows = "textarea", 6
	case f.Type == commons.Body:
		var err error
		if out.Value, err = x.typeable(f, out.Value); err != nil {
			return out, err
		}
	}
	return out, nil
}

// typeable is a value as a person would type it again.
func (x *form) typeable(f commons.Field, v string) (string, error) {
	switch f.Type {
	case commons.Place:
		text, _, err := x.value(f, v)
		return text + " (" + v + ")", err
	case commons.Reference:
		if e, ok := x.entries[v]; ok {
			return e.Title() + " (" + v + ")", nil
		}
	case commons.Body:
		if _, ok := commons.OrganisationOf(v); ok {
			text, _, err := x.value(f, v)
			return text, err
		}
	case commons.Line, commons.Text, commons.Choice, commons.Link, commons.Day, commons.Number, commons.Yes, commons.SPDX, commons.Language, commons.Indicator:
	}
	return v, nil
}
