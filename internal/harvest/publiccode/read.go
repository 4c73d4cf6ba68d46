package publiccode

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	parser "github.com/italia/publiccode-parser-go/v5"

	"github.com/goccy/go-yaml/ast"

	"bassin/internal/commons"
	"bassin/internal/fault"
)

// Reader is the [commons.Reader] of publiccode.yml. It may be used by many at once.
type Reader struct{ parser *parser.Parser }

// the library's table of versions lacks 1, whose rules it has.
var withVersion1 = sync.OnceFunc(func() {
	if !slices.Contains(parser.SupportedVersions, "1") {
		parser.SupportedVersions = append([]string{"1"}, parser.SupportedVersions...)
	}
})

// New makes a reader.
func New() (*Reader, error) {
	withVersion1()
	p, err := parser.NewParser(parser.ParserConfig{DisableNetwork: true, DisableExternalChecks: true})
	if err != nil {
		return nil, fmt.Errorf("reader of publiccode.yml: %w", err)
	}
	return &Reader{p}, nil
}

// Read implements [commons.Reader]: one entry at most, named by the address of its
// repository.
func (d *Reader) Read(file []byte) (found []commons.Found, findings []commons.Finding) {
	r := &reading{places: map[string]place{}, told: map[string]bool{}, anchors: map[string]ast.Node{}, open: map[string]bool{}}
	defer func() {
		if e := recover(); e != nil { // the YAML library gives up in this manner on some files
			found, findings = nil, []commons.Finding{{Line: 1, Severity: commons.Wrong, Key: "publiccode.yaml", Detail: fmt.Sprint(e)}}
		}
	}()
	body := r.parse(file)
	if body == nil {
		return nil, r.findings
	}
	pairs := r.pairs(body, 0)
	if pairs == nil {
		r.say(at(body), "", commons.Wrong, "publiccode.nothing")
		return nil, r.findings
	}
	for _, p := range pairs {
		if s, ok := p.value.(*ast.StringNode); ok && p.key == "publiccodeYmlVersion" {
			r.version1 = s.Value == "1"
		} else if n, ok := p.value.(*ast.IntegerNode); ok && p.key == "publiccodeYmlVersion" {
			r.version1 = n.GetToken().Value == "1"
		}
	}
	tree := r.keys(pairs, "", standard, 0)
	if r.over {
		return nil, r.findings
	}
	sheet := r.sheet(tree)
	r.rules(d.parser, tree)
	commons.SortFindings(r.findings)
	if sheet.Get("title") == "" && sheet.Get("repository") == "" {
		return nil, r.findings
	}
	return []commons.Found{{Record: sheet.Get("repository"), Kind: commons.Software, Sheet: sheet, Line: 1}}, r.findings
}

// rules asks the library whether the rest holds to the standard.
func (r *reading) rules(p *parser.Parser, tree map[string]any) {
	sent := maps.Clone(tree)
	for _, key := range unsent {
		delete(sent, key)
	}
	const version = "publiccodeYmlVersion"
	if v := word(tree, version); !slices.Contains(parser.SupportedVersions, v) {
		if v != "" {
			r.say(r.near(version), version, commons.Wrong, "publiccode.version", v)
		} else if !r.told[version] {
			r.say(r.near(version), version, commons.Wrong, "publiccode.required")
		}
		sent[version] = "0" // for the rest to be checked all the same
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b) // JSON is YAML, without anything that the library could read otherwise
	e.SetEscapeHTML(false)
	if err := e.Encode(sent); err != nil {
		r.say(place{1, 0}, "", commons.Wrong, "publiccode.yaml")
		return
	}
	_, err := p.ParseStream(&b)
	results, ok := errors.AsType[parser.ValidationResults](err)
	if err != nil && !ok {
		r.say(place{1, 0}, "", commons.Wrong, "publiccode.unmet")
		r.detail(err.Error())
		return
	}
	type result struct {
		key, why string
		warning  bool
	}
	var list []result
	for _, err := range results {
		if w, ok := errors.AsType[parser.ValidationWarning](err); ok {
			list = append(list, result{w.Key, w.Description, true})
		} else if e, ok := errors.AsType[parser.ValidationError](err); ok {
			list = append(list, result{e.Key, e.Description, false})
		} else {
			list = append(list, result{"", err.Error(), false})
		}
	}
	slices.SortStableFunc(list, func(a, b result) int { return strings.Compare(a.key, b.key) })
	for _, v := range list {
		key := languageKey.ReplaceAllString(v.key, ".$1$2")
		if key == "publiccodeYmlVersion" && v.warning {
			if version := word(tree, key); version != "1" {
				r.say(r.near(key), key, commons.Warning, "publiccode.old_version", version)
			}
			continue
		}
		if r.toldOf(key) || strings.HasSuffix(key, ".features") && featured(tree) {
			continue
		}
		w, args := words(v.why)
		s := commons.Wrong
		if v.warning || !r.matters(key, w) {
			s = commons.Warning
		}
		r.say(r.near(key), key, s, w, args...)
		r.detail(v.why)
	}
}

// featured says whether a language has features: one is enough for the standard.
func featured(t map[string]any) bool {
	all, _ := t["description"].(map[string]any)
	for _, d := range all {
		if m, ok := d.(map[string]any); ok && len(list(m, "features")) > 0 {
			return true
		}
	}
	return false
}

// languageKey is the way in which the library names a language: description[fr-FR].
var languageKey = regexp.MustCompile(`\[([[:alpha:]]+)((?:-[[:alnum:]]+)*)\]`)

// toldOf says whether an error was said of a key or of what holds it.
func (r *reading) toldOf(key string) bool {
	for {
		if r.told[key] {
			return true
		}
		i := strings.LastIndexAny(key, ".[")
		if i < 0 {
			return false
		}
		key = key[:i]
	}
}

// near is where a key is, or else what should hold it; the first line at worst.
func (r *reading) near(key string) place {
	for {
		if p, ok := r.places[key]; ok && p.line > 0 {
			return p
		}
		i := strings.LastIndexAny(key, ".[")
		if i < 0 {
			return place{1, 0}
		}
		key = key[:i]
	}
}

// matters says whether what is wrong keeps something from the library or from the
// standard's mandatory keys; the rest is a warning.
func (r *reading) matters(key, word string) bool {
	switch word {
	case "publiccode.required", "publiccode.required_when", "publiccode.empty", "publiccode.unmet":
		return true
	case "publiccode.too_short", "publiccode.too_long", "publiccode.category":
		return false // read all the same
	}
	for _, k := range []string{"name", "url", "landingURL", "isBasedOn", "releaseDate", "platforms", "developmentStatus", "softwareType", "legal.license", "maintenance.type", "localisation"} {
		if strings.HasPrefix(key, k) {
			return true
		}
	}
	return false
}

// said are the library's words, in the order in which they are tried.
var said = []struct {
	has *regexp.Regexp
	key string
}{
	{regexp.MustCompile(`is a required field when "(.*)" is "(.*)"`), "publiccode.required_when"},
	{regexp.MustCompile(`is a required field`), "publiccode.required"},
	{regexp.MustCompile(`must be one of the following: (.*)`), "publiccode.one_of"},
	{regexp.MustCompile(`maximum of (\d+) characters`), "publiccode.too_long"},
	{regexp.MustCompile(`at least (\d+) characters`), "publiccode.too_short"},
	{regexp.MustCompile(`must be a date|does not match the 2006`), "publiccode.date"},
	{regexp.MustCompile(`must be an HTTP URL|must be a valid URL`), "publiccode.url"},
	{regexp.MustCompile(`valid license`), "publiccode.licence"},
	{regexp.MustCompile(`valid category`), "publiccode.category"},
	{regexp.MustCompile(`valid scope`), "publiccode.scope"},
	{regexp.MustCompile(`country code`), "publiccode.country"},
	{regexp.MustCompile(`BCP 47`), "publiccode.language"},
	{regexp.MustCompile(`DEPRECATED`), "publiccode.deprecated"},
	{regexp.MustCompile(`must not be present unless "(.*)" is "(.*)"`), "publiccode.not_permitted"},
	{regexp.MustCompile(`greater than 0|more than 0`), "publiccode.empty"},
	{regexp.MustCompile(`valid email`), "publiccode.email"},
	{regexp.MustCompile(`oEmbed`), "publiccode.video"},
	{regexp.MustCompile(`absolute path|file:// URL`), "publiccode.path"},
	{regexp.MustCompile(`valid URI|\(iPA\)`), "publiccode.uri"},
	{regexp.MustCompile(`MIME`), "publiccode.mime"},
}

func words(why string) (key string, args []any) {
	for _, s := range said {
		if m := s.has.FindStringSubmatch(why); m != nil {
			for _, a := range m[1:] {
				args = append(args, strings.ReplaceAll(a, `"`, ""))
			}
			return s.key, args
		}
	}
	return "publiccode.unmet", nil
}

// sheet is what the library takes over of a file.
func (r *reading) sheet(t map[string]any) commons.Sheet {
	out := commons.Sheet{}
	set := func(field, key string) { r.take(out, field, key, word(t, key)) }
	set("title", "name")
	set("repository", "url")
	set("website", "landingURL")
	set("software_version", "softwareVersion")
	set("release_date", "releaseDate")
	set("status", "developmentStatus")
	set("licence", "legal.license")
	set("maintenance", "maintenance.type")
	out["form"] = one(types[word(t, "softwareType")])
	for _, l := range [][2]string{{"platforms", "platforms"}, {"categories", "categories"}, {"based_on", "isBasedOn"}, {"languages", "localisation.availableLanguages"}} {
		for i, v := range list(t, l[1]) {
			r.take(out, l[0], fmt.Sprintf("%s[%d]", l[1], i), text1(v))
		}
	}
	for _, v := range list(t, "intendedAudience.scope") {
		if theme := scopes[text1(v)]; theme != "" && !out.Has("themes", theme) {
			out["themes"] = append(out["themes"], theme)
		}
	}
	r.bodies(t, out)
	for _, part := range []string{"open", "proprietary", "hardware"} {
		for i, v := range list(t, "dependsOn."+part) {
			if name := dependency(v); name != "" {
				if part != "open" {
					name = part + ": " + name
				}
				r.take(out, "depends_on", fmt.Sprintf("dependsOn.%s[%d]", part, i), name)
			}
		}
	}
	r.descriptions(t, out)
	if len(list(t, "usedBy")) > 0 {
		r.say(r.near("usedBy"), "usedBy", commons.Note, "publiccode.used_by")
	}
	maps.DeleteFunc(out, func(_ string, v []string) bool { return len(v) == 0 })
	return out
}

// bodies takes over organisations and leaves people aside.
func (r *reading) bodies(t map[string]any, out commons.Sheet) {
	for _, key := range []string{"organisation.name", "organisation.uri", "legal.repoOwner"} {
		if len(out["maintainers"]) == 0 {
			r.take(out, "maintainers", key, word(t, key))
		}
	}
	contacts := list(t, "maintenance.contacts")
	for i, v := range contacts {
		c, _ := v.(map[string]any)
		r.take(out, "maintainers", fmt.Sprintf("maintenance.contacts[%d].affiliation", i), word(c, "affiliation"))
	}
	if len(contacts) > 0 {
		r.say(r.near("maintenance.contacts"), "maintenance.contacts", commons.Note, "publiccode.people")
	}
	for i, v := range list(t, "maintenance.contractors") {
		c, _ := v.(map[string]any)
		r.take(out, "contractors", fmt.Sprintf("maintenance.contractors[%d].name", i), word(c, "name"))
	}
}

// descriptions takes over French and English, and another language for want of both.
func (r *reading) descriptions(t map[string]any, out commons.Sheet) {
	all, _ := t["description"].(map[string]any)
	tags := slices.Sorted(maps.Keys(all))
	pick := func(lang string) string {
		for _, tag := range tags {
			if base, _, _ := strings.Cut(strings.ToLower(tag), "-"); base == lang {
				return tag
			}
		}
		return ""
	}
	fr, en := pick("fr"), pick("en")
	first := fr
	if first == "" {
		first = en
	}
	if first == "" && len(tags) > 0 {
		first = tags[0]
	}
	if first != "" && fr == "" {
		r.say(r.near("description"), "description", commons.Note, "publiccode.no_french", first)
	}
	var left []string
	for _, tag := range tags {
		if tag != fr && tag != en && tag != first {
			left = append(left, tag)
		}
	}
	if len(left) > 0 {
		r.say(r.near("description"), "description", commons.Note, "publiccode.languages_left", strings.Join(left, ", "))
	}
	take := func(field, tag, key string) {
		d, _ := all[tag].(map[string]any)
		r.take(out, field, "description."+tag+"."+key, word(d, key))
	}
	take("summary", first, "shortDescription")
	take("description", first, "longDescription")
	take("summary_en", en, "shortDescription")
	take("description_en", en, "longDescription")
	for _, tag := range append([]string{first, en}, tags...) {
		d, _ := all[tag].(map[string]any)
		if len(out["documentation"]) == 0 {
			take("documentation", tag, "documentation")
		}
		if len(out["features"]) == 0 {
			for i, v := range list(d, "features") {
				r.take(out, "features", fmt.Sprintf("description.%s.features[%d]", tag, i), text1(v))
			}
		}
	}
	for _, tag := range []string{fr, en} {
		d, _ := all[tag].(map[string]any)
		if name := word(d, "localisedName"); name != "" && name != out.Get("title") {
			r.take(out, "aliases", "description."+tag+".localisedName", name)
		}
	}
}

// take checks a value by the library's rules and keeps it, or says why not.
func (r *reading) take(out commons.Sheet, field, key, value string) {
	if strings.TrimSpace(value) == "" {
		return
	}
	checked, err := commons.Checking{}.Check(context.Background(), commons.Software, commons.Sheet{field: {value}})
	if err != nil {
		if e, ok := errors.AsType[*fault.Error](err); ok {
			r.say(r.near(key), key, commons.Wrong, e.Key, e.Args...)
		}
		return
	}
	for _, v := range checked[field] {
		if !out.Has(field, v) {
			out[field] = append(out[field], v)
		}
	}
}

// dependency is its name and versions, in one line.
func dependency(v any) string {
	d, _ := v.(map[string]any)
	name, low, high := word(d, "name"), word(d, "versionMin"), word(d, "versionMax")
	switch version := word(d, "version"); {
	case name == "":
		return ""
	case version != "":
		return name + " " + version
	case low != "" && high != "":
		return name + " " + low + "–" + high
	case low != "":
		return name + " ≥ " + low
	case high != "":
		return name + " ≤ " + high
	}
	return name
}

// node is what a tree holds under a key with dots.
func node(t map[string]any, key string) any {
	first, rest, more := strings.Cut(key, ".")
	if !more {
		return t[first]
	}
	inner, _ := t[first].(map[string]any)
	return node(inner, rest)
}

func word(t map[string]any, key string) string { return text1(node(t, key)) }

func list(t map[string]any, key string) []any {
	l, _ := node(t, key).([]any)
	return l
}

func text1(v any) string {
	s, _ := v.(string)
	return s
}

func one(v string) []string {
	if v == "" {
		return nil
	}
	return []string{v}
}
