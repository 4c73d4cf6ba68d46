package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/realdata"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// The places of the walk: what is done lies in the commune here, which is in the basin
// inside, and not in the basin outside.
var (
	here    = people.Over(territory.ID{Level: territory.Commune, Code: "22266"})
	inside  = people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22266"})
	outside = people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22113"})
)

// walker is somebody who tries every route.
type walker struct {
	name  string
	id    string // of their account, "" for a visitor
	role  people.Role
	scope people.Scope
	out   bool // their session is none: a suspended person's
	weak  bool // no second factor was shown
	idle  bool // no mandate in force
}

// world is a running server and what is in it.
type world struct {
	t *testing.T
	s *Server
	n int
}

// call is a request by which a route is tried, and what it is about.
type call struct {
	path   string
	form   url.Values
	in     *people.Scope // where its subject is; nil for nowhere in particular
	gives  people.Role   // the mandate that it gives or ends, "" for none
	answer int           // status for who may; 200 or 303 if zero
	beside int           // status for whose mandate is elsewhere, where a form says so; 403 if zero
}

// sample makes a call, on a subject of its own: each walker's POST changes it.
type sample func(w *world) call

// reserved are rights that no route asks for yet, each with the reason.
var reserved = map[string]string{
	"media.add":        "attachments are added by pages to come",
	"adoption.declare": "its pages are for whoever is signed in: they speak for an organisation, or have the right there",
}

func (w *world) change(f func(tx people.Tx) error) {
	w.t.Helper()
	if err := w.s.db.ChangePeople(w.t.Context(), "walk", f); err != nil {
		w.t.Fatal(err)
	}
}

// person adds somebody new.
func (w *world) person() people.Person {
	w.t.Helper()
	w.n++
	id := fmt.Sprintf("subject%d", w.n)
	p := people.Person{ID: id, Name: "Sujet " + id, Email: id + "@example.fr", Lang: "fr", State: people.Active, CreatedAt: time.Now(), Version: 1}
	w.change(func(tx people.Tx) error { return tx.AddPerson(p) })
	return p
}

// mandate gives one to somebody new.
func (w *world) mandate(role people.Role, in people.Scope) people.Mandate {
	w.t.Helper()
	m := people.Mandate{ID: people.NewID(), Person: w.person().ID, Role: role, Scope: in, From: "2026-01-01", CreatedAt: time.Now(), Version: 1}
	w.change(func(tx people.Tx) error { return tx.AddMandate(m) })
	return m
}

// walkers are a visitor, somebody without mandate, everybody of each role inside,
// outside and over everything, and those whose rights do not count.
func (w *world) walkers() []walker {
	out := []walker{{name: "a visitor", out: true}}
	add := func(x walker, from, to people.Date, state people.PersonState) {
		p := w.person()
		x.id = p.ID
		w.change(func(tx people.Tx) error {
			if x.role != "" {
				if err := tx.AddMandate(people.Mandate{ID: people.NewID(), Person: p.ID, Role: x.role, Scope: x.scope, From: from, To: to, CreatedAt: tx.Now(), Version: 1}); err != nil {
					return err
				}
			}
			if state != people.Active {
				p.State = state
				return tx.SetPerson(p)
			}
			return nil
		})
		out = append(out, x)
	}
	add(walker{name: "somebody without mandate", idle: true}, "", "", people.Active)
	for _, role := range people.Roles {
		add(walker{name: string(role) + " inside", role: role, scope: inside}, "2026-01-01", "", people.Active)
		add(walker{name: string(role) + " outside", role: role, scope: outside}, "2026-01-01", "", people.Active)
		add(walker{name: string(role) + " of everything", role: role, scope: people.Everywhere}, "2026-01-01", "", people.Active)
	}
	add(walker{name: "a suspended administrator", role: people.Administrator, out: true}, "2026-01-01", "", people.Suspended)
	add(walker{name: "an administrator without second factor", role: people.Administrator, weak: true}, "2026-01-01", "", people.Active)
	add(walker{name: "an administrator of the past", role: people.Administrator, idle: true}, "2020-01-01", "2020-12-31", people.Active)
	add(walker{name: "an administrator to come", role: people.Administrator, idle: true}, "2900-01-01", "", people.Active)
	return out
}

// may says, from the table of rights alone, whether a walker may make a call.
func (x walker) may(route web.Route, c call) bool {
	switch route.Who {
	case web.Everyone:
		return true
	case web.SignedIn:
		return !x.out
	}
	right, ok := people.RightOf(route.Action)
	if !ok || x.out || x.idle || !slices.Contains(right.Roles, x.role) || x.role == people.Administrator && x.weak {
		return false
	}
	if c.gives != "" && !slices.Contains(x.role.Gives(), c.gives) {
		return false
	}
	if right.Whole || c.in != nil && *c.in == people.Everywhere {
		return x.scope == people.Everywhere
	}
	return c.in == nil || x.scope == people.Everywhere || x.scope == inside
}

// try makes a call and says how it was answered.
func (w *world) try(x walker, method string, c call) (status int, to, body string) {
	var text string
	if method != http.MethodGet {
		text = c.form.Encode()
	}
	r := httptest.NewRequest(method, c.path, strings.NewReader(text))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if text != "" || method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if x.id != "" { // signed in anew each time: some routes end sessions
		token := people.NewToken()
		w.change(func(tx people.Tx) error {
			return tx.PutSession(people.Session{ID: people.NewID(), Person: x.id, TokenHash: people.HashToken(token), Method: "password", Strong: !x.weak, CreatedAt: tx.Now(), SeenAt: tx.Now(), ExpiresAt: tx.Now().Add(time.Hour)})
		})
		r.AddCookie(&http.Cookie{Name: "bassin_session", Value: token})
	}
	rec := httptest.NewRecorder()
	w.s.http.Handler.ServeHTTP(rec, r)
	return rec.Code, rec.Header().Get("Location"), rec.Body.String()
}

// refused says whether an answer turns somebody away for who they are.
func refused(status int, to string) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden || strings.HasPrefix(to, "/connexion?retour=") || strings.HasPrefix(to, "/connexion/second-facteur")
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// Every route, tried by everybody: allowed and refused as the table of rights and
// the route say, and nobody else.
func TestEverybodyTriesEveryRoute(t *testing.T) {
	w := &world{t: t, s: open(t, nil)}
	w.prepare()
	all := samples()
	known := map[string]bool{}
	asked := map[string]bool{}
	tries := 0
	walkers := w.walkers()
	for _, route := range w.s.Routes() {
		known[route.Action] = true
		make, has := all[route.Action]
		if route.Who == web.Granted {
			right, ok := people.RightOf(route.Action)
			if !ok {
				t.Errorf("nobody may %s: no right covers it", route.Action)
				continue
			}
			asked[right.Name] = true
			if !has {
				t.Errorf("%s has no sample: say in samples how somebody who may would call it", route.Action)
				continue
			}
		}
		if !has { // open to all or to one's own account: whom it turns away shows on any address
			make = func(*world) call {
				return call{path: parameter.ReplaceAllString(strings.TrimSuffix(route.Pattern, "{$}"), "x"), form: url.Values{}}
			}
		}
		if route.Who == web.SignedIn && route.Method != http.MethodGet { // it may change who walks
			walkers = w.walkers()
		}
		for _, x := range walkers {
			c := make(w)
			status, to, body := w.try(x, route.Method, c)
			tries++
			may, no := x.may(route, c), refused(status, to) || x.scope == outside && status == c.beside
			switch {
			case may && no:
				t.Errorf("%s: %s is refused (%d %s) at %s %s: %.300s", route.Action, x.name, status, to, route.Method, c.path, mainOf(body))
			case !may && !no:
				t.Errorf("%s: %s is let through (%d %s) at %s %s", route.Action, x.name, status, to, route.Method, c.path)
			case may && has && !(status == c.answer || c.answer == 0 && (status == http.StatusOK || status == http.StatusSeeOther)):
				t.Errorf("%s: the sample is not valid: %s gets %d at %s %s: %.300s", route.Action, x.name, status, route.Method, c.path, mainOf(body))
			}
		}
	}
	for action := range all {
		if !known[action] {
			t.Errorf("there is a sample of %s, which no route is", action)
		}
	}
	for _, r := range people.Rights {
		why := reserved[r.Name]
		if !asked[r.Name] && why == "" {
			t.Errorf("no route asks for the right %s, and nothing says why", r.Name)
		}
		if asked[r.Name] && why != "" {
			t.Errorf("the right %s is asked for: it is no more reserved", r.Name)
		}
	}
	w.told()
	if r, err := audit.Verify(t.Context(), w.s.db); err != nil || len(r.Problems) > 0 {
		t.Errorf("the record after the walk: %+v, %v", r, err)
	}
	t.Logf("%d tries of %d routes by %d walkers", tries, len(w.s.Routes()), len(walkers))
}

// told finds what the walk put in the record and the page of the record has no words for.
func (w *world) told() {
	w.t.Helper()
	l := w.s.catalog.Localizer(i18n.FR)
	missing := map[string]bool{}
	for x, err := range w.s.db.Rows(w.t.Context()) {
		if err != nil {
			w.t.Fatal(err)
		}
		kind, _, _ := strings.Cut(x.Subject, ":")
		for _, key := range []string{"admin.action." + x.Action, "admin.subject." + kind} {
			if !l.Has(key) && !missing[key] {
				missing[key] = true
				w.t.Errorf("row %d of the record (%s of %s) is in no words: %s", x.Seq, x.Action, x.Subject, key)
			}
		}
	}
}

var tags = regexp.MustCompile(`(?s)<[^>]*>|\s+`)

// mainOf is the text of a page's main part.
func mainOf(body string) string {
	if _, after, ok := strings.Cut(body, "<main"); ok {
		body, _, _ = strings.Cut(after, "</main>")
	}
	return tags.ReplaceAllString(body, " ")
}

// docs/rights.md is the table of rights as the program applies it.
func TestTheRightsAreThoseOfTheDocumentation(t *testing.T) {
	s := open(t, nil)
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	l := catalog.Localizer(i18n.EN)
	ways := map[string][]string{}
	for _, r := range s.Routes() {
		if right, ok := people.RightOf(r.Action); ok && r.Who == web.Granted {
			ways[right.Name] = append(ways[right.Name], r.Method+" `"+r.Pattern+"`")
		}
	}
	var b strings.Builder
	b.WriteString("# Who may do what\n\nWritten from the program's own table by `go test ./internal/cli -run Rights -update`.\n\n")
	b.WriteString("A right goes with a mandate: a role over a territory, in an organisation, or over the whole installation. It holds for what lies inside the mandate's\n")
	b.WriteString("scope, from its first day to its last; *whole* means that only a mandate over the whole installation counts. Administrators show a second factor first.\n")
	b.WriteString("What is not here needs no mandate (reading what is public, one's own account), or nobody may do it. A test tries every route with every role\n")
	b.WriteString("(`internal/cli/walk_test.go`).\n\n| Right | What |")
	for _, role := range people.Roles {
		b.WriteString(" " + l.T("people.role."+string(role)) + " |")
	}
	b.WriteString(" Whole |\n|---|---|" + strings.Repeat(":-:|", len(people.Roles)+1) + "\n")
	for _, r := range people.Rights {
		fmt.Fprintf(&b, "| `%s` | %s |", r.Name, l.T("people.right."+r.Name))
		for _, role := range people.Roles {
			b.WriteString(map[bool]string{true: " ● |", false: "   |"}[slices.Contains(r.Roles, role)])
		}
		b.WriteString(map[bool]string{true: " ● |", false: "   |"}[r.Whole] + "\n")
	}
	b.WriteString("\n## Which mandates each role gives, ends and hands over\n\n| Role | Gives |\n|---|---|\n")
	for _, role := range people.Roles {
		var names []string
		for _, g := range role.Gives() {
			names = append(names, l.T("people.role."+string(g)))
		}
		if len(names) > 0 {
			fmt.Fprintf(&b, "| %s | %s |\n", l.T("people.role."+string(role)), strings.Join(names, ", "))
		}
	}
	b.WriteString("\n## Where each right is asked for\n\n| Right | Routes |\n|---|---|\n")
	for _, r := range people.Rights {
		where := strings.Join(ways[r.Name], ", ")
		if where == "" {
			where = reserved[r.Name]
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", r.Name, where)
	}
	golden := filepath.Join(realdata.Root(), "docs", "rights.md")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("docs/rights.md is not the table of the program: run go test ./internal/cli -run Rights -update")
	}
}
