package commonsweb

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/table"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// inventoryView is the page on which an organisation says all software that it uses:
// first to tick or to paste, then to correct and confirm.
type inventoryView struct {
	Title, Lead string
	Action      string
	Errors      web.Errors
	Notices     []web.Notice
	Groups      []tickGroup // of the first step
	Paste       web.Field
	Lines       []itemView // of the second
	Confirm     web.Field
	Declares    string
	Continue    web.Anchor
}

// tickGroup is software to tick under a title.
type tickGroup struct {
	ID, Title, Text string
	Ticks           []tickView
}

type tickView struct {
	Value, Title, Summary, Meta string
	Chosen                      bool
}

// itemView is a line of an inventory, with what may be meant.
type itemView struct {
	N              int
	Name           string
	Entry          web.Field
	Again          web.Field
	Version, Since web.Field
	Found          bool
}

// Sizes of the first step: enough for most, few enough to read.
const (
	ticksOfTwins = 30
	ticksInAll   = 60
)

// Fields of the second step; those of a line end by its number.
const (
	stepField    = "etape"
	tickField    = "pris"
	pasteField   = "inventaire"
	fileField    = "fichier"
	confirmField = "confirme"
)

// mine is the choice of an organisation; there is none to make for whoever speaks for
// one only.
func (u *Uses) mine(w http.ResponseWriter, r *http.Request) error {
	ctx, l := r.Context(), u.Kit.Locale(r.Context())
	v := &useView{Title: l.T("use.inventory.title"), Lead: l.T("use.inventory.lead")}
	page := &web.Page{Title: v.Title, Template: "library/use", View: v, NoIndex: true, Crumbs: []web.Crumb{root(l)}}
	own, err := u.own(ctx)
	if err != nil {
		return err
	}
	if len(own) == 1 && !elsewhere(ctx) {
		return u.Kit.Redirect(w, r, "/mes-logiciels/"+own[0].ID, http.StatusSeeOther)
	}
	part := usePart{ID: "organisation", Title: l.T("use.inventory.which")}
	for _, o := range own {
		part.Links = append(part.Links, web.Anchor{Text: o.Name, Href: "/mes-logiciels/" + o.ID, Icon: "arrow"})
	}
	typed := strings.TrimSpace(r.URL.Query().Get(otherField))
	if typed != "" && elsewhere(ctx) {
		found, err := u.Bodies.Search(ctx, typed, 8)
		if err != nil {
			return err
		}
		for _, o := range found {
			part.Links = append(part.Links, web.Anchor{Text: o.Name, Href: "/mes-logiciels/" + o.ID, Icon: "arrow"})
		}
		if len(found) == 0 {
			v.Notices = []web.Notice{{Kind: web.Attention, Text: l.T("use.organisation_unknown"), Role: "status"}}
		}
	}
	switch {
	case len(own) == 0 && !elsewhere(ctx):
		part = u.noBody(l)
	case elsewhere(ctx):
		v.Forms = []useForm{{ID: "chercher", Title: l.T("use.inventory.another"), Action: "", Button: l.T("use.inventory.look"), Quiet: true, Fields: []web.Field{{Name: otherField, Label: l.T("use.organisation_name"), Help: l.T("use.organisation_name_help"), Value: typed}}}}
	}
	if len(part.Links) > 0 || part.Empty != nil {
		v.Parts = []usePart{part}
	}
	d := people.Of(ctx).MaySomewhere(commons.Adopt)
	page.Rights = []web.Right{{What: l.T("people.right." + d.Right.Name), Who: d.Right.Who(l), May: d.May, Why: d.In(l)}}
	return u.Kit.Page(w, r, page)
}

// stating is the organisation of the address, of which the reader may state uses.
func (u *Uses) stating(r *http.Request) (people.Organisation, error) {
	o, err := u.Adoptions.Organisation(r.Context(), r.PathValue("id"))
	if err != nil {
		return o, err
	}
	if speaks, err := u.Adoptions.Speaks(r.Context(), o.ID); err != nil || speaks {
		return o, err
	}
	return o, people.Of(r.Context()).Require(r.Context(), commons.Adopt, people.In(o.ID))
}

func (u *Uses) inventory(w http.ResponseWriter, r *http.Request) error {
	o, err := u.stating(r)
	if err != nil {
		return err
	}
	return u.tickPage(w, r, &o, nil, nil)
}

// inventoryPage is what both steps share.
func (u *Uses) inventoryPage(l *i18n.Localizer, o *people.Organisation) (*inventoryView, *web.Page) {
	v := &inventoryView{Title: l.T("use.inventory.of", o.Name), Action: "/mes-logiciels/" + o.ID, Continue: web.Anchor{Text: l.T("use.all_of", o.Name), Href: usesAddress(o.ID)}}
	return v, &web.Page{Title: v.Title, Template: "library/inventory", View: v, NoIndex: true, Crumbs: []web.Crumb{root(l), {Text: l.T("use.inventory.title"), Href: "/mes-logiciels"}}}
}

// tickPage is the first step, with why what was sent was refused.
func (u *Uses) tickPage(w http.ResponseWriter, r *http.Request, o *people.Organisation, notices []web.Notice, errs []web.FieldError) error {
	l := u.Kit.Locale(r.Context())
	v, page := u.inventoryPage(l, o)
	v.Lead, v.Notices, v.Errors.Items = l.T("use.inventory.of_lead"), notices, errs
	var err error
	if v.Groups, err = u.ticks(r.Context(), l, o, r.PostForm[tickField]); err != nil {
		return err
	}
	v.Paste = web.Field{Name: pasteField, Type: "textarea", Rows: 6, Label: l.T("use.inventory.paste"), Help: l.T("use.inventory.paste_help", commons.MostItems), Value: r.PostFormValue(pasteField)}
	if len(errs) > 0 {
		v.Paste.Error, page.Status = errs[0].Text, http.StatusUnprocessableEntity
	}
	right, err := u.right(r.Context(), l, o.ID)
	if err != nil {
		return err
	}
	page.Rights = []web.Right{right}
	return u.Kit.Page(w, r, page)
}

// ticks are software that the organisation may use, the likeliest first: what similar
// territories use, then what is most used, then what the State recommends.
func (u *Uses) ticks(ctx context.Context, l *i18n.Localizer, o *people.Organisation, chosen []string) ([]tickGroup, error) {
	f, on := snapshot.FromContext(ctx).France, u.today()
	own, err := u.Adoptions.By(ctx, on, o.ID)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, a := range own {
		if a.State(on) != commons.Ended {
			seen[a.Entry] = true
		}
	}
	var places []territory.ID
	for _, id := range o.Territories {
		if t, ok := f.Territory(id); ok {
			places = append(places, u.Alike(ctx, t)...)
		}
	}
	var out []tickGroup
	room := ticksInAll
	add := func(name string, most int, ids []string, meta func(id string) string) error {
		var fresh []string
		for _, id := range ids {
			if len(fresh) < min(most, room) && !seen[id] {
				fresh = append(fresh, id)
				seen[id] = true
			}
		}
		found, err := u.Adoptions.Library.All(ctx, fresh)
		if err != nil {
			return err
		}
		g := tickGroup{ID: name, Title: l.T("use.ticks." + name), Text: l.T("use.ticks." + name + "_text")}
		for _, e := range found {
			if e.State != commons.Published || !e.Kind.Common() {
				continue
			}
			sheet, _ := e.Sheet()
			g.Ticks = append(g.Ticks, tickView{e.ID, e.Title(), inLanguage(l, sheet, "summary"), meta(e.ID), slices.Contains(chosen, e.ID)})
		}
		if len(g.Ticks) > 0 {
			out = append(out, g)
			room -= len(g.Ticks)
		}
		return nil
	}
	used, err := u.Adoptions.Around(ctx, f, places, on)
	if err != nil {
		return nil, err
	}
	ids, count := make([]string, len(used)), map[string]int{}
	for i, x := range used {
		ids[i], count[x.Entry] = x.Entry, len(x.Organisations)
	}
	if err := add("twins", ticksOfTwins, ids, func(id string) string { return l.T("use.ticks.users", count[id]) }); err != nil {
		return nil, err
	}
	_, entries, err := u.Shelf.Find(ctx, commons.Search{Lang: string(l.Lang()), Sort: commons.ByUse, Size: ticksInAll, Filters: map[string][]string{commons.FacetKind: {string(commons.Software), string(commons.Service)}}})
	if err != nil {
		return nil, err
	}
	uses, err := u.Adoptions.Uses(ctx, entryIDs(entries), on)
	if err != nil {
		return nil, err
	}
	ids = ids[:0]
	for _, e := range entries {
		if uses[e.ID].Verified > 0 {
			ids = append(ids, e.ID)
		}
	}
	if err := add("most", ticksInAll/3, ids, func(id string) string { return l.T("use.ticks.users", uses[id].Verified) }); err != nil {
		return nil, err
	}
	_, entries, err = u.Shelf.Find(ctx, commons.Search{Lang: string(l.Lang()), Sort: commons.ByTitle, Size: 1000, Filters: map[string][]string{commons.FacetKind: {string(commons.Software)}, commons.FacetSource: {"sill"}}})
	if err != nil {
		return nil, err
	}
	ids = ids[:0]
	for _, e := range entries {
		if s, _ := e.Sheet(); s.Get("sill") == "recommended" {
			ids = append(ids, e.ID)
		}
	}
	return out, add("sill", ticksInAll, ids, func(string) string { return "" })
}

func entryIDs(entries []commons.Entry) []string {
	out := make([]string, len(entries))
	for i := range entries {
		out[i] = entries[i].ID
	}
	return out
}

// sentInventory reads a form with a file, nil for none.
func sentInventory(r *http.Request) ([]byte, error) {
	//nolint:gosec // bounded by Route.Body
	if err := r.ParseMultipartForm(commons.InventorySize); errors.Is(err, http.ErrNotMultipart) {
		return nil, r.ParseForm()
	} else if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, fault.New(fault.TooLarge, "use.inventory.large", commons.InventorySize>>10).In(pasteField)
	} else if err != nil {
		return nil, fault.New(fault.Invalid, "web.error.400.text").Because(err)
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // cleaning up after oneself
	f, _, err := r.FormFile(fileField)
	if errors.Is(err, http.ErrMissingFile) {
		return nil, nil
	} else if err != nil {
		return nil, fault.New(fault.Invalid, "web.error.400.text").Because(err)
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, commons.InventorySize+1))
}

// inventoryStep goes on with what was sent.
func (u *Uses) inventoryStep(w http.ResponseWriter, r *http.Request) error {
	o, err := u.stating(r)
	if err != nil {
		return err
	}
	file, err := sentInventory(r)
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Field != "" {
		return u.tickPage(w, r, &o, nil, []web.FieldError{{Field: e.Field, Text: u.Kit.Locale(r.Context()).T(e.Key, e.Args...)}})
	}
	if err != nil {
		return err
	}
	switch r.PostFormValue(stepField) {
	case "declarer":
		return u.declareAll(w, r, &o)
	case "relire":
		items, chosen := typedLines(r)
		return u.linesPage(w, r, &o, items, chosen, nil, nil)
	}
	var items []commons.Owned
	l := u.Kit.Locale(r.Context())
	var said []web.FieldError
	var notices []web.Notice
	if len(file) == 0 {
		file = []byte(r.PostFormValue(pasteField))
	}
	if strings.TrimSpace(string(file)) != "" {
		items = commons.ReadInventory(file, func(f table.Finding) {
			switch f.Severity {
			case table.Wrong:
				said = append(said, web.FieldError{Field: pasteField, Text: l.T(f.Key, f.Args...)})
			case table.Note:
				notices = append(notices, web.Notice{Kind: web.Info, Text: l.T(f.Key, f.Args...)})
			}
		})
	}
	if len(said) > 0 {
		return u.tickPage(w, r, &o, nil, said)
	}
	ticked, err := u.Adoptions.Library.All(r.Context(), r.PostForm[tickField][:min(len(r.PostForm[tickField]), commons.MostItems)])
	if err != nil {
		return err
	}
	var all []commons.Owned
	chosen := map[int]string{}
	for _, e := range ticked {
		if e.State == commons.Published {
			chosen[len(all)] = e.ID
			all = append(all, commons.Owned{Name: e.Title()})
		}
	}
	all = append(all, items...)
	if len(all) > commons.MostItems {
		all = all[:commons.MostItems]
		notices = append(notices, web.Notice{Kind: web.Attention, Text: l.T("use.inventory.cut", commons.MostItems)})
	}
	if len(all) == 0 {
		return u.tickPage(w, r, &o, nil, []web.FieldError{{Field: pasteField, Text: l.T("use.inventory.nothing")}})
	}
	return u.linesPage(w, r, &o, all, chosen, notices, nil)
}

// typedLines reads the second step: lines, and the entry chosen for each ("" for none;
// a line whose name was corrected is looked for again).
func typedLines(r *http.Request) ([]commons.Owned, map[int]string) {
	var items []commons.Owned
	chosen := map[int]string{}
	for i := range commons.MostItems {
		n := "." + strconv.Itoa(i)
		if !r.PostForm.Has("nom" + n) {
			break
		}
		at := func(name string) string { return strings.TrimSpace(r.PostFormValue(name + n)) }
		it := commons.Owned{Name: at("nom"), Version: at("version"), Since: at("depuis")}
		if again := at("autre"); again != "" && again != it.Name {
			it.Name = again
		} else {
			chosen[len(items)] = at("fiche")
		}
		items = append(items, it)
	}
	return items, chosen
}

// linesPage is the second step: each line with what it was taken for.
func (u *Uses) linesPage(w http.ResponseWriter, r *http.Request, o *people.Organisation, items []commons.Owned, chosen map[int]string, notices []web.Notice, errs []web.FieldError) error {
	ctx, l := r.Context(), u.Kit.Locale(r.Context())
	v, page := u.inventoryPage(l, o)
	v.Lead, v.Notices, v.Errors.Items = l.T("use.lines.lead"), notices, errs
	matched, err := u.Shelf.Match(ctx, string(l.Lang()), items)
	if err != nil {
		return err
	}
	missing, found := 0, 0
	for i, m := range matched {
		n := "." + strconv.Itoa(i)
		entry, decided := chosen[i]
		if !decided {
			entry = m.Entry
		}
		f := web.Field{Name: "fiche" + n, Type: "select", Label: l.T("use.lines.entry", m.Name), Options: []web.Option{{Label: l.T("use.lines.none")}}}
		near := m.Near
		if entry != "" && !slices.ContainsFunc(near, func(e commons.Entry) bool { return e.ID == entry }) {
			more, err := u.Adoptions.Library.All(ctx, []string{entry})
			if err != nil {
				return err
			}
			near = append(more, near...)
		}
		x := itemView{N: i, Name: m.Name}
		for _, e := range near {
			sheet, _ := e.Sheet()
			label := e.Title()
			if s := []rune(inLanguage(l, sheet, "summary")); len(s) > 0 {
				label = l.T("use.lines.option", label, string(s[:min(60, len(s))]))
			}
			f.Options = append(f.Options, web.Option{Value: e.ID, Label: label, Chosen: e.ID == entry})
			x.Found = x.Found || e.ID == entry
		}
		if x.Found {
			found++
		} else {
			missing++
		}
		x.Entry = f
		x.Again = web.Field{Name: "autre" + n, Label: l.T("use.lines.again")}
		x.Version = web.Field{Name: "version" + n, Label: l.T("use.field.version"), Value: m.Version}
		x.Since = web.Field{Name: "depuis" + n, Label: l.T("use.field.since"), Value: m.Since}
		for _, e := range errs {
			for _, field := range []*web.Field{&x.Entry, &x.Again, &x.Version, &x.Since} {
				if e.Field == field.Name {
					field.Error = e.Text
				}
			}
		}
		v.Lines = append(v.Lines, x)
	}
	v.Declares = l.T("use.lines.count", found, len(matched))
	v.Confirm = web.Field{Name: confirmField, Type: "checkbox", Label: l.T("use.lines.sure"), Options: []web.Option{{Value: "oui", Label: l.T("use.lines.confirm", o.Name)}}}
	for _, e := range errs {
		if e.Field == confirmField {
			v.Confirm.Error = e.Text
		}
	}
	if missing > 0 {
		v.Notices = append(v.Notices, web.Notice{Kind: web.Info, Text: l.T("use.lines.missing", missing)})
	}
	if len(errs) > 0 {
		page.Status = http.StatusUnprocessableEntity
	}
	right, err := u.right(ctx, l, o.ID)
	if err != nil {
		return err
	}
	page.Rights = []web.Right{right}
	return u.Kit.Page(w, r, page)
}

// declareAll states all lines that have an entry, or none.
func (u *Uses) declareAll(w http.ResponseWriter, r *http.Request, o *people.Organisation) error {
	l := u.Kit.Locale(r.Context())
	items, chosen := typedLines(r)
	var list []commons.Adoption
	var line []int // of each of list
	for i, it := range items {
		if id := chosen[i]; id != "" {
			list = append(list, commons.Adoption{Entry: id, Version: it.Version, Since: it.Since, Served: -1})
			line = append(line, i)
		}
	}
	var errs []web.FieldError
	if len(list) == 0 {
		errs = append(errs, web.FieldError{Field: "fiche.0", Text: l.T("use.lines.nothing")})
	}
	if r.PostFormValue(confirmField) == "" {
		errs = append(errs, web.FieldError{Field: confirmField, Text: l.T("use.lines.unsure")})
	}
	if len(errs) == 0 {
		out, err := u.Adoptions.DeclareAll(r.Context(), o.ID, list)
		if err == nil {
			return u.Kit.Redirect(w, r, usesAddress(o.ID)+"?"+url.Values{"declares": {strconv.Itoa(len(out))}}.Encode(), http.StatusSeeOther)
		}
		one, ok := errors.AsType[*commons.Unstated](err)
		if !ok {
			return err
		}
		said, rest := fieldFaults(l, one.Err)
		if fault.CodeOf(rest) == fault.NotFound {
			said.Items, rest = []web.FieldError{{Field: "entry", Text: l.T("commons.not_found")}}, nil
		}
		if rest != nil {
			return rest
		}
		n := "." + strconv.Itoa(line[one.At])
		for _, e := range said.Items {
			field := map[string]string{"since": "depuis", "version": "version"}[e.Field]
			if field == "" {
				field = "fiche"
			}
			errs = append(errs, web.FieldError{Field: field + n, Text: l.T("use.lines.wrong", items[line[one.At]].Name, e.Text)})
		}
	}
	return u.linesPage(w, r, o, items, chosen, nil, errs)
}
