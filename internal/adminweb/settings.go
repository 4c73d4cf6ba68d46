package adminweb

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/retention"
	"bassin/internal/setting"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// sheet is a setting as a form edits it: texts by the names of its JSON.
type sheet struct {
	word   string // last word of its address, and of its texts
	name   string // of the setting
	fields []sheetField
	// given are the values of the command line, which nobody can change here.
	given map[string]string
	// tidy brings what was typed into the form that is kept, or says what is wrong.
	tidy func(ctx context.Context, l *i18n.Localizer, v map[string]string) []error
	// check is the rule of the setting's own room, on the value to be kept.
	check func(json.RawMessage) []error
	// first are the values until somebody sets them.
	first map[string]string
	// choices are the values of the fields that are chosen among some.
	choices map[string][]string
	// secret asks for the password that goes with the setting, which is never shown.
	secret bool
	// more adds parts to the page.
	more func(r *http.Request) ([]part, error)
	// written says how a value is shown where it is not typed as it is kept.
	written func(ctx context.Context, l *i18n.Localizer, name, value string) string
}

// sheetField is one value of a setting.
type sheetField struct {
	name string
	kind string // of web.Field; "switch" for yes or no, "whole" for a whole number, "choice" for one of some words
}

func (p *Pages) sheets() []sheet {
	site := func(raw json.RawMessage) []error { return checked[setting.Site](raw, setting.Site.Check) }
	text := func(names ...string) (out []sheetField) {
		for _, n := range names {
			out = append(out, sheetField{name: n})
		}
		return out
	}
	g := p.Given
	periods := map[string]string{}
	var periodFields []sheetField
	defaults := retention.Defaults()
	for _, b := range retention.Bounds() {
		periods[b.Name] = strconv.Itoa(*b.Of(&defaults))
		periodFields = append(periodFields, sheetField{b.Name, "whole"})
	}
	post := sheet{word: "courriel", name: setting.MailName, secret: true, more: p.mailTest,
		fields:  []sheetField{{name: "host"}, {"security", "choice"}, {"port", "whole"}, {name: "user"}, {name: "from"}},
		first:   map[string]string{"security": string(setting.StartTLS), "port": strconv.Itoa(setting.StartTLS.Port())},
		choices: map[string][]string{"security": {string(setting.StartTLS), string(setting.TLS), string(setting.Clear)}},
		check:   func(raw json.RawMessage) []error { return checked[setting.Mail](raw, setting.Mail.Check) }}
	if m := p.GivenMail; m != nil { // the command line wins as a whole
		post.secret = false
		post.given = map[string]string{"host": m.Host, "security": string(m.Security), "port": strconv.Itoa(m.Port), "user": cmp.Or(m.User, "–"), "from": m.From}
	}
	return []sheet{
		{word: "installation", name: setting.SiteName, check: site, tidy: p.tidySite, written: p.writtenSite,
			fields: append(text("name", "territory", "publisher", "address", "director", "host"), sheetField{"contact", "email"}, sheetField{"base_url", "url"}, sheetField{"legal", "textarea"}),
			given:  map[string]string{"name": g.Name, "publisher": g.Publisher, "address": g.Address, "director": g.Director, "host": g.Host, "contact": g.Contact, "base_url": g.BaseURL}},
		post,
		{word: "comptes", name: setting.AccountsName, fields: []sheetField{{"self_registration", "switch"}}},
		{word: "notifications", name: notice.SettingName, fields: []sheetField{{"digest_hour", "whole"}}, first: map[string]string{"digest_hour": "8"},
			check: func(raw json.RawMessage) []error {
				return checked(raw, func(s notice.Settings) []error { return oneOf(s.Check()) })
			}},
		{word: "conservation", name: retention.Name, fields: periodFields, first: periods,
			check: func(raw json.RawMessage) []error {
				return checked(raw, func(s retention.Periods) []error { return oneOf(s.Check()) })
			}},
	}
}

func oneOf(err error) []error {
	if err == nil {
		return nil
	}
	return []error{err}
}

// checked reads a value and asks its room.
func checked[T any](raw json.RawMessage, check func(T) []error) []error {
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return []error{err}
	}
	return check(v)
}

func (p *Pages) settingRoutes() []web.Route {
	routes := []web.Route{get("/reglages", "setting", p.settings)}
	for _, s := range p.sheets() {
		routes = append(routes, get("/reglages/"+s.word, "setting."+s.name+".form", p.sheetForm(s)), post("/reglages/"+s.word, "setting."+s.name, p.saveSheet(s)))
	}
	routes = append(routes, post("/reglages/courriel/essai", "setting.mail.try", p.tryMail))
	return append(routes, p.logoRoutes()...)
}

func (p *Pages) settings(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	var cards []web.Card
	for _, s := range p.sheets() {
		cards = append(cards, web.Card{Title: l.T("admin.setting." + s.word), Text: l.T("admin.setting." + s.word + ".text"), Href: settingsPath + "/" + s.word})
	}
	cards = append(cards, web.Card{Title: l.T("admin.setting.logo"), Text: l.T("admin.setting.logo.text"), Href: logoPath})
	for _, x := range p.MoreSettings {
		cards = append(cards, web.Card{Title: l.T(x.Key), Text: l.T(x.Key + ".text"), Href: x.Href})
	}
	body, err := p.Kit.Fragment(l.Lang(), "admin/cards", cards)
	if err != nil {
		return err
	}
	return p.draw(w, r, &page{Title: l.T("admin.setting.title"), Lead: l.T("admin.setting.lead"), Parts: []part{{ID: "pages", Title: l.T("admin.setting.pages"), Body: body}}}, options{actions: []string{"setting"}})
}

// values are those of a setting, as texts.
func (s sheet) values(raw json.RawMessage) (map[string]string, error) {
	kept := map[string]any{}
	if raw != nil {
		if err := json.Unmarshal(raw, &kept); err != nil {
			return nil, err
		}
	}
	out := map[string]string{}
	for _, f := range s.fields {
		out[f.name] = s.first[f.name]
		switch v := kept[f.name].(type) {
		case string:
			out[f.name] = v
		case bool:
			out[f.name] = map[bool]string{true: "1"}[v]
		case float64:
			out[f.name] = strconv.Itoa(int(v))
		}
	}
	return out, nil
}

// join puts texts in the value that is kept; what the form does not know stays.
func (s sheet) join(raw json.RawMessage, values map[string]string) (json.RawMessage, error) {
	kept := map[string]any{}
	if raw != nil {
		if err := json.Unmarshal(raw, &kept); err != nil {
			return nil, err
		}
	}
	for _, f := range s.fields {
		if s.given[f.name] != "" {
			continue
		}
		switch v := values[f.name]; f.kind {
		case "switch":
			kept[f.name] = v == "1"
		case "whole":
			n, err := strconv.Atoi(strings.TrimSpace(v))
			if err != nil {
				return nil, fault.New(fault.Invalid, "admin.setting.whole").In(f.name)
			}
			kept[f.name] = n
		default:
			delete(kept, f.name)
			if v != "" {
				kept[f.name] = v
			}
		}
	}
	return json.Marshal(kept)
}

// show is a value as people read it.
func (p *Pages) show(ctx context.Context, l *i18n.Localizer, s sheet, f sheetField, value string) string {
	switch {
	case f.kind == "switch" && value == "1":
		return l.T("admin.yes")
	case f.kind == "switch":
		return l.T("admin.no")
	case value == "":
		return l.T("admin.setting.unset")
	case f.kind == "choice" && slices.Contains(s.choices[f.name], value):
		return l.T("admin.setting." + s.word + "." + f.name + "_" + value)
	case s.written != nil:
		return s.written(ctx, l, f.name, value)
	}
	return value
}

func (s sheet) path() string { return settingsPath + "/" + s.word }

// sheetPage is the form of a setting with these values.
// before are those it had when it was first drawn.
func (p *Pages) sheetPage(r *http.Request, s sheet, version int64, before, values map[string]string) (*page, options) {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	f := form{ID: "reglage", Action: s.path(), Button: l.T("admin.setting.save"), Hidden: []web.Hidden{{Name: "version", Value: number(version)}}, Cancel: &web.Anchor{Text: l.T("admin.cancel"), Href: settingsPath}}
	fixed := web.Facts{}
	for _, x := range s.fields {
		key := "admin.setting." + s.word + "." + x.name
		field := web.Field{Name: x.name, Label: l.T(key), Type: x.kind, Value: values[x.name]}
		if l.Has(key + "_help") {
			field.Help = l.T(key + "_help")
		}
		if given := s.given[x.name]; given != "" {
			fixed.Items = append(fixed.Items, web.Fact{Term: field.Label, Text: p.show(ctx, l, s, x, given)})
			continue
		}
		switch x.kind {
		case "switch":
			field.Type, field.Options = "checkbox", []web.Option{{Value: "1", Label: l.T(key + "_yes"), Chosen: values[x.name] == "1"}}
		case "whole":
			field.Type, field.Required = "number", true
		case "choice":
			field.Type, field.Required = "select", true
			for _, v := range s.choices[x.name] {
				field.Options = append(field.Options, web.Option{Value: v, Label: l.T(key + "_" + v), Chosen: v == values[x.name]})
			}
		case "textarea":
			field.Rows = 8
		default:
			if s.written != nil && field.Value != "" {
				field.Value = s.written(ctx, l, x.name, field.Value)
			}
		}
		f.Fields = append(f.Fields, field)
		if was, ok := before[x.name]; ok {
			f.Hidden = append(f.Hidden, web.Hidden{Name: beforePrefix + x.name, Value: was})
		}
	}
	v := &page{Title: l.T("admin.setting." + s.word), Lead: l.T("admin.setting." + s.word + ".text")}
	if len(f.Fields) > 0 {
		if s.secret {
			f.Fields = append(f.Fields, p.passwordField(l))
		}
		v.Parts = []part{{Forms: []form{f}}}
	}
	if len(fixed.Items) > 0 {
		v.Parts = append(v.Parts, part{ID: "fixes", Title: l.T("admin.setting.given"), Text: l.T("admin.setting.given_text"), Shows: []web.Component{fixed}})
	}
	return v, options{crumbs: []web.Crumb{{Text: l.T("admin.setting.title"), Href: settingsPath}}, actions: []string{"setting"}}
}

func (p *Pages) sheetForm(s sheet) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		kept, err := p.Settings.Setting(r.Context(), s.name)
		if err != nil {
			return err
		}
		values, err := s.values(kept.Value)
		if err != nil {
			return err
		}
		v, o := p.sheetPage(r, s, kept.Version, values, values)
		if s.more != nil {
			more, err := s.more(r)
			if err != nil {
				return err
			}
			v.Parts = append(v.Parts, more...)
		}
		return p.draw(w, r, v, o)
	}
}

// longestValue is what a form takes of one value; what its room allows is less.
const longestValue = 30000

func (p *Pages) saveSheet(s sheet) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := parsed(r); err != nil {
			return err
		}
		l, ctx := p.Kit.Locale(r.Context()), r.Context()
		values, version := s.sent(r, ""), numbered(r, "version")
		for _, f := range s.fields {
			if _, ok := values[f.name]; !ok { // a box that is not ticked sends nothing
				values[f.name] = ""
			}
		}
		before := s.sent(r, beforePrefix)
		if asked := r.PostForm[askedName]; slices.ContainsFunc(asked, func(name string) bool { return !r.PostForm.Has(name) }) {
			return p.choose(w, r, s, version, joining{before: s.sent(r, firstPrefix), theirs: before, yours: s.sent(r, yoursPrefix), chosen: s.sent(r, ""), again: true})
		}
		if !slices.ContainsFunc(s.fields, func(f sheetField) bool { return s.given[f.name] == "" }) {
			return fault.New(fault.Conflict, "admin.setting.given_text")
		}
		var wrong []error
		if s.tidy != nil {
			wrong = s.tidy(ctx, l, values)
		}
		if s.secret {
			if err := p.sameServer(r, s, values); err != nil {
				wrong = append(wrong, err)
			}
		}
		if len(wrong) == 0 {
			_, err := p.Settings.UpdateSetting(ctx, people.Of(ctx).By(), s.name, version, func(old json.RawMessage) (json.RawMessage, error) {
				next, err := s.join(old, values)
				if err == nil && s.check != nil {
					wrong = s.check(next)
					err = errors.Join(wrong...)
				}
				return next, err
			})
			if clash, ok := errors.AsType[*fault.Stale[setting.Setting]](err); ok {
				theirs, err := s.values(clash.Theirs.Value)
				if err != nil {
					return err
				}
				return p.choose(w, r, s, clash.Theirs.Version, joining{before: before, theirs: theirs, yours: values})
			}
			if err == nil && s.secret {
				err = p.keepPassword(r, s, values)
			}
			if err == nil {
				if p.Refreshed != nil {
					if err := p.Refreshed(ctx); err != nil {
						return err
					}
				}
				return p.to(w, r, settingsPath, "setting")
			}
			if len(wrong) == 0 {
				wrong = []error{err}
			}
		}
		v, o := p.sheetPage(r, s, version, before, values)
		f := &v.Parts[0].Forms[0]
		for i := range f.Fields { // as it was typed
			if f.Fields[i].Options == nil && f.Fields[i].Type != "password" {
				f.Fields[i].Value = values[f.Fields[i].Name]
			}
		}
		for _, err := range wrong {
			if err := f.wrong(l, err); err != nil {
				return err
			}
		}
		o.status = web.Status(wrong[0])
		return p.draw(w, r, v, o)
	}
}

// tidySite turns the name of a territory into its code, and an address into the form
// in which it is kept.
func (p *Pages) tidySite(ctx context.Context, l *i18n.Localizer, v map[string]string) []error {
	v["base_url"] = strings.TrimRight(v["base_url"], "/")
	name := v["territory"]
	if name == "" {
		return nil
	}
	if _, ok := territory.ParseID(name); ok {
		if _, err := p.Places.Resolve(ctx, snapshot.FromContext(ctx).France, name); err == nil {
			return nil
		}
		return []error{fault.New(fault.Invalid, "admin.pick.none", name).In("territory")}
	}
	box := &pick{}
	id := ""
	if _, err := p.found(ctx, l, box, name, func(t territory.ID) string { id = t.String(); return id }); err != nil {
		return []error{err}
	}
	// A name typed as we write it says which one is meant.
	if same := slices.IndexFunc(box.Choices, func(a web.Anchor) bool { return a.Text == name }); same >= 0 {
		id = box.Choices[same].Href
	} else if len(box.Choices) > 0 {
		var names []string
		for _, c := range box.Choices {
			names = append(names, c.Text)
		}
		return []error{fault.New(fault.Invalid, "admin.setting.which", l.List(names)).In("territory")}
	} else if box.Error != "" {
		return []error{fault.New(fault.Invalid, "admin.pick.none", name).In("territory")}
	}
	v["territory"] = id
	return nil
}

// writtenSite shows a territory by the name that [Pages.tidySite] reads.
func (p *Pages) writtenSite(ctx context.Context, l *i18n.Localizer, name, value string) string {
	if id, ok := territory.ParseID(value); ok && name == "territory" {
		f := snapshot.FromContext(ctx).France
		if t, ok := f.Territory(id); ok {
			return p.choice(l, f, t)
		}
	}
	return value
}
