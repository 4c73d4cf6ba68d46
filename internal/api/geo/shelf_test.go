package geo

import (
	"fmt"
	"testing"
)

func TestShelfStaysWithinItsSize(t *testing.T) {
	var s shelf
	body := make([]byte, 1<<20)
	for i := range 50 {
		s.put(fmt.Sprint(i), body)
		if s.size > shelfSize || len(s.kept) == 0 {
			t.Fatalf("after %d: %d bytes in %d answers", i, s.size, len(s.kept))
		}
		if s.get(fmt.Sprint(i)) == nil {
			t.Fatalf("the newest, %d, is not kept", i)
		}
	}
	if s.put("short", body[:worthShelf-1]); s.get("short") != nil {
		t.Error("a short answer is kept")
	}
	if s.put("huge", make([]byte, shelfSize)); s.get("huge") != nil {
		t.Error("one answer takes the whole shelf")
	}
}

func TestShelvedAnswersAreTheSame(t *testing.T) {
	h := handler(t)
	for _, target := range []string{"/communes?nom=sai&boost=population", "/communes?nom=sai&limit=3", "/communes?nom=sai&fields=centre&format=geojson"} {
		first := get(t, h, target).Body.String()
		if again := get(t, h, target).Body.String(); again != first || first == "" {
			t.Errorf("%s: %d bytes, then %d", target, len(first), len(again))
		}
	}
}
