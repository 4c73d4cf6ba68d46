package shape

import "math"

// Locator finds the face at a point, exactly on the full outlines.
//
// A point on a border belongs to one face only: crossings of the ray that goes
// east from the point are counted, a segment counting from its southern end
// included to its northern end excluded, and only strictly east of the point. So
// a point on a border is in the face to the east of it, on a horizontal border in
// the face to the north; the same rule, with whole numbers, judges both sides.
// Points are taken to the nearest 1/1024 of the grid (1 cm for communes).
//
// The grid below it has two floors: blocks of 32 by 32 cells. A block or cell that
// no border enters knows its face; the others list the faces whose border they
// hold, and only the arcs whose extent holds the point are walked.
type Locator struct {
	t          *Topology
	minX, minY int64
	shift      uint // a cell is 1<<shift steps wide
	bits       uint // binary digits kept below a step
	columns    int64
	rows       int64
	blocks     []int32 // entry, or -2-n for the block cells[n*1024:]
	cells      []int32 // entry: a face, Outside, or -2-n for lists[n:], a count then faces
	lists      []int32
	first      []int32 // face f has the arcs arcs[first[f]:first[f+1]], end to end in memory
	arcs       []int32
	maxX, maxY int64
}

const (
	blockBits = 5
	blockSize = 1 << blockBits
	maxBlocks = 512 // along each axis
)

// NewLocator prepares the search in a topology. Where outlines overlap, as QPV
// may, a point is in the first of them.
func NewLocator(t *Topology) *Locator {
	box := emptyBox
	for i := range t.boxes {
		box.join(t.boxes[i])
	}
	l := &Locator{t: t, shift: 7, bits: 10}
	if len(t.boxes) == 0 {
		return l
	}
	l.minX, l.minY = int64(box.minX), int64(box.minY)
	l.maxX, l.maxY = int64(box.maxX), int64(box.maxY)
	span := max(l.maxX-l.minX, l.maxY-l.minY)
	length := int64(0)
	for a := range t.boxes {
		pts := t.arc(int32(a))
		for i := 1; i < len(pts); i++ {
			dx, dy := int64(pts[i].x)-int64(pts[i-1].x), int64(pts[i].y)-int64(pts[i-1].y)
			length += max(dx, -dx, dy, -dy)
		}
	}
	// A few cells for each point: finer ones would cost memory and win nothing.
	for span>>(l.shift+blockBits) >= maxBlocks || length>>l.shift > 4*int64(len(t.points))+1024 {
		l.shift++
	}
	for l.bits > 0 && span > 1<<((60-l.bits)/2) { // a product of two differences must fit 62 bits
		l.bits--
	}
	l.first = make([]int32, 1, len(t.faces)+1)
	for f := range t.faces {
		t.faces[f].eachRef(func(ref int32) {
			a, _ := arcOf(ref)
			l.arcs = append(l.arcs, a)
		})
		l.first = append(l.first, int32(len(l.arcs)))
	}
	l.columns = (l.maxX-l.minX)>>(l.shift+blockBits) + 1
	l.rows = (l.maxY-l.minY)>>(l.shift+blockBits) + 1
	l.fill(l.sow())
	return l
}

// seeds are the faces met in each cell while the grid is built: a chain a cell.
type seeds struct {
	first []int32 // of each cell, a link, or -1
	links []link
}

type link struct{ face, next int32 }

func (s *seeds) put(cell int64, face int32) {
	for i := s.first[cell]; i >= 0; i = s.links[i].next {
		if s.links[i].face == face {
			return
		}
	}
	s.links = append(s.links, link{face, s.first[cell]})
	s.first[cell] = int32(len(s.links)) - 1
}

// sow notes in each cell the faces of the segments that may enter it.
func (l *Locator) sow() *seeds {
	l.blocks = make([]int32, l.columns*l.rows)
	for i := range l.blocks {
		l.blocks[i] = Outside
	}
	s := &seeds{}
	t := l.t
	for a := range t.boxes {
		left, right := t.left[a], t.right[a]
		pts := t.arc(int32(a))
		for i := 1; i < len(pts); i++ {
			l.eachCell(pts[i-1], pts[i], func(cx, cy int64) {
				b := &l.blocks[(cy>>blockBits)*l.columns+cx>>blockBits]
				if *b == Outside {
					*b = int32(-2 - len(s.first)/(blockSize*blockSize))
					for range blockSize * blockSize {
						s.first = append(s.first, -1)
					}
				}
				cell := int64(-2-*b)*blockSize*blockSize + (cy%blockSize)*blockSize + cx%blockSize
				if left != Outside {
					s.put(cell, left)
				}
				if right != Outside {
					s.put(cell, right)
				}
			})
		}
	}
	return s
}

// eachCell calls do for each cell that the segment pq may enter: row by row, the
// columns between where it enters the row and where it leaves it, one more aside
// against rounding.
func (l *Locator) eachCell(p, q gridPoint, do func(cx, cy int64)) {
	if p.y > q.y {
		p, q = q, p
	}
	x1, y1 := int64(p.x)-l.minX, int64(p.y)-l.minY
	x2, y2 := int64(q.x)-l.minX, int64(q.y)-l.minY
	left, right := min(x1, x2)>>l.shift, max(x1, x2)>>l.shift
	for cy := y1 >> l.shift; cy <= y2>>l.shift; cy++ {
		from, to := left, right
		if right-left > 1 && y2>>l.shift > y1>>l.shift {
			slope := float64(x2-x1) / float64(y2-y1)
			xa := float64(x1) + slope*float64(max(cy<<l.shift, y1)-y1)
			xb := float64(x1) + slope*float64(min((cy+1)<<l.shift, y2)-y1)
			from = max(left, int64(min(xa, xb)-1)>>l.shift)
			to = min(right, int64(max(xa, xb)+1)>>l.shift)
		}
		for cx := from; cx <= to; cx++ {
			do(cx, cy)
		}
	}
}

// fill turns seeds into entries, from west to east. A cell without border is in
// one face, that of the eastern side of the cell before: its face, or one of those
// listed there. A cell may have been sown by a border that only comes close; it
// then lists the face that it lies in besides.
func (l *Locator) fill(s *seeds) {
	l.cells = make([]int32, len(s.first))
	half := int64(1) << (l.shift - 1)
	middle := func(cx, cy int64) int32 {
		if cx == 0 {
			return Outside
		}
		west := l.entry(cx-1, cy)
		if west >= Outside {
			return west
		}
		return l.among(west, (cx<<l.shift+half+l.minX)<<l.bits, (cy<<l.shift+half+l.minY)<<l.bits)
	}
	for by := range l.rows {
		for bx := range l.columns {
			b := &l.blocks[by*l.columns+bx]
			if *b == Outside {
				*b = middle(bx<<blockBits, by<<blockBits)
				continue
			}
			n := int64(-2-*b) * blockSize * blockSize
			for i := range int64(blockSize * blockSize) {
				face := middle(bx<<blockBits+i%blockSize, by<<blockBits+i/blockSize)
				if s.first[n+i] < 0 {
					l.cells[n+i] = face
					continue
				}
				if face != Outside {
					s.put(n+i, face)
				}
				l.cells[n+i] = l.list(s, n+i)
			}
		}
	}
}

// list writes the faces of a cell and returns its entry.
func (l *Locator) list(s *seeds, cell int64) int32 {
	n := len(l.lists)
	l.lists = append(l.lists, 0)
	for k := s.first[cell]; k >= 0; k = s.links[k].next {
		l.lists = append(l.lists, s.links[k].face)
	}
	l.lists[n] = int32(len(l.lists) - n - 1)
	return int32(-2 - n)
}

// entry returns what the grid knows of a cell, which must be in it.
func (l *Locator) entry(cx, cy int64) int32 {
	b := l.blocks[(cy>>blockBits)*l.columns+cx>>blockBits]
	if b >= Outside {
		return b
	}
	return l.cells[int64(-2-b)*blockSize*blockSize+(cy%blockSize)*blockSize+cx%blockSize]
}

func (l *Locator) listed(entry int32) []int32 {
	n := -2 - entry
	return l.lists[n+1 : n+1+l.lists[n]]
}

// fixed takes a position to the grid's fractions; ok is false outside the extent.
func (l *Locator) fixed(p Point) (x, y int64, ok bool) {
	if l.columns == 0 {
		return 0, 0, false
	}
	g := l.t.grid
	unit := float64(int64(1) << l.bits)
	fx := math.Round((p.Lon - g.Translate[0]) / g.Scale[0] * unit)
	fy := math.Round((p.Lat - g.Translate[1]) / g.Scale[1] * unit)
	if !(fx >= float64(l.minX)*unit && fx <= float64(l.maxX)*unit && fy >= float64(l.minY)*unit && fy <= float64(l.maxY)*unit) {
		return 0, 0, false
	}
	return int64(fx), int64(fy), true
}

// Locate returns the face at a point; ok is false where there is none.
func (l *Locator) Locate(p Point) (face int32, ok bool) {
	x, y, ok := l.fixed(p)
	if !ok {
		return Outside, false
	}
	entry := l.entry((x>>l.bits-l.minX)>>l.shift, (y>>l.bits-l.minY)>>l.shift)
	if entry < Outside {
		entry = l.among(entry, x, y)
	}
	return entry, entry != Outside
}

// among returns the first listed face that holds a point, or Outside.
func (l *Locator) among(entry int32, x, y int64) int32 {
	best := Outside
	for _, f := range l.listed(entry) {
		if (best == Outside || f < best) && l.holds(f, x, y) {
			best = f
		}
	}
	return best
}

// holds says whether a face holds a point given in fractions.
func (l *Locator) holds(f int32, x, y int64) bool {
	inside := false
	for _, a := range l.arcs[l.first[f]:l.first[f+1]] {
		if l.t.crossings(a, x, y, l.bits) {
			inside = !inside
		}
	}
	return inside
}

// crossings says whether the ray east of a point crosses an arc an odd number of
// times, by the rule of [Locator].
func (t *Topology) crossings(a int32, x, y int64, bits uint) bool {
	b := &t.boxes[a]
	if y < int64(b.minY)<<bits || y >= int64(b.maxY)<<bits || x >= int64(b.maxX)<<bits {
		return false
	}
	pts := t.arc(a)
	if x < int64(b.minX)<<bits { // all of the arc is east: only its ends matter
		return (int64(pts[0].y)<<bits <= y) != (int64(pts[len(pts)-1].y)<<bits <= y)
	}
	odd := false
	below := int64(pts[0].y)<<bits <= y
	for i := 1; i < len(pts); i++ {
		p, q := pts[i-1], pts[i]
		was := below
		below = int64(q.y)<<bits <= y
		if was == below {
			continue
		}
		// The crossing is east of the point if the point is left of the segment taken upward.
		side := (int64(q.x)-int64(p.x))*(y-int64(p.y)<<bits) - (x-int64(p.x)<<bits)*(int64(q.y)-int64(p.y))
		if was && side > 0 || below && side < 0 {
			odd = !odd
		}
	}
	return odd
}
