package noticeweb

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bassin/internal/browsertest"
	"bassin/internal/i18n"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/store"
	"bassin/internal/web"
	"bassin/internal/web/assets"
)

func TestMain(m *testing.M) { os.Exit(browsertest.Run(m)) }

// serve is the pages on a database of their own, for an administrator called zoe.
func serve(t *testing.T) (base string, db *store.DB) {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := assets.Load()
	if err != nil {
		t.Fatal(err)
	}
	zoe := &people.Actor{Person: people.Person{ID: "zoe", Name: "Zoé", Email: "zoe@example.fr"}, Mandates: []people.Mandate{{Role: people.Administrator}}}
	kit, err := web.New(web.Config{
		Site: func() web.Site { return web.Site{Name: "Bassin"} }, Catalog: catalog, Assets: files, Templates: []web.Templates{Templates()},
		Guard: func(_ web.Route, next web.Handler) web.Handler {
			return func(w http.ResponseWriter, r *http.Request) error {
				return next(w, r.WithContext(people.WithActor(r.Context(), zoe)))
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	pages := &Pages{Kit: kit, Store: db, Now: time.Now, Settings: func(ctx context.Context) (notice.Settings, error) { return notice.ReadSettings(ctx, db) }}
	router, err := kit.Router(append(kit.Routes(), pages.Routes()...))
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(kit.Stack(router, web.NewMetrics(), time.Now, web.Limits{}))
	t.Cleanup(s.Close)
	return s.URL, db
}

func arrive(t *testing.T, db *store.DB, n int) {
	t.Helper()
	hard := strings.Repeat("Communautédecommunes", 6) + ` <b onclick="x">`
	for i := range n {
		a := notice.Arrival{ID: fmt.Sprint(i), At: time.Now(), Notice: notice.Notice{
			Person: "zoe", Subject: notice.Mandates, At: time.Now(), Link: "/mes-notifications/choix",
			Title: notice.Say("notice.mandate.ends", notice.Word("people.role.secretary"), hard, notice.Day("2026-12-26")), Text: notice.Say("notice.mandate.ends_text"),
		}}
		if _, err := db.Arrive(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		if i%3 > 0 {
			continue
		}
		if _, err := db.Read(t.Context(), "zoe", a.ID, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

// In a real browser: nothing for axe-core to find, nothing too wide, nothing people wrote taken for a page.
func TestPagesInABrowser(t *testing.T) {
	base, db := serve(t)
	token, err := db.StopToken(t.Context(), "zoe", notice.Mandates)
	if err != nil {
		t.Fatal(err)
	}
	p := browsertest.New(t, browsertest.Options{Width: 1000, Height: 900})
	look := func(path string) {
		t.Helper()
		p.Resize(1000, 900)
		p.Go(base + path)
		for _, v := range p.Axe() {
			t.Errorf("%s: axe-core: %v", path, v)
		}
		for _, width := range []int{360, 320} {
			p.Resize(width, 740)
			if px, who := p.Overflow(); px > 0 {
				t.Errorf("%s at %d px is %d px too wide: %s", path, width, px, who)
			}
		}
		for _, n := range p.Noises() {
			t.Errorf("%s: %s", path, n)
		}
		if n := browsertest.Eval[int](p, `document.querySelectorAll('main b, main [onclick]').length`); n > 0 {
			t.Errorf("%s: what people wrote became part of the page", path)
		}
	}
	look("/mes-notifications")
	arrive(t, db, 25)
	for _, path := range []string{"/mes-notifications", "/en/my-notices?page=2", "/mes-notifications/choix?enregistre=1", "/en/my-notices/choices", "/desabonnement/" + token, "/en/unsubscribe/" + token} {
		look(path)
	}
}

// Without scripts, by the buttons alone: read one and go where it leads, read all, choose, stop.
func TestPagesWithoutScripts(t *testing.T) {
	base, db := serve(t)
	arrive(t, db, 5)
	p := browsertest.New(t, browsertest.Options{Width: 360, Height: 740, NoScript: true})
	click := func(selector, arrives string) {
		t.Helper()
		browsertest.Eval[any](p, `document.querySelector('`+selector+`').click()`)
		p.WaitURL("to arrive at "+arrives, func(url string) bool { return strings.HasPrefix(url, base+arrives) })
	}
	unread := func(want int) {
		t.Helper()
		if n, err := db.Unread(t.Context(), "zoe"); err != nil || n != want {
			t.Errorf("%d are unread, %v, want %d", n, err, want)
		}
	}
	unread(3)
	p.Go(base + "/mes-notifications")
	click(".notices .unread button[name=go]", "/mes-notifications/choix")
	unread(2)
	browsertest.Eval[any](p, `document.querySelector('input[name=mandates][value=daily]').click()`)
	click("main form button", "/mes-notifications/choix?enregistre=1")
	if c, err := db.Choices(t.Context(), "zoe"); err != nil || c.Of(notice.Mandates) != notice.Daily {
		t.Errorf("chosen: %v, %v", c, err)
	}
	p.Go(base + "/mes-notifications")
	browsertest.Eval[any](p, `document.querySelector('main > .actions button').click()`)
	p.WaitFor("all to be read", `!document.querySelector('.notices .unread')`)
	unread(0)
}
