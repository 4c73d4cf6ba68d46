package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"bassin/internal/i18n"
	"bassin/internal/web/assets"
)

// testKit makes a renderer on the real catalogue, with assets of its own so that
// the tests do not need the asset build.
func testKit(t testing.TB, more ...Templates) *Renderer {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	a, err := assets.LoadFS(fstest.MapFS{
		"site.css": {Data: []byte("body{color:red}" + strings.Repeat("/* long */", 200))}, "site.js": {Data: []byte("let a")},
	})
	if err != nil {
		t.Fatal(err)
	}
	k, err := New(Config{
		Site: Always(Site{Name: "Bassin", Version: "1"}), Catalog: c, Assets: a, Templates: more, Log: slog.New(slog.DiscardHandler),
		Nav: []Link{{"web.nav.map", "/carte"}, {"web.nav.data", "/donnees"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// site is the kit with a few routes behind the whole middleware.
func site(t testing.TB, k *Renderer, routes ...Route) http.Handler {
	t.Helper()
	rt, err := k.Router(append(k.Routes(), routes...))
	if err != nil {
		t.Fatal(err)
	}
	return k.Stack(rt, NewMetrics(), time.Now, Limits{})
}

func get(h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestDesignPageInBothLanguages(t *testing.T) {
	h := site(t, testKit(t))
	for target, want := range map[string]string{"/design": `<html lang="fr">`, "/en/design": `<html lang="en">`} {
		w := get(h, target)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: status %d, no %s", target, w.Code, want)
		}
		if strings.Contains(w.Body.String(), "⟦") {
			t.Errorf("%s shows a key that is not in the catalogue", target)
		}
	}
}
