package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/audit"
	"bassin/internal/job"
	"bassin/internal/people"
	"bassin/internal/territory"
)

// table reads the rows of a table of a page, cell by cell, and where the cells lead.
func table(t *testing.T, page, selector string) (cells, hrefs [][]string) {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range doc.Find(selector + " tbody tr").EachIter() {
		var texts, to []string
		for _, cell := range row.Find("th, td").EachIter() {
			texts = append(texts, cell.Text())
			to = append(to, cell.Find("a").AttrOr("href", ""))
		}
		cells, hrefs = append(cells, texts), append(hrefs, to)
	}
	return cells, hrefs
}

// The record says in words whose mandate it was and where, and what was done from the
// console of the server.
func TestTheRecordIsInWords(t *testing.T) {
	s := open(t, nil)
	base := serving(t, s)
	root := seat(t, s, people.Person{ID: "root", Name: "Rosa Root", Email: "root@example.fr"}, true, people.Mandate{Role: people.Administrator})
	seat(t, s, people.Person{ID: "zoe", Name: "Zoé Martin", Email: "zoe@example.fr"}, false)
	rules := &people.Mandates{Store: s.db, Now: time.Now, Zone: time.UTC}
	basin := people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22113"})
	m, err := rules.GiveAs(t.Context(), audit.Console("user grant"), "", people.Grant{Person: "zoe", Role: people.Coordinator, Scope: basin})
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.db.CreateOrganisation(t.Context(), audit.Person("root"), people.Organisation{Kind: people.KindAssociation, Name: "Radio Cap", State: people.OrganisationActive, CreatedAt: time.Now(), Territories: []territory.ID{basin.Territory}})
	if err != nil {
		t.Fatal(err)
	}
	read := func(path string) string {
		t.Helper()
		r, page := fetch(t, root, base+path)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s answers %d", path, r.StatusCode)
		}
		return page
	}
	for path, want := range map[string]struct{ who, what, said, to string }{
		"/administration/journal?quoi=mandate":      {"La console du serveur (commande bassin user grant)", "Mandat donné", "Mandat : coordinateur ou coordinatrice, Zoé Martin, le bassin de vie de Lannion", "/administration/mandats/" + m.ID},
		"/en/administration/record?quoi=mandate":    {"The server’s console (command bassin user grant)", "Mandate given", "Mandate: coordinator, Zoé Martin, the living basin of Lannion", "/en/administration/mandates/" + m.ID},
		"/administration/journal?quoi=organisation": {"Rosa Root", "Organisation ajoutée", "Organisation : Radio Cap", "/organisations/" + o.ID},
	} {
		cells, hrefs := table(t, read(path), "#journal")
		if len(cells) != 1 || cells[0][1] != want.who || cells[0][2] != want.what || plain(cells[0][3]) != want.said || hrefs[0][3] != want.to {
			t.Errorf("%s: %q, to %q; want %+v", path, cells, hrefs, want)
		}
	}
	rows, err := s.db.Find(t.Context(), audit.Filter{Subject: m.Subject(), Limit: 1})
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	page := read(fmt.Sprintf("/administration/journal/%d", rows[0].Seq))
	for _, want := range []string{"commande bassin user grant", "Zoé Martin", `href="/administration/mandats/` + m.ID + `"`, `href="/administration/journal?sur=` + url.QueryEscape(m.Subject()) + `"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the row does not say %s", want)
		}
	}
	if file := read("/administration/journal/csv?quoi=mandate"); !strings.Contains(file, "commande bassin user grant") {
		t.Errorf("the file says %s", file)
	}
	if cells, _ := table(t, read("/administration/journal?qui="+url.QueryEscape(string(rows[0].By))), "#journal"); len(cells) != 1 {
		t.Errorf("%d changes are those of the command", len(cells))
	}
	// Once she is erased, so is her name.
	if err := s.db.Erase(t.Context(), audit.Person("root"), "zoe"); err != nil {
		t.Fatal(err)
	}
	if page := read("/administration/journal?quoi=mandate"); strings.Contains(page, "Zoé") || !strings.Contains(page, "oordinateur") {
		t.Error("the record goes on naming somebody who was erased, or forgets the mandate")
	}
}

// plain writes thin and unbreakable spaces as spaces.
func plain(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2019", "’").Replace(s)
}

// What is kept of somebody is shown to them in words, whatever the column.
func TestOnesOwnDataIsInWords(t *testing.T) {
	s := open(t, nil)
	base := serving(t, s)
	o, err := s.db.CreateOrganisation(t.Context(), audit.System, people.Organisation{Kind: people.KindAssociation, Name: "Radio Cap", State: people.OrganisationActive, CreatedAt: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	ada := seat(t, s, people.Person{ID: "ada", Name: "Ada", Email: "ada@example.fr"}, false,
		people.Mandate{Role: people.Signatory, Scope: people.In(o.ID)}, people.Mandate{Role: people.Mediator, Scope: people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22113"})})
	purposes := []string{"device", "second", "setup", "join", "reset", "link", "email", "undo", "ceremony", "depart"}
	kinds := []people.CredentialKind{people.Password, people.TOTP, people.Recovery, people.Passkey, people.External}
	err = s.db.ChangePeople(t.Context(), "fill", func(tx people.Tx) error {
		for _, p := range purposes {
			if err := tx.PutTicket(people.Ticket{TokenHash: "h" + p, Purpose: p, Person: "ada", Data: "{}", CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(time.Hour)}); err != nil {
				return err
			}
		}
		for _, k := range kinds {
			if err := tx.PutCredential(people.Credential{ID: people.NewID(), Person: "ada", Kind: k, Key: "k" + string(k), Data: "{}", CreatedAt: tx.Now()}); err != nil {
				return err
			}
		}
		tx.Record(audit.Entry{By: audit.Person("ada"), Action: "session.open", Subject: "person:ada"}, audit.Entry{By: audit.Person("ada"), Action: "mandate.give", Subject: "mandate:abc123"})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"mail", "notice"} {
		if err := s.db.Leave(t.Context(), job.Event{Kind: kind, Person: "ada", Body: []byte(`{}`)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"/mes-donnees", "/en/my-data"} {
		r, page := fetch(t, ada, base+path)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", path, r.StatusCode)
		}
		raw := map[string]bool{"person:ada": true, "mandate:abc123": true, "session.open": true, "mail": true, "notice": true, "bv:22113": true, people.In(o.ID).String(): true}
		for _, p := range purposes {
			raw[p] = true
		}
		for _, k := range kinds {
			raw[string(k)] = true
		}
		delete(raw, map[string]string{"/en/my-data": "notice"}[path]) // which is its word in English
		delete(raw, map[string]string{"/en/my-data": "password"}[path])
		delete(raw, map[string]string{"/en/my-data": "passkey"}[path])
		text := ""
		for _, name := range []string{"ticket", "credential", "outbox", "mandate", "audit_row"} {
			cells, _ := table(t, page, "#table-"+name)
			if len(cells) < 2 {
				t.Errorf("%s: %d rows of %s", path, len(cells), name)
			}
			for _, row := range cells {
				for _, cell := range row {
					if raw[cell] {
						t.Errorf("%s: %s shows %q as it is kept", path, name, cell)
					}
					text += "\n" + cell
				}
			}
		}
		if !strings.Contains(text, "Radio Cap") || !strings.Contains(text, "Lannion") {
			t.Errorf("%s does not say where mandates hold: %s", path, text)
		}
	}
}
