package indicator_test

import (
	"math"
	"slices"
	"testing"

	"bassin/internal/indicator"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// Values found in other publications, or read by hand in the source files.
func TestFiguresPublishedElsewhere(t *testing.T) {
	s := realdata.Snapshot(t)
	for _, c := range []struct {
		key, period string
		level       territory.Level
		code        string
		want, give  float64
	}{
		// INSEE, national means of metropolitan France in 2022: the regions of the Hexagone add up to it.
		{"age_65", "2022", territory.Pays, "FR", 21.0, 0.05},
		{"age_80", "2022", territory.Pays, "FR", 6.1, 0.05},
		{"age_75", "2022", territory.Pays, "FR", 9.92, 0.01},
		{"single_households", "2022", territory.Pays, "FR", 38.7, 0.05},
		{"lone_parents", "2022", territory.Pays, "FR", 9.77, 0.01},
		{"alone_80", "2022", territory.Pays, "FR", 42.5, 0.01},
		{"retired", "2022", territory.Pays, "FR", 28.02, 0.01},
		{"below_bac", "2022", territory.Pays, "FR", 48.6, 0.2},
		{"employment_rate", "2022", territory.Pays, "FR", 66.81, 0.02},
		{"unemployment_2022", "2022", territory.Pays, "FR", 11.31, 0.05},
		{"unemployment_ilo", "2025-T4", territory.Pays, "FR", 7.83, 0},
		{"unemployment_ilo", "2021-T1", territory.ZoneEmploi, "0051", 7.4, 0},
		// 37.3 million premises of 44.3, without those of three communes that others left.
		{"ftth", "2024", territory.Pays, "FR", 84.2, 0.1},
		// National access to general practitioners, DREES: 3.7 consultations in 2023.
		{"apl_gp", "2023", territory.Pays, "FR", 3.7, 0.05},
		{"ftth", "2024", territory.Commune, "22278", 91.7, 0.05},
		{"ftth", "2024", territory.Commune, "22113", 96.6, 0.05},
		{"apl_gp", "2023", territory.Commune, "22278", 3.509, 1e-9},
		{"apl_gp", "2023", territory.Commune, "22113", 4.488, 1e-9},
		{"median_income", "2021", territory.Commune, "22278", 20910, 1e-6},
		{"poverty", "2021", territory.Commune, "22278", 21, 1e-9},
		{"poverty", "2021", territory.Commune, "22113", 14, 1e-9},
		{"pharmacies", "2024", territory.Commune, "22278", 18, 0},
		{"pharmacies", "2024", territory.Commune, "22113", 6, 0},
		{"rsa", "2023", territory.Commune, "22278", 1915, 0},
		{"rsa", "2023", territory.Commune, "22113", 555, 0},
		{"commute_min", "2019", territory.Commune, "22278", 17, 1e-9},
		{"commute_min", "2019", territory.Commune, "22113", 18, 1e-9},
		{"work_in_commune", "2016", territory.Commune, "22278", 100 * 8393.7 / (8393.7 + 6284 + 570.2 + 277.2 + 38.6), 1e-9},
		// 15.4 % of the people aged 15 or over, INSEE Première 1953; 2,845 France services of which 163 itinerant.
		{"illectronisme", "2022", territory.Pays, "FR", 15.4, 0.01},
		{"france_services_itinerant", "2024", territory.Pays, "FR", 163, 0},
		{"schools", "2025", territory.Commune, "22278", 29, 0},
		// Paris is its own département: nobody works elsewhere in it.
		{"work_in_departement", "2016", territory.Commune, "75056", 68.4, 0.05},
		{"employed_residents", "2016", territory.Pays, "FR", 26.8e6, 0.05e6},
		{"apl_gp", "2023", territory.ArrondissementMunicipal, "75101", 6.54, 0.01},
		{"population_growth", "2022", territory.Commune, "75056", 100 * (math.Pow(2113705.0/2190327, 1.0/6) - 1), 1e-9},
	} {
		d, ok := s.Panel.Definition(c.key)
		if !ok {
			t.Errorf("no indicator %s", c.key)
			continue
		}
		k, ok := d.Vintage(c.period)
		if !ok {
			t.Errorf("%s has no %s", c.key, c.period)
			continue
		}
		at, ok := find(s.France, c.level, c.code)
		if !ok {
			t.Fatalf("no %s %s", c.level, c.code)
		}
		if v := s.Panel.At(at, d, k); !(math.Abs(v.Value-c.want) <= c.give) {
			t.Errorf("%s %s of %s %s is %v, not %v", c.key, c.period, c.level, c.code, v.Value, c.want)
		}
	}
}

func find(f *territory.France, l territory.Level, code string) (*territory.Territory, bool) {
	for _, t := range f.Level(l) {
		if t.Code == code {
			return t, true
		}
	}
	return nil, false
}

// A zero total in a commune of over 500 inhabitants means missing: it never
// appears as zero, nor does anything that rests on it.
func TestMissingIsNeverZero(t *testing.T) {
	s := realdata.Snapshot(t)
	blind := []string{"caf", "jobseekers", "jobs", "energy2024", "commuting"}
	totals := []string{"caf_recipients", "caf_persons", "jobseekers", "salaried_jobs", "establishments", "elec_total", "elec_residential", "elec_tertiary", "employed_residents", "commuters"}
	for _, d := range s.Panel.Definitions() {
		if !slices.ContainsFunc(d.Sources, func(key string) bool { return slices.Contains(blind, key) }) {
			continue
		}
		for k := range d.Vintages {
			// Orée d'Anjou, created again after the geography of these files.
			if at, _ := find(s.France, territory.Commune, "49126"); s.Panel.At(at, d, k).Value == 0 {
				t.Errorf("%s %s: Orée d'Anjou has zero", d.Key, d.Vintages[k].Period)
			}
			if !slices.Contains(totals, d.Key) {
				continue
			}
			for _, at := range s.France.Level(territory.Commune) {
				people, _ := at.Population()
				if v := s.Panel.At(at, d, k); people > 500 && v.Shown() && v.Value == 0 {
					t.Errorf("%s %s: %s has zero and %d inhabitants", d.Key, d.Vintages[k].Period, at.Code, people)
				}
			}
		}
	}
}

// No share is over 100 %, no count under zero.
func TestFiguresArePossible(t *testing.T) {
	s := realdata.Snapshot(t)
	over := map[string]bool{ // of something else than their denominator
		"jobs_per_employed": true, "ageing_index": true, "gas_connected": true, "caf_recipients_share": true, "caf_persons_share": true, "rsa_share": true,
		"ppa_share": true, "aah_share": true, "asf_share": true, "jobseekers_share": true, "rsa_persons_share": true,
	}
	signed := map[string]bool{"natural_balance": true, "natural_balance_rate": true}
	for _, d := range s.Panel.Definitions() {
		for k := range d.Vintages {
			for _, level := range []territory.Level{territory.Commune, territory.BassinDeVie, territory.Departement} {
				for _, at := range s.France.Level(level) {
					v := s.Panel.At(at, d, k)
					switch {
					case !v.Shown() || d.Rule == indicator.Growth:
					case v.Value < 0 && !signed[d.Key]:
						t.Errorf("%s %s of %s is %v", d.Key, d.Vintages[k].Period, at.Code, v.Value)
					case d.Unit == "percent" && v.Value > 100+1e-9 && !over[d.Key]:
						t.Errorf("%s %s of %s is %v %%", d.Key, d.Vintages[k].Period, at.Code, v.Value)
					}
				}
			}
		}
	}
}
