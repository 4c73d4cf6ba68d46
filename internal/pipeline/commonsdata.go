package pipeline

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/commons"
	orgs "bassin/internal/people"
	"bassin/internal/search"
	"bassin/internal/territory"
)

func (j *joining) schemas() {
	t := j.in.tables["data-schemas"]
	for i := range t.rows {
		get := func(c string) string { return t.get(i, c) }
		name := get("name")
		s := j.say("schema-"+slug(name), commons.Data, t.source.Key, name).sheet
		s.Set("title", cut(get("title"), 200))
		s.Set("summary", cut(get("description"), 280))
		if s.Get("summary") != get("description") {
			s.Set("description", get("description"))
		}
		s.Set("form", "schema")
		s.Set("keywords", append(t.values(i, "labels"), get("schema_type"))...)
		s.Set("website", "https://schema.data.gouv.fr/"+name+"/")
		s.Set("repository", strings.TrimSuffix(get("homepage"), ".git"))
		if id := get("datagouv_dataset"); id != "" {
			s.Set("distributions", "https://www.data.gouv.fr/datasets/"+id+"/")
		}
		publisher, _, _ := strings.Cut(name, "/")
		s.Set("publisher", publisher)
	}
}

// themesOf are the words of the observatory as themes of the library. Social and
// administrative data are no help with digital tools nor with online procedures.
var themesOf = map[string]string{
	"transport": "transport", "energie": "energy", "economie": "economy",
	"culture": "heritage", "patrimoine": "heritage", "education": "education", "sante": "health", "tourisme": "economy",
}

func themed(s commons.Sheet, words []string) {
	s.Set("keywords", words...)
	var themes []string
	for _, w := range words {
		if t := themesOf[search.Fold(w)]; t != "" && !slices.Contains(themes, t) {
			themes = append(themes, t)
		}
	}
	s.Set("themes", themes...)
}

// opendata joins platforms and the bodies that publish on them.
func (j *joining) opendata() {
	t := j.in.tables["opendata-platforms"]
	platform := map[string]*said{} // letters of the name
	host := map[string]*said{}
	twice := map[string]int{}
	for i := range t.rows {
		twice[slug(t.get(i, "name"))]++
	}
	for i := range t.rows {
		get := func(c string) string { return t.get(i, c) }
		name := get("name")
		id := slug(name)
		if twice[id] > 1 {
			id = slug(hostOf(get("url")))
		}
		p := j.say("platform-"+id, commons.Data, t.source.Key, get("url"))
		if platform[letters(name)] != nil {
			platform[letters(name)] = nil // two of one name: told by address only
		} else if twice[slug(name)] == 1 {
			platform[letters(name)] = p
		}
		if h := hostOf(get("url")); host[h] == nil {
			host[h] = p
		}
		s := p.sheet
		s.Set("title", name)
		s.Set("summary", get("type")+" de données ouvertes ("+get("technology")+").")
		s.Set("form", "catalogue")
		themed(s, []string{get("theme"), get("technology")})
		s.Set("website", get("url"))
		s.Set("territories", j.region(get("region"))...)
	}
	j.bodies(platform, host)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.TrimPrefix(u.Host, "www.")
}

// region is that of a code such as BRE-53, or the collectivity NC or PF.
func (j *joining) region(code string) []string {
	_, number, _ := strings.Cut(code, "-")
	switch code {
	case "NC":
		number = "988"
	case "PF":
		number = "987"
	}
	return j.territory(territory.Region, number)
}

func (j *joining) territory(l territory.Level, code string) []string {
	id := territory.ID{Level: l, Code: code}
	if _, ok := j.france.Territory(id); !ok || code == "" {
		return nil
	}
	return []string{id.String()}
}

func (j *joining) bodies(platform, host map[string]*said) {
	t := j.in.tables["opendata-bodies"]
	find := j.places()
	var lost, byName, loose []string
	for i := range t.rows {
		get := func(c string) string { return t.get(i, c) }
		siren := strings.TrimPrefix(get("siren"), "\u200e")
		b := j.say("opendata-"+siren, commons.Data, t.source.Key, siren)
		s := b.sheet
		at, how := find.of(siren, get("name"), get("type"), get("departement"), get("region"))
		name, publisher := get("name"), get("name")
		if id, ok := territory.ParseID(at); ok && how != seat {
			if x, ok := j.france.Territory(id); ok {
				name = x.Name
			}
			if c := orgs.Collectivites(j.france, id); len(c) == 1 {
				publisher = commons.OrganisationValue(c[0].ID)
			}
		}
		switch {
		case at == "":
			lost = append(lost, siren+" "+get("name"))
		case how == byItsName:
			byName = append(byName, siren+" "+get("name")+" = "+at)
		}
		s.Set("title", "Données ouvertes : "+name)
		s.Set("summary", cut("Données ouvertes publiées par "+name+", recensées en octobre 2022.", 280))
		s.Set("form", "catalogue")
		themed(s, parts(get("themes"), ","))
		s.Set("territories", at)
		s.Set("publisher", publisher)
		address, other := get("platform_url"), get("datagouv_url")
		if address == "" {
			address = other
		}
		first := strings.Fields(address)
		if len(first) > 0 {
			s.Set("website", first[0])
		}
		a, _ := strconv.Atoi(get("datasets_on_platform"))
		d, _ := strconv.Atoi(get("datasets_on_datagouv"))
		if get("datasets_on_platform") != "" || get("datasets_on_datagouv") != "" {
			s.Set("datasets", strconv.Itoa(max(a, d)))
		}
		tied := false
		for _, name := range parts(get("platform"), ",") {
			p := platform[letters(name)]
			if p == nil {
				continue
			}
			s["hosted_on"] = appendNew(s["hosted_on"], p.entry)
			tied = true
		}
		if !tied && get("platform_url") != "" {
			if p := host[hostOf(first[0])]; p != nil {
				s["hosted_on"] = appendNew(s["hosted_on"], p.entry)
				tied = true
			}
		}
		if !tied && !strings.HasPrefix(get("platform"), "DataGouv") {
			loose = append(loose, siren+" "+get("platform"))
		}
	}
	j.note(Derived, "opendata-bodies", "siren", "collectivités found by their name in their département, their SIREN being none of today", byName)
	j.note(Noted, "opendata-bodies", "siren", "bodies that no territory could be given", lost)
	j.note(Noted, "opendata-bodies", "platform", "bodies on a platform that the list of platforms does not name", loose)
}
