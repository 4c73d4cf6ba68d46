package atlasweb

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"

	"bassin/internal/i18n"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// pageRows is the number of rows above which a table is cut in pages.
const pageRows = 100

// Keys by which lists are sorted, as addresses write them.
const (
	byTheName    = "nom"
	byPopulation = "population"
	byCommunes   = "communes"
	byShare      = "part"
	byDensity    = "densite"
)

// item is one territory of a list, with what its row tells.
type item struct {
	of         *territory.Territory
	name       string // as shown
	fold       string // as sorted
	population int    // -1 if not published
	communes   int    // its communes inside the perimeter
	share      float64
	known      bool // share can be told
	density    int8
	partial    bool
}

// order is how a list is sorted and which of its pages is shown.
type order struct {
	Key  string
	Desc bool
	Page int // from 1
}

// readOrder reads the order from an address; what it does not understand is left
// at the given default, so that no address of a list is wrong.
func readOrder(q url.Values, keys []string, key string, desc bool) order {
	o := order{Key: key, Desc: desc, Page: 1}
	if k := q.Get("tri"); slices.Contains(keys, k) {
		o.Key, o.Desc = k, k != byTheName
	}
	switch q.Get("ordre") {
	case "croissant":
		o.Desc = false
	case "decroissant":
		o.Desc = true
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 {
		o.Page = n
	}
	return o
}

// apply sorts items; names decide between equals, then codes.
func (o order) apply(items []*item) {
	slices.SortFunc(items, func(a, b *item) int {
		c := 0
		switch o.Key {
		case byPopulation:
			c = cmp.Compare(a.population, b.population)
		case byCommunes:
			c = cmp.Compare(a.communes, b.communes)
		case byShare:
			c = cmp.Compare(a.share, b.share)
		case byDensity:
			c = -cmp.Compare(a.density, b.density)
		case byTheName:
			c = cmp.Compare(a.fold, b.fold)
		}
		if o.Desc {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(a.fold, b.fold), cmp.Compare(a.of.Code, b.of.Code))
	})
}

// page returns the items of the page and the number of pages; a page beyond the
// last is the last.
func (o *order) page(items []*item) ([]*item, int) {
	pages := max(1, (len(items)+pageRows-1)/pageRows)
	o.Page = min(o.Page, pages)
	from := (o.Page - 1) * pageRows
	return items[from:min(from+pageRows, len(items))], pages
}

// with writes the address of the same list in another order or at another page,
// keeping the rest of the query.
func (o order) with(path string, q url.Values, key string, desc bool, page int, fragment string) string {
	next := url.Values{}
	for k, v := range q {
		if k != "tri" && k != "ordre" && k != "page" && k != "depuis" && len(v) > 0 {
			next.Set(k, v[0])
		}
	}
	next.Set("tri", key)
	next.Set("ordre", "croissant")
	if desc {
		next.Set("ordre", "decroissant")
	}
	if page > 1 {
		next.Set("page", strconv.Itoa(page))
	}
	return path + "?" + next.Encode() + fragment
}

// heads puts on columns the links that sort by them.
func (o order) heads(path string, q url.Values, fragment string, keys []string, columns []web.Column) []web.Column {
	for i, key := range keys {
		if key == "" {
			continue
		}
		desc := key != byTheName
		if key == o.Key {
			desc = !o.Desc
			columns[i].Sorted = "ascending"
			if o.Desc {
				columns[i].Sorted = "descending"
			}
		}
		columns[i].Sort = o.with(path, q, key, desc, 1, fragment)
	}
	return columns
}

// pagination leads to the pages before and after, nil where all is on one page.
func (o order) pagination(l *i18n.Localizer, path string, q url.Values, what string, total, pages int, fragment string) *web.Pagination {
	if pages < 2 {
		return nil
	}
	from := (o.Page - 1) * pageRows
	p := &web.Pagination{Label: what, Text: l.T("territory.page", from+1, min(from+pageRows, total), total)}
	if o.Page > 1 {
		p.Previous = o.with(path, q, o.Key, o.Desc, o.Page-1, fragment)
	}
	if o.Page < pages {
		p.Next = o.with(path, q, o.Key, o.Desc, o.Page+1, fragment)
	}
	return p
}

func newItem(name string, t *territory.Territory) *item {
	i := &item{of: t, name: name, fold: naming.SortKey(name), population: -1, communes: len(t.Communes())}
	if n, known := t.Population(); known {
		i.population = n
	}
	return i
}
