package main

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/shape"
)

// seed makes every run ask the same questions.
const seed = 22113

// perKind is how many varied questions each kind has.
const perKind = 5000

// kind is one kind of question to /api/geo, asked of PostgreSQL too.
type kind struct {
	key   string // short, for file names
	name  string // in the report
	goal  int    // requests per second that the product aims at
	paths []string
	// SQL that answers the same, and its arguments for each question.
	sql  []string
	args [][]any
	// which of sql answers question i; nil means the only one
	form []int
}

// question returns the SQL of question i.
func (k *kind) question(i int) (string, []any) {
	if k.form == nil {
		return k.sql[0], k.args[i]
	}
	return k.sql[k.form[i]], k.args[i]
}

// columns of the rows that both give: those API Géo gives by default.
const columns = `code, nom, codes_postaux, siren, code_epci, code_departement, code_region, population`

// kinds makes the questions from the data.
func kinds(s *snapshot.Snapshot) []*kind {
	f := s.France
	random := func(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }
	any1 := func(r *rand.Rand) *territory.CommuneRow { return f.Commune(int32(r.IntN(f.Len()))) }
	add := func(k *kind, path string, args ...any) {
		k.paths = append(k.paths, "/api/geo/"+path)
		k.args = append(k.args, args)
	}

	code := &kind{key: "code", name: "by code", goal: 50000,
		sql: []string{`SELECT ` + columns + ` FROM commune WHERE code = $1`}}
	r := random(1)
	for range perKind {
		c := any1(r)
		add(code, "communes/"+c.Code, c.Code)
	}

	whole := &kind{key: "name", name: "whole name", goal: 5000,
		sql: []string{`SELECT ` + columns + `, similarity(recherche, pliee($1)) AS score FROM commune
			WHERE recherche LIKE pliee($1) || '%' OR recherche LIKE '% ' || pliee($1) || '%'
			ORDER BY score DESC, population DESC NULLS LAST`}}
	r = random(2)
	for range perKind {
		c := any1(r)
		add(whole, "communes?nom="+url.QueryEscape(c.Name), c.Name)
	}

	begins := `SELECT ` + columns + ` FROM commune
			WHERE recherche LIKE pliee($1) || '%' OR recherche LIKE '% ' || pliee($1) || '%'
			ORDER BY population DESC NULLS LAST`
	prefix := &kind{key: "prefix", name: "beginning of a name, 3–6 letters, boost=population", goal: 5000, sql: []string{begins}}
	short := &kind{key: "prefix5", name: "the same, limit=5 (a search box)", goal: 5000, sql: []string{begins + ` LIMIT 5`}}
	r = random(3)
	for range perKind {
		letters := []rune(any1(r).Name)
		typed := strings.TrimSpace(string(letters[:min(len(letters), 3+r.IntN(4))]))
		path := "communes?nom=" + url.QueryEscape(typed) + "&boost=population"
		add(prefix, path, typed)
		add(short, path+"&limit=5", typed)
	}

	point := &kind{key: "point", name: "point", goal: 5000,
		sql: []string{`SELECT ` + columns + ` FROM commune WHERE ST_Intersects(contour, ST_SetSRID(ST_MakePoint($1, $2), 4326))`}}
	for _, p := range points(s, random(4), perKind) {
		add(point, fmt.Sprintf("communes?lat=%s&lon=%s", degrees(p.Lat), degrees(p.Lon)), p.Lon, p.Lat)
	}

	postal := &kind{key: "postal", name: "postal code", goal: 5000,
		sql: []string{`SELECT ` + columns + ` FROM commune WHERE codes_postaux @> ARRAY[$1::text]`}}
	codes := postalCodes(f)
	r = random(5)
	for range perKind {
		c := codes[r.IntN(len(codes))]
		add(postal, "communes?codePostal="+c, c)
	}

	dep := &kind{key: "dep", name: "département, all its communes", goal: 5000,
		sql: []string{
			`SELECT ` + columns + ` FROM commune WHERE code_departement = $1`,
			`SELECT code, nom FROM commune WHERE code_departement = $1`,
			`SELECT code, nom, codes_postaux FROM commune WHERE code_departement = $1`,
			`SELECT code, nom, population FROM commune WHERE code_departement = $1`,
			`SELECT code, nom, code_epci FROM commune WHERE code_departement = $1`,
		}}
	fields := []string{"", "&fields=nom,code", "&fields=nom,code,codesPostaux", "&fields=nom,code,population", "&fields=nom,code,codeEpci"}
	r = random(6)
	deps := f.Level(territory.Departement)
	for range perKind {
		d, form := deps[r.IntN(len(deps))], r.IntN(len(fields))
		add(dep, "communes?codeDepartement="+d.Code+fields[form], d.Code)
		dep.form = append(dep.form, form)
	}
	return []*kind{whole, prefix, short, point, postal, dep, code}
}

// points draws positions inside communes: a commune, then a point of its outline.
func points(s *snapshot.Snapshot, r *rand.Rand, n int) []shape.Point {
	out := make([]shape.Point, 0, n)
	locator := shape.NewLocator(s.Communes)
	for len(out) < n {
		face := int32(r.IntN(s.Communes.Len()))
		west, south, east, north := bounds(s.Communes.FaceRegion(face).Outline(0))
		for range 20 {
			// Seven decimals, as sent: both sides must hear the same point.
			p := shape.Point{Lon: rounded(west + r.Float64()*(east-west)), Lat: rounded(south + r.Float64()*(north-south))}
			if in, ok := locator.Locate(p); ok && in == face {
				out = append(out, p)
				break
			}
		}
	}
	return out
}

func bounds(m shape.MultiPolygon) (west, south, east, north float64) {
	west, south, east, north = 180, 90, -180, -90
	for _, polygon := range m {
		for _, p := range polygon[0] {
			west, east = min(west, p.Lon), max(east, p.Lon)
			south, north = min(south, p.Lat), max(north, p.Lat)
		}
	}
	return west, south, east, north
}

func degrees(x float64) string { return strconv.FormatFloat(x, 'f', 7, 64) }

func rounded(x float64) float64 {
	y, err := strconv.ParseFloat(degrees(x), 64)
	if err != nil {
		return x
	}
	return y
}

func postalCodes(f *territory.France) []string {
	seen := map[string]bool{}
	for n := range f.Len() {
		for _, p := range f.Commune(int32(n)).PostalCodes {
			seen[p] = true
		}
	}
	out := make([]string, 0, len(seen))
	for p := range seen {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// pages draws addresses of territory pages: mostly communes and basins.
func pages(s *snapshot.Snapshot) []string {
	r := rand.New(rand.NewPCG(seed, 7))
	levels := []territory.Level{
		territory.Commune, territory.Commune, territory.Commune, territory.Commune, territory.Commune,
		territory.BassinDeVie, territory.BassinDeVie, territory.EPCI, territory.ZoneEmploi, territory.Departement,
	}
	out := make([]string, perKind)
	for i := range out {
		l := levels[r.IntN(len(levels))]
		of := s.France.Level(l)
		t := of[r.IntN(len(of))]
		out[i] = "/" + string(l) + "/" + t.Code
		if i%4 == 0 {
			out[i] = "/en" + out[i]
		}
	}
	return out
}

// typos are commune names with one typing error each.
func typos(f *territory.France) []string {
	r := rand.New(rand.NewPCG(seed, 8))
	out := make([]string, 0, perKind)
	for len(out) < perKind {
		name := []rune(strings.ToLower(f.Commune(int32(r.IntN(f.Len()))).Name))
		if len(name) < 5 {
			continue
		}
		i := 1 + r.IntN(len(name)-2)
		switch r.IntN(4) {
		case 0:
			name = slices.Delete(name, i, i+1)
		case 1:
			name = slices.Insert(name, i, 'a'+r.Int32N(26))
		case 2:
			name[i] = 'a' + r.Int32N(26)
		default:
			name[i], name[i+1] = name[i+1], name[i]
		}
		out = append(out, string(name))
	}
	return out
}
