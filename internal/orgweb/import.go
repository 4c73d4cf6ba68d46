package orgweb

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/table"
	"bassin/internal/web"
)

// importBody is how many bytes the forms of an import may hold: a table in UTF-8 may be
// longer than in the encoding it came in, and there are the other fields.
const importBody = 7 << 20

// importView is the page where a table is given, and what was read of it.
type importView struct {
	Title    string
	Errors   web.Errors
	Notices  []web.Notice
	File     web.Field
	Text     web.Field
	Columns  *web.Table
	Kinds    string
	Preview  *importPreview
	Template web.Anchor
}

// importPreview is what would become of each line.
type importPreview struct {
	Seen    string // digest of what is shown
	Says    []string
	Refused []importLine
	Alike   []importLine
	New     []importLine
	Known   []importLine
	Leave   web.Field
	Button  string // "" where there is nothing to keep
	Text    web.Field
}

// importLine is a line in words.
type importLine struct {
	Line  int
	Name  string
	Told  string
	Why   []string
	Links []lookView
	Is    bool // it was said to be another
}

// importFields are the columns of a table that is sent: what only an export tells is
// read, and not asked.
var importFields = slices.DeleteFunc(slices.Clone(people.OrganisationColumns), func(c string) bool { return c == "id" || c == "vintage" || c == "commune_name" })

func (p *Pages) importForm(w http.ResponseWriter, r *http.Request) error {
	v := &importView{}
	if n, err := strconv.Atoi(r.URL.Query().Get("ajoutees")); err == nil && n > 0 {
		v.Notices = append(v.Notices, web.Notice{Kind: web.Done, Text: p.Kit.Locale(r.Context()).T("organisation.import.done", n), Role: "status"})
	}
	return p.importPage(w, r, v, 0)
}

// importTemplate is a table without rows, to fill in.
func (p *Pages) importTemplate(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="organisations-`+l.T("organisation.import.file_name")+`.csv"`)
	return web.WriteCSV(w, l, people.OrganisationHead(l, importFields), func(func([]string)) {})
}

// given is the table of a form: a file if there is one, else the text.
func given(r *http.Request) ([]byte, error) {
	err := r.ParseMultipartForm(importBody) // all of it in memory
	if errors.Is(err, http.ErrNotMultipart) {
		err = nil // the text alone
	}
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, fault.New(fault.TooLarge, "table.large", people.ImportLimits.Bytes>>20)
		}
		return nil, fault.New(fault.Invalid, "organisation.import.cut").Because(err)
	}
	if file, _, err := r.FormFile("fichier"); err == nil {
		defer file.Close() // only read
		data, err := io.ReadAll(file)
		if err != nil || len(data) > 0 {
			return data, err
		}
	}
	return []byte(r.PostFormValue("texte")), nil
}

// read reads the table of a form and judges it. Without one to judge it shows the form
// again, with what is wrong.
func (p *Pages) readImport(w http.ResponseWriter, r *http.Request) (*people.Import, *importView, error) {
	l, v := p.Kit.Locale(r.Context()), &importView{}
	data, err := given(r)
	if err == nil && len(data) == 0 {
		err = fault.New(fault.Invalid, "organisation.import.missing")
	}
	if err != nil {
		e, ok := errors.AsType[*fault.Error](err)
		if !ok {
			return nil, nil, err
		}
		status := http.StatusUnprocessableEntity
		if e.Code == fault.TooLarge {
			status = http.StatusRequestEntityTooLarge
		}
		v.Errors.Items = append(v.Errors.Items, web.FieldError{Field: "fichier", Text: l.T(e.Key, e.Args...)})
		return nil, nil, p.importPage(w, r, v, status)
	}
	imp, err := p.Rules.ReadImport(r.Context(), people.Of(r.Context()), data, p.Kit.Locales()...)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range imp.Findings {
		text := p.finding(l, f)
		if f.Severity == table.Wrong && len(imp.Lines) == 0 {
			v.Errors.Items = append(v.Errors.Items, web.FieldError{Field: "fichier", Text: text})
			continue
		}
		if f.Line > 1 {
			text = l.T("organisation.import.in_line", f.Line, text)
		}
		v.Notices = append(v.Notices, web.Notice{Kind: web.Attention, Text: text})
	}
	if len(imp.Lines) == 0 {
		v.Text.Value = imp.Text
		return nil, nil, p.importPage(w, r, v, http.StatusUnprocessableEntity)
	}
	return imp, v, nil
}

func (p *Pages) importRead(w http.ResponseWriter, r *http.Request) error {
	imp, v, err := p.readImport(w, r)
	if err != nil || imp == nil {
		return err
	}
	status := 0
	if imp.Count(people.LineRefused) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return p.previewPage(w, r, v, imp, status)
}

// importKeep creates what was shown, if it still stands as it was shown.
func (p *Pages) importKeep(w http.ResponseWriter, r *http.Request) error {
	imp, v, err := p.readImport(w, r)
	if err != nil || imp == nil {
		return err
	}
	l := p.Kit.Locale(r.Context())
	if r.PostFormValue("vu") != imp.Digest() {
		v.Notices = append(v.Notices, web.Notice{Kind: web.Attention, Text: l.T("organisation.import.changed"), Role: "alert"})
		return p.previewPage(w, r, v, imp, http.StatusConflict)
	}
	made, err := p.Rules.KeepImport(r.Context(), people.Of(r.Context()), imp, others(r), r.PostFormValue("laisser") != "")
	if err == nil {
		return p.Kit.Redirect(w, r, "/organisations/importer?ajoutees="+strconv.Itoa(len(made)), http.StatusSeeOther)
	}
	if taken, ok := errors.AsType[*people.Taken](err); ok { // by somebody, meanwhile
		v.Notices = append(v.Notices, web.Notice{Kind: web.Attention, Text: l.T("organisation.taken", taken.Other.Name), Role: "alert"})
		return p.previewPage(w, r, v, imp, http.StatusConflict)
	}
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Code != fault.Invalid {
		return err
	}
	field := "laisser"
	if imp.Count(people.LineRefused) == 0 || r.PostFormValue("laisser") != "" {
		field = "texte"
	}
	v.Errors.Items = append(v.Errors.Items, web.FieldError{Field: field, Text: l.T(e.Key, e.Args...)})
	return p.previewPage(w, r, v, imp, http.StatusUnprocessableEntity)
}

// others are the lines said to be other organisations than those they look like.
func others(r *http.Request) map[int]bool {
	out := map[int]bool{}
	for _, text := range r.PostForm["autre"] {
		if n, err := strconv.Atoi(text); err == nil {
			out[n] = true
		}
	}
	return out
}

// finding tells in words where something is wrong, and what.
func (p *Pages) finding(l *i18n.Localizer, f table.Finding) string {
	text := l.T(f.Key, f.Args...)
	if slices.Contains(people.OrganisationColumns, f.Field) {
		text = l.T("organisation.import.in_column", l.T("organisation.field."+f.Field), text)
	}
	return text
}

// previewPage shows what would become of each line, with the form that does it.
func (p *Pages) previewPage(w http.ResponseWriter, r *http.Request, v *importView, imp *people.Import, status int) error {
	l, f, said := p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context()).France, others(r)
	x := &importPreview{Seen: imp.Digest()}
	for _, line := range imp.Lines {
		o := &line.Organisation
		told := importLine{Line: line.Line, Name: o.Name, Told: kindOrNothing(l, o.Kind), Is: said[line.Line]}
		if place := placed(f, o); place != "" && told.Told != "" {
			told.Told += " · " + place
		}
		for _, finding := range line.Findings {
			told.Why = append(told.Why, p.finding(l, finding))
		}
		for _, above := range line.AlikeAbove {
			told.Why = append(told.Why, l.T("organisation.import.above", above))
		}
		if line.Above > 0 {
			told.Why = append(told.Why, l.T("organisation.import.same_above", line.Above))
		}
		told.Links = looks(l, line.Alike)
		switch line.Verdict {
		case people.LineRefused:
			x.Refused = append(x.Refused, told)
		case people.LineAlike:
			x.Alike = append(x.Alike, told)
		case people.LineNew:
			x.New = append(x.New, told)
		case people.LineKnown:
			if line.Other.ID != "" {
				told.Links = []lookView{{line.Other.ID, line.Other.Name, address(line.Other.ID), kindName(l, line.Other.Kind), ""}}
			}
			x.Known = append(x.Known, told)
		}
	}
	for _, says := range []struct {
		key string
		n   int
	}{{"new", len(x.New)}, {"alike", len(x.Alike)}, {"known", len(x.Known)}, {"refused", len(x.Refused)}} {
		if says.n > 0 {
			x.Says = append(x.Says, l.T("organisation.import.says."+says.key, says.n))
		}
	}
	wrong := map[string]string{}
	for _, e := range v.Errors.Items {
		wrong[e.Field] = e.Text
	}
	if len(x.Refused) > 0 {
		x.Leave = web.Field{Name: "laisser", Type: "checkbox", Label: l.T("organisation.import.leave"), Error: wrong["laisser"],
			Options: []web.Option{{Value: "1", Label: l.T("organisation.import.leave_them", len(x.Refused)), Chosen: r.PostFormValue("laisser") != ""}}}
	}
	if len(x.New)+len(x.Alike) > 0 {
		x.Button = l.T("organisation.import.keep", len(x.New))
		if len(x.Alike) > 0 {
			x.Button = l.T("organisation.import.keep_chosen")
		}
	}
	x.Text = web.Field{Name: "texte", Type: "textarea", Rows: 12, Label: l.T("organisation.import.correct"), Help: l.T("organisation.import.correct_help"), Value: strings.TrimPrefix(imp.Text, "\n"), Error: wrong["texte"], Required: true}
	v.Preview = x
	return p.importPage(w, r, v, status)
}

func kindOrNothing(l *i18n.Localizer, k people.OrganisationKind) string {
	if !k.Valid() {
		return ""
	}
	return kindName(l, k)
}

func (p *Pages) importPage(w http.ResponseWriter, r *http.Request, v *importView, status int) error {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	v.Title = l.T("organisation.import.title")
	crumbs := []web.Crumb{{Text: l.T("organisation.title"), Href: "/organisations"}}
	if v.Preview != nil {
		v.Title = l.T("organisation.import.check_title")
		crumbs = append(crumbs, web.Crumb{Text: l.T("organisation.import.title"), Href: "/organisations/importer"})
	} else {
		v.File = web.Field{Name: "fichier", Type: "file", Label: l.T("organisation.import.file"), Help: l.T("organisation.import.file_help", people.ImportLimits.Bytes>>20, people.ImportLimits.Rows)}
		for _, e := range v.Errors.Items {
			v.File.Error = e.Text
			break
		}
		v.Text = web.Field{Name: "texte", Type: "textarea", Rows: 6, Label: l.T("organisation.import.text"), Help: l.T("organisation.import.text_help"), Value: v.Text.Value}
		v.Template = web.Anchor{Text: l.T("organisation.import.template"), Href: "/organisations/importer/modele", Icon: "down", Rel: "nofollow"}
		v.Columns = &web.Table{ID: "colonnes", Caption: l.T("organisation.import.columns"), Quiet: true, Columns: []web.Column{{Title: l.T("organisation.import.column")}, {Title: l.T("organisation.import.content")}}}
		for _, c := range importFields {
			name := web.Cell{Text: l.T("organisation.field." + c), Note: c}
			if c == "kind" || c == "name" {
				name.Marks = []web.Mark{{Text: l.T("organisation.import.needed")}}
			}
			v.Columns.Rows = append(v.Columns.Rows, []web.Cell{name, {Text: l.T("organisation.import.column." + c)}})
		}
		var kinds []string
		for _, k := range people.OrganisationKinds {
			kinds = append(kinds, l.T("organisation.import.kind_word", kindName(l, k), string(k)))
		}
		v.Kinds = strings.Join(kinds, "; ")
	}
	page := &web.Page{Title: v.Title, Template: "organisation/import", View: v, NoIndex: true, Status: status, Crumbs: crumbs}
	page.Rights = []web.Right{right(ctx, l, "organisation.create", people.Of(ctx).MaySomewhere("organisation.create"))}
	return p.Kit.Page(w, r, page)
}
