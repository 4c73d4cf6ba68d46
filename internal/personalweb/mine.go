package personalweb

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/personal"
	"bassin/internal/web"
)

// mineView is all that is kept of the reader.
type mineView struct {
	Parts []partView
	Cut   int // rows at which a table is cut, 0 if none is
}

type partView struct {
	ID, Name, Why string
	Table         web.Table
}

func (p *Pages) mine(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	parts, err := p.Data.Store.DataOf(r.Context(), people.Of(r.Context()).Person.ID)
	if err != nil {
		return err
	}
	v := &mineView{}
	said := p.sayer(r, l)
	for _, part := range parts {
		x := partView{ID: part.Table, Name: l.T("personal.table." + part.Table + ".name"), Why: l.T("personal.table." + part.Table + ".why")}
		x.Table = web.Table{ID: "table-" + part.Table, Caption: x.Name, Quiet: true}
		for _, c := range part.Columns {
			x.Table.Columns = append(x.Table.Columns, web.Column{Title: i18n.Upper(columnName(l, part.Table, c))})
		}
		for _, row := range part.Values {
			cells := make([]web.Cell, len(row))
			for i, value := range row {
				cells[i] = web.Cell{Text: said(part.Columns[i], value)}
			}
			x.Table.Rows = append(x.Table.Rows, cells)
		}
		if len(part.Values) >= personal.MostRows {
			v.Cut = personal.MostRows
		}
		v.Parts = append(v.Parts, x)
	}
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("personal.mine.title"), Template: "personal/mine", View: v, NoIndex: true,
		Crumbs: []web.Crumb{{Text: l.T("personal.account"), Href: "/mon-compte"}},
		Rights: []web.Right{{What: l.T("personal.mine.right"), Who: l.T("personal.mine.right_who"), May: true, Why: l.T("personal.mine.right_why")}},
	})
}

// columnName is a column in words: its own, or those it shares with other tables.
func columnName(l *i18n.Localizer, table, column string) string {
	if key := "personal.table." + table + ".column." + column; l.Has(key) {
		return l.T(key)
	}
	return l.T("personal.column." + column)
}

// sayer says values in words: days, roles, places.
func (p *Pages) sayer(r *http.Request, l *i18n.Localizer) func(column string, value any) string {
	own := string(audit.Person(people.Of(r.Context()).Person.ID))
	return func(column string, value any) string {
		switch v := value.(type) {
		case nil:
			return "–"
		case time.Time:
			return l.Moment(v)
		case int64:
			return l.Number(int(v))
		case string:
			if v == "" && column != "scope" {
				return "–"
			}
			switch column {
			case "role":
				return l.T("people.role." + v)
			case "starts", "ends":
				return l.Day(v)
			case "title":
				var t notice.Text
				if json.Unmarshal([]byte(v), &t) == nil {
					return t.In(l)
				}
			case "choice":
				return l.T("notice.choice." + v)
			case "subject":
				if s := notice.Subject(v); s.Known() {
					return s.Name().In(l)
				}
				if v == own {
					return l.T("personal.you")
				}
				if kind, _, _ := strings.Cut(v, ":"); l.Has("admin.subject." + kind) {
					return l.T("admin.subject." + kind) // whose number would tell nothing
				}
			case "action":
				if key := "admin.action." + v; l.Has(key) {
					return l.T(key)
				}
			case "scope":
				return p.scopeName(r.Context(), l, v)
			}
			if key := "personal.value." + column + "." + v; l.Has(key) {
				return l.T(key)
			}
			return v
		}
		return fmt.Sprint(value)
	}
}

func (p *Pages) scopeName(ctx context.Context, l *i18n.Localizer, s string) string {
	scope, err := people.ParseScope(s)
	if err != nil {
		return s
	}
	if scope == people.Everywhere {
		return l.T("personal.everywhere")
	}
	return i18n.Upper(p.Where(ctx, l, scope))
}

// exported is one's data as a machine reads it. Names are those of the tables, which
// the page explains.
type exported struct {
	Site   string                      `json:"site"`
	Person string                      `json:"person"`
	At     time.Time                   `json:"at"`
	Data   map[string][]map[string]any `json:"data"`
}

func (p *Pages) exportJSON(w http.ResponseWriter, r *http.Request) error {
	id := people.Of(r.Context()).Person.ID
	parts, err := p.Data.Store.DataOf(r.Context(), id)
	if err != nil {
		return err
	}
	out := exported{Site: p.Site().Name, Person: id, At: p.Now().UTC().Truncate(time.Second), Data: map[string][]map[string]any{}}
	for _, part := range parts {
		rows := make([]map[string]any, len(part.Values))
		for i, row := range part.Values {
			rows[i] = map[string]any{}
			for j, c := range part.Columns {
				rows[i][c] = row[j]
			}
		}
		out.Data[part.Table] = rows
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(out); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return p.file(w, r, "json", b.Bytes())
}

// exportCSV writes one line for each value: tables of different columns fit in one file.
func (p *Pages) exportCSV(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	parts, err := p.Data.Store.DataOf(r.Context(), people.Of(r.Context()).Person.ID)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	said := p.sayer(r, l)
	head := []string{l.T("personal.csv.table"), l.T("personal.csv.row"), l.T("personal.csv.field"), l.T("personal.csv.value")}
	err = web.WriteCSV(&b, l, head, func(write func([]string)) {
		for _, part := range parts {
			name := l.T("personal.table." + part.Table + ".name")
			for n, row := range part.Values {
				for i, value := range row {
					write([]string{name, fmt.Sprint(n + 1), columnName(l, part.Table, part.Columns[i]), web.Harmless(said(part.Columns[i], value))})
				}
			}
		}
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	return p.file(w, r, "csv", b.Bytes())
}

func (p *Pages) file(w http.ResponseWriter, r *http.Request, ext string, body []byte) error {
	name := p.Kit.Locale(r.Context()).T("personal.file") + "-" + p.Now().In(p.Zone).Format(time.DateOnly) + "." + ext
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return web.Respond(w, r, body)
}

type eraseView struct {
	Email  string
	Typed  string            // what the reader wrote for their address
	Wrong  map[string]string // by field
	Errors web.Errors
}

func (p *Pages) eraseForm(w http.ResponseWriter, r *http.Request) error {
	return p.eraseWith(w, r, nil)
}

func (p *Pages) eraseWith(w http.ResponseWriter, r *http.Request, wrong error) error {
	l := p.Kit.Locale(r.Context())
	v := &eraseView{Email: people.Of(r.Context()).Person.Email, Typed: r.PostFormValue("email"), Wrong: map[string]string{}}
	page := &web.Page{
		Title: l.T("personal.erase.title"), Template: "personal/erase", View: v, NoIndex: true,
		Crumbs: []web.Crumb{{Text: l.T("personal.account"), Href: "/mon-compte"}, {Text: l.T("personal.mine.title"), Href: "/mes-donnees"}},
		Rights: []web.Right{{What: l.T("personal.mine.right"), Who: l.T("personal.mine.right_who"), May: true, Why: l.T("personal.mine.right_why")}},
	}
	if f, ok := errors.AsType[*fault.Error](wrong); ok {
		field, text := "email", l.T(f.Key, f.Args...)
		if f.Field == "present" {
			field = f.Field
		}
		v.Wrong[field] = text
		v.Errors.Items = []web.FieldError{{Field: field, Text: text}}
		page.Status = web.Status(wrong)
	}
	return p.Kit.Page(w, r, page)
}

// erase erases the reader, who types their address and their password: nobody does
// that by mistake, nor on a device left open.
func (p *Pages) erase(w http.ResponseWriter, r *http.Request) error {
	a := people.Of(r.Context())
	if people.EmailKey(r.PostFormValue("email")) != people.EmailKey(a.Person.Email) || strings.TrimSpace(a.Person.Email) == "" {
		return p.eraseWith(w, r, fault.New(fault.Invalid, "personal.erase.mistyped").In("email"))
	}
	err := p.Confirm(r.Context(), a, r.PostFormValue("present"))
	if err == nil {
		err = p.Data.Erase(r.Context(), a.By(), a.Person.ID)
	}
	switch fault.CodeOf(err) {
	case "":
		return p.Kit.Redirect(w, r, "/donnees-personnelles?fait=efface", http.StatusSeeOther)
	case fault.Invalid, fault.Conflict:
		return p.eraseWith(w, r, err)
	default:
		return err
	}
}
