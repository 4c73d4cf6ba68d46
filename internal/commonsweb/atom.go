package commonsweb

import (
	"encoding/xml"
	"net/http"
	"time"

	"bassin/internal/commons"
)

// Atom elements, RFC 4287.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Author  atomPerson  `xml:"author"`
	Entries []atomEntry `xml:"entry"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Updated    string         `xml:"updated"`
	Links      []atomLink     `xml:"link"`
	Summary    string         `xml:"summary,omitempty"`
	Categories []atomCategory `xml:"category"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomCategory struct {
	Term  string `xml:"term,attr"`
	Label string `xml:"label,attr,omitempty"`
}

// entriesInFeed is how many entries a feed holds: the last changed.
const entriesInFeed = 50

// base is the public address of the installation, or that which the reader used.
func (p *Pages) base(r *http.Request) string {
	if base := p.Site().BaseURL; base != "" {
		return base
	}
	scheme := "http://"
	if p.Kit.Secure(r) {
		scheme = "https://"
	}
	return scheme + r.Host
}

// atom is any search as a feed, the last changed first. The identifier of an entry is
// its address, which never changes.
func (p *Pages) atom(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	a, err := p.readAsked(r)
	if err != nil {
		return err
	}
	a.search.From, a.search.Size, a.search.Sort = 0, entriesInFeed, commons.ByUpdate
	_, entries, err := p.Shelf.Find(r.Context(), a.search)
	if err != nil {
		return err
	}
	base := p.base(r)
	lang := l.Lang()
	self, page := base+p.Kit.Href(lang, a.with("/communs/flux", "page")), base+p.Kit.Href(lang, a.with("/communs", "page"))
	feed := atomFeed{Lang: string(lang), ID: self, Title: l.T("library.title"), Author: atomPerson{p.Site().Name},
		Links: []atomLink{{"self", "application/atom+xml", self}, {"alternate", "text/html", page}}}
	if a.search.Text != "" {
		feed.Title = l.T("library.feed.title", a.search.Text)
	}
	// An entry that only catalogues tell of changes with the data.
	data := published(r)
	last := data
	for i := range entries {
		e := &entries[i]
		s, _ := e.Sheet()
		at := commons.Updated(e)
		if at.IsZero() {
			at = data
		}
		if at.After(last) {
			last = at
		}
		id := base + address(e.ID)
		entry := atomEntry{ID: id, Title: s.Get("title"), Updated: at.UTC().Format(time.RFC3339), Summary: inLanguage(l, s, "summary"), Links: []atomLink{{"alternate", "text/html", base + p.Kit.Href(lang, address(e.ID))}},
			Categories: []atomCategory{{string(e.Kind), l.T("commons.kind." + string(e.Kind))}}}
		for _, theme := range s["themes"] {
			entry.Categories = append(entry.Categories, atomCategory{Term: theme})
		}
		feed.Entries = append(feed.Entries, entry)
	}
	feed.Updated = last.UTC().Format(time.RFC3339)
	out, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	_, _ = w.Write(append([]byte(xml.Header), out...)) // a reader who leaves is no error
	return nil
}
