package observatoryweb

import (
	"net/http"
	"strings"
	"testing"
)

// A map of one colour says nothing: it then compares the territory's own parts.
func TestDiagnosisMapHasColours(t *testing.T) {
	site := observatorySite(t)
	for address, own := range map[string]bool{"/bv/75056/diagnostic": true, "/reg/53/diagnostic": false, "/bv/22113/diagnostic": false} {
		d := read(t, site, address, http.StatusOK)
		if got := strings.Contains(seen(d.Find(".plate figcaption")), "de ce territoire seulement"); got != own {
			t.Errorf("%s: classes of its own parts: %v", address, got)
		}
		classes := 0
		for _, class := range []string{".c0", ".c1", ".c2", ".c3", ".c4"} {
			if d.Find("svg.map "+class).Length() > 0 {
				classes++
			}
		}
		if classes < 3 {
			t.Errorf("%s: %d colours", address, classes)
		}
	}
}

// Hundreds of places are one shape; a long table is its first rows, and leads to all of them.
func TestDiagnosisOfManyParts(t *testing.T) {
	d := read(t, observatorySite(t), "/reg/44/diagnostic", http.StatusOK)
	if n := d.Find("svg.map path.place").Length(); n != 1 {
		t.Errorf("%d shapes of places", n)
	}
	if n := d.Find("#t-communes tbody tr").Length(); n != partsFirst {
		t.Errorf("%d rows", n)
	}
	if d.Find(`#carte ~ details a[href="/reg/44/diagnostic.xlsx"]`).Length() != 1 {
		t.Error("the table does not lead to all parts")
	}
	if d := read(t, observatorySite(t), "/bv/22113/diagnostic", http.StatusOK); d.Find("svg.map rect.place title").Length() == 0 {
		t.Error("places have no names where they are few")
	}
}
