package cli

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"bassin/internal/browsertest"
	"bassin/internal/commons"
	"bassin/internal/dcat"
	"bassin/internal/harvest/publiccode"
	"bassin/internal/snapshot"
)

// giving is a server with the real catalogues, and a way to read it.
func giving(t *testing.T) (s *Server, at string, get func(path string, want int) string) {
	t.Helper()
	s = open(t, nil)
	at = serving(t, s)
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s, at, func(path string, want int) string {
		t.Helper()
		r, body := fetch(t, c, at+path)
		if r.StatusCode != want {
			t.Fatalf("GET %s: %d, want %d\n%s", path, r.StatusCode, want, mainOf(body))
		}
		return body
	}
}

// published are the entries that a server shows, by id.
func published(t *testing.T, s *Server) map[string]commons.Entry {
	t.Helper()
	out := map[string]commons.Entry{}
	ctx := snapshot.WithContext(t.Context(), s.live.Load())
	for e := range s.library.Catalogue(ctx).All() {
		out[e.ID] = e
	}
	if len(out) < 1000 {
		t.Fatalf("the catalogues hold %d entries", len(out))
	}
	return out
}

// The catalogue holds every commons once over its pages, the same in both syntaxes for
// another parser, and breaks no shape of DCAT-AP.
func TestTheLibraryIsACatalogue(t *testing.T) {
	s, at, get := giving(t)
	want := 0
	for _, e := range published(t, s) {
		if e.Kind.Common() {
			want++
		}
	}
	dir := t.TempDir()
	testdata := "../dcat/testdata/"
	var lines []string
	seen := map[string]bool{}
	for n, next := 1, at+"/communs/catalogue.ttl"; next != ""; n++ {
		path := strings.TrimPrefix(next, at)
		files := map[string]string{}
		for syntax, body := range map[string]string{"turtle": get(path, http.StatusOK), "json-ld": get(strings.Replace(path, ".ttl", ".jsonld", 1), http.StatusOK)} {
			// Both files have an address of their own: the pages that they link differ in it alone.
			body = strings.ReplaceAll(body, "catalogue.jsonld", "catalogue.ttl")
			files[syntax] = filepath.Join(dir, fmt.Sprint(n, ".", syntax))
			if err := os.WriteFile(files[syntax], []byte(body), 0o600); err != nil {
				t.Fatal(err)
			}
			if syntax == "turtle" {
				c, findings := dcat.Read(dcat.Turtle, at, []byte(body), dcat.DefaultLimits)
				for _, f := range findings {
					if f.Severity == commons.Wrong {
						t.Errorf("page %d: %+v", n, f)
					}
				}
				for _, r := range c.Resources {
					if r.IRI == at+"/communs/catalogue" {
						continue
					}
					if seen[r.IRI] {
						t.Errorf("%s is there twice", r.IRI)
					}
					seen[r.IRI] = true
				}
				if next = c.Next; c.Total < want {
					t.Errorf("page %d says %d entries, want %d", n, c.Total, want)
				}
			}
		}
		lines = append(lines, "turtle "+files["turtle"]+" "+at+" json-ld "+files["json-ld"]+" "+at)
		if n == 1 {
			out, err := exec.Command("node", testdata+"shacl.mjs", files["turtle"], testdata+"shapes/shapes.ttl").CombinedOutput()
			if err != nil {
				t.Fatalf("rdf-validate-shacl (npm ci installs it): %v\n%s", err, out)
			}
			for line := range strings.SplitSeq(strings.TrimSpace(string(out)), "\n") {
				if !strings.HasPrefix(line, "checked\t") {
					t.Errorf("shapes: %s", line)
				}
			}
		}
	}
	if len(seen) != want {
		t.Errorf("the pages hold %d entries, want %d", len(seen), want)
	}
	cmd := exec.Command("/usr/bin/python3", testdata+"rdf.py")
	cmd.Stdin = strings.NewReader(strings.Join([]string{lines[0], lines[len(lines)-1]}, "\n") + "\n")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3-rdflib (make test installs it): %v", err)
	}
	for line := range strings.SplitSeq(strings.TrimSpace(string(out)), "\n") {
		if !strings.HasPrefix(line, "same ") {
			t.Error(line)
		}
	}
	for _, path := range []string{"/communs/catalogue.ttl?page=99999", "/communs/catalogue.jsonld?territoire=bv:nul"} {
		get(path, http.StatusNotFound)
	}
	for _, path := range []string{"/communs/catalogue.ttl?page=-1&q=%00%ff%3C", "/communs/catalogue.jsonld?type=x%22%3E&q=%5C%22", "/en/commons/catalogue.ttl?tri=x"} {
		get(path, http.StatusOK)
	}
}

// The table of the library is read back as it was.
func TestTheTableIsReadBack(t *testing.T) {
	s, _, get := giving(t)
	want := published(t, s)
	for _, path := range []string{"/communs/csv", "/en/commons/csv"} {
		found, findings := commons.ReadCSV([]byte(get(path, http.StatusOK)))
		for _, f := range findings {
			t.Errorf("%s, line %d: %s %s %v", path, f.Line, f.Field, f.Key, f.Args)
		}
		if len(found) != len(want) {
			t.Errorf("%s holds %d entries, want %d", path, len(found), len(want))
		}
		for _, f := range found {
			e := want[f.Record]
			sheet, _ := e.Sheet()
			maps.DeleteFunc(sheet, func(_ string, v []string) bool { return len(v) == 0 })
			if d := cmp.Diff(sheet, f.Sheet); e.Kind != f.Kind || d != "" {
				t.Fatalf("%s, %s: %s, want %s: %s", path, f.Record, f.Kind, e.Kind, d)
			}
		}
	}
}

// Each piece of software has a publiccode.yml that says of it what the library does.
func TestSoftwareHasItsPubliccode(t *testing.T) {
	s, _, get := giving(t)
	reader, err := publiccode.New()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	all := published(t, s)
	for _, id := range slices.Sorted(maps.Keys(all)) {
		e := all[id]
		if e.Kind != commons.Software {
			if n == 0 {
				get("/communs/"+id+"/publiccode.yml", http.StatusNotFound)
			}
			continue
		}
		if n++; n > 60 {
			break
		}
		sheet, _ := e.Sheet()
		found, findings := reader.Read([]byte(get("/communs/"+id+"/publiccode.yml", http.StatusOK)))
		for _, f := range findings {
			if f.Severity == commons.Wrong && len(found) == 0 && sheet.Get("repository") != "" {
				t.Errorf("%s, line %d: %s %s", id, f.Line, f.Field, f.Key)
			}
		}
		if len(found) == 1 && found[0].Sheet.Get("title") != sheet.Get("title") {
			t.Errorf("%s: title %q, want %q", id, found[0].Sheet.Get("title"), sheet.Get("title"))
		}
	}
	get("/communs/nul/publiccode.yml", http.StatusNotFound)
}

// A feed keeps what RFC 4287 asks: identifiers that never change, each once, dates that
// follow what is told, an author, and links to itself and to the page.
func TestTheFeedIsAtom(t *testing.T) {
	_, at, get := giving(t)
	type link struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	type feed struct {
		ID      string `xml:"http://www.w3.org/2005/Atom id"`
		Title   string `xml:"http://www.w3.org/2005/Atom title"`
		Updated string `xml:"http://www.w3.org/2005/Atom updated"`
		Author  string `xml:"http://www.w3.org/2005/Atom author>name"`
		Links   []link `xml:"http://www.w3.org/2005/Atom link"`
		Entries []struct {
			ID      string `xml:"http://www.w3.org/2005/Atom id"`
			Title   string `xml:"http://www.w3.org/2005/Atom title"`
			Updated string `xml:"http://www.w3.org/2005/Atom updated"`
			Links   []link `xml:"http://www.w3.org/2005/Atom link"`
		} `xml:"http://www.w3.org/2005/Atom entry"`
	}
	for _, path := range []string{"/communs/flux", "/communs/flux?q=courrier&type=software", "/en/commons/feed?type=data", "/communs/flux?q=zzzzzzzz", "/communs/flux?q=%0B%EF%BF%BE%3C"} {
		body := get(path, http.StatusOK)
		var f feed
		if err := xml.Unmarshal([]byte(body), &f); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if again := get(path, http.StatusOK); again != body {
			t.Errorf("%s changes though nothing did", path)
		}
		last, err := time.Parse(time.RFC3339, f.Updated)
		if err != nil || f.ID == "" || f.Title == "" || f.Author == "" {
			t.Errorf("%s: %+v, %v", path, f, err)
		}
		rels := map[string]int{}
		for _, l := range f.Links {
			rels[l.Rel]++
		}
		if rels["self"] != 1 || rels["alternate"] != 1 {
			t.Errorf("%s: links %v", path, f.Links)
		}
		ids := map[string]bool{}
		for i, e := range f.Entries {
			when, err := time.Parse(time.RFC3339, e.Updated)
			if err != nil || when.After(last) || ids[e.ID] || !strings.HasPrefix(e.ID, at+"/communs/") || e.Title == "" || len(e.Links) == 0 {
				t.Errorf("%s, entry %d: %+v", path, i, e)
			}
			ids[e.ID] = true
		}
		if strings.Contains(path, "zzz") != (len(f.Entries) == 0) && !strings.Contains(path, "%0B") {
			t.Errorf("%s: %d entries", path, len(f.Entries))
		}
	}
}

// The sitemap lists every entry, and robots are told where it is.
func TestTheSitemapHoldsTheLibrary(t *testing.T) {
	s, at, get := giving(t)
	var index struct {
		Maps []string `xml:"sitemap>loc"`
	}
	if err := xml.Unmarshal([]byte(get("/sitemap.xml", http.StatusOK)), &index); err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, m := range index.Maps {
		if !strings.Contains(m, "/sitemaps/communs-") {
			continue
		}
		var set struct {
			URLs []string `xml:"url>loc"`
		}
		if err := xml.Unmarshal([]byte(get(strings.TrimPrefix(m, at), http.StatusOK)), &set); err != nil {
			t.Fatal(err)
		}
		for _, u := range set.URLs {
			listed[u] = true
		}
	}
	for id := range published(t, s) {
		if !listed[at+"/communs/"+id] || !listed[at+"/en/commons/"+id] {
			t.Fatalf("%s is not listed among %d", id, len(listed))
		}
	}
	get("/sitemaps/communs-99.xml", http.StatusNotFound)
}

// Pages of entries hold a block of data in the words of schema.org, which the policy of
// the pages does not refuse and which ends where it should.
func TestPagesSpeakSchemaOrg(t *testing.T) {
	s, at, get := giving(t)
	of := map[commons.Kind]int{}
	var one string
	for id, e := range published(t, s) {
		if of[e.Kind]++; of[e.Kind] > 25 {
			continue
		}
		for _, path := range []string{"/communs/" + id, "/en/commons/" + id} {
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(get(path, http.StatusOK)))
			if err != nil {
				t.Fatal(err)
			}
			block := doc.Find(`script[type="application/ld+json"]`)
			var got map[string]any
			if err := json.Unmarshal([]byte(block.Text()), &got); err != nil || block.Length() != 1 {
				t.Fatalf("%s: %v\n%s", path, err, block.Text())
			}
			if got["@context"] != "https://schema.org" || got["@id"] != at+"/communs/"+id || got["name"] != e.Title() || got["url"] != at+path {
				t.Errorf("%s: %v", path, got)
			}
		}
		one = id
	}
	page := browsertest.New(t, browsertest.Options{})
	page.Go(at + "/communs/" + one)
	if !browsertest.Eval[bool](page, `JSON.parse(document.querySelector('script[type="application/ld+json"]').textContent).name !== ""`) {
		t.Error("the block cannot be read in the page")
	}
	if noises := page.Noises(); len(noises) > 0 {
		t.Errorf("the browser says %q", noises)
	}
}
