package pipeline

import (
	"slices"
	"strconv"
	"strings"

	"bassin/internal/commons"
)

// named finds entries of software by what tells them.
type named struct {
	exact, bare map[string][]string // letters of names -> entries
	comptoir    map[string]string   // number of the Comptoir du Libre -> entry of the SILL
	title       map[string]string
}

func (n *named) add(entry, title string, plugin bool) {
	n.title[entry] = title
	n.exact[letters(title)] = appendNew(n.exact[letters(title)], entry)
	if b := bare(title); !plugin && len(b) >= fewest {
		n.bare[b] = appendNew(n.bare[b], entry)
	}
}

func appendNew(list []string, v string) []string {
	for _, have := range list {
		if have == v {
			return list
		}
	}
	return append(list, v)
}

// find is the one entry of that name, "" if there is none, or several.
func (n *named) find(name string) string {
	if at := n.exact[letters(name)]; len(at) == 1 {
		return at[0]
	}
	if b := bare(name); len(b) >= fewest {
		if at := n.bare[b]; len(at) == 1 {
			return at[0]
		}
	}
	return ""
}

func (j *joining) software() {
	n := &named{exact: map[string][]string{}, bare: map[string][]string{}, comptoir: map[string]string{}, title: map[string]string{}}
	j.sill(n)
	j.codegouv(n)
	j.market(n)
	j.names = n
}

func (j *joining) sill(n *named) {
	t := j.in.tables["sill"]
	status := map[string]string{"R": "recommended", "O": "watched", "FR": "leaving"}
	twins := map[[2]string]string{} // number of the Comptoir and name -> entry
	var odd, unread, merged []string
	for _, i := range numbered(t, "id") {
		get := func(c string) string { return t.get(i, c) }
		id, name := get("id"), get("name")
		entry, twin := "sill-"+id, [2]string{get("comptoir_du_libre_id"), letters(name)}
		if first := twins[twin]; first != "" && twin[0] != "" {
			entry = first
			merged = append(merged, id+" "+name)
		} else {
			twins[twin] = entry
			n.add(entry, name, get("parent_id") != "")
			if twin[0] != "" {
				if _, twice := n.comptoir[twin[0]]; !twice {
					n.comptoir[twin[0]] = entry
				}
			}
		}
		s := j.say(entry, commons.Software, t.source.Key, id).sheet
		s.Set("title", name)
		s.Set("summary", get("function"))
		if parent := get("parent_id"); parent != "" {
			s.Set("form", "addon")
			s.Set("keywords", parent)
		}
		s.Set("categories", strings.ReplaceAll(strings.ReplaceAll(get("sector"), "&", "et"), "développement", "Développement"), get("component"))
		licence, tidied := licenceOf(get("licence"))
		s.Set("licence", licence)
		switch {
		case licence == "":
			unread = append(unread, id+" "+get("licence"))
		case tidied:
			odd = append(odd, id+" "+get("licence")+" → "+licence)
		}
		s.Set("wikidata", strings.ToUpper(get("wikidata")))
		s.Set("sill", status[get("status")])
		if get("support_contract") == "Oui" {
			s.Set("support_contract", "yes")
		}
	}
	j.note(Derived, "sill", "licence", "licences whose name was brought back to the SPDX list", odd)
	j.note(Emptied, "sill", "licence", "licences that are not told", unread)
	j.note(Derived, "sill", "id", "rows of one software listed twice: put together", merged)
}

func (j *joining) codegouv(n *named) {
	t := j.in.tables["codegouv"]
	forms := map[string]string{"standalone/web": "web", "standalone/backend": "backend", "standalone/other": "application", "standalone/mobile": "mobile",
		"standalone/desktop": "desktop", "library": "library", "addon": "addon", "configurationFiles": "configuration", "R package": "library"}
	var merged, unread []string
	for i := range t.rows {
		get := func(c string) string { return t.get(i, c) }
		name := strings.Trim(get("name"), "{}")
		entry := n.find(name)
		if entry == "" {
			entry = "codegouv-" + slug(name)
			n.add(entry, name, false)
		} else {
			merged = append(merged, name+" = "+entry+" "+n.title[entry])
		}
		s := j.say(entry, commons.Software, t.source.Key, get("url")).sheet
		s.Set("title", name)
		s.Set("summary", get("short_description"))
		s.Set("form", forms[get("type")])
		s.Set("categories", parts(get("categories"), list)...)
		s.Set("platforms", parts(get("platforms"), list)...)
		s.Set("languages", parts(get("languages"), list)...)
		s.Set("features", parts(get("features"), list)...)
		s.Set("used_by", parts(get("used_by"), list)...)
		licence, _ := licenceOf(get("license"))
		if s.Set("licence", licence); licence == "" {
			unread = append(unread, name+" "+get("license"))
		}
		s.Set("repository", get("url"))
		s.Set("website", get("landing"))
		s.Set("documentation", get("documentation"))
		s.Set("status", get("status"))
		s.Set("software_version", get("version"))
		if date := get("release_date"); !strings.Contains(date, "/") {
			s.Set("release_date", date)
		}
		s.Set("maintenance", get("maintenance"))
	}
	j.note(Derived, "codegouv", "name", "the same software as an entry of the SILL, by its name", merged)
	j.note(Emptied, "codegouv", "license", "licences that are not told", unread)
}

func (j *joining) market(n *named) {
	t := j.in.tables["support-market"]
	type row struct{ record, name, category string }
	var rows []row
	own := map[[2]string]string{} // category and name -> entry, among rows of the contract
	var merged, twins []string
	for _, i := range numbered(t, "Identifiant marché") {
		rows = append(rows, row{t.get(i, "Identifiant marché"), t.get(i, "Logiciel"), t.get(i, "Catégorie")})
	}
	// Entries found before this list only: two rows of it are one by name and category, or as judged.
	before := &named{exact: clone(n.exact), bare: clone(n.bare), title: n.title}
	for _, r := range rows {
		number, _ := strconv.Atoi(r.record)
		maven := number >= mavenFrom && number <= mavenTo
		title := r.name
		if maven && !strings.Contains(strings.ToLower(title), "maven") {
			title += " (greffon Maven)"
		}
		entry := sameSoftware[r.record]
		if entry == "" && !maven && !apartSoftware[r.record] {
			entry = before.find(r.name)
		}
		if entry != "" {
			merged = append(merged, r.record+" "+r.name+" = "+entry+" "+n.title[entry])
		} else if entry = own[[2]string{r.category, letters(title)}]; entry != "" && !apartSoftware[r.record] {
			twins = append(twins, r.record+" "+r.name+" = "+entry)
		} else {
			entry = "support-" + r.record
			if !apartSoftware[r.record] {
				own[[2]string{r.category, letters(title)}] = entry
			}
			n.add(entry, title, maven)
		}
		s := j.say(entry, commons.Software, t.source.Key, r.record).sheet
		s.Set("title", title)
		s.Set("summary", "Logiciel libre couvert par le marché de support de l’État : "+lowered(r.category)+".")
		s.Set("categories", r.category)
		s.Set("support_contract", "yes")
	}
	j.note(Derived, "support-market", "Logiciel", "the same software as an entry of another list", merged)
	j.note(Derived, "support-market", "Logiciel", "the same software as another row", twins)
}

// numbered are the rows of a table in the order of a number, whatever their order in the
// file: which of two records names an entry must not change from one edition to the next.
func numbered(t *table, column string) []int {
	rows := make([]int, len(t.rows))
	for i := range rows {
		rows[i] = i
	}
	slices.SortFunc(rows, func(a, b int) int { return compareRecords(t.get(a, column), t.get(b, column)) })
	return rows
}

func clone(m map[string][]string) map[string][]string {
	out := make(map[string][]string, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// lowered begins with a small letter, unless it is an acronym.
func lowered(s string) string {
	if len(s) > 1 && s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func (j *joining) services() {
	t := j.in.tables["floss-services"]
	var loose []string
	for i := range t.rows {
		get := func(c string) string { return t.get(i, c) }
		id := get("id")
		s := j.say("service-"+id, commons.Service, t.source.Key, id).sheet
		name, agency := get("service_name"), get("agency_name")
		s.Set("title", cut(name+" ("+agency+")", 200))
		s.Set("summary", get("description"))
		if get("description") == "" {
			s.Set("summary", "Service fondé sur "+get("software_name")+", rendu par "+agency+".")
		}
		s.Set("keywords", get("software_name"))
		s.Set("website", get("service_url"))
		s.Set("operator", agency)
		s.Set("opened_to", get("usage_scope"))
		s.Set("published_on", get("publication_date"))
		uses := j.names.comptoir[get("software_comptoir_id")]
		if sill := get("software_sill_id"); sill != "" {
			uses = "sill-" + sill
		}
		if uses == "" {
			uses = j.names.find(get("software_name"))
		}
		if s.Set("uses", uses); uses == "" {
			loose = append(loose, id+" "+get("software_name"))
		}
	}
	j.note(Noted, "floss-services", "software_name", "services whose software is in no list: named, not tied", loose)
}

func (j *joining) forges() {
	t := j.in.tables["public-forges"]
	for i := range t.rows {
		address, bodies := t.get(i, "forge"), t.values(i, "organisation")
		_, short, _ := strings.Cut(address, "://")
		short = strings.TrimSuffix(short, "/")
		s := j.say("forge-"+slug(short), commons.Software, t.source.Key, address).sheet
		s.Set("title", short)
		s.Set("summary", cut("Code source publié par "+strings.Join(bodies, ", ")+".", 280))
		s.Set("form", "forge")
		s.Set("website", address)
		s.Set("repository", address)
		s.Set("maintainers", bodies...)
	}
}
