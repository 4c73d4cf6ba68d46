package cli

import (
	"net/http"
	"testing"

	"bassin/internal/web"
)

// wordless are pages without lines of who may do what in their body, each with the reason.
var wordless = map[string]string{
	"GET /droits":   "it is the table of all rights itself",
	"GET /design":   "its forms are examples, which do nothing",
	"GET /composer": "everybody composes a territory, without an account, and it belongs to nobody",
}

// Every page leads to who may do what; and those where something can be done, or that
// are not for everybody, say it themselves.
func TestEveryPageSaysWhoMayDoWhat(t *testing.T) {
	g := besieged(t, "texte", nil)
	said, used := 0, map[string]bool{}
	for who, c := range map[string]*http.Client{"an administrator": g.admin, "a visitor": stays} {
		for _, p := range g.crawl(c, 1) {
			if p.doc.Find("header.top").Length() == 0 {
				continue // no page: it leads elsewhere, or is a part for a script
			}
			all := p.doc.Find("a[href='/droits'], a[href='/en/rights']")
			if all.Length() == 0 {
				t.Errorf("%s, for %s: no way to who may do what", p.path, who)
			}
			main := p.doc.Find("main")
			if main.Find(".failed").Length() > 0 {
				continue // an error says what to do
			}
			pattern := g.patternOf(p.path)
			route, french := g.route[pattern]
			if !french {
				continue // the English twin of a page that is judged in French
			}
			does := main.Find("form[method=post]").Length() > 0
			if route.Who == web.Everyone && !does && route.Action != "account.rights" {
				continue // it is read, by everybody
			}
			if wordless[pattern] != "" {
				used[pattern] = true
				continue
			}
			if main.Find("details.rights li").Length() == 0 {
				t.Errorf("%s (%s), for %s: nothing says who may do what", p.path, route.Action, who)
				continue
			}
			said++
		}
	}
	for pattern, why := range wordless {
		if !used[pattern] {
			t.Errorf("%s needs no exception (%s)", pattern, why)
		}
	}
	if said < 50 {
		t.Errorf("%d pages were found that say it", said)
	}
	t.Logf("%d pages say it themselves", said)
}
