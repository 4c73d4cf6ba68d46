package cli

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"bassin/internal/people"
)

// Whoever coordinates a territory gives mandates to those they see, and to whoever's
// address they know; an id alone opens nobody's page. Handing over one's own mandate
// leads to a page that one may still read.
func TestAnIdAloneOpensNobodysPage(t *testing.T) {
	s := open(t, nil)
	base := serving(t, s)
	ada := seat(t, s, people.Person{ID: "ada", Name: "Ada", Email: "ada@example.fr"}, true, people.Mandate{ID: "hers", Role: people.Coordinator, Scope: inside})
	bob := seat(t, s, people.Person{ID: "bob", Name: "Bob Ailleurs", Email: "bob@example.fr"}, true, people.Mandate{Role: people.Administrator})
	give := func(who string) (reply, string) {
		return send(t, ada, http.MethodPost, base+"/administration/mandats/donner", url.Values{"personne": {who}, "role": {"observer"}, "ou": {inside.String()}})
	}
	r, page := give("bob")
	if r.StatusCode != http.StatusForbidden || strings.Contains(page, "Bob") {
		t.Errorf("by an id: %d", r.StatusCode)
	}
	for _, id := range []string{"bob", "nobody"} {
		if r, page := send(t, ada, http.MethodGet, base+"/administration/mandats/donner?personne="+id, nil); r.StatusCode != http.StatusForbidden || strings.Contains(page, "Bob") {
			t.Errorf("the form for %s: %d", id, r.StatusCode)
		}
	}
	if r, page := give("bob@example.fr"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("by an address: %d %.1500s", r.StatusCode, page)
	}

	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	held, err := s.db.MandatesOf(t.Context(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range held {
		if m.Role != people.Administrator {
			continue
		}
		r, page := send(t, bob, http.MethodPost, base+"/administration/mandats/"+m.ID+"/transmettre", url.Values{"personne": {"ada"}, "from": {time.Now().In(paris).Format(time.DateOnly)}, "version": {strconv.FormatInt(m.Version, 10)}})
		if r.StatusCode != http.StatusSeeOther {
			t.Fatalf("handing over: %d %.1500s", r.StatusCode, page)
		}
		if r, _ := send(t, bob, http.MethodGet, base+r.Header.Get("Location"), nil); r.StatusCode != http.StatusOK {
			t.Errorf("after handing over, %s: %d", r.Header.Get("Location"), r.StatusCode)
		}
	}
}
