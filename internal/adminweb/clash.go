package adminweb

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"bassin/internal/audit"
	"bassin/internal/i18n"
	"bassin/internal/web"
)

// Prefixes of what a form carries of a value beside what is typed.
const (
	beforePrefix = "avant." // as it was when the form was drawn
	firstPrefix  = "base."  // as it was when the form was first drawn, before somebody else saved
	yoursPrefix  = "mien."  // as it was typed then
	askedName    = "choix"  // the names of the values that must be chosen
)

// sent are the values that a form sent under a prefix, those it did not send left out.
func (s sheet) sent(r *http.Request, prefix string) map[string]string {
	out := map[string]string{}
	for _, f := range s.fields {
		if r.PostForm.Has(prefix + f.name) {
			out[f.name] = strings.ReplaceAll(typed(r, prefix+f.name, longestValue), "\r\n", "\n")
		}
	}
	return out
}

// joining are the three versions of a setting that two people changed at once.
type joining struct {
	before, theirs, yours map[string]string
	chosen                map[string]string // what was chosen already
	again                 bool              // something was left unchosen
}

// whose says who changed a value: "" for nobody or both alike, "theirs", "yours" or
// "both". A form that does not say what it was before leaves all that differs to ask.
func (j joining) whose(name string) string {
	was, known := j.before[name]
	switch mine, other := j.yours[name], j.theirs[name]; {
	case mine == other:
		return ""
	case known && mine == was:
		return "theirs"
	case known && other == was:
		return "yours"
	}
	return "both"
}

// choose joins what somebody else saved meanwhile with what the reader typed: what only
// one of them changed is as that one wants it, said in words; what both changed is
// asked, with nothing chosen in advance. Nothing of either is lost, and nothing is
// saved before the reader has seen the whole.
func (p *Pages) choose(w http.ResponseWriter, r *http.Request, s sheet, version int64, j joining) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	who, when, err := p.lastChange(ctx, l, s)
	if err != nil {
		return err
	}
	f := form{ID: "choisir", Action: s.path(), Button: l.T("admin.setting.keep"), Hidden: []web.Hidden{{Name: "version", Value: number(version)}}, Cancel: &web.Anchor{Text: l.T("admin.setting.keep_theirs"), Href: s.path()}}
	theirs, yours := web.Facts{}, web.Facts{}
	for _, x := range s.fields {
		if s.given[x.name] != "" {
			continue
		}
		label := l.T("admin.setting." + s.word + "." + x.name)
		carry := func(prefix string, of map[string]string) {
			if v, ok := of[x.name]; ok {
				f.Hidden = append(f.Hidden, web.Hidden{Name: prefix + x.name, Value: v})
			}
		}
		carry(firstPrefix, j.before)
		carry(beforePrefix, j.theirs)
		carry(yoursPrefix, j.yours)
		mine, other := p.show(ctx, l, s, x, j.yours[x.name]), p.show(ctx, l, s, x, j.theirs[x.name])
		switch j.whose(x.name) {
		case "theirs":
			carry("", j.theirs)
			theirs.Items = append(theirs.Items, web.Fact{Term: label, Text: l.T("admin.setting.became", p.show(ctx, l, s, x, j.before[x.name]), other)})
		case "both":
			f.Hidden = append(f.Hidden, web.Hidden{Name: askedName, Value: x.name})
			chosen, done := j.chosen[x.name]
			field := web.Field{Name: x.name, Label: label, Type: "radio", Required: true, Options: []web.Option{
				{Value: j.yours[x.name], Label: l.T("admin.setting.yours", mine), Chosen: done && chosen == j.yours[x.name]},
				{Value: j.theirs[x.name], Label: l.T("admin.setting.theirs", who, other), Chosen: done && chosen == j.theirs[x.name]},
			}}
			if j.again && !done {
				field.Error = l.T("admin.setting.unchosen")
				f.Errors.Items = append(f.Errors.Items, web.FieldError{Field: x.name, Text: field.Error})
			}
			f.Fields = append(f.Fields, field)
		case "yours":
			yours.Items = append(yours.Items, web.Fact{Term: label, Text: l.T("admin.setting.became", other, mine)})
			carry("", j.yours)
		default:
			carry("", j.yours)
		}
	}
	asked := len(f.Fields) > 0
	if s.secret { // one that was typed is written in no page: it is asked again
		f.Fields = append(f.Fields, p.passwordField(l))
	}
	text := l.T("admin.setting.clash_text")
	if !asked {
		text, f.Button = l.T("admin.setting.clash_joined"), l.T("admin.setting.keep_both")
	}
	v := &page{Title: l.T("admin.setting.clash"), Shows: []web.Component{web.Notice{Kind: web.Attention, Title: l.T("admin.setting.clash_who", who, when), Text: text, Role: "alert"}}}
	if len(theirs.Items) > 0 {
		v.Parts = append(v.Parts, part{ID: "autre", Title: l.T("admin.setting.their_changes", who), Shows: []web.Component{theirs}})
	}
	if len(yours.Items) > 0 {
		v.Parts = append(v.Parts, part{ID: "vous", Title: l.T("admin.setting.your_changes"), Shows: []web.Component{yours}})
	}
	last := part{Forms: []form{f}}
	if asked {
		last.ID, last.Title = "deux", l.T("admin.setting.both_changed")
	}
	v.Parts = append(v.Parts, last)
	return p.draw(w, r, v, options{status: http.StatusConflict, crumbs: []web.Crumb{{Text: l.T("admin.setting.title"), Href: settingsPath}, {Text: l.T("admin.setting." + s.word), Href: s.path()}}, actions: []string{"setting"}})
}

// lastChange says who changed a setting last, and when.
func (p *Pages) lastChange(ctx context.Context, l *i18n.Localizer, s sheet) (who, when string, err error) {
	who = l.T("admin.setting.somebody")
	rows, err := p.Record.Find(ctx, audit.Filter{Subject: "setting:" + s.name, Limit: 1})
	if err != nil || len(rows) == 0 {
		return who, "", err
	}
	if id, ok := strings.CutPrefix(string(rows[0].By), "person:"); ok {
		names, err := p.People.Store.Names(ctx, []string{id})
		if err != nil {
			return "", "", err
		}
		who = cmp.Or(names[id], who)
	}
	return who, l.Moment(rows[0].At), nil
}
