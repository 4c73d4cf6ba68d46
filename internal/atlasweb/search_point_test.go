package atlasweb

import (
	"math"
	"testing"
)

func TestReadPoint(t *testing.T) {
	for _, c := range []struct {
		q        string
		lat, lon float64
		swapped  bool
	}{
		{"48.51,-2.76", 48.51, -2.76, false},
		{" 48.51 , -2.76 ", 48.51, -2.76, false},
		{"48.51 -2.76", 48.51, -2.76, false},
		{"48,51 -2,76", 48.51, -2.76, false},
		{"48,51 ; -2,76", 48.51, -2.76, false},
		{"48.51;−2.76", 48.51, -2.76, false},
		{"48.51, -2.76", 48.51, -2.76, false},
		{"48.51° N, 2.76° O", 48.51, -2.76, false},
		{"48.51N 2.76W", 48.51, -2.76, false},
		{"-21.1,55.5", -21.1, 55.5, false},
		{"-2.76,48.51", 48.51, -2.76, true},
		{"16.25, -61.5", 16.25, -61.5, false},
		{"0.5,0.5", 0.5, 0.5, false}, // at sea, and told so
	} {
		p, ok := readPoint(c.q)
		if !ok || math.Abs(p.Lat-c.lat) > 1e-9 || math.Abs(p.Lon-c.lon) > 1e-9 || p.Swapped != c.swapped {
			t.Errorf("readPoint(%q) = %+v, %v, want %v", c.q, p, ok, c)
		}
	}
	for _, q := range []string{"", "22113", "22,23", "Lannion", "Lannion, 22", "48.51", "1.5,2.5,3.5", "1e5,2.0", "NaN,1.0", "Inf 0.5", "200.5,300.5", "22300 22113", "0x1.8,2.0", "St. Brieuc, 22"} {
		if p, ok := readPoint(q); ok {
			t.Errorf("readPoint(%q) = %+v, want no point", q, p)
		}
	}
}

func FuzzReadPoint(f *testing.F) {
	f.Add("48.51,-2.76")
	f.Add("48,51° N 2,76° O")
	f.Fuzz(func(t *testing.T, q string) {
		p, ok := readPoint(q)
		if ok && !(p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180) {
			t.Errorf("readPoint(%q) is off the globe: %+v", q, p)
		}
	})
}
