package dcat_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bassin/internal/commons"
	"bassin/internal/dcat"
)

// triples writes a graph as N-Triples.
func triples(g *dcat.Graph) []byte {
	node := func(v string) string {
		if strings.HasPrefix(v, "_:") {
			return v
		}
		return "<" + v + ">"
	}
	var b strings.Builder
	for _, t := range g.Triples {
		b.WriteString(node(t.S) + " " + node(t.P) + " ")
		switch o := t.O; {
		case o.Node:
			b.WriteString(node(o.Value))
		default:
			b.WriteByte('"')
			for _, r := range o.Value {
				fmt.Fprintf(&b, "\\U%08X", r)
			}
			b.WriteByte('"')
			if o.Lang != "" {
				b.WriteString("@" + o.Lang)
			} else if o.Type != "" {
				b.WriteString("^^<" + o.Type + ">")
			}
		}
		b.WriteString(" .\n")
	}
	return []byte(b.String())
}

var rdflibNames = map[string]string{".ttl": "turtle", ".rdf": "xml", ".jsonld": "json-ld"}

// differently are the files that rdflib judges otherwise, and why that is right here.
var differently = map[string]string{
	"iri-with-space.ttl":           "the address is mended here",
	"ckan.rdf":                     "likewise",
	"dcat-ap-context.jsonld":       "rdflib would fetch the context",
	"scoped-remote-context.jsonld": "rdflib fetches it only when it is used",
	"utf16.rdf":                    "an encoding that is not read here",
	"latin1.rdf":                   "rdflib is given no file with another encoding",
	"bad-context.jsonld":           "JSON-LD 1.1 calls it an invalid term definition",
	"bad-id.jsonld":                "JSON-LD 1.1 calls it an invalid @id value",
	"bad-unicode-escape.ttl":       "half of a surrogate pair is no character",
	"lone-surrogate.jsonld":        "Go reads the sign of what is no character instead",
	"bom.jsonld":                   "a mark that many programs write",
	"bare-about.rdf":               "deprecated since 2004, most often a mistake",
	"entity-bomb.rdf":              "no declaration of type is read",
	"external-dtd.rdf":             "likewise",
	"literal-subject.ttl":          "Notation3, not Turtle",
	"no-namespace.rdf":             "XML, not RDF/XML",
	"stray-text.rdf":               "the grammar has no text there",
	"too-deep.jsonld":              "a limit of ours",
	"too-deep.rdf":                 "likewise",
	"too-deep.ttl":                 "likewise",
	"html-page.ttl":                "no RDF at all",
}

// An independent parser reads the same triples from every file of the tests, and
// refuses the same files.
func TestSameTriplesAsAnother(t *testing.T) {
	var names []string
	for _, folder := range []string{"grammar", "odd", "real"} {
		in, err := filepath.Glob(filepath.Join("testdata", folder, "*.*"))
		if err != nil || len(in) == 0 {
			t.Fatal(folder, err)
		}
		names = append(names, in...)
	}
	dir := t.TempDir()
	var asked, lines []string
	broken := map[string]bool{}
	for i, name := range names {
		if differently[filepath.Base(name)] != "" {
			continue
		}
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		const base = "http://doc.example/d/e"
		g, findings := dcat.Parse(formats[filepath.Ext(name)], base, body, dcat.DefaultLimits)
		line := rdflibNames[filepath.Ext(name)] + " " + name + " " + base
		if g == nil {
			if n := len(findings); n == 0 || findings[n-1].Severity != commons.Wrong {
				t.Errorf("%s is refused without a word", name)
			}
			broken[name] = true
		} else {
			file := filepath.Join(dir, fmt.Sprint(i)+".nt")
			if err := os.WriteFile(file, triples(g), 0o600); err != nil {
				t.Fatal(err)
			}
			line += " nt " + file + " " + base
		}
		asked, lines = append(asked, name), append(lines, line)
	}
	for i, answer := range rdflib(t, lines) {
		switch {
		case broken[asked[i]] && !strings.HasPrefix(answer, "error"):
			t.Errorf("%s is refused here and read by rdflib: %s", asked[i], answer)
		case !broken[asked[i]] && !strings.HasPrefix(answer, "same"):
			t.Errorf("%s: %s", asked[i], answer)
		}
	}
}

func TestLimits(t *testing.T) {
	body := []byte("<http://a> <http://b> <http://c>, <http://d>, <http://e> .")
	for _, c := range []struct {
		limits dcat.Limits
		key    string
	}{
		{dcat.Limits{Bytes: 10, Triples: 9, Depth: 9}, "dcat.big"},
		{dcat.Limits{Bytes: 999, Triples: 2, Depth: 9}, "dcat.many_triples"},
		{dcat.Limits{Bytes: 999, Triples: 3, Depth: 9}, ""},
	} {
		g, findings := dcat.Parse(dcat.Turtle, "", body, c.limits)
		if (g == nil) != (c.key != "") || c.key != "" && findings[0].Key != c.key {
			t.Errorf("%+v: %v %v", c.limits, g, findings)
		}
	}
	terms := "{"
	for i := range 3000 {
		terms += fmt.Sprintf(`"t%d":"http://x/%d",`, i, i)
	}
	_, findings := dcat.Parse(dcat.JSONLD, "", []byte(`{"@context":`+terms+`"z":"http://x/z"}}`), dcat.DefaultLimits)
	if len(findings) != 1 || findings[0].Key != "dcat.context_big" {
		t.Error(findings)
	}
}

func TestFormatOf(t *testing.T) {
	for _, c := range []struct {
		media, body string
		want        dcat.Format
	}{
		{"application/ld+json; charset=utf-8", "", dcat.JSONLD}, {"text/turtle", "{", dcat.Turtle}, {"application/rdf+xml", "", dcat.RDFXML},
		{"", "\ufeff {\"a\":1}", dcat.JSONLD}, {"text/plain", `[{"@id": "x"}]`, dcat.JSONLD}, {"", "<?xml version='1.0'?>", dcat.RDFXML},
		{"", "<rdf:RDF ", dcat.RDFXML}, {"", "<http://a> <http://b> <http://c> .", dcat.Turtle}, {"", "[] a <http://x> .", dcat.Turtle}, {"", "", dcat.Turtle},
	} {
		if got := dcat.FormatOf(c.media, []byte(c.body)); got != c.want {
			t.Errorf("%q %q is %s, want %s", c.media, c.body, got, c.want)
		}
	}
}

func TestContextsAreCarried(t *testing.T) {
	for _, u := range dcat.Contexts() {
		g, findings := dcat.Parse(dcat.JSONLD, "", []byte(`{"@context":"https://`+u+`","@id":"http://x/d","@type":"http://x/T"}`), dcat.DefaultLimits)
		if g == nil || len(g.Triples) != 1 {
			t.Errorf("%s: %v", u, findings)
		}
	}
}

// fuzz reads anything: never a crash, words when nothing is given, and sheets that hold
// only fields of their kind.
func fuzz(f *testing.F, format dcat.Format) {
	for _, folder := range []string{"grammar", "odd", "real"} {
		names, _ := filepath.Glob(filepath.Join("testdata", folder, "*.*"))
		for _, name := range names {
			if formats[filepath.Ext(name)] == format {
				body, err := os.ReadFile(name)
				if err != nil {
					f.Fatal(err)
				}
				f.Add(body)
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		limits := dcat.Limits{Bytes: 1 << 20, Triples: 10_000, Depth: 40}
		if g, findings := dcat.Parse(format, "http://b.example/", body, limits); g == nil && len(findings) == 0 {
			t.Error("nothing is said")
		}
		found, _, findings := dcat.Reader{Format: format, Base: "http://b.example/", Limits: limits}.Page(body)
		if len(found)+len(findings) == 0 {
			t.Error("nothing is said")
		}
		for _, x := range found {
			if x.Record == "" || x.Sheet.Get("title") == "" {
				t.Errorf("an entry without name: %+v", x)
			}
			for name := range x.Sheet {
				if field, ok := commons.FieldNamed(name); !ok || !field.Of(x.Kind) {
					t.Errorf("%s has no field %s", x.Kind, name)
				}
			}
		}
	})
}

func FuzzTurtle(f *testing.F) { fuzz(f, dcat.Turtle) }
func FuzzRDFXML(f *testing.F) { fuzz(f, dcat.RDFXML) }
func FuzzJSONLD(f *testing.F) { fuzz(f, dcat.JSONLD) }
