package e2e

import (
	"regexp"
	"strings"
	"testing"

	"bassin/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// TestKeyboard goes from the home page to a basin with the keyboard alone.
func TestKeyboard(t *testing.T) {
	base := product(t)
	p := browsertest.Open(t, browsertest.Options{}, base+"/")
	tabTo(t, p, `#recherche`)
	p.Keys("mellion")
	p.WaitFor("suggestions come", `document.querySelector('#recherche').getAttribute('aria-expanded') === 'true'`)
	p.WaitFor("each letter asks anew; the last answer stays", lastAnswer)
	p.Keys(kb.ArrowDown)
	p.WaitFor("the arrow chooses the first suggestion", `(id => id && document.getElementById(id).textContent.includes('Mellionnec'))(document.querySelector('#recherche').getAttribute('aria-activedescendant'))`)
	p.Keys(kb.Enter)
	p.WaitURL("Enter opens the commune", func(url string) bool { return strings.HasSuffix(url, "/commune/22146") })
	tabTo(t, p, `main a[href="/bv/22266"]`)
	p.Keys(kb.Enter)
	p.WaitURL("Enter opens the basin", func(url string) bool { return strings.HasSuffix(url, "/bv/22266") })
	shows(t, p, "h1", "Rostrenen")
	for _, n := range p.Noises() {
		t.Error(n)
	}
}

// lastAnswer is true once the suggestions are those of the whole word.
const lastAnswer = `performance.getEntriesByType('resource').some(e => e.name.endsWith('q=mellion')) && document.querySelectorAll('[role=option]').length === 1`

// TestSuggestionsAreAccessible runs axe-core on the list that opens under the search.
func TestSuggestionsAreAccessible(t *testing.T) {
	base := product(t)
	for _, dark := range []bool{false, true} {
		p := browsertest.Open(t, browsertest.Options{Width: 360, Height: 740, Dark: dark}, base+"/")
		p.Click("#recherche")
		p.Keys("mellion")
		p.WaitFor("the suggestions come", lastAnswer)
		for _, violation := range p.Axe() {
			t.Errorf("axe-core on open suggestions: %v", violation)
		}
	}
}

// tabTo presses Tab until the focus, which must be seen, is where it is wanted.
func tabTo(t *testing.T, p *browsertest.Page, selector string) {
	t.Helper()
	for range 60 {
		p.Keys(kb.Tab)
		at := browsertest.Eval[struct {
			There, Seen bool
			Name        string
		}](p, `(e => ({There: e.matches(`+"`"+selector+"`"+`), Name: e.outerHTML.slice(0, 120), Seen: getComputedStyle(e).outlineStyle !== 'none' || getComputedStyle(e).boxShadow !== 'none'}))(document.activeElement)`)
		if !at.Seen {
			t.Errorf("the focus is not seen on %s", at.Name)
		}
		if at.There {
			return
		}
	}
	t.Fatalf("sixty presses of Tab do not reach %s", selector)
}

func shows(t *testing.T, p *browsertest.Page, selector, want string) {
	t.Helper()
	text := browsertest.Eval[string](p, "[...document.querySelectorAll(`"+selector+"`)].map(e => e.textContent).join(' | ')")
	if !strings.Contains(text, want) {
		t.Errorf("%s shows %.200q at %s, want %q", selector, text, p.URL(), want)
	}
}

// TestWithoutScripts finds a basin by the search form, on a phone without scripts,
// in English, then chooses dark colours, which hold on the next page.
func TestWithoutScripts(t *testing.T) {
	base := product(t)
	p := browsertest.Open(t, browsertest.Options{Width: 360, Height: 740, NoScript: true}, base+"/en/")
	p.Click("#recherche")
	p.Keys("mellionec" + kb.Enter) // one letter is missing
	p.WaitURL("the form leads to results", func(url string) bool { return strings.Contains(url, "/en/search?") })
	shows(t, p, "main", "Mellionnec")
	p.Click(`main a[href="/en/bv/22266"]`)
	p.WaitURL("the result leads to its basin", func(url string) bool { return strings.HasSuffix(url, "/en/bv/22266") })
	shows(t, p, "h1", "Rostrenen")
	p.Click(`button[name=theme][value=dark]`)
	p.WaitFor("the page comes back in dark colours", `document.documentElement.dataset.theme === 'dark'`)
	if url := p.URL(); !strings.HasSuffix(url, "/en/bv/22266") {
		t.Errorf("the choice of colours leads to %s", url)
	}
	for _, violation := range p.Axe() {
		t.Errorf("axe-core in chosen dark colours: %v", violation)
	}
	p.Go(base + "/en/commune/22146")
	p.WaitFor("the next page is dark too", `document.documentElement.dataset.theme === 'dark'`)
}

// TestComposer makes a set by search and by clicking on the map, without scripts,
// keeps it, and opens its short address as somebody else would.
func TestComposer(t *testing.T) {
	base := product(t)
	p := browsertest.Open(t, browsertest.Options{NoScript: true}, base+"/composer")
	p.Click("#ajout")
	p.Keys("lannion" + kb.Enter)
	p.WaitURL("the search of the composer answers", func(url string) bool { return strings.Contains(url, "q=lannion") })
	p.Click(`main a[href^="/composer?e=22113"]`)
	p.WaitURL("the commune is added", func(url string) bool { return strings.Contains(url, "e=22113") && !strings.Contains(url, "q=") })
	p.Click(`svg a[aria-label="Ajouter Ploubezre"]`)
	p.WaitURL("a click on the map adds a neighbour", func(url string) bool { return strings.Contains(url, "22211") })
	shows(t, p, "main", "Ploubezre")
	p.Click(`form[method=post][action^="/composer"]:not([action*=ajout]) button`)
	short := regexp.MustCompile(`/set/[0-9a-z]{10}$`)
	p.WaitURL("the set is kept", short.MatchString)
	address := p.URL()

	other := browsertest.Open(t, browsertest.Options{}, address)
	shows(t, other, "main", "Lannion")
	shows(t, other, "main", "Ploubezre")
	if status, _, body := fetch(t, base+"/api/v1/territories/set:"+address[len(address)-10:]+"/members"); status != 200 || !strings.Contains(body, "22211") {
		t.Errorf("the interface answers %d for the kept set: %.200s", status, body)
	}
}

// TestHomeMap clicks on Corsica, a little above the middle of the island.
func TestHomeMap(t *testing.T) {
	base := product(t)
	p := browsertest.Open(t, browsertest.Options{NoScript: true, Height: 1400}, base+"/")
	at := browsertest.Eval[struct{ X, Y, Width, Height float64 }](p, `(r => ({X: r.x, Y: r.y, Width: r.width, Height: r.height}))([...document.querySelectorAll('input[type=image]')].find(e => e.offsetWidth > 0).getBoundingClientRect())`)
	if at.Width < 300 || at.Y+at.Height > 1400 {
		t.Fatalf("the map is at %+v", at)
	}
	p.ClickAt(at.X+at.Width*0.42, at.Y+at.Height*0.35) // the middle of the north of France
	p.WaitURL("a click on the map opens a basin", regexp.MustCompile(`/bv/[0-9AB]{5}$`).MatchString)
}

// TestInteractiveMap looks at the map that scripts draw: tiles come, the pointer
// names what is under it, a click opens it, and so does the keyboard.
func TestInteractiveMap(t *testing.T) {
	base := product(t)
	p := browsertest.New(t, browsertest.Options{})
	p.Go(base + "/carte?niveau=epci#8/48.5/-3.2")
	p.WaitFor("the map is drawn", `document.querySelector('[data-map]').dataset.ready === 'yes'`)
	at := browsertest.Eval[struct{ X, Y float64 }](p, `(e => { e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return {X: r.x + r.width / 2, Y: r.y + r.height / 2}; })(document.querySelector('[data-map] canvas'))`)
	p.Hover(at.X-5, at.Y)
	p.Hover(at.X, at.Y)
	p.WaitFor("the pointer names the territory", `document.querySelector('[data-map-said] a[href^="/epci/"]')`)
	named := browsertest.Eval[string](p, `document.querySelector('[data-map-said] a').getAttribute('href')`)
	for _, n := range p.Noises() {
		t.Error(n)
	}
	for _, violation := range p.Axe() {
		t.Errorf("axe-core on the drawn map: %v", violation)
	}
	p.ClickAt(at.X, at.Y)
	p.WaitURL("a click opens the territory", func(url string) bool { return url == base+named })

	p.Go(base + "/en/map?niveau=bv#9/48.5/-3.2")
	p.WaitFor("the map is drawn", `document.querySelector('[data-map]').dataset.ready === 'yes'`)
	tabTo(t, p, `[data-map] canvas`)
	p.Keys(kb.Enter)
	p.WaitURL("the keyboard opens what is at the centre", regexp.MustCompile(`/en/bv/[0-9AB]{5}$`).MatchString)
}
