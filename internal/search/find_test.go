package search

import (
	"fmt"
	"testing"
)

func small() *Index {
	x := New(Field{Name: "title", Weight: 5, Length: 0.5, Title: true}, Field{Name: "body", Weight: 1, Length: 0.7})
	put := func(id, title, body, kind string, themes ...string) {
		x.Put(Document{ID: id, Texts: map[string][]string{"title": {title}, "body": {body}},
			Facets: map[string][]string{"kind": {kind}, "theme": themes}, Numbers: map[string]float64{"day": float64(len(id) * len(title))}, Keys: map[string]string{"title": Fold(title)}})
	}
	put("a", "QGIS", "Système d'information géographique libre", "software", "carte")
	put("b", "Extensions de QGIS", "Greffons pour QGIS, dont un pour le cadastre", "software", "carte", "urbanisme")
	put("c", "LibreOffice", "Suite bureautique : tableur, traitement de texte", "software", "bureau")
	put("d", "Jitsi", "Webconférence dans le navigateur", "service", "réunion")
	put("e", "Guide du télétravail", "Réunions à distance et visioconférence", "knowledge", "réunion")
	put("f", "Compilateur C++", "Programmation en C++", "software")
	return x
}

func ids(r Result) string {
	s := ""
	for _, h := range r.Hits {
		s += h.ID
	}
	return s
}

func TestFind(t *testing.T) {
	x := small()
	for _, c := range []struct {
		q       Query
		want    string
		read    string
		instead string
	}{
		{q: Query{Text: "qgis"}, want: "ab"},
		{q: Query{Text: "SIG"}, want: "a"},
		{q: Query{Text: "qgsi"}, want: "ab", read: "qgis"},
		{q: Query{Text: "libre office"}, want: "c"},
		{q: Query{Text: "libreoffice"}, want: "c"},
		{q: Query{Text: "tableurs"}, want: "c"},
		{q: Query{Text: "visio"}, want: "de"},
		{q: Query{Text: "qgis -cadastre"}, want: "a"},
		{q: Query{Text: "-qgis"}, want: "cdef"},
		{q: Query{Text: `"traitement de texte"`}, want: "c"},
		{q: Query{Text: `"texte traitement"`}, want: ""},
		{q: Query{Text: "C++"}, want: "f"},
		{q: Query{Text: "cadas", Typing: true}, want: "b"},
		{q: Query{Text: "cadas"}, want: "", instead: ""},
		{q: Query{Text: "QGIS 3.28"}, want: "ab"},
		{q: Query{Text: "logiciel qgis"}, want: "ab"},
		{q: Query{Text: "", Sort: []Order{{Key: "title"}}}, want: "fbedca"},
		{q: Query{Text: "", Filters: map[string][]string{"theme": {"réunion", "bureau"}, "kind": {"software", "service"}}}, want: "cd"},
		{q: Query{Text: "qgiis3", Filters: map[string][]string{"kind": {"service"}}}, want: "", instead: "qgis"},
		{q: Query{Text: "cadaster"}, want: "b", read: "cadastre"},
		{q: Query{Text: "jiitssi"}, want: "", instead: "jitsi"},
	} {
		c.q.Size = 10
		r := x.Find(c.q)
		if g := ids(r); g != c.want || r.Read != c.read || r.Instead != c.instead {
			t.Errorf("%+v: %s (read %q, instead %q), want %s (%q, %q)", c.q, g, r.Read, r.Instead, c.want, c.read, c.instead)
		}
	}
}

func TestAFacetsOwnChoiceDoesNotNarrowIt(t *testing.T) {
	r := small().Find(Query{Filters: map[string][]string{"kind": {"service", "absent"}, "theme": {"réunion"}}, Facets: []Facet{{"kind", 1}, {"theme", 0}}})
	if got, want := fmt.Sprint(r.Total, r.Facets), "1 map[kind:{[{knowledge 1 false} {service 1 true} {absent 0 true}] 2} theme:{[{réunion 1 true}] 1}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestPages(t *testing.T) {
	x := small()
	all := ids(x.Find(Query{Size: 10}))
	for from := range 7 {
		if got := ids(x.Find(Query{From: from, Size: 2})); got != all[min(from, 6):min(from+2, 6)] {
			t.Errorf("from %d: %s", from, got)
		}
	}
}

func TestWhatSpeaksForADocumentPutsItBefore(t *testing.T) {
	x := New(Field{Name: "title", Weight: 1, Title: true})
	for _, id := range []string{"a", "b", "c"} {
		d := Document{ID: id, Texts: map[string][]string{"title": {"Mur " + id + id}}}
		if id == "b" {
			d.Prior = 12
		}
		x.Put(d)
	}
	if got := ids(x.Find(Query{Text: "mur", Size: 3})) + ids(x.Find(Query{Size: 3})); got != "bacbac" {
		t.Error(got)
	}
}
