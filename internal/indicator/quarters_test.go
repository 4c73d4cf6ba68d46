package indicator_test

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// quarter is an IRIS of the file: its rate, and how many that is a rate of.
type quarter struct{ rate, weight float64 }

// Lannion, Paris and one of its arrondissements differ inside as the file of IRIS
// says, added up here another way: every person of the territory in a line.
func TestQuartersAgainstTheFile(t *testing.T) {
	s := realdata.Snapshot(t)
	file := rows(t, filepath.Join(realdata.Data(), "indicators", "insee-iris-2022.csv.gz"))
	adults := func(r map[string]string) float64 {
		return decimal(r["pop_2022"]) * (100 - decimal(r["pct_0_14"])) / 100
	}
	read := map[string]func(r map[string]string) quarter{
		"age_75": func(r map[string]string) quarter { return quarter{decimal(r["pct_75p"]), decimal(r["pop_2022"])} },
		"single_households": func(r map[string]string) quarter {
			return quarter{decimal(r["pct_hh_single"]), decimal(r["households_2022"])}
		},
		"social_housing": func(r map[string]string) quarter {
			return quarter{decimal(r["pct_social_housing"]), decimal(r["households_2022"])}
		},
		"managers": func(r map[string]string) quarter { return quarter{decimal(r["pct_managers"]), adults(r)} },
		"below_bac": func(r map[string]string) quarter {
			return quarter{decimal(r["pct_below_bac"]), decimal(r["pop_2022"]) * (100 - decimal(r["pct_0_14"]) - decimal(r["pct_15_24"])) / 100}
		},
		"unemployment_2022": func(r map[string]string) quarter {
			q := quarter{decimal(r["unemployment_rate_15_64"]), adults(r) * (100 - decimal(r["pct_retired"]) - decimal(r["pct_other_inactive"])) / 100}
			if q.rate > 60 {
				q.rate = math.NaN()
			}
			return q
		},
		"median_income": func(r map[string]string) quarter {
			return quarter{decimal(r["median_income_2021"]), decimal(r["pop_2022"])}
		},
	}
	for _, x := range []struct {
		level        territory.Level
		code, prefix string
		least        int
	}{{territory.Commune, "22113", "22113", 7}, {territory.Commune, "75056", "751", 800}, {territory.ArrondissementMunicipal, "75118", "75118", 60}, {territory.Commune, "22278", "22278", 10}} {
		u, ok := s.France.Territory(territory.ID{Level: x.level, Code: x.code})
		if !ok {
			t.Fatalf("no %s %s", x.level, x.code)
		}
		for key, of := range read {
			var quarters []quarter
			for _, r := range file {
				if q := of(r); strings.HasPrefix(r["commune"], x.prefix) && q.weight > 0 && !math.IsNaN(q.rate) && (key == "median_income" || q.rate <= 100) {
					quarters = append(quarters, q)
				}
			}
			d, _ := s.Panel.Definition(key)
			got, ok := s.Panel.SpreadOf(u, d, d.Latest())
			if !ok || got.Quarters != len(quarters) || got.Communes != 1 || len(quarters) < x.least {
				t.Errorf("%s of %s: %+v, the file has %d", key, u.ID, got, len(quarters))
				continue
			}
			low, high, between := inLine(quarters)
			if key == "median_income" {
				between = math.NaN()
			}
			if !close(got.Low, low) || !close(got.High, high) || !close(got.Between, between) {
				t.Errorf("%s of %s: %+v, the file makes %v, %v and %v", key, u.ID, got, low, high, between)
			}
			t.Logf("%s of %s: D1 %.2f, D9 %.2f, between %.3f of %d", key, u.ID, got.Low, got.High, got.Between, got.Quarters)
		}
	}
}

func close(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b))
}

// inLine finds the rate of the quarter where the tenth and the ninetieth of every
// hundred people live, and the variance between quarters over that of a yes or no.
func inLine(quarters []quarter) (low, high, between float64) {
	var all, square, mean float64
	for _, q := range quarters {
		all += q.weight
		mean += q.weight * q.rate / 100
		square += q.weight * q.rate / 100 * q.rate / 100
	}
	mean, square = mean/all, square/all
	at := func(share float64) float64 {
		rates := make([]float64, len(quarters))
		for i, q := range quarters {
			rates[i] = q.rate
		}
		slices.Sort(rates)
		for _, rate := range rates {
			under := 0.0
			for _, q := range quarters {
				if q.rate <= rate {
					under += q.weight
				}
			}
			if under >= share*all*(1-1e-12) {
				return rate
			}
		}
		return math.NaN()
	}
	return at(0.1), at(0.9), (square - mean*mean) / (mean * (1 - mean))
}

// What lies between quarters is known where communes are divided, and nowhere else.
func TestQuartersOfDividedCommunes(t *testing.T) {
	s := realdata.Snapshot(t)
	f := s.France
	iris := map[string]int{}
	for _, r := range rows(t, filepath.Join(realdata.Data(), "indicators", "insee-iris-2022.csv.gz")) {
		code := r["commune"]
		if part, ok := f.Part(code); ok && part.Type == territory.PartArrondissement {
			code = part.Commune
		}
		if now := f.Current(code); len(now) == 1 {
			code = now[0]
		}
		if r["pct_75p"] != "" && decimal(r["pop_2022"]) > 0 {
			iris[code]++
		}
	}
	d, _ := s.Panel.Definition("age_75")
	divided := 0
	for _, u := range f.Level(territory.Commune) {
		got, ok := s.Panel.SpreadOf(u, d, d.Latest())
		if ok != (iris[u.Code] > 1) || ok && got.Quarters != iris[u.Code] {
			t.Errorf("%s: %+v, %d IRIS in the file", u.Code, got, iris[u.Code])
		}
		if ok {
			divided++
			if v := s.Panel.Latest(u, d); v.Shown() && (got.Low > v.Value+1 || got.High < v.Value-1) {
				t.Errorf("%s: %v %% between quarters from %v to %v", u.Code, v.Value, got.Low, got.High)
			}
			if !(got.Between >= -1e-12 && got.Between <= 1) {
				t.Errorf("%s: %v lies between quarters", u.Code, got.Between)
			}
		}
	}
	for _, u := range f.Level(territory.ArrondissementMunicipal) {
		if _, ok := s.Panel.SpreadOf(u, d, d.Latest()); ok {
			divided++
		}
	}
	if divided != 1849 {
		t.Errorf("%d divided communes and arrondissements, want 1,849", divided)
	}
}
