package commonsweb

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"time"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// Formats is what these pages ask of the standards in which the library is given.
type Formats struct {
	// Publiccode writes software as publiccode.yml. body tells the name of an organisation
	// of a sheet and its address here, "" if it has none.
	Publiccode func(s commons.Sheet, body func(value string) (name, iri string)) []byte
	// Catalogue writes a page of the library as DCAT-AP.
	Catalogue func(w io.Writer, syntax string, page CataloguePage) error
	// Reader reads files of a format: publiccode, dcat or csv. base is the public address
	// of the installation, by which a catalogue may name entries.
	Reader func(format, base string) commons.Reader
}

// Syntaxes of a catalogue, which are the ends of its addresses.
const (
	turtle = "ttl"
	jsonLD = "jsonld"
)

var syntaxes = map[string]string{turtle: "text/turtle; charset=utf-8", jsonLD: "application/ld+json; charset=utf-8"}

// CataloguePage is a page of the library, or of a search of it, to be written as a
// catalogue. Addresses are absolute and in French, so that they are the same for all.
type CataloguePage struct {
	IRI, Home                       string
	Publisher                       string
	Modified                        time.Time
	At, First, Previous, Next, Last string // addresses of pages, "" if there is none
	Total                           int    // entries of all pages
	Entries                         []commons.Entry
	Entry                           func(id string) string
	Body                            func(value string) string
	Place                           func(id territory.ID) (name, iri string, communes []string)
}

// entriesInCatalogue is how many entries a page of the catalogue holds.
const entriesInCatalogue = 500

func (p *Pages) turtle(w http.ResponseWriter, r *http.Request) error {
	return p.catalogue(w, r, turtle)
}
func (p *Pages) jsonLD(w http.ResponseWriter, r *http.Request) error {
	return p.catalogue(w, r, jsonLD)
}

// catalogue gives what a search finds as a catalogue of data, page by page. Without a
// search it is the catalogue of the library. Its order is by title, so that pages hold
// still.
func (p *Pages) catalogue(w http.ResponseWriter, r *http.Request, syntax string) error {
	ctx, f := r.Context(), snapshot.FromContext(r.Context()).France
	a, err := p.readAsked(r)
	if err != nil {
		return err
	}
	a.search.Sort, a.search.From, a.search.Size = commons.ByTitle, (a.page-1)*entriesInCatalogue, entriesInCatalogue
	a.typed.Del("tri")
	result, entries, err := p.Shelf.Find(ctx, a.search)
	if err != nil {
		return err
	}
	pages := max(1, (result.Total+entriesInCatalogue-1)/entriesInCatalogue)
	if a.page > pages {
		return fault.New(fault.NotFound, "web.error.address")
	}
	base := p.base(r)
	at := func(n int) string {
		if n < 1 || n > pages {
			return ""
		}
		return base + a.with("/communs/catalogue."+syntax, "page", strconv.Itoa(n))
	}
	c := CataloguePage{
		IRI: base + a.with("/communs/catalogue", "page"), Home: base + a.with("/communs", "page"), Publisher: p.Site().Name, Total: result.Total, Entries: entries,
		At: at(a.page), First: at(1), Previous: at(a.page - 1), Next: at(a.page + 1), Last: at(pages),
		Modified: published(r),
		Entry:    func(id string) string { return base + address(id) },
		Place: func(id territory.ID) (string, string, []string) {
			t, ok := f.Territory(id)
			if !ok {
				return "", "", nil
			}
			var communes []string
			if id.Level == territory.BassinDeVie {
				for _, n := range t.Communes() {
					communes = append(communes, f.Level(territory.Commune)[n].ID.Code)
				}
			}
			return t.Name, base + t.Path(), communes
		},
	}
	names, err := p.bodies(ctx, base, entries)
	if err != nil {
		return err
	}
	c.Body = func(v string) string { return names[v].name }
	for i := range entries {
		if at := commons.Updated(&entries[i]); at.After(c.Modified) {
			c.Modified = at
		}
	}
	var b bytes.Buffer
	if err := p.Formats.Catalogue(&b, syntax, c); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", syntaxes[syntax])
	h.Set("Access-Control-Allow-Origin", "*")
	if c.Next != "" {
		h.Set("Link", "<"+c.Next+`>; rel="next"`)
	}
	return web.Respond(w, r, b.Bytes())
}

// published is when what catalogues say is taken to have changed, if nothing tells: with
// the data.
func published(r *http.Request) time.Time {
	return time.Date(snapshot.FromContext(r.Context()).Manifest.Vintage, time.January, 1, 0, 0, 0, 0, time.UTC)
}

// body is an organisation of a sheet by its name and its address here.
type body struct{ name, iri string }

// bodies are the organisations that entries name, by the values of their sheets. A value
// that is a name is itself, without address.
func (p *Pages) bodies(ctx context.Context, base string, entries []commons.Entry) (map[string]body, error) {
	out := map[string]body{}
	for i := range entries {
		s, _ := entries[i].Sheet()
		for _, f := range commons.Fields {
			if f.Type != commons.Body {
				continue
			}
			for _, v := range s[f.Name] {
				if _, seen := out[v]; seen {
					continue
				}
				id, here := commons.OrganisationOf(v)
				if !here {
					out[v] = body{name: v}
					continue
				}
				o, err := p.Bodies.Find(ctx, id)
				if err != nil && fault.CodeOf(err) != fault.NotFound {
					return nil, err
				}
				out[v] = body{o.Name, base + "/organisations/" + id}
			}
		}
	}
	return out, nil
}

// publiccode gives software as the file that a repository holds at its root.
func (p *Pages) publiccode(w http.ResponseWriter, r *http.Request) error {
	e, err := p.Library.Read(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if e.State == commons.Merged {
		return p.Kit.Redirect(w, r, address(e.MergedInto)+"/publiccode.yml", http.StatusFound)
	}
	if e.Kind != commons.Software {
		return fault.New(fault.NotFound, "library.give.not_software")
	}
	names, err := p.bodies(r.Context(), p.base(r), []commons.Entry{e})
	if err != nil {
		return err
	}
	sheet, _ := e.Sheet()
	h := w.Header()
	h.Set("Content-Type", "application/yaml; charset=utf-8")
	h.Set("Content-Disposition", `inline; filename="publiccode.yml"`)
	h.Set("Access-Control-Allow-Origin", "*")
	return web.Respond(w, r, p.Formats.Publiccode(sheet, func(v string) (string, string) { return names[v].name, names[v].iri }))
}

// Addresses are the pages of the entries that everybody may read, for the sitemap.
func (p *Pages) Addresses(ctx context.Context) ([]string, error) {
	ids, err := p.Shelf.IDs(ctx)
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = address(id)
	}
	return out, err
}
