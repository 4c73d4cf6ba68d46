package sitingfile

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"bassin/internal/fault"
)

func TestPlacesAreTheSameInBothForms(t *testing.T) {
	type place struct {
		ID     string  `parquet:"id"`
		Lon    float64 `parquet:"lon"`
		Lat    float32 `parquet:"lat"`
		Weight int64   `parquet:"weight,optional"`
	}
	var b bytes.Buffer
	if err := parquet.Write(&b, []place{{"01001", 4.5, 46, 417}, {"2A004", 8.75, 42, 3}}); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"parquet":   b.String(),
		"commas":    "id,lon,lat,weight\n01001,4.5,46,417\n2A004,8.75,42,3\n",
		"semicolon": "\ufeffPoids;ID;Longitude;Latitude\r\n417;01001;4,5;46,0\r\n3;2A004;8,75;42\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			p, err := ReadPlaces(strings.NewReader(text), name)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(p.IDs, []string{"01001", "2A004"}) || !slices.Equal(p.Weights, []float64{417, 3}) || !p.Globe ||
				!slices.Equal(p.At, [][2]float64{{4.5, 46}, {8.75, 42}}) {
				t.Errorf("read %+v", p)
			}
			// Ajaccio lies 5° east and 4° south: some 550 km.
			if d := p.Costs().At(0, 1); d < 540 || d > 570 {
				t.Errorf("%v km", d)
			}
		})
	}
}

func TestMatrix(t *testing.T) {
	m, err := ReadMatrix(strings.NewReader("1,2.5,\n4,inf,6\n"), "m")
	if err != nil {
		t.Fatal(err)
	}
	n, sites := m.Size()
	if n != 2 || sites != 3 || m.At(0, 1) != 2.5 || !math.IsInf(m.At(0, 2), 1) || !math.IsInf(m.At(1, 1), 1) || m.At(1, 2) != 6 {
		t.Errorf("%d by %d: %v", n, sites, m)
	}
}

func TestNumbersOfSites(t *testing.T) {
	got, err := ReadNumbers(strings.NewReader("commune;places\nb;12\n"), "f", NewSites([]string{"a", "b"}, 2), 7)
	if err != nil || !slices.Equal(got, []float64{7, 12}) {
		t.Errorf("%v, %v", got, err)
	}
	list, err := ReadList(strings.NewReader("3\n1\n"), "f", NewSites(nil, 3))
	if err != nil || !slices.Equal(list, []int{2, 0}) {
		t.Errorf("%v, %v", list, err)
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := parquet.Write(&b, []struct{ X, Y float64 }{{1, 2}}); err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "1,2\n3,4\n", "id,x,y\na,1,2\n", "id;lon;lat;weight\na;1;2;-3\n", "\"", "1,2\n3\n", b.String(), b.String()[:40], "PAR1PAR1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ReadPlaces(strings.NewReader(text), "f")
		if err == nil {
			for i, w := range p.Weights {
				if !(w >= 0) || math.IsNaN(p.At[i][0]) || p.IDs[i] == "" {
					t.Errorf("place %d: %+v", i, p)
				}
			}
		}
		told(t, err)
		m, err := ReadMatrix(strings.NewReader(text), "f")
		told(t, err)
		if err == nil {
			n, sites := m.Size()
			for i := range n {
				for j := range sites {
					if !(m.At(i, j) >= 0) {
						t.Errorf("%v at %d, %d", m.At(i, j), i, j)
					}
				}
			}
		}
		_, err = ReadNumbers(strings.NewReader(text), "f", NewSites([]string{"a"}, 1), 0)
		told(t, err)
	})
}

// told checks that what is wrong can be told to a person.
func told(t *testing.T, err error) {
	t.Helper()
	if err != nil && fault.CodeOf(err) == fault.Internal {
		t.Errorf("%v", err)
	}
}
