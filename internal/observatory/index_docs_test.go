package observatory

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bassin/internal/indicator"
	"bassin/internal/indicator/composite"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// past are the census components of 2017 that La Mednum and Data for Good use.
var past = []string{"ifn2017_below_bac", "ifn2017_single", "ifn2017_lone_parents", "ifn2017_age_65", "ifn2017_age_15_24"}

// The docs say what is measured here, on the project's data.
func TestFiguresOfTheIndexDocs(t *testing.T) {
	o := (&Service{}).Of(realdata.Snapshot(t))
	path := filepath.Join(realdata.Root(), "docs", "fragility-index.md")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc := string(b)
	at := map[territory.Level]*Index{}
	for _, l := range IndexLevels {
		p := o.DefaultIndex()
		p.Level = l
		if at[l], err = o.Index(t.Context(), p, IndexDraws, IndexSeed); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"levels": docLevels(o, at), "components": docComponents(at), "correlations": docCorrelations(o), "sensitivity": docSensitivity(at),
		"five": docFive(o, at[territory.BassinDeVie]), "gaps": docGaps(o, at[territory.BassinDeVie]),
	} {
		start, end := "<!-- "+name+" -->\n", "<!-- end -->"
		i := strings.Index(doc, start)
		if i < 0 {
			t.Fatalf("the docs have no place for %q", name)
		}
		i += len(start)
		j := i + strings.Index(doc[i:], end)
		if doc[i:j] != text {
			if !*update {
				t.Errorf("the table %q of the docs is not what is computed (-update writes it)\nis   %s\nwant %s", name, doc[i:j], text)
			}
			doc = doc[:i] + text + doc[j:]
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(doc), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func quantileOf(values []float64, q float64) float64 {
	return indicator.NewDistribution(values, nil).Quantile(q)
}

func meanOf(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func docLevels(o *Observatory, at map[territory.Level]*Index) string {
	var b strings.Builder
	fmt.Fprintln(&b, "| Level | Territories | Ranked | Their share of inhabitants | Median width of the range | Always in the first tenth |\n|---|---|---|---|---|---|")
	for _, l := range IndexLevels {
		x := at[l]
		people, all := 0, 0
		for _, u := range o.France.Level(l) {
			n, _ := u.Population()
			all += n
			if _, ok := x.At(u); ok {
				people += n
			}
		}
		width := make([]float64, len(x.Low))
		for i := range width {
			width[i] = x.High[i] - x.Low[i]
		}
		n := len(x.Territories)
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f %% | %.0f ranks | %d of %d |\n", l, n+x.Unranked, n, 100*float64(people)/float64(all), quantileOf(width, 0.5), x.Always(n/10), n/10)
	}
	return b.String()
}

// fragile is how fragile a rank is, to correlate with scores.
func fragile(x *Index) []float64 {
	out := make([]float64, len(x.Rank))
	for i, r := range x.Rank {
		out[i] = -float64(r)
	}
	return out
}

func docComponents(at map[territory.Level]*Index) string {
	var b strings.Builder
	fmt.Fprintln(&b, "| Component | Axis | Share | Period | Known in | Skewness | Kurtosis | Rank correlation with the index |\n|---|---|---|---|---|---|---|---|")
	x := at[territory.BassinDeVie]
	for _, c := range x.Components {
		rho, n := indicator.Spearman(fragile(x), c.Scores)
		fmt.Fprintf(&b, "| `%s` | %s | %.1f %% | %s | %d | %.1f | %.1f | %.2f |\n", c.Definition.Key, c.Axis, 100*c.Share, c.Definition.Vintages[c.Definition.Latest()].Period, n, c.Skewness, c.Kurtosis, rho)
	}
	return b.String()
}

// docCorrelations is the matrix of all that is offered, more being more fragile.
func docCorrelations(o *Observatory) string {
	var b strings.Builder
	var columns [][]float64
	fmt.Fprint(&b, "| |")
	for i, c := range IndexChoices {
		d, _ := o.indexable(c.Key)
		v := slices.Clone(solid(o.Panel.Across(territory.BassinDeVie, d, d.Latest())))
		if d.Polarity == indicator.Better {
			for k := range v {
				v[k] = -v[k]
			}
		}
		columns = append(columns, v)
		fmt.Fprintf(&b, " %d |", i+1)
	}
	fmt.Fprintf(&b, "\n|---|%s\n", strings.Repeat("---|", len(columns)))
	for i, c := range IndexChoices {
		mark := ""
		if c.Default {
			mark = "**"
		}
		fmt.Fprintf(&b, "| %s%d %s%s |", mark, i+1, c.Key, mark)
		for k := range columns {
			if k >= i {
				fmt.Fprint(&b, " |")
				continue
			}
			rho, _ := indicator.Spearman(columns[i], columns[k])
			fmt.Fprintf(&b, " %.2f |", rho)
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

func docSensitivity(at map[territory.Level]*Index) string {
	var b strings.Builder
	fmt.Fprintln(&b, "| Level | Weights | Normalisation | Mean | Together | Moved most by weights, normalisation, mean |\n|---|---|---|---|---|---|")
	for _, l := range IndexLevels {
		x := at[l]
		most := map[string]int{}
		for i := range x.Territories {
			name, _, _ := x.Strongest(i)
			most[name]++
		}
		share := map[string]float64{}
		rest := 1.0
		for _, f := range x.Factors {
			share[f.Name] = meanOf(f.Share)
			rest -= share[f.Name]
		}
		fmt.Fprintf(&b, "| %s | %.0f %% | %.0f %% | %.0f %% | %.0f %% | %d, %d, %d |\n", l, 100*share[composite.FactorWeights], 100*share[composite.FactorNormalisation], 100*share[composite.FactorMean], 100*rest,
			most[composite.FactorWeights], most[composite.FactorNormalisation], most[composite.FactorMean])
	}
	return b.String()
}

// five are the past components over the ranked territories of an index.
func five(o *Observatory, x *Index) [][]float64 {
	var out [][]float64
	for _, key := range past {
		d, _ := o.Panel.Definition(key)
		a := o.Panel.Across(x.Parameters.Level, d, d.Latest())
		all := a.Solid()
		v := make([]float64, len(x.Territories))
		for i := range v {
			v[i] = math.NaN()
		}
		for u, t := range a.Territories {
			if i, ok := x.At(t); ok {
				v[i] = all[u]
			}
		}
		out = append(out, v)
	}
	return out
}

// together is the plain mean of the percentiles of the five, more being more
// fragile, where at least four are known.
func together(t [][]float64) []float64 {
	out := make([]float64, len(t[0]))
	sorted := make([]indicator.Distribution, len(t))
	for k := range t {
		sorted[k] = indicator.NewDistribution(t[k], nil)
	}
	for i := range out {
		sum, n := 0.0, 0
		for k := range t {
			if !math.IsNaN(t[k][i]) {
				below, _ := sorted[k].Below(t[k][i])
				sum += float64(below) / float64(sorted[k].Len()-1)
				n++
			}
		}
		if out[i] = sum / float64(n); n < 4 {
			out[i] = math.NaN()
		}
	}
	return out
}

func docFive(o *Observatory, x *Index) string {
	var b strings.Builder
	columns := five(o, x)
	fmt.Fprint(&b, "| Component of 2017 |")
	for _, c := range x.Components {
		fmt.Fprintf(&b, " %s |", c.Definition.Key)
	}
	fmt.Fprintf(&b, " the index |\n|---|%s---|\n", strings.Repeat("---|", len(x.Components)))
	row := func(name string, v []float64) {
		fmt.Fprintf(&b, "| %s |", name)
		for _, c := range x.Components {
			rho, _ := indicator.Spearman(v, c.Scores)
			fmt.Fprintf(&b, " %.2f |", rho)
		}
		rho, _ := indicator.Spearman(v, fragile(x))
		fmt.Fprintf(&b, " %.2f |\n", rho)
	}
	for k, key := range past {
		row(key, columns[k])
	}
	row("mean of the five", together(columns))
	return b.String()
}

// docGaps names the territories that the two ways place most differently.
func docGaps(o *Observatory, x *Index) string {
	v := together(five(o, x))
	var known []int
	for i := range v {
		if !math.IsNaN(v[i]) {
			known = append(known, i)
		}
	}
	slices.SortStableFunc(known, func(a, b int) int { return cmp.Compare(v[b], v[a]) })
	then := map[int]int{}
	for r, i := range known {
		then[i] = r + 1
	}
	gap := func(i int) int { return then[i] - int(x.Rank[i]) }
	byGap := slices.Clone(known)
	slices.SortStableFunc(byGap, func(a, b int) int { return cmp.Compare(gap(b), gap(a)) })
	var b strings.Builder
	fmt.Fprintln(&b, "| Basin | Rank by the five of 2017 | Rank by the index | Its range | Networks | Capability | Isolation | Dependence | Help |\n|---|---|---|---|---|---|---|---|---|")
	for _, i := range slices.Concat(byGap[:6], byGap[len(byGap)-6:]) {
		fmt.Fprintf(&b, "| %s | %d | %d | %.0f to %.0f |", x.Territories[i].Name, then[i], x.Rank[i], math.Floor(x.Low[i]), math.Ceil(x.High[i]))
		for _, a := range x.Axes {
			if math.IsNaN(a.Scores[i]) {
				fmt.Fprint(&b, " – |")
				continue
			}
			fmt.Fprintf(&b, " %.0f |", a.Scores[i])
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}
