package pipeline

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/territory"
)

// units are what figures speak of: communes in the order of their list, then the
// municipal arrondissements of Paris, Lyon and Marseille.
type units struct {
	codes      []string
	at         map[string]int
	communes   int    // the first ones are communes
	parent     []int  // of an arrondissement, its commune; itself otherwise
	population []int  // inhabitants, -1 where not published
	gap        []bool // known to have no figures in files of an earlier geography
}

func newUnits(communes []territory.CommuneRow, parts []territory.PartRow, gap map[string]bool) *units {
	u := &units{at: map[string]int{}, communes: len(communes)}
	add := func(code, parent string, population *int32) {
		at := len(u.codes)
		u.at[code] = at
		u.codes, u.gap = append(u.codes, code), append(u.gap, gap[code])
		if parent != "" {
			at = u.at[parent]
		}
		u.parent = append(u.parent, at)
		people := -1
		if population != nil {
			people = int(*population)
		}
		u.population = append(u.population, people)
	}
	for i := range communes {
		add(communes[i].Code, "", communes[i].Population)
	}
	for _, p := range parts {
		if p.Type == territory.PartArrondissement {
			add(p.Code, p.Commune, p.Population)
		}
	}
	return u
}

// missing is a column without a figure.
func (u *units) missing() []float64 {
	out := make([]float64, len(u.codes))
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// addUp gives a city without a figure the sum of its municipal arrondissements, if
// all of these have one.
func (u *units) addUp(values []float64) {
	sums := map[int]float64{}
	for at := u.communes; at < len(u.codes); at++ {
		if city := u.parent[at]; math.IsNaN(values[city]) {
			sums[city] += values[at]
		}
	}
	for city, sum := range sums {
		values[city] = sum
	}
}

// gapOver is the number of inhabitants over which a zero total means missing.
const gapOver = 500

// figures are the columns of one source, by unit.
type figures struct {
	units   *units
	table   *table
	rows    [][]int // of the table, by unit
	emptied []bool  // communes whose figures are of another perimeter
	gaps    map[string][]bool
}

// newFigures finds the rows of each unit and the cells that mean missing.
func newFigures(t *table, commune *Column, u *units, now current, split map[string]string, report *SourceReport) *figures {
	f := &figures{units: u, table: t, rows: make([][]int, len(u.codes)), emptied: make([]bool, len(u.codes)), gaps: map[string][]bool{}}
	var moved, lost []string
	for i := range t.rows {
		code := t.get(i, commune.Name)
		at, ok := u.at[code]
		if next := now.next[code]; !ok && len(next) == 1 {
			at, ok = u.at[next[0]]
			moved = append(moved, code+" to "+next[0])
		}
		if !ok {
			lost = append(lost, code)
			continue
		}
		f.rows[at] = append(f.rows[at], i)
	}
	// A city that has no row of its own is what its arrondissements make.
	own := slices.Clone(f.rows[:u.communes])
	for at := u.communes; at < len(u.codes); at++ {
		if city := u.parent[at]; len(own[city]) == 0 {
			f.rows[city] = append(f.rows[city], f.rows[at]...)
		}
	}
	var parents []string
	if y := t.source.Geography; y > 0 {
		for _, parent := range sortedKeys(split) {
			if at, ok := u.at[parent]; ok && split[parent] > strconv.Itoa(y)+"-01-01" && len(f.rows[at]) > 0 {
				f.emptied[at] = true
				parents = append(parents, parent)
			}
		}
	}
	for _, x := range []Finding{
		{Kind: Moved, Column: commune.Name, Count: len(moved), Why: "past communes, whose figures are put together with those of today's commune", Values: moved},
		{Kind: Dropped, Column: commune.Name, Count: len(lost), Why: "codes that lead to no unit of today, or to several", Values: lost},
		{Kind: Emptied, Count: len(parents), Why: "communes that another has left since the geography of the file: the figures are of their former perimeter", Values: parents},
	} {
		if x.Count > 0 {
			report.found(x)
		}
	}
	f.findGaps(report)
	return f
}

func (f *figures) findGaps(report *SourceReport) {
	u := f.units
	for _, g := range f.table.source.Gaps {
		gone := make([]bool, len(u.codes))
		var who []string
		for at, rows := range f.rows {
			if len(rows) > 0 && f.gap(&g, at) {
				gone[at] = true
				who = append(who, u.codes[at])
			}
		}
		for _, name := range g.Empties {
			if f.gaps[name] == nil {
				f.gaps[name] = make([]bool, len(u.codes))
			}
			for at, is := range gone {
				f.gaps[name][at] = f.gaps[name][at] || is
			}
		}
		if len(who) == 0 {
			continue
		}
		why := "communes whose figures cannot be true"
		if g.Communes == nil {
			who := fmt.Sprintf("of over %d inhabitants, or known to be missing,", gapOver)
			if g.Known {
				who = "known to be missing"
			}
			why = fmt.Sprintf("communes %s where %s is zero: missing, not none", who, strings.Join(g.Zero, " and "))
		}
		report.found(Finding{Kind: Emptied, Column: strings.Join(g.Empties, ", "), Count: len(who), Why: why, Values: who})
	}
}

// gap says whether the figures of a unit mean missing.
func (f *figures) gap(g *Gap, at int) bool {
	u := f.units
	if g.Communes != nil {
		return slices.Contains(g.Communes, u.codes[at])
	}
	if !u.gap[at] && (g.Known || u.population[at] <= gapOver) {
		return false
	}
	for _, name := range g.Zero {
		for _, row := range f.rows[at] {
			if x, ok := f.table.decimal(row, name); !ok || x != 0 {
				return false
			}
		}
	}
	return true
}

// column is a column of the source, by unit, NaN where it is missing.
func (f *figures) column(c *Column, report *SourceReport) []float64 {
	out := f.units.missing()
	var apart []string
	for at, rows := range f.rows {
		if len(rows) == 0 || f.emptied[at] || f.gaps[c.Name] != nil && f.gaps[c.Name][at] {
			continue
		}
		x, ok := f.merged(c, rows)
		if !ok && len(rows) > 1 && c.Merge == "" {
			apart = append(apart, f.units.codes[at])
		}
		if ok {
			out[at] = x
		}
	}
	if len(apart) > 0 {
		report.found(Finding{Kind: Emptied, Column: c.Name, Count: len(apart), Why: "communes made of several since: their rates cannot be put together without what they are rates of", Values: apart})
	}
	return out
}

// merged puts the cells of several rows together. A part that is missing leaves
// the whole missing, unless the column skips it.
func (f *figures) merged(c *Column, rows []int) (float64, bool) {
	if len(rows) == 1 {
		return f.table.decimal(rows[0], c.Name)
	}
	var total, weights float64
	some := false
	for _, row := range rows {
		x, ok := f.table.decimal(row, c.Name)
		if !ok && c.Skip {
			continue
		}
		if !ok {
			return 0, false
		}
		some = true
		switch c.Merge {
		case "sum":
			total += x
		case "mean":
			w, ok := f.table.decimal(row, c.MergeBy)
			if !ok {
				return 0, false
			}
			total += w * x
			weights += w
		default:
			return 0, false
		}
	}
	if c.Merge == "mean" {
		return total / weights, weights > 0
	}
	return total, some
}
