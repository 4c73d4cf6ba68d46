package people

import "testing"

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		n    int
	}{
		{"maison", "maison", 0}, {"maison", "maisons", 1}, {"quartier", "quatier", 1}, {"quartier", "quarteir", 1},
		{"communal", "commnual", 1}, {"detente", "dentente", 1}, {"gueretois", "guertois", 1}, {"mediatheque", "mediateque", 1},
		{"socicoculturel", "socioculturel", 1}, {"informatique", "infromatiqeu", 2}, {"maison", "saison", 1}, {"colline", "moulin", 3},
	} {
		for most := range 4 {
			if got := edits(c.a, c.b, most); got != (c.n <= most) || edits(c.b, c.a, most) != got {
				t.Errorf("%s and %s within %d: %v, they are %d apart", c.a, c.b, most, got, c.n)
			}
		}
	}
}
