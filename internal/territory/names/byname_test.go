package names_test

import (
	"slices"
	"strings"
	"testing"

	"bassin/internal/territory/names"
)

func codes(list []names.Scored) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.Code
	}
	return out
}

func TestByName(t *testing.T) {
	x := index(t)
	for _, c := range []struct {
		scope        names.Scope
		query        string
		byPopulation bool
		want         []string // the first ones
	}{
		{names.Communes, "lannion", false, []string{"22113"}},
		{names.Communes, "Lann", true, []string{"22113"}},
		{names.Communes, "saint-denis", true, []string{"97411", "93066"}},
		{names.Communes, "st denis", true, []string{"97411", "93066"}},
		{names.Communes, "malo", true, []string{"35288"}},
		{names.Communes, "mont", true, []string{"64396", "71301", "65317", "88306", "34172"}}, // three Mont, then Le Mont,
		{names.Communes, "la rochelle", true, []string{"17300", "70450"}},
		{names.Communes, "la ro", true, []string{"17300"}}, // not Rouen
		{names.Communes, "l'ha", true, []string{"94038"}},
		{names.Communes, "La Charme", false, []string{"39110"}}, // not Charmé
		{names.Communes, "st", true, []string{"67482"}},         // Strasbourg; Le Saint is no more meant than any saint
		{names.Communes, "marseile", true, nil},                 // no typing errors here
		{names.EPCIs, "lannion", false, []string{"200065928"}},
		{names.EPCIs, "CA Lannion-Trégor Communauté", false, []string{"200065928"}},
		{names.EPCIs, "métropole de lyon", true, []string{"200046977"}},
		{names.Departements, "cotes", false, []string{"22"}},
		{names.Departements, "reunion", false, []string{"974"}},
		{names.Regions, "bretagne", false, []string{"53"}},
		{names.Parts, "Collinée", false, []string{"22046"}},
		{names.Parts, "Marseille 1", false, []string{"13201"}},
		{names.Scope(99), "lannion", false, nil},
	} {
		got := x.ByName(c.scope, c.query, c.byPopulation, 0)
		if c.want == nil {
			if len(got) > 0 {
				t.Errorf("%q finds %v", c.query, got)
			}
			continue
		}
		if len(got) < len(c.want) || !slices.Equal(codes(got[:len(c.want)]), c.want) {
			t.Errorf("%d %q: got %v, want first %v", c.scope, c.query, got[:min(len(got), 5)], c.want)
			continue
		}
		for i, s := range got {
			if s.Score < 0 || s.Score > 1 || i > 0 && s.Score > got[i-1].Score {
				t.Fatalf("%q: score %d is %v after %v", c.query, i, s.Score, got[max(0, i-1)].Score)
			}
		}
		if cut := x.ByName(c.scope, c.query, c.byPopulation, 2); !slices.Equal(codes(cut), codes(got[:min(2, len(got))])) {
			t.Errorf("%q: with limit 2 got %v", c.query, codes(cut))
		}
	}
}

// ByName gives the communes that a plain reading of all names gives.
func TestByNameFindsAll(t *testing.T) {
	x := index(t)
	tables, err := readTables()
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.NewReplacer("é", "e", "è", "e", "ê", "e", "ë", "e", "â", "a", "à", "a", "î", "i", "ï", "i", "ô", "o", "ç", "c", "û", "u", "ü", "u", "ù", "u", "ÿ", "y", "œ", "oe", "æ", "ae",
		"-", " ", "'", " ", "(", " ", ")", " ", "/", " ", ".", " ", "’", " ")
	for _, prefix := range []string{"lan", "brie", "marse", "plou", "sar", "vill", "guin", "xa", "oeu"} {
		var want []string
		for i := range tables.Communes {
			c := &tables.Communes[i]
			if slices.ContainsFunc(strings.Fields(plain.Replace(strings.ToLower(c.Name))), func(w string) bool { return strings.HasPrefix(w, prefix) }) {
				want = append(want, c.Code)
			}
		}
		for _, boost := range []bool{false, true} {
			got := codes(x.ByName(names.Communes, prefix, boost, 0))
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%q: %d communes, want %d", prefix, len(got), len(want))
			}
		}
	}
}
