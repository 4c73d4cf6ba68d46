package cli

import (
	"strings"
	"testing"

	"bassin/internal/browsertest"
	"bassin/internal/people"
)

// Every page of the administration, on a narrow screen without script, in both
// languages and in the dark: nothing that axe finds, nothing beyond the edge.
func TestTheAdministrationIsAccessible(t *testing.T) {
	s := open(t, nil)
	base := serving(t, s)
	w := &world{t: t, s: s}
	w.prepare()
	ada := w.mandate(people.Administrator, people.Everywhere)
	m := w.mandate(people.Mediator, inside)
	w.dead()
	token := people.NewToken()
	w.change(func(tx people.Tx) error {
		return tx.PutSession(people.Session{ID: people.NewID(), Person: ada.Person, TokenHash: people.HashToken(token), Method: "password", Strong: true, CreatedAt: tx.Now(), SeenAt: tx.Now(), ExpiresAt: tx.Now().AddDate(1, 0, 0)})
	})
	for _, o := range []browsertest.Options{{Width: 360, NoScript: true}, {Width: 1200, Dark: true}} {
		p := browsertest.New(t, o)
		p.Cookie(base, "bassin_session", token)
		for _, path := range []string{
			"/administration", "/en/administration", "/administration/personnes", "/administration/personnes/" + m.Person, "/administration/personnes/" + m.Person + "/effacer",
			"/administration/mandats", "/administration/mandats/" + m.ID, "/administration/mandats/donner?personne=" + m.Person + "&role=observer", "/en/administration/mandates/give?personne=" + m.Person + "&role=observer&ou=bv:22266",
			"/administration/mandats/" + m.ID + "/terminer", "/administration/reglages", "/administration/reglages/installation", "/administration/reglages/conservation",
			"/administration/envois", "/administration/taches", "/administration/journal", "/administration/journal/1", "/en/administration/record/check", "/administration/donnees", "/administration/sante",
		} {
			p.Go(base + path)
			if strings.Contains(p.URL(), "/connexion") {
				t.Fatalf("%s: the session is not known", path)
			}
			for _, v := range p.Axe() {
				t.Errorf("%s (%s): %s", path, o, v)
			}
			if px, who := p.Overflow(); px > 0 {
				t.Errorf("%s (%s): %d pixels beyond the edge: %s", path, o, px, who)
			}
		}
	}
}
