package commonsweb

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/commons"
	"bassin/internal/i18n"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// familyView is the family tree of an entry, drawn and as lists.
type familyView struct {
	Tree treeView
	Up   []kinView
	Down []kinView
	Held *web.Table // how the result held elsewhere
}

// kinView is a relative in a list, with those that follow from it.
type kinView struct {
	Tie, Title, Href, Meta string
	Next                   []kinView
}

// treeView is the drawing: generations from left to right.
type treeView struct {
	Width, Height int
	Boxes         []boxView
	Lines         []lineView
	More          []noteView // of generations that have more than is drawn
}

type boxView struct {
	X, Y  int
	Lines []string
	Kind  string
	Href  string // "" for the entry itself
}

// Left is where its texts begin.
func (b boxView) Left() int { return b.X + 12 }

// Line is the foot of a line of the title.
func (b boxView) Line(i int) int { return b.Y + 24 + 18*i }

// Foot is the foot of its kind.
func (b boxView) Foot() int { return b.Y + boxHeight - 10 }

// Box is the size of the drawing with what its borders overlap.
func (v treeView) Box() string { return strconv.Itoa(v.Width+4) + " " + strconv.Itoa(v.Height+4) }

type lineView struct{ X1, Y1, X2, Y2, Middle int }

type noteView struct {
	X, Y int
	Text string
}

// Sizes of the drawing, in pixels; how much of a family is drawn.
const (
	boxWidth, boxHeight = 210, 74
	boxGap, columnGap   = 14, 54
	drawnGenerations    = 2
	drawnInGeneration   = 6
	lettersInLine       = 25
)

// family shows what an entry comes from, what came from it, and how what it tried held
// elsewhere.
func (p *Pages) family(r *http.Request, e *commons.Entry, _ commons.Sheet) (template.HTML, error) {
	t := p.teller(r)
	ancestors, descendants, err := p.Shelf.Family(t.ctx, e.ID)
	if err != nil || len(ancestors)+len(descendants) == 0 {
		return "", err
	}
	var ids []string
	for _, k := range slices.Concat(ancestors, descendants) {
		ids = append(ids, k.ID)
	}
	found, err := p.Library.All(t.ctx, ids)
	if err != nil {
		return "", err
	}
	known := map[string]*commons.Entry{e.ID: e}
	for i := range found {
		if found[i].Readable() {
			known[found[i].ID] = &found[i]
		}
	}
	lost := func(k commons.Relative) bool { return known[k.ID] == nil || known[k.Via] == nil }
	ancestors, descendants = slices.DeleteFunc(ancestors, lost), slices.DeleteFunc(descendants, lost)
	if len(ancestors)+len(descendants) == 0 {
		return "", nil
	}
	v := &familyView{Up: t.kin(ancestors, known, "up", e.ID), Down: t.kin(descendants, known, "down", e.ID), Tree: t.tree(e, ancestors, descendants, known)}
	if v.Held, err = t.held(e, descendants, known); err != nil {
		return "", err
	}
	return p.Kit.Fragment(t.l.Lang(), "library/family", v)
}

// kin are the relatives that follow from one, with those that follow from them.
func (t *teller) kin(list []commons.Relative, known map[string]*commons.Entry, way, via string) []kinView {
	var out []kinView
	for _, k := range list {
		if k.Via != via {
			continue
		}
		e := known[k.ID]
		out = append(out, kinView{t.l.T("lineage." + way + "." + k.Tie), e.Title(), address(e.ID), t.meta(e), t.kin(list, known, way, k.ID)})
	}
	return out
}

// meta says where an entry is from, and what it is.
func (t *teller) meta(e *commons.Entry) string {
	s, _ := e.Sheet()
	out := []string{t.l.T("commons.kind." + string(e.Kind))}
	for _, id := range s.Territories() {
		if u, ok := t.f.Territory(id); ok && len(out) < 3 {
			out = append(out, naming.Heading(t.l, t.f, u))
		}
	}
	return strings.Join(out, " · ")
}

// tree places the nearest generations in columns, oldest first.
func (t *teller) tree(e *commons.Entry, ancestors, descendants []commons.Relative, known map[string]*commons.Entry) treeView {
	columns := map[int][]string{0: {e.ID}}
	via := map[string]string{}
	hidden := map[int]int{}
	first, last := 0, 0
	put := func(list []commons.Relative, sign int) {
		for _, k := range list {
			n := sign * k.Generation
			if k.Generation > drawnGenerations {
				continue
			}
			if len(columns[n]) == drawnInGeneration || via[k.Via] == "" && k.Via != e.ID {
				hidden[n]++
				continue
			}
			columns[n], via[k.ID] = append(columns[n], k.ID), k.Via
			first, last = min(first, n), max(last, n)
		}
	}
	put(ancestors, -1)
	put(descendants, 1)
	most := 0
	for _, c := range columns {
		most = max(most, len(c))
	}
	v := treeView{Width: (last-first+1)*(boxWidth+columnGap) - columnGap, Height: most*(boxHeight+boxGap) - boxGap}
	at := map[string]boxView{}
	place := func(n int, id string, i, of int) {
		x := (n - first) * (boxWidth + columnGap)
		y := (v.Height-(of*(boxHeight+boxGap)-boxGap))/2 + i*(boxHeight+boxGap)
		k := known[id]
		b := boxView{X: x, Y: y, Lines: fold(k.Title(), lettersInLine, 2), Kind: t.l.T("commons.kind." + string(k.Kind))}
		if id != e.ID {
			b.Href = address(id)
		}
		at[id] = b
		v.Boxes = append(v.Boxes, b)
	}
	tallest := v.Height
	for n := first; n <= last; n++ {
		for i, id := range columns[n] {
			place(n, id, i, len(columns[n]))
		}
		if hidden[n] > 0 {
			bottom := (v.Height + len(columns[n])*(boxHeight+boxGap) + boxGap) / 2
			v.More = append(v.More, noteView{(n - first) * (boxWidth + columnGap), bottom + 8, t.l.T("lineage.more", hidden[n])})
			tallest = max(tallest, bottom+16)
		}
	}
	v.Height = tallest
	for n := first; n <= last; n++ {
		for _, id := range columns[n] {
			to, ok := at[via[id]]
			if !ok {
				continue
			}
			a, b := at[id], to
			if a.X > b.X {
				a, b = b, a
			}
			l := lineView{X1: a.X + boxWidth, Y1: a.Y + boxHeight/2, X2: b.X, Y2: b.Y + boxHeight/2}
			l.Middle = (l.X1 + l.X2) / 2
			v.Lines = append(v.Lines, l)
		}
	}
	return v
}

// fold cuts a text into so many lines at most, between words where it can.
func fold(text string, width, most int) []string {
	var out []string
	line := ""
	for _, w := range strings.Fields(text) {
		switch {
		case line == "":
			line = w
		case len([]rune(line))+1+len([]rune(w)) <= width:
			line += " " + w
		default:
			out = append(out, line)
			line = w
		}
	}
	out = append(out, line)
	if len(out) > most {
		out = append(out[:most-1], out[most-1]+"…")
	}
	for i, l := range out {
		if r := []rune(l); len(r) > width+1 {
			out[i] = string(r[:width]) + "…"
		}
	}
	return out
}

// held says of each experiment that came from this one where it was, and whether it
// held; nil if there is none.
func (t *teller) held(e *commons.Entry, descendants []commons.Relative, known map[string]*commons.Entry) (*web.Table, error) {
	if e.Kind == commons.Need {
		return nil, nil // what answers it is told apart
	}
	out := web.Table{ID: "ailleurs", Caption: t.l.T("lineage.held.caption"), Quiet: true, Columns: []web.Column{
		{Title: t.l.T("commons.kind.experiment")}, {Title: t.l.T("commons.field.territories")}, {Title: t.l.T("commons.field.phase_status")}, {Title: t.l.T("commons.field.held")}, {Title: t.l.T("commons.field.results")},
	}}
	for _, k := range descendants {
		x := known[k.ID]
		if x.Kind != commons.Experiment {
			continue
		}
		s, _ := x.Sheet()
		where, err := t.texts("territories", s["territories"])
		if err != nil {
			return nil, err
		}
		status, err := t.texts("phase_status", s["phase_status"])
		if err != nil {
			return nil, err
		}
		out.Rows = append(out.Rows, []web.Cell{
			{Text: x.Title(), Href: address(x.ID)}, {Text: orUnsaid(t.l, where)}, {Text: orUnsaid(t.l, status)}, {Text: t.l.T("lineage.held." + heldOf(s))}, {Text: orUnsaid(t.l, short(s.Get("results"), 160))},
		})
	}
	if len(out.Rows) == 0 {
		return nil, nil
	}
	return &out, nil
}

// heldOf is whether a result held, unknown if nobody said.
func heldOf(s commons.Sheet) string {
	switch v := s.Get("held"); v {
	case "yes", "partly", "no":
		return v
	}
	return "unknown"
}

func orUnsaid(l *i18n.Localizer, text string) string {
	if text == "" {
		return l.T("library.nobody")
	}
	return text
}

// short is the beginning of a text.
func short(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return s
}
