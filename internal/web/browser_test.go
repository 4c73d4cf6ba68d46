package web

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"bassin/internal/browsertest"
	"bassin/internal/i18n"
	"bassin/internal/web/assets"
)

func TestMain(m *testing.M) { os.Exit(browsertest.Run(m)) }

// served is the kit with its real assets, and a suggestion to make.
func served(t *testing.T) string {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	a, err := assets.Load()
	if err != nil {
		t.Fatal(err)
	}
	k, err := New(Config{Site: Always(Site{Name: "Bassin"}), Catalog: c, Assets: a, Now: time.Now, Nav: []Link{{"web.nav.map", "/carte"}}})
	if err != nil {
		t.Fatal(err)
	}
	single := func(pattern, action, kind, body string) Route {
		return Route{Method: "GET", Pattern: pattern, Action: action, Who: Everyone, Handler: func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Type", kind)
			return Respond(w, r, []byte(body))
		}}
	}
	rt, err := k.Router(append(k.Routes(),
		single("/favicon.svg", "test.icon", "image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"/>`),
		single("/bv/22266", "test.found", "text/html; charset=utf-8", "<title>found</title>"),
		single("/suggest", "test.suggest", "application/json", `{"groups":[{"label":"Communes","items":[{"label":"Rostrenen","detail":"Côtes-d'Armor","href":"/bv/22266"},{"label":"Rosporden","href":"/bv/29241"}]}]}`),
	))
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(k.Stack(rt, NewMetrics(), time.Now, Limits{}))
	t.Cleanup(s.Close)
	return s.URL
}

// Every component, in both languages, by day and by night, narrow and wide.
func TestDesignPageInABrowser(t *testing.T) {
	url := served(t)
	for _, tt := range []struct {
		path string
		o    browsertest.Options
	}{
		{"/design", browsertest.Options{Width: 1280}},
		{"/en/design", browsertest.Options{Width: 320, Dark: true}},
		{"/design", browsertest.Options{Width: 360, NoScript: true, Accept: "en"}},
		{"/en/nothing", browsertest.Options{Width: 360}},
	} {
		t.Run(tt.o.String()+tt.path, func(t *testing.T) {
			p := browsertest.Open(t, tt.o, url+tt.path)
			for _, v := range p.Axe() {
				t.Error(v)
			}
			if px, culprits := p.Overflow(); px > 0 {
				t.Errorf("%d px too wide: %s", px, culprits)
			}
			if n := len(p.Requests()); n > 4 {
				t.Errorf("%d requests, the page itself included", n)
			}
			weight := 0
			for _, r := range p.Requests() {
				weight += r.Bytes
			}
			if weight > 60_000 {
				t.Errorf("%d bytes over the wire", weight)
			}
			t.Logf("%d bytes over the wire", weight)
		})
	}
}

func TestComboboxByKeyboard(t *testing.T) {
	url := served(t)
	p := browsertest.Open(t, browsertest.Options{}, url+"/en/design")
	state := func(attribute string) string {
		return browsertest.Eval[string](p, `document.getElementById('q').getAttribute('`+attribute+`') || ''`)
	}
	browsertest.Eval[bool](p, `document.getElementById('q').focus(), true`)
	p.Keys("rostr")
	p.WaitFor("suggestions", `document.getElementById('q').getAttribute('aria-expanded') === 'true'`)
	for _, v := range p.Axe() {
		t.Error(v)
	}
	if live := browsertest.Eval[string](p, `document.querySelector('.top [role=status]').textContent`); live != "2 suggestions, use the arrow keys" {
		t.Errorf("a screen reader hears %q", live)
	}
	key := func(name string) {
		browsertest.Eval[bool](p, `document.getElementById('q').dispatchEvent(new KeyboardEvent('keydown', {key: '`+name+`', bubbles: true, cancelable: true})), true`)
	}
	key("ArrowUp") // from the field, up is the last
	if got := state("aria-activedescendant"); got != "q-list-1" {
		t.Errorf("the active option is %q", got)
	}
	key("Escape")
	if state("aria-expanded") != "false" || state("aria-activedescendant") != "" {
		t.Error("Escape leaves the list open")
	}
	key("ArrowDown")
	key("Enter")
	p.WaitURL("the page of the suggestion", func(u string) bool { return strings.HasSuffix(u, "/bv/22266") })
}

func TestTableSortsAndAppearanceHolds(t *testing.T) {
	url := served(t)
	p := browsertest.Open(t, browsertest.Options{}, url+"/design")
	first := func() string {
		return browsertest.Eval[string](p, `document.querySelector('#d-table tbody th a').textContent`)
	}
	sort := func(column int) string {
		return browsertest.Eval[string](p, `(() => { const b = document.querySelectorAll('#d-table thead button')[`+string(rune('0'+column))+`]; b.click(); return b.closest('th').getAttribute('aria-sort') })()`)
	}
	for _, step := range []struct {
		column      int
		order, want string
	}{{1, "ascending", "Mellionnec"}, {1, "descending", "Rostrenen"}, {0, "ascending", "Mellionnec"}, {2, "descending", "Rostrenen"}} {
		if order := sort(step.column); order != step.order || first() != step.want {
			t.Errorf("column %d: %s, first %s; want %s, %s", step.column, order, first(), step.order, step.want)
		}
	}
	browsertest.Eval[bool](p, `document.querySelector('.theme [value=dark]').click(), true`)
	p.WaitFor("night", `document.documentElement.dataset.theme === 'dark'`)
	p.Settle()
	p.Go(url + "/design")
	if got := browsertest.Eval[string](p, `document.documentElement.dataset.theme || ''`); got != "dark" {
		t.Errorf("the choice is lost with the next page: %q", got)
	}
	for _, v := range p.Axe() {
		t.Error(v)
	}
}

// Paper: the running head is on every sheet, so it is written several times.
func TestPaper(t *testing.T) {
	p := browsertest.Open(t, browsertest.Options{}, served(t)+"/design")
	pdf := p.PDF()
	if n := bytes.Count(pdf, []byte("/Type /Page\n")); n < 2 {
		t.Errorf("%d sheets", n)
	}
	if got := browsertest.Eval[string](p, `document.querySelector('.running').textContent`); !strings.HasPrefix(got, "Rostrenen · bassin de vie") {
		t.Errorf("the running head says %q", got)
	}
}
