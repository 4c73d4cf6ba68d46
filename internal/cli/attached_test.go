package cli

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bassin/internal/people"
	"bassin/internal/territory"
)

// The act of a mandate is given by those who may give the mandate, and read by those who
// may know of it: everybody for a public one. Others learn not even that it exists.
func TestActsOfMandates(t *testing.T) {
	s := open(t, nil)
	base := serving(t, s)
	basin := people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22113"})
	other := people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22266"})
	root := seat(t, s, people.Person{ID: "root", Name: "Root", Email: "root@example.fr"}, true, people.Mandate{Role: people.Administrator})
	ada := seat(t, s, people.Person{ID: "ada", Name: "Ada", Email: "ada@example.fr"}, false, people.Mandate{Role: people.Coordinator, Scope: basin})
	far := seat(t, s, people.Person{ID: "far", Name: "Far", Email: "far@example.fr"}, false, people.Mandate{Role: people.Coordinator, Scope: other})
	mia := seat(t, s, people.Person{ID: "mia", Name: "Mia", Email: "mia@example.fr"}, false)
	visitor := &http.Client{}
	give := func(role people.Role) people.Mandate {
		m := people.Mandate{ID: people.NewID(), Person: "mia", Role: role, Scope: basin, From: "2026-01-01", CreatedAt: time.Now(), Version: 1}
		if err := s.db.ChangePeople(t.Context(), "give", func(tx people.Tx) error { return tx.AddMandate(m) }); err != nil {
			t.Fatal(err)
		}
		return m
	}
	send := func(c *http.Client, m people.Mandate) int {
		t.Helper()
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		part, err := w.CreateFormFile("file", "deliberation.txt")
		if err == nil {
			_, err = part.Write([]byte("Le conseil décide"))
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/administration/mandats/"+m.ID+"/acte", &b)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", w.FormDataContentType())
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		res, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	for _, c := range []struct {
		role   people.Role
		public bool
	}{{people.Member, true}, {people.Mediator, false}} {
		m := give(c.role)
		if got := send(far, m); got != http.StatusForbidden {
			t.Errorf("%s: a coordinator of elsewhere attaches an act: %d", c.role, got)
		}
		if got := send(ada, m); got != http.StatusSeeOther {
			t.Fatalf("%s: the coordinator attaches its act: %d", c.role, got)
		}
		all, err := s.media.Of(t.Context(), m.Subject())
		if err != nil || len(all) != 1 || all[0].Public != c.public {
			t.Fatalf("%s: %+v, %v", c.role, all, err)
		}
		file := "/fichiers/" + url.PathEscape(all[0].ID) + "/deliberation.txt"
		for name, x := range map[string]struct {
			client *http.Client
			may    bool
		}{"an administrator": {root, true}, "its coordinator": {ada, true}, "its holder": {mia, true}, "a coordinator of elsewhere": {far, c.public}, "a visitor": {visitor, c.public}} {
			r, body := fetch(t, x.client, base+file)
			if x.may && (r.StatusCode != http.StatusOK || body != "Le conseil décide") || !x.may && r.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s gets %d", c.role, name, r.StatusCode)
			}
		}
		if _, page := fetch(t, ada, base+"/administration/mandats/"+m.ID); !strings.Contains(page, file) {
			t.Errorf("%s: its page does not offer the act", c.role)
		}
		if err := s.edition.refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/qui-fait-quoi?territoire=bv:22113", "/en/who-does-what?territoire=bv:22113"} {
			if _, page := fetch(t, visitor, base+path); strings.Contains(page, `href="`+file+`"`) != c.public {
				t.Errorf("%s: %s offers the act: %v", c.role, path, !c.public)
			}
		}
	}
}
