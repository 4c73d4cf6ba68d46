package web

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"bassin/internal/i18n"
)

func scatterOf(n int) Scatter {
	c := Scatter{ID: "s", Title: "Un nuage", Text: "Une phrase.", Head: "Bassin",
		X: Measure{Name: "Abscisse", Write: func(x float64) string { return fmt.Sprintf("%.0f", x) }},
		Y: Measure{Name: "Ordonnée", Write: func(x float64) string { return fmt.Sprintf("%.0f", x) }}}
	for i := range n {
		x := float64(i%97) + 1
		c.Dots = append(c.Dots, Dot{X: x, Y: x*x + float64(i%13)})
	}
	return c
}

func draw(t *testing.T, c Scatter) string {
	t.Helper()
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.draw(catalog.Localizer(i18n.FR))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := html.Parse(strings.NewReader(string(out))); err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestAScatterShowsEachDotOnce(t *testing.T) {
	c := scatterOf(300)
	c.Dots[0].Label, c.Dots[0].Own = "Lannion <22>", true
	svg := draw(t, c)
	if n := strings.Count(svg, "h0"); n != 299 {
		t.Errorf("%d plain dots, want 299", n)
	}
	if !strings.Contains(svg, "Lannion &lt;22&gt;") || !strings.Contains(svg, `class="own"`) {
		t.Error("the territory's own dot is not named")
	}
}

func TestAScatterOfManyIsCountedByCells(t *testing.T) {
	svg := draw(t, scatterOf(34_900))
	if strings.Contains(svg, "h0M") {
		t.Error("34,900 dots are drawn one by one")
	}
	if len(svg) > 30_000 {
		t.Errorf("%d bytes for a plot of cells", len(svg))
	}
	if !strings.Contains(svg, `class="s7"`) || !strings.Contains(svg, `class="s2"`) {
		t.Error("cells are not told apart by how many they hold")
	}
}

func TestAScatterLeavesOutWhatHasNoPlace(t *testing.T) {
	c := scatterOf(10)
	c.X.Log = true
	c.Dots = append(c.Dots, Dot{X: 0, Y: 1}, Dot{X: math.NaN(), Y: 1}, Dot{X: 3, Y: math.Inf(1)}, Dot{X: -2, Y: 1})
	svg := draw(t, c)
	if n := strings.Count(svg, "h0"); n != 10 {
		t.Errorf("%d dots, want 10", n)
	}
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Error("a place is not a number")
	}
	if svg := draw(t, scatterOf(2)); svg != "" {
		t.Error("two dots make a plot")
	}
}

func TestNamesOfAScatterNeverMeet(t *testing.T) {
	c := scatterOf(100)
	for i := range c.Dots {
		c.Dots[i].X, c.Dots[i].Y, c.Dots[i].Label = 10, 10, fmt.Sprint("Commune ", i)
	}
	c.Dots[0].X = 0
	c.Dots[1].Y = 0
	if n := strings.Count(draw(t, c), `text-anchor="end">Commune`) + strings.Count(draw(t, c), `text-anchor="start">Commune`); n > 3 {
		t.Errorf("%d names on the same spot", n)
	}
}
