package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

// Every answer, of every route and of what no route answers, carries what keeps a
// browser from being made to harm its reader; what is for one person is kept by nobody.
func TestEveryAnswerIsGuarded(t *testing.T) {
	g := besieged(t, "x", nil)
	look := func(c *http.Client, method, path string, r *web.Route) {
		t.Helper()
		got, _, err := raw(t.Context(), c, method, g.base, path, http.Header{}, "")
		if err != nil {
			t.Fatal(err)
		}
		what := fmt.Sprintf("%s %s (%d)", method, path, got.StatusCode)
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src", "Referrer-Policy": ""} {
			if v := got.Header.Values(name); len(v) != 1 || v[0] == "" || !strings.Contains(v[0], want) {
				t.Errorf("%s: %s is %q", what, name, v)
			}
		}
		policy := got.Header.Get("Content-Security-Policy")
		// A drawing of ours has its style within, and nothing else.
		if drawing := got.Header.Get("Content-Type") == "image/svg+xml" && policy == "default-src 'none'; style-src 'unsafe-inline'"; !drawing && (!strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe")) {
			t.Errorf("%s: the policy is %q", what, policy)
		}
		for _, name := range []string{"Server", "X-Powered-By"} {
			if v := got.Header.Get(name); v != "" {
				t.Errorf("%s: %s is %q", what, name, v)
			}
		}
		for _, v := range got.Header.Values("Set-Cookie") {
			cookie, err := http.ParseSetCookie(v)
			if err != nil || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Secure {
				t.Errorf("%s: cookie %q", what, v)
			}
		}
		kept := got.Header.Get("Cache-Control")
		if got.StatusCode >= 300 && got.StatusCode != http.StatusMovedPermanently && strings.Contains(kept, "public") {
			t.Errorf("%s: a failure may be kept: %q", what, kept)
		}
		if r == nil {
			return
		}
		if r.Who != web.Everyone && kept != "no-store" {
			t.Errorf("%s: what is for one person may be kept: %q", what, kept)
		}
		if strings.Contains(r.Pattern, "{token}") {
			if kept != "no-store" {
				t.Errorf("%s: what a token opens may be kept: %q", what, kept)
			}
			if v := got.Header.Get("Referrer-Policy"); v != "same-origin" && v != "no-referrer" {
				t.Errorf("%s: the token is told to other sites: %q", what, v)
			}
		}
		if page := got.StatusCode < 300 || got.StatusCode >= 400; page && c == g.admin && strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
			if strings.Contains(kept, "public") || kept == "" {
				t.Errorf("%s: a page that names its reader may be kept by others: %q", what, kept)
			}
			if !strings.Contains(got.Header.Get("Vary"), "Cookie") {
				t.Errorf("%s: a page that names its reader varies by %q", what, got.Header.Get("Vary"))
			}
		}
	}
	for _, r := range g.s.Routes() {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
			if r.Single && lang != i18n.FR || r.Action == "account.sign_out" || r.Action == "data.manage.build" {
				continue
			}
			path := g.in(lang, g.path(r))
			look(stays, r.Method, path, &r)
			if r.Who != web.Everyone || r.Method == http.MethodGet && !strings.Contains(r.Pattern, "{code}") {
				look(g.admin, r.Method, path, &r)
			}
		}
	}
	for _, path := range []string{"/nowhere", "/en/nowhere", "/api/nowhere", "/api/v1/nowhere", "/carte/", "//carte", "/en//map", "/assets/nowhere", "/%ff", "/commune/99999"} {
		look(stays, http.MethodGet, path, nil)
	}
	look(stays, "BREW", "/carte", nil)
	look(stays, http.MethodPut, "/connexion", nil)
}

// Where the public address is https, cookies stay there.
func TestCookiesOfASecureSite(t *testing.T) {
	for public, secure := range map[string]bool{"https://bassin.example.fr": true, "http://bassin.example.fr": false} {
		s, base := product(t, "sqlite:"+t.TempDir()+"/bassin.db", func(c *serveCommand) { c.Site.BaseURL = public })
		adds(t, s, "Zoé", "zoe@example.fr")
		for path, form := range map[string]url.Values{
			"/connexion": {"email": {"zoe@example.fr"}, "password": {goodPassword}, "rester": {"1"}},
			"/apparence": {"theme": {"dark"}},
		} {
			r, _ := send(t, stays, http.MethodPost, base+path, form)
			set := r.Header.Values("Set-Cookie")
			if len(set) == 0 {
				t.Errorf("%s%s sets no cookie: %d", public, path, r.StatusCode)
			}
			for _, v := range set {
				cookie, err := http.ParseSetCookie(v)
				if err != nil || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Secure != secure || cookie.Domain != "" || cookie.Path != "/" {
					t.Errorf("%s%s: cookie %q", public, path, v)
				}
				if secure && cookie.Name != "apparence" && !strings.HasPrefix(cookie.Name, "__Host-") {
					t.Errorf("%s%s: another host may set the cookie %s", public, path, cookie.Name)
				}
			}
		}
	}
}

// Pages that the server keeps are those of nobody: neither does a reader who is signed
// in get one drawn for a visitor, nor the other way round, nor one drawn for another.
func TestKeptPagesAreNobodys(t *testing.T) {
	s := open(t, nil)
	base := serving(t, s)
	ada := seat(t, s, people.Person{ID: "ada", Name: "Ada Lovelace", Email: "ada@example.fr"}, false)
	bob := seat(t, s, people.Person{ID: "bob", Name: "Bob Marley", Email: "bob@example.fr"}, false)
	kept := 0
	for _, r := range s.Routes() {
		if r.Method != http.MethodGet || strings.Contains(strings.ReplaceAll(r.Pattern, "{$}", ""), "{") {
			continue
		}
		path := base + strings.TrimSuffix(r.Pattern, "{$}")
		if r.Stable {
			kept++
		}
		for range 2 {
			for _, x := range []struct {
				c        *http.Client
				own      string
				stranger []string
			}{{ada, "Ada Lovelace", []string{"Bob Marley"}}, {stays, "", []string{"Ada Lovelace", "Bob Marley"}}, {bob, "Bob Marley", []string{"Ada Lovelace"}}} {
				got, body := fetch(t, x.c, path)
				for _, name := range x.stranger {
					if strings.Contains(body, name) {
						t.Errorf("%s gives a page of %s to another", path, name)
					}
				}
				if r.Stable && x.own != "" && got.StatusCode == http.StatusOK && strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") && !strings.Contains(body, x.own) {
					t.Errorf("%s gives %s a page of nobody", path, x.own)
				}
				// Nor may what one has be confirmed to be what another would get.
				if tag := got.Header.Get("Etag"); tag != "" && x.own != "" && strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
					if again, _, err := raw(t.Context(), stays, http.MethodGet, base, strings.TrimPrefix(path, base), http.Header{"If-None-Match": {tag}}, ""); err != nil || again.StatusCode == http.StatusNotModified {
						t.Errorf("%s: a visitor is told that the page of %s is theirs, %v", path, x.own, err)
					}
				}
			}
		}
	}
	if kept == 0 {
		t.Error("no page is kept")
	}
}
