package atlasweb

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/web"
)

func TestTypeACommuneGetItsBasin(t *testing.T) {
	v := newVisitor(t)
	for _, c := range []struct{ address, name, page, lead, why string }{
		{"/recherche?q=Mellionnec", "Mellionnec", "/commune/22146", "/bv/22266", ""},
		{"/recherche?q=melionec", "Mellionnec", "/commune/22146", "/bv/22266", "proche"},
		{"/recherche?q=22113", "Lannion", "/commune/22113", "/bv/22113", "22113"},
		{"/recherche?q=Cherbourg-Octeville", "Cherbourg-en-Cotentin", "/commune/50129", "/bv/50129", "Cherbourg-Octeville"},
		{"/recherche?q=Saint-Denis+(93)", "Saint-Denis", "/commune/93066", "/ept/200057867", ""}, // a basin too large to lead to
		{"/recherche?q=bv:22113", "Bassin de vie de Lannion", "/bv/22113", "", ""},
		{"/recherche?q=Loz%C3%A8re", "Lozère", "/dep/48", "", ""},
		{"/en/search?q=Mellionnec", "Mellionnec", "/en/commune/22146", "/en/bv/22266", ""},
	} {
		d := v.get(c.address, http.StatusOK)
		if got := d.Find(".best-name a"); seen(got) != c.name || href(got) != c.page {
			t.Errorf("%s: best answer %q at %s, want %q at %s", c.address, seen(got), href(got), c.name, c.page)
		}
		if got := href(d.Find(".best-lead a")); got != c.lead {
			t.Errorf("%s leads to %q, want %q", c.address, got, c.lead)
		}
		if got := seen(d.Find(".best .found-why")); !strings.Contains(got, c.why) || c.why == "" && got != "" {
			t.Errorf("%s: why is %q, want %q", c.address, got, c.why)
		}
		if got, _ := d.Find("#recherche").Attr("value"); got == "" {
			t.Errorf("%s: what was typed is lost", c.address)
		}
	}
}

func TestEveryCommuneFoundShowsItsBasin(t *testing.T) {
	d := newVisitor(t).get("/recherche?q=saint+martin&niveau=commune", http.StatusOK)
	found, leads := d.Find(".found li"), d.Find(".found li .found-lead a")
	if found.Length() < 50 || leads.Length() < found.Length()-1 {
		t.Errorf("%d communes found, %d of them lead to a basin", found.Length(), leads.Length())
	}
	if !strings.Contains(seen(d.Find("main")), "100 premiers résultats") {
		t.Error("the limit of the list is not said")
	}
}

func TestResultsAreGroupedByLevel(t *testing.T) {
	v := newVisitor(t)
	d := v.get("/recherche?q=Lannion", http.StatusOK)
	var titles []string
	d.Find("main section h2").Each(func(i int, s *goquery.Selection) { titles = append(titles, seen(s)) })
	if len(titles) < 4 || titles[0] != "Meilleure réponse" {
		t.Errorf("groups are %q", titles)
	}
	more := d.Find(".levels a")
	if more.Length() < 3 {
		t.Fatalf("%d ways to narrow the search", more.Length())
	}
	narrow := v.get(href(more.First()), http.StatusOK)
	if narrow.Find("main section h2").Length() > 2 {
		t.Errorf("%s still shows several levels", href(more.First()))
	}
}

func TestPointLeadsToItsCommune(t *testing.T) {
	v := newVisitor(t)
	for _, c := range []struct{ q, page, says string }{
		{"48.51,-2.76", "/commune/22278", ""},
		{"-2.76, 48.51", "/commune/22278", "longitude avant la latitude"},
		{"-21.34,55.48", "/commune/97416", ""},
		{"45.0,-30.0", "", "Aucune commune"},
	} {
		d := v.get("/recherche?q="+url.QueryEscape(c.q), http.StatusOK)
		first := href(d.Find(".best a").First())
		if c.page != "" && first != c.page {
			t.Errorf("%s leads to %q, want %s", c.q, first, c.page)
		}
		if !strings.Contains(seen(d.Find("main")), c.says) {
			t.Errorf("%s does not say %q", c.q, c.says)
		}
	}
}

func TestSearchHelpsWhereItFindsNothing(t *testing.T) {
	v := newVisitor(t)
	if d := v.get("/recherche", http.StatusOK); d.Find(".how dd a").Length() < 6 {
		t.Error("an empty search shows no examples")
	}
	d := v.get("/recherche?q=xqzwvkj", http.StatusOK)
	if !strings.Contains(seen(d.Find("main")), "Rien ne répond à « xqzwvkj »") || d.Find(".how").Length() == 0 {
		t.Error("a search without an answer does not say what to do")
	}
	if d := v.get("/recherche?q=Lannion&niveau=nonsense", http.StatusOK); d.Find(".best-name").Length() != 1 {
		t.Error("an unknown level stops the search")
	}
}

func TestExamplesOfTheSearchPageAnswer(t *testing.T) {
	v := newVisitor(t)
	for _, lang := range []string{"/recherche", "/en/search"} {
		v.get(lang, http.StatusOK).Find(".how dd a").Each(func(_ int, a *goquery.Selection) {
			if d := v.get(href(a), http.StatusOK); d.Find(".best").Length() == 0 {
				t.Errorf("the example %q finds nothing", seen(a))
			}
		})
	}
}

// hostile is what people paste in search boxes, by accident or not.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' OR 1=1 --`, `javascript:alert(1)`, `{{.}}`, `%00`, "\x00\x01", "\xff\xfe",
	strings.Repeat("a", 5000), strings.Repeat("é ", 3000), "\u202e\u200b", "１２３", "🏘️", "a\r\nSet-Cookie: x=1", "../../etc/passwd", "-", "'", "()", ",", "°,°", "commune:", "bv:22113,22278",
}

func TestHostileQueriesAreHarmless(t *testing.T) {
	v := newVisitor(t)
	for _, q := range hostile {
		for _, address := range []string{"/recherche?q=", "/en/search?q=", "/composer?q=", "/composer?e="} {
			w := v.do(httptest.NewRequest(http.MethodGet, address+url.QueryEscape(q), nil))
			if w.Code >= 500 {
				t.Errorf("%s%q answers %d", address, shortened(q, 30), w.Code)
			}
			d := v.page(w, address, w.Code)
			if d.Find("script:not([src]), img[onerror], [onerror], iframe").Length() > 0 || d.Find(`a[href^="javascript"]`).Length() > 0 {
				t.Errorf("%s%q puts code in the page", address, shortened(q, 30))
			}
			if w.Body.Len() > 200_000 {
				t.Errorf("%s%q gives a page of %d bytes", address, shortened(q, 30), w.Body.Len())
			}
		}
	}
}

func FuzzSearch(f *testing.F) {
	v := newVisitor(f)
	for _, q := range hostile {
		f.Add(q)
	}
	f.Add("48.51,-2.76")
	f.Add("Saint-Denis (93)")
	f.Fuzz(func(t *testing.T, q string) {
		for _, address := range []string{"/recherche?q=", "/suggest?q="} {
			if w := v.do(httptest.NewRequest(http.MethodGet, address+url.QueryEscape(q), nil)); w.Code != http.StatusOK {
				t.Errorf("%s%q answers %d", address, q, w.Code)
			}
		}
	})
}

func TestSuggestions(t *testing.T) {
	v := newVisitor(t)
	ask := func(address string, status int) web.Suggestions {
		t.Helper()
		w := v.do(httptest.NewRequest(http.MethodGet, address, nil))
		if w.Code != status {
			t.Fatalf("%s answers %d, want %d", address, w.Code, status)
		}
		var s web.Suggestions
		if status == http.StatusOK {
			if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil {
				t.Fatalf("%s: %v", address, err)
			}
			if w.Header().Get("Cache-Control") == "" || w.Header().Get("ETag") == "" {
				t.Errorf("%s cannot be kept by the browser", address)
			}
		}
		return s
	}
	s := ask("/suggest?q=lanni", http.StatusOK)
	if len(s.Groups) == 0 || s.Groups[0].Items[0].Label != "Lannion" || s.Groups[0].Items[0].Href != "/commune/22113" || s.Groups[0].Items[0].Value != "commune:22113" {
		t.Errorf("lanni suggests %+v", s)
	}
	if s := ask("/en/suggest?q=lanni", http.StatusOK); s.Groups[0].Label != "Communes" || s.Groups[0].Items[0].Href != "/en/commune/22113" {
		t.Errorf("in English, lanni suggests %+v", s)
	}
	for _, g := range ask("/suggest?q=lannion&levels=bv,epci", http.StatusOK).Groups {
		if g.Label == "Communes" {
			t.Error("levels are not narrowed")
		}
	}
	if s := ask("/suggest?q=48.51,-2.76", http.StatusOK); len(s.Groups) != 1 || s.Groups[0].Items[0].Value != "commune:22278" {
		t.Errorf("a point suggests %+v", s)
	}
	if s := ask("/suggest?q=", http.StatusOK); s.Groups == nil || len(s.Groups) != 0 {
		t.Errorf("nothing suggests %+v", s)
	}
	ask("/suggest?q=a&levels=nonsense", http.StatusBadRequest)
}

func BenchmarkSuggest(b *testing.B) {
	v := newVisitor(b)
	queries := []string{"la", "lann", "saint br", "22300", "melionec", "48.51,-2.76"}
	b.ReportAllocs()
	i := 0
	start := time.Now()
	for b.Loop() {
		v.do(httptest.NewRequest(http.MethodGet, "/suggest?q="+url.QueryEscape(queries[i%len(queries)]), nil))
		i++
	}
	b.ReportMetric(float64(time.Since(start).Microseconds())/float64(max(i, 1)), "µs/query")
}
