package dcat

import (
	"regexp"
	"strings"

	"golang.org/x/text/language"

	"bassin/internal/territory"
)

// authority is where the EU's tables of names are.
const authority = "http://publications.europa.eu/resource/authority/"

// own is the vocabulary of the fields that DCAT-AP has no property for, or none that
// says as much: urn:bassin:commons:FIELD with the values as a sheet holds them.
const own = "urn:bassin:commons:"

// namespaces in use besides the right ones, and what they stand for.
var namespaces = []struct{ was, is string }{
	{"https://www.w3.org/ns/dcat#", dcat},
	{"http://www.w3.org/ns/dcat2#", dcat},
	{"https://purl.org/dc/terms/", dct},
	{"http://purl.org/dc/elements/1.1/", dct},
	{"https://purl.org/dc/elements/1.1/", dct},
	{"https://xmlns.com/foaf/0.1/", foaf},
	{"https://www.w3.org/2006/vcard/ns#", vcard},
	{"https://www.w3.org/2004/02/skos/core#", skos},
	{"https://www.w3.org/ns/hydra/core#", hydra},
	{"https://schema.org/", schema},
}

func normal(iri string) string {
	for _, n := range namespaces {
		if rest, ok := strings.CutPrefix(iri, n.was); ok {
			return n.is + rest
		}
	}
	return iri
}

// euThemes are the themes of the EU that ours answer to, first the one that is written.
var euThemes = []struct{ theme, code string }{
	{"education", "EDUC"}, {"health", "HEAL"}, {"administration", "GOVE"}, {"energy", "ENER"},
	{"transport", "TRAN"}, {"economy", "ECON"}, {"inclusion", "SOCI"},
}

// euOtherThemes are those that none of ours answers to.
const euOtherThemes = " AGRI ENVI INTR JUST REGI TECH OP_DATPRO "

func themeOf(v string) (theme string, known bool) {
	code := last(v)
	for _, t := range euThemes {
		if strings.Contains(v, "/data-theme/") && strings.EqualFold(t.code, code) || strings.EqualFold(v, t.code) {
			return t.theme, true
		}
	}
	return "", strings.Contains(euOtherThemes, " "+strings.ToUpper(code)+" ")
}

// last is the part of an IRI after its last / or #.
func last(iri string) string {
	iri = strings.TrimRight(iri, "/#")
	return iri[strings.LastIndexAny(iri, "/#")+1:]
}

// frequencies by the names of the EU, of the Dublin Core and of portals, in capitals.
// What comes more or less often than ours say goes to the nearest that promises less.
var frequencies = map[string]string{
	"CONT": "continuous", "UPDATE_CONT": "continuous", "CONTINUOUS": "continuous", "1MIN": "continuous", "5MIN": "continuous", "10MIN": "continuous",
	"15MIN": "continuous", "30MIN": "continuous", "HOURLY": "continuous", "REALTIME": "continuous",
	"BIHOURLY": "daily", "TRIHOURLY": "daily", "12HRS": "daily", "DAILY": "daily", "DAILY_2": "daily", "SEMIDAILY": "daily",
	"WEEKLY": "weekly", "WEEKLY_2": "weekly", "WEEKLY_3": "weekly", "WEEKLY_5": "weekly", "SEMIWEEKLY": "weekly", "THREETIMESAWEEK": "weekly",
	"MONTHLY": "monthly", "MONTHLY_2": "monthly", "MONTHLY_3": "monthly", "BIWEEKLY": "monthly", "SEMIMONTHLY": "monthly", "THREETIMESAMONTH": "monthly",
	"QUARTERLY": "quarterly", "BIMONTHLY": "quarterly",
	"ANNUAL": "annual", "ANNUAL_2": "annual", "ANNUAL_3": "annual", "SEMIANNUAL": "annual", "THREETIMESAYEAR": "annual", "ANNUELLE": "annual", "YEARLY": "annual", "P1Y": "annual",
	"P1M": "monthly", "P1W": "weekly", "P1D": "daily", "P3M": "quarterly", "R/P1Y": "annual", "R/P1M": "monthly", "R/P1W": "weekly", "R/P1D": "daily",
	"IRREG": "irregular", "IRREGULAR": "irregular", "PUNCTUAL": "irregular", "AS_NEEDED": "irregular", "BIENNIAL": "irregular", "TRIENNIAL": "irregular",
	"QUADRENNIAL": "irregular", "QUINQUENNIAL": "irregular", "DECENNIAL": "irregular", "OTHER": "irregular",
	"NEVER": "never", "NOT_PLANNED": "never",
	"UNKNOWN": "", "NOT_APPL": "", "OP_DATPRO": "",
}

// euFrequency is how the EU names each of ours.
var euFrequency = map[string]string{"continuous": "UPDATE_CONT", "daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY",
	"quarterly": "QUARTERLY", "annual": "ANNUAL", "irregular": "IRREG", "never": "NEVER"}

func frequencyOf(v string) (string, bool) {
	f, ok := frequencies[strings.ToUpper(v)]
	if !ok {
		f, ok = frequencies[strings.ToUpper(last(v))]
	}
	return f, ok
}

// languageOf reads a name of the EU's table, which has the codes of ISO 639-3, or a tag.
func languageOf(v string) (string, bool) {
	tag, err := language.Parse(strings.ToLower(last(v)))
	if err != nil || tag == language.Und {
		return "", false
	}
	return tag.String(), true
}

// euLanguage is how the EU names a language, "" if the tag says more than a language.
func euLanguage(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	base, _ := t.Base()
	if base.String() != tag {
		return ""
	}
	return authority + "language/" + strings.ToUpper(base.ISO3())
}

// fileTypes are the names of the EU's table that open data use, by what portals write.
var fileTypes = map[string]string{
	"CSV": "CSV", "TSV": "TSV", "JSON": "JSON", "GEOJSON": "GEOJSON", "XML": "XML", "GML": "GML", "KML": "KML", "KMZ": "KMZ", "SHP": "SHP", "PDF": "PDF",
	"ZIP": "ZIP", "GZIP": "GZIP", "XLS": "XLS", "XLSX": "XLSX", "ODS": "ODS", "ODT": "ODT", "DOC": "DOC", "DOCX": "DOCX", "HTML": "HTML", "TXT": "TXT", "RDF": "RDF",
	"RDF_XML": "RDF_XML", "RDF_TURTLE": "RDF_TURTLE", "JSON_LD": "JSON_LD", "PARQUET": "PARQUET", "GPKG": "GPKG", "WMS": "WMS_SRVC", "WFS": "WFS_SRVC",
	"PNG": "PNG", "JPEG": "JPEG", "TIFF": "TIFF", "SQL": "SQL", "ICS": "ICS", "ATOM": "ATOM", "RSS": "RSS", "GTFS": "GTFS", "XSD": "XSD", "JSON SCHEMA": "JSON",
}

// formatOf is the short name of a format, from the EU's table, a media type or a word.
func formatOf(v string) string {
	if strings.Contains(v, "/") {
		v = last(v)
	}
	v = strings.ToUpper(strings.TrimPrefix(strings.TrimSpace(v), "."))
	switch v {
	case "GEO+JSON", "VND.GEO+JSON":
		return "GEOJSON"
	case "VND.OPENXMLFORMATS-OFFICEDOCUMENT.SPREADSHEETML.SHEET":
		return "XLSX"
	case "VND.MS-EXCEL":
		return "XLS"
	case "VND.OASIS.OPENDOCUMENT.SPREADSHEET":
		return "ODS"
	case "PLAIN":
		return "TXT"
	case "WMS_SRVC", "WFS_SRVC":
		return v[:3]
	case "LD+JSON", "JSONLD", "JSON-LD":
		return "JSON_LD"
	case "OCTET-STREAM", "UNKNOWN", "OP_DATPRO", "OTHER":
		return ""
	}
	return v
}

// licences are names of the SPDX list by what portals write, in small letters, without
// scheme nor "www." nor last slash.
var licences = map[string]string{
	"etalab.gouv.fr/licence-ouverte-open-licence":                               "etalab-2.0",
	"etalab.gouv.fr/wp-content/uploads/2017/04/etalab-licence-ouverte-v2.0.pdf": "etalab-2.0",
	"etalab.gouv.fr/wp-content/uploads/2014/05/licence_ouverte.pdf":             "etalab-2.0",
	"github.com/etalab/licence-ouverte/blob/master/lo.md":                       "etalab-2.0",
	"data.gouv.fr/licence-ouverte":                                              "etalab-2.0",
	"publications.europa.eu/resource/authority/licence/etalab_2_0":              "etalab-2.0",
	"licence ouverte":                                "etalab-2.0",
	"licence ouverte / open licence":                 "etalab-2.0",
	"licence ouverte / open licence version 2.0":     "etalab-2.0",
	"licence ouverte v2.0":                           "etalab-2.0",
	"licence ouverte 2.0":                            "etalab-2.0",
	"lov2":                                           "etalab-2.0",
	"fr-lo":                                          "etalab-2.0",
	"opendatacommons.org/licenses/odbl":              "ODbL-1.0",
	"opendatacommons.org/licenses/odbl/summary":      "ODbL-1.0",
	"opendatacommons.org/licenses/odbl/1-0":          "ODbL-1.0",
	"opendatacommons.org/licenses/odbl/1.0":          "ODbL-1.0",
	"opendefinition.org/licenses/odc-odbl":           "ODbL-1.0",
	"open data commons open database license (odbl)": "ODbL-1.0",
	"odc-odbl":                              "ODbL-1.0",
	"odbl":                                  "ODbL-1.0",
	"opendatacommons.org/licenses/by":       "ODC-By-1.0",
	"opendatacommons.org/licenses/by/1-0":   "ODC-By-1.0",
	"opendefinition.org/licenses/odc-by":    "ODC-By-1.0",
	"odc-by":                                "ODC-By-1.0",
	"opendatacommons.org/licenses/pddl":     "PDDL-1.0",
	"opendatacommons.org/licenses/pddl/1-0": "PDDL-1.0",
	"opendefinition.org/licenses/odc-pddl":  "PDDL-1.0",
	"odc-pddl":                              "PDDL-1.0",
	"opendefinition.org/licenses/cc-by":     "CC-BY-4.0",
	"opendefinition.org/licenses/cc-by-sa":  "CC-BY-SA-4.0",
	"opendefinition.org/licenses/cc-zero":   "CC0-1.0",
	"cc-by":                                 "CC-BY-4.0",
	"cc-by-sa":                              "CC-BY-SA-4.0",
	"cc-zero":                               "CC0-1.0",
	"publicdomain/zero/1.0":                 "CC0-1.0",
	"eupl.eu/1.2":                           "EUPL-1.2",
	"publications.europa.eu/resource/authority/licence/eupl_1_2": "EUPL-1.2",
	"publications.europa.eu/resource/authority/licence/odbl":     "ODbL-1.0",
	"publications.europa.eu/resource/authority/licence/odbl_1_0": "ODbL-1.0",
	"publications.europa.eu/resource/authority/licence/cc0":      "CC0-1.0",
	"opensource.org/licenses/mit":                                "MIT",
	"gnu.org/licenses/agpl-3.0":                                  "AGPL-3.0-only",
	"gnu.org/licenses/gpl-3.0":                                   "GPL-3.0-only",
}

var (
	creativeCommons = regexp.MustCompile(`^creativecommons\.org/licenses/(by|by-sa|by-nd|by-nc|by-nc-sa|by-nc-nd)/([1-4]\.[05])`)
	euCC            = regexp.MustCompile(`^publications\.europa\.eu/resource/authority/licence/cc_(by|bysa|bynd|bync|byncsa|byncnd)_([1-4])_([05])$`)
	spdxAddress     = regexp.MustCompile(`(?i)^(?:spdx\.org/licenses|opensource\.org/licenses?)/([A-Za-z0-9.+-]+?)(?:\.html|\.json|\.txt)?$`)
	spdxName        = regexp.MustCompile(`^[A-Za-z0-9.+-]+$`)
)

// licenceOf is the SPDX name of a licence that has an address or a name of portals; ""
// if it is not known. What looks like a name of the list is left to who knows the list.
func licenceOf(v string) string {
	v = strings.TrimSpace(v)
	key := v
	if i := strings.Index(key, "://"); i >= 0 {
		key = key[i+3:]
	}
	key = strings.TrimPrefix(strings.TrimRight(key, "/#"), "www.")
	if m := spdxAddress.FindStringSubmatch(key); m != nil && licences[strings.ToLower(key)] == "" {
		return m[1]
	}
	key = strings.ToLower(strings.TrimSuffix(key, ".html"))
	if name := licences[key]; name != "" {
		return name
	}
	if m := creativeCommons.FindStringSubmatch(key); m != nil {
		return "CC-" + strings.ToUpper(m[1]) + "-" + m[2]
	}
	if strings.HasPrefix(key, "creativecommons.org/publicdomain/zero/1.0") {
		return "CC0-1.0"
	}
	if m := euCC.FindStringSubmatch(key); m != nil {
		name := map[string]string{"by": "BY", "bysa": "BY-SA", "bynd": "BY-ND", "bync": "BY-NC", "byncsa": "BY-NC-SA", "byncnd": "BY-NC-ND"}[m[1]]
		return "CC-" + name + "-" + m[2] + "." + m[3]
	}
	return ""
}

// inseeNames are the parts of INSEE's addresses of territories, by level.
var inseeNames = []struct {
	level territory.Level
	name  string
}{
	{territory.Commune, "commune"}, {territory.Departement, "departement"}, {territory.Region, "region"}, {territory.ArrondissementMunicipal, "arrondissementMunicipal"},
	{territory.Arrondissement, "arrondissement"}, {territory.EPCI, "intercommunalite"}, {territory.UniteUrbaine, "uniteUrbaine2020"},
	{territory.BassinDeVie, "bassinDeVie2022"}, {territory.ZoneEmploi, "zoneDEmploi2020"}, {territory.AireAttraction, "aireDAttractionDesVilles2020"},
}

const (
	insee  = "http://id.insee.fr/geo/"
	france = authority + "country/FRA"
)

// placeIRI is the address that others know a territory by, "" if none does.
func placeIRI(id territory.ID) string {
	if id == (territory.ID{Level: territory.Pays, Code: "FR"}) {
		return france
	}
	for _, n := range inseeNames {
		if n.level == id.Level {
			return insee + n.name + "/" + id.Code
		}
	}
	return ""
}

// geozone is how udata names the territories of France.
var geozone = regexp.MustCompile(`fr:(commune|departement|region|epci|arrondissement):([0-9AB]{2,9})(?:@[0-9-]*)?$`)

// placeOf reads an address of a territory, or a name of udata's.
func placeOf(v string) (territory.ID, bool) {
	for _, in := range []string{insee, "https://id.insee.fr/geo/"} {
		if rest, ok := strings.CutPrefix(v, in); ok {
			name, code, _ := strings.Cut(strings.TrimRight(rest, "/"), "/")
			for _, n := range inseeNames {
				if n.name == name {
					return territory.ParseID(string(n.level) + ":" + code)
				}
			}
		}
	}
	switch strings.TrimPrefix(strings.TrimPrefix(strings.TrimRight(v, "/"), "https://"), "http://") {
	case "publications.europa.eu/resource/authority/country/FRA", "sws.geonames.org/3017382", "www.geonames.org/3017382", "country:fr", "FR", "France":
		return territory.ID{Level: territory.Pays, Code: "FR"}, true
	}
	if m := geozone.FindStringSubmatch(v); m != nil {
		level := map[string]territory.Level{"commune": territory.Commune, "departement": territory.Departement, "region": territory.Region,
			"epci": territory.EPCI, "arrondissement": territory.Arrondissement}[m[1]]
		return territory.ID{Level: level, Code: m[2]}, true
	}
	return territory.ID{}, false
}
