package media

import (
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// Longest sides in pixels of what is kept: a photo that a sheet of paper shows
// sharp, and what a page shows.
const (
	largeSide = 4096
	smallSide = 800
)

// drawn is a picture made anew: no byte of the file it came from is left in it.
type drawn struct {
	image.Image
	kind Type
}

// decode decodes a picture that Inspect accepted, turned as it is to be shown and no
// larger than largeSide. Of several frames it is the first.
func decode(ctx context.Context, r io.ReaderAt, size int64, l Limits) (d drawn, err error) {
	// The header is read again: the decoder must not be asked for more than it tells.
	p, err := measure(r, size)
	if err == nil {
		err = p.within(l)
	}
	if err != nil {
		return drawn{}, err
	}
	// Decoders of others' formats are where a crash is most to be feared.
	defer func() {
		if r := recover(); r != nil {
			err = damagedBy("media: decoding panicked: %v", r)
		}
	}()
	in := stoppable{ctx, io.NewSectionReader(r, 0, size)}
	var m image.Image
	switch p.kind {
	case JPEG:
		m, err = jpeg.Decode(in)
	case PNG:
		m, err = png.Decode(in)
	case GIF:
		m, err = gif.Decode(in)
	case WebP:
		m, err = webp.Decode(in)
	default:
		err = fmt.Errorf("media: %s is no picture", p.kind)
	}
	if ctx.Err() != nil {
		return drawn{}, ctx.Err()
	}
	if err != nil {
		return drawn{}, damagedFile(err)
	}
	d = drawn{m, PNG}
	if p.kind == JPEG || p.kind == WebP && opaque(m) {
		d.kind = JPEG
	}
	d = d.fit(largeSide)
	d.Image = turned(d.Image, p.turn)
	return d, nil
}

// stoppable ends a decoding whose asker has left.
type stoppable struct {
	ctx context.Context
	in  io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.in.Read(p)
}

func opaque(m image.Image) bool {
	o, ok := m.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// fit makes d small enough for no side to be longer than side.
func (d drawn) fit(side int) drawn {
	b := d.Bounds()
	w, h := fitted(b.Dx(), b.Dy(), side)
	if w == b.Dx() && h == b.Dy() {
		return d
	}
	return drawn{scaled(d.Image, w, h), d.kind}
}

// scaled makes m smaller: each pixel is the mean of those it covers, weighted by how
// much of each. Rows are taken one by one, so that a large picture costs no copy.
func scaled(m image.Image, w, h int) *image.RGBA {
	b := m.Bounds()
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	row := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	sums := make([]float32, 4*w)
	columns := make([][]cover, w)
	for x := range columns {
		columns[x] = covers(x, w, b.Dx())
	}
	for y := range h {
		clear(sums)
		for _, r := range covers(y, h, b.Dy()) {
			draw.Draw(row, row.Bounds(), m, image.Pt(b.Min.X, b.Min.Y+r.at), draw.Src)
			for x, covered := range columns {
				sum := sums[4*x : 4*x+4]
				for _, c := range covered {
					pix, share := row.Pix[4*c.at:4*c.at+4], c.share*r.share
					for i, v := range pix {
						sum[i] += share * float32(v)
					}
				}
			}
		}
		line := to.Pix[to.PixOffset(0, y):][:4*w]
		for i, v := range sums {
			line[i] = uint8(min(v+.5, 255))
		}
	}
	return to
}

// cover is a pixel and its share of the whole that covers it.
type cover struct {
	at    int
	share float32
}

// covers are the pixels, of from in a line, that the i-th of to covers.
func covers(i, to, from int) []cover {
	start, end := float64(i)*float64(from)/float64(to), float64(i+1)*float64(from)/float64(to)
	var out []cover
	for at := int(start); at < from && float64(at) < end; at++ {
		if share := min(end, float64(at+1)) - max(start, float64(at)); share > 1e-9 {
			out = append(out, cover{at, float32(share / (end - start))})
		}
	}
	return out
}

// turned shows m as one of the eight orientations of EXIF 2.32 asks.
func turned(m image.Image, turn int) image.Image {
	if turn <= 1 || turn > 8 {
		return m
	}
	b := m.Bounds()
	from, ok := m.(*image.RGBA)
	if !ok {
		from = image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
		draw.Draw(from, from.Bounds(), m, b.Min, draw.Src)
		b = from.Bounds()
	}
	w, h := b.Dx(), b.Dy()
	if turn >= 5 { // rows become columns
		w, h = h, w
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			sx, sy := x, y
			switch turn {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, w-1-x
			case 7:
				sx, sy = h-1-y, w-1-x
			case 8:
				sx, sy = h-1-y, x
			}
			copy(to.Pix[to.PixOffset(x, y):][:4], from.Pix[from.PixOffset(b.Min.X+sx, b.Min.Y+sy):][:4])
		}
	}
	return to
}

// encode writes d, in its kind.
func (d drawn) encode(w io.Writer) error {
	if d.kind == JPEG {
		return jpeg.Encode(w, d.Image, &jpeg.Options{Quality: 85})
	}
	return png.Encode(w, d.Image)
}

// Shown is the size in pixels of what a page shows of a picture.
func (a Attachment) Shown() (width, height int) {
	if a.Small == "" {
		return a.Width, a.Height
	}
	return fitted(a.Width, a.Height, smallSide)
}

// fitted is the largest size of the same shape, no side of which is longer than side.
func fitted(w, h, side int) (int, int) {
	longest := max(w, h)
	if longest <= side {
		return w, h
	}
	return max(1, (w*side+longest/2)/longest), max(1, (h*side+longest/2)/longest)
}
