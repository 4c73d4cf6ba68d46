package atlasweb

import (
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

func text(s string) web.Cell { return web.Cell{Text: s} }

// named is the cell of a territory, leading to its page.
func (t teller) named(u *territory.Territory) web.Cell {
	return web.Cell{Text: naming.Heading(t.l, t.f, u), Href: u.Path()}
}

// shade is the class of part i of n of a stacked bar: dark for the first, so that
// the largest part is the one that is seen.
func shade(i, n int) int { return max(1, 7-i*6/max(n, 2)) }
