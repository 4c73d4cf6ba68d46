package commonsweb

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/people"
	"bassin/internal/web"
)

// Limits of an import.
const (
	mostImported = 20 << 20  // bytes of a file
	atOnce       = 256 << 10 // bytes of a file that is read while its sender waits, and shown to be mended
	mostShown    = 100       // entries and findings of a preview
)

// Formats of files, besides "", which is as the file looks.
var formats = []string{"", "publiccode", "dcat", "csv"}

// formatOf tells the format of a file by how it looks.
func formatOf(file []byte) string {
	head := bytes.TrimSpace(bytes.TrimPrefix(file[:min(len(file), 4<<10)], []byte("\ufeff")))
	switch {
	case bytes.Contains(head, []byte("publiccodeYmlVersion")):
		return "publiccode"
	case bytes.HasPrefix(head, []byte("{")), bytes.HasPrefix(head, []byte("[")), bytes.HasPrefix(head, []byte("<")), bytes.HasPrefix(bytes.ToLower(head), []byte("@prefix")), bytes.HasPrefix(bytes.ToLower(head), []byte("prefix ")), bytes.HasPrefix(bytes.ToLower(head), []byte("@base")):
		return "dcat"
	}
	return "csv"
}

// given is what was sent to be imported.
type given struct {
	format string // as it was chosen
	file   []byte
	name   string // of the file, or its address
	home   string
	note   string
	partly bool // what can be taken is, though the rest cannot
}

// importView is the page of an import: the form, what is wrong with the file, and what it
// would make.
type importView struct {
	Title, Lead string
	Errors      web.Errors
	Notices     []web.Notice
	Action      string
	Limits      string
	Fields      []web.Field // format, address
	FileError   string
	Text        web.Field
	Last        []web.Field // home, note
	Templates   web.Links
	Read        string // what was read, in numbers
	Findings    *web.Table
	Entries     *web.Table
	Ready       bool // something can be kept
	Partly      *web.Field
	Publishes   bool
	Kept        bool // the file is kept on the server: its text is not shown
	Wait        *web.Anchor
}

// importForm is the page of an import with nothing read yet.
func (p *Pages) importForm(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := &importView{}
	l := p.Kit.Locale(r.Context())
	for _, done := range []string{"draft", "submitted", "accepted"} {
		if n, err := strconv.Atoi(q.Get(done)); err == nil && n > 0 && n <= commons.MostTaken {
			v.Notices = append(v.Notices, web.Notice{Kind: web.Done, Role: "status", Body: web.Say(l, "import.done."+done, n, web.Linked(p.Kit.Href(l.Lang(), "/propositions"), l.T("library.mine.title")))})
		}
	}
	return p.importPage(w, r, v, given{home: cut(q.Get("territoire"), 100)})
}

// importPage shows the form as it was filled in.
func (p *Pages) importPage(w http.ResponseWriter, r *http.Request, v *importView, g given) error {
	ctx, t := r.Context(), p.teller(r)
	l := t.l
	v.Title, v.Lead, v.Action = l.T("import.title"), l.T("import.lead"), "/importer"
	v.Limits = l.T("import.limits", mostImported>>20, commons.MostTaken)
	errorOf := func(field string) string {
		for _, e := range v.Errors.Items {
			if e.Field == field {
				return e.Text
			}
		}
		return ""
	}
	format := web.Field{Name: "format", Type: "select", Label: l.T("import.format"), Help: l.T("import.format_help"), Required: true}
	for _, f := range formats {
		format.Options = append(format.Options, web.Option{Value: f, Label: l.T("import.format." + orGuess(f)), Chosen: f == g.format})
	}
	v.Fields = []web.Field{format}
	if p.Fetch != nil {
		v.Fields = append(v.Fields, web.Field{Name: "address", Label: l.T("import.address"), Help: l.T("import.address_help"), Error: errorOf("address")})
		if f := &v.Fields[1]; f.Error != "" { // what an address gave is in the text, to be mended there
			f.Value = cut(r.PostFormValue("address"), 2000)
		}
	}
	v.FileError = errorOf("file")
	v.Text = web.Field{Name: "text", Type: "textarea", Rows: 12, Label: l.T("import.text"), Help: l.T("import.text_help"), Error: errorOf("text")}
	if len(g.file) <= atOnce && utf8.Valid(g.file) {
		v.Text.Value = strings.TrimPrefix(string(g.file), "\ufeff")
	}
	home := p.homeField(&form{teller: t}, g.home)
	home.Error = errorOf(homeField)
	v.Last = []web.Field{*home, {Name: noteField, Label: l.T("library.form.note"), Help: l.T("library.form.note_help"), Value: g.note}}
	for _, k := range commons.Kinds {
		v.Templates.Items = append(v.Templates.Items, web.Anchor{Text: l.T("commons.kinds." + string(k)), Href: "/importer/modele.csv?type=" + string(k), Icon: "down", Rel: "nofollow"})
	}
	v.Templates.Label = l.T("import.templates")
	scope, _ := (&form{teller: t}).scopeOf(g.home)
	review, err := reviewRight(ctx, l, scope)
	if err != nil {
		return err
	}
	v.Publishes = review.May
	page := &web.Page{Title: v.Title, Template: "library/import", View: v, NoIndex: true, Crumbs: []web.Crumb{root(l)}, Rights: []web.Right{proposeRight(ctx, l), review}}
	if len(v.Errors.Items) > 0 {
		page.Status = http.StatusUnprocessableEntity
	}
	return p.Kit.Page(w, r, page)
}

func orGuess(format string) string {
	if format == "" {
		return "guess"
	}
	return format
}

// importTemplate is a table to fill in.
func (p *Pages) importTemplate(w http.ResponseWriter, r *http.Request) error {
	k := commons.Kind(r.URL.Query().Get("type"))
	if !k.Valid() {
		return fault.New(fault.NotFound, "commons.kind.choose")
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+string(k)+`.csv"`)
	return commons.WriteCSV(w, comma(p.Kit.Locale(r.Context())), commons.CSVColumns(k), func(yield func(commons.Found) bool) {
		yield(commons.Found{Kind: k, Sheet: commons.Sheet{}})
	})
}

// readGiven reads what was sent: a file, else an address, else what was pasted.
func (p *Pages) readGiven(r *http.Request, v *importView) (given, error) {
	l := p.Kit.Locale(r.Context())
	wrong := func(field, key string, args ...any) {
		v.Errors.Items = append(v.Errors.Items, web.FieldError{Field: field, Text: l.T(key, args...)})
	}
	//nolint:gosec // bounded by Route.Body
	if err := r.ParseMultipartForm(mostImported); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			wrong("file", "import.large", mostImported>>20)
			return given{}, nil
		}
		return given{}, fault.New(fault.Invalid, "web.error.400.text").Because(err)
	}
	g := given{format: r.PostFormValue("format"), home: cut(r.PostFormValue(homeField), 200), note: r.PostFormValue(noteField), partly: r.PostFormValue("partly") != "", file: []byte(r.PostFormValue("text"))}
	if !slices.Contains(formats, g.format) {
		g.format = ""
	}
	file, head, err := r.FormFile("file")
	switch {
	case err == nil:
		defer file.Close()
		g.name = head.Filename
		if g.file, err = io.ReadAll(file); err != nil {
			return g, fault.New(fault.Invalid, "media.cut").In("file").Because(err)
		}
	case p.Fetch != nil && strings.TrimSpace(r.PostFormValue("address")) != "" && submit(r) == "":
		g.name = strings.TrimSpace(r.PostFormValue("address"))
		if g.file, err = p.Fetch(r.Context(), g.name); err != nil {
			e, ok := errors.AsType[*fault.Error](err)
			if !ok {
				return g, err
			}
			wrong("address", e.Key, e.Args...)
		}
	}
	switch {
	case len(g.file) > mostImported:
		wrong("file", "import.large", mostImported>>20)
	case binary(g.file):
		wrong("file", "import.binary")
	case len(bytes.TrimSpace(g.file)) == 0 && len(v.Errors.Items) == 0:
		wrong("file", "import.nothing")
	}
	return g, nil
}

// submit is what the sender asks for beyond a preview: "garder" for drafts, "envoyer" to
// propose or publish, "" for neither.
func submit(r *http.Request) string {
	for _, name := range []string{"garder", "envoyer"} {
		if r.PostFormValue(name) != "" {
			return name
		}
	}
	return ""
}

// read is what a file gave beside the library.
type read struct {
	given
	taken    []commons.Taken
	findings []commons.Finding
}

// compare reads a file and says what it would make.
func (p *Pages) compare(ctx context.Context, base string, g given, tell func(done, total int)) (*read, error) {
	format := g.format
	if format == "" {
		format = formatOf(g.file)
	}
	found, findings := p.Formats.Reader(format, base).Read(g.file)
	found = slices.DeleteFunc(found, func(f commons.Found) bool { // this library itself, which its catalogue describes
		return f.Record != "" && f.Record == base+"/communs/catalogue" || strings.HasPrefix(f.Record, base+"/communs/catalogue?")
	})
	if err := p.nameBodies(ctx, found); err != nil {
		return nil, err
	}
	taken, more, err := p.Shelf.Compare(ctx, found, func(id string) string { return base + address(id) }, tell)
	findings = append(findings, more...)
	commons.SortFindings(findings)
	return &read{g, taken, findings}, err
}

// nameBodies writes the organisations that sheets name as those known here.
func (p *Pages) nameBodies(ctx context.Context, found []commons.Found) error {
	known := map[string]string{}
	for _, f := range found {
		for _, field := range commons.FieldsOf(f.Kind) {
			if field.Type != commons.Body {
				continue
			}
			for i, v := range f.Sheet[field.Name] {
				is, asked := known[v]
				if _, here := commons.OrganisationOf(v); !asked && !here {
					var err error
					if is, err = p.bodyNamed(ctx, v); err != nil {
						return err
					}
					known[v] = is
				}
				if is != "" {
					f.Sheet[field.Name][i] = is
				}
			}
		}
	}
	return nil
}

// receive reads what was sent and shows what it would make, or makes it.
func (p *Pages) receive(w http.ResponseWriter, r *http.Request) error {
	v := &importView{}
	g, err := p.readGiven(r, v)
	if err != nil {
		return err
	}
	scope, ok := (&form{teller: p.teller(r)}).scopeOf(g.home)
	if !ok {
		v.Errors.Items = append(v.Errors.Items, web.FieldError{Field: homeField, Text: p.Kit.Locale(r.Context()).T("commons.territory_unknown", g.home)})
	}
	if len(v.Errors.Items) > 0 {
		return p.importPage(w, r, v, g)
	}
	base := p.base(r)
	if len(g.file) > atOnce || !utf8.Valid(g.file) {
		started := p.Desk.Start(r.Context(), workOf(r), people.Of(r.Context()).Person.ID, func(ctx context.Context, tell job.Tell) (any, error) {
			return p.compare(ctx, base, g, telling(tell))
		})
		if !started {
			v.Errors.Items = append(v.Errors.Items, web.FieldError{Field: "file", Text: p.Kit.Locale(r.Context()).T("import.busy")})
			return p.importPage(w, r, v, g)
		}
		return p.Kit.Redirect(w, r, "/importer/suivi", http.StatusSeeOther)
	}
	got, err := p.compare(r.Context(), base, g, nil)
	if refused(err, v, p.Kit.Locale(r.Context())) {
		return p.importPage(w, r, v, g)
	}
	if err != nil {
		return err
	}
	if do := submit(r); do != "" {
		kept, late, err := p.Library.Take(r.Context(), got.taken, scope, g.note, do == "envoyer", !g.partly, nil)
		switch {
		case refused(err, v, p.Kit.Locale(r.Context())):
		case err != nil:
			return err
		case len(late) == 0 && len(kept) > 0:
			return p.Kit.Redirect(w, r, "/importer?"+tally(kept), http.StatusSeeOther)
		default:
			got.findings = append(got.findings, late...)
			v.Notices = append(v.Notices, web.Notice{Kind: web.Attention, Role: "alert", Text: p.Kit.Locale(r.Context()).T("import.some", len(kept))})
		}
	}
	if err := p.preview(r, v, got); err != nil {
		return err
	}
	return p.importPage(w, r, v, g)
}

// refused puts on the page what is wrong with the file, if nothing else is.
func refused(err error, v *importView, l *i18n.Localizer) bool {
	faults, rest := fault.Split(err, fault.Mendable)
	if rest != nil {
		return false
	}
	for _, e := range faults {
		v.Errors.Items = append(v.Errors.Items, web.FieldError{Field: "file", Text: l.T(e.Key, e.Args...)})
	}
	return len(faults) > 0
}

// tally counts what was kept, as a query.
func tally(kept []commons.Revision) string {
	n := map[commons.RevisionState]int{}
	for _, r := range kept {
		n[r.State]++
	}
	var parts []string
	for _, s := range []commons.RevisionState{commons.Draft, commons.Submitted, commons.Accepted} {
		if n[s] > 0 {
			parts = append(parts, string(s)+"="+strconv.Itoa(n[s]))
		}
	}
	return strings.Join(parts, "&")
}

// preview puts on the page what a file would make, and what is wrong with it.
func (p *Pages) preview(r *http.Request, v *importView, got *read) error {
	t := p.teller(r)
	l := t.l
	if n := len(got.findings); n > 0 {
		v.Findings = &web.Table{ID: "remarques", Caption: l.T("import.findings", n), Columns: []web.Column{
			{Title: l.T("import.line"), Numeric: true}, {Title: l.T("import.column"), Numeric: true}, {Title: l.T("import.severity")}, {Title: l.T("import.field")}, {Title: l.T("import.says")},
		}}
		for _, f := range got.findings[:min(n, mostShown)] {
			field := f.Field
			if _, ok := commons.FieldNamed(field); ok {
				field = t.field(field)
			}
			v.Findings.Rows = append(v.Findings.Rows, []web.Cell{{Text: place(l, f.Line)}, {Text: place(l, f.Column)},
				{Marks: []web.Mark{{Text: l.T("import.severity." + string(f.Severity)), Attention: f.Severity == commons.Wrong}}}, {Text: field}, {Text: l.T(f.Key, f.Args...), Note: f.Detail}})
		}
		if n > mostShown {
			v.Findings.Note = l.T("import.more", mostShown)
		}
	}
	counts := map[commons.Fate]int{}
	for i := range got.taken {
		counts[got.taken[i].Fate]++
	}
	v.Read = l.T("import.read", counts[commons.FateNew], counts[commons.FateChanged], counts[commons.FateSame], counts[commons.FateBarred])
	v.Ready = counts[commons.FateNew]+counts[commons.FateChanged] > 0
	if counts[commons.FateBarred] > 0 && v.Ready {
		v.Partly = &web.Field{Name: "partly", Type: "checkbox", Label: l.T("import.partly_label"), Options: []web.Option{{Value: "1", Label: l.T("import.partly", counts[commons.FateBarred]), Chosen: got.partly}}}
	}
	if len(got.taken) == 0 {
		return nil
	}
	v.Entries = &web.Table{ID: "fiches", Caption: l.T("import.entries"), Columns: []web.Column{{Title: l.T("import.line"), Numeric: true}, {Title: l.T("library.list.entry")}, {Title: l.T("import.fate")}, {Title: l.T("import.changes")}}}
	order := []commons.Fate{commons.FateBarred, commons.FateChanged, commons.FateNew, commons.FateSame} // what to look at first
	shown := slices.Clone(got.taken)
	slices.SortStableFunc(shown, func(a, b commons.Taken) int { return slices.Index(order, a.Fate) - slices.Index(order, b.Fate) })
	shown = shown[:min(len(shown), mostShown)]
	var sheets []commons.Sheet
	for i := range shown {
		sheets = append(sheets, shown[i].Whole)
	}
	if err := t.know(sheets...); err != nil {
		return err
	}
	for i := range shown {
		x := &shown[i]
		title := web.Cell{Text: x.Title(), Note: l.T("commons.kind." + string(x.Kind))}
		if title.Text == "" {
			title.Text = l.T("library.untitled")
		}
		if x.Entry != "" {
			title.Href = address(x.Entry)
		}
		changes, err := t.brief(x.Changes)
		if err != nil {
			return err
		}
		v.Entries.Rows = append(v.Entries.Rows, []web.Cell{{Text: place(l, x.Line)}, title, {Marks: []web.Mark{{Text: l.T("import.fate." + string(x.Fate)), Attention: x.Fate == commons.FateBarred}}}, {Text: changes}})
	}
	if len(got.taken) > mostShown {
		v.Entries.Note = l.T("import.more", mostShown)
	}
	return nil
}

func place(l *i18n.Localizer, n int) string {
	if n == 0 {
		return ""
	}
	return l.Number(n)
}

// brief tells changes in a line.
func (t *teller) brief(changes []commons.Change) (string, error) {
	var out []string
	for _, c := range changes {
		was, err := t.texts(c.Field, c.Was)
		if err != nil {
			return "", err
		}
		now, err := t.texts(c.Field, c.Now)
		if err != nil {
			return "", err
		}
		text := t.field(c.Field) + " : " + cutShort(now)
		if was != "" {
			text = t.field(c.Field) + " : " + cutShort(was) + " → " + cutShort(now)
		}
		out = append(out, text)
	}
	return strings.Join(out, " · "), nil
}

func cutShort(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

// binary says whether a file is no text: pictures, archives, documents of an office.
func binary(file []byte) bool {
	return len(file) > 0 && !strings.HasPrefix(http.DetectContentType(file), "text/")
}
