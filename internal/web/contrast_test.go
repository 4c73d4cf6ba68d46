package web

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// luminance is the relative luminance of WCAG 2.1.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 {
		t.Fatalf("%q is no colour", hex)
	}
	var sum float64
	for i, w := range []float64{.2126, .7152, .0722} {
		c := float64(n>>(16-8*i)&255) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += w * c
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

// The published example of WCAG: #777 on white is 4.48, #767676 is 4.54.
func TestContrastFormula(t *testing.T) {
	if c := contrast(t, "#777777", "#ffffff"); math.Abs(c-4.48) > .005 {
		t.Errorf("contrast of #777 on white is %.3f", c)
	}
	if c := contrast(t, "#000000", "#ffffff"); c != 21 {
		t.Errorf("contrast of black on white is %.3f", c)
	}
}

// WCAG 2.1 AA: 4.5 for text, 3 for lines that say where one can act.
func TestContrastInBothThemes(t *testing.T) {
	b, err := os.ReadFile("assets/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?s)(:root[^{]*)\{([^}]*)\}`).FindAllStringSubmatch(string(b), -1)
	if len(blocks) != 3 {
		t.Fatalf("%d blocks of colours, want 3: day, night by the system, night by choice", len(blocks))
	}
	read := func(block string) map[string]string {
		out := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]+);`).FindAllStringSubmatch(block, -1) {
			out[m[1]] = m[2]
		}
		return out
	}
	if strings.Join(strings.Fields(blocks[1][2]), "") != strings.Join(strings.Fields(blocks[2][2]), "") {
		t.Error("night by the system and night by choice differ")
	}
	day, night := read(blocks[0][2]), read(blocks[2][2])
	for name := range night {
		if day[name] == "" {
			t.Errorf("--%s has no colour by day", name)
		}
	}
	for name := range day {
		if night[name] == "" {
			t.Errorf("--%s has no colour by night", name)
		}
	}
	for theme, c := range map[string]map[string]string{"day": day, "night": night} {
		for _, pair := range []struct {
			on, ground string
			least      float64
		}{
			{"ink", "paper", 7}, {"ink", "raised", 7}, {"ink", "sunken", 7}, {"ink", "wash", 7}, {"ink", "ochre-wash", 7},
			{"soft", "paper", 4.5}, {"soft", "raised", 4.5}, {"soft", "sunken", 4.5}, {"soft", "wash", 4.5}, {"soft", "ochre-wash", 4.5},
			{"water", "paper", 4.5}, {"water", "raised", 4.5}, {"water", "wash", 4.5}, {"water-deep", "wash", 4.5}, {"water-deep", "paper", 4.5}, {"water", "ochre-wash", 4.5},
			{"paper", "water", 4.5}, {"paper", "water-deep", 4.5},
			{"ochre", "paper", 4.5}, {"ochre", "raised", 4.5}, {"ochre", "ochre-wash", 4.5},
			{"on-deep", "deep", 4.5}, {"deep", "on-deep", 4.5}, {"on-deep", "deep-line", 4.5},
			{"edge", "paper", 3}, {"edge", "raised", 3}, {"s5", "paper", 3}, {"ink", "land", 4.5}, {"ink", "in", 4.5}, {"ink", "sea", 4.5}, {"ink", "beside", 4.5},
		} {
			if got := contrast(t, c[pair.on], c[pair.ground]); got < pair.least {
				t.Errorf("%s: %s on %s has a contrast of %.2f, under %.1f", theme, pair.on, pair.ground, got, pair.least)
			}
		}
	}
}
