package commons

import "slices"

// Type is what the values of a field are.
type Type string

// The types of fields.
const (
	Line      Type = "line"      // one line of text
	Text      Type = "text"      // paragraphs
	Choice    Type = "choice"    // one of Field.Values
	Link      Type = "link"      // http or https address
	Day       Type = "day"       // 2026, 2026-11 or 2026-11-26
	Number    Type = "number"    // whole, not negative
	Yes       Type = "yes"       // "yes" or "no"
	SPDX      Type = "spdx"      // licence expression of the SPDX list
	Language  Type = "language"  // BCP 47 tag
	Place     Type = "territory" // level:code
	Body      Type = "body"      // an organisation: see OrganisationOf, or its name
	Reference Type = "entry"     // id of an entry of the library
	Indicator Type = "indicator" // "indicator;before;after;date before;date after"
)

// Field is one thing that can be said of an entry. Its words are the catalogue keys
// commons.field.NAME and commons.help.NAME, its choices commons.NAME.VALUE.
type Field struct {
	Name   string
	Type   Type
	Many   bool     // several values, in order
	Needed bool     // nothing is published without it
	Most   int      // letters of a value; 0 is as the type allows
	Values []string // of a Choice
	Kinds  []Kind   // that have it; none is all
}

// Of says whether entries of that kind have the field.
func (f Field) Of(k Kind) bool { return len(f.Kinds) == 0 || slices.Contains(f.Kinds, k) }

// Themes are the fields of life in which people are helped to appropriate digital
// services, with economy and heritage.
var Themes = []string{"education", "health", "administration", "energy", "transport", "economy", "heritage", "inclusion"}

// Publics are those for whom an entry is meant.
var Publics = []string{"everyone", "agents", "elected", "mediators", "young", "elders", "jobseekers", "disabled", "companies", "associations", "newcomers"}

var (
	software    = []Kind{Software}
	service     = []Kind{Service}
	knowledge   = []Kind{Knowledge}
	data        = []Kind{Data}
	running     = []Kind{Software, Service}
	experiment  = []Kind{Experiment}
	need        = []Kind{Need}
	territorial = []Kind{Experiment, Need}
)

// Fields lists every field, in the order of sheets and forms. Those of software
// follow publiccode.yml, those of data DCAT-AP 3, phase and status of an experiment
// the schema projets-territoire 0.1.0.
var Fields = []Field{
	{Name: "title", Type: Line, Needed: true, Most: 200},
	{Name: "aliases", Type: Line, Many: true, Most: 100},
	{Name: "summary", Type: Line, Needed: true, Most: 280},
	{Name: "description", Type: Text, Most: 10_000},
	{Name: "summary_en", Type: Line, Most: 280},
	{Name: "description_en", Type: Text, Most: 10_000},
	{Name: "form", Type: Choice, Kinds: Commons, Values: []string{
		"application", "web", "mobile", "desktop", "backend", "library", "addon", "configuration", "forge", // software
		"guide", "training", "method", "model", // knowledge
		"dataset", "schema", "api", "catalogue", // data
	}},
	{Name: "themes", Type: Choice, Many: true, Values: Themes},
	{Name: "publics", Type: Choice, Many: true, Values: Publics},
	{Name: "keywords", Type: Line, Many: true, Most: 60},
	{Name: "categories", Type: Line, Many: true, Most: 80, Kinds: running},
	{Name: "territories", Type: Place, Many: true},
	{Name: "licence", Type: SPDX, Most: 200, Kinds: Commons},
	{Name: "languages", Type: Language, Many: true},
	{Name: "maintainers", Type: Body, Many: true, Most: 200},
	{Name: "website", Type: Link},
	{Name: "repository", Type: Link, Kinds: Commons},
	{Name: "documentation", Type: Link},
	{Name: "contact_role", Type: Line, Most: 200},
	{Name: "status", Type: Choice, Kinds: Commons, Values: []string{"concept", "development", "beta", "stable", "obsolete"}},

	// "Usable outside the State": see Usable.
	{Name: "installable", Type: Yes, Kinds: running},
	{Name: "hosted_offers", Type: Link, Many: true, Kinds: running},
	{Name: "reserved_design", Type: Yes, Kinds: running},
	{Name: "accessibility", Type: Choice, Kinds: Commons, Values: []string{"full", "partial", "none"}},
	{Name: "accessibility_statement", Type: Link, Kinds: Commons},

	{Name: "platforms", Type: Line, Many: true, Most: 40, Kinds: software},
	{Name: "features", Type: Line, Many: true, Most: 200, Kinds: running},
	{Name: "used_by", Type: Line, Many: true, Most: 200, Kinds: running},
	{Name: "software_version", Type: Line, Most: 60, Kinds: software},
	{Name: "release_date", Type: Day, Kinds: Commons},
	{Name: "maintenance", Type: Choice, Kinds: software, Values: []string{"internal", "contract", "community", "none"}},
	{Name: "contractors", Type: Line, Many: true, Most: 200, Kinds: software},
	{Name: "based_on", Type: Link, Many: true, Kinds: software},
	{Name: "depends_on", Type: Line, Many: true, Most: 200, Kinds: software},
	{Name: "wikidata", Type: Line, Most: 20, Kinds: software},
	{Name: "sill", Type: Choice, Kinds: software, Values: []string{"recommended", "watched", "leaving"}},
	{Name: "support_contract", Type: Yes, Kinds: software},
	{Name: "uses", Type: Reference, Many: true, Kinds: service},
	{Name: "operator", Type: Body, Most: 200, Kinds: service},
	{Name: "opened_to", Type: Line, Most: 200, Kinds: service},
	{Name: "duration", Type: Line, Most: 100, Kinds: knowledge},
	{Name: "published_on", Type: Day, Kinds: []Kind{Service, Knowledge, Data}},
	{Name: "publisher", Type: Body, Most: 200, Kinds: data},
	{Name: "modified_on", Type: Day, Kinds: data},
	{Name: "period", Type: Line, Most: 100, Kinds: data},
	{Name: "frequency", Type: Choice, Kinds: data, Values: []string{"continuous", "daily", "weekly", "monthly", "quarterly", "annual", "irregular", "never"}},
	{Name: "formats", Type: Line, Many: true, Most: 60, Kinds: data},
	{Name: "distributions", Type: Link, Many: true, Kinds: data},
	{Name: "endpoint", Type: Link, Kinds: data},
	{Name: "conforms_to", Type: Link, Many: true, Kinds: data},
	{Name: "hosted_on", Type: Reference, Many: true, Kinds: data},
	{Name: "serves", Type: Reference, Many: true, Kinds: data},
	{Name: "datasets", Type: Number, Kinds: data},

	{Name: "problem", Type: Text, Most: 5_000, Kinds: territorial},
	{Name: "partners", Type: Body, Many: true, Most: 200, Kinds: territorial},
	{Name: "begun_on", Type: Day, Kinds: experiment},
	{Name: "ended_on", Type: Day, Kinds: experiment},
	{Name: "wanted_by", Type: Day, Kinds: need},
	{Name: "phase", Type: Choice, Kinds: experiment, Values: []string{"idea", "study", "operation"}},
	{Name: "phase_status", Type: Choice, Kinds: experiment, Values: []string{"running", "late", "paused", "blocked", "abandoned", "done"}},
	{Name: "budget", Type: Number, Kinds: experiment},
	{Name: "staff", Type: Line, Most: 200, Kinds: experiment},
	{Name: "in_kind", Type: Text, Most: 2_000, Kinds: experiment},
	{Name: "conditions", Type: Text, Most: 5_000, Kinds: experiment},
	{Name: "measures", Type: Indicator, Many: true, Kinds: experiment},
	{Name: "results", Type: Text, Most: 5_000, Kinds: experiment},
	{Name: "failures", Type: Text, Most: 5_000, Kinds: experiment},
	{Name: "lessons", Type: Text, Most: 5_000, Kinds: experiment},
	{Name: "to_repeat", Type: Text, Most: 5_000, Kinds: experiment},
	{Name: "held", Type: Choice, Kinds: experiment, Values: []string{"yes", "partly", "no", "unknown"}},

	// Lineage: see Lineage.
	{Name: "adapted_from", Type: Reference, Many: true},
	{Name: "combined_with", Type: Reference, Many: true},
	{Name: "inspired_by", Type: Reference, Many: true},
	{Name: "became", Type: Reference, Many: true, Kinds: experiment},
	{Name: "answers", Type: Reference, Many: true, Kinds: []Kind{Software, Service, Knowledge, Data, Experiment}},
}

// FieldNamed finds a field.
func FieldNamed(name string) (Field, bool) {
	for _, f := range Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// FieldsOf are the fields of a kind, in order.
func FieldsOf(k Kind) []Field {
	var out []Field
	for _, f := range Fields {
		if f.Of(k) {
			out = append(out, f)
		}
	}
	return out
}

// forms are the forms that each kind may take; a service takes none.
var forms = map[Kind][]string{
	Software:  {"application", "web", "mobile", "desktop", "backend", "library", "addon", "configuration", "forge"},
	Knowledge: {"guide", "training", "method", "model"},
	Data:      {"dataset", "schema", "api", "catalogue"},
}

// Choices are the values that a field may take for a kind.
func (f Field) Choices(k Kind) []string {
	if f.Name == "form" {
		return forms[k]
	}
	return f.Values
}
