package dcat_test

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/commons"
	"bassin/internal/dcat"
	"bassin/internal/territory"
)

const site = "https://bassin.example.fr/"

func library() dcat.Library {
	return dcat.Library{
		IRI: site + "catalogue", Home: site,
		Title:       dcat.Words{{Text: "Bibliothèque de communs", Lang: "fr"}, {Text: "Library of commons", Lang: "en"}},
		Description: dcat.Words{{Text: "Ce que d’autres territoires ont fait.", Lang: "fr"}, {Text: "What other territories did.", Lang: "en"}},
		Publisher:   dcat.Named{Name: "Syndicat « e-mégalis »", IRI: site + "o/1"},
		Licence:     "etalab-2.0", Languages: []string{"fr", "en"},
		Spatial:  []territory.ID{{Level: territory.Pays, Code: "FR"}},
		Issued:   time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Modified: time.Date(2026, 11, 26, 9, 30, 0, 0, time.UTC),
		Entry:    func(id string) string { return site + "communs/" + id },
		Place: func(id territory.ID) dcat.PlaceInFull {
			switch id.Level {
			case territory.BassinDeVie:
				return dcat.PlaceInFull{Name: "Lamballe-Armor", Communes: []string{"22093", "22046"}}
			case territory.Canton:
				return dcat.PlaceInFull{Name: "Broons", IRI: site + "fr/cv/" + id.Code}
			}
			return dcat.PlaceInFull{Name: "Un lieu"}
		},
	}
}

func entry(iri string) (string, bool) { return strings.CutPrefix(iri, site+"communs/") }

// items are entries with every field that a kind may have, and some with few.
func items() []dcat.Item {
	return []dcat.Item{
		{ID: "d1", Kind: commons.Data, Modified: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), Issued: time.Date(2025, 5, 1, 12, 0, 0, 0, time.UTC), Sheet: commons.Sheet{
			"title": {`Menus "bio" des cantines \ écoles`}, "aliases": {"Menus", "Cantines"}, "summary": {"Les menus du mois."}, "summary_en": {"This month's menus."},
			"description": {"Une ligne.\n\nUne autre, avec « guillemets » et\ttabulation."}, "description_en": {"A line."}, "form": {"dataset"},
			"themes": {"health", "heritage"}, "publics": {"agents", "young"}, "keywords": {"cantine", "menu", "bio"}, "territories": {"bv:22093", "commune:22266", "dep:22", "reg:53", "cv:2203", "epci:200069391", "pays:FR", "set:abc"},
			"licence": {"etalab-2.0"}, "languages": {"fr", "br", "fr-CA"}, "maintainers": {"Commune de Lamballe"}, "website": {"https://example.fr/menus?a=1&b=2"},
			"repository": {"https://git.example.fr/menus"}, "documentation": {"https://example.fr/doc"}, "contact_role": {"Service de la restauration"}, "status": {"stable"},
			"accessibility": {"partial"}, "release_date": {"2026-02"}, "published_on": {"2024"}, "publisher": {"Lamballe Terre & Mer"}, "modified_on": {"2026-11"}, "period": {"2024-09/2025-06-30"},
			"frequency": {"monthly"}, "formats": {"CSV", "GEOJSON"}, "distributions": {"https://example.fr/menus.csv", "https://example.fr/carte"}, "endpoint": {"https://api.example.fr"},
			"conforms_to": {"https://schema.data.gouv.fr/scdl/menus"}, "datasets": {"3"}, "answers": {"n1"},
		}},
		{ID: "d2", Kind: commons.Data, Sheet: commons.Sheet{"title": {"Adresses"}, "summary": {"Une API."}, "form": {"api"}, "endpoint": {"https://api.example.fr/adresses"}, "serves": {"d1"}, "licence": {"MIT OR Apache-2.0"}, "themes": {"administration"}}},
		{ID: "d3", Kind: commons.Data, Sheet: commons.Sheet{"title": {"Un portail"}, "summary": {"Des données."}, "form": {"catalogue"}, "publisher": {"Région Bretagne"}, "period": {"avant guerre"}}},
		{ID: "d4", Kind: commons.Data, Sheet: commons.Sheet{"title": {"Un schéma"}, "summary": {"Des colonnes."}, "form": {"schema"}, "frequency": {"never"}, "publisher": {"Région Bretagne"}}},
		{ID: "d5", Kind: commons.Data, Sheet: commons.Sheet{"title": {"Une API sans adresse"}, "summary": {"À demander."}, "form": {"api"}, "formats": {"JSON"}, "distributions": {"https://example.fr/x"}}},
		{ID: "s1", Kind: commons.Software, Sheet: commons.Sheet{"title": {"Démarches"}, "summary": {"Un logiciel."}, "form": {"web"}, "licence": {"AGPL-3.0-or-later"}, "platforms": {"web"}, "repository": {"https://git.example.fr/x"}, "installable": {"yes"}, "themes": {"administration", "inclusion"}, "release_date": {"2026-01-02"}}},
		{ID: "s2", Kind: commons.Service, Sheet: commons.Sheet{"title": {"Visio"}, "summary": {"Un service."}, "operator": {"La DINUM"}, "uses": {"s1"}}},
		{ID: "k1", Kind: commons.Knowledge, Sheet: commons.Sheet{"title": {"Guide"}, "summary": {"Un guide."}, "form": {"guide"}, "published_on": {"2025-03-04"}, "languages": {"fr"}, "duration": {"2 h"}}},
	}
}

func seq(items []dcat.Item) iter.Seq2[dcat.Item, error] {
	return func(yield func(dcat.Item, error) bool) {
		for _, i := range items {
			if !yield(i, nil) {
				return
			}
		}
	}
}

func write(t *testing.T, f dcat.Format, page dcat.Page) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := dcat.Write(&b, f, library(), page, seq(items())); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var somePage = dcat.Page{IRI: site + "catalogue?page=2", First: site + "catalogue?page=1", Previous: site + "catalogue?page=1", Next: site + "catalogue?page=3", Last: site + "catalogue?page=9", Total: 812}

// What is written is read back as it was, in both syntaxes.
func TestRoundTrip(t *testing.T) {
	for _, f := range []dcat.Format{dcat.Turtle, dcat.JSONLD} {
		t.Run(string(f), func(t *testing.T) {
			body := write(t, f, somePage)
			found, c, findings := dcat.Reader{Base: site + "catalogue", Entry: entry}.Page(body)
			for _, n := range findings {
				if n.Severity != commons.Note {
					t.Errorf("%+v", n)
				}
			}
			if c.Next != somePage.Next || c.Total != somePage.Total {
				t.Errorf("next page %q of %d", c.Next, c.Total)
			}
			got := map[string]commons.Found{}
			for _, x := range found {
				got[x.Record] = x
			}
			for _, item := range items() {
				x, ok := got[site+"communs/"+item.ID]
				if !ok {
					t.Errorf("%s is not read back", item.ID)
					continue
				}
				if x.Kind != item.Kind {
					t.Errorf("%s is read as %s", item.ID, x.Kind)
				}
				if d := cmp.Diff(item.Sheet, x.Sheet); d != "" {
					t.Errorf("%s: %s", item.ID, d)
				}
			}
			if len(found) != len(items())+1 {
				t.Errorf("%d entries for %d and the catalogue", len(found), len(items()))
			}
		})
	}
}

// rdflib answers lines to testdata/rdf.py.
func rdflib(t *testing.T, lines []string) []string {
	t.Helper()
	cmd := exec.Command("/usr/bin/python3", "testdata/rdf.py")
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3-rdflib (make test installs it): %v", err)
	}
	answers := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(answers) != len(lines) {
		t.Fatalf("%d answers to %d questions", len(answers), len(lines))
	}
	return answers
}

func save(t *testing.T, name string, body []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// An independent parser reads the same graph in both syntaxes.
func TestBothSyntaxesAreOneGraph(t *testing.T) {
	for _, page := range []dcat.Page{{}, somePage} {
		turtle := save(t, "c.ttl", write(t, dcat.Turtle, page))
		json := save(t, "c.jsonld", write(t, dcat.JSONLD, page))
		got := rdflib(t, []string{"turtle " + turtle + " " + site + " json-ld " + json + " " + site})
		if !strings.HasPrefix(got[0], "same ") {
			t.Error(got[0])
		}
	}
}

func shacl(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.Command("node", append([]string{"testdata/shacl.mjs"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("rdf-validate-shacl (npm ci installs it): %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if !strings.HasPrefix(lines[len(lines)-1], "checked\t") {
		t.Fatalf("no end: %q", out)
	}
	return lines[:len(lines)-1]
}

// What is written breaks no shape of DCAT-AP 3.0.1.
func TestShapes(t *testing.T) {
	file := save(t, "c.ttl", write(t, dcat.Turtle, somePage))
	for _, line := range shacl(t, file, "testdata/shapes/shapes.ttl") {
		t.Errorf("shapes: %s", line)
	}
	for _, line := range shacl(t, file, "testdata/shapes/mdr-vocabularies.shape.ttl", "--schemes") {
		if strings.HasPrefix(line, "Violation") {
			t.Errorf("vocabularies: %s", line)
		}
	}
}

// What the profile advises is given by the entry that has every field, but for what the
// library does not know.
func TestAdvised(t *testing.T) {
	file := save(t, "c.ttl", write(t, dcat.Turtle, dcat.Page{}))
	allowed := map[string]bool{
		"http://purl.org/dc/terms/type":          true, // of an agent: no list says it
		"http://www.w3.org/ns/dcat#bbox":         true,
		"http://www.w3.org/ns/dcat#centroid":     true,
		"http://purl.org/dc/terms/conformsTo":    true, // of a record: no profile is claimed entry by entry
		"http://www.w3.org/ns/adms#status":       true,
		"http://data.europa.eu/r5r/availability": true,
		"http://purl.org/dc/terms/description":   true, // of a distribution, which is a link
	}
	for _, line := range shacl(t, file, "testdata/shapes/shapes_recommended.ttl") {
		part := strings.Split(line, "\t")
		if (part[1] == site+"communs/d1" || part[1] == site+"catalogue") && !allowed[part[2]] {
			t.Error(line)
		}
	}
}

// The validator finds what is wrong: otherwise the tests above would prove nothing.
func TestShapesSeeFaults(t *testing.T) {
	body := bytes.ReplaceAll(write(t, dcat.Turtle, dcat.Page{}), []byte("dct:modified"), []byte("dct:created"))
	body = bytes.ReplaceAll(body, []byte("eu:language/FRA"), []byte("eu:language/XXX"))
	body = bytes.ReplaceAll(body, []byte("authority/language/FRA"), []byte("authority/language/XXX"))
	file := save(t, "c.ttl", body)
	if len(shacl(t, file, "testdata/shapes/shapes.ttl")) == 0 {
		t.Error("records without a date pass")
	}
	bad := 0
	for _, line := range shacl(t, file, "testdata/shapes/mdr-vocabularies.shape.ttl", "--schemes") {
		if strings.HasPrefix(line, "Violation") {
			bad++
		}
	}
	if bad == 0 {
		t.Error("a language of no table passes")
	}
}

type counter struct{ n, largest int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	c.largest = max(c.largest, len(p))
	return len(p), nil
}

// Entries leave as they come, never held together.
func TestWritesAsItComes(t *testing.T) {
	for _, f := range []dcat.Format{dcat.Turtle, dcat.JSONLD} {
		out, asked, before := &counter{}, 0, 0
		err := dcat.Write(out, f, library(), dcat.Page{}, func(yield func(dcat.Item, error) bool) {
			for range 20_000 {
				if asked == 1000 {
					before = out.n
				}
				asked++
				if !yield(dcat.Item{ID: "x", Kind: commons.Data, Sheet: commons.Sheet{"title": {"Un jeu"}, "summary": {"De données."}}}, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if before == 0 || out.largest > 1<<20 {
			t.Errorf("%s: %d bytes out after 1000 entries, %d at once", f, before, out.largest)
		}
	}
}

func TestErrorOfAnItemStops(t *testing.T) {
	err := dcat.Write(io.Discard, dcat.Turtle, library(), dcat.Page{}, func(yield func(dcat.Item, error) bool) { yield(dcat.Item{}, io.ErrUnexpectedEOF) })
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
}
