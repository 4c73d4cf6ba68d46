package pipeline

import (
	"math"
	"slices"
	"testing"

	"bassin/internal/territory"
)

// Four communes, the last a city of two arrondissements: Gap has no figures in
// older files, Small has under 500 inhabitants.
func fewUnits() *units {
	people := func(n int32) *int32 { return &n }
	return newUnits([]territory.CommuneRow{
		{Code: "01001", Population: people(3000)}, {Code: "01002", Population: people(90)}, {Code: "01003", Population: people(40)}, {Code: "75056", Population: people(9000)},
	}, []territory.PartRow{
		{Code: "75101", Type: territory.PartArrondissement, Commune: "75056", Population: people(4000)},
		{Code: "75102", Type: territory.PartArrondissement, Commune: "75056", Population: people(5000)},
	}, map[string]bool{"01003": true})
}

func fewFigures(s Source, rows ...[]string) *figures {
	t := &table{source: &s, at: map[string]int{}, rows: rows}
	for i, c := range s.Columns {
		t.at[c.Name] = i
	}
	now := current{codes: map[string]int{"01001": 0}, next: map[string][]string{"01009": {"01001"}}}
	return newFigures(t, &s.Columns[0], fewUnits(), now, map[string]string{"01002": "2020-01-01"}, &SourceReport{})
}

func same(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) })
}

func TestGaps(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name string
		gap  Gap
		want []float64
	}{
		{"zeros", Gap{Zero: []string{"n"}, Empties: []string{"x"}}, []float64{nan, 2, nan, 4, nan, nan}},
		{"known zeros only", Gap{Zero: []string{"n"}, Known: true, Empties: []string{"x"}}, []float64{1, 2, nan, 4, nan, nan}},
		{"both zero", Gap{Zero: []string{"n", "x"}, Empties: []string{"x"}}, []float64{1, 2, 3, 4, nan, nan}},
		{"a commune", Gap{Communes: []string{"75056"}, Empties: []string{"x"}}, []float64{1, 2, 3, nan, nan, nan}},
		{"another column", Gap{Zero: []string{"n"}, Empties: []string{"n"}}, []float64{1, 2, 3, 4, nan, nan}},
	} {
		s := Source{Columns: []Column{{Name: "commune"}, {Name: "n"}, {Name: "x"}}, Gaps: []Gap{c.gap}}
		f := fewFigures(s, []string{"01001", "0", "1"}, []string{"01002", "0", "2"}, []string{"01003", "0", "3"}, []string{"75056", "7", "4"})
		if got := f.column(&f.table.source.Columns[2], &SourceReport{}); !same(got, c.want) {
			t.Errorf("%s: %v instead of %v", c.name, got, c.want)
		}
	}
}

func TestFiguresOfPastCommunes(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name      string
		column    Column
		geography int
		want      []float64
	}{
		{"sum", Column{Merge: "sum"}, 0, []float64{40, 5, nan, nan, 1, nan}},
		{"mean", Column{Merge: "mean", MergeBy: "w"}, 0, []float64{25, 5, nan, nan, 1, nan}},
		{"sum that skips", Column{Merge: "sum", Skip: true}, 0, []float64{40, 5, nan, 1, 1, nan}},
		{"mean that skips", Column{Merge: "mean", MergeBy: "w", Skip: true}, 0, []float64{25, 5, nan, 1, 1, nan}},
		{"nothing", Column{}, 0, []float64{nan, 5, nan, nan, 1, nan}},
		{"a perimeter of before", Column{Merge: "sum"}, 2019, []float64{40, nan, nan, nan, 1, nan}},
		{"a perimeter of after", Column{Merge: "sum"}, 2020, []float64{40, 5, nan, nan, 1, nan}},
	} {
		c.column.Name = "x"
		s := Source{Columns: []Column{{Name: "commune"}, {Name: "w"}, c.column}, Geography: c.geography}
		f := fewFigures(s, []string{"01001", "1", "10"}, []string{"01009", "3", "30"}, []string{"01002", "1", "5"}, []string{"75101", "2", "1"}, []string{"75102", "2", ""})
		if got := f.column(&f.table.source.Columns[2], &SourceReport{}); !same(got, c.want) {
			t.Errorf("%s: %v instead of %v", c.name, got, c.want)
		}
	}
}

func TestCityOfArrondissements(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct{ values, want []float64 }{
		{[]float64{1, 2, 3, nan, 4, 5}, []float64{1, 2, 3, 9, 4, 5}},
		{[]float64{1, 2, 3, 8, 4, 5}, []float64{1, 2, 3, 8, 4, 5}},
		{[]float64{1, 2, nan, nan, nan, 5}, []float64{1, 2, nan, nan, nan, 5}},
	} {
		got := slices.Clone(c.values)
		if fewUnits().addUp(got); !same(got, c.want) {
			t.Errorf("%v gives %v", c.values, got)
		}
	}
}
