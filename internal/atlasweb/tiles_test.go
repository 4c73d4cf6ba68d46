package atlasweb

import (
	"testing"

	"github.com/paulmach/orb/encoding/mvt"

	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// A reader who zooms from the whole of France to a village meets these tiles.
var tilesOnTheWay = [][3]int{
	{0, 0, 0}, {2, 1, 1}, {3, 4, 2}, {4, 8, 5}, {5, 15, 11}, {5, 16, 11}, {6, 31, 22}, {6, 32, 22}, {6, 33, 22}, {7, 62, 44}, {7, 64, 44},
	{7, 65, 46}, {8, 129, 88}, {8, 125, 88}, {8, 131, 92}, {9, 259, 176}, {10, 518, 352}, {12, 2074, 1409},
}

func TestTilesOfEveryLevelAreLightAndReadable(t *testing.T) {
	s := realdata.Snapshot(t)
	var made tiles
	for _, level := range mapLevels {
		maker, err := made.maker(s, level)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range tilesOnTheWay {
			b, ok := maker.Tile(at[0], at[1], at[2])
			if !ok {
				t.Fatalf("no tile %s %v", level, at)
			}
			if len(b) > 150_000 {
				t.Errorf("tile %s %v weighs %d bytes before compression, 150,000 allowed", level, at, len(b))
			}
			layers, err := mvt.Unmarshal(b)
			if err != nil {
				t.Fatalf("tile %s %v: %v", level, at, err)
			}
			for _, layer := range layers {
				for _, f := range layer.Features {
					if f.Properties["code"] == nil || f.Properties["name"] == nil || f.ID == nil {
						t.Fatalf("tile %s %v: a feature of %s lacks its code, name or id", level, at, layer.Name)
					}
				}
			}
		}
	}
}

func TestCommunesWaitForTheirZoom(t *testing.T) {
	var made tiles
	maker, err := made.maker(realdata.Snapshot(t), territory.Commune)
	if err != nil {
		t.Fatal(err)
	}
	count := func(z, x, y int) int {
		b, _ := maker.Tile(z, x, y)
		layers, err := mvt.Unmarshal(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range layers {
			if l.Name == "commune" {
				return len(l.Features)
			}
		}
		return 0
	}
	if far, near := count(communeZoom-1, 64, 44), count(communeZoom, 129, 88); far != 0 || near < 100 {
		t.Errorf("%d communes before their zoom, %d at it", far, near)
	}
}
