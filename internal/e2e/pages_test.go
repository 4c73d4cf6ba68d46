package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"bassin/internal/browsertest"

	"github.com/PuerkitoBio/goquery"
)

// view is a way to look at a page.
type view struct {
	english, narrow, noScript, dark bool
}

func (v view) String() string {
	pick := func(yes bool, a, b string) string {
		if yes {
			return a
		}
		return b
	}
	return strings.Join([]string{pick(v.english, "en", "fr"), pick(v.narrow, "360px", "1280px"), pick(v.noScript, "nojs", "js"), pick(v.dark, "dark", "light")}, "-")
}

// pairwise gives each of n things two opposite ways to look at it, turning from
// one thing to the next: each thing is met with each value, and each pair of
// values is met together.
func pairwise(n int) [][2]view {
	out := make([][2]view, n)
	for i := range out {
		b := i % 8
		v := view{english: b&1 != 0, narrow: b&2 != 0, noScript: b&4 != 0, dark: (b&1 != 0) != (b&2 != 0) != (b&4 != 0)}
		out[i] = [2]view{v, {!v.english, !v.narrow, !v.noScript, !v.dark}}
	}
	return out
}

func TestPairwiseMeetsEveryPair(t *testing.T) {
	met := map[string]bool{}
	for i, both := range pairwise(len(pageKinds)) {
		for _, v := range both {
			values := strings.Split(v.String(), "-")
			for a := range values {
				met[fmt.Sprint(i, values[a])] = true
				for b := range a {
					met[values[b]+values[a]] = true
				}
			}
		}
	}
	// 2 values of 4 dimensions for each kind, and 4 pairs of values for each of 6 pairs of dimensions.
	if want := 8*len(pageKinds) + 24; len(met) != want {
		t.Errorf("the matrix meets %d pairs of %d", len(met), want)
	}
}

// TestPages opens every kind of page in a real browser, in both languages, narrow
// and wide, with and without scripts, light and dark, by pairs.
func TestPages(t *testing.T) {
	base := product(t)
	for i, both := range pairwise(len(pageKinds)) {
		kind := pageKinds[i]
		for _, v := range both {
			t.Run(kind.name+"/"+v.String(), func(t *testing.T) {
				t.Parallel()
				looksRight(t, base, kind, v)
			})
		}
	}
}

// english returns the address of the English twin of a page, which the page names.
func english(t *testing.T, base, path string) string {
	t.Helper()
	_, _, body := fetch(t, base+path)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	href, ok := doc.Find(`link[rel~=alternate][hreflang=en], a[hreflang=en]`).First().Attr("href")
	if !ok {
		t.Fatalf("%s does not name its English twin", path)
	}
	if !strings.HasPrefix(href, "/en") && !strings.Contains(href, "/en/") {
		t.Fatalf("the English twin of %s is %s", path, href)
	}
	return strings.TrimPrefix(href, base)
}

func looksRight(t *testing.T, base string, kind pageKind, v view) {
	path, lang := kind.path, "fr"
	if v.english {
		path, lang = english(t, base, path), "en"
	}
	o := browsertest.Options{Width: 1280, NoScript: v.noScript, Dark: v.dark}
	if v.narrow {
		o.Width, o.Height = 360, 740
	}
	p := browsertest.Open(t, o, base+path)
	want := kind.status
	if want == 0 {
		want = http.StatusOK
	}
	requests := p.Requests()
	if len(requests) == 0 || requests[0].Status != want {
		t.Fatalf("%s answers %+v, want %d", path, requests, want)
	}
	for _, r := range requests[1:] {
		if !strings.HasPrefix(r.URL, base) {
			t.Errorf("%s asks a third party: %s", path, r.URL)
		}
		silent := r.Status == 0 && !strings.Contains(r.URL, "worker")
		if r.Status >= 400 || silent || r.Failed != "" {
			t.Errorf("%s asks for %s, which answers %d %s", path, r.URL, r.Status, r.Failed)
		}
	}
	if !kind.heavy {
		weigh(t, base, path, requests)
	}
	for _, n := range p.Noises() {
		// The browser reports the status of the page itself as an error.
		if want >= 400 && strings.Contains(n, fmt.Sprint(want)) && strings.Contains(n, "Failed to load resource") {
			continue
		}
		t.Errorf("%s: %s", path, n)
	}
	said := browsertest.Eval[struct {
		Lang  string `json:"lang"`
		Title string `json:"title"`
		H1    int    `json:"h1"`
		Main  int    `json:"main"`
		Text  string `json:"text"`
	}](p, `({lang: document.documentElement.lang, title: document.title, h1: document.querySelectorAll('h1').length, main: document.querySelectorAll('main').length, text: document.body.innerText})`)
	if said.Lang != lang || said.Title == "" || said.H1 != 1 || said.Main != 1 {
		t.Errorf("%s: lang %q, title %q, %d h1, %d main", path, said.Lang, said.Title, said.H1, said.Main)
	}
	for _, bad := range []string{"%!", "<nil>", "NaN", "ZgotmplZ", "{{", "undefined"} {
		if strings.Contains(said.Text, bad) {
			i := strings.Index(said.Text, bad)
			t.Errorf("%s shows %q: …%s…", path, bad, said.Text[max(0, i-40):min(len(said.Text), i+40)])
		}
	}
	for _, violation := range p.Axe() {
		t.Errorf("%s: axe-core: %v", path, violation)
	}
	if v.narrow {
		for _, width := range []int{360, 320} {
			p.Resize(width, 740)
			if px, who := p.Overflow(); px > 0 {
				t.Errorf("%s at %d px is %d px too wide: %s", path, width, px, who)
			}
		}
	}
}

// weigh holds a page to its weight: 60 KB over the wire with all it loads and at
// most three requests beyond the document. Nothing comes from a cache: each page
// is opened by a reader of its own.
func weigh(t *testing.T, base, path string, requests []browsertest.Request) {
	t.Helper()
	total := 0
	var what []string
	for _, r := range requests {
		total += r.Bytes
		what = append(what, fmt.Sprintf("%6d %s", r.Bytes, strings.TrimPrefix(r.URL, base)))
	}
	if total > 60_000 {
		t.Errorf("%s weighs %d bytes, 60,000 at most:\n%s", path, total, strings.Join(what, "\n"))
	}
	if len(requests) > 4 {
		t.Errorf("%s makes %d requests beyond the document, 3 at most:\n%s", path, len(requests)-1, strings.Join(what, "\n"))
	}
}

// TestPrint prints a territory page as a council would.
func TestPrint(t *testing.T) {
	base := product(t)
	for _, path := range []string{"/bv/22113", "/commune/22146"} {
		p := browsertest.Open(t, browsertest.Options{}, base+path)
		pdf := string(p.PDF())
		if !strings.HasPrefix(pdf, "%PDF-") {
			t.Fatalf("the print of %s is no PDF", path)
		}
		if n := strings.Count(pdf, "/Type /Page\n"); n < 1 || n > 8 {
			t.Errorf("the print of %s has %d pages, want a few", path, n)
		}
	}
}
