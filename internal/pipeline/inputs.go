package pipeline

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"

	"bassin/internal/territory/shape"
)

// inputs is the open data, read and checked.
type inputs struct {
	manifest Manifest
	tables   map[string]*table
	outlines map[string]*shape.Topology
	reports  []SourceReport  // in the order of the manifest
	stale    map[string]bool // communes whose population series is not of today's perimeter
}

// needed lists the sources and columns that the tables are made from. Other
// sources may be in the manifest: they are checked and not used.
var needed = map[string][]string{
	"communes": {"code", "nom", "type_liaison", "zone", "region", "departement", "arrondissement", "canton", "epci", "ept",
		"siren", "codes_postaux", "population_municipale", "lon", "lat"},
	"parts":             {"code", "nom", "type", "commune", "codes_postaux", "population_municipale", "lon", "lat"},
	"epci":              {"siren", "nom", "type", "mode_financement", "departement_siege", "nb_communes", "population_municipale"},
	"ept":               {"siren", "nom", "nb_communes", "communes"},
	"departements":      {"code", "nom", "region", "chef_lieu", "zone"},
	"regions":           {"code", "nom", "chef_lieu", "zone"},
	"arrondissements":   {"code", "nom", "departement", "region", "chef_lieu"},
	"bassins-communes":  {"commune", "bv2022"},
	"bassins":           {"bv2022", "nom", "pole", "nb_communes", "population_municipale"},
	"zones-emploi":      {"code", "nom", "nb_communes", "population_municipale"},
	"aires-attraction":  {"code", "nom", "nb_communes", "population_municipale"},
	"unites-urbaines":   {"code", "nom", "nb_communes", "population_municipale"},
	"typologies":        {"commune", "centralite", "ruralite", "massif"},
	"frr":               {"commune", "classement_frr"},
	"programmes":        {"commune", "acv", "acv_date", "pvd", "pvd_date", "ort", "ort_date"},
	"qpv-communes":      {"qpv", "nom_qpv", "commune"},
	"qpv-outlines":      {"code", "communes"},
	"industrie":         {"ti", "nom_ti", "commune"},
	"movements":         {"mod", "date_eff", "typecom_av", "com_av", "libelle_av", "typecom_ap", "com_ap", "libelle_ap"},
	"passage":           {"ancien_code", "code"},
	"population-series": {"commune", "area_km2"},
	"zonages": {"commune", "bv2022", "ze2020", "aav2020", "categorie_aav2020", "uu2020", "statut_uu2020", "canton_ville",
		"nom_canton_ville", "densite7"},
	"france-services": {"id", "name", "address", "postcode", "city", "commune", "lon", "lat", "type", "format", "label_date",
		"appointment", "hours", "position_doubt"},
	"conseillers-numeriques": {"id", "name", "legal_type", "address", "postcode", "city", "commune", "lon", "lat", "posts", "selection_date", "france_services"},
	"aidants-connect":        {"id", "name", "address", "postcode", "commune"},
	"schools":                {"uai", "name", "type", "sector", "commune", "lon", "lat", "pupils"},
	"libraries":              {"id", "name", "status", "address", "postcode", "commune", "lon", "lat"},
	"ev-charging":            {"lon", "lat", "charge_points", "nearest_commune"},
	"mediation-places": {"source", "id", "name", "kind", "address", "postcode", "city", "commune", "lon", "lat", "label_codes",
		"updated", "third_place"},
	"third-places":     {"source", "id", "name", "kind", "address", "postcode", "city", "commune", "lon", "lat", "label_codes", "updated"},
	"rail-stations":    {"uic", "name", "passengers", "commune", "lon", "lat"},
	"transit-stations": {"osm_id", "name", "type", "nearest_commune", "lon", "lat"},
	"sill":             {"id", "name", "function", "status", "parent_id", "support_contract", "wikidata", "comptoir_du_libre_id", "licence", "sector", "component"},
	"codegouv": {"name", "url", "landing", "version", "release_date", "status", "type", "categories", "platforms", "license", "languages", "short_description",
		"features", "used_by", "documentation", "maintenance"},
	"support-market":           {"Identifiant marché", "Catégorie", "Logiciel"},
	"floss-services":           {"id", "agency_name", "service_name", "service_url", "description", "software_name", "software_sill_id", "software_comptoir_id", "publication_date", "usage_scope"},
	"public-forges":            {"forge", "organisation"},
	"data-schemas":             {"name", "title", "description", "schema_type", "labels", "homepage", "latest_version", "datagouv_dataset"},
	"opendata-platforms":       {"name", "type", "url", "technology", "theme", "region"},
	"opendata-bodies":          {"siren", "name", "type", "region", "departement", "platform_url", "datasets_on_platform", "datagouv_url", "datasets_on_datagouv", "platform", "themes"},
	"outlines-communes":        {"code", "bv"},
	"outlines-communes-light":  {"code"},
	"outlines-bassins":         {"code"},
	"outlines-epci":            {"code"},
	"outlines-departements":    {"code"},
	"outlines-regions":         {"code"},
	"outlines-zones-emploi":    {"code"},
	"outlines-arrondissements": {"code"},
	"outlines-overseas":        {"code"},
}

func (m *Manifest) checkNeeded(name string) error {
	sources := map[string]*Source{}
	for i := range m.Sources {
		sources[m.Sources[i].Key] = &m.Sources[i]
	}
	for _, key := range sortedKeys(needed) {
		s := sources[key]
		if s == nil {
			return Problem{File: name, What: fmt.Sprintf("the source %q is missing", key), Do: "the build cannot do without it"}
		}
		for _, column := range needed[key] {
			if s.column(column) == nil {
				return Problem{File: name, What: fmt.Sprintf("source %q: column %q is missing", key, column), Do: "the build cannot do without it"}
			}
		}
	}
	return nil
}

// readInputs reads and validates every source, two at a time.
func readInputs(ctx context.Context, dataDir string, m Manifest, p *progress) (*inputs, error) {
	in := &inputs{manifest: m, tables: map[string]*table{}, outlines: map[string]*shape.Topology{}, reports: make([]SourceReport, len(m.Sources))}
	problems := make([]Problems, len(m.Sources))
	var mu sync.Mutex
	var wg sync.WaitGroup
	turns := make(chan struct{}, 2)
	for i := range in.manifest.Sources {
		s := &in.manifest.Sources[i]
		wg.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			if ctx.Err() != nil {
				return
			}
			p.begin("reading " + s.Path)
			t, o, ps := s.load(dataDir, &in.reports[i])
			mu.Lock()
			defer mu.Unlock()
			in.tables[s.Key], problems[i] = t, ps
			if o != nil {
				in.outlines[s.Key] = o
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var all Problems
	for _, ps := range problems {
		all = append(all, ps...)
	}
	if len(all) > 0 {
		return nil, all
	}
	return in, nil
}

func (s *Source) load(dataDir string, report *SourceReport) (*table, *shape.Topology, Problems) {
	ps := &sourceProblems{file: filepath.Join(dataDir, filepath.FromSlash(s.Path)), place: "line"}
	if s.Format != "csv" {
		ps.place = "feature"
	}
	report.Key, report.File = s.Key, s.Path
	content, sameSum := s.read(dataDir, ps)
	var t *table
	var o *shape.Topology
	if content != nil {
		if sameSum && s.SHA256 != "" {
			report.passed("checksum %.12s…", s.SHA256)
		}
		if s.Format == "csv" {
			t = readCSV(content, s, ps)
		} else if t = readFeatures(content, s, ps); t != nil && s.Key != "outlines-communes-light" {
			o = readOutlines(content, s, ps)
		}
		if t != nil {
			report.Rows = len(t.rows)
			t.validate(ps, report)
		}
		if !sameSum {
			ps.whole("put the file back, or write its new checksum in "+manifestName+" if the source changed",
				"the checksum is not the one of the manifest")
		}
	}
	return t, o, ps.all()
}
