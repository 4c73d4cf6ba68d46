package cli

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Programs find what pages find, page after page, each once, and read of an entry where
// each field comes from.
func TestProgramsReadTheLibrary(t *testing.T) {
	s, at, get := giving(t)
	all := published(t, s)
	type entry struct {
		ID, Kind, Title, State string
		Fields                 map[string][]string
	}
	type list struct {
		Total  int
		Items  []entry
		Next   *string
		Facets map[string][]struct {
			Value string
			Count int
		}
	}
	ask := func(path string) (l list) {
		t.Helper()
		if err := json.Unmarshal([]byte(get(path, http.StatusOK)), &l); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return l
	}
	want := 0
	for _, e := range all {
		if e.Kind.Common() {
			want++
		}
	}
	seen := map[string]bool{}
	for path := "/api/v1/commons?sort=title&limit=100"; path != ""; {
		l := ask(path)
		if l.Total != want {
			t.Fatalf("%d commons, want %d", l.Total, want)
		}
		for _, e := range l.Items {
			if seen[e.ID] || all[e.ID].ID == "" || e.Title == "" || e.Fields["title"][0] != e.Title {
				t.Fatalf("%s: %+v", path, e)
			}
			seen[e.ID] = true
		}
		if path = ""; l.Next != nil {
			path = *l.Next
		}
	}
	if len(seen) != want {
		t.Errorf("the pages hold %d commons, want %d", len(seen), want)
	}
	// A facet counts what its filter keeps.
	for _, c := range ask("/api/v1/commons?kind=software").Facets["licence"] {
		if got := ask("/api/v1/commons?kind=software&limit=1&licence=" + url.QueryEscape(c.Value)).Total; got != c.Count {
			t.Errorf("%s: %d entries, %d counted", c.Value, got, c.Count)
		}
	}
	found := ask("/api/v1/commons?q=courrier&kind=software&limit=5")
	if found.Total == 0 || len(found.Items) == 0 {
		t.Fatal("nothing is found")
	}
	id := found.Items[0].ID
	var one struct {
		entry
		Sources  map[string]struct{ Source, Record, Vintage, Licence string }
		Versions []struct{ Number int }
		UsedBy   []string
	}
	if err := json.Unmarshal([]byte(get("/api/v1/commons/"+id, http.StatusOK)), &one); err != nil {
		t.Fatal(err)
	}
	if o := one.Sources["title"]; one.ID != id || o.Source == "" || o.Vintage == "" || len(one.Sources) != len(one.Fields) || one.Versions == nil || one.UsedBy == nil {
		t.Errorf("%s: %+v", id, one)
	}
	for path, status := range map[string]int{
		"/api/v1/experiments": http.StatusOK, "/api/v1/needs?q=zzzz": http.StatusOK, "/api/v1/commons?q=%00%ff": http.StatusOK, "/api/v1/commons?theme=,,&level=a'b": http.StatusOK,
		"/api/v1/commons/nul": http.StatusNotFound, "/api/v1/needs/" + id: http.StatusNotFound, "/api/v1/commons?territory=bv:nul": http.StatusNotFound,
		"/api/v1/commons?kind=need": http.StatusBadRequest, "/api/v1/commons?cursor=-1": http.StatusBadRequest, "/api/v1/commons?cursor=a": http.StatusBadRequest,
		"/api/v1/commons?limit=0": http.StatusBadRequest, "/api/v1/commons?sort=x": http.StatusBadRequest, "/api/v1/commons?q=" + strings.Repeat("a", 301): http.StatusBadRequest,
	} {
		get(path, status)
	}
	// What is the same is not sent again.
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+"/api/v1/commons?limit=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	first, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	first.Body.Close()
	q.Header.Set("If-None-Match", first.Header.Get("ETag"))
	again, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	again.Body.Close()
	if again.StatusCode != http.StatusNotModified || first.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("asked again: %d; %q", again.StatusCode, first.Header.Get("Cache-Control"))
	}
}
