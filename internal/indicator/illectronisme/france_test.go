package illectronisme_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"bassin/internal/indicator/illectronisme"
)

// table is a CSV file of the project's data, by the code in its first column.
type table struct {
	at   map[string]int
	rows [][]string
	by   map[string][]string
}

func read(t *testing.T, name string) table {
	t.Helper()
	f, err := os.Open(filepath.Join(dataDir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	all, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	out := table{at: map[string]int{}, rows: all[1:], by: map[string][]string{}}
	for i, c := range all[0] {
		out.at[c] = i
	}
	for _, row := range out.rows {
		out.by[row[0]] = row
	}
	return out
}

func (f table) text(t *testing.T, code, column string) string {
	i, ok := f.at[column]
	if !ok {
		t.Fatalf("no column %q", column)
	}
	if row := f.by[code]; row != nil {
		return row[i]
	}
	return ""
}

// number is NaN where the cell or the row is missing.
func (f table) number(t *testing.T, code, column string) float64 {
	if v, err := strconv.ParseFloat(f.text(t, code, column), 64); err == nil {
		return v
	}
	return math.NaN()
}

// france is the project's own data: every commune but those of the collectivities,
// then the municipal arrondissements.
type france struct {
	codes   []string
	columns illectronisme.Columns
	rates   illectronisme.Rates

	region, departement, category, size []string // by commune
}

func load(t *testing.T) france {
	t.Helper()
	communes := read(t, "territory/communes-2026.csv.gz")
	parts := read(t, "territory/communes-deleguees-associees-arrondissements-2026.csv.gz")
	zones := read(t, "territory/communes-zonages-2025.csv.gz")
	series := read(t, "indicators/population-communes-2006-2022.csv.gz")
	now := read(t, "indicators/insee-communes-2022.csv.gz")
	labour := read(t, "indicators/insee-communes-2021-labour.csv.gz")
	past := read(t, "indicators/digital-fragility-components-2017.csv.gz")
	var out france
	c := &out.columns
	add := func(code, region, departement string, overseas, inside bool) {
		out.codes, out.region, out.departement = append(out.codes, code), append(out.region, region), append(out.departement, departement)
		out.category = append(out.category, zones.text(t, code, "categorie_aav2020"))
		out.size = append(out.size, zones.text(t, code, "tranche_aav2017"))
		c.Overseas, c.Inside = append(c.Overseas, overseas), append(c.Inside, inside)
		residents := series.number(t, code, "pop_2022")
		if !(residents > 0) { // an arrondissement, or a commune created since
			residents = now.number(t, code, "pop_2022")
		}
		c.Residents = append(c.Residents, residents)
		for column, to := range map[string]*[]float64{
			"pct_0_14": &c.Under15, "pct_15_24": &c.From15To24, "pct_60p": &c.From60, "pct_65p": &c.From65, "pct_75p": &c.From75,
			"pct_below_bac": &c.BelowBac, "pct_farmers": &c.Farmers, "pct_self_employed_trades": &c.Trades, "pct_managers": &c.Managers,
			"pct_intermediate": &c.Intermediate, "pct_employees": &c.Employees, "pct_workers": &c.Workers,
		} {
			*to = append(*to, now.number(t, code, column))
		}
		c.From15To64 = append(c.From15To64, labour.number(t, code, "pop_15_64_2021"))
		c.Past15To24 = append(c.Past15To24, past.number(t, code, "pct_15_24_of_15p"))
		c.Past65 = append(c.Past65, past.number(t, code, "pct_65p_of_15p"))
		c.PastBelowBac = append(c.PastBelowBac, past.number(t, code, "pct_below_bac"))
	}
	for _, row := range communes.rows {
		code := row[0]
		if zone := communes.text(t, code, "zone"); zone != "com" {
			add(code, communes.text(t, code, "region"), communes.text(t, code, "departement"), zone == "drom", false)
		}
	}
	for _, row := range parts.rows {
		code := row[0]
		if parts.text(t, code, "type") == "arrondissement-municipal" {
			add(code, parts.text(t, code, "region"), parts.text(t, code, "departement"), false, true)
		}
	}
	f, err := os.Open(filepath.Join(dataDir, "published", "illectronisme.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if out.rates, err = illectronisme.ReadRates(f); err != nil {
		t.Fatal(err)
	}
	return out
}

func (f *france) estimate(t *testing.T) illectronisme.Result {
	t.Helper()
	r, err := illectronisme.Estimate(f.rates, f.columns)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sum adds up the known values of the communes that are in.
func (f *france) sum(values []float64, in func(int) bool) (sum float64) {
	for i, v := range values {
		if !math.IsNaN(v) && in(i) {
			sum += v
		}
	}
	return sum
}
