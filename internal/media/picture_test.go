package media

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"testing"

	"bassin/internal/fault"
)

func decoded(t *testing.T, b []byte) drawn {
	t.Helper()
	d, err := decode(t.Context(), bytes.NewReader(b), int64(len(b)), DefaultLimits(10<<20))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// near says whether a pixel is of a colour, give or take what JPEG takes.
func near(m image.Image, x, y int, want color.NRGBA) bool {
	got := color.NRGBAModel.Convert(m.At(m.Bounds().Min.X+x, m.Bounds().Min.Y+y)).(color.NRGBA)
	off := func(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
	return off(got.R, want.R) < 30 && off(got.G, want.G) < 30 && off(got.B, want.B) < 30 && off(got.A, want.A) < 10
}

func seenThrough(m image.Image, x, y int) bool {
	_, _, _, a := m.At(x, y).RGBA()
	return a == 0
}

var (
	red   = color.NRGBA{200, 0, 0, 255}
	green = color.NRGBA{0, 160, 0, 255}
	blue  = color.NRGBA{0, 0, 200, 255}
	grey  = color.NRGBA{230, 230, 230, 255}
)

// A telephone says how it was held; what is kept must be upright without being told.
func TestTurned(t *testing.T) {
	for turn, want := range map[byte][4]color.NRGBA{ // upper left, upper right, lower left, lower right
		0: {red, green, blue, grey}, 1: {red, green, blue, grey}, 9: {red, green, blue, grey},
		2: {green, red, grey, blue}, 3: {grey, blue, green, red}, 4: {blue, grey, red, green},
		5: {red, blue, green, grey}, 6: {blue, red, grey, green}, 7: {grey, green, blue, red}, 8: {green, grey, red, blue},
	} {
		d := decoded(t, withExif(jpegOf(t, scene(64, 40)), turn))
		w, h := 64, 40
		if turn >= 5 && turn <= 8 {
			w, h = h, w
		}
		if d.Bounds().Dx() != w || d.Bounds().Dy() != h {
			t.Errorf("turn %d: %v, want %d × %d", turn, d.Bounds(), w, h)
			continue
		}
		for i, at := range [4][2]int{{8, 8}, {w - 8, 8}, {8, h - 8}, {w - 8, h - 8}} {
			if !near(d, at[0], at[1], want[i]) {
				t.Errorf("turn %d: corner %d is %v, want %v", turn, i, d.At(at[0], at[1]), want[i])
			}
		}
	}
}

// What the file said of its author, its place and its tools is gone.
func TestMetadataIsGone(t *testing.T) {
	photo := bytes.Join([][]byte{withExif(jpegOf(t, scene(64, 40)), 6), []byte("after the end: GPS")}, nil)
	picture := pngOf(t, scene(64, 40))
	picture = bytes.Join([][]byte{picture[:33], chunk("tEXt", []byte("Author\x00GPS Zoe")), chunk("eXIf", exif(3)), picture[33:]}, nil)
	for name, b := range map[string][]byte{"jpeg": photo, "png": picture, "webp": file(t, "veil.webp")} {
		for _, secret := range []string{"GPS", "ICCP"} {
			if name == "webp" == (secret == "ICCP") && !bytes.Contains(b, []byte(secret)) {
				t.Fatalf("the %s of the test has no %s", name, secret)
			}
		}
		d := decoded(t, b)
		var out bytes.Buffer
		if err := d.encode(&out); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"GPS", "Lannion", "Zoe", "Exif", "eXIf", "ICCP", "tEXt", "after the end"} {
			if bytes.Contains(out.Bytes(), []byte(secret)) {
				t.Errorf("%s: %s is still there", name, secret)
			}
		}
		if name == "png" && !near(d, 8, 8, grey) {
			t.Errorf("a PNG that says to be upside down is not turned")
		}
	}
}

func TestKinds(t *testing.T) {
	veil := scene(64, 40)
	for i := 3; i < len(veil.Pix)/2; i += 4 {
		veil.Pix[i] = 0
	}
	for name, c := range map[string]struct {
		body []byte
		want Type
	}{
		"jpeg": {jpegOf(t, scene(64, 40)), JPEG}, "png": {pngOf(t, scene(64, 40)), PNG}, "a png with a veil": {pngOf(t, veil), PNG},
		"gif": {gifOf(t, 64, 40), PNG}, "webp": {file(t, "photo.webp"), JPEG}, "webp with a veil": {file(t, "veil.webp"), PNG}, "webp without loss": {file(t, "lossless.webp"), JPEG},
	} {
		d := decoded(t, c.body)
		if d.kind != c.want {
			t.Errorf("%s is made a %s, want %s", name, d.kind, c.want)
		}
		var out bytes.Buffer
		if err := d.encode(&out); err != nil {
			t.Fatal(err)
		}
		if got, err := inspect(out.Bytes()); got != c.want || err != nil {
			t.Errorf("%s, made anew, is %q, %v", name, got, err)
		}
	}
	if d := decoded(t, pngOf(t, veil)); !near(d, 8, 32, blue) || !seenThrough(d, 8, 8) {
		t.Errorf("what could be seen through is not: %v", d.At(8, 8))
	}
	if d := decoded(t, file(t, "veil.webp")); !seenThrough(d, 50, 4) || !near(d, 10, 10, color.NRGBA{192, 0, 0, 255}) {
		t.Errorf("the veil of a WebP is lost: %v, %v", d.At(50, 4), d.At(10, 10))
	}
	if d := decoded(t, gifOf(t, 8, 8)); !near(d, 4, 4, color.NRGBA{255, 0, 0, 255}) {
		t.Errorf("of a GIF the first frame is kept, not %v", d.At(4, 4))
	}
}

func TestFit(t *testing.T) {
	d := drawn{scene(1000, 500), PNG}
	for _, c := range []struct{ side, w, h int }{{1000, 1000, 500}, {2000, 1000, 500}, {500, 500, 250}, {333, 333, 167}, {7, 7, 4}, {1, 1, 1}} {
		got := d.fit(c.side)
		w, h := got.Bounds().Dx(), got.Bounds().Dy()
		if w != c.w || h != c.h {
			t.Errorf("fit(%d): %d × %d, want %d × %d", c.side, w, h, c.w, c.h)
		}
		if c.side >= 7 && (!near(got, 0, 0, red) || !near(got, w-1, 0, green) || !near(got, 0, h-1, blue) || !near(got, w-1, h-1, grey)) {
			t.Errorf("fit(%d) loses its corners", c.side)
		}
	}
	line := drawn{scene(9000, 2), PNG}
	if got := line.fit(100).Bounds(); got.Dx() != 100 || got.Dy() != 1 {
		t.Errorf("a line of 9,000 is fit to %v", got)
	}
	// The mean of a picture is that of its smaller one.
	even := image.NewGray(image.Rect(0, 0, 301, 299))
	for i := range even.Pix {
		even.Pix[i] = uint8(i * 7)
	}
	mean := func(m image.Image) (sum float64) {
		b := m.Bounds()
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				r, _, _, _ := m.At(x, y).RGBA()
				sum += float64(r>>8) / float64(b.Dx()*b.Dy())
			}
		}
		return sum
	}
	if a, b := mean(even), mean(scaled(even, 97, 101)); a-b > .6 || b-a > .6 {
		t.Errorf("the mean was %.2f and is %.2f", a, b)
	}
}

// Who leaves is not worked for; what crashes a decoder is a damaged file.
func TestDecodeEnds(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	leave()
	b := jpegOf(t, scene(64, 40))
	if _, err := decode(ctx, bytes.NewReader(b), int64(len(b)), DefaultLimits(1<<20)); !errors.Is(err, context.Canceled) {
		t.Errorf("decoding for one who left: %v", err)
	}
	for _, b := range [][]byte{header(100, 100, 8, 6, 0), resized(jpegOf(t, scene(8, 8)), 500, 500, true), b[:len(b)/2], hidden()} {
		if _, err := decode(t.Context(), bytes.NewReader(b), int64(len(b)), DefaultLimits(1<<20)); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("a broken picture: %v, want fault.Invalid", err)
		}
	}
}
