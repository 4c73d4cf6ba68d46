package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"bassin/internal/i18n"
	"bassin/internal/territory"
)

func TestPaths(t *testing.T) {
	p := testKit(t).paths
	for french, english := range map[string]string{
		"/": "/en/", "/recherche?q=a#b": "/en/search?q=a#b", "/bv/22113": "/en/bv/22113", "/donnees/cog": "/en/data/cog", "/mentions-legales": "/en/legal",
	} {
		if got := p.in(i18n.EN, french); got != english {
			t.Errorf("%s in English is %s, want %s", french, got, english)
		}
		path, _, _ := strings.Cut(english, "?")
		lang, rest := p.split(path)
		want, _, _ := strings.Cut(french, "?")
		if got := p.french(lang, rest); lang != i18n.EN || got != want {
			t.Errorf("%s in French is %s, want %s", english, got, want)
		}
	}
	for _, other := range []string{"https://example.org/recherche", "//example.org", "#main", "?tri=nom", ""} {
		if got := p.in(i18n.EN, other); got != other {
			t.Errorf("%q became %q", other, got)
		}
	}
	for _, path := range []string{"/english", "/environ", "/e", "/"} {
		if lang, rest := p.split(path); lang != i18n.FR || rest != path {
			t.Errorf("%s is taken for %s %s", path, lang, rest)
		}
	}
}

func TestRoutesInBothLanguages(t *testing.T) {
	h := testSite(t)
	for target, want := range map[string]int{
		"/recherche?q=a": 200, "/en/search?q=a": 200, "/search": 404, "/en/recherche": 404, "/bv/1": 200, "/en/bv/1": 200,
	} {
		if w := get(h, target); w.Code != want {
			t.Errorf("%s: status %d, want %d", target, w.Code, want)
		}
	}
	w := get(h, "/en/bv/22266/?a=1")
	if w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != "/en/bv/22266?a=1" {
		t.Errorf("slash at the end: %d to %s", w.Code, w.Header().Get("Location"))
	}
	// However an address is twisted, nobody is sent to another site.
	for _, twisted := range []string{"//elsewhere.example/../bv/22266/", "//elsewhere.example/../bv/22266", "/\\elsewhere.example/../bv/22266/", "//elsewhere.example/%2e%2e/bv/22266/",
		"/en//elsewhere.example/../bv/22266/", "//en//elsewhere.example/../../en/bv/22266/", "/%2f/elsewhere.example/../bv/22266/"} {
		w := get(h, twisted)
		to, err := url.Parse(strings.ReplaceAll(w.Header().Get("Location"), "\\", "/")) // as browsers read it
		if err != nil || to.Host != "" || strings.HasPrefix(to.Path, "//") {
			t.Errorf("%s: %d to %s", twisted, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestRouterRefuses(t *testing.T) {
	k := testKit(t)
	h := func(http.ResponseWriter, *http.Request) error { return nil }
	one := Route{Method: "GET", Pattern: "/a/{x}", Action: "a", Who: Everyone, Handler: h}
	for name, other := range map[string]Route{
		"the same action":  {Method: "GET", Pattern: "/b", Action: "a", Who: Everyone, Handler: h},
		"the same pattern": {Method: "GET", Pattern: "/a/{y}", Action: "b", Who: Everyone, Handler: h},
		"no one allowed":   {Method: "GET", Pattern: "/c", Action: "c", Handler: h},
		"no handler":       {Method: "GET", Pattern: "/c", Action: "c", Who: Everyone},
		"no slash":         {Method: "GET", Pattern: "c", Action: "c", Who: Everyone, Handler: h},
		"a bad wildcard":   {Method: "GET", Pattern: "/{c", Action: "c", Who: Everyone, Handler: h},
	} {
		if _, err := k.Router([]Route{one, other}); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestTemplatesAreCheckedAtStart(t *testing.T) {
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	type view struct{ Name string }
	for name, room := range map[string]Templates{
		"a field that is not there": {Room: "x", Files: fstest.MapFS{"a.html": {Data: []byte(`{{.Nme}}`)}}, Examples: map[string][]any{"x/a": {view{}}}},
		"no example":                {Room: "x", Files: fstest.MapFS{"a.html": {Data: []byte(`a`)}}},
		"an example of nothing":     {Room: "x", Files: fstest.MapFS{}, Examples: map[string][]any{"x/a": {view{}}}},
		"a template not declared":   {Room: "x", Files: fstest.MapFS{"a.html": {Data: []byte(`{{template "x/b" .}}`)}}, Examples: map[string][]any{"x/a": {view{}}}},
		"the name of another":       {Room: "web", Files: fstest.MapFS{"layout.html": {Data: []byte(`a`)}}},
		"a syntax error":            {Room: "x", Files: fstest.MapFS{"a.html": {Data: []byte(`{{if}}`)}}},
	} {
		if _, err := New(Config{Catalog: c, Templates: []Templates{room}}); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestLanguageHint(t *testing.T) {
	h := testSite(t)
	const hint = `class="hint`
	for _, tt := range []struct {
		target, accept, from string
		shown                bool
	}{
		{"/bv/1", "en-GB,en", "", true}, {"/bv/1", "fr", "", false}, {"/bv/1", "de", "", false}, {"/bv/1", "", "", false},
		{"/en/bv/1", "fr-FR", "", true}, {"/bv/1", "en", "same-origin", false},
	} {
		w := get(h, tt.target, "Accept-Language", tt.accept, "Sec-Fetch-Site", tt.from)
		if got := strings.Contains(w.Body.String(), hint); got != tt.shown || w.Code != 200 {
			t.Errorf("%+v: shown %v, status %d", tt, got, w.Code)
		}
	}
}

func TestLanguageSwitchKeepsThePage(t *testing.T) {
	h := testSite(t)
	for target, want := range map[string]string{
		"/recherche?q=brest": `href="/en/search?q=brest" hreflang="en"`, "/en/search?q=brest": `href="/recherche?q=brest" hreflang="fr"`, "/en/bv/22113": `href="/bv/22113" hreflang="fr"`,
	} {
		if !strings.Contains(get(h, target).Body.String(), want) {
			t.Errorf("%s has no %s", target, want)
		}
	}
}

func TestAppearance(t *testing.T) {
	h := testSite(t)
	post := func(values url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/en/appearance", strings.NewReader(values.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	w := post(url.Values{"theme": {"dark"}, "back": {"/en/bv/22113?page=2"}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/en/bv/22113?page=2" || !strings.Contains(w.Header().Get("Set-Cookie"), "apparence=dark") {
		t.Errorf("dark: %d to %s, cookie %s", w.Code, w.Header().Get("Location"), w.Header().Get("Set-Cookie"))
	}
	for _, back := range []string{"https://example.org", "//example.org", `/\example.org`, "/\t/example.org", "/\n/example.org", ""} {
		if w := post(url.Values{"theme": {"light"}, "back": {back}}); w.Header().Get("Location") != "/en/" {
			t.Errorf("back to %q leads to %s", back, w.Header().Get("Location"))
		}
	}
	if w := post(url.Values{"theme": {"auto"}}); !strings.Contains(w.Header().Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("auto keeps the cookie: %s", w.Header().Get("Set-Cookie"))
	}
	if w := post(url.Values{"theme": {"pink"}}); w.Code != http.StatusBadRequest {
		t.Errorf("an unknown appearance: status %d", w.Code)
	}
	if b := get(h, "/bv/1", "Cookie", "apparence=dark").Body.String(); !strings.Contains(b, `<html lang="fr" data-theme="dark">`) {
		t.Error("the cookie does not change the page")
	}
	if b := get(h, "/bv/1", "Cookie", `apparence="><script>`).Body.String(); strings.Contains(b, "data-theme=") {
		t.Error("any cookie changes the page")
	}
}

func TestWhatPeopleTypeIsEscaped(t *testing.T) {
	h := testSite(t)
	for _, q := range []string{`"><script>alert(1)</script>`, `' onfocus=alert(1) x='`, `</title><svg onload=alert(1)>`, "{{.}}"} {
		b := get(h, "/recherche?q="+url.QueryEscape(q)).Body.String()
		for _, bad := range []string{"<script>alert", "<svg onload", `value="">`} {
			if strings.Contains(b, bad) {
				t.Errorf("%q comes back as %s", q, bad)
			}
		}
	}
}

func TestSectionsThatFailLeaveThePageAlive(t *testing.T) {
	k := testKit(t)
	body := func(s string) func(context.Context, SectionRequest) (template.HTML, error) {
		return func(_ context.Context, q SectionRequest) (template.HTML, error) {
			return template.HTML(s + q.Href("/recherche")), nil
		}
	}
	l := k.catalog.Localizer(i18n.EN)
	got := k.Sections(t.Context(), []Section{
		{ID: "c", Title: "web.nav.map", Order: 30, Render: body("c")},
		{ID: "error", Title: "web.nav.data", Order: 10, Render: func(context.Context, SectionRequest) (template.HTML, error) { return "", errors.New("broken") }},
		{ID: "panic", Title: "web.nav.data", Order: 20, Render: func(context.Context, SectionRequest) (template.HTML, error) { panic("broken") }},
		{ID: "not-for-it", Title: "web.nav.data", For: func(l territory.Level) bool { return l == territory.Commune }, Render: body("x")},
		{ID: "silent", Title: "web.nav.data", Render: func(context.Context, SectionRequest) (template.HTML, error) { return "", nil }},
	}, SectionRequest{Territory: &territory.Territory{ID: territory.ID{Level: territory.BassinDeVie, Code: "22266"}}, Localizer: l})
	if len(got) != 3 || got[0].ID != "error" || !got[0].Failed || got[1].ID != "panic" || !got[1].Failed || got[2].Body != "c/en/search" || got[2].Title != "Map" {
		t.Errorf("sections are %+v", got)
	}
	if !strings.Contains(string(got[0].Body), "could not be prepared") || strings.Contains(string(got[0].Body), "broken") {
		t.Errorf("a failed section says %s", got[0].Body)
	}
}

// The ETag of a page must not change from one request to the next.
func TestPagesAreStable(t *testing.T) {
	h := testSite(t)
	if a, b := get(h, "/design").Body.String(), get(h, "/design").Body.String(); a != b {
		t.Error("the same page differs from one request to the next")
	}
}

func TestChartsAreDescribed(t *testing.T) {
	k := testKit(t)
	g := newGallery(240)
	for _, c := range []Component{g.Strip, g.Line, g.Stack} {
		html, err := k.Fragment(i18n.FR, c.component(), c)
		if err != nil {
			t.Fatal(err)
		}
		s := string(html)
		for _, want := range []string{`role="img"`, "<title id=", "<desc id=", "<table", "aria-labelledby="} {
			if !strings.Contains(s, want) {
				t.Errorf("%s has no %s", c.component(), want)
			}
		}
		for _, bad := range []string{"%!", "NaN", "Inf", "style="} {
			if strings.Contains(s, bad) {
				t.Errorf("%s holds %s", c.component(), bad)
			}
		}
	}
	// Nothing to draw is nothing drawn, not a broken drawing.
	for _, c := range []Component{Strip{ID: "s"}, Line{ID: "l"}, Stack{ID: "k"}, Strip{ID: "s", Others: []float64{3, 3}, Own: 3}, Line{ID: "l", Series: []Series{{Points: []Point{{2000, 5}, {2001, 5}}}}}, Bars{Items: []Bar{{Value: 0}}}} {
		html, err := k.Fragment(i18n.FR, c.component(), c)
		if err != nil || strings.Contains(string(html), "NaN") || strings.Contains(string(html), "Inf") {
			t.Errorf("%+v: %v %s", c, err, html)
		}
	}
}

func BenchmarkDesignPage(b *testing.B) {
	h := testSite(b)
	b.ReportAllocs()
	for b.Loop() {
		if w := get(h, "/design", "Accept-Encoding", "br"); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}

// The kit's own style sheets use no colour but those of tokens.css, whose
// contrast is checked.
func TestColoursComeFromTokens(t *testing.T) {
	hex := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b`)
	allowed := map[string]bool{"#8fb0b3": true, "#f0c068": true, "#0b2a3029": true, "#000": true, "#0000": true} // on the foot's own ground, shadows and masks
	for _, name := range []string{"base", "components"} {
		b, err := os.ReadFile("assets/css/" + name + ".css")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range hex.FindAllString(string(b), -1) {
			if !allowed[c] {
				t.Errorf("%s.css holds the colour %s", name, c)
			}
		}
	}
}
