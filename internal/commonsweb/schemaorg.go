package commonsweb

import (
	"encoding/json"
	"html/template"
	"net/http"
	"regexp"

	"bassin/internal/commons"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

// schemaTypes are the classes of schema.org, by kind; forms of data have their own.
var (
	schemaTypes = map[commons.Kind]string{
		commons.Software: "SoftwareApplication", commons.Service: "Service", commons.Knowledge: "LearningResource", commons.Data: "Dataset", commons.Experiment: "Project", commons.Need: "Demand",
	}
	schemaForms = map[string]string{"api": "WebAPI", "catalogue": "DataCatalog", "library": "SoftwareSourceCode", "mobile": "MobileApplication", "web": "WebApplication"}
)

// spdxName is a licence alone, which has an address of the SPDX list.
var spdxName = regexp.MustCompile(`^[A-Za-z0-9.+-]+$`)

// schemaOrg is an entry in the words of schema.org, as a block of data that search
// engines read. A browser runs nothing of it: its type is no script.
func (p *Pages) schemaOrg(r *http.Request, e *commons.Entry, s commons.Sheet) (template.JS, error) {
	base, l := p.base(r), p.Kit.Locale(r.Context())
	names, err := p.bodies(r.Context(), base, []commons.Entry{*e})
	if err != nil {
		return "", err
	}
	class := schemaTypes[e.Kind]
	if c := schemaForms[s.Get("form")]; c != "" {
		class = c
	}
	out := map[string]any{"@context": "https://schema.org", "@type": class, "@id": base + address(e.ID), "identifier": e.ID, "url": base + p.Kit.Href(l.Lang(), address(e.ID)), "name": s.Get("title")}
	text := func(property, v string) {
		if v != "" {
			out[property] = v
		}
	}
	texts := func(property string, values []string) {
		if len(values) > 0 {
			out[property] = values
		}
	}
	agents := func(property string, values []string) {
		var list []map[string]string
		for _, v := range values {
			if b := names[v]; b.name != "" {
				agent := map[string]string{"@type": "Organization", "name": b.name}
				if b.iri != "" {
					agent["url"] = b.iri
				}
				list = append(list, agent)
			}
		}
		if len(list) > 0 {
			out[property] = list
		}
	}
	text("description", inLanguage(l, s, "summary"))
	texts("alternateName", s["aliases"])
	texts("sameAs", s["website"])
	if at := commons.Updated(e); !at.IsZero() && e.Kind != commons.Service && e.Kind != commons.Need {
		out["dateModified"] = at.UTC().Format("2006-01-02")
	}
	switch e.Kind {
	case commons.Software, commons.Knowledge, commons.Data:
		texts("keywords", s["keywords"])
		texts("inLanguage", s["languages"])
		if v := s.Get("licence"); spdxName.MatchString(v) {
			out["license"] = "https://spdx.org/licenses/" + v
		}
		agents("author", s["maintainers"])
		agents("publisher", s["publisher"])
		text("datePublished", s.Get("published_on"))
		text("codeRepository", s.Get("repository"))
		text("softwareVersion", s.Get("software_version"))
		texts("featureList", s["features"])
		texts("isBasedOn", s["based_on"])
		text("softwareHelp", s.Get("documentation"))
		text("temporalCoverage", s.Get("period"))
		if class == "Dataset" {
			var list []map[string]string
			for _, v := range s["distributions"] {
				list = append(list, map[string]string{"@type": "DataDownload", "contentUrl": v})
			}
			if len(list) > 0 {
				out["distribution"] = list
			}
		}
	case commons.Service:
		agents("provider", append(append([]string{}, s["operator"]...), s["maintainers"]...))
	case commons.Experiment:
		agents("member", s["partners"])
		text("foundingDate", s.Get("begun_on"))
		text("dissolutionDate", s.Get("ended_on"))
	case commons.Need:
		text("validThrough", s.Get("wanted_by"))
	}
	if places := p.schemaPlaces(r, s.Territories()); len(places) > 0 {
		property := "spatialCoverage"
		if e.Kind == commons.Service || e.Kind == commons.Need || e.Kind == commons.Experiment {
			property = "areaServed"
		}
		out[property] = places
	}
	block, err := json.Marshal(out)
	return template.JS(block), err //nolint:gosec // Marshal writes < > & so that the block cannot end early
}

func (p *Pages) schemaPlaces(r *http.Request, ids []territory.ID) []map[string]string {
	var out []map[string]string
	for _, id := range ids {
		if t, ok := snapshot.FromContext(r.Context()).France.Territory(id); ok {
			out = append(out, map[string]string{"@type": "AdministrativeArea", "name": t.Name, "url": p.base(r) + t.Path()})
		}
	}
	return out
}
