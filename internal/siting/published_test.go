package siting

import (
	"context"
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// newYork are the distances of the published problems: metres on a sphere, the
// arc-cosine as a float32.
type newYork struct{ lat, lon []float64 }

func (c newYork) Size() (demands, sites int) { return len(c.lat), len(c.lat) }
func (c newYork) Whole() bool                { return false }
func (c newYork) At(i, j int) float64 {
	if i == j {
		return 0
	}
	cos := math.Cos(c.lat[i])*math.Cos(c.lat[j])*math.Cos(c.lon[i]-c.lon[j]) + math.Sin(c.lat[i])*math.Sin(c.lat[j])
	return 6378100 * float64(float32(math.Acos(min(1, cos))))
}
func (c newYork) Near(i int, reach float64, found func(j int, d float64)) {
	for j := range c.lat {
		if math.Abs(c.lat[i]-c.lat[j]) <= reach/6e6 {
			if d := c.At(i, j); d <= reach {
				found(j, d)
			}
		}
	}
}

func readNewYork(t *testing.T) (c newYork, weights []float64) {
	t.Helper()
	text, err := os.ReadFile("testdata/NewYork.txt")
	if err != nil {
		t.Fatal(err)
	}
	part := ""
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		x, err := strconv.ParseFloat(f[len(f)-1], 64)
		switch {
		case strings.HasSuffix(f[0], "_SECTION"):
			part = f[0]
		case err != nil:
		case part == "NODE_COORD_SECTION":
			lat, err := strconv.ParseFloat(f[len(f)-2], 64)
			if err != nil {
				t.Fatal(err)
			}
			c.lat, c.lon = append(c.lat, lat*math.Pi/180), append(c.lon, x*math.Pi/180)
		case part == "DEMAND_SECTION":
			weights = append(weights, x)
		}
	}
	if len(c.lat) != 2713 || len(weights) != 2713 {
		t.Fatalf("%d points, %d demands", len(c.lat), len(weights))
	}
	return c, weights
}

// Published solutions are worth what was published, and no bound crosses one.
func TestPublishedSolutions(t *testing.T) {
	c, weights := readNewYork(t)
	f, err := os.Open("testdata/newyork-published.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		p, _ := strconv.Atoi(row[0])
		published, _ := strconv.ParseFloat(row[1], 64)
		var sites []int
		for word := range strings.FieldsSeq(row[2]) {
			j, _ := strconv.Atoi(word)
			sites = append(sites, j)
		}
		q := Problem{Model: MaxCover, Costs: c, Weights: weights, Sites: p, Radius: 400}
		if p == 50 {
			if got := worth(&q, sites); got != published || len(sites) != p {
				t.Errorf("p = %d: %d sites worth %v, published %v", p, len(sites), got, published)
			}
		}
		s, err := Solve(context.Background(), q, Options{Gap: 0.02})
		if err != nil {
			t.Fatal(err)
		}
		if s.Bound < published || s.Gap() > 0.02 || s.Value < 0.98*published {
			t.Errorf("p = %d: value %v, bound %v, published %v", p, s.Value, s.Bound, published)
		}
	}
}
