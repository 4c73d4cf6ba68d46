package dcat

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"bassin/internal/commons"
	"bassin/internal/territory"
)

// Library says what a catalogue that is written says of itself.
type Library struct {
	IRI         string // of the catalogue, for ever
	Home        string // address of its page
	Title       Words
	Description Words
	Publisher   Named  // who publishes the catalogue
	Licence     string // SPDX, of the catalogue's words
	Languages   []string
	Spatial     []territory.ID
	Issued      time.Time
	Modified    time.Time

	Entry func(id string) string         // address of an entry, for ever
	Body  func(value string) string      // name of an organisation of a sheet; nil if values are names
	Place func(territory.ID) PlaceInFull // what is known of a territory
}

// PlaceInFull is a territory as a catalogue tells it. Communes are given for those that
// no other catalogue knows, such as bassins de vie.
type PlaceInFull struct {
	Name     string
	IRI      string   // for a territory without an address of INSEE's
	Communes []string // INSEE codes
}

// Item is an entry to write.
type Item struct {
	ID       string
	Kind     commons.Kind
	Sheet    commons.Sheet
	Issued   time.Time // zero if not known
	Modified time.Time // zero is as the catalogue
}

// Page is a part of a catalogue. The zero Page is the whole.
type Page struct {
	IRI, First, Previous, Next, Last string // addresses, "" if there is none
	Total                            int    // entries in all pages
}

// Write writes a catalogue in [Turtle] or [JSONLD], entry by entry as they come: the
// same graph in both. It is DCAT-AP 3.0.1 for data. Software, services, knowledge are
// dcat:Resource with a class of schema.org, without a CatalogRecord, which the profile
// keeps for data. Experiments and needs are left out. What DCAT has no property for is
// said in urn:bassin:commons: with the values of the sheet.
func Write(w io.Writer, f Format, lib Library, page Page, items iter.Seq2[Item, error]) error {
	buffer := bufio.NewWriterSize(w, 64<<10)
	o := &writing{Library: lib, done: map[string]bool{}}
	if f == JSONLD {
		o.out = &jsonOut{w: buffer}
	} else {
		o.out = &turtleOut{w: buffer}
	}
	o.out.begin()
	o.catalogue(page)
	for item, err := range items {
		if err != nil {
			return err
		}
		if item.Kind.Common() {
			o.item(item)
		}
	}
	o.out.end()
	return buffer.Flush()
}

// out is a syntax. Triples of one subject come together.
type out interface {
	begin()
	node(subject string)
	say(property string, object Term)
	end()
}

type writing struct {
	Library
	out  out
	done map[string]bool // nodes that are described already
	late []func()        // nodes to describe after the one under way
}

func (o *writing) iri(p, v string) {
	if v != "" {
		v, _ = tidy(v)
		o.out.say(p, Term{Value: v, Node: true})
	}
}

func (o *writing) text(p, v, lang string) {
	if v != "" {
		o.out.say(p, Term{Value: v, Lang: lang})
	}
}

func (o *writing) typed(p, v, kind string) {
	if v != "" {
		o.out.say(p, Term{Value: v, Type: kind})
	}
}

func (o *writing) words(p string, w Words) {
	for _, e := range w {
		o.text(p, e.Text, e.Lang)
	}
}

func (o *writing) moment(p string, t time.Time) {
	if !t.IsZero() {
		o.typed(p, t.UTC().Format("2006-01-02T15:04:05Z"), xsd+"dateTime")
	}
}

// once describes a node after the one under way, if it was not before.
func (o *writing) once(iri string, describe func()) {
	if !o.done[iri] {
		o.done[iri] = true
		o.late = append(o.late, func() { o.out.node(iri); describe() })
	}
}

// rest describes what waits.
func (o *writing) rest() {
	for len(o.late) > 0 {
		next := o.late[0]
		o.late = o.late[1:]
		next()
	}
}

func (o *writing) catalogue(page Page) {
	o.out.node(o.IRI)
	o.iri(rdf+"type", dcat+"Catalog")
	o.words(dct+"title", o.Title)
	o.words(dct+"description", o.Description)
	o.agent(dct+"publisher", o.Publisher)
	o.iri(dct+"license", licenceIRI(o.Licence))
	o.iri(foaf+"homepage", o.Home)
	o.iri(dcat+"themeTaxonomy", authority+"data-theme")
	for _, l := range o.Languages {
		o.iri(dct+"language", euLanguage(l))
	}
	for _, id := range o.Spatial {
		o.place(id)
	}
	o.moment(dct+"issued", o.Issued)
	o.moment(dct+"modified", o.Modified)
	if page != (Page{}) {
		o.iri(rdf+"type", hydra+"Collection")
		o.typed(hydra+"totalItems", itoa(page.Total), xsd+"integer")
		o.iri(hydra+"view", page.IRI)
		o.once(page.IRI, func() {
			o.iri(rdf+"type", hydra+"PartialCollectionView")
			o.iri(hydra+"first", page.First)
			o.iri(hydra+"previous", page.Previous)
			o.iri(hydra+"next", page.Next)
			o.iri(hydra+"last", page.Last)
		})
	}
	o.rest()
}

// agent is an organisation, by its address or by one made of its name.
func (o *writing) agent(p string, who Named) {
	if who.Name == "" {
		return
	}
	iri := who.IRI
	if iri == "" {
		sum := sha256.Sum256([]byte(who.Name))
		iri = o.IRI + "#agent-" + hex.EncodeToString(sum[:8])
	}
	o.iri(p, iri)
	o.once(iri, func() {
		o.iri(rdf+"type", foaf+"Agent")
		o.text(foaf+"name", who.Name, "")
	})
}

func (o *writing) body(p, value string) {
	if o.Body != nil {
		value = o.Body(value)
	}
	o.agent(p, Named{Name: value})
}

// place is a territory: by INSEE's address, which it is told with its name. A bassin
// de vie and the like tell their communes.
func (o *writing) place(id territory.ID) {
	var full PlaceInFull
	if o.Place != nil {
		full = o.Place(id)
	}
	iri := cmpOr(placeIRI(id), full.IRI)
	if iri == "" {
		return
	}
	o.iri(dct+"spatial", iri)
	o.once(iri, func() {
		o.iri(rdf+"type", dct+"Location")
		o.text(skos+"prefLabel", full.Name, "fr")
		o.text(dct+"identifier", id.String(), "")
		for _, c := range full.Communes {
			o.iri(dct+"hasPart", insee+"commune/"+c)
		}
	})
}

func licenceIRI(spdx string) string {
	if spdxName.MatchString(spdx) {
		return "https://spdx.org/licenses/" + spdx
	}
	return ""
}

// describing is an entry under way.
type describing struct {
	*writing
	Item
	self string
}

func (o *writing) item(item Item) {
	e := &describing{o, item, o.Entry(item.ID)}
	link, class := dcat+"resource", ""
	switch item.Kind {
	case commons.Software:
		class = schema + "SoftwareApplication"
	case commons.Service:
		class = schema + "Service"
	case commons.Knowledge:
		class = schema + "LearningResource"
	case commons.Data, commons.Experiment, commons.Need:
		link, class = e.dataClass()
	}
	o.out.node(o.IRI)
	o.iri(link, e.self)
	if item.Kind == commons.Data {
		o.iri(dcat+"record", e.self+"#record")
	}
	o.out.node(e.self)
	if item.Kind != commons.Data {
		o.iri(rdf+"type", dcat+"Resource")
	}
	o.iri(rdf+"type", class)
	e.common()
	if item.Kind == commons.Data {
		e.data(class)
	} else {
		e.day(dct+"issued", item.Sheet.Get("published_on"))
		o.moment(dct+"modified", e.changed())
	}
	e.own(class)
	o.rest()
	if item.Kind == commons.Data {
		o.out.node(e.self + "#record")
		o.iri(rdf+"type", dcat+"CatalogRecord")
		o.iri(foaf+"primaryTopic", e.self)
		o.moment(dct+"issued", item.Issued)
		o.moment(dct+"modified", e.changed())
	}
}

func (e *describing) changed() time.Time {
	if e.Modified.IsZero() {
		return e.Library.Modified
	}
	return e.Modified
}

// dataClass is how the catalogue lists data, and its class: a service must have an
// address to ask, a catalogue somebody who publishes it.
func (e *describing) dataClass() (link, class string) {
	switch form := e.Sheet.Get("form"); {
	case form == "api" && e.Sheet.Get("endpoint") != "":
		return dcat + "service", dcat + "DataService"
	case form == "catalogue" && e.Sheet.Get("publisher") != "":
		return dcat + "catalog", dcat + "Catalog"
	}
	return dcat + "dataset", dcat + "Dataset"
}

func (e *describing) day(p, v string) {
	if _, ok := dayOf(v); ok {
		e.typed(p, v, dateType(v))
	}
}

// each says the values of a field.
func (e *describing) each(field string, say func(v string)) {
	for _, v := range e.Sheet[field] {
		say(v)
	}
}

// common are the properties of every resource.
func (e *describing) common() {
	s := e.Sheet
	e.text(dct+"identifier", e.ID, "")
	e.text(dct+"title", s.Get("title"), "fr")
	e.each("aliases", func(v string) { e.text(dct+"alternative", v, "fr") })
	e.text(dct+"abstract", s.Get("summary"), "fr")
	e.text(dct+"abstract", s.Get("summary_en"), "en")
	e.text(dct+"description", cmpOr(s.Get("description"), cmpOr(s.Get("summary"), s.Get("title"))), "fr")
	e.text(dct+"description", cmpOr(s.Get("description_en"), s.Get("summary_en")), "en")
	e.each("keywords", func(v string) { e.text(dcat+"keyword", v, "fr") })
	for _, t := range euThemes {
		if s.Has("themes", t.theme) {
			e.iri(dcat+"theme", authority+"data-theme/"+t.code)
		}
	}
	for _, id := range s.Territories() {
		e.place(id)
	}
	e.each("languages", func(v string) { e.iri(dct+"language", euLanguage(v)) })
	e.each("maintainers", func(v string) { e.body(dct+"creator", v) })
	e.iri(dcat+"landingPage", s.Get("website"))
	e.iri(foaf+"page", s.Get("documentation"))
	if role := s.Get("contact_role"); role != "" {
		contact := e.self + "#contact"
		e.iri(dcat+"contactPoint", contact)
		e.once(contact, func() {
			e.iri(rdf+"type", vcard+"Organization")
			e.text(vcard+"fn", role, "")
		})
	}
}

// data are the properties of datasets, services and catalogues.
func (e *describing) data(class string) {
	s := e.Sheet
	if s.Get("form") == "schema" {
		e.iri(dct+"type", authority+"dataset-type/SCHEMA")
	}
	e.body(dct+"publisher", s.Get("publisher"))
	e.iri(dct+"license", licenceIRI(s.Get("licence")))
	e.day(dct+"issued", s.Get("published_on"))
	e.day(dct+"modified", s.Get("modified_on"))
	if from, to, ok := days(s.Get("period")); ok {
		period := e.self + "#period"
		e.iri(dct+"temporal", period)
		e.once(period, func() {
			e.iri(rdf+"type", dct+"PeriodOfTime")
			e.day(dcat+"startDate", from)
			e.day(dcat+"endDate", to)
		})
	}
	if f := euFrequency[s.Get("frequency")]; f != "" {
		e.iri(dct+"accrualPeriodicity", authority+"frequency/"+f)
	}
	e.each("conforms_to", func(v string) { e.iri(dct+"conformsTo", v) })
	switch class {
	case dcat + "DataService":
		e.iri(dcat+"endpointURL", s.Get("endpoint"))
		e.iri(dcat+"endpointDescription", s.Get("documentation"))
		e.each("serves", func(v string) { e.iri(dcat+"servesDataset", e.Entry(v)) })
	case dcat + "Dataset":
		for i, link := range s["distributions"] {
			e.distribution(i, link)
		}
	}
}

func (e *describing) distribution(i int, link string) {
	node := e.self + "#distribution-" + itoa(i+1)
	e.iri(dcat+"distribution", node)
	e.once(node, func() {
		e.iri(rdf+"type", dcat+"Distribution")
		e.iri(dcat+"accessURL", link)
		format := formatByName(link)
		if known := e.Sheet["formats"]; format == "" && len(known) == 1 {
			format = known[0]
		}
		if t := fileTypes[strings.ToUpper(format)]; t != "" {
			e.iri(dct+"format", authority+"file-type/"+t)
		}
		e.iri(dct+"license", licenceIRI(e.Sheet.Get("licence")))
	})
}

// formatByName is the format that the end of an address tells, "" if it is none.
func formatByName(link string) string {
	link, _, _ = strings.Cut(link, "?")
	if i := strings.LastIndexByte(link, '.'); i > strings.LastIndexByte(link, '/') {
		if f := strings.ToUpper(link[i+1:]); fileTypes[f] != "" {
			return f
		}
	}
	return ""
}

// days are the two ends of a period that says days: 2020/2024-06.
func days(period string) (from, to string, ok bool) {
	from, to, ok = strings.Cut(period, "/")
	for _, d := range []string{from, to} {
		if got, valid := dayOf(d); d != "" && (!valid || got != d) {
			return "", "", false
		}
	}
	return from, to, ok && from+to != ""
}

// said are the fields that DCAT says as well as a sheet, for data; the others are said
// in our own vocabulary.
var said = []string{"title", "aliases", "summary", "summary_en", "description", "description_en", "keywords", "maintainers", "documentation",
	"contact_role", "conforms_to"}

// own says in our own vocabulary what nothing before has said, or not as well.
func (e *describing) own(class string) {
	for _, f := range commons.FieldsOf(e.Kind) {
		values := e.Sheet[f.Name]
		if len(values) == 0 || slices.Contains(said, f.Name) && (e.Kind == commons.Data || f.Name != "conforms_to") || e.exact(f.Name, class) {
			continue
		}
		for _, v := range values {
			switch {
			case f.Type == commons.Reference:
				e.iri(own+f.Name, e.Entry(v))
			case f.Type == commons.Body && e.Body != nil:
				e.text(own+f.Name, e.Body(v), "")
			default:
				e.text(own+f.Name, v, "")
			}
		}
	}
}

// exact says whether what was written of a field is read back as it is.
func (e *describing) exact(field, class string) bool {
	s := e.Sheet
	switch field {
	case "website":
		return true
	case "publisher":
		return e.Kind == commons.Data
	case "form":
		switch s.Get("form") {
		case "dataset", "schema":
			return e.Kind == commons.Data
		}
		return class != dcat+"Dataset" && e.Kind == commons.Data
	case "licence":
		return e.Kind == commons.Data && licenceOf(licenceIRI(s.Get(field))) == s.Get(field)
	case "languages":
		return !slices.ContainsFunc(s[field], func(v string) bool { return euLanguage(v) == "" })
	case "themes": // written in the order of the table
		var out []string
		for _, t := range euThemes {
			if s.Has(field, t.theme) {
				out = append(out, t.theme)
			}
		}
		return slices.Equal(out, s[field])
	case "territories":
		return !slices.ContainsFunc(s[field], func(v string) bool {
			id, _ := territory.ParseID(v)
			return placeIRI(id) == "" && (e.Place == nil || e.Place(id).IRI == "")
		})
	case "published_on", "modified_on":
		_, ok := dayOf(s.Get(field))
		return ok && (e.Kind == commons.Data || field == "published_on")
	case "period":
		_, _, ok := days(s.Get(field))
		return ok
	case "frequency":
		return euFrequency[s.Get(field)] != ""
	case "endpoint", "serves":
		return class == dcat+"DataService"
	case "distributions":
		return class == dcat+"Dataset"
	}
	return false
}
