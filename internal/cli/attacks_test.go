package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"bassin/internal/i18n"
	"bassin/internal/web"
)

// What is sent from a page of another site changes nothing, whoever's cookie comes
// with it; only the one click by which a mail program unsubscribes needs no origin.
func TestEveryFormIsSentFromHere(t *testing.T) {
	g := besieged(t, "x", nil)
	cookie := g.admin.Transport.(carrying).cookie
	tried := 0
	for _, r := range g.s.Routes() {
		if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
			continue
		}
		for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
			if r.Single && lang != i18n.FR {
				continue
			}
			for name, h := range map[string]http.Header{
				"cross-site":        {"Sec-Fetch-Site": {"cross-site"}},
				"same-site":         {"Sec-Fetch-Site": {"same-site"}},
				"another origin":    {"Origin": {"https://evil.example"}},
				"no origin":         {"Origin": {"null"}},
				"an origin like it": {"Origin": {g.base + ".evil.example"}},
				"another port":      {"Origin": {strings.TrimSuffix(g.base, g.base[strings.LastIndex(g.base, ":"):]) + ":1"}},
			} {
				h["Cookie"] = []string{cookie}
				h["Content-Type"] = []string{"application/x-www-form-urlencoded"}
				path := g.in(lang, g.path(r))
				got, _, err := raw(t.Context(), stays, r.Method, g.base, path, h, "")
				if err != nil {
					t.Fatal(err)
				}
				if got.StatusCode != http.StatusForbidden {
					t.Errorf("%s %s from %s: status %d, want 403", r.Method, path, name, got.StatusCode)
				}
				tried++
			}
		}
	}
	head := g.head()
	if r, _ := send(t, stays, http.MethodPost, g.base+"/desabonnement/"+g.known["/desabonnement/{token}"], url.Values{"List-Unsubscribe": {"One-Click"}}); r.StatusCode != http.StatusOK {
		t.Errorf("unsubscribing by one click, without origin or cookie: %d", r.StatusCode)
	}
	if tried < 100 || g.head() == head {
		t.Errorf("%d tries; the one click was recorded: %v", tried, g.head() != head)
	}
}

// head is the number of the last row of the record.
func (g *siege) head() int64 {
	g.t.Helper()
	h, err := g.s.db.Head(g.t.Context())
	if err != nil {
		g.t.Fatal(err)
	}
	return h.Seq
}

// elsewhere are ways to name another place, or to break out of a header.
var elsewhere = []string{
	"https://evil.example/", "//evil.example/", "///evil.example/", `/\evil.example/`, `\\evil.example/`, `/\/evil.example`, "https:evil.example", "/%2fevil.example", "/%5cevil.example",
	"/\tevil.example", "/\t/evil.example", "\t//evil.example", " //evil.example", "/ /evil.example", "http://localhost@evil.example/", "/@evil.example", "//evil.example/..", "/..//evil.example", "/.//evil.example", "/en//evil.example",
	"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,<script>alert(1)</script>", "／／evil.example", "/／evil.example", "。//evil.example", "/⁄evil.example",
	"/\r\nX-Evil: 1", "/\nX-Evil: 1", "/%0d%0aX-Evil: 1", "/\u2028X-Evil: 1", "/嘊嘍X-Evil: 1", "/\x00//evil.example", "?//evil.example", "//evil.example?", "/?x=//evil.example",
}

// leads is where a browser on a page of this site goes by a Location; "" for this site.
func leads(base, at, to string) (host string, err error) {
	to = strings.NewReplacer("\\", "/", "\t", "", "\n", "", "\r", "").Replace(strings.TrimSpace(to)) // as browsers read it
	b, err := url.Parse(base + at)
	if err != nil {
		return "", err
	}
	u, err := b.Parse(to)
	if err != nil {
		return "", err
	}
	if u.Scheme == b.Scheme && u.Host == b.Host && u.User == nil {
		return "", nil
	}
	return u.String(), nil
}

// Whatever is asked for, a redirection stays here, and nothing that was sent becomes a header.
func TestNoWayLeadsElsewhere(t *testing.T) {
	g := besieged(t, "x", nil)
	names := parameters(t)
	if !slices.Contains(names, "retour") || !slices.Contains(names, "back") {
		t.Fatalf("the parameters are %q", names)
	}
	redirected, tried := 0, 0
	try := func(c *http.Client, method, path, body string) {
		t.Helper()
		tried++
		header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		r, _, err := raw(t.Context(), c, method, g.base, path, header, body)
		if err != nil {
			t.Errorf("%s %s: %v", method, path, err)
			return
		}
		if r.StatusCode >= 500 {
			t.Errorf("%s %s %s: status %d", method, path, body, r.StatusCode)
		}
		for name, values := range r.Header {
			if strings.EqualFold(name, "X-Evil") || strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") {
				t.Errorf("%s %s %s: header %s: %q", method, path, body, name, values)
			}
		}
		to := r.Header.Get("Location")
		if to == "" {
			return
		}
		redirected++
		if strings.ContainsFunc(to, func(c rune) bool { return c <= ' ' || c == '\\' || c > '~' }) {
			t.Errorf("%s %s %s leads to what is no address: %q", method, path, body, to)
		}
		if host, err := leads(g.base, "/", to); host != "" || err != nil {
			t.Errorf("%s %s %s leads to %q, %v", method, path, body, to, err)
		}
	}
	for _, r := range g.ways("") {
		if r.Method == http.MethodOptions || r.Action == "account.sign_out" || r.Action == "data.manage.build" {
			continue
		}
		visitors := []*http.Client{stays}
		if r.Who != web.Everyone {
			visitors = append(visitors, g.admin)
		}
		for _, c := range visitors {
			before := redirected
			for i, to := range elsewhere {
				if i == 6 && redirected == before { // it leads nowhere
					break
				}
				all := url.Values{}
				for _, name := range names {
					all.Set(name, to)
				}
				if r.Method == http.MethodGet {
					try(c, r.Method, g.path(r)+"?"+all.Encode(), "")
				} else {
					try(c, r.Method, g.path(r), all.Encode())
				}
			}
		}
	}
	// A form that is accepted leads back.
	adds(t, g.s, "Zoé", "zoe@example.fr")
	for _, to := range elsewhere {
		try(stays, http.MethodPost, "/apparence", url.Values{"theme": {"dark"}, "back": {to}}.Encode())
		try(g.admin, http.MethodGet, "/connexion?"+url.Values{"retour": {to}}.Encode(), "")
	}
	for _, to := range elsewhere[:6] { // each is a password to check
		try(stays, http.MethodPost, "/connexion", url.Values{"email": {"zoe@example.fr"}, "password": {goodPassword}, "retour": {to}}.Encode())
	}
	// Addresses themselves.
	for _, path := range []string{
		"//evil.example", "//evil.example/", "//evil.example/..", "/en//evil.example/", "/en//evil.example/carte/", "//evil.example/carte/", "/%2f%2fevil.example/", "/%5cevil.example/", "/%5c/evil.example/carte/",
		"/carte//", "/carte/%0d%0aX-Evil:%201/", "/en/%0d%0aX-Evil:%201", "/en//", "/.//evil.example/", "/carte/..//evil.example/", "/en/..//evil.example/", "/en/../en//evil.example/", "/carte/?%0d%0aX-Evil:1", "/set/%2f%2fevil.example/",
		"//evil.example/%2e%2e/carte", "/en/%2e%2e//evil.example", "/mon-compte/%0d%0a", "/mon-compte?//evil.example", "/en/my-account?x=%0d%0aX-Evil:1", "//evil.example/mon-compte/", "//mon-compte", "/en//my-account",
	} {
		try(stays, http.MethodGet, path, "")
		try(g.admin, http.MethodGet, path, "")
	}
	if t.Logf("%d of %d answers lead somewhere", redirected, tried); redirected < 50 {
		t.Errorf("only %d redirections were seen", redirected)
	}
}

// Whoever chooses the Host of a request chooses no address that others are given.
func TestTheHostOfARequestIsNotBelieved(t *testing.T) {
	const public = "https://bassin.example.fr"
	g := besieged(t, "x", func(c *serveCommand) { c.Site.BaseURL = public })
	g.admin.Transport = carrying{"__Host-" + g.admin.Transport.(carrying).cookie}
	for _, h := range []http.Header{
		{"Host": {"evil.example"}},
		{"Host": {"evil.example"}, "X-Forwarded-Host": {"evil.example"}, "X-Forwarded-Proto": {"http"}, "Forwarded": {"host=evil.example"}},
		{"X-Forwarded-Host": {"evil.example"}, "X-Original-URL": {"//evil.example/"}, "X-Rewrite-URL": {"//evil.example/"}, "Referer": {"https://evil.example/"}},
	} {
		for _, r := range g.ways(http.MethodGet) {
			c := stays
			if r.Who != web.Everyone {
				c = g.admin
			}
			got, body, err := raw(t.Context(), c, r.Method, g.base, g.path(r), h.Clone(), "")
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(body, "evil.example") || strings.Contains(fmt.Sprint(got.Header), "evil.example") {
				t.Errorf("%s repeats the host of the request %v", g.path(r), h)
			}
		}
	}
}

// climbing are names that leave a folder, or that no file has.
var climbing = []string{
	"..%2f..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5c..%5cetc%5cpasswd", "%252e%252e%252fetc%252fpasswd", "%2fetc%2fpasswd", "..%c0%af..%c0%afetc%c0%afpasswd", "..%00/etc/passwd", "%00", "site.css%00.html",
	"....%2f%2f....%2f%2fetc%2fpasswd", "..;%2f..;%2fetc%2fpasswd", "..", ".", "%2e%2e", "file:%2f%2f%2fetc%2fpasswd", "bassin.db", "..%2fbassin.db", "..%2f..%2fbassin.db", "..%2ferasures.log", "..%2fmanifest.json", "CON", "-", "%ff%fe", "a%0ab", strings.Repeat("a", 5000), strings.Repeat("..%2f", 500),
}

// No wildcard of an address reads what is not for everybody, and none breaks a page.
func TestNoAddressLeavesItsFolder(t *testing.T) {
	g := besieged(t, "x", nil)
	secrets := []string{"root:x:", "SQLite format 3", "erased_at"}
	for _, r := range g.ways(http.MethodGet) {
		holes := wildcard.FindAllString(r.Pattern, -1)
		if len(holes) == 0 || holes[0] == "{$}" {
			continue
		}
		for _, hole := range holes {
			for _, name := range climbing {
				route := r
				route.Pattern = strings.Replace(r.Pattern, hole, "HOLE", 1)
				path := strings.Replace(g.path(route), "HOLE", name, 1)
				got, body, err := raw(t.Context(), g.admin, r.Method, g.base, path, http.Header{}, "")
				if err != nil {
					t.Errorf("%s: %v", path, err)
					continue
				}
				if got.StatusCode >= 500 {
					t.Errorf("%s: status %d", path, got.StatusCode)
				}
				for _, secret := range secrets {
					if strings.Contains(body, secret) {
						t.Errorf("%s gives %q", path, secret)
					}
				}
			}
		}
	}
}

// hostile are values that SQL, patterns, templates or numbers choke on.
var hostile = []string{
	"'", "' OR '1'='1", "'; DROP TABLE person; --", `" OR ""="`, "1) OR (1=1", "1 UNION SELECT 1,2,3", "%", "_", "%%_", `\`, `\'`, "$1", "$$;$$", "?", "\x00", "a\x00b", "\xff\xfe", "\u0000", "'||pg_sleep(1)||'", "{{.}}", "%s%d%n",
	"-1", "0", "9223372036854775808", "99999999999999999999999", "1e999", "NaN", "0x10", "2026-13-45", "0000-00-00", "999999999-01-01", "é\u0301\u202e", "🏳️‍🌈", strings.Repeat("a", 5000), strings.Repeat("(", 500), "a,b,c,,,,", "bv:", ":22113", "commune:%", "~~~", "<script>",
}

// No parameter of a page that reads breaks it: it is taken for a text, or refused in words.
func TestNoParameterBreaksAPage(t *testing.T) {
	onEachStore(t, func(t *testing.T, _, dsn string) {
		g := besieged(t, "x", func(c *serveCommand) { c.Database.Store = dsn })
		// What a page's own forms and links are given is tried alone: together with others it might be refused before it is read.
		own := map[string]map[string]bool{}
		take := func(at, to, name string) {
			u, err := url.Parse(at)
			if err != nil {
				return
			}
			if u, err = u.Parse(to); err != nil {
				return
			}
			pattern := g.patternOf(u.Path)
			if own[pattern] == nil {
				own[pattern] = map[string]bool{}
			}
			if name != "" {
				own[pattern][name] = true
				return
			}
			for name := range u.Query() {
				own[pattern][name] = true
			}
		}
		for _, p := range g.crawl(g.admin, 1) {
			for _, a := range p.doc.Find("a[href]").EachIter() {
				take(p.path, a.AttrOr("href", ""), "")
			}
			for _, f := range p.doc.Find("form").EachIter() {
				if !strings.EqualFold(f.AttrOr("method", "get"), "post") {
					for _, in := range f.Find("[name]").EachIter() {
						take(p.path, f.AttrOr("action", ""), in.AttrOr("name", ""))
					}
				}
			}
		}
		names, tried := parameters(t), 0
		head := g.head()
		for _, r := range g.ways(http.MethodGet) {
			if room, _, _ := strings.Cut(r.Action, "."); strings.HasPrefix(dsn, "postgres") && slices.Contains([]string{"web", "atlas", "observatory", "site", "api"}, room) {
				continue // they ask the database nothing by their parameters, or by a code that a test of the store tries
			}
			path := g.path(r)
			var queries []string
			for _, v := range hostile {
				all := url.Values{}
				for _, name := range names {
					all.Set(name, v)
				}
				queries = append(queries, all.Encode())
				if len(own[r.Method+" "+r.Pattern]) == 0 {
					continue
				}
				together := url.Values{}
				for name := range own[r.Method+" "+r.Pattern] {
					if together.Set(name, v); len(v) < 4 { // the shortest alone too
						queries = append(queries, url.Values{name: {v}}.Encode())
					}
				}
				queries = append(queries, together.Encode())
			}
			for _, query := range append(queries, "%", "a=%zz", "&&&===", ";", "q=a&q=b&q[]=c") {
				got, _, err := raw(t.Context(), g.admin, r.Method, g.base, path+"?"+query, http.Header{}, "")
				if err != nil {
					t.Fatal(err)
				}
				if got.StatusCode >= 500 {
					t.Errorf("%s?%.300s: status %d", path, query, got.StatusCode)
				}
				tried++
			}
		}
		if !g.seated() {
			t.Error("the administrator is no longer signed in")
		}
		if tried < 1000 {
			t.Errorf("only %d queries were tried", tried)
		}
		if g.head() != head {
			t.Error("reading changed something")
		}
	})
}
