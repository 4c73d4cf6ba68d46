package names_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"bassin/internal/territory"
	"bassin/internal/territory/names"
)

// marked shows the highlights of a match between brackets.
func marked(m names.Match) string {
	var b strings.Builder
	end := 0
	for _, s := range m.Highlights {
		b.WriteString(m.Text[end:s.Start] + "[" + m.Text[s.Start:s.End] + "]")
		end = s.End
	}
	return b.String() + m.Text[end:]
}

func TestWhyAndHighlights(t *testing.T) {
	x := index(t)
	for _, c := range []struct {
		query, id, name string
		why             names.Why
		marked          string
	}{
		{"lann", "commune:22113", "Lannion", names.ByName, "[Lann]ion"},
		{"st bri", "commune:22278", "Saint-Brieuc", names.ByName, "[Saint-Bri]euc"},
		{"brieuc", "commune:22278", "Saint-Brieuc", names.ByWords, "Saint-[Brieuc]"},
		{"lanion", "commune:22113", "Lannion", names.ByTypo, "[Lannion]"},
		{"collinée", "commune:22046", "Le Mené", names.ByPart, "[Collinée]"},
		{"côtes-du-nord", "dep:22", "Côtes-d'Armor", names.ByFormerName, "[Côtes-du-Nord]"},
		{"22300", "commune:22113", "Lannion", names.ByPostalCode, "[22300]"},
		{"223", "commune:22113", "Lannion", names.ByPostalCode, "[223]00"},
		{"22113", "commune:22113", "Lannion", names.ByCode, "[22113]"},
		{"212201131", "commune:22113", "Lannion", names.ByCode, "[212201131]"},
		{"qn02201m", "qpv:QN02201M", "Ar Santé - Les Fontaines", names.ByCode, "[QN02201M]"},
		{"paca", "reg:93", "Provence-Alpes-Côte d'Azur", names.BySigle, "[PACA]"},
		{"œuil", "commune:51410", "Œuilly", names.ByName, "[Œuil]ly"},
		{"oe", "commune:51410", "Œuilly", names.ByName, "[Œ]uilly"},
		{"ville neuve", "commune:04242", "Villeneuve", names.ByName, "[Villeneuve]"},
	} {
		got := x.Search(c.query, names.Options{Limit: 50})
		i := slices.IndexFunc(got, func(m names.Match) bool { return m.ID.String() == c.id })
		if i < 0 {
			t.Errorf("%q: %s is not among %d matches", c.query, c.id, len(got))
			continue
		}
		if m := got[i]; m.Name != c.name || m.Why != c.why || marked(m) != c.marked {
			t.Errorf("%q: got %s %s %s, want %s %s %s", c.query, m.Name, m.Why, marked(m), c.name, c.why, c.marked)
		}
	}
}

// Every way of writing a name leads to the same place first.
func TestSpellings(t *testing.T) {
	x := index(t)
	for id, spellings := range map[string][]string{
		"commune:22278": {"SAINT BRIEUC", "st-brieuc", "St. Brieuc", "saint  brieuc ", "sàint-brïeuc", "sai\u0302nt brieuc", "Saint‑Brieuc"},
		"commune:94038": {"l'hay les roses", "L’Haÿ-les-Roses", "lʼhaÿ lès roses", "hay-les-roses"},
		"commune:71076": {"Chalon-sur-Saône", "chalon s/saone", "chalon s/ saône", "CHALON SUR SAONE"},
		"arm:75115":     {"Paris 15", "paris 15e", "Paris 15ème", "paris 15eme arrondissement"},
		"epci:200069409": {
			"Saint Brieuc Agglo", "saint-brieuc agglomération", "CA Saint-Brieuc Armor Agglomération", "armor agglomeration saint brieuc",
		},
	} {
		for _, q := range spellings {
			if got := x.Search(q, names.Options{Limit: 1}); len(got) != 1 || got[0].ID.String() != id {
				t.Errorf("%q leads to %v, not %s", q, got, id)
			}
		}
	}
}

func TestOptions(t *testing.T) {
	x := index(t)
	for _, limit := range []int{-1, 0, 1, 3, 100, 5000} {
		want := min(max(limit, 0), 100)
		if want == 0 {
			want = 10
		}
		if got := len(x.Search("saint", names.Options{Limit: limit})); got != want {
			t.Errorf("limit %d gives %d matches, want %d", limit, got, want)
		}
	}
	got := x.Search("lannion", names.Options{Levels: []territory.Level{territory.BassinDeVie, territory.EPCI}})
	if len(got) < 2 || got[0].ID != (territory.ID{Level: territory.BassinDeVie, Code: "22113"}) {
		t.Errorf("lannion among bassins and EPCI: %v", got)
	}
	for _, m := range got {
		if m.ID.Level != territory.BassinDeVie && m.ID.Level != territory.EPCI {
			t.Errorf("%s is of another level", m.ID)
		}
	}
	for _, m := range x.Search("saint", names.Options{Departement: "22", Limit: 50}) {
		if m.Departement != "22" {
			t.Errorf("%s is not in the Côtes-d'Armor", m.ID)
		}
	}
	for _, m := range x.Search("saint-denis 93", names.Options{Region: "04"}) {
		if m.Region != "04" {
			t.Errorf("%s is not in La Réunion", m.ID)
		}
	}
	if got := x.Search("zzqxwvk", names.Options{}); len(got) != 0 {
		t.Errorf("nonsense finds %v", got)
	}
	for _, q := range []string{"", " ", "-'", "%%%", "🌊", "(", "()", ",", "\xff\xfe"} {
		if got := x.Search(q, names.Options{}); len(got) != 0 {
			t.Errorf("%q finds %v", q, got)
		}
	}
}

func TestGroupByLevel(t *testing.T) {
	got := index(t).Search("lannion", names.Options{Limit: 20})
	groups := names.GroupByLevel(got)
	if groups[0].Level != territory.Commune || groups[0].Matches[0].Name != "Lannion" {
		t.Errorf("the first group is %v", groups[0])
	}
	n, seen := 0, map[territory.Level]bool{}
	for _, g := range groups {
		if seen[g.Level] {
			t.Errorf("level %s makes two groups", g.Level)
		}
		seen[g.Level] = true
		n += len(g.Matches)
		for _, m := range g.Matches {
			if m.ID.Level != g.Level {
				t.Errorf("%s stands under %s", m.ID, g.Level)
			}
		}
	}
	if n != len(got) {
		t.Errorf("groups hold %d matches of %d", n, len(got))
	}
}

// Every commune is found by its whole name, in its département, and stands first
// among the communes there unless another bears the same name.
func TestEveryCommuneByItsName(t *testing.T) {
	x := index(t)
	tables, err := readTables()
	if err != nil {
		t.Fatal(err)
	}
	var lost []string
	for i := 0; i < len(tables.Communes); i += 7 {
		c := &tables.Communes[i]
		got := x.Search(c.Name, names.Options{Departement: c.Departement, Levels: []territory.Level{territory.Commune}, Limit: 3})
		if !slices.ContainsFunc(got, func(m names.Match) bool { return m.ID.Code == c.Code }) {
			lost = append(lost, c.Name+" "+c.Code)
		}
	}
	if len(lost) > 0 {
		t.Errorf("%d communes are not among the first three of their own name: %v", len(lost), lost)
	}
}

// A part or a former name leads to a territory that exists.
func TestEntriesLeadSomewhere(t *testing.T) {
	tables, err := readTables()
	if err != nil {
		t.Fatal(err)
	}
	entries := names.FromTables(tables)
	current := map[territory.ID]bool{}
	count := map[names.Kind]int{}
	for _, e := range entries {
		count[e.Kind]++
		if e.Kind == names.Current {
			if current[e.ID] {
				t.Errorf("%s has two current names", e.ID)
			}
			current[e.ID] = true
		}
	}
	for _, e := range entries {
		if e.ID.Level != territory.ArrondissementMunicipal && !current[e.ID] {
			t.Errorf("%q leads to %s, which does not exist", e.Name, e.ID)
		}
	}
	if count[names.Inside] != len(tables.Parts) {
		t.Errorf("%d parts of %d", count[names.Inside], len(tables.Parts))
	}
	if want := len(tables.Communes) + len(tables.Zones) + 1; count[names.Current] != want {
		t.Errorf("%d current names, want %d", count[names.Current], want)
	}
}

func FuzzSearch(f *testing.F) {
	for _, q := range readQuality(f, "testdata/quality.txt") {
		f.Add(q.query, 10, "")
	}
	f.Add("saint-denis (réunion", 3, "commune")
	f.Add("St\xff/é 15e 2A004", 101, "epci")
	f.Add(strings.Repeat("saint ", 60), 1, "qpv")
	f.Add("s/ s/ L’ʻ œ̂ İ ß ﬁ", 0, "bv")
	x := index(f)
	f.Fuzz(func(t *testing.T, q string, limit int, level string) {
		o := names.Options{Limit: limit}
		if level != "" {
			o.Levels = []territory.Level{territory.Level(level)}
		}
		got := x.Search(q, o)
		if most := min(limit, 100); limit > 0 && len(got) > most || limit <= 0 && len(got) > 10 {
			t.Fatalf("%q: %d matches for limit %d", q, len(got), limit)
		}
		seen := map[territory.ID]bool{}
		for i, m := range got {
			if seen[m.ID] {
				t.Fatalf("%q: %s twice", q, m.ID)
			}
			seen[m.ID] = true
			if i > 0 && m.Score > got[i-1].Score {
				t.Fatalf("%q: match %d scores more than the one before", q, i)
			}
			end := 0
			for _, s := range m.Highlights {
				if s.Start < end || s.End <= s.Start || s.End > len(m.Text) || !utf8.ValidString(m.Text[s.Start:s.End]) {
					t.Fatalf("%q: highlights %v of %q", q, m.Highlights, m.Text)
				}
				end = s.End
			}
		}
		for _, s := range x.ByName(names.Communes, q, limit%2 == 0, limit) {
			if s.Score < 0 || s.Score > 1 {
				t.Fatalf("%q: %v", q, s)
			}
		}
	})
}

// A name of the past stands behind those that bear it today; saint alone is no name.
func TestCurrentNamesFirst(t *testing.T) {
	x := index(t)
	if got := x.Search("saint", names.Options{}); len(got) == 0 || got[0].Name == "Le Saint" {
		t.Errorf("saint leads to %v", got[:min(1, len(got))])
	}
	for _, q := range []string{"aix", "saint denis"} {
		if got := x.Search(q, names.Options{Limit: 1, Levels: []territory.Level{territory.Commune}}); len(got) == 0 || got[0].Why == names.ByFormerName {
			t.Errorf("%q leads to %v", q, got)
		}
	}
}
