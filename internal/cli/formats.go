package cli

import (
	"io"
	"strings"

	"bassin/internal/commons"
	"bassin/internal/commonsweb"
	"bassin/internal/dcat"
	"bassin/internal/harvest/publiccode"
	"bassin/internal/i18n"
	"bassin/internal/territory"
)

// formatsOf joins the pages of the library to the standards in which it is given.
func formatsOf(c *i18n.Catalog) (commonsweb.Formats, error) {
	software, err := publiccode.New()
	return commonsweb.Formats{
		Reader: func(format, base string) commons.Reader {
			switch format {
			case "publiccode":
				return software
			case "dcat":
				return dcat.Reader{Base: base, Entry: func(iri string) (string, bool) { return strings.CutPrefix(iri, base+"/communs/") }}
			}
			return commons.CSV{}
		},
		Publiccode: func(s commons.Sheet, body func(string) (name, iri string)) []byte { return publiccode.Write(s, body) },
		Catalogue: func(w io.Writer, syntax string, page commonsweb.CataloguePage) error {
			f := dcat.Turtle
			if syntax == "jsonld" {
				f = dcat.JSONLD
			}
			at := dcat.Page{IRI: page.At, First: page.First, Previous: page.Previous, Next: page.Next, Last: page.Last, Total: page.Total}
			return dcat.Write(w, f, catalogueOf(c, page), at, func(yield func(dcat.Item, error) bool) {
				for i := range page.Entries {
					e := &page.Entries[i]
					sheet, _ := e.Sheet()
					if !yield(dcat.Item{ID: e.ID, Kind: e.Kind, Sheet: sheet, Issued: e.CreatedAt, Modified: commons.Updated(e)}, nil) {
						return
					}
				}
			})
		},
	}, err
}

// catalogueOf is what a page of the library says of the catalogue that it is part of.
func catalogueOf(c *i18n.Catalog, page commonsweb.CataloguePage) dcat.Library {
	lib := dcat.Library{
		IRI: page.IRI, Home: page.Home, Publisher: dcat.Named{Name: page.Publisher}, Modified: page.Modified, Entry: page.Entry, Body: page.Body,
		Place: func(id territory.ID) dcat.PlaceInFull {
			name, iri, communes := page.Place(id)
			return dcat.PlaceInFull{Name: name, IRI: iri, Communes: communes}
		},
	}
	for _, lang := range c.Langs() {
		l := c.Localizer(lang)
		lib.Languages = append(lib.Languages, string(lang))
		lib.Title = append(lib.Title, dcat.Word{Text: l.T("library.title"), Lang: string(lang)})
		lib.Description = append(lib.Description, dcat.Word{Text: l.T("library.lead"), Lang: string(lang)})
	}
	return lib
}
