package pipeline

import (
	"testing"

	"bassin/internal/place"
)

func TestMisplaced(t *testing.T) {
	for _, c := range []struct {
		list, postcode, city, commune, name string
		want                                bool
	}{
		{"haute-vienne", "", "Saint-Mathieu", "22207", "Plouaret", true},
		{"haute-vienne", "", "Saint-Paul", "97128", "Sainte-Anne", true},
		{"haute-vienne", "", "Sussac", "87194", "Sussac", false},
		{"ultra-num", "97440", "SAINT ANDRE", "29019", "Brest", true},
		{"data-inclusion", "62000", "ARRAS", "63144", "Effiat", true},
		{"rhinocc", "64360", "SAINT-THIBERY", "64299", "Lahourcade", true}, // a postal code typed wrong led there
		// Villages with the postal code of the next département, and codes typed wrong: the town decides.
		{"hub-sud", "05130", "VENTEROL", "04234", "Venterol", false},
		{"hub-sud", "06260", "SAINT-PIERRE", "04194", "Saint-Pierre", false},
		{"rhinocc", "66000", "Montpellier", "34172", "Montpellier", false},
		// In a list of the Antilles, a place of La Réunion, at its right address.
		{"hub-antilles", "97480", "Saint-Joseph", "97412", "Saint-Joseph", false},
		{"conseiller-numerique", "97150", "SAINT MARTIN", "97801", "Saint-Martin", false},
		{"corse", "20200", "Bastia Cedex 9", "2B033", "Bastia", false},
		{"nouvelle-caledonie", "98800", "Nouméa", "98818", "Nouméa", false},
		{"conseiller-numerique", "", "Ailleurs", "22207", "Plouaret", false}, // nothing contradicts it
	} {
		r := place.Row{List: c.list, Postcode: c.postcode, City: c.city, Commune: c.commune}
		if got := misplaced(&r, c.name); got != c.want {
			t.Errorf("%s, %s %s in %s %s: misplaced %v", c.list, c.postcode, c.city, c.commune, c.name, got)
		}
	}
	for _, c := range [][2]string{{"SAINT ANDRE", "Saint-André"}, {"St Thibéry", "Saint-Thibéry"}, {"Limoges CEDEX 1", "Limoges"}} {
		if townName(c[0]) != townName(c[1]) {
			t.Errorf("%q is read %q, %q %q", c[0], townName(c[0]), c[1], townName(c[1]))
		}
	}
}
