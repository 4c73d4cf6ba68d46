package atlasweb

import (
	"strconv"
	"strings"
)

// typedPoint is a position that somebody typed or pasted.
type typedPoint struct {
	Lon, Lat float64
	Swapped  bool // given as longitude then latitude
}

// readPoint reads a position as maps write it: latitude then longitude in
// degrees ("48.51,-2.76", "48,51 -2,76", "48.51 -2.76", with ° N S E W O or
// not). Where that is far from any land of France and the other order is not,
// it reads longitude first. It says false for anything else.
func readPoint(q string) (typedPoint, bool) {
	if len(q) > 80 || strings.Count(q, ".")+strings.Count(q, ",") == 0 {
		return typedPoint{}, false
	}
	a, b, ok := twoNumbers(q)
	if !ok {
		return typedPoint{}, false
	}
	switch {
	case nearFrance(b, a):
		return typedPoint{Lon: b, Lat: a}, true
	case nearFrance(a, b):
		return typedPoint{Lon: a, Lat: b, Swapped: true}, true
	}
	if a < -90 || a > 90 || b < -180 || b > 180 {
		return typedPoint{}, false
	}
	return typedPoint{Lon: b, Lat: a}, true
}

// twoNumbers cuts a text into two decimal numbers. A comma separates them, or
// marks decimals where something else separates.
func twoNumbers(q string) (a, b float64, ok bool) {
	q = strings.TrimSpace(strings.ReplaceAll(q, "−", "-"))
	for _, cut := range []string{";", " ", ","} {
		if cut == "," && !strings.Contains(q, ".") {
			break // "22,23" is no position
		}
		var parts []string
		for p := range strings.SplitSeq(q, cut) {
			if p = strings.TrimSpace(p); p != "" {
				parts = append(parts, p)
			}
		}
		if len(parts) != 2 {
			continue
		}
		var v [2]float64
		good := true
		for i, p := range parts {
			var fine bool
			v[i], fine = degrees(strings.TrimSuffix(p, ","))
			good = good && fine
		}
		if good {
			return v[0], v[1], true
		}
	}
	return 0, 0, false
}

// degrees reads one decimal number of degrees and its hemisphere if it is given.
func degrees(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	sign := 1.0
	if n := len(s); n > 1 {
		switch s[n-1] {
		case 'N', 'n', 'E', 'e':
			s = s[:n-1]
		case 'S', 's', 'W', 'w', 'O', 'o':
			s, sign = s[:n-1], -1
		}
	}
	s = strings.TrimSuffix(strings.TrimSpace(s), "°")
	s = strings.Replace(s, ",", ".", 1)
	if s == "" || strings.ContainsAny(s, "eExXpP_nNiI") {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return sign * v, err == nil
}

// nearFrance says whether a point lies in a box around some land of France.
func nearFrance(lon, lat float64) bool {
	for _, b := range [...][4]float64{
		{-5.5, 41, 10, 51.5},  // metropolitan France
		{-64, 14, -60, 18.5},  // Antilles
		{-55, 2, -51, 6},      // Guyane
		{44, -14, 56.5, -11},  // Mayotte
		{54, -22, 57, -20},    // La Réunion
		{-57, 46, -55, 48},    // Saint-Pierre-et-Miquelon
		{-180, -28, -134, -7}, // Polynésie, Wallis-et-Futuna
		{157, -24, 173, -17},  // Nouvelle-Calédonie
		{-110, 9.5, -108, 11}, // Clipperton
		{39, -50.5, 80, -11},  // Terres australes
	} {
		if lon >= b[0] && lon <= b[2] && lat >= b[1] && lat <= b[3] {
			return true
		}
	}
	return false
}
