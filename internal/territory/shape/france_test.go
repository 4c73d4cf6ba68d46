package shape

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"sync"
	"testing"
)

const dataDir = "../../../data/"

func open(t testing.TB, name string) io.Reader {
	t.Helper()
	f, err := os.Open(dataDir + name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func load(t testing.TB, name, object string) *Topology {
	t.Helper()
	topo, err := ReadTopoJSON(open(t, "territory/"+name+".topojson.gz"), object, "code")
	if err != nil {
		t.Fatal(err)
	}
	return topo
}

func loadGeoJSON(t testing.TB, name string) *Topology {
	t.Helper()
	topo, err := FromGeoJSON(open(t, name+".geojson.gz"), "code")
	if err != nil {
		t.Fatal(err)
	}
	return topo
}

// france is what most tests need, read once: the outlines never change.
type france struct {
	communes *Topology
	locator  *Locator
	zones    map[string]map[string][]int32 // level -> code -> faces
}

var once struct {
	sync.Mutex
	france *france
}

func theFrance(t testing.TB) *france {
	t.Helper()
	once.Lock()
	defer once.Unlock()
	if once.france == nil {
		c := load(t, "communes-2026", "communes")
		once.france = &france{c, NewLocator(c), readZones(t, c)}
	}
	return once.france
}

func readZones(t testing.TB, c *Topology) map[string]map[string][]int32 {
	t.Helper()
	zones := map[string]map[string][]int32{}
	for _, file := range []struct {
		name, key string
		columns   map[string]string
	}{
		{"communes-2026.csv.gz", "code", map[string]string{"dep": "departement", "reg": "region", "epci": "epci"}},
		{"communes-zonages-2025.csv.gz", "commune", map[string]string{"bv": "bv2022", "ze": "ze2020"}},
	} {
		rows, err := csv.NewReader(open(t, "territory/"+file.name)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		at := map[string]int{}
		for i, name := range rows[0] {
			at[name] = i
		}
		for level, column := range file.columns {
			if zones[level] == nil {
				zones[level] = map[string][]int32{}
			}
			for _, row := range rows[1:] {
				if f, ok := c.Face(row[at[file.key]]); ok && row[at[column]] != "" {
					code := row[at[column]]
					zones[level][code] = append(zones[level][code], f)
				}
			}
		}
	}
	return zones
}
