package cli

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/audit"
	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/realdata"
	"bassin/internal/setting"
	"bassin/internal/web"
)

// siege is a running product with something in it, and the ways into it: what the
// attacks of this package are tried on. Ways, forms and parameters are found, not
// listed, so that a new page is attacked the day it is joined.
type siege struct {
	t     *testing.T
	s     *Server
	base  string
	admin *http.Client // an administrator with a second factor, who follows no redirection
	mux   map[i18n.Lang]*http.ServeMux
	route map[string]web.Route // by pattern
	known map[string]string    // what wildcards without a link are, by "pattern prefix{name}"
}

// besieged starts a product and puts texts of that kind wherever the database takes texts.
func besieged(t *testing.T, text string, change func(*serveCommand)) *siege {
	t.Helper()
	g := &siege{t: t, s: open(t, change), mux: map[i18n.Lang]*http.ServeMux{}, route: map[string]web.Route{}}
	g.base = serving(t, g.s)
	g.admin = seat(t, g.s, people.Person{ID: "root", Name: text, Email: "root@example.fr"}, true, people.Mandate{Role: people.Administrator, Act: text})
	g.stock(text)
	for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
		g.mux[lang] = http.NewServeMux()
	}
	for _, r := range g.s.Routes() {
		g.route[r.Method+" "+r.Pattern] = r
		for lang, mux := range g.mux {
			if lang == i18n.FR || !r.Single {
				mux.Handle(r.Method+" "+g.in(lang, r.Pattern), http.NotFoundHandler())
			}
		}
	}
	return g
}

// in is the address of a pattern in a language.
func (g *siege) in(lang i18n.Lang, pattern string) string { return g.s.kit.Href(lang, pattern) }

// stock puts something of each kind in the database, past the checks of forms: a text
// may come from a console, an old version or another service.
func (g *siege) stock(text string) {
	g.t.Helper()
	ctx, now, db := g.t.Context(), time.Now(), g.s.db
	must := func(err error) {
		g.t.Helper()
		if err != nil {
			g.t.Fatal(err)
		}
	}
	mandate, link, reset := people.NewID(), people.NewToken(), people.NewToken()
	must(db.ChangePeople(ctx, "stock", func(tx people.Tx) error {
		for _, id := range []string{"subject", "other"} {
			if err := tx.AddPerson(people.Person{ID: id, Name: text + id, Email: id + "@example.fr", State: people.Active, Lang: "fr", CreatedAt: now}); err != nil {
				return err
			}
		}
		if err := tx.AddMandate(people.Mandate{ID: mandate, Person: "subject", Role: people.Mediator, From: "2026-01-01", Act: text, GivenBy: "root", CreatedAt: now}); err != nil {
			return err
		}
		for purpose, token := range map[string]string{"link": link, "reset": reset} {
			if err := tx.PutTicket(people.Ticket{TokenHash: people.HashToken(token), Purpose: purpose, Person: "subject", CreatedAt: now, ExpiresAt: now.Add(time.Hour)}); err != nil {
				return err
			}
		}
		return tx.PutSession(people.Session{ID: people.NewID(), Person: "root", TokenHash: people.HashToken(people.NewToken()), Method: "password", Device: text, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)})
	}))
	body, err := db.CreateOrganisation(ctx, audit.System, people.Organisation{Kind: people.KindCompany, Name: text, ShortName: text, Address: text, Email: "x@example.fr", Website: "https://example.fr/?" + url.QueryEscape(text), State: people.OrganisationActive})
	must(err)
	said, err := json.Marshal(text)
	must(err)
	must(db.Record(ctx, audit.Entry{By: audit.System, Action: "walk", Subject: text, Became: audit.Values{"field": json.RawMessage(said)}}))
	must(db.Leave(ctx, job.Event{Kind: "walk", Body: json.RawMessage(`{"x":` + string(said) + `}`)}))
	d, err := db.Claim(ctx, []string{"walk"}, 1, now.Add(time.Minute), now.Add(2*time.Minute))
	must(err)
	must(db.GiveUp(ctx, d[0], text))
	_, err = db.Arrive(ctx, notice.Arrival{ID: people.NewID(), At: now, Notice: notice.Notice{
		Person: "root", Subject: notice.Mandates, At: now, Link: "/mes-donnees", Title: notice.Say("notice.mandate.given", text, text)}})
	must(err)
	invited, err := g.s.accounts.InviteAs(ctx, audit.System, people.Invitation{Email: "lea@example.fr"})
	must(err)
	stop, err := db.StopToken(ctx, "root", notice.Mandates)
	must(err)
	setUp(g, text)
	g.known = map[string]string{
		"/administration/personnes/{id}": "subject", "/administration/mandats/{id}": mandate, "/administration/envois/{id}": d[0].ID,
		"/organisations/{id}": body.ID, "/desabonnement/{token}": stop, "/invitation/{token}": invited,
		"/connexion/lien/{token}": link, "/mot-de-passe/nouveau/{token}": reset,
	}
}

// setUp sets texts of the installation.
func setUp(g *siege, text string) {
	g.t.Helper()
	value, err := json.Marshal(setting.Site{Name: text, Publisher: text, Address: text, Director: text, Host: text, Legal: text, LogoText: text})
	if err != nil {
		g.t.Fatal(err)
	}
	if _, err := g.s.db.UpdateSetting(g.t.Context(), audit.System, setting.SiteName, setting.Any, func(json.RawMessage) (json.RawMessage, error) { return value, nil }); err != nil {
		g.t.Fatal(err)
	}
	if err := g.s.site.refresh(g.t.Context()); err != nil {
		g.t.Fatal(err)
	}
}

// fillers are what a wildcard is where nothing better is known.
var fillers = map[string]string{
	"level": "bv", "z": "6", "x": "31", "y": "22", "snapshot": "now", "key": "density", "seq": "1", "file": "site.css", "path...": "levels", "token": "nothing", "page": "nothing", "id": "nothing", "$": "",
}

// codesOfLevels are those of a territory of each level, and of what is asked for by level:code.
var codesOfLevels = map[string]string{
	"arm": "75111", "qpv": "QN00101M", "commune": "22146", "cv": "2207", "uu": "22403", "bv": "22113", "ept": "200057867", "epci": "200065928",
	"ti": "ti-0101", "aav": "113", "ze": "5318", "arr": "223", "dep": "22", "reg": "53", "pays": "FR", "set": "22113,22278",
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// path is an address of a route, in French words.
func (g *siege) path(r web.Route) string {
	path := r.Pattern
	for known, value := range g.known {
		if strings.HasPrefix(path, known) {
			path = wildcard.ReplaceAllLiteralString(known, value) + path[len(known):]
		}
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return wildcard.ReplaceAllStringFunc(path, func(w string) string {
		name := w[1 : len(w)-1]
		if code := codesOfLevels[first]; name == "code" && code != "" {
			return code
		}
		if strings.HasPrefix(r.Pattern, "/api/v1/territories") && name == "id" {
			return "bv:22113"
		}
		v, ok := fillers[name]
		if !ok {
			v = "x"
		}
		return v
	})
}

// ways are routes that a test walks: of those that are alike for each level of
// territory, three levels stand for all.
func (g *siege) ways(method string) []web.Route {
	var out []web.Route
	for _, r := range g.s.Routes() {
		if (method == "" || r.Method == method) && !alike(r.Pattern) {
			out = append(out, r)
		}
	}
	return out
}

// alike says whether a pattern is that of a level for which others stand.
func alike(pattern string) bool {
	first, rest, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(pattern, "GET "), "/"), "/")
	if first == "en" {
		first, rest, _ = strings.Cut(rest, "/")
	}
	return strings.HasPrefix(rest, "{code}") && !slices.Contains([]string{"commune", "bv", "set"}, first)
}

// patternOf is the pattern in French words that answers an address, "" for none.
func (g *siege) patternOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host != "" || !strings.HasPrefix(u.Path, "/") {
		return ""
	}
	lang := i18n.FR
	if strings.HasPrefix(u.Path, "/en/") || u.Path == "/en" {
		lang = i18n.EN
	}
	_, pattern := g.mux[lang].Handler(&http.Request{Method: http.MethodGet, Host: "x", URL: &url.URL{Path: u.Path}})
	return pattern
}

// found is a page that the administrator can reach by links.
type found struct {
	path string // as asked, with its query
	body string
	doc  *goquery.Document
}

// crawl reads pages by following links from the home page and from every route's
// address. A pattern is read for at most so many addresses in each language.
func (g *siege) crawl(c *http.Client, each int) []found {
	g.t.Helper()
	var pages []found
	seen, times := map[string]bool{}, map[string]int{}
	var todo []string
	want := func(address string) {
		u, err := url.Parse(address)
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") {
			return
		}
		u.Fragment = ""
		if pattern := g.patternOf(u.String()); pattern != "" && !alike(pattern) && !seen[u.String()] && times[pattern] < each {
			seen[u.String()] = true
			times[pattern]++
			todo = append(todo, u.String())
		}
	}
	for _, r := range g.ways(http.MethodGet) {
		want(g.path(r))
	}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		r, body := fetch(g.t, c, g.base+path)
		if r.StatusCode >= 500 {
			g.t.Errorf("%s: status %d", path, r.StatusCode)
		}
		if to := r.Header.Get("Location"); to != "" {
			want(to)
		}
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
			continue
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		if err != nil {
			g.t.Fatal(err)
		}
		pages = append(pages, found{path, body, doc})
		doc.Find("a[href], link[rel=alternate]").Each(func(_ int, a *goquery.Selection) {
			if href, err := url.Parse(a.AttrOr("href", "")); err == nil {
				at, err := url.Parse(path)
				if err == nil {
					want(at.ResolveReference(href).String())
				}
			}
		})
	}
	return pages
}

var readsParameter = regexp.MustCompile(`(?:FormValue|Get|Has|Form\[|Query\(\)\[)\(?"([a-z_]+)"`)

// parameters are the names that the product reads of queries and forms, as its source says.
func parameters(t *testing.T) []string {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir(filepath.Join(realdata.Root(), "internal"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range readsParameter.FindAllStringSubmatch(string(b), -1) {
			names[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(names))
}

// raw sends a request whose address and headers no client has tidied, and reads the answer.
func raw(ctx context.Context, c *http.Client, method, base, path string, header http.Header, body string) (reply, string, error) {
	q, err := http.NewRequestWithContext(ctx, method, base, strings.NewReader(body))
	if err != nil {
		return reply{}, "", err
	}
	target, query, _ := strings.Cut(path, "?")
	q.URL.Opaque = "//" + q.URL.Host + target // written as it is
	q.URL.RawQuery = query
	for name, values := range header {
		if name == "Host" {
			q.Host = values[0]
			continue
		}
		q.Header[name] = values
	}
	r, err := c.Do(q)
	if err != nil {
		return reply{}, "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	return reply{r.StatusCode, r.Header}, string(b), err
}

// stays is a client that follows no redirection.
var stays = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// seated says whether the administrator is still signed in; a form may have ended that.
func (g *siege) seated() bool {
	g.t.Helper()
	r, _ := fetch(g.t, g.admin, g.base+"/mon-compte")
	return r.StatusCode == http.StatusOK
}
