package cli

import (
	"encoding/csv"
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"bassin/internal/people"
)

// A proposal goes from who writes it to who reviews it, is published, found, corrected
// by two at once, retired and merged: by the pages, without a script.
func TestAnEntryLivesByItsPages(t *testing.T) {
	s := open(t, nil)
	at := serving(t, s)
	member := seat(t, s, people.Person{ID: "ecrit", Name: "Awa Écrit", Email: "ecrit@example.fr"}, false, people.Mandate{Role: people.Observer, Scope: here})
	coordinator := seat(t, s, people.Person{ID: "relit", Name: "Léo Relit", Email: "relit@example.fr"}, false, people.Mandate{Role: people.Coordinator, Scope: here})
	stranger := seat(t, s, people.Person{ID: "passe", Name: "Ada Passe", Email: "passe@example.fr"}, false, people.Mandate{Role: people.Coordinator, Scope: outside})
	visitor := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(c *http.Client, path string, want int) string {
		t.Helper()
		r, body := fetch(t, c, at+path)
		if r.StatusCode != want {
			t.Fatalf("GET %s: %d, want %d", path, r.StatusCode, want)
		}
		return body
	}
	post := func(c *http.Client, path string, want int, pairs ...string) (to, body string) {
		t.Helper()
		r, body := send(t, c, http.MethodPost, at+path, form(pairs...))
		if r.StatusCode != want {
			t.Fatalf("POST %s: %d, want %d\n%s", path, r.StatusCode, want, mainOf(body))
		}
		to, _, _ = strings.Cut(r.Header.Get("Location"), "?")
		return strings.TrimPrefix(to, at), body
	}
	version := regexp.MustCompile(`name="version" value="(\d+)"`)
	versionIn := func(body string) string {
		t.Helper()
		m := version.FindStringSubmatch(body)
		if m == nil {
			t.Fatal("the form holds no version")
		}
		return m[1]
	}
	holds := func(body string, texts ...string) {
		t.Helper()
		for _, text := range texts {
			if !strings.Contains(body, text) {
				t.Errorf("%q is missing of %s", text, mainOf(body))
			}
		}
	}

	// What is missing is said, and nothing typed is lost.
	_, body := post(member, "/proposer/software", http.StatusUnprocessableEntity, "title", "Ariane Courrier", "licence", "libre", "envoyer", "1")
	holds(body, "Ariane Courrier", "liste SPDX")
	sheet := []string{"title", "Ariane Courrier", "summary", "Gérer le courrier reçu en mairie.", "licence", "agpl-3.0-or-later", "home", here.Territory.String(), "territories", "Rostrenen"}
	proposal, _ := post(member, "/proposer/software", http.StatusSeeOther, append(sheet, "garder", "1")...)
	if strings.Contains(get(coordinator, "/propositions/a-relire", http.StatusOK), "Ariane") {
		t.Error("a draft is shown to moderators")
	}
	get(coordinator, proposal, http.StatusNotFound)
	v := versionIn(get(member, proposal+"/modifier", http.StatusOK))
	post(member, proposal+"/modifier", http.StatusSeeOther, append(sheet, "version", v, "note", "Très utile chez nous.", "envoyer", "1")...)
	get(stranger, proposal, http.StatusNotFound)
	holds(get(coordinator, "/propositions/a-relire", http.StatusOK), "Ariane Courrier", "Awa Écrit")
	body = get(coordinator, proposal, http.StatusOK)
	holds(body, "Très utile chez nous.", "AGPL-3.0-or-later")
	if strings.Contains(get(visitor, "/communs?q=ariane+courrier", http.StatusOK), "reçu en mairie") {
		t.Error("what is not reviewed is found")
	}
	_, refused := post(coordinator, proposal+"/decider", http.StatusConflict, "version", versionIn(body), "refuser", "1")
	holds(refused, "Dites pourquoi")
	entry, _ := post(coordinator, proposal+"/decider", http.StatusSeeOther, "version", versionIn(body), "publier", "1")
	holds(get(visitor, "/communs?q=arianne+courier", http.StatusOK), entry)
	holds(get(visitor, "/communs?type=software&territoire="+url.QueryEscape(here.Territory.String()), http.StatusOK), "Ariane Courrier")
	holds(get(visitor, entry, http.StatusOK), "Gérer le courrier reçu en mairie.", "Rostrenen")
	holds(get(visitor, "/en/commons/"+strings.TrimPrefix(entry, "/communs/"), http.StatusOK), "Usable outside the State")

	// Two correct the same words: the moderator sees both and chooses.
	base := versionIn(get(member, entry+"/modifier", http.StatusOK))
	second, _ := post(member, entry+"/modifier", http.StatusSeeOther, append(sheet, "version", base, "summary", "Suivre le courrier.", "envoyer", "1")...)
	post(coordinator, entry+"/modifier", http.StatusSeeOther, append(sheet, "version", base, "summary", "Gérer le courrier d’une mairie.", "envoyer", "1")...)
	v = versionIn(get(coordinator, second, http.StatusOK))
	_, body = post(coordinator, second+"/decider", http.StatusConflict, "version", v, "publier", "1")
	holds(body, "Suivre le courrier.", "Gérer le courrier d’une mairie.", `name="pick.summary"`)
	post(coordinator, second+"/decider", http.StatusSeeOther, "version", v, "publier", "1", "pick.summary", "theirs")
	holds(get(visitor, entry, http.StatusOK), "Gérer le courrier d’une mairie.")
	holds(get(visitor, entry+"/versions", http.StatusOK), "<del>Gérer le courrier reçu en mairie.</del>", "<ins>Gérer le courrier d’une mairie.</ins>")

	// Two that are one.
	other, _ := post(coordinator, "/proposer/software", http.StatusSeeOther, "title", "Ariane", "summary", "Courrier.", "website", "https://ariane.example.fr", "home", here.Territory.String(), "envoyer", "1")
	post(coordinator, other+"/reunir", http.StatusSeeOther, "version", versionIn(get(coordinator, other+"/gerer", http.StatusOK)), "kept", at+entry)
	r, _ := fetch(t, member, at+other)
	if to := r.Header.Get("Location"); r.StatusCode != http.StatusFound || !strings.HasPrefix(to, entry) {
		t.Errorf("a merged entry answers %d to %s", r.StatusCode, to)
	}
	holds(get(visitor, entry, http.StatusOK), "ariane.example.fr")

	// Feeds and tables are read by others.
	var feed struct {
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(get(visitor, "/communs/flux?q=ariane", http.StatusOK)), &feed); err != nil || len(feed.Entries) != 1 || !strings.HasSuffix(feed.Entries[0].ID, entry) {
		t.Errorf("the feed is %+v, %v", feed, err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(get(visitor, "/communs/csv?q=ariane", http.StatusOK), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Errorf("the table holds %d rows, %v", len(rows), err)
	}

	// Retired, it stays readable and is not found any more.
	post(coordinator, entry+"/retirer", http.StatusUnprocessableEntity, "version", versionIn(get(coordinator, entry+"/gerer", http.StatusOK)))
	post(coordinator, entry+"/retirer", http.StatusSeeOther, "version", versionIn(get(coordinator, entry+"/gerer", http.StatusOK)), "reason", "Plus entretenu.")
	holds(get(visitor, entry, http.StatusOK), "Plus entretenu.")
	if strings.Contains(get(visitor, "/communs?q=ariane+courrier", http.StatusOK), entry) {
		t.Error("what is retired is found")
	}
	post(coordinator, entry+"/rouvrir", http.StatusSeeOther, "version", versionIn(get(coordinator, entry+"/gerer", http.StatusOK)))
	holds(get(visitor, "/communs?q=ariane+courrier", http.StatusOK), entry)
}
