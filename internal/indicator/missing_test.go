package indicator_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bassin/internal/indicator"
	"bassin/internal/pipeline"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// inFormula is a column as formulas write it: of a source whose key or column has
// a hyphen, or begins with a digit, the name differs.
func inFormula(source, column string) string {
	return strings.ReplaceAll(source, "-", "_") + "." + strings.ReplaceAll(column, "-", "_")
}

// choice is where another column takes the place of a missing one.
var choice = regexp.MustCompile(`first\([^()]*\)`)

// rests says whether a vintage names a column without another to take its place.
func rests(v indicator.Vintage, column string) bool {
	names := regexp.MustCompile(`\b` + regexp.QuoteMeta(column) + `\b`)
	for _, formula := range []string{v.Numerator, v.Denominator} {
		if names.MatchString(choice.ReplaceAllString(formula, "")) {
			return true
		}
	}
	return false
}

// absent fails where a unit has a figure in a vintage that rests on a column.
func absent(t *testing.T, p *indicator.Panel, u *territory.Territory, column string) int {
	t.Helper()
	n := 0
	for _, d := range p.Definitions() {
		for k, v := range d.Vintages {
			if !rests(v, column) {
				continue
			}
			n++
			if x := p.At(u, d, k); x.Shown() || x.Known > 0 {
				t.Errorf("%s %s of %s is %v, though %s is missing there", d.Key, v.Period, u.Code, x.Value, column)
			}
		}
	}
	return n
}

// A zero total in a commune of over 500 inhabitants means missing, in the five
// files where it does: read from the files themselves, every such commune has no
// figure that rests on them.
func TestZeroTotalsAreMissing(t *testing.T) {
	s := realdata.Snapshot(t)
	f := s.France
	found := map[string]map[string]bool{}
	for _, x := range []struct {
		source, file, total string
		empties             []string
	}{
		{"caf", "caf-communes-2023", "recipients_2023", []string{"recipients_2023", "persons_covered_2023", "rsa_households_2023", "ppa_households_2023", "qf_under_400", "asf_households_2023", "aah_households_2021"}},
		{"caf", "caf-communes-2023", "recipients_2017", []string{"recipients_2017"}},
		{"jobseekers", "jobseekers-communes-2011-2023", "jobseekers_2023", []string{"jobseekers_2023", "jobseekers_50p_2023"}},
		{"jobseekers", "jobseekers-communes-2011-2023", "jobseekers_2019", []string{"jobseekers_2019"}},
		{"jobs", "jobs-communes-2022", "salaried_jobs_2022", []string{"salaried_jobs_2022", "employer_establishments_2022"}},
		{"jobs", "jobs-communes-2022", "salaried_jobs_2017", []string{"salaried_jobs_2017"}},
		{"energy2024", "energy-communes-2024", "elec_total_mwh", []string{"elec_total_mwh", "elec_residential_mwh", "elec_residential_points", "gas_total_mwh", "gas_residential_points"}},
		{"commuting", "commute-communes-2009-2022", "commuters_2022", []string{"commuters_2022", "commute_km_week_2022", "commute_co2_kg_week_2022"}},
	} {
		zero := map[string]bool{}
		for _, row := range rows(t, filepath.Join(realdata.Data(), "indicators", x.file+".csv.gz")) {
			n, ok := f.CommuneNumber(row["commune"])
			if !ok || decimal(row[x.total]) != 0 {
				continue
			}
			people := f.Commune(n).Population
			if people == nil || *people <= 500 {
				continue
			}
			zero[row["commune"]] = true
			u := f.Level(territory.Commune)[n]
			for _, column := range x.empties {
				if absent(t, s.Panel, u, inFormula(x.source, column)) == 0 {
					t.Errorf("no indicator rests on %s.%s", x.source, column)
				}
			}
		}
		found[x.file] = zero
		if !zero["49126"] {
			t.Errorf("Orée d'Anjou has no zero in %s: is the file another?", x.file)
		}
		t.Logf("%s, %s: %d communes", x.file, x.total, len(zero))
	}
	if !found["commute-communes-2009-2022"]["97611"] {
		t.Error("Mamoudzou has no zero in the file of commutes: is it another?")
	}
}

// Every commune that the report of the build lists as emptied has no figure that
// rests on what was emptied.
func TestEmptiedInTheReportHaveNoFigure(t *testing.T) {
	s := realdata.Snapshot(t)
	b, err := os.ReadFile(filepath.Join(s.Dir, filepath.FromSlash(s.Manifest.Report.Path)))
	if err != nil {
		t.Fatal(err)
	}
	var report pipeline.Report
	if err := json.Unmarshal(b, &report); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, source := range report.Sources {
		for _, x := range source.Findings {
			if x.Kind != pipeline.Emptied || x.Column == "" {
				continue
			}
			for _, code := range x.Values {
				n, ok := s.France.CommuneNumber(code)
				if !ok || arms[code] > 0 {
					continue // what is no commune; Paris, Lyon and Marseille, which their arrondissements then make
				}
				for _, column := range strings.Split(x.Column, ", ") {
					checked += absent(t, s.Panel, s.France.Level(territory.Commune)[n], inFormula(source.Key, column))
				}
			}
		}
	}
	if checked < 1000 {
		t.Errorf("only %d figures checked", checked)
	}
}

// What a source does not have for a place has no figure: Paris, Lyon and Marseille
// in the files of energy and jobs, Mayotte in those of jobs, population and
// commutes, overseas in the census; what rests on communes of today that were
// restored since has none either.
func TestPlacesWithoutFigures(t *testing.T) {
	s := realdata.Snapshot(t)
	f := s.France
	for _, x := range []struct {
		level   territory.Level
		codes   []string
		columns []string
	}{
		{territory.Commune, []string{"75056", "69123", "13055"}, []string{"energy2024.elec_total_mwh", "energy2024.gas_total_mwh", "jobs.salaried_jobs_2022", "jobseekers.jobseekers_2011", "jobseekers.jobseekers_2016"}},
		{territory.Departement, []string{"976"}, []string{"jobs.salaried_jobs_2022", "jobs.salaried_jobs_2017", "population_series.pop_2022", "census2022.pct_75p", "labour2021.pop_2021", "commuting.commuters_2022", "filosofi2021.median_income", "jobseekers.jobseekers_2011"}},
		{territory.Commune, []string{"97611"}, []string{"jobs.salaried_jobs_2022", "population_series.pop_2022", "census2022.pct_75p", "labour2021.active_15_64_2021", "commuting.commuters_2022", "jobseekers.jobseekers_2016"}},
		{territory.Region, []string{"01", "02", "03", "04", "06"}, []string{"census2022.pct_75p", "census2022.pct_hh_single", "census2022.unemployment_rate_15_64"}},
		{territory.Departement, []string{"971", "973", "976"}, []string{"filosofi2021.median_income"}},
		{territory.Commune, []string{"12218", "14581", "15031", "15035", "15047", "15171", "49126", "69114"}, []string{"census2022.pct_75p", "census2022.pct_hh_single", "jobs.salaried_jobs_2022", "population_series.pop_2006"}},
		{territory.Commune, []string{"15141", "60054", "85084"}, []string{"population_series.pop_2006", "caf.recipients_2023", "jobs.salaried_jobs_2022"}},
	} {
		for _, code := range x.codes {
			u, ok := f.Territory(territory.ID{Level: x.level, Code: code})
			if !ok {
				t.Fatalf("no %s %s", x.level, code)
			}
			for _, column := range x.columns {
				if absent(t, s.Panel, u, column) == 0 {
					t.Errorf("no indicator rests on %s", column)
				}
			}
		}
	}
	// The basin of Paris shows what its other communes have, and how few people that is.
	basin, _ := f.Territory(territory.ID{Level: territory.BassinDeVie, Code: "75056"})
	energy, _ := s.Panel.Definition("elec_homes")
	if v := s.Panel.Latest(basin, energy); v.State != indicator.Partial || v.Coverage > 0.85 || v.Known >= v.Of {
		t.Errorf("the electricity of Paris's basin: %+v", v)
	}
}

// A figure is zero because somebody counted none: there is something to count
// among, and where the figure is one column, its cells say zero.
func TestZeroIsPublished(t *testing.T) {
	s := realdata.Snapshot(t)
	f, p := s.France, s.Panel
	column := regexp.MustCompile(`^(\w+)\.(\w+)$`)
	files := map[string]map[string][]map[string]string{} // by source: rows of each commune of today
	published := func(source string) map[string][]map[string]string {
		if files[source] != nil {
			return files[source]
		}
		files[source] = map[string][]map[string]string{}
		for _, x := range s.Manifest.Sources {
			if strings.ReplaceAll(x.Key, "-", "_") != source {
				continue
			}
			for _, row := range rows(t, filepath.Join(realdata.Data(), filepath.FromSlash(x.Path))) {
				now := []string{row["commune"]}
				if _, ok := f.CommuneNumber(now[0]); !ok {
					now = f.Current(now[0])
				}
				if len(now) == 1 {
					files[source][now[0]] = append(files[source][now[0]], row)
				}
			}
		}
		return files[source]
	}
	zeros := 0
	for _, d := range p.Definitions() {
		k := d.Latest()
		v := d.Vintages[k]
		if v.Level != "" {
			continue
		}
		for _, level := range []territory.Level{territory.Commune, territory.BassinDeVie, territory.Departement} {
			a := p.Across(level, d, k)
			for i, u := range a.Territories {
				if a.States[i] != indicator.Whole && a.States[i] != indicator.Partial {
					continue
				}
				if a.Denominators != nil && !(a.Denominators[i] > 0) {
					t.Errorf("%s of %s is %v over %v", d.Key, u.ID, a.Values[i], a.Denominators[i])
				}
				if a.Values[i] == 0 && a.Coverage[i] == 0 {
					if people, ok := u.Population(); ok && people > 0 {
						t.Errorf("%s of %s is zero, and speaks of nobody", d.Key, u.ID)
					}
				}
				if m := column.FindStringSubmatch(v.Numerator); m != nil && m[1] != "computed" && level == territory.Commune && a.Values[i] == 0 && d.Rule != indicator.Growth {
					zeros++
					var got []string
					for _, row := range published(m[1])[u.Code] {
						got = append(got, row[m[2]])
					}
					if !slices.ContainsFunc(got, func(c string) bool { return decimal(c) == 0 }) || slices.ContainsFunc(got, func(c string) bool { return c != "" && decimal(c) != 0 }) {
						t.Errorf("%s of %s is zero, the file says %q", d.Key, u.Code, got)
					}
				}
			}
		}
	}
	if zeros < 100_000 {
		t.Errorf("only %d zeros read in the files", zeros)
	}
}
