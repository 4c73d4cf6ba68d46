package web

import (
	"testing"

	"bassin/internal/i18n"
)

func TestPathsOfFiles(t *testing.T) {
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := newPaths(c)
	for french, english := range map[string]string{
		"/bv/22113/diagnostic":          "/en/bv/22113/diagnosis",
		"/bv/22113/diagnostic.xlsx":     "/en/bv/22113/diagnosis.xlsx",
		"/fragilite/carte.svg?v=1":      "/en/fragility/map.svg?v=1",
		"/carte/france.svg":             "/en/map/france.svg",
		"/api/v1/diagnostic.json":       "/api/v1/diagnostic.json",
		"/bv/22113/inconnu.xlsx#carte.": "/en/bv/22113/inconnu.xlsx#carte.",
	} {
		got := p.in(i18n.EN, french)
		if got != english {
			t.Errorf("%s in English is %s, want %s", french, got, english)
		}
		if lang, path := p.split(english); lang == i18n.EN && p.french(lang, path) != french {
			t.Errorf("%s in French is %s, want %s", english, p.french(lang, path), french)
		}
	}
}
