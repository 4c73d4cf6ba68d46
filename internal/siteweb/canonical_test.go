package siteweb

import (
	"strings"
	"testing"
)

// Search engines want whole addresses: they are given where the installer said which.
func TestCanonicalAddressIsWhole(t *testing.T) {
	h := serve(t, filled)
	for address, canonical := range map[string]string{"/a-propos": "/a-propos", "/en/about": "/en/about"} {
		d := page(t, h, address)
		if got, _ := d.Find(`link[rel=canonical]`).Attr("href"); got != filled.BaseURL+canonical {
			t.Errorf("%s is said to be at %q", address, got)
		}
		n := 0
		for _, a := range d.Find(`link[rel=alternate][hreflang]`).Nodes {
			for _, attribute := range a.Attr {
				if attribute.Key == "href" && strings.HasPrefix(attribute.Val, filled.BaseURL+"/") {
					n++
				}
			}
		}
		if n < 1 {
			t.Errorf("%s names %d other languages", address, n)
		}
	}
}
