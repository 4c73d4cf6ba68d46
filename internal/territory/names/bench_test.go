package names_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"bassin/internal/territory"
	"bassin/internal/territory/names"
)

// typedQueries makes n queries of one kind out of commune names, the same on
// every run: whole names, beginnings of 3 to 6 letters, or names with one error.
func typedQueries(tb testing.TB, kind string, n int) []string {
	tb.Helper()
	t, err := readTables()
	if err != nil {
		tb.Fatal(err)
	}
	r := rand.New(rand.NewPCG(22113, 22278))
	out := make([]string, 0, n)
	for len(out) < n {
		name := []rune(strings.ToLower(t.Communes[r.IntN(len(t.Communes))].Name))
		switch kind {
		case "prefix":
			name = name[:min(len(name), 3+r.IntN(4))]
		case "typo":
			if len(name) < 5 {
				continue
			}
			i := 1 + r.IntN(len(name)-2)
			switch r.IntN(4) {
			case 0:
				name = slices.Delete(name, i, i+1)
			case 1:
				name = slices.Insert(name, i, 'a'+r.Int32N(26))
			case 2:
				name[i] = 'a' + r.Int32N(26)
			default:
				name[i], name[i+1] = name[i+1], name[i]
			}
		}
		out = append(out, string(name))
	}
	return out
}

func BenchmarkSearch(b *testing.B) {
	x := index(b)
	for _, kind := range []string{"exact", "prefix", "typo"} {
		queries := typedQueries(b, kind, 5000)
		b.Run(kind, func(b *testing.B) { timed(b, queries, func(q string) { x.Search(q, names.Options{}) }) })
	}
}

func BenchmarkByName(b *testing.B) {
	x := index(b)
	for _, kind := range []string{"exact", "prefix"} {
		queries := typedQueries(b, kind, 5000)
		b.Run(kind, func(b *testing.B) { timed(b, queries, func(q string) { x.ByName(names.Communes, q, true, 0) }) })
	}
}

// timed runs the queries in turn and reports the median and the 99th percentile
// beside the mean.
func timed(b *testing.B, queries []string, search func(string)) {
	took := make([]time.Duration, 0, 1<<16)
	i := 0
	for b.Loop() {
		start := time.Now()
		search(queries[i%len(queries)])
		took = append(took, time.Since(start))
		i++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e3, "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "p99-µs")
}

// BenchmarkNew reports the time and the memory that the index of France takes.
func BenchmarkNew(b *testing.B) {
	t, err := readTables()
	if err != nil {
		b.Fatal(err)
	}
	var x *names.Index
	heap := func() float64 {
		runtime.GC()
		runtime.GC() // the first one only empties the pools
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	before := heap()
	for b.Loop() {
		x = names.New(names.FromTables(t))
	}
	b.ReportMetric(heap()-before, "kept-MB")
	runtime.KeepAlive(t) // the index must not be credited with the end of the tables
	if got := x.Search("Lannion", names.Options{Limit: 1}); len(got) != 1 || got[0].ID.Level != territory.Commune {
		b.Fatalf("the index answers %v", got)
	}
}
