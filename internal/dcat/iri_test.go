package dcat

import "testing"

// The examples of RFC 3986, 5.4, but for the abnormal one of a scheme alone.
func TestResolve(t *testing.T) {
	for ref, want := range map[string]string{
		"g:h": "g:h", "g": "http://a/b/c/g", "./g": "http://a/b/c/g", "g/": "http://a/b/c/g/", "/g": "http://a/g", "//g": "http://g", "?y": "http://a/b/c/d;p?y",
		"g?y": "http://a/b/c/g?y", "#s": "http://a/b/c/d;p?q#s", "g#s": "http://a/b/c/g#s", "g?y#s": "http://a/b/c/g?y#s", ";x": "http://a/b/c/;x",
		"g;x": "http://a/b/c/g;x", "g;x?y#s": "http://a/b/c/g;x?y#s", "": "http://a/b/c/d;p?q", ".": "http://a/b/c/", "./": "http://a/b/c/", "..": "http://a/b/",
		"../": "http://a/b/", "../g": "http://a/b/g", "../..": "http://a/", "../../": "http://a/", "../../g": "http://a/g",
		"../../../g": "http://a/g", "/./g": "http://a/g", "/../g": "http://a/g", "g.": "http://a/b/c/g.", ".g": "http://a/b/c/.g", "g..": "http://a/b/c/g..",
		"./../g": "http://a/b/g", "./g/.": "http://a/b/c/g/", "g/./h": "http://a/b/c/g/h", "g/../h": "http://a/b/c/h", "g;x=1/../y": "http://a/b/c/y",
		"g?y/./x": "http://a/b/c/g?y/./x", "g#s/../x": "http://a/b/c/g#s/../x",
	} {
		if got := resolve("http://a/b/c/d;p?q", ref); got != want {
			t.Errorf("%q is %q, want %q", ref, got, want)
		}
	}
	for _, c := range [][3]string{{"", "x", "x"}, {"http://a", "x", "http://a/x"}, {"http://a?q", "x", "http://a/x"}, {"urn:x:y", "#z", "urn:x:y#z"}, {"http://a#f", "#z", "http://a#z"}} {
		if got := resolve(c[0], c[1]); got != c[2] {
			t.Errorf("%q from %q is %q, want %q", c[1], c[0], got, c[2])
		}
	}
}

func TestNamesOfVocabularies(t *testing.T) {
	for v, want := range map[string]string{
		"https://www.etalab.gouv.fr/licence-ouverte-open-licence": "etalab-2.0", "http://opendatacommons.org/licenses/odbl/": "ODbL-1.0", "fr-lo": "etalab-2.0",
		"https://creativecommons.org/licenses/by-sa/4.0/deed.fr": "CC-BY-SA-4.0", "http://creativecommons.org/publicdomain/zero/1.0/": "CC0-1.0",
		"http://publications.europa.eu/resource/authority/licence/CC_BYSA_4_0": "CC-BY-SA-4.0", "https://spdx.org/licenses/AGPL-3.0-or-later.html": "AGPL-3.0-or-later",
		"https://opensource.org/licenses/MIT": "MIT", "Licence Ouverte / Open Licence version 2.0": "etalab-2.0", "https://example.fr/notre-licence": "", "": "",
	} {
		if got := licenceOf(v); got != want {
			t.Errorf("licence %q is %q, want %q", v, got, want)
		}
	}
	for v, want := range map[string]string{"http://purl.org/cld/freq/semiannual": "annual", authority + "frequency/IRREG": "irregular", "Hourly": "continuous", "R/P1M": "monthly", "unknown": ""} {
		if got, ok := frequencyOf(v); got != want || !ok {
			t.Errorf("frequency %q is %q, %t, want %q", v, got, ok, want)
		}
	}
	for v, want := range map[string]string{authority + "language/FRA": "fr", authority + "language/BRE": "br", "http://id.loc.gov/vocabulary/iso639-1/en": "en", "fr": "fr", "fre": "fr"} {
		if got, ok := languageOf(v); got != want || !ok {
			t.Errorf("language %q is %q, want %q", v, got, want)
		}
	}
	for v, want := range map[string]string{insee + "commune/2A004": "commune:2A004", "https://id.insee.fr/geo/departement/971": "dep:971", france: "pays:FR",
		"https://sws.geonames.org/3017382/": "pays:FR", "https://x.example/territories/fr:epci:200069391@2017-01-01": "epci:200069391"} {
		if got, ok := placeOf(v); got.String() != want || !ok {
			t.Errorf("place %q is %q, want %q", v, got, want)
		}
	}
	for v, want := range map[string]string{"2026-11-26T10:00:00.123+01:00": "2026-11-26", "2026-11-26 10:00": "2026-11-26", "2026": "2026", "2026-02-30": "", "31/12/2025": "2025-12-31", "2026Z": "2026", "20261126": "", "hier": ""} {
		if got, _ := dayOf(v); got != want {
			t.Errorf("day %q is %q, want %q", v, got, want)
		}
	}
	for v, want := range map[string]string{"text/csv": "CSV", ".xlsx": "XLSX", "https://www.iana.org/assignments/media-types/application/geo+json": "GEOJSON",
		authority + "file-type/RDF_TURTLE": "RDF_TURTLE", "application/octet-stream": "", "application/vnd.ms-excel": "XLS"} {
		if got := formatOf(v); got != want {
			t.Errorf("format %q is %q, want %q", v, got, want)
		}
	}
}
