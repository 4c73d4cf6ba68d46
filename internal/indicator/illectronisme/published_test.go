package illectronisme_test

import (
	"cmp"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bassin/internal/indicator/illectronisme"
)

var update = flag.Bool("update", false, "write the tables of the docs anew")

const docs = "../../../docs/illectronisme.md"

// check is a published figure that no formula uses.
type check struct {
	name   string
	group  string // as in the file
	where  string // geography in the file
	in     func(*france, int) bool
	share  float64 // where the file has a number of people: the share published beside it, in percent
	people string  // number of people published, as the file words it
}

func checks() []check {
	region := func(code string) func(*france, int) bool {
		return func(f *france, i int) bool { return f.region[i] == code }
	}
	metro := func(in func(*france, int) bool) func(*france, int) bool {
		return func(f *france, i int) bool { return !f.columns.Overseas[i] && in(f, i) }
	}
	return []check{
		{"Bourgogne-Franche-Comté", "15+ all", "Bourgogne-Franche-Comté", region("27"), 0, "about 440,000"},
		{"Nièvre", "15+ all", "Nièvre", func(f *france, i int) bool { return f.departement[i] == "58" }, 0, ""},
		{"Centre-Val de Loire", "15+ all", "Centre-Val de Loire", region("24"), 0, "over 400,000"},
		{"Pays de la Loire", "15+ all", "Pays de la Loire", region("52"), 0, ""},
		{"Nouvelle-Aquitaine (one in six)", "15+ all", "Nouvelle-Aquitaine", region("75"), 100. / 6, "850,000"},
		{"Communes outside attraction areas", "communes outside any attraction area", "metropolitan France",
			metro(func(f *france, i int) bool { return f.category[i] == "30" }), 0, ""},
		{"Small poles (main poles of areas under 50,000 inhabitants)", "small urban poles", "metropolitan France",
			metro(func(f *france, i int) bool {
				return f.size[i] == "1" && (f.category[i] == "11" || f.category[i] == "12")
			}), 0, ""},
		{"Areas of over 700,000 inhabitants, Paris included", "attraction areas over 700 000 inhabitants", "metropolitan France",
			metro(func(f *france, i int) bool { return f.size[i] == "4" || f.size[i] == "5" }), 0, ""},
		{"Overseas départements, without Mayotte", "15+ all", "DOM", func(f *france, i int) bool { return f.columns.Overseas[i] }, 0, ""},
	}
}

// value is the published figure, in percent.
func (c check) value(t *testing.T, published table) float64 {
	t.Helper()
	if c.share != 0 {
		return c.share
	}
	for _, row := range published.rows {
		if row[published.at["geography"]] == c.where && row[published.at["group"]] == c.group {
			v, err := strconv.ParseFloat(row[published.at["value"]], 64)
			if err != nil || !strings.HasPrefix(row[published.at["unit"]], "%") {
				t.Fatalf("%s: %v", c.name, row)
			}
			return v
		}
	}
	t.Fatalf("%s is not in the file", c.name)
	return 0
}

// The errors against every published value are those that the docs give; the bases
// of the central estimate are those with the smallest error.
func TestErrorsAgainstPublishedValues(t *testing.T) {
	f := load(t)
	r := f.estimate(t)
	published := read(t, "published/illectronisme.csv")
	all := checks()
	overseas := len(all) - 1
	want := make([]float64, len(all))
	for k, c := range all {
		want[k] = c.value(t, published)
	}
	// percent gives the share of one check under a list of people.
	percent := func(people []float64, c check) float64 {
		in := func(i int) bool { return !f.columns.Inside[i] && c.in(&f, i) }
		return 100 * f.sum(people, in) / f.sum(r.Pop15, in)
	}
	// mean is the mean absolute error over the checks of metropolitan France.
	mean := func(people []float64) (sum float64) {
		for k, c := range all[:overseas] {
			sum += math.Abs(percent(people, c) - want[k])
		}
		return sum / float64(overseas)
	}

	var b strings.Builder
	b.WriteString("| Published (%) | value |")
	for _, v := range r.Variants {
		fmt.Fprintf(&b, " %s |", v.Variant)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(r.Variants)) + "\n")
	for k, c := range all {
		fmt.Fprintf(&b, "| %s | %.1f |", c.name, want[k])
		for _, v := range r.Variants {
			p := percent(v.People, c)
			fmt.Fprintf(&b, " %.1f (%+.1f) |", p, p-want[k])
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "| **Mean absolute error, the %d of metropolitan France** | |", overseas)
	for _, v := range r.Variants {
		fmt.Fprintf(&b, " **%.2f** |", mean(v.People))
	}
	b.WriteString("\n")
	golden(t, "errors", b.String())

	b.Reset()
	b.WriteString("| | published (%) | low | central | high | published people | low to high | central |\n|---|---|---|---|---|---|---|---|\n")
	line := func(name, published, people string, in func(int) bool) {
		n := f.sum(r.Pop15, in)
		low, mid, high := f.sum(r.Low, in), f.sum(r.Central, in), f.sum(r.High, in)
		fmt.Fprintf(&b, "| %s | %s | %.1f | %.1f | %.1f | %s | %s to %s | %s |\n", name, published,
			100*low/n, 100*mid/n, 100*high/n, people, thousands(low), thousands(high), thousands(mid))
	}
	held := 0
	for k, c := range all {
		in := func(i int) bool { return !f.columns.Inside[i] && c.in(&f, i) }
		line(c.name, fmt.Sprintf("%.1f", want[k]), c.people, in)
		if percent(r.Low, c)-0.5 <= want[k] && want[k] <= percent(r.High, c)+0.5 {
			held++
		}
	}
	line("France without Mayotte", "15.4 (2021)", "", func(i int) bool { return !f.columns.Inside[i] })
	line("Metropolitan France", "16 (2019)", "", func(i int) bool { return !f.columns.Inside[i] && !f.columns.Overseas[i] })
	fmt.Fprintf(&b, "\nThe range holds %d of the %d values, give or take the half point to which they are rounded.\n", held, len(all))
	golden(t, "range", b.String())

	golden(t, "regions", regions(t, &f, r))

	b.Reset()
	fmt.Fprintf(&b, "| Not published | derived (%%) |\n|---|---|\n| 25-59, 2021 | %.1f |\n| 25-59, 2019 | %.1f |\n| Below the baccalauréat | %.1f |\n| Retired, former employees | %.1f |\n",
		100*r.Derived.Adults2021, 100*r.Derived.Adults2019, 100*r.Derived.BelowBac, 100*r.Derived.FormerEmployees)
	golden(t, "derived", b.String())

	for _, v := range r.Variants {
		if v.Variant.Year == 2019 && v.Variant.Basis != illectronisme.Diploma && mean(v.People) < mean(people(r, illectronisme.Variant{Basis: illectronisme.Central(false).Basis, Year: 2019})) {
			t.Errorf("metropolitan France: %s is nearer to the values of 2019 than the basis that was chosen", v.Variant)
		}
		far := func(p []float64) float64 { return math.Abs(percent(p, all[overseas]) - want[overseas]) }
		if v.Variant.Year == 2021 && far(v.People) < far(people(r, illectronisme.Central(true))) {
			t.Errorf("overseas: %s is nearer to the value of 2021 than the basis that was chosen", v.Variant)
		}
	}
}

// regions is the table of the régions of metropolitan France, the highest share first.
func regions(t *testing.T, f *france, r illectronisme.Result) string {
	type line struct {
		share, low, high float64
		name             string
	}
	var lines []line
	names := read(t, "territory/regions-2026.csv")
	for _, row := range names.rows {
		code := row[0]
		if names.text(t, code, "zone") != "metro" {
			continue
		}
		in := func(i int) bool { return !f.columns.Inside[i] && f.region[i] == code }
		n := f.sum(r.Pop15, in)
		lines = append(lines, line{f.sum(r.Central, in) / n, f.sum(r.Low, in) / n, f.sum(r.High, in) / n, names.text(t, code, "nom")})
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(b.share, a.share) })
	var b strings.Builder
	b.WriteString("| | central (%) | low to high |\n|---|---|---|\n")
	for _, l := range lines {
		fmt.Fprintf(&b, "| %s | %.1f | %.1f to %.1f |\n", l.name, 100*l.share, 100*l.low, 100*l.high)
	}
	return b.String()
}

// thousands writes a number of people to the nearest thousand.
func thousands(n float64) string {
	k := int(math.Round(n / 1000))
	if k < 1000 {
		return fmt.Sprintf("%d,000", k)
	}
	return fmt.Sprintf("%d,%03d,000", k/1000, k%1000)
}

// golden compares a table with the one between its marks in the docs.
func golden(t *testing.T, name, got string) {
	t.Helper()
	b, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	open, shut := "<!-- "+name+" -->\n", "<!-- end -->\n"
	before, rest, ok := strings.Cut(string(b), open)
	inside, after, ok2 := strings.Cut(rest, shut)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table %q", docs, name)
	}
	if *update {
		if err := os.WriteFile(docs, []byte(before+open+got+shut+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if inside != got {
		t.Errorf("the table %q of the docs is not what is computed (-update writes it)\nis   %s\nwant %s", name, inside, got)
	}
}
