package indexfile

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"bassin/internal/indicator/composite"
)

func plainMethod(t testing.TB) *Method {
	t.Helper()
	m, err := ReadMethod(strings.NewReader("unit: code\nindicators: [{key: a}, {key: b}]\nimputation: {by: mean, group: region}\n"), "m.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTablesAreRead(t *testing.T) {
	for name, text := range map[string]string{
		"commas":           "code,region,a,b,odd\nx,N,1.5,NA,word\ny,S,-2e3,4,\n",
		"semicolons":       "code;region;a;b\nx;N;1,5;\ny;S;-2000;4\n",
		"tabs and a mark":  "\ufeffcode\tregion\ta\tb\r\nx\tN\t 1.5\t..\r\ny\tS\t-2000\t4\r\n",
		"quotes and order": "b,a,code,region\n-,\"1.5\",x,N\n4,-2000,\"y\",S\n",
	} {
		table, err := ReadTable(strings.NewReader(text), "t.csv", plainMethod(t))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		a, b := table.Columns["a"], table.Columns["b"]
		if !slices.Equal(table.Units, []string{"x", "y"}) || !slices.Equal(a, []float64{1.5, -2000}) ||
			!math.IsNaN(b[0]) || b[1] != 4 || !slices.Equal(table.Texts["region"], []string{"N", "S"}) {
			t.Errorf("%s: %+v", name, table)
		}
	}
}

func TestMistakesOfATableAreTold(t *testing.T) {
	for _, c := range []struct{ text, place, key string }{
		{"", "t.csv", "composite.empty_table"},
		{"code,a,b\n", "t.csv:1: region", "composite.no_column"},
		{"code,region,a,b,a\nx,N,1,2,3\n", "t.csv:1:17: a", "composite.column_twice"},
		{"code,region,a,b\nx,N,1,2\nx,N,1,2\n", "t.csv:3:1: code", "composite.unit_twice"},
		{"code,region,a,b\n,N,1,2\n", "t.csv:2:1: code", "composite.unit_empty"},
		{"code,region,a,b\nx,N,1,many\n", "t.csv:2:7: b", "composite.cell"},
		{"code,region,a,b\nx,N,1,0x10\n", "t.csv:2:7: b", "composite.cell"},
		{"code,region,a,b\nx,N,1,inf\n", "t.csv:2:7: b", "composite.cell"},
		{"code,region,a,b\nx,N,1,1e999\n", "t.csv:2:7: b", "composite.cell"},
		{"code,region,a,b\nx,N,\"1,5\",2\n", "t.csv:2:5: a", "composite.cell"},
		{"code,region,a,b\nx,N,1\n", "t.csv:2", "composite.csv_cells"},
		{"code,region,a,b\nx,N,1,\"2\n", "t.csv:2", "composite.csv"},
	} {
		_, err := ReadTable(strings.NewReader(c.text), "t.csv", plainMethod(t))
		ps, ok := errors.AsType[Problems](err)
		if !ok || ps[0].Fault.Key != c.key || !strings.HasPrefix(ps[0].Place(), c.place) {
			t.Errorf("%q: %v, want %s at %s", c.text, err, c.key, c.place)
		}
	}
	many := "code,region,a,b\n" + strings.Repeat("x,N,?,?\n", 1000)
	_, err := ReadTable(strings.NewReader(many), "t.csv", plainMethod(t))
	if ps, ok := errors.AsType[Problems](err); !ok || len(ps) != most {
		t.Errorf("%d problems told, want %d", len(ps), most)
	}
}

func FuzzReadTable(f *testing.F) {
	for _, s := range []string{"", "code,region,a,b\nx,N,1,2\n", "code;region;a;b\nx;N;1,5;\n", "code,region,a,b\n\"x\ny\",N,1,NA\n", "\ufeff", "a,b\n\"", "code,region,a,b\nx,N,1\n"} {
		f.Add([]byte(s))
	}
	m := plainMethod(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		table, err := ReadTable(bytes.NewReader(b), "t.csv", m)
		if err != nil {
			if ps, ok := errors.AsType[Problems](err); !ok || len(ps) == 0 {
				t.Errorf("an error that says nothing: %v", err)
			}
			return
		}
		for name, col := range table.Columns {
			if len(col) != len(table.Units) || slices.ContainsFunc(col, func(v float64) bool { return math.IsInf(v, 0) }) {
				t.Errorf("column %s of %d units: %v", name, len(table.Units), col)
			}
		}
		// Whatever was read, the engine answers or refuses.
		if r, err := composite.Run(table, m.Recipe); err == nil && len(r.Values[0]) != len(r.Units) {
			t.Errorf("%d values for %d units", len(r.Values[0]), len(r.Units))
		}
	})
}
