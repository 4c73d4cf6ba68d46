package carto_test

import (
	"strings"
	"testing"

	"bassin/internal/realdata"
	"bassin/internal/web/carto"
)

func TestMarked(t *testing.T) {
	s := realdata.Snapshot(t)
	number := func(code string) int32 {
		n, ok := s.France.CommuneNumber(code)
		if !ok {
			t.Fatal(code)
		}
		return n
	}
	plan := carto.NewFrance(s)
	d := plan.Marked(`Ici & "là"`, []carto.Mark{
		{Commune: number("22113"), Class: "own", Text: "Lannion", Title: "Lannion <22>"},
		{Commune: number("97411"), Class: "place", Text: "Saint-Denis", Title: "Saint-Denis"},
		{Commune: number("97502"), Class: "place", Text: "Saint-Pierre", Title: "Saint-Pierre"},
	})
	svg := string(d.SVG)
	if d.Hidden != 1 {
		t.Error("hidden:", d.Hidden)
	}
	for text, times := range map[string]int{
		`aria-label="Ici &amp; &#34;là&#34;"`: 1, `<circle class="own"`: 1, `<circle class="place"`: 1, "Lannion &lt;22&gt;": 1,
		">Lannion</text>": 2, ">Saint-Denis</text>": 0, // no room in a box
	} {
		if n := strings.Count(svg, text); n != times {
			t.Errorf("%s stands %d times", text, n)
		}
	}
	if i := strings.Index(svg, `class="own"`); i < strings.Index(svg, `class="place"`) {
		t.Error("the first mark is not on top")
	}
	if again := plan.Marked(`Ici & "là"`, nil); len(again.SVG) > 30_000 || !strings.HasPrefix(svg, before(string(again.SVG), `<g class="towns"`)) {
		t.Error("the ground changes, or weighs", len(again.SVG))
	}
}

func before(s, end string) string { s, _, _ = strings.Cut(s, end); return s }
