package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/people"
	"bassin/internal/territory"
)

func TestWhoDoesWhatIsSaidInPublic(t *testing.T) {
	s := open(t, nil)
	base := serving(t, s)
	visitor := &http.Client{}
	read := func(path string) string {
		t.Helper()
		if err := s.edition.refresh(t.Context()); err != nil { // what each server does every two seconds
			t.Fatal(err)
		}
		r, page := fetch(t, visitor, base+path)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", path, r.StatusCode)
		}
		return page
	}
	basin := people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22113"})
	if strings.Contains(read("/commune/22113"), `id="qui-fait-quoi"`) {
		t.Error("a section without mandates")
	}
	seat(t, s, people.Person{ID: "zoe", Name: "Zoé <Martin>", Email: "zoe@example.fr"}, false)
	seat(t, s, people.Person{ID: "ali", Name: "Ali B.", Email: "ali@example.fr"}, false)
	rules := &people.Mandates{Store: s.db, Now: time.Now, Zone: time.UTC}
	var coordinator people.Mandate
	for _, g := range []people.Grant{
		{Person: "zoe", Role: people.Coordinator, Scope: basin, From: "2026-01-01", Act: "Délibération 12", ActHref: "https://example.fr/acte"},
		{Person: "ali", Role: people.Mediator, Scope: basin},
		{Person: "ali", Role: people.Administrator, Scope: people.Everywhere},
	} {
		m, err := rules.GiveAs(t.Context(), audit.System, "", g)
		if err != nil {
			t.Fatal(err)
		}
		if m.Role == people.Coordinator {
			coordinator = m
		}
	}
	for _, path := range []string{"/commune/22113", "/bv/22113", "/en/commune/22113", "/qui-fait-quoi?territoire=commune:22113", "/en/who-does-what?territoire=bv:22113"} {
		page := read(path)
		for _, want := range []string{"Zoé &lt;Martin&gt;", "https://example.fr/acte"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s does not say %s", path, want)
			}
		}
		if strings.Contains(page, "Ali B.") {
			t.Errorf("%s names a mediator", path)
		}
	}
	for _, path := range []string{"/dep/22", "/commune/2A004", "/qui-fait-quoi"} {
		if strings.Contains(read(path), "Zoé") {
			t.Errorf("%s names the coordinator of a basin that does not hold it", path)
		}
	}
	root := &people.Actor{Person: people.Person{ID: "ali"}, Session: people.Session{Strong: true}, Mandates: []people.Mandate{{Role: people.Administrator}}}
	yesterday := people.DateOf(time.Now().AddDate(0, 0, -1), time.UTC)
	if _, err := rules.End(t.Context(), root, coordinator.ID, 1, yesterday, ""); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(read("/commune/22113"), "Zoé") {
		t.Error("a kept page goes on naming somebody whose mandate ended")
	}
	if page := read("/qui-fait-quoi?territoire=bv:22113"); !strings.Contains(page, "Zoé") {
		t.Error("past mandates are not readable")
	}
	if err := s.db.Erase(t.Context(), audit.Person("zoe"), "zoe"); err != nil {
		t.Fatal(err)
	}
	if page := read("/qui-fait-quoi?territoire=bv:22113"); strings.Contains(page, "Zoé") || !strings.Contains(page, "effacé") {
		t.Error("an erased person is still named, or their mandate gone")
	}
}
