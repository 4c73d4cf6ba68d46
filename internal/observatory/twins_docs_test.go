package observatory

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bassin/internal/i18n"
	"bassin/internal/indicator/twins"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

var update = flag.Bool("update", false, "write the figures of the docs anew")

// Communes judged: one in ten for skill, one in a hundred for stability, which
// places them all again without each trait.
const judged, steady = 3500, 350

// The docs and the page say what is measured here, on the project's data.
func TestQualityOfTwins(t *testing.T) {
	o := (&Service{}).Of(realdata.Snapshot(t))
	found := map[territory.Level]TwinQuality{}
	skills := map[territory.Level][]twins.Skill{}
	var steadiness strings.Builder
	fmt.Fprint(&steadiness, "| Trait left out |")
	for _, l := range TwinLevels {
		fmt.Fprintf(&steadiness, " %s |", l)
	}
	fmt.Fprint(&steadiness, "\n|---|---|---|---|---|\n")
	without := map[territory.Level][]float64{}
	for _, l := range TwinLevels {
		q, st, err := o.judgeTwins(l, judged, steady)
		if err != nil {
			t.Fatal(l, err)
		}
		if len(q.Outcomes) != len(TwinOutcomes) {
			t.Fatalf("%s: %d outcomes of %d", l, len(q.Outcomes), len(TwinOutcomes))
		}
		x := TwinQuality{OverClass: round(q.OverClass), OverRegression: round(q.OverRegression), Outcomes: len(q.Outcomes), Stability: round(st.Mean)}
		for _, r := range q.Outcomes {
			if round(r.OverClass) > 0 {
				x.BeatClass++
			}
			if round(r.OverRegression) > 0 {
				x.BeatRegression++
			}
		}
		found[l], skills[l], without[l] = x, q.Outcomes, st.Without
	}
	for i, tr := range Traits {
		fmt.Fprintf(&steadiness, "| %s |", tr.Key)
		for _, l := range TwinLevels {
			fmt.Fprintf(&steadiness, " %.2f |", without[l][i])
		}
		fmt.Fprintln(&steadiness)
	}
	doc(t, "stability", steadiness.String())
	doc(t, "summary", summary(found))
	doc(t, "skill", table(o, skills))
	doc(t, "missing", lacking(t, o))
	doc(t, "examples", examples(t, o))

	text, err := json.MarshalIndent(found, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	kept(t, "twins_quality.json", string(text)+"\n")
	if *update {
		return
	}
	for l, want := range found {
		if got, ok := QualityOfTwins(l); !ok || got != want {
			t.Errorf("%s: the page says %+v, measured is %+v", l, got, want)
		}
	}
}

func round(x float64) float64 { return math.Round(100*x) / 100 }

func signed(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return strings.Replace(fmt.Sprintf("%+.2f", round(x)+0), "-", "−", 1)
}

func summary(found map[territory.Level]TwinQuality) string {
	var b strings.Builder
	b.WriteString("| Level | Skill over the class | better on | Skill over the regression | better on | Stability |\n|---|---|---|---|---|---|\n")
	for _, l := range TwinLevels {
		q := found[l]
		fmt.Fprintf(&b, "| %s | %s | %d of %d | %s | %d of %d | %.2f |\n",
			l, signed(q.OverClass), q.BeatClass, q.Outcomes, signed(q.OverRegression), q.BeatRegression, q.Outcomes, q.Stability)
	}
	return b.String()
}

func table(o *Observatory, skills map[territory.Level][]twins.Skill) string {
	var b strings.Builder
	b.WriteString("| Outcome |")
	for _, l := range TwinLevels {
		fmt.Fprintf(&b, " %s: class | regression |", l)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|---|", len(TwinLevels)) + "\n")
	for i, key := range TwinOutcomes {
		d, _ := o.Panel.Definition(key)
		fmt.Fprintf(&b, "| %s |", d.Name.In(i18n.EN))
		for _, l := range TwinLevels {
			fmt.Fprintf(&b, " %s | %s |", signed(skills[l][i].OverClass), signed(skills[l][i].OverRegression))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// lacking says how many territories lack each trait, and which have no twins.
func lacking(t *testing.T, o *Observatory) string {
	var b strings.Builder
	b.WriteString("| Trait |")
	for _, l := range TwinLevels {
		fmt.Fprintf(&b, " %s (%d) |", l, len(o.France.Level(l)))
	}
	b.WriteString("\n|---|---|---|---|---|\n")
	none := map[territory.Level][]string{}
	for i := range len(Traits) {
		fmt.Fprintf(&b, "| %s |", Traits[i].Key)
		for _, l := range TwinLevels {
			s, err := o.twinSpace(l)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for u := range s.Units() {
				if v := s.Scaled(u)[i]; v != v {
					n++
				}
			}
			fmt.Fprintf(&b, " %d |", n)
		}
		b.WriteString("\n")
	}
	b.WriteString("| **no twins** |")
	for _, l := range TwinLevels {
		s, _ := o.twinSpace(l)
		for u, at := range o.France.Level(l) {
			if !enough(s.Scaled(u)) {
				none[l] = append(none[l], at.Name)
			}
		}
		fmt.Fprintf(&b, " %d |", len(none[l]))
	}
	fmt.Fprintf(&b, "\n\nBasins without twins: %s.\n", strings.Join(none[territory.BassinDeVie], ", "))
	return b.String()
}

// examples are the three first twins of a few territories, for a reader who knows them.
func examples(t *testing.T, o *Observatory) string {
	var b strings.Builder
	b.WriteString("| Territory | Twins, with their distance |\n|---|---|\n")
	for _, text := range []string{"bv:22113", "bv:59350", "bv:15014", "bv:06088", "epci:200065928", "commune:22113", "commune:75056", "dep:22", "dep:93"} {
		id, _ := territory.ParseID(text)
		at, ok := o.France.Territory(id)
		if !ok {
			t.Fatal(text)
		}
		list, err := o.Twins(at, 3, TwinOptions{})
		if err != nil {
			t.Fatal(text, err)
		}
		var names []string
		for _, w := range list {
			names = append(names, fmt.Sprintf("%s (%.2f)", w.Territory.Name, w.Distance))
		}
		fmt.Fprintf(&b, "| %s %s | %s |\n", text, at.Name, strings.Join(names, ", "))
	}
	return b.String()
}

// doc holds a part of the docs to what was computed.
func doc(t *testing.T, name, want string) {
	t.Helper()
	path := filepath.Join(realdata.Root(), "docs", "twins.md")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	open, shut := "<!-- "+name+" -->\n", "<!-- end -->"
	before, rest, ok := strings.Cut(string(b), open)
	inside, after, ends := strings.Cut(rest, shut)
	if !ok || !ends {
		t.Fatalf("docs/twins.md has no part %s", name)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+open+want+shut+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if inside != want {
		t.Errorf("the part %s of docs/twins.md is not what is computed (-update writes it)\nis   %s\nwant %s", name, inside, want)
	}
}

// kept holds a file of the package to what was computed.
func kept(t *testing.T, path, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil || string(b) != want {
		t.Errorf("%s is not what is computed (-update writes it): %v", path, err)
	}
}

// judgeTwins measures the twins of a level on its units or, where it has more than
// most, on some of them at equal steps; their steadiness on fewer.
func (o *Observatory) judgeTwins(l territory.Level, most, fewer int) (twins.Quality, twins.Steadiness, error) {
	s, err := o.twinSpace(l)
	if err != nil {
		return twins.Quality{}, twins.Steadiness{}, err
	}
	outcomes := make([]twins.Outcome, 0, len(TwinOutcomes))
	for _, key := range TwinOutcomes {
		if d, ok := o.Panel.Definition(key); ok {
			outcomes = append(outcomes, twins.Outcome{Key: key, Values: o.Panel.Across(l, d, d.Latest()).Values})
		}
	}
	classes := make([]int, s.Units())
	for i, c := range o.Panel.Classes(l) {
		classes[i] = 100*int(c.Density) + int(c.Size)
	}
	q, err := s.Skill(outcomes, classes, TwinsJudged, steps(s.Units(), most), nil)
	if err != nil {
		return q, twins.Steadiness{}, err
	}
	st, err := s.Stability(TwinsJudged, steps(s.Units(), fewer), nil)
	return q, st, err
}

// steps are at most so many of n units, at equal steps.
func steps(n, most int) []int {
	step := max(1, (n+most-1)/most)
	var out []int
	for u := 0; u < n; u += step {
		out = append(out, u)
	}
	return out
}
