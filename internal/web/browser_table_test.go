package web

import (
	"bytes"
	"image/png"
	"testing"

	"bassin/internal/browsertest"
)

// A table wider than its frame is shaded on the side where more of it is, without any
// script, and its frame can be reached by the keyboard under a name.
func TestWideTablesShowThatThereIsMore(t *testing.T) {
	for _, o := range []browsertest.Options{{Width: 320, Height: 900, NoScript: true}, {Width: 320, Height: 900, Dark: true}} {
		t.Run(o.String(), func(t *testing.T) {
			p := browsertest.Open(t, o, served(t)+"/design")
			const frame = `document.querySelector('#d-table').parentElement`
			if hidden := browsertest.Eval[float64](p, frame+`.scrollWidth - `+frame+`.clientWidth`); hidden < 20 {
				t.Fatalf("the table of the design page is no longer wider than a phone: %v", hidden)
			}
			if named := browsertest.Eval[bool](p, frame+`.tabIndex === 0 && `+frame+`.getAttribute('role') === 'region' && document.getElementById(`+frame+`.getAttribute('aria-labelledby')).textContent.trim() !== ''`); !named {
				t.Error("the frame has no name, or no key leads to it")
			}
			browsertest.Eval[bool](p, frame+`.scrollIntoView({block: 'center'}), true`)
			bare := func(side string) float64 {
				box := browsertest.Eval[[]float64](p, `(r => [r.left, r.top, r.right, r.bottom])(`+frame+`.getBoundingClientRect())`)
				picture, err := png.Decode(bytes.NewReader(p.Screenshot()))
				if err != nil {
					t.Fatal(err)
				}
				x := int(box[2]) - 2
				if side == "left" {
					x = int(box[0]) + 1
				}
				// Beside the frame is the ground of the page.
				ground := picture.At(2, int(box[1])+2)
				same, all := 0, 0
				for y := int(box[1]+box[3])/2 - 40; y < int(box[1]+box[3])/2+40; y++ {
					all++
					if picture.At(x, y) == ground {
						same++
					}
				}
				return float64(same) / float64(all)
			}
			if right := bare("right"); right > .1 {
				t.Errorf("%.0f%% of the right side are not shaded though there is more", 100*right)
			}
			browsertest.Eval[bool](p, frame+`.scrollTo(9999, 0), true`)
			if right, left := bare("right"), bare("left"); right < .4 || left > .1 {
				t.Errorf("at its end, %.0f%% of the right and %.0f%% of the left side are not shaded", 100*right, 100*left)
			}
		})
	}
}
