package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bassin/internal/people"
)

// An experiment is told with its measures, taken up elsewhere, and its page shows what
// came of it: by the pages, without a script.
func TestAnExperimentIsToldAndTakenUp(t *testing.T) {
	s := open(t, nil)
	at := serving(t, s)
	coordinator := seat(t, s, people.Person{ID: "relit", Name: "Léo Relit", Email: "relit@example.fr"}, false, people.Mandate{Role: people.Coordinator, Scope: here})
	visitor := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	send := func(path string, want int, pairs ...string) (to, body string) {
		t.Helper()
		r, body := send(t, coordinator, http.MethodPost, at+path, form(pairs...))
		if r.StatusCode != want {
			t.Fatalf("POST %s: %d, want %d\n%s", path, r.StatusCode, want, mainOf(body))
		}
		to, _, _ = strings.Cut(r.Header.Get("Location"), "?")
		return strings.TrimPrefix(to, at), body
	}
	page := func(path string, texts ...string) {
		t.Helper()
		r, body := fetch(t, visitor, at+path)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("GET %s: %d", path, r.StatusCode)
		}
		for _, text := range texts {
			if !strings.Contains(body, text) {
				t.Errorf("%s lacks %q: %s", path, text, mainOf(body))
			}
		}
	}
	publish := func(kind string, pairs ...string) string {
		t.Helper()
		to, _ := send("/proposer/"+kind, http.StatusSeeOther, append([]string{"home", here.Territory.String(), "summary", "Un essai.", "envoyer", "1"}, pairs...)...)
		return to
	}

	// More rows are asked for: nothing is kept, nothing typed is lost.
	sheet := []string{"title", "Permanences au marché", "territories", here.Territory.String(), "failures", "Le jeudi soir n’a vu personne.",
		"measures.0.indicator", "ftth", "measures.0.before", "61,5", "measures.0.after", "83,2", "measures.0.from", "2023", "measures.0.to", "2025-06"}
	_, body := send("/proposer/experiment", http.StatusOK, append(sheet, "lignes", "1", "measures.1.indicator", "", "measures.1.before", "12")...)
	for _, text := range []string{"61,5", "Permanences au marché", `value="12"`, `name="measures.4.indicator"`} {
		if !strings.Contains(body, text) {
			t.Errorf("with more rows, %q is lost", text)
		}
	}
	_, body = send("/proposer/experiment", http.StatusUnprocessableEntity, append(sheet, "summary", "x", "measures.1.indicator", "", "measures.1.after", "12", "envoyer", "1")...)
	if !strings.Contains(body, "Mesure 2") || !strings.Contains(body, `value="12"`) {
		t.Errorf("a measure without indicator: %s", mainOf(body))
	}
	_, body = send("/proposer/experiment", http.StatusUnprocessableEntity, "title", "x", "summary", "x", "measures.0.indicator", "ftth", "measures.0.before", "beaucoup", "envoyer", "1")
	if !strings.Contains(body, "beaucoup") {
		t.Error("a number that is none is lost")
	}

	need := publish("need", "title", "Aider sans rendez-vous")
	first := publish("experiment", append(sheet, "answers", need)...)
	second := publish("experiment", "title", "Le bus des démarches", "adapted_from", at+first, "held", "partly", "territories", outside.Territory.String(), "results", "Tient les jours de marché.")
	page(first, "61,5", "83,2", "21,7 points de plus, en mieux", "Chiffre publié", "Le jeudi soir", // its measures, and what did not work
		"Répond au besoin", need, "Adapté dans", second, "A tenu en partie", "Tient les jours de marché.")
	page(second, "Adapté de", first)
	page(need, "A pour réponse", first)
	for from, to := range map[string]string{"/experimentations?theme=health": "/communs?theme=health&type=experiment", "/en/needs": "/en/commons?type=need"} {
		if r, _ := fetch(t, visitor, at+from); r.Header.Get("Location") != to {
			t.Errorf("%s leads to %s", from, r.Header.Get("Location"))
		}
	}
	page("/communs?type=need", "Aider sans rendez-vous")

	// What is given follows the national schema, and names nobody.
	publish("experiment", "title", "Une salle", "territories", "bv:22266", "phase", "study", "phase_status", "late", "budget", "1200", "begun_on", "2025-03-01", "contact_role", "Service des mobilités")
	r, given := fetch(t, visitor, at+"/experimentations/projets-territoire.json")
	var export map[string][]map[string]any
	if err := json.Unmarshal([]byte(given), &export); err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%d, %v: %s", r.StatusCode, err, given)
	}
	if len(export["projets-territoire"]) != 3 || strings.Contains(given, "Léo Relit") || strings.Contains(given, "Service des mobilités") {
		t.Errorf("the export is %s", given)
	}
	known := map[any]bool{}
	for _, c := range export["collectivites"] {
		known[c["id"]] = true
	}
	for name, rows := range export {
		for _, wrong := range against(t, name, rows) {
			t.Errorf("%s: %s", name, wrong)
		}
	}
	for _, x := range export["projets-territoire"] {
		if x["nom"] == "Une salle" && (x["phase"] != "Étude" || x["phaseStatut"] != "En retard" || x["budgetPrevisionnel"] != 1200.0 || x["dateDebutPrevisionnelle"] != "2025-03-01" || len(x["collectiviteIds"].([]any)) < 5) {
			t.Errorf("a bassin de vie is given as %v", x)
		}
		for _, id := range x["collectiviteIds"].([]any) {
			if !known[id] {
				t.Errorf("%v is no collectivité of the export", id)
			}
		}
	}
	for name, rows := range map[string]int{"projets-territoire": 3, "collectivites": len(known)} {
		_, text := fetch(t, visitor, at+"/experimentations/"+name+".csv")
		c := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
		c.Comma = ';'
		if all, err := c.ReadAll(); err != nil || len(all) != rows+1 {
			t.Errorf("%s.csv has %d lines, %v", name, len(all), err)
		}
	}
}

// against says what rows have that a table schema of testdata refuses.
func against(t *testing.T, name string, rows []map[string]any) (wrong []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + "-0.1.0.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Fields []struct {
			Name, Type, Format string
			Constraints        struct {
				Required bool
				Pattern  string
				Enum     []any
			}
		}
	}
	if err := json.Unmarshal(text, &schema); err != nil || len(schema.Fields) < 10 {
		t.Fatalf("%d fields, %v", len(schema.Fields), err)
	}
	uuid := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	for i, row := range rows {
		left := maps.Clone(row)
		for _, f := range schema.Fields {
			v, there := left[f.Name]
			delete(left, f.Name)
			if !there {
				if f.Constraints.Required {
					wrong = append(wrong, fmt.Sprintf("row %d lacks %s", i, f.Name))
				}
				continue
			}
			text, isText := v.(string)
			n, isNumber := v.(float64)
			_, isList := v.([]any)
			if ok := map[string]bool{"string": isText, "integer": isNumber && n == float64(int64(n)), "array": isList}[f.Type]; !ok ||
				f.Format == "uuid" && !uuid.MatchString(text) || f.Constraints.Pattern != "" && !regexp.MustCompile(f.Constraints.Pattern).MatchString(text) ||
				len(f.Constraints.Enum) > 0 && !slices.Contains(f.Constraints.Enum, v) {
				wrong = append(wrong, fmt.Sprintf("row %d: %s is %v", i, f.Name, v))
			}
		}
		for name := range left {
			wrong = append(wrong, fmt.Sprintf("row %d: no field %s", i, name))
		}
	}
	return wrong
}

// A need is answered by what the library holds, joined by those who may speak for an
// organisation or a territory, and left again.
func TestANeedIsAnsweredAndJoined(t *testing.T) {
	s := open(t, nil)
	at := serving(t, s)
	member := seat(t, s, people.Person{ID: "membre", Name: "Awa Membre", Email: "membre@example.fr"}, false, people.Mandate{Role: people.Member, Scope: here})
	observer := seat(t, s, people.Person{ID: "regarde", Name: "Ada Regarde", Email: "regarde@example.fr"}, false, people.Mandate{Role: people.Observer, Scope: here})
	coordinator := seat(t, s, people.Person{ID: "relit", Name: "Léo Relit", Email: "relit@example.fr"}, false, people.Mandate{Role: people.Coordinator, Scope: here})
	visitor := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	publish := func(kind string, pairs ...string) string {
		t.Helper()
		r, body := send(t, coordinator, http.MethodPost, at+"/proposer/"+kind, form(append([]string{"home", here.Territory.String(), "envoyer", "1"}, pairs...)...))
		if r.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d: %s", r.StatusCode, mainOf(body))
		}
		to, _, _ := strings.Cut(r.Header.Get("Location"), "?")
		return strings.TrimPrefix(to, at)
	}
	body := func(c *http.Client, path string) string {
		t.Helper()
		r, body := fetch(t, c, at+path)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("GET %s: %d", path, r.StatusCode)
		}
		return body
	}
	need := publish("need", "title", "Prêter des vélos aux élèves du collège", "summary", "Le car ne passe plus.")
	stated := publish("experiment", "title", "Garage solidaire", "summary", "Un atelier.", "answers", need, "contact_role", "Service des mobilités", "partners", "Association du Vallon")
	similar := publish("experiment", "title", "Des vélos prêtés aux lycéens", "summary", "Un parc partagé.")
	seen := body(visitor, need)
	for _, text := range []string{stated, similar, "Se connecter"} {
		if !strings.Contains(seen, text) {
			t.Errorf("%q is missing of %s", text, seen)
		}
	}
	if strings.Contains(seen, "Service des mobilités") || strings.Contains(seen, `name="party"`) {
		t.Errorf("a visitor sees whom to ask, or may join: %s", seen)
	}
	if seen := body(observer, need); !strings.Contains(seen, "Service des mobilités") || !strings.Contains(seen, "Association du Vallon") || strings.Contains(seen, `name="party"`) {
		t.Errorf("an observer sees %s", seen)
	}
	post := func(c *http.Client, path string, want int, pairs ...string) string {
		t.Helper()
		r, body := send(t, c, http.MethodPost, at+need+path, form(pairs...))
		if r.StatusCode != want {
			t.Fatalf("POST %s: %d, want %d: %s", path, r.StatusCode, want, mainOf(body))
		}
		return mainOf(body)
	}
	party := here.String()
	post(observer, "/rejoindre", http.StatusForbidden, "party", party)
	post(member, "/rejoindre", http.StatusForbidden, "party", outside.String())
	if long := post(member, "/rejoindre", http.StatusUnprocessableEntity, "party", party, "comment", strings.Repeat("long ", 200)); !strings.Contains(long, "long long") {
		t.Error("a comment that is too long is lost")
	}
	post(member, "/rejoindre", http.StatusSeeOther, "party", party, "comment", "Nous aussi, à <b>Rostrenen</b>.")
	if seen := body(visitor, need); !strings.Contains(seen, "à &lt;b&gt;Rostrenen") {
		t.Errorf("the join is not told: %s", seen)
	}
	publish("need", "title", "Un autre besoin", "summary", "Seul.")
	if list := body(visitor, "/communs?type=need&tri=joined"); strings.Index(list, need) > strings.Index(list, "Un autre besoin") {
		t.Errorf("needs that others share do not come first: %s", list)
	}
	if list := body(visitor, "/communs?rejoint-par=one"); !strings.Contains(list, need) || strings.Contains(list, "Un autre besoin") {
		t.Errorf("those that one has joined are %s", list)
	}
	post(member, "/quitter", http.StatusSeeOther, "party", party)
	if list := body(visitor, "/communs?rejoint-par=one"); strings.Contains(list, need) {
		t.Error("a need that was left is still counted")
	}
}
