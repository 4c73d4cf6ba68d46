package cli

import (
	"net/http"
	"strings"
	"testing"

	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/people"
)

// Whoever signs in through a provider that tells their SIRET speaks for that body, and
// for no other; by another way in, for none.
func TestAnAgentsSIRETVerifiesTheOrganisation(t *testing.T) {
	provider, s, base := withProvider(t)
	body, err := s.db.CreateOrganisation(t.Context(), audit.System, people.Organisation{Kind: people.KindAssociation, Name: "Le Cap Essai", SIREN: "443157722", SIRET: "44315772200010", State: people.OrganisationActive})
	if err != nil {
		t.Fatal(err)
	}
	adds(t, s, "Agathe", "agathe@example.fr")
	first := comes(t, base)
	first.signsIn("agathe@example.fr", goodPassword)
	first.post("/mon-compte/fournisseur/essai", "present", goodPassword).sees(http.StatusOK, "Aller chez le fournisseur")
	href, _ := first.doc().Find("main a[href^='" + provider.Issuer + "']").Attr("href")
	first.get(provider.Consent(t, href, "agathe").RequestURI()).sees(http.StatusOK, "Le compte extérieur est lié.")
	v := leaves(comes(t, base), provider, "/connexion/fournisseur/essai", "agathe")
	v.get("/mes-logiciels").sees(http.StatusOK, "Le Cap Essai")
	v.get("/communs/sill-2/utiliser").sees(http.StatusOK, "Le Cap Essai")
	v.post("/communs/sill-2/utiliser", "organisation", body.ID, "since", "2024", "use", "Le courrier").sees(http.StatusOK, "L’usage est vérifié, pour un an.")
	v.post("/communs/sill-2/utiliser", "organisation", "commune-22266").sees(http.StatusForbidden)
	comes(t, base).get("/communs/sill-2").sees(http.StatusOK, "Le Cap Essai", "Vérifié")

	password := comes(t, base)
	password.signsIn("agathe@example.fr", goodPassword)
	password.post("/communs/sill-2/utiliser", "organisation", body.ID).sees(http.StatusForbidden)
}

// An organisation says all that it uses by the pages, without a script: ticked, pasted,
// corrected, all or nothing; then one use is ended, and taken back.
func TestAnInventoryIsDeclaredByItsPages(t *testing.T) {
	s := open(t, nil)
	at := serving(t, s)
	director := seat(t, s, people.Person{ID: "dsi", Name: "Ada Dsi", Email: "dsi@example.fr"}, false, people.Mandate{Role: people.Signatory, Scope: people.In("commune-22266")})
	passer := seat(t, s, people.Person{ID: "passe", Name: "Bob Passe", Email: "passe@example.fr"}, false, people.Mandate{Role: people.Signatory, Scope: people.In("commune-22113")})
	const page = "/mes-logiciels/commune-22266"
	get := func(c *http.Client, path string, want int, texts ...string) string {
		t.Helper()
		r, body := fetch(t, c, at+path)
		if r.StatusCode != want {
			t.Fatalf("GET %s: %d, want %d\n%s", path, r.StatusCode, want, mainOf(body))
		}
		for _, text := range texts {
			if !strings.Contains(body, text) {
				t.Errorf("GET %s: %q is missing of %s", path, text, mainOf(body))
			}
		}
		return body
	}
	post := func(c *http.Client, path string, want int, pairs ...string) (string, string) {
		t.Helper()
		r, body := send(t, c, http.MethodPost, at+path, form(pairs...))
		if r.StatusCode != want {
			t.Fatalf("POST %s: %d, want %d\n%s", path, r.StatusCode, want, mainOf(body))
		}
		return strings.TrimPrefix(r.Header.Get("Location"), at), body
	}
	get(passer, page, http.StatusForbidden)
	get(director, page, http.StatusOK, "Recommandés par l’État", `value="sill-2"`)
	_, body := post(director, page, http.StatusOK, "etape", "lire", "pris", "sill-2", "inventaire", "Logiciel;Version;Depuis\nGLPI;10;hier\nLibre Office;7.6;\nxyzzy plugh;;\n")
	for _, text := range []string{"3 sur 4 trouvés", `value="GLPI"`, `value="hier"`, "LibreOffice"} {
		if !strings.Contains(body, text) {
			t.Errorf("%q is missing of %s", text, mainOf(body))
		}
	}
	lines := []string{"nom.0", "Acceleo", "fiche.0", "sill-2", "nom.1", "GLPI", "fiche.1", "sill-67", "depuis.1", "hier", "nom.2", "xyzzy", "fiche.2", ""}
	used := func() []commons.Adoption {
		t.Helper()
		list, err := s.db.Adoptions(t.Context(), commons.AdoptionFilter{Organisations: []string{"commune-22266"}})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	post(director, page, http.StatusUnprocessableEntity, append(lines, "etape", "declarer")...) // unconfirmed
	_, body = post(director, page, http.StatusUnprocessableEntity, append(lines, "etape", "declarer", "confirme", "oui")...)
	if !strings.Contains(body, "n’est pas une date") || len(used()) != 0 {
		t.Errorf("a wrong day is let through, or a part was declared: %v", used())
	}
	lines[9] = "2019-05"
	post(passer, page, http.StatusForbidden, append(lines, "etape", "declarer", "confirme", "oui")...)
	to, _ := post(director, page, http.StatusSeeOther, append(lines, "etape", "declarer", "confirme", "oui")...)
	list := used()
	if len(list) != 2 {
		t.Fatalf("declared: %+v", list)
	}
	get(director, to, http.StatusOK, "2 usages déclarés", "mai 2019")
	get(stays, "/communs?tri=used&utilise-par=commune", http.StatusOK, "Acceleo")
	get(stays, "/usages?territoire=bv:22266", http.StatusOK, "Utilisés ici", "Acceleo", "Commune de Rostrenen")
	get(stays, "/en/uses?territoire=dep:22", http.StatusOK, "Used here", "Acceleo")
	get(stays, "/usages?territoire=bv:nulle", http.StatusNotFound)
	get(stays, "/organisations/commune-22266", http.StatusOK, "Les communs qu’elle utilise")
	get(stays, "/communs/sill-2", http.StatusOK, "Côtes-d&#39;Armor")
	if csv := get(stays, "/communs/sill-2/usages/csv", http.StatusOK, "commune-22266;Commune de Rostrenen", ";verified;"); strings.Count(csv, "\n") != 2 {
		t.Errorf("the export: %s", csv)
	}
	one := "/usages/" + list[0].ID
	get(passer, one, http.StatusOK)
	post(passer, one+"/terminer", http.StatusForbidden, "ended_on", string(list[0].VerifiedOn), "reason", "Non")
	_, body = post(director, one+"/terminer", http.StatusUnprocessableEntity, "ended_on", "demain", "reason", "Trop lent")
	if !strings.Contains(body, "Trop lent") {
		t.Error("the reason that was typed is lost")
	}
	to, _ = post(director, one+"/terminer", http.StatusSeeOther, "ended_on", string(list[0].VerifiedOn), "reason", "Trop lent")
	get(director, to, http.StatusOK, "Trop lent", "Revenir en arrière")
	get(stays, "/organisations/commune-22266/communs", http.StatusOK, "Utilisés autrefois", "Trop lent")
	to, _ = post(director, one+"/reprendre", http.StatusSeeOther)
	get(director, to, http.StatusOK, "L’usage reprend.")
}
