package indicator_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// byHandFiles adds figures up from the source files, without the pipeline, the
// snapshot or the engine: rows of communes as they are published.
type byHandFiles struct {
	t         *testing.T
	members   map[string][]string // communes by basin
	people    map[string]float64  // inhabitants of the list of communes
	now       map[string]string   // past commune -> the one it is part of
	published map[string]map[string][]map[string]string
}

func newByHandFiles(t *testing.T) *byHandFiles {
	h := &byHandFiles{t: t, members: map[string][]string{}, people: map[string]float64{}, now: map[string]string{}, published: map[string]map[string][]map[string]string{}}
	for _, row := range h.file("territory/bassins-de-vie-2022-communes.csv.gz") {
		h.members[row["bv2022"]] = append(h.members[row["bv2022"]], row["commune"])
	}
	for _, row := range h.file("territory/communes-2026.csv.gz") {
		h.people[row["code"]] = decimal(row["population_municipale"])
	}
	for _, row := range h.file("territory/communes-passage-historique.csv.gz") {
		h.now[row["ancien_code"]] = row["code"]
	}
	return h
}

func (h *byHandFiles) file(path string) []map[string]string {
	return rows(h.t, filepath.Join(realdata.Data(), filepath.FromSlash(path)))
}

// of are the rows of a commune in a file: its own and those of communes that it took
// in since, or those of its arrondissements where it has none.
func (h *byHandFiles) of(name, commune string) []map[string]string {
	if h.published[name] == nil {
		h.published[name] = map[string][]map[string]string{}
		own := map[string]bool{}
		all := h.file("indicators/" + name + ".csv.gz")
		for _, row := range all {
			own[row["commune"]] = true
		}
		for _, row := range all {
			code := row["commune"]
			if _, ok := h.people[code]; !ok {
				code = h.now[code]
				if arms[code] > 0 && own[code] {
					continue
				}
			}
			h.published[name][code] = append(h.published[name][code], row)
		}
	}
	return h.published[name][commune]
}

// sum adds a column up over the rows of a commune.
func (h *byHandFiles) sum(name, column, commune string) float64 {
	found := h.of(name, commune)
	if len(found) == 0 {
		return math.NaN()
	}
	total := 0.0
	for _, row := range found {
		total += decimal(row[column])
	}
	return total
}

// only is the cell of a commune that has one row.
func (h *byHandFiles) only(name, column, commune string) float64 {
	if found := h.of(name, commune); len(found) == 1 {
		return decimal(found[0][column])
	}
	return math.NaN()
}

// rate puts a rate together again, by row.
func (h *byHandFiles) rate(name, value, weight, commune string) (num, den float64) {
	found := h.of(name, commune)
	if len(found) == 0 {
		return math.NaN(), math.NaN()
	}
	for _, row := range found {
		num += decimal(row[value]) * decimal(row[weight])
		den += decimal(row[weight])
	}
	return num, den
}

const (
	series = "population-communes-2006-2022"
	census = "insee-communes-2022"
	labour = "insee-communes-2021-labour"
	income = "filosofi-communes-2021"
	fibre  = "arcep-fixed-tech-communes-2024"
	jobs   = "jobs-communes-2022"
	caf    = "caf-communes-2023"
	seek   = "jobseekers-communes-2011-2023"
	shops  = "bpe-communes-2024"
	energy = "energy-communes-2024"
	apl    = "apl-health-communes-2022-2023"
	travel = "commute-communes-2009-2022"
)

// goldenRules say of each indicator how a commune counts in it, and how the sums
// make the figure. A denominator of 1 everywhere is that of a sum.
var goldenRules = []struct {
	key    string
	counts func(h *byHandFiles, c string) (num, den float64)
	figure func(num, den float64) float64
}{
	{"population", func(h *byHandFiles, c string) (float64, float64) { return h.sum(series, "pop_2022", c), 1 }, total},
	{"population_growth", func(h *byHandFiles, c string) (float64, float64) {
		return h.sum(series, "pop_2022", c), h.sum(series, "pop_2016", c)
	}, yearly(6)},
	{"ftth", func(h *byHandFiles, c string) (float64, float64) {
		return h.sum(fibre, "premises_ftth", c), h.sum(fibre, "premises", c)
	}, times(100)},
	{"age_75", func(h *byHandFiles, c string) (float64, float64) {
		people := h.sum(series, "pop_2022", c)
		return people * h.only(census, "pct_75p", c) / 100, people
	}, times(100)},
	{"below_bac", func(h *byHandFiles, c string) (float64, float64) {
		adults := h.sum(series, "pop_2022", c) * (100 - h.only(census, "pct_0_14", c) - h.only(census, "pct_15_24", c)) / 100
		return adults * h.only(census, "pct_below_bac", c) / 100, adults
	}, times(100)},
	{"single_households", func(h *byHandFiles, c string) (float64, float64) {
		households := h.only(census, "households_2022", c) * h.sum(series, "pop_2022", c) / h.only(census, "pop_2022", c)
		return households * h.only(census, "pct_hh_single", c) / 100, households
	}, times(100)},
	{"unemployment", func(h *byHandFiles, c string) (float64, float64) {
		return h.sum(labour, "unemployed_15_64_2021", c), h.sum(labour, "active_15_64_2021", c)
	}, times(100)},
	{"unemployment_2022", func(h *byHandFiles, c string) (float64, float64) {
		active := h.sum(series, "pop_2022", c) * (100 - h.only(census, "pct_0_14", c)) / 100 *
			(100 - h.only(census, "pct_retired", c) - h.only(census, "pct_other_inactive", c)) / 100
		return active * h.only(census, "unemployment_rate_15_64", c) / 100, active
	}, times(100)},
	{"median_income", func(h *byHandFiles, c string) (float64, float64) {
		return h.rate(income, "median_income", "persons_tax", c)
	}, times(1)},
	{"poverty", func(h *byHandFiles, c string) (float64, float64) {
		num, den := h.rate(income, "poverty_rate", "persons_tax", c)
		return num / 100, den
	}, times(100)},
	{"rsa", func(h *byHandFiles, c string) (float64, float64) { return h.sum(caf, "rsa_households_2023", c), 1 }, total},
	{"rsa_share", func(h *byHandFiles, c string) (float64, float64) {
		return h.sum(caf, "rsa_households_2023", c), h.sum(labour, "households_2021", c)
	}, times(100)},
	{"jobseekers_share", func(h *byHandFiles, c string) (float64, float64) {
		return h.sum(seek, "jobseekers_2023", c), h.sum(labour, "pop_15_64_2021", c)
	}, times(100)},
	{"jobs_growth", func(h *byHandFiles, c string) (float64, float64) {
		return h.sum(jobs, "salaried_jobs_2022", c), h.sum(jobs, "salaried_jobs_2017", c)
	}, yearly(5)},
	{"elec_per_home", func(h *byHandFiles, c string) (float64, float64) {
		return h.sum(energy, "elec_residential_mwh", c), h.sum(energy, "elec_residential_points", c)
	}, times(1)},
	{"apl_gp", func(h *byHandFiles, c string) (float64, float64) {
		return h.rate(apl, "apl_gp_2023", "pop_std_2023", c)
	}, times(1)},
	{"pharmacies_rate", func(h *byHandFiles, c string) (float64, float64) {
		return h.sum(shops, "pharmacies", c), h.sum(series, "pop_2022", c)
	}, times(100_000)},
	{"commute_km_week", func(h *byHandFiles, c string) (float64, float64) {
		return h.sum(travel, "commute_km_week_2022", c), h.sum(travel, "commuters_2022", c)
	}, times(1)},
}

func total(num, _ float64) float64 { return num }

func times(k float64) func(num, den float64) float64 {
	return func(num, den float64) float64 { return k * num / den }
}

func yearly(years float64) func(num, den float64) float64 {
	return func(num, den float64) float64 { return 100 * (math.Pow(num/den, 1/years) - 1) }
}

// Six basins, figure by figure, are what an addition of the source files gives; the
// golden file keeps the numbers for a reader to check.
func TestBasinsAgainstTheSourceFiles(t *testing.T) {
	s := realdata.Snapshot(t)
	h := newByHandFiles(t)
	var b strings.Builder
	for _, basin := range []string{"22113", "22266", "22278", "75056", "2A004", "97105"} {
		u, ok := s.France.Territory(territory.ID{Level: territory.BassinDeVie, Code: basin})
		if !ok {
			t.Fatalf("no basin %s", basin)
		}
		var everybody float64
		for _, c := range h.members[basin] {
			everybody += h.people[c]
		}
		fmt.Fprintf(&b, "%s, %d communes, %.0f inhabitants\n", u.Name, len(h.members[basin]), everybody)
		for _, x := range goldenRules {
			var num, den, covered float64
			known := 0
			for _, c := range h.members[basin] {
				n, d := x.counts(h, c)
				if !math.IsNaN(n) && !math.IsNaN(d) {
					num, den, known, covered = num+n, den+d, known+1, covered+h.people[c]
				}
			}
			d, _ := s.Panel.Definition(x.key)
			v := s.Panel.Latest(u, d)
			want := x.figure(num, den)
			if known == 0 || d.Complete && covered < 0.95*everybody {
				want = math.NaN()
			}
			same := math.IsNaN(want) && !v.Shown() || math.Abs(v.Value-want) <= 1e-9*math.Abs(want) && v.Known == known
			if !same {
				t.Errorf("%s of %s is %v for %d communes, the files make %v for %d", x.key, u.ID, v.Value, v.Known, want, known)
			}
			line := fmt.Sprintf("%.4f of %d communes", want, known)
			switch {
			case known == 0:
				line = "no commune has a figure"
			case math.IsNaN(want):
				line = fmt.Sprintf("withheld: %d communes, %.1f %% of the people", known, 100*covered/everybody)
			case known < len(h.members[basin]):
				line += fmt.Sprintf(", %.1f %% of the people", 100*covered/everybody)
			}
			fmt.Fprintf(&b, "  %-18s %s\n", x.key, line)
		}
		b.WriteByte('\n')
	}
	path := filepath.Join("testdata", "basins.golden")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Errorf("%s is not what is computed (-update writes it; read it). Got:\n%s", path, b.String())
	}
}
