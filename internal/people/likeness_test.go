package people_test

import (
	"encoding/csv"
	"os"
	"testing"

	"bassin/internal/people"
	"bassin/internal/realdata"
)

// pair is one line of testdata/alike.csv.
type pair struct {
	a, b people.Organisation
	same bool
}

func pairs(t *testing.T, name string) []pair {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []pair
	for _, r := range rows[1:] {
		out = append(out, pair{people.Organisation{Name: r[1], Commune: r[0]}, people.Organisation{Name: r[2], Commune: r[0]}, r[3] == "1"})
	}
	return out
}

// What is shown as perhaps the same, on names alone: numbers settle the rest.
// Weights and threshold were chosen on the first list, the second only measures them.
func TestLikenessOnRealLists(t *testing.T) {
	f := realdata.Snapshot(t).France
	for _, c := range []struct {
		list               string
		same, shown, right int
	}{
		{"alike.csv", 136, 128, 123},
		{"alike-held.csv", 60, 59, 52},
	} {
		var same, shown, right int
		for _, p := range pairs(t, c.list) {
			l := people.Alike(f, &p.a, &p.b)
			if back := people.Alike(f, &p.b, &p.a); back.Score != l.Score {
				t.Errorf("%q and %q: %.3f, the other way %.3f", p.a.Name, p.b.Name, l.Score, back.Score)
			}
			if p.same {
				same++
			}
			if l.Score >= people.Likely {
				shown++
				if p.same {
					right++
				}
			}
			if (l.Score >= people.Likely) != p.same {
				t.Logf("%.2f, the same: %v: %q and %q", l.Score, p.same, p.a.Name, p.b.Name)
			}
		}
		t.Logf("%s: precision %.2f, recall %.2f", c.list, float64(right)/float64(shown), float64(right)/float64(same))
		if same != c.same || shown != c.shown || right != c.right {
			t.Errorf("%s: of %d the same, %d shown, %d of them rightly; want %d, %d, %d", c.list, same, shown, right, c.same, c.shown, c.right)
		}
	}
}
