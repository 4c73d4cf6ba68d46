package names_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"bassin/internal/territory"
	"bassin/internal/territory/names"
)

const dataDir = "../../../data/territory"

// france builds the index of the whole country once for all tests.
var france = sync.OnceValues(func() (*names.Index, error) {
	t, err := readTables()
	if err != nil {
		return nil, err
	}
	return names.New(names.FromTables(t)), nil
})

func index(tb testing.TB) *names.Index {
	tb.Helper()
	x, err := france()
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

// rows reads one file of the repository's data; each row is keyed by column.
func rows(name string, each func(get func(column string) string)) error {
	f, err := os.Open(filepath.Join(dataDir, name))
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return err
		}
	}
	c := csv.NewReader(r)
	c.ReuseRecord = true
	head, err := c.Read()
	if err != nil {
		return err
	}
	at := make(map[string]int)
	for i, h := range head {
		at[strings.Clone(h)] = i
	}
	for {
		rec, err := c.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		each(func(column string) string { return strings.Clone(rec[at[column]]) })
	}
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "|")
}

func number(s string) *int32 {
	n, err := strconv.Atoi(s)
	if err != nil {
		return nil
	}
	v := int32(n)
	return &v
}

// readTables makes the tables that the search needs out of the published files.
func readTables() (territory.Tables, error) {
	var t territory.Tables
	at := make(map[string]int)
	seen := make(map[territory.ID]bool)
	zone := func(l territory.Level, code, name string, z territory.ZoneRow) {
		if id := (territory.ID{Level: l, Code: code}); code != "" && !seen[id] {
			seen[id] = true
			z.Level, z.Code, z.Name = string(l), code, name
			t.Zones = append(t.Zones, z)
		}
	}
	type step struct {
		file string
		each func(get func(string) string)
	}
	for _, s := range []step{
		{"communes-2026.csv.gz", func(get func(string) string) {
			at[get("code")] = len(t.Communes)
			t.Communes = append(t.Communes, territory.CommuneRow{
				Code: get("code"), Name: get("nom"), Zone: get("zone"), Siren: get("siren"), PostalCodes: list(get("codes_postaux")),
				Population: number(get("population_municipale")), Arrondissement: get("arrondissement"), EPCI: get("epci"), EPT: get("ept"),
				Departement: get("departement"), Region: get("region"),
			})
		}},
		{"communes-zonages-2025.csv.gz", func(get func(string) string) {
			c := &t.Communes[at[get("commune")]]
			c.CantonVille, c.BassinDeVie, c.ZoneEmploi = get("canton_ville"), get("bv2022"), get("ze2020")
			zone(territory.Canton, c.CantonVille, get("nom_canton_ville"), territory.ZoneRow{})
			zone(territory.BassinDeVie, c.BassinDeVie, get("nom_bv2022"), territory.ZoneRow{Seat: c.BassinDeVie})
			zone(territory.ZoneEmploi, c.ZoneEmploi, get("nom_ze2020"), territory.ZoneRow{})
			if a := get("aav2020"); a != "000" {
				c.AireAttraction = a
				zone(territory.AireAttraction, a, get("nom_aav2020"), territory.ZoneRow{})
			}
			if u := get("uu2020"); !strings.HasSuffix(u, "000") {
				c.UniteUrbaine = u
				zone(territory.UniteUrbaine, u, get("nom_uu2020"), territory.ZoneRow{})
			}
		}},
		{"epci-2026.csv", func(get func(string) string) {
			zone(territory.EPCI, get("siren"), get("nom"), territory.ZoneRow{
				Type: get("type"), Seat: get("departement_siege"), Population: number(get("population_municipale")),
			})
		}},
		{"ept-2026.csv", func(get func(string) string) {
			zone(territory.EPT, get("siren"), get("nom"), territory.ZoneRow{})
		}},
		{"arrondissements-2026.csv", func(get func(string) string) {
			zone(territory.Arrondissement, get("code"), get("nom"), territory.ZoneRow{Seat: get("chef_lieu"), Region: get("region")})
		}},
		{"departements-2026.csv", func(get func(string) string) {
			zone(territory.Departement, get("code"), get("nom"), territory.ZoneRow{Seat: get("chef_lieu"), Region: get("region")})
		}},
		{"regions-2026.csv", func(get func(string) string) {
			zone(territory.Region, get("code"), get("nom"), territory.ZoneRow{Seat: get("chef_lieu")})
		}},
		{"qpv-2024-communes.csv", func(get func(string) string) {
			zone(territory.QPV, get("qpv"), get("nom_qpv"), territory.ZoneRow{})
			t.Members = append(t.Members, territory.MemberRow{Level: "qpv", Code: get("qpv"), Commune: get("commune")})
		}},
		{"territoires-industrie-communes.csv.gz", func(get func(string) string) {
			zone(territory.TerritoireIndustrie, get("ti"), get("nom_ti"), territory.ZoneRow{})
			t.Members = append(t.Members, territory.MemberRow{Level: "ti", Code: get("ti"), Commune: get("commune")})
		}},
		{"communes-deleguees-associees-arrondissements-2026.csv.gz", func(get func(string) string) {
			t.Parts = append(t.Parts, territory.PartRow{
				Code: get("code"), Name: get("nom"), Type: get("type"), Commune: get("commune"),
				PostalCodes: list(get("codes_postaux")), Population: number(get("population_municipale")),
			})
		}},
		{"mouvements-communes-1943-2026.csv.gz", func(get func(string) string) {
			t.Events = append(t.Events, territory.EventRow{
				Date: get("date_eff"), FromType: get("typecom_av"), FromCode: get("com_av"), FromName: get("libelle_av"),
				ToType: get("typecom_ap"), ToCode: get("com_ap"), ToName: get("libelle_ap"),
			})
		}},
		{"communes-passage-historique.csv.gz", func(get func(string) string) {
			if old, code := get("ancien_code"), get("code"); old != code {
				t.Passages = append(t.Passages, territory.PassageRow{Old: old, New: code})
			}
		}},
	} {
		if err := rows(s.file, s.each); err != nil {
			return t, err
		}
	}
	return t, nil
}
