package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"bassin/internal/commons"
	"bassin/internal/people"
)

// near lets sources be on this machine.
func near(c *serveCommand) { c.Harvesting.HarvestNetworks = []string{"127.0.0.0/8"} }

func administrator(ctx context.Context, id string) context.Context {
	return people.WithActor(ctx, &people.Actor{Person: people.Person{ID: id}, Session: people.Session{Strong: true}, Mandates: []people.Mandate{{Role: people.Administrator, Scope: people.Everywhere}},
		Covers: func(context.Context, people.Scope, people.Scope) (bool, error) { return true, nil }})
}

// sourceOf adds a source to a server.
func (s *Server) sourceOf(t *testing.T, kind commons.SourceKind, address string) commons.Source {
	t.Helper()
	src, err := s.harvests().Rules.Add(administrator(t.Context(), "root"), commons.Source{Kind: kind, Address: address, Title: "Source d’essai", Rhythm: commons.Daily, Licence: "etalab-2.0"})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func (s *Server) harvestNow(t *testing.T, src commons.Source) commons.Report {
	t.Helper()
	r, err := s.harvester.Run(t.Context(), src.ID)
	if err != nil || r.Error != nil {
		t.Fatalf("the run: %v, %+v", err, r)
	}
	return r
}

// publish publishes an entry, or a correction of one.
func (s *Server) publish(t *testing.T, entry string, k commons.Kind, sheet commons.Sheet) string {
	t.Helper()
	r, err := s.library.Propose(administrator(t.Context(), "root"), commons.Proposal{Entry: entry, Kind: k, Home: people.Everywhere, Sheet: sheet, Submit: true})
	if err != nil {
		t.Fatal(err)
	}
	return r.Entry
}

// titled is the entry of that title, retired ones too, or one without id.
func (s *Server) titled(t *testing.T, title string) commons.Entry {
	t.Helper()
	rows, err := s.db.Entries(t.Context(), commons.EntryFilter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(rows))
	for i, e := range rows {
		ids[i] = e.ID
	}
	found, err := s.library.All(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(found, func(e commons.Entry) bool { return e.Title() == title })
	if i < 0 {
		return commons.Entry{}
	}
	return found[i]
}

// Two installations tell one another what they publish; a third hears it from both.
func TestInstallationsFederate(t *testing.T) {
	one, two, three := open(t, near), open(t, near), open(t, near)
	first, second := serving(t, one), serving(t, two)
	third := serving(t, three)
	other := one.publish(t, "", commons.Software, commons.Sheet{"title": {"Logiciel du premier"}, "summary": {"Utile."}})
	id := one.publish(t, "", commons.Experiment, commons.Sheet{"title": {"Bus numérique"}, "summary": {"Un bus qui aide."}, "territories": {"dep:22"}, "adapted_from": {other}, "failures": {"Le bus était trop petit."}})
	fromOne := two.sourceOf(t, commons.OtherBassin, first+"/")
	two.harvestNow(t, fromOne)
	there := two.titled(t, "Bus numérique")
	sheet, from := there.Sheet()
	if there.State != commons.Published || from["title"].Source != commons.HarvestKey(fromOne.ID) || from["title"].Record != first+"/communs/"+id || sheet.Get("failures") == "" || !sheet.Has("territories", "dep:22") {
		t.Fatalf("what the first published reads there: %s %v, from %+v", there.State, sheet, from["title"])
	}
	if to := sheet.Get("adapted_from"); to == "" || to != two.titled(t, "Logiciel du premier").ID {
		t.Errorf("its link leads to %q", to)
	}
	if _, page := fetch(t, http.DefaultClient, second+"/communs/"+there.ID); !strings.Contains(page, "Source d’essai") || !strings.Contains(page, first+"/communs/"+id) {
		t.Error("its page does not say where it comes from")
	}
	if _, page := fetch(t, http.DefaultClient, second+"/communs?q=bus+numerique"); !strings.Contains(page, "/communs/"+there.ID) {
		t.Error("it is not found")
	}

	// A correction follows.
	e, err := one.library.Read(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	changed, _ := e.Sheet()
	changed = changed.Clone()
	changed.Set("title", "Bus du numérique")
	one.publish(t, id, "", changed)
	two.harvestNow(t, fromOne)
	if e := two.titled(t, "Bus du numérique"); e.ID != there.ID {
		t.Errorf("the correction is of %q, want %q", e.ID, there.ID)
	}

	// The second corrects it on its side: what it gives is its word, under the first's address.
	sheet = changed.Clone()
	sheet["adapted_from"] = nil
	sheet.Set("lessons", "Prévoir plus grand.")
	two.publish(t, there.ID, "", sheet)
	_, body := fetch(t, http.DefaultClient, second+"/api/v1/commons/changes")
	if !strings.Contains(body, "Prévoir plus grand.") || !strings.Contains(body, `"origin":"`+first+"/communs/"+id+`"`) || strings.Contains(body, "Le bus était") {
		t.Errorf("the second gives %s", body)
	}
	back := one.sourceOf(t, commons.OtherBassin, second)
	if r := one.harvestNow(t, back); r.Own != 1 || r.Counts[commons.Came] != 0 {
		t.Errorf("the first takes back its own: %+v", r)
	}
	// The third hears of it from both: it is one entry, each word with its origin.
	a, b := three.sourceOf(t, commons.OtherBassin, first), three.sourceOf(t, commons.OtherBassin, second)
	three.harvestNow(t, a)
	if r := three.harvestNow(t, b); r.Joined != 1 {
		t.Errorf("the third joined %d: %+v", r.Joined, r)
	}
	e = three.titled(t, "Bus du numérique")
	sheet, from = e.Sheet()
	if sheet.Get("lessons") != "Prévoir plus grand." || from["lessons"].Source != commons.HarvestKey(b.ID) || from["title"].Source != commons.HarvestKey(a.ID) {
		t.Errorf("the third reads %v, from %v", sheet, from)
	}
	if _, body := fetch(t, http.DefaultClient, third+"/api/v1/commons/changes"); strings.Contains(body, "Bus") {
		t.Errorf("the third gives as its own what it harvested: %s", body)
	}

	// A withdrawal follows.
	if e, err = one.library.Read(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := one.library.Retire(administrator(t.Context(), "root"), id, e.Version, "Terminé.", ""); err != nil {
		t.Fatal(err)
	}
	if r := three.harvestNow(t, a); r.Counts[commons.Vanished] != 1 {
		t.Errorf("the withdrawal: %+v", r)
	}
	two.harvestNow(t, fromOne)
	gone := two.publish(t, "", commons.Software, commons.Sheet{"title": {"Logiciel du deuxième"}, "summary": {"Utile."}})
	three.harvestNow(t, b)
	if e := three.titled(t, "Logiciel du deuxième"); e.State != commons.Published {
		t.Errorf("what the second published: %+v", e)
	}
	if e, err = two.library.Read(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	if err := two.library.Retire(administrator(t.Context(), "root"), gone, e.Version, "Terminé.", ""); err != nil {
		t.Fatal(err)
	}
	three.harvestNow(t, b)
	e = three.titled(t, "Logiciel du deuxième")
	if e.State != commons.Retired || e.Reason != commons.WithdrawnBySource {
		t.Errorf("after the second withdrew it: %s %q", e.State, e.Reason)
	}
	if _, page := fetch(t, http.DefaultClient, third+"/communs/"+e.ID); !strings.Contains(page, "ne la donne plus") {
		t.Error("the page does not say that it was withdrawn")
	}
	// A place that is not of this record is refused, and the reader begins again.
	if r, _ := fetch(t, http.DefaultClient, first+"/api/v1/commons/changes?after=3-aaaaaaaaaaaa"); r.StatusCode != http.StatusNotFound {
		t.Errorf("a lost place: %d", r.StatusCode)
	}
	if r, _ := fetch(t, http.DefaultClient, first+"/api/v1/commons/changes?after=x"); r.StatusCode != http.StatusBadRequest {
		t.Errorf("no place: %d", r.StatusCode)
	}
}

// A catalogue in pages, as CKAN and udata lay them out, comes in and follows.
func TestCataloguesAreHarvested(t *testing.T) {
	s := open(t, near)
	site := serving(t, s)
	var gone atomic.Bool
	var at string
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.UserAgent(), "Bassin/test (+http") {
			t.Errorf("it names itself %q", r.UserAgent())
		}
		switch page := r.URL.Query().Get("page"); {
		case r.URL.Path == "/ckan" && page == "":
			w.Header().Set("Content-Type", "text/turtle")
			fmt.Fprintf(w, `@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix hydra: <http://www.w3.org/ns/hydra/core#> .
<%[1]s/cat> a dcat:Catalog ; dct:title "Catalogue" ; dct:description "Le catalogue." ; dcat:dataset <%[1]s/d/1> .
<%[1]s/d/1> a dcat:Dataset ; dct:title "Arbres d’alignement" ; dct:description "Les arbres." .
<%[1]s/ckan> a hydra:PagedCollection ; hydra:nextPage "%[1]s/ckan?page=2" ; hydra:totalItems 2 .`, at)
		case r.URL.Path == "/ckan" && !gone.Load():
			w.Header().Set("Content-Type", "text/turtle")
			fmt.Fprintf(w, `@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<%[1]s/d/2> a dcat:Dataset ; dct:title "Bancs publics" ; dct:description "Les bancs." . <%[1]s/d/3> a dcat:Dataset ; dct:title "Sans résumé" .`, at)
		case r.URL.Path == "/ckan":
			w.Header().Set("Content-Type", "text/turtle")
			fmt.Fprintf(w, `@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . <%[1]s/d/9> a dcat:Dataset ; dct:title "Nouveau" ; dct:description "Neuf." .`, at)
		case r.URL.Path == "/udata":
			w.Header().Set("Content-Type", "application/ld+json")
			w.Header().Set("ETag", `"1"`)
			if r.Header.Get("If-None-Match") == `"1"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			fmt.Fprintf(w, `{"@context":{"dcat":"http://www.w3.org/ns/dcat#","dct":"http://purl.org/dc/terms/"},"@graph":[{"@id":"%[1]s/u/1","@type":"dcat:Dataset","dct:title":"Écoles de musique","dct:description":"Les écoles."}]}`, at)
		case r.URL.Path == "/broken":
			fmt.Fprint(w, `{"@context": [`)
		case r.URL.Path == "/inward":
			http.Redirect(w, r, "http://169.254.169.254/latest/", http.StatusFound)
		}
	}))
	t.Cleanup(portal.Close)
	at = portal.URL
	ckan, udata := s.sourceOf(t, commons.OfData, at+"/ckan"), s.sourceOf(t, commons.OfData, at+"/udata")
	r := s.harvestNow(t, ckan)
	if r.Pages != 2 || r.Counts[commons.Came] != 3 || r.Counts[commons.Rejected] != 1 {
		t.Errorf("the first run: %+v", r)
	}
	s.harvestNow(t, udata)
	if r := s.harvestNow(t, udata); !r.Unchanged || r.Counts[commons.Vanished] != 0 {
		t.Errorf("a catalogue that did not change: %+v", r)
	}
	gone.Store(true)
	if r := s.harvestNow(t, ckan); r.Counts[commons.Vanished] != 1 || r.Counts[commons.Came] != 1 {
		t.Errorf("the second run: %+v", r)
	}
	if e := s.titled(t, "Bancs publics"); e.State != commons.Retired {
		t.Errorf("what vanished: %+v", e)
	}
	for path, key := range map[string]string{"/broken": "dcat.", "/inward": "harvest.error.inward", "/": "dcat."} {
		src := s.sourceOf(t, commons.OfData, at+path)
		r, err := s.harvester.Run(t.Context(), src.ID)
		if err != nil || r.Error == nil || !strings.HasPrefix(r.Error.Key, key) {
			t.Errorf("%s: %+v, %v, want %s", path, r.Error, err, key)
		}
	}
	if _, page := fetch(t, http.DefaultClient, site+"/communs?q=ecoles+de+musique"); !strings.Contains(page, "/communs/"+s.titled(t, "Écoles de musique").ID) {
		t.Error("what was harvested is not found")
	}
}
