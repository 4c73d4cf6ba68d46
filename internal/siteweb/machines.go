package siteweb

import (
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// chunk is the number of addresses in one file of the sitemap; the protocol
// allows 50,000, and each comes in every language.
const chunk = 10_000

// plainPages are the pages of the sitemap that are about no territory.
var plainPages = []string{"/", "/recherche", "/composer", "/carte", "/communs", "/donnees", "/api", "/a-propos", "/accessibilite", "/mentions-legales"}

// base is the public address of the site, as set or as asked.
func (p *Pages) base(r *http.Request) string {
	if base := p.Site().BaseURL; base != "" {
		return base
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// robots lets everything be read but what has endless addresses.
func (p *Pages) robots(w http.ResponseWriter, r *http.Request) error {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	for _, path := range []string{"/recherche?", "/composer?", "/suggest", "/carte/france?", "/communs?", "/tiles/"} {
		b.WriteString("Disallow: " + path + "\n")
		if en := p.Kit.Href(i18n.EN, path); en != path && path != "/tiles/" {
			b.WriteString("Disallow: " + en + "\n")
		}
	}
	b.WriteString("\nSitemap: " + p.base(r) + "/sitemap.xml\n")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	return web.Respond(w, r, []byte(b.String()))
}

type sitemapIndex struct {
	XMLName xml.Name `xml:"sitemapindex"`
	NS      string   `xml:"xmlns,attr"`
	Maps    []struct {
		Loc string `xml:"loc"`
	} `xml:"sitemap"`
}

type urlSet struct {
	XMLName xml.Name   `xml:"urlset"`
	NS      string     `xml:"xmlns,attr"`
	XHTML   string     `xml:"xmlns:xhtml,attr"`
	URLs    []urlEntry `xml:"url"`
}

type urlEntry struct {
	Loc  string    `xml:"loc"`
	Alts []altLink `xml:"xhtml:link"`
}

type altLink struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

const sitemapNS = "http://www.sitemaps.org/schemas/sitemap/0.9"

// sitemap lists the files of the sitemap: the plain pages, then every level.
func (p *Pages) sitemap(w http.ResponseWriter, r *http.Request) error {
	s := snapshot.FromContext(r.Context())
	index := sitemapIndex{NS: sitemapNS}
	add := func(name string) {
		index.Maps = append(index.Maps, struct {
			Loc string `xml:"loc"`
		}{p.base(r) + "/sitemaps/" + name + ".xml"})
	}
	add("pages")
	for _, level := range territory.Levels {
		for i := 0; i*chunk < len(s.France.Level(level)); i++ {
			add(fmt.Sprintf("%s-%d", level, i+1))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Listed)) {
		paths, err := p.Listed[name](r.Context())
		if err != nil {
			return err
		}
		for i := 0; i*chunk < len(paths); i++ {
			add(fmt.Sprintf("%s-%d", name, i+1))
		}
	}
	return writeXML(w, r, index)
}

// sitemapPart is one file: pages.xml, or commune-3.xml for the third chunk of a level or
// of the pages of a feature.
func (p *Pages) sitemapPart(w http.ResponseWriter, r *http.Request) error {
	s := snapshot.FromContext(r.Context())
	name, ok := strings.CutSuffix(r.PathValue("file"), ".xml")
	var paths []string
	if name == "pages" {
		paths = plainPages
	} else if level, number, found := strings.Cut(name, "-"); found {
		var all []string
		if listed := p.Listed[level]; listed != nil {
			var err error
			if all, err = listed(r.Context()); err != nil {
				return err
			}
		}
		for _, t := range s.France.Level(territory.Level(level)) {
			all = append(all, t.Path())
		}
		if n, err := strconv.Atoi(number); err == nil && n >= 1 && n <= len(all) && (n-1)*chunk < len(all) {
			paths = all[(n-1)*chunk : min(n*chunk, len(all))]
		}
	}
	if !ok || len(paths) == 0 {
		return fault.New(fault.NotFound, "web.error.address")
	}
	set := urlSet{NS: sitemapNS, XHTML: "http://www.w3.org/1999/xhtml"}
	base := p.base(r)
	for _, path := range paths {
		fr, en := base+p.Kit.Href(i18n.FR, path), base+p.Kit.Href(i18n.EN, path)
		alts := []altLink{{"alternate", "fr", fr}, {"alternate", "en", en}}
		set.URLs = append(set.URLs, urlEntry{fr, alts}, urlEntry{en, alts})
	}
	return writeXML(w, r, set)
}

func writeXML(w http.ResponseWriter, r *http.Request, v any) error {
	b, err := xml.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	return web.Respond(w, r, append([]byte(xml.Header), b...))
}
