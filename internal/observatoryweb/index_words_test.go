package observatoryweb

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

func TestIndexSpeaksInSentences(t *testing.T) {
	site := observatorySite(t)
	d := read(t, site, "/fragilite", http.StatusOK)
	if answer := seen(d.Find(".answer")); !strings.Contains(answer, "place en tête le ") || !strings.Contains(answer, "Le rang 1 est celui") {
		t.Errorf("answers %q", answer)
	}
	if text := seen(d.Find("main")) + seen(d.Find(".paper")); strings.Contains(text, "etalab-2.0") {
		t.Error("a licence is told by its identifier")
	}
	for _, address := range []string{"/fragilite", "/explorer"} {
		d := read(t, site, address, http.StatusOK)
		if d.Find(`.crumbs a[href="/observatoire"]`).Length() != 1 {
			t.Errorf("%s does not lead back to the observatory", address)
		}
		d.Find("input[type=image]").Each(func(_ int, i *goquery.Selection) {
			if stop, _ := i.Attr("tabindex"); stop != "-1" {
				t.Errorf("%s: the keyboard stops at a map that only a pointer can use", address)
			}
		})
	}
}
