package dcat

import (
	"slices"
	"strings"

	"bassin/internal/commons"
)

// Class is what a resource of a catalogue is.
type Class string

// The classes. Other is dcat:Resource of no narrower class.
const (
	CatalogueClass Class = "catalogue"
	DatasetClass   Class = "dataset"
	ServiceClass   Class = "service"
	SeriesClass    Class = "series"
	SoftwareClass  Class = "software"  // schema:SoftwareApplication and its like
	KnowledgeClass Class = "knowledge" // schema:LearningResource
	OfferClass     Class = "offer"     // schema:Service
	Other          Class = "resource"
)

// classes by their addresses; the first that a resource has counts.
var classes = []struct {
	iri   string
	class Class
}{
	{dcat + "Catalog", CatalogueClass}, {dcat + "DataService", ServiceClass}, {dcat + "DatasetSeries", SeriesClass}, {dcat + "Dataset", DatasetClass},
	{schema + "SoftwareApplication", SoftwareClass}, {schema + "SoftwareSourceCode", SoftwareClass},
	{schema + "LearningResource", KnowledgeClass}, {schema + "Service", OfferClass},
	{schema + "Dataset", DatasetClass}, {dcat + "Resource", Other},
}

// Word is a text in a language, "" if it is not said.
type Word struct{ Text, Lang string }

// Words are a text in several languages, or several texts.
type Words []Word

// In is the text in the first of the languages that has one, else in any.
func (w Words) In(langs ...string) string {
	for _, l := range langs {
		for _, e := range w {
			if primary(e.Lang) == l {
				return e.Text
			}
		}
	}
	if len(w) > 0 && len(langs) > 1 {
		return w[0].Text
	}
	return ""
}

// primary is the language of a tag without its region.
func primary(tag string) string {
	tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
	return tag
}

// Named is something that has an address, or a name, or both.
type Named struct{ IRI, Name string }

// Distribution is a form in which a dataset can be had.
type Distribution struct {
	IRI              string
	Title            Words
	Access, Download string
	Format           string // short, such as CSV
	Licence          Named
}

// Resource is one thing of a catalogue, as it says it.
type Resource struct {
	IRI                                               string // "" if it has none
	Identifier                                        string
	Class                                             Class
	Types                                             []string // addresses of dct:type
	Title, Alternative, Abstract, Description         Words
	Keywords                                          Words
	Themes, Languages, Frequency, Spatial, ConformsTo []Named
	Publisher, Creators                               []Named
	Contact                                           string // of an organisation or a role, never of a person
	Landing, Pages, Endpoint, EndpointDescription     []string
	Issued, Modified, Start, End, Version             string
	Licence                                           []Named
	Serves, InSeries                                  []string
	Distributions                                     []Distribution
	Own                                               map[string][]string // fields in our own vocabulary
	Line                                              int
}

// Record is the name by which it is found again.
func (r *Resource) Record() string {
	if r.IRI != "" {
		return r.IRI
	}
	return r.Identifier
}

// Catalogue is a document: the catalogues it describes are among its resources.
type Catalogue struct {
	Resources []Resource
	Next      string   // address of the next page, "" on the last
	Total     int      // datasets of all pages, 0 if not said
	Elsewhere []string // addresses of resources that it lists and does not describe
}

// Read reads a document to what it describes. It gives nothing for a document whose
// findings say it is broken.
func Read(f Format, base string, body []byte, limits Limits) (*Catalogue, []Finding) {
	g, findings := Parse(f, base, body, limits)
	if g == nil {
		return &Catalogue{}, findings
	}
	r := &reading{g: g, sink: &sink{findings: findings}, links: map[string]bool{}}
	return r.catalogue(), r.findings
}

type reading struct {
	*sink
	g     *Graph
	links map[string]bool
	at    string // resource being read
	line  int
}

func (r *reading) note(severity commons.Severity, field, key string, args ...any) {
	f := finding(severity, r.line, 0, key, args...)
	f.Field, f.Resource = field, r.at
	if blank(f.Resource) {
		f.Resource = ""
	}
	r.tell(f)
}

func (r *reading) catalogue() *Catalogue {
	g := r.g
	known := map[string]string{}
	right := func(iri string) string {
		is, ok := known[iri]
		if !ok {
			is = normal(iri)
			known[iri] = is
		}
		return is
	}
	for i := range g.Triples {
		t := &g.Triples[i]
		t.P = right(t.P)
		if t.P == rdf+"type" && t.O.Node {
			t.O.Value = right(t.O.Value)
		}
	}
	c := &Catalogue{}
	class := map[string]Class{}
	var order []string
	seen := func(node string, k Class) {
		was, there := class[node]
		if !there {
			order = append(order, node)
		}
		if !there || rank(k) < rank(was) {
			class[node] = k
		}
	}
	for i := range g.Triples {
		t := &g.Triples[i]
		if t.P == rdf+"type" {
			for _, k := range classes {
				if t.O.Value == k.iri {
					seen(t.S, k.class)
				}
			}
		}
	}
	// What a catalogue lists without a class is what it lists it as.
	for i := range g.Triples {
		t := &g.Triples[i]
		k, ok := listed[t.P]
		if !ok || !t.O.Node || class[t.O.Value] != "" {
			continue
		}
		if len(g.by[t.O.Value]) == 0 {
			c.Elsewhere = append(c.Elsewhere, t.O.Value)
			class[t.O.Value] = "elsewhere"
			continue
		}
		r.at, r.line = t.O.Value, g.line(t.O.Value)
		r.note(commons.Note, "rdf:type", "dcat.class_missing")
		seen(t.O.Value, k)
	}
	for _, node := range order {
		if class[node] == "elsewhere" {
			continue
		}
		if res, ok := r.resource(node, class[node]); ok {
			c.Resources = append(c.Resources, res)
		}
	}
	r.pages(c)
	if r.at, r.line = "", 0; len(order) == 0 {
		r.note(commons.Wrong, "", "dcat.nothing")
	}
	if n := len(c.Elsewhere); n > 0 {
		r.note(commons.Note, "dcat:dataset", "dcat.elsewhere", n)
	}
	return c
}

// listed are the properties by which a catalogue lists what it holds.
var listed = map[string]Class{dcat + "dataset": DatasetClass, dcat + "service": ServiceClass, dcat + "catalog": CatalogueClass, dcat + "resource": Other}

func rank(c Class) int {
	for i, k := range classes {
		if k.class == c {
			return i
		}
	}
	return len(classes)
}

// pages reads the links of Hydra: next of a view, or nextPage of a page as CKAN writes it.
func (r *reading) pages(c *Catalogue) {
	for i := range r.g.Triples {
		t := &r.g.Triples[i]
		switch t.P {
		case hydra + "next", hydra + "nextPage":
			if v := strings.TrimSpace(t.O.Value); c.Next == "" && web(v) {
				c.Next = v
			}
		case hydra + "totalItems":
			c.Total = max(c.Total, atoi(t.O.Value))
		}
	}
}

func atoi(s string) int {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' || n > 1e9 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

func web(v string) bool {
	rest, ok := strings.CutPrefix(v, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(v, "http://")
	}
	return ok && rest != "" && !strings.ContainsAny(v, " \t\n<>\"\\") && rest[0] != '/'
}

// resource reads one; false if it is refused.
func (r *reading) resource(node string, class Class) (Resource, bool) {
	r.at, r.line = node, r.g.line(node)
	out := Resource{Class: class, Line: r.line, Own: map[string][]string{}}
	if !blank(node) {
		out.IRI = node
	}
	out.Title = r.words(node, "dct:title", dct+"title", schema+"name", foaf+"name", rdfs+"label")
	out.Identifier = strings.TrimSpace(r.value(node, dct+"identifier"))
	if out.Record() == "" {
		r.note(commons.Wrong, "dct:identifier", "dcat.no_name", out.Title.In("fr", "", "en"))
		return out, false
	}
	if len(out.Title) == 0 {
		r.note(commons.Wrong, "dct:title", "dcat.title_missing")
		return out, false
	}
	out.Alternative = r.words(node, "dct:alternative", dct+"alternative")
	out.Abstract = r.words(node, "dct:abstract", dct+"abstract")
	out.Description = r.words(node, "dct:description", dct+"description", schema+"description")
	if len(out.Description) == 0 && class != ServiceClass {
		r.note(commons.Note, "dct:description", "dcat.description_missing")
	}
	out.Keywords = r.words(node, "dcat:keyword", dcat+"keyword")
	out.Themes = r.named(node, "dcat:theme", dcat+"theme")
	out.Languages = r.named(node, "dct:language", dct+"language")
	out.Frequency = r.named(node, "dct:accrualPeriodicity", dct+"accrualPeriodicity")
	out.Spatial = r.places(node)
	out.ConformsTo = r.named(node, "dct:conformsTo", dct+"conformsTo")
	out.Publisher = r.named(node, "dct:publisher", dct+"publisher")
	if len(out.Publisher) == 0 && (class == CatalogueClass || class == DatasetClass) {
		r.note(commons.Note, "dct:publisher", "dcat.publisher_missing")
	}
	out.Creators = r.named(node, "dct:creator", dct+"creator")
	out.Contact = r.contact(node)
	out.Landing = r.addresses(node, "dcat:landingPage", dcat+"landingPage", foaf+"homepage")
	out.Pages = r.addresses(node, "foaf:page", foaf+"page")
	out.Endpoint = r.addresses(node, "dcat:endpointURL", dcat+"endpointURL")
	out.EndpointDescription = r.addresses(node, "dcat:endpointDescription", dcat+"endpointDescription")
	if class == ServiceClass && len(out.Endpoint) == 0 {
		r.note(commons.Note, "dcat:endpointURL", "dcat.endpoint_missing")
	}
	out.Issued = r.date(node, "dct:issued", dct+"issued")
	out.Modified = r.date(node, "dct:modified", dct+"modified")
	if t, ok := r.g.first(node, dct+"temporal"); ok {
		out.Start, out.End = r.period(t)
	}
	out.Version = r.value(node, dcat+"version", "http://www.w3.org/2002/07/owl#versionInfo")
	out.Licence = r.named(node, "dct:license", dct+"license")
	for _, t := range r.g.all(node, dct+"type") {
		out.Types = append(out.Types, t.Value)
	}
	for _, t := range r.g.all(node, dcat+"servesDataset") {
		out.Serves = append(out.Serves, t.Value)
	}
	for _, t := range r.g.all(node, dcat+"inSeries") {
		out.InSeries = append(out.InSeries, t.Value)
	}
	for _, t := range r.g.all(node, dcat+"distribution", dcat+"Distribution") {
		if d, ok := r.distribution(t); ok {
			out.Distributions = append(out.Distributions, d)
		}
	}
	for _, i := range r.g.by[node] {
		t := &r.g.Triples[i]
		if name, ok := strings.CutPrefix(t.P, own); ok {
			out.Own[name] = append(out.Own[name], t.O.Value)
		}
	}
	return out, true
}

func (r *reading) value(node string, properties ...string) string {
	t, _ := r.g.first(node, properties...)
	return t.Value
}

// words are the literals of properties, the first that has any; a node where a text is
// due gives its label.
func (r *reading) words(node, field string, properties ...string) Words {
	var out Words
	for _, p := range properties {
		for _, t := range r.g.all(node, p) {
			w := Word{strings.TrimSpace(t.Value), t.Lang}
			if t.Node {
				w = Word{Text: strings.TrimSpace(r.label(t.Value))}
				if w.Text == "" {
					r.note(commons.Warning, field, "dcat.iri_for_text", t.Value)
				}
			}
			if w.Text != "" && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return out
}

// label is the name that a node gives itself.
func (r *reading) label(node string) string {
	var w Words
	for _, t := range r.g.all(node, foaf+"name", skos+"prefLabel", rdfs+"label", dct+"title", vcard+"fn", vcard+"organization-name", schema+"name", rdf+"value") {
		if !t.Node {
			w = append(w, Word{strings.TrimSpace(t.Value), t.Lang})
		}
	}
	return w.In("fr", "", "en")
}

// named are the values of a property that has nodes; literals are names or, if they
// look so, addresses.
func (r *reading) named(node, field string, properties ...string) []Named {
	var out []Named
	for _, t := range r.g.all(node, properties...) {
		n := r.name(t)
		if !t.Node && web(n.IRI) {
			r.note(commons.Note, field, "dcat.text_for_iri", n.IRI)
		}
		if n != (Named{}) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

func (r *reading) name(t Term) Named {
	v := strings.TrimSpace(t.Value)
	switch {
	case t.Node && blank(v):
		return Named{Name: r.label(v)}
	case t.Node:
		return Named{v, r.label(v)}
	case web(v):
		return Named{IRI: v}
	}
	return Named{Name: v}
}

// addresses are web addresses; others are told and left out.
func (r *reading) addresses(node, field string, properties ...string) []string {
	var out []string
	for _, t := range r.g.all(node, properties...) {
		v := strings.TrimSpace(t.Value)
		if t.Node && blank(v) {
			v = strings.TrimSpace(r.value(v, foaf+"page", schema+"url", rdfs+"seeAlso", rdf+"value"))
		}
		switch {
		case v == "":
		case !web(v):
			r.note(commons.Warning, field, "dcat.link_form", cut(v, 100))
		case !slices.Contains(out, v):
			if !t.Node && t.Type != xsd+"anyURI" {
				r.note(commons.Note, field, "dcat.text_for_iri", v)
			}
			out = append(out, v)
		}
	}
	return out
}

// places are the territories of a resource. A place that says what it is made of, or
// how we call it, stands for its parts.
func (r *reading) places(node string) []Named {
	var out []Named
	for _, t := range r.g.all(node, dct+"spatial") {
		n := r.name(t)
		if t.Node {
			if id := r.value(t.Value, dct+"identifier"); id != "" {
				n.Name = id
			}
		}
		if n != (Named{}) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// contact is the name of an organisation or of a role. People's names stay where they
// are.
func (r *reading) contact(node string) string {
	for _, t := range r.g.all(node, dcat+"contactPoint", "http://www.w3.org/ns/adms#contactPoint") {
		if !t.Node {
			continue
		}
		for _, k := range r.g.all(t.Value, rdf+"type") {
			if last(k.Value) == "Individual" {
				return ""
			}
		}
		if name := r.label(t.Value); name != "" && !strings.Contains(name, "@") {
			return name
		}
	}
	return ""
}

// date is a day, a month or a year; the time of a day goes.
func (r *reading) date(node, field, property string) string {
	t, ok := r.g.first(node, property)
	if !ok {
		return ""
	}
	d, ok := dayOf(t.Value)
	if !ok {
		r.note(commons.Warning, field, "dcat.date_form", cut(t.Value, 40))
	}
	return d
}

func (r *reading) period(t Term) (start, end string) {
	if !t.Node {
		from, to, _ := strings.Cut(t.Value, "/")
		start, _ = dayOf(from)
		end, _ = dayOf(to)
		return start, end
	}
	start = r.edge(t.Value, "dcat:startDate", "hasBeginning", dcat+"startDate", schema+"startDate")
	end = r.edge(t.Value, "dcat:endDate", "hasEnd", dcat+"endDate", schema+"endDate")
	return start, end
}

// edge is where a period begins or ends, as DCAT, schema.org or OWL-Time say it.
func (r *reading) edge(node, field, instant string, properties ...string) string {
	const owlTime = "http://www.w3.org/2006/time#"
	for _, p := range properties {
		if _, ok := r.g.first(node, p); ok {
			return r.date(node, field, p)
		}
	}
	if t, ok := r.g.first(node, owlTime+instant); ok {
		for _, p := range []string{"inXSDDate", "inXSDDateTime", "inXSDDateTimeStamp", "inXSDgYear", "inXSDgYearMonth"} {
			if d, ok := dayOf(r.value(t.Value, owlTime+p)); ok {
				return d
			}
		}
	}
	return ""
}

func (r *reading) distribution(t Term) (Distribution, bool) {
	if !t.Node {
		r.note(commons.Warning, "dcat:distribution", "dcat.distribution_text", cut(t.Value, 100))
		return Distribution{}, false
	}
	if len(r.g.by[t.Value]) == 0 {
		r.note(commons.Warning, "dcat:distribution", "dcat.distribution_elsewhere", t.Value)
		return Distribution{}, false
	}
	d := Distribution{Title: r.words(t.Value, "dct:title", dct+"title")}
	if !blank(t.Value) {
		d.IRI = t.Value
	}
	if a := r.addresses(t.Value, "dcat:accessURL", dcat+"accessURL"); len(a) > 0 {
		d.Access = a[0]
	}
	if a := r.addresses(t.Value, "dcat:downloadURL", dcat+"downloadURL"); len(a) > 0 {
		d.Download = a[0]
	}
	if d.Access == "" && d.Download == "" {
		r.note(commons.Warning, "dcat:accessURL", "dcat.access_missing", d.Title.In("fr", "", "en"))
		return d, false
	}
	for _, n := range r.named(t.Value, "dct:format", dct+"format", dcat+"mediaType", dct+"MediaType") {
		if d.Format = formatOf(n.Name); d.Format == "" {
			d.Format = formatOf(n.IRI)
		}
		if d.Format != "" {
			break
		}
	}
	if l := r.named(t.Value, "dct:license", dct+"license"); len(l) > 0 {
		d.Licence = l[0]
	}
	return d, true
}
