package publiccode

// shape is what a key holds.
type shape struct {
	scalar  bool
	address bool             // of a scalar: a web address
	truth   bool             // true or false
	list    *shape           // several of these
	alone   bool             // of a list: one may stand without a list
	keys    map[string]shape // "*" is any language
	old     bool             // leaves the standard with version 1
}

var (
	text  = shape{scalar: true}
	link  = shape{scalar: true, address: true}
	gone  = shape{scalar: true, old: true}
	truth = shape{truth: true}
	texts = shape{list: &text}
	many  = shape{list: &text, alone: true}
	links = shape{list: &link, alone: true}
)

func all(keys map[string]shape) shape { return shape{list: &shape{keys: keys}} }

// standard are the keys of publiccode.yml.
var standard = func() shape {
	organisation := map[string]shape{"name": text, "uri": text}
	depends := all(map[string]shape{"name": text, "versionMin": text, "versionMax": text, "version": text, "optional": truth})
	old := shape{list: &text, old: true}
	return shape{keys: map[string]shape{
		"publiccodeYmlVersion": text, "name": text, "applicationSuite": text, "url": link, "landingURL": link, "isBasedOn": links,
		"softwareVersion": text, "releaseDate": text, "logo": text, "monochromeLogo": gone, "inputTypes": old, "outputTypes": old,
		"platforms": many, "categories": texts, "usedBy": texts, "fundedBy": all(organisation), "roadmap": link,
		"developmentStatus": text, "softwareType": text, "supports": all(map[string]shape{"id": text}),
		"organisation":     {keys: organisation},
		"intendedAudience": {keys: map[string]shape{"scope": texts, "countries": texts, "unsupportedCountries": texts}},
		"description": {keys: map[string]shape{"*": {keys: map[string]shape{
			"localisedName": text, "genericName": gone, "shortDescription": text, "longDescription": text, "documentation": link,
			"apiDocumentation": link, "features": texts, "screenshots": texts, "videos": {list: &link}, "awards": texts,
		}}}},
		"legal": {keys: map[string]shape{"license": text, "mainCopyrightOwner": text, "repoOwner": gone, "authorsFile": gone}},
		"maintenance": {keys: map[string]shape{
			"type":        text,
			"contractors": all(map[string]shape{"name": text, "email": text, "website": link, "until": text}),
			"contacts":    all(map[string]shape{"name": text, "email": text, "affiliation": text, "phone": text}),
		}},
		"localisation": {keys: map[string]shape{"localisationReady": truth, "availableLanguages": texts}},
		"dependsOn":    {keys: map[string]shape{"open": depends, "proprietary": depends, "hardware": depends}},
	}}
}()

// unsent are the keys that the parser does not know yet.
var unsent = []string{"supports"}

// country says whether a key is a section of a country: its rules are not ours.
func country(key string) bool {
	if len(key) != 2 {
		return false
	}
	for _, c := range []byte(key) {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return true
}

// types are the forms of an entry by softwareType.
var types = map[string]string{
	"standalone/mobile": "mobile", "standalone/iot": "application", "standalone/desktop": "desktop", "standalone/web": "web",
	"standalone/backend": "backend", "standalone/other": "application", "addon": "addon", "library": "library", "configurationFiles": "configuration",
}

// scopes are the themes of the library by field of application.
var scopes = map[string]string{
	"education": "education", "healthcare": "health", "government": "administration", "local-authorities": "administration",
	"energy": "energy", "transportation": "transport", "finance-and-economic-development": "economy", "employment": "economy",
	"manufacturing": "economy", "culture": "heritage", "welfare": "inclusion", "society": "inclusion",
}
