package dcat

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"bassin/internal/commons"
	"bassin/internal/territory"
)

// Reader reads catalogues to entries of the library. Nothing is fetched.
type Reader struct {
	Format Format // "" is as [FormatOf] sees it
	Base   string // address of the document, which relative ones are resolved by
	Limits Limits // zero is [DefaultLimits]

	// Entry is the id of the entry that an address is, if it is one here; nil knows none.
	Entry func(iri string) (string, bool)
}

// Read implements [commons.Reader]. The field of a finding is the resource and its
// property.
func (r Reader) Read(file []byte) ([]commons.Found, []commons.Finding) {
	found, _, findings := r.Page(file)
	out := make([]commons.Finding, len(findings))
	for i, f := range findings {
		out[i] = f.Finding
		out[i].Field = strings.TrimSpace(f.Resource + " " + f.Field)
	}
	commons.SortFindings(out)
	return found, out
}

// Page reads a page of a catalogue: its entries, and the catalogue, which knows the
// address of the next page.
func (r Reader) Page(file []byte) ([]commons.Found, *Catalogue, []Finding) {
	f := r.Format
	if f == "" {
		f = FormatOf("", file)
	}
	limits := r.Limits
	if limits == (Limits{}) {
		limits = DefaultLimits
	}
	c, findings := Read(f, r.Base, file, limits)
	found := make([]commons.Found, 0, len(c.Resources))
	for i := range c.Resources {
		res := &c.Resources[i]
		kind, sheet, more := res.Sheet(r.Entry)
		findings = append(findings, more...)
		found = append(found, commons.Found{Record: res.Record(), Kind: kind, Sheet: sheet, Line: res.Line})
	}
	return found, c, findings
}

// kindOf is the kind of an entry and, for data, its form.
func (r *Resource) kindOf() (commons.Kind, string) {
	switch r.Class {
	case SoftwareClass:
		return commons.Software, ""
	case KnowledgeClass:
		return commons.Knowledge, ""
	case OfferClass:
		return commons.Service, ""
	case ServiceClass:
		return commons.Data, "api"
	case CatalogueClass:
		return commons.Data, "catalogue"
	case DatasetClass, SeriesClass, Other:
	}
	if slices.ContainsFunc(r.Types, func(t string) bool { return strings.EqualFold(last(t), "SCHEMA") }) {
		return commons.Data, "schema"
	}
	return commons.Data, "dataset"
}

// mapping fills a sheet and tells what could not be.
type mapping struct {
	r        *Resource
	sheet    commons.Sheet
	findings []Finding
}

func (m *mapping) note(severity commons.Severity, field, key string, args ...any) {
	f := finding(severity, m.r.Line, 0, key, args...)
	f.Field, f.Resource = field, m.r.IRI
	m.findings = append(m.findings, f)
}

// add gives a field one more value; a value that is there or blank is not added.
func (m *mapping) add(field string, values ...string) {
	f, _ := commons.FieldNamed(field)
	for _, v := range values {
		if f.Type != commons.Text {
			v = strings.Join(strings.Fields(v), " ")
		}
		if f.Most > 0 && utf8.RuneCountInString(v) > f.Most {
			v = shorten(v, f.Most)
			m.note(commons.Note, field, "dcat.shortened", f.Most)
		}
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(m.sheet[field], v) && (f.Many || len(m.sheet[field]) == 0) {
			m.sheet[field] = append(m.sheet[field], v)
		}
	}
}

// Sheet is what the library would say of the resource. Fields of our own vocabulary,
// which another Bassin wrote, win over what DCAT says less well.
func (r *Resource) Sheet(entry func(iri string) (string, bool)) (commons.Kind, commons.Sheet, []Finding) {
	kind, form := r.kindOf()
	m := &mapping{r: r, sheet: commons.Sheet{}}
	m.add("title", r.Title.In("fr", "", "en"))
	for _, w := range r.Alternative {
		m.add("aliases", w.Text)
	}
	m.texts()
	m.add("form", form)
	m.themes()
	for _, w := range r.Keywords {
		if l := primary(w.Lang); l == "" || l == "fr" || !slices.ContainsFunc(r.Keywords, func(o Word) bool { return primary(o.Lang) == "fr" || o.Lang == "" }) {
			m.add("keywords", w.Text)
		}
	}
	m.places()
	m.licence()
	for _, l := range r.Languages {
		tag, ok := languageOf(cmpOr(l.IRI, l.Name))
		if !ok {
			m.note(commons.Warning, "dct:language", "dcat.language_unknown", cmpOr(l.IRI, l.Name))
		}
		m.add("languages", tag)
	}
	for _, c := range r.Creators {
		m.add("maintainers", c.Name)
	}
	if len(r.Landing) > 0 {
		m.add("website", r.Landing[0])
	}
	if docs := append(slices.Clone(r.Pages), r.EndpointDescription...); len(docs) > 0 {
		m.add("documentation", docs[0])
	}
	m.add("contact_role", r.Contact)
	if kind == commons.Data || kind == commons.Knowledge {
		m.add("published_on", r.Issued)
	}
	if kind == commons.Data {
		m.data(entry)
	}
	m.own(kind, entry)
	return kind, m.sheet, m.findings
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// data are the fields of data alone.
func (m *mapping) data(entry func(string) (string, bool)) {
	r := m.r
	for _, p := range r.Publisher {
		m.add("publisher", p.Name)
	}
	m.add("modified_on", r.Modified)
	if r.Start != "" || r.End != "" {
		m.add("period", r.Start+"/"+r.End)
	}
	for _, f := range r.Frequency {
		v, ok := frequencyOf(cmpOr(f.IRI, f.Name))
		if !ok && f.IRI != "" && f.Name != "" {
			v, ok = frequencyOf(f.Name)
		}
		if !ok {
			m.note(commons.Warning, "dct:accrualPeriodicity", "dcat.frequency_unknown", cmpOr(f.Name, f.IRI))
		}
		m.add("frequency", v)
	}
	for _, d := range r.Distributions {
		m.add("formats", d.Format)
		m.add("distributions", cmpOr(d.Download, d.Access))
	}
	for _, e := range r.Endpoint {
		m.add("endpoint", e)
	}
	for _, c := range r.ConformsTo {
		if web(c.IRI) {
			m.add("conforms_to", c.IRI)
		}
	}
	for _, s := range r.Serves {
		if entry != nil {
			if id, ok := entry(s); ok {
				m.add("serves", id)
			}
		}
	}
}

// texts are summary and description, of which DCAT knows the second alone: the first
// is then its first sentences.
func (m *mapping) texts() {
	for _, l := range []struct {
		suffix string
		langs  []string
	}{{"", []string{"fr", "", "any"}}, {"_en", []string{"en"}}} {
		description := plain(m.r.Description.In(l.langs...))
		summary := plain(m.r.Abstract.In(l.langs...))
		if summary == "" {
			summary = opening(description, 280)
		}
		m.add("summary"+l.suffix, summary)
		if strings.Join(strings.Fields(description), " ") != m.sheet.Get("summary"+l.suffix) {
			m.add("description"+l.suffix, description)
		}
	}
	if m.sheet.Get("summary") == m.sheet.Get("summary_en") && m.sheet.Get("description") == m.sheet.Get("description_en") {
		delete(m.sheet, "summary_en")
		delete(m.sheet, "description_en")
	}
}

var (
	tag   = regexp.MustCompile(`</?(?:p|br|div|li|ul|ol|a|b|i|em|strong|span|h[1-6]|table|tr|td|th|tbody|thead|img|font|u|sup|sub|blockquote|code|pre|hr)\b[^<>]*>`)
	block = regexp.MustCompile(`(?i)</?(?:p|br|div|li|ul|ol|h[1-6]|tr|table|blockquote|hr)\b[^<>]*>`)
	lines = regexp.MustCompile(`[ \t]*\n[ \t]*(?:\n[ \t]*)+`)
)

// plain is a text without the marks of HTML that portals leave in descriptions.
func plain(v string) string {
	v = strings.ReplaceAll(v, "\r\n", "\n")
	if tag.MatchString(strings.ToLower(v)) {
		v = block.ReplaceAllString(v, "\n")
		v = html.UnescapeString(regexp.MustCompile(`(?i)`+tag.String()).ReplaceAllString(v, ""))
	}
	return strings.TrimSpace(lines.ReplaceAllString(v, "\n\n"))
}

// opening is the beginning of a text in at most so many letters: its first paragraph,
// or as many whole sentences as go, or its first words.
func opening(v string, most int) string {
	v, _, _ = strings.Cut(v, "\n\n")
	v = strings.Join(strings.Fields(v), " ")
	return shorten(v, most)
}

func shorten(v string, most int) string {
	r := []rune(v)
	if len(r) <= most {
		return v
	}
	head := string(r[:most-1])
	if i := strings.LastIndex(head, ". "); i > len(head)/2 {
		return head[:i+1]
	}
	if i := strings.LastIndexByte(head, ' '); i > len(head)/2 {
		head = head[:i]
	}
	return strings.TrimRight(head, " ,;:") + "…"
}

func (m *mapping) themes() {
	for _, t := range m.r.Themes {
		theme, known := themeOf(cmpOr(t.IRI, t.Name))
		switch {
		case theme != "":
			m.add("themes", theme)
		case known:
		case t.Name != "":
			m.add("keywords", t.Name)
		default:
			m.note(commons.Note, "dcat:theme", "dcat.theme_unknown", t.IRI)
		}
	}
}

func (m *mapping) places() {
	for _, p := range m.r.Spatial {
		if id, ok := territory.ParseID(p.Name); ok {
			m.add("territories", id.String())
			continue
		}
		id, ok := placeOf(p.IRI)
		if !ok {
			id, ok = placeOf(p.Name)
		}
		if ok {
			m.add("territories", id.String())
		} else {
			m.note(commons.Note, "dct:spatial", "dcat.place_unknown", cut(cmpOr(p.Name, p.IRI), 100))
		}
	}
}

// licence is that of the resource, else the one that all its distributions have.
func (m *mapping) licence() {
	given := m.r.Licence
	if len(given) == 0 {
		for _, d := range m.r.Distributions {
			if d.Licence != (Named{}) && !slices.Contains(given, d.Licence) {
				given = append(given, d.Licence)
			}
		}
		if len(given) > 1 {
			m.note(commons.Warning, "dct:license", "dcat.licences_differ", len(given))
			return
		}
	}
	for _, l := range given {
		name := licenceOf(l.IRI)
		if name == "" {
			name = licenceOf(l.Name)
		}
		if name == "" && l.IRI == "" && spdxName.MatchString(l.Name) && strings.ContainsAny(l.Name, "-0123456789") {
			name = l.Name
		}
		switch {
		case name != "":
			m.add("licence", name)
		case last(l.IRI) != "notspecified" && !strings.EqualFold(l.Name, "notspecified") && !strings.EqualFold(l.Name, "License Not Specified"):
			m.note(commons.Warning, "dct:license", "dcat.licence_unknown", cut(cmpOr(l.IRI, l.Name), 100))
		}
	}
}

// own lays the fields of our own vocabulary over the others.
func (m *mapping) own(kind commons.Kind, entry func(string) (string, bool)) {
	for _, f := range commons.FieldsOf(kind) {
		values := m.r.Own[f.Name]
		if f.Type == commons.Reference {
			var ids []string
			for _, v := range values {
				if entry != nil {
					if id, ok := entry(v); ok {
						ids = append(ids, id)
					}
				}
			}
			values = ids
		}
		if len(values) == 0 {
			continue
		}
		if !f.Many {
			values = values[:1]
		}
		m.sheet.Set(f.Name, values...)
	}
}
