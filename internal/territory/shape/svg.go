package shape

import "strconv"

// AppendPath appends an outline as the d attribute of an SVG path, with 0 to 3
// decimals, relative commands and no needless character. Points that round to
// the one before are dropped; a ring left with under three points is dropped too,
// but for the first shell, drawn as a dot-sized triangle so that each territory
// can be seen and clicked. Coordinates are rounded before they are subtracted:
// neighbours drawn with the same projection and decimals still share their border.
func (p *Projection) AppendPath(dst []byte, m MultiPolygon, decimals int) []byte {
	w := pathWriter{dst: dst, decimal: newDecimal(min(decimals, 3))}
	var pts [][2]int64
	for i, polygon := range m {
		for k, ring := range polygon {
			pts = p.round(pts[:0], ring, w.decimal)
			if n := len(pts); n > 1 && pts[n-1] == pts[0] {
				pts = pts[:n-1]
			}
			if len(pts) < 3 {
				if i > 0 || k > 0 || len(pts) == 0 {
					if k == 0 {
						break
					}
					continue
				}
				one := w.decimal.scale
				x, y := pts[0][0], pts[0][1]
				pts = append(pts[:0], [2]int64{x, y}, [2]int64{x + one, y}, [2]int64{x, y + one})
			}
			w.line(pts)
			w.close(pts[0])
		}
	}
	return w.dst
}

// AppendLines appends lines, such as those of [Topology.Mesh], as [Projection.AppendPath].
func (p *Projection) AppendLines(dst []byte, lines [][]Point, decimals int) []byte {
	w := pathWriter{dst: dst, decimal: newDecimal(min(decimals, 3))}
	var pts [][2]int64
	for _, line := range lines {
		if pts = p.round(pts[:0], line, w.decimal); len(pts) >= 2 {
			w.line(pts)
		}
	}
	return w.dst
}

// round projects a line and drops the points that fall on the one before.
func (p *Projection) round(dst [][2]int64, line []Point, d decimal) [][2]int64 {
	for _, at := range line {
		x, y := p.XY(at)
		q := [2]int64{d.round(x), d.round(y)}
		if n := len(dst); n == 0 || dst[n-1] != q {
			dst = append(dst, q)
		}
	}
	return dst
}

// pathWriter writes path data; x, y is the current point once started.
type pathWriter struct {
	dst     []byte
	decimal decimal
	x, y    int64
	started bool
	dotted  bool // the last number has a decimal point, so another may follow at once
	command bool // the last thing written is a command letter
}

func (w *pathWriter) line(pts [][2]int64) {
	if w.started {
		w.letter('m')
	} else {
		w.letter('M')
		w.started = true
	}
	for i, q := range pts {
		if i == 1 {
			w.letter('l')
		}
		w.number(q[0] - w.x)
		w.number(q[1] - w.y)
		w.x, w.y = q[0], q[1]
	}
}

func (w *pathWriter) close(first [2]int64) {
	w.letter('z')
	w.x, w.y = first[0], first[1]
}

func (w *pathWriter) letter(c byte) {
	w.dst = append(w.dst, c)
	w.command = true
}

func (w *pathWriter) number(v int64) {
	whole, fraction := v/w.decimal.scale, v%w.decimal.scale
	bare := whole == 0 && fraction != 0 // written .5
	if !w.command && v >= 0 && !(bare && w.dotted) {
		w.dst = append(w.dst, ' ')
	}
	if v < 0 {
		w.dst = append(w.dst, '-')
		whole, fraction = -whole, -fraction
	}
	if !bare {
		w.dst = strconv.AppendInt(w.dst, whole, 10)
	}
	w.dst = w.decimal.appendFraction(w.dst, fraction)
	w.dotted, w.command = fraction != 0, false
}
