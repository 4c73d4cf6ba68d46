package commonsweb

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// teller says values of sheets in the reader's words. It remembers what it asked.
type teller struct {
	p        *Pages
	ctx      context.Context
	l        *i18n.Localizer
	f        *territory.France
	entries  map[string]commons.Entry
	harvests map[string]commons.Source // that were harvested
}

func (p *Pages) teller(r *http.Request) *teller {
	return &teller{p: p, ctx: r.Context(), l: p.Kit.Locale(r.Context()), f: snapshot.FromContext(r.Context()).France, entries: map[string]commons.Entry{}, harvests: map[string]commons.Source{}}
}

// know asks at once for all entries that sheets refer to.
func (t *teller) know(sheets ...commons.Sheet) error {
	var ids []string
	for _, s := range sheets {
		for _, f := range commons.Fields {
			if f.Type == commons.Reference {
				ids = append(ids, s[f.Name]...)
			}
		}
	}
	slices.Sort(ids)
	found, err := t.p.Library.All(t.ctx, slices.Compact(ids))
	for _, e := range found {
		t.entries[e.ID] = e
	}
	return err
}

// field is the name of a field.
func (t *teller) field(name string) string { return t.l.T("commons.field." + name) }

// value is a value in words, with where it leads ("" for nowhere).
func (t *teller) value(f commons.Field, v string) (text, href string, err error) {
	switch f.Type {
	case commons.Choice:
		if slices.Contains(f.Values, v) {
			return t.l.T("commons." + f.Name + "." + v), "", nil
		}
	case commons.Yes:
		switch v {
		case "yes", "no":
			return t.l.T("commons." + v), "", nil
		}
	case commons.Link:
		return shortLink(v), v, nil
	case commons.Day:
		return t.day(v), "", nil
	case commons.Number:
		if f.Name == "budget" {
			return t.l.Unit(number(t.l, v), "€"), "", nil
		}
		return number(t.l, v), "", nil
	case commons.Language:
		return languageName(t.l, v), "", nil
	case commons.Place:
		id, _ := territory.ParseID(v)
		if u, ok := t.f.Territory(id); ok {
			return naming.Heading(t.l, t.f, u), u.Path(), nil
		}
	case commons.Body:
		if id, ok := commons.OrganisationOf(v); ok {
			o, err := t.p.Bodies.Find(t.ctx, id)
			if fault.CodeOf(err) == fault.NotFound {
				return t.l.T("library.organisation_gone"), "", nil
			}
			return o.Name, "/organisations/" + id, err
		}
	case commons.Reference:
		if e, ok := t.entries[v]; ok && e.Readable() {
			return e.Title(), address(v), nil
		}
		return t.l.T("library.entry_gone"), "", nil
	case commons.Line, commons.Text, commons.SPDX, commons.Indicator:
		if f.Name == "wikidata" {
			return v, "https://www.wikidata.org/wiki/" + url.PathEscape(v), nil
		}
	}
	return v, "", nil
}

// day is a year, a month or a day in words.
func (t *teller) day(v string) string {
	m, err := time.Parse("2006-01", v)
	if err != nil {
		return t.l.Day(v)
	}
	return t.l.T("library.month", t.l.T("i18n.month."+strconv.Itoa(int(m.Month()))), v[:4])
}

func number(l *i18n.Localizer, v string) string {
	n, err := strconv.Atoi(v)
	if err != nil {
		return v
	}
	return l.Number(n)
}

// shortLink is an address without what all addresses have.
func shortLink(v string) string {
	v = strings.TrimPrefix(strings.TrimPrefix(v, "https://"), "http://")
	v = strings.TrimSuffix(strings.TrimPrefix(v, "www."), "/")
	if r := []rune(v); len(r) > 60 {
		v = string(r[:59]) + "…"
	}
	return v
}

// languageName is a language in the reader's own.
func languageName(l *i18n.Localizer, v string) string {
	tag, err := language.Parse(v)
	if err != nil {
		return v
	}
	names := display.French.Languages()
	if l.Lang() != i18n.FR {
		names = display.English.Languages()
	}
	if name := names.Name(tag); name != "" {
		return i18n.Upper(name)
	}
	return v
}

// fact is a field as a line of facts; none if nothing is said.
func (t *teller) fact(f commons.Field, values []string) (web.Fact, bool, error) {
	out := web.Fact{Term: t.field(f.Name)}
	if len(values) == 0 {
		return out, false, nil
	}
	parts := make([]template.HTML, 0, len(values))
	for _, v := range values {
		text, href, err := t.value(f, v)
		if err != nil {
			return out, false, err
		}
		part := template.HTML(template.HTMLEscapeString(text)) //nolint:gosec // escaped
		if href != "" {
			if strings.HasPrefix(href, "/") {
				href = t.p.Kit.Href(t.l.Lang(), href)
			}
			part = web.Linked(href, text)
		}
		parts = append(parts, part)
	}
	switch {
	case len(parts) == 1:
		out.Body = parts[0]
	case f.Type == commons.Link || f.Name == "features":
		out.Body = "<ul><li>" + join(parts, "</li><li>") + "</li></ul>"
	default:
		out.Body = join(parts, ", ")
	}
	return out, true, nil
}

func join(parts []template.HTML, by template.HTML) (out template.HTML) {
	for i, p := range parts {
		if i > 0 {
			out += by
		}
		out += p
	}
	return out
}

// texts are the values of a field in words, one after the other.
func (t *teller) texts(name string, values []string) (string, error) {
	f, _ := commons.FieldNamed(name)
	out := make([]string, 0, len(values))
	for _, v := range values {
		text, _, err := t.value(f, v)
		if err != nil {
			return "", err
		}
		out = append(out, text)
	}
	return strings.Join(out, " · "), nil
}

// paragraphs are the paragraphs of a text.
func paragraphs(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, "\n") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// place finds the territory that was typed: level:code, what these pages call it, or a
// name, that of a commune first: others of that name are called otherwise too. Where
// it is not enough, the identifiers of those it may be.
func (t *teller) place(typed string) (territory.ID, []string) {
	if at := strings.LastIndex(typed, "("); at >= 0 && strings.HasSuffix(typed, ")") {
		typed = typed[at+1 : len(typed)-1]
	}
	if id, ok := territory.ParseID(strings.TrimSpace(typed)); ok {
		return id, nil
	}
	s, name := snapshot.FromContext(t.ctx), people.Fold(typed)
	var exact, communes []territory.ID
	for _, m := range s.Names.Search(typed, names.Options{Limit: 20}) {
		u, ok := s.France.Territory(m.ID)
		switch {
		case !ok:
		case u.Level != territory.Commune && slices.Equal(people.Fold(naming.Heading(t.l, t.f, u)), name):
			return u.ID, nil
		case slices.Equal(people.Fold(u.Name), name):
			exact = append(exact, u.ID)
			if u.Level == territory.Commune {
				communes = append(communes, u.ID)
			}
		}
	}
	if len(communes) > 0 {
		exact = communes
	}
	if len(exact) == 1 {
		return exact[0], nil
	}
	var many []string
	for _, id := range exact {
		many = append(many, id.String())
	}
	return territory.ID{}, many
}
