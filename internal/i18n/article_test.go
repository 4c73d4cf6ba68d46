package i18n

import (
	"strings"
	"testing"
)

// The articles are those of INSEE's TNCC variable, COG of 2026.
func TestArticles(t *testing.T) {
	c := load(t)
	fr := c.Localizer(FR)
	for _, tt := range []struct {
		name           string
		tncc           int8
		of, at, within string
	}{
		{"Saint-Brieuc", 0, "de Saint-Brieuc", "à Saint-Brieuc", ""},
		{"Ajaccio", 1, "d’Ajaccio", "à Ajaccio", ""},
		{"Hennebont", 1, "d’Hennebont", "à Hennebont", ""},
		{"Haguenau", 0, "de Haguenau", "à Haguenau", ""},
		{"Le Havre", 2, "du Havre", "au Havre", ""},
		{"La Rochelle", 3, "de La Rochelle", "à La Rochelle", ""},
		{"Les Sables-d'Olonne", 4, "des Sables-d'Olonne", "aux Sables-d'Olonne", ""},
		{"L'Haÿ-les-Roses", 5, "de L’Haÿ-les-Roses", "à L’Haÿ-les-Roses", ""},
		{"Les Aix-d'Angillon", 4, "des Aix-d'Angillon", "aux Aix-d'Angillon", ""},
		{"Aux Marais", 6, "des Marais", "aux Marais", ""},
		{"Las Illas", 7, "de Las Illas", "à Las Illas", ""},
		{"Le Havre", -1, "du Havre", "au Havre", ""},
		{"Évreux", -1, "d’Évreux", "à Évreux", ""},
		{"Hazebrouck", -1, "de Hazebrouck", "à Hazebrouck", ""},
		{"Ain", 5, "de l’Ain", "", "dans l’Ain"},
		{"Ain", -1, "de l’Ain", "", "dans l’Ain"},
		{"Côtes-d'Armor", 4, "des Côtes-d'Armor", "", "dans les Côtes-d'Armor"},
		{"Finistère", 2, "du Finistère", "", "dans le Finistère"},
		{"Bretagne", -1, "de la Bretagne", "", "en Bretagne"},
		{"Sarthe", 3, "de la Sarthe", "", "dans la Sarthe"},
		{"Paris", 0, "de Paris", "à Paris", "à Paris"},
		{"La Réunion", 3, "de La Réunion", "à La Réunion", "à La Réunion"},
		{"Île-de-France", -1, "de l’Île-de-France", "", "dans l’Île-de-France"},
		{"Mayotte", -1, "de Mayotte", "à Mayotte", "à Mayotte"},
	} {
		if got := fr.Of(tt.name, tt.tncc); got != tt.of {
			t.Errorf("Of(%s, %d) = %q, want %q", tt.name, tt.tncc, got, tt.of)
		}
		if tt.at != "" {
			if got := fr.At(tt.name, tt.tncc); got != tt.at {
				t.Errorf("At(%s, %d) = %q, want %q", tt.name, tt.tncc, got, tt.at)
			}
		}
		if tt.within != "" {
			if got := fr.Within(tt.name, tt.tncc); got != tt.within {
				t.Errorf("Within(%s, %d) = %q, want %q", tt.name, tt.tncc, got, tt.within)
			}
		}
	}
	en := c.Localizer(EN)
	if got := en.Of("Le Havre", 2); got != "of Le Havre" {
		t.Errorf("English Of = %q", got)
	}
	if got := fr.The("Ain", -1) + ", " + fr.The("Le Havre", 2) + ", " + fr.The("Paris", 0); got != "l’Ain, Le Havre, Paris" {
		t.Errorf("The = %q", got)
	}
}

// Whatever the name, nothing of it but its article is lost.
func FuzzArticles(f *testing.F) {
	for _, s := range []string{"Le Havre", "L'", "Les ", "", "Ô", "le mans", "\xff"} {
		f.Add(s, int8(-1))
		f.Add(s, int8(4))
	}
	l := load(f).Localizer(FR)
	f.Fuzz(func(t *testing.T, name string, tncc int8) {
		for _, got := range []string{l.Of(name, tncc), l.At(name, tncc), l.Within(name, tncc), l.The(name, tncc)} {
			// No article is longer than four bytes.
			if !strings.HasSuffix(got, name[min(4, len(name)):]) {
				t.Errorf("%q with article %d became %q", name, tncc, got)
			}
		}
	})
}
