package atlasweb

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"

	"github.com/parquet-go/parquet-go"
)

// exportRoutes give what a page shows as files.
func (p *Pages) exportRoutes() []web.Route {
	var out []web.Route
	for _, l := range append(slices.Clone(territory.Levels), territory.Custom) {
		level, base := l, "/"+string(l)+"/{code}/"
		add := func(name string, h func(w http.ResponseWriter, r *http.Request, s *snapshot.Snapshot, t *territory.Territory) error) {
			out = append(out, web.Route{
				Method: http.MethodGet, Pattern: base + name, Action: "atlas.export." + string(level) + "." + name, Who: web.Everyone,
				Handler: func(w http.ResponseWriter, r *http.Request) error {
					s := snapshot.FromContext(r.Context())
					t, err := p.exported(r, s, level, r.PathValue("code"))
					if err != nil {
						return err
					}
					return h(w, r, s, t)
				},
			})
		}
		add("contour.geojson", p.exportGeoJSON)
		if level.Whole() {
			add("communes.csv", p.exportCSV)
			add("communes.parquet", p.exportParquet)
		}
	}
	return out
}

// exported finds the territory of a file.
func (p *Pages) exported(r *http.Request, s *snapshot.Snapshot, level territory.Level, code string) (*territory.Territory, error) {
	if level == territory.Custom {
		return p.Atlas.Resolve(r.Context(), s.France, code)
	}
	t, ok := s.France.Territory(territory.ID{Level: level, Code: code})
	if !ok {
		return nil, fault.New(fault.NotFound, "territory.not_found", string(level)+":"+code)
	}
	return t, nil
}

// memberRow is one commune of an exported territory. A nil population is not
// published: it is never zero.
type memberRow struct {
	Code           string  `parquet:"code_commune"`
	Name           string  `parquet:"nom_commune"`
	Population     *int32  `parquet:"population_municipale,optional"`
	PopulationYear int16   `parquet:"annee_population"`
	Density        int8    `parquet:"densite7"`
	BassinDeVie    string  `parquet:"code_bassin_de_vie,dict"`
	NameBassin     string  `parquet:"nom_bassin_de_vie,dict"`
	EPCI           string  `parquet:"siren_epci,dict"`
	NameEPCI       string  `parquet:"nom_epci,dict"`
	Departement    string  `parquet:"code_departement,dict"`
	Region         string  `parquet:"code_region,dict"`
	Lon            float64 `parquet:"longitude"`
	Lat            float64 `parquet:"latitude"`
}

var memberColumns = []string{
	"code_commune", "nom_commune", "population_municipale", "annee_population", "densite7", "code_bassin_de_vie", "nom_bassin_de_vie",
	"siren_epci", "nom_epci", "code_departement", "code_region", "longitude", "latitude",
}

func memberRows(f *territory.France, t *territory.Territory) []memberRow {
	name := func(level territory.Level, code string) string {
		if u, ok := f.Territory(territory.ID{Level: level, Code: code}); ok {
			return u.Name
		}
		return ""
	}
	out := make([]memberRow, len(t.Communes()))
	for i, n := range t.Communes() {
		c := f.Commune(n)
		out[i] = memberRow{
			Code: c.Code, Name: c.Name, Population: c.Population, PopulationYear: c.PopulationYear, Density: c.Density,
			BassinDeVie: c.BassinDeVie, NameBassin: name(territory.BassinDeVie, c.BassinDeVie), EPCI: c.EPCI, NameEPCI: name(territory.EPCI, c.EPCI),
			Departement: c.Departement, Region: c.Region, Lon: c.Lon, Lat: c.Lat,
		}
	}
	return out
}

func (m memberRow) cells() []string {
	blank := func(n int, s string) string {
		if n == 0 {
			return ""
		}
		return s
	}
	population := ""
	if m.Population != nil {
		population = strconv.Itoa(int(*m.Population))
	}
	return []string{
		web.Harmless(m.Code), web.Harmless(m.Name), population, blank(int(m.PopulationYear), strconv.Itoa(int(m.PopulationYear))),
		blank(int(m.Density), strconv.Itoa(int(m.Density))), m.BassinDeVie, web.Harmless(m.NameBassin), m.EPCI, web.Harmless(m.NameEPCI), m.Departement, m.Region,
		strconv.FormatFloat(m.Lon, 'f', -1, 64), strconv.FormatFloat(m.Lat, 'f', -1, 64),
	}
}

func download(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-cache")
}

// fileName is the name of an exported file, without what a file name may not hold.
func fileName(t *territory.Territory, ending string) string {
	return string(t.Level) + "-" + t.Code + "-" + ending
}

func (p *Pages) exportCSV(w http.ResponseWriter, r *http.Request, s *snapshot.Snapshot, t *territory.Territory) error {
	var b bytes.Buffer
	err := web.WriteCSV(&b, p.Kit.Locale(r.Context()), memberColumns, func(write func([]string)) {
		for _, m := range memberRows(s.France, t) {
			write(m.cells())
		}
	})
	if err != nil {
		return err
	}
	download(w, "text/csv; charset=utf-8", fileName(t, "communes.csv"))
	return web.Respond(w, r, b.Bytes())
}

func (p *Pages) exportParquet(w http.ResponseWriter, r *http.Request, s *snapshot.Snapshot, t *territory.Territory) error {
	var b bytes.Buffer
	pw := parquet.NewGenericWriter[memberRow](&b, parquet.Compression(&parquet.Zstd))
	if _, err := pw.Write(memberRows(s.France, t)); err != nil {
		return err
	}
	if err := pw.Close(); err != nil {
		return err
	}
	download(w, "application/vnd.apache.parquet", fileName(t, "communes.parquet"))
	return web.Respond(w, r, b.Bytes())
}

// listColumnsCSV are the columns of an exported list.
var listColumnsCSV = []string{"niveau", "code", "nom", "departements", "nombre_communes", "population_municipale", "communes"}

// listCSV exports a list as shown: same département, same order, with the
// communes of each territory, which national schemas know when they do not know
// the level.
func (p *Pages) listCSV(w http.ResponseWriter, r *http.Request) error {
	l, s := p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	t := teller{l, s.France, func(path string) string { return path }}
	q, err := readFilter(s.France, r.PathValue("level"), r.URL.Query())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	err = web.WriteCSV(&b, l, listColumnsCSV, func(write func([]string)) {
		for _, it := range p.rows(s, t, q) {
			var deps []string
			for _, n := range it.of.Communes() {
				if d := s.France.Commune(n).Departement; !slices.Contains(deps, d) {
					deps = append(deps, d)
				}
			}
			population := ""
			if it.population >= 0 {
				population = strconv.Itoa(it.population)
			}
			write([]string{
				string(q.level), it.of.Code, web.Harmless(it.of.Name), strings.Join(deps, "|"), strconv.Itoa(len(it.of.Communes())), population,
				strings.Join(s.France.Codes(it.of), "|"),
			})
		}
	})
	if err != nil {
		return err
	}
	download(w, "text/csv; charset=utf-8", "liste-"+string(q.level)+".csv")
	return web.Respond(w, r, b.Bytes())
}
