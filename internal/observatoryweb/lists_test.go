package observatoryweb

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

func observed(t testing.TB) *observatory.Observatory {
	t.Helper()
	return (&observatory.Service{Perimeters: addressed{}}).Of(realdata.Snapshot(t))
}

func defined(t testing.TB, key string) *indicator.Definition {
	t.Helper()
	d, ok := realdata.Snapshot(t).Panel.Definition(key)
	if !ok {
		t.Fatalf("there is no indicator %s", key)
	}
	return d
}

func TestCatalogueShowsEveryIndicatorOnce(t *testing.T) {
	site := observatorySite(t)
	d := read(t, site, "/indicateurs", 200)
	listed := map[string]int{}
	d.Find(".entries li > a").Each(func(_ int, a *goquery.Selection) { listed[a.AttrOr("href", "")]++ })
	defs := realdata.Snapshot(t).Panel.Definitions()
	for _, k := range defs {
		if listed["/indicateurs/"+k.Key] != 1 {
			t.Errorf("%s is listed %d times", k.Key, listed["/indicateurs/"+k.Key])
		}
	}
	if len(listed) != len(defs) {
		t.Errorf("%d entries for %d indicators", len(listed), len(defs))
	}
}

// The API has one address for every language, and is asked for the reader's.
func TestLinksToTheAPI(t *testing.T) {
	site := observatorySite(t)
	for address, want := range map[string]string{
		"/en/indicators":          "/api/v1/indicators?format=csv&lang=en",
		"/indicateurs":            "/api/v1/indicators?format=csv",
		"/en/bv/22113/indicators": "/api/v1/territories/bv:22113/indicators?format=csv&lang=en",
	} {
		if read(t, site, address, 200).Find(`a[href="`+want+`"]`).Length() != 1 {
			t.Errorf("%s does not lead to %s", address, want)
		}
	}
}

func TestCatalogueIsFiltered(t *testing.T) {
	site := observatorySite(t)
	for _, c := range []struct{ address, holds, lacks string }{
		{"/indicateurs?q=fibre", "ftth", "age_75"},
		{"/indicateurs?q=MEDECINS+generalistes", "gps_rate", "nurses"},
		{"/indicateurs?axe=health", "apl_gp", "ftth"},
		{"/indicateurs?q=habitants&axe=health", "gps_rate", "age_75"},
		{"/en/indicators?q=fibre", "ftth", "age_75"},
	} {
		d := read(t, site, c.address, 200)
		has := func(key string) bool { return d.Find(`.entries li > a[href$="/`+key+`"]`).Length() > 0 }
		if !has(c.holds) || has(c.lacks) {
			t.Errorf("%s: %s listed %v, %s listed %v", c.address, c.holds, has(c.holds), c.lacks, has(c.lacks))
		}
		if n := d.Find(".entries li").Length(); !strings.Contains(seen(d.Find("[role=status]")), strconv.Itoa(n)) {
			t.Errorf("%s says %q for %d entries", c.address, seen(d.Find("[role=status]")), n)
		}
	}
	d := read(t, site, "/indicateurs?axe=magie&q=x", 200)
	if got := seen(d.Find(".field.wrong")); !strings.Contains(got, "magie") || d.Find(`input[value="x"]`).Length() != 1 {
		t.Errorf("what was typed is lost: %q", got)
	}
}

// One page of each kind of indicator tells all that the catalogue knows of it.
func TestIndicatorPagesTellAll(t *testing.T) {
	site, met := observatorySite(t), map[string]bool{}
	for _, k := range realdata.Snapshot(t).Panel.Definitions() {
		kind := fmt.Sprint(k.Rule, k.Unit, k.Estimate, k.Unranked, k.Complete, len(k.Vintages) > 1, k.Vintages[0].Level)
		if met[kind] {
			continue
		}
		met[kind] = true
		d := read(t, site, "/indicateurs/"+k.Key, 200)
		text := seen(d.Find("main"))
		for _, v := range k.Vintages {
			if !strings.Contains(text, strings.Join(strings.Fields(v.Numerator), " ")) {
				t.Errorf("%s does not show the formula %s", k.Key, v.Numerator)
			}
		}
		if n := d.Find("#sources").Parent().Find(".source").Length(); n != len(k.Sources) {
			t.Errorf("%s shows %d sources of %d", k.Key, n, len(k.Sources))
		}
		for _, c := range k.Caveats {
			if !strings.Contains(text, strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(c.FR)), " ")) {
				t.Errorf("%s does not tell %q", k.Key, c.FR)
			}
		}
		if extremes := d.Find("#t-haut tbody tr").Length(); !k.Ranked() && extremes > 0 {
			t.Errorf("%s is not ranked and shows extremes", k.Key)
		}
	}
	read(t, site, "/indicateurs/rien", 404)
}

// The ten highest basins are those that a plain reading of all finds.
func TestExtremesAreTheSolidOnes(t *testing.T) {
	k, s := defined(t, "age_75"), realdata.Snapshot(t)
	var solid []float64
	for _, b := range s.France.Level(territory.BassinDeVie) {
		if v := s.Panel.Latest(b, k); v.State == indicator.Whole && v.Numerator >= indicator.Least {
			solid = append(solid, v.Value)
		}
	}
	slices.SortFunc(solid, func(a, b float64) int { return cmp.Compare(b, a) })
	d := read(t, observatorySite(t), "/indicateurs/age_75", 200)
	rows := d.Find("#t-haut tbody tr")
	if rows.Length() != extremeRows {
		t.Fatalf("%d basins", rows.Length())
	}
	rows.Each(func(i int, r *goquery.Selection) {
		want := strings.ReplaceAll(fmt.Sprintf("%.1f %%", solid[i]), ".", ",")
		if got := seen(r.Find("td").First()); got != want {
			t.Errorf("basin %d has %s, want %s", i+1, got, want)
		}
	})
}

func TestFiguresOfATerritory(t *testing.T) {
	site := observatorySite(t)
	defs := len(realdata.Snapshot(t).Panel.Definitions())
	for _, c := range []struct {
		address string
		rows    map[string]string // key → what its row begins with, after the name and notes
	}{
		{"/bv/22113/indicateurs", map[string]string{"age_75": "14,8 % 10,4 % 12,9 % 11,0 % 9,9 %", "poverty": "non montré", "decile_1": "non additif", "population": "64 558"}},
		{"/commune/75056/indicateurs", map[string]string{"age_75": "8,5 %", "poverty": "16,0 %", "decile_1": "11 240 €", "population": "2 113 705"}},
		{"/dep/971/indicateurs", map[string]string{"age_75": "absent", "rsa_share": "22,3 %", "jobseekers": "55 680", "population": "383 569"}},
		{"/dep/976/indicateurs", map[string]string{"age_75": "absent", "rsa_share": "absent", "jobseekers": "18 430", "population": "absent"}},
		{"/set/22113,22278/indicateurs", nil},
		{"/arm/75111/indicateurs", nil},
		{"/pays/FR/indicateurs", map[string]string{"population": "67 736 056"}},
	} {
		d := read(t, site, c.address, 200)
		rows := d.Find(".figures tbody tr").Not(".alt tr")
		if rows.Length() != defs {
			t.Errorf("%s has %d rows for %d indicators", c.address, rows.Length(), defs)
		}
		rows.Find("th, td").Each(func(_ int, cell *goquery.Selection) {
			if seen(cell) == "" {
				t.Errorf("%s has a blank cell", c.address)
			}
		})
		for key, want := range c.rows {
			cells := d.Find(`.figures th a[href="/indicateurs/` + key + `"]`).Closest("tr").Find("td")
			var got []string
			cells.Each(func(_ int, s *goquery.Selection) { got = append(got, seen(s)) })
			if !strings.HasPrefix(strings.Join(got, " "), want) {
				t.Errorf("%s, %s: %q, want %q first", c.address, key, strings.Join(got, " "), want)
			}
		}
	}
	one := read(t, site, "/bv/22113/indicateurs?axe=health", 200)
	if n := one.Find(".figures section table").Length(); n != 1 || one.Find(".figures details:not(.sources)").Length() != 0 {
		t.Errorf("one axis shows %d tables", n)
	}
	read(t, site, "/bv/22113/indicateurs?axe=magie", 404)
	qpv := read(t, site, "/qpv/QN00101M/indicateurs", 200)
	if !strings.Contains(seen(qpv.Find("main")), "Aucun chiffre de l’observatoire") || qpv.Find("main table").Length() != 0 {
		t.Error("a district must say that it has no figure")
	}
}

// The job seekers of Lannion's basin are those of the source file, added up here.
func TestFiguresAreThoseOfTheSource(t *testing.T) {
	file, err := os.Open(filepath.Join(realdata.Data(), "indicators", "jobseekers-communes-2011-2023.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	basin, _ := realdata.Snapshot(t).France.Territory(territory.ID{Level: territory.BassinDeVie, Code: "22113"})
	inside := map[string]bool{}
	for _, code := range realdata.Snapshot(t).France.Codes(basin) {
		inside[code] = true
	}
	at, total := slices.Index(records[0], "jobseekers_2023"), 0
	for _, r := range records[1:] {
		if inside[r[0]] {
			n, _ := strconv.Atoi(r[at])
			total += n
		}
	}
	d := read(t, observatorySite(t), "/bv/22113/indicateurs?axe=dependence", 200)
	got := seen(d.Find(`th a[href="/indicateurs/jobseekers"]`).Closest("tr").Find("td").First())
	if want := (i18n.Plain(total)); strings.ReplaceAll(got, " ", "") != strconv.Itoa(int(want)) {
		t.Errorf("the page says %s, the file %d", got, total)
	}
}

// Every page of a ranking, one after the other, is what a plain sort gives.
func TestRankingIsAPlainSort(t *testing.T) {
	site, s := observatorySite(t), realdata.Snapshot(t)
	for _, c := range []struct {
		key, order string
		highest    bool
	}{{"age_75", "", true}, {"ftth", "", false}, {"ftth", "haut", true}, {"rsa_share", "bas", false}} {
		k := defined(t, c.key)
		type one struct {
			value float64
			path  string
		}
		var want []one
		for _, d := range s.France.Level(territory.BassinDeVie) {
			if v := s.Panel.Latest(d, k); v.State == indicator.Whole && !(k.Sample && v.Numerator < indicator.Least) && !(k.Rounded == 5 && v.Numerator < 50) && !(k.Part && v.Numerator > v.Denominator) {
				want = append(want, one{v.Value, d.Path()})
			}
		}
		slices.SortStableFunc(want, func(a, b one) int {
			if c.highest {
				return cmp.Compare(b.value, a.value)
			}
			return cmp.Compare(a.value, b.value)
		})
		var got []string
		ranks := []int{}
		address := "/classement?indicateur=" + c.key + "&niveau=bv&ordre=" + c.order
		for address != "" {
			d := read(t, site, address, 200)
			d.Find("#t-rang tbody tr").Each(func(_ int, r *goquery.Selection) {
				got = append(got, r.Find("th a").AttrOr("href", ""))
				n, err := strconv.Atoi(strings.ReplaceAll(strings.TrimSuffix(seen(r.Find("td").First()), " ex æquo"), " ", ""))
				if err != nil {
					t.Error(err)
				}
				ranks = append(ranks, n)
			})
			address = d.Find(".pages a[rel=next]").AttrOr("href", "")
		}
		if len(got) != len(want) {
			t.Fatalf("%s: %d basins ranked, want %d", c.key, len(got), len(want))
		}
		for i := range want {
			if got[i] != want[i].path {
				t.Fatalf("%s: place %d is %s, want %s", c.key, i+1, got[i], want[i].path)
			}
			rank := i + 1
			for j := i; j > 0 && want[j].value == want[j-1].value; j-- {
				rank = j
			}
			if ranks[i] != rank {
				t.Fatalf("%s: %s has rank %d, want %d", c.key, got[i], ranks[i], rank)
			}
		}
	}
}

func TestFindOneself(t *testing.T) {
	site := observatorySite(t)
	for _, c := range []struct{ address, path, says string }{
		{"/classement?indicateur=age_75&niveau=bv&trouver=lannion", "/bv/22113", "Lannion : 14,8 %"},
		{"/classement?indicateur=age_75&niveau=bv&ici=bv:22113", "/bv/22113", "Lannion : 14,8 %"},
		{"/classement?indicateur=rsa_share&niveau=commune&trouver=Saint-Denis", "", "Saint-Denis"},
		{"/classement?indicateur=age_75&niveau=bv&trouver=xqzwkv", "", "« xqzwkv »"},
		{"/classement?indicateur=age_75&niveau=dep&trouver=mayotte", "", "aucune donnée"},
		{"/classement?indicateur=age_75&niveau=bv&dep=29&trouver=lannion", "", "élargissez"},
		{"/en/ranking?indicateur=age_75&niveau=bv&trouver=lannion", "/en/bv/22113", "14.8"},
	} {
		d := read(t, site, c.address, 200)
		if got := d.Find("#ici th a").AttrOr("href", ""); c.path != "" && got != c.path {
			t.Errorf("%s marks %q, want %q", c.address, got, c.path)
		}
		if got := seen(d.Find(".finding [role=status]")); !strings.Contains(got, c.says) {
			t.Errorf("%s says %q, want %q in it", c.address, got, c.says)
		}
	}
	small := read(t, site, "/classement?indicateur=age_75&niveau=commune&trouver=Plounérin", 200)
	if got := seen(small.Find(".finding [role=status]")); !strings.Contains(got, "hors classement") || small.Find("#t-rang .here").Length() != 0 {
		t.Errorf("a commune of few people must be apart: %q", got)
	}
	if small.Find("#t-apart").Closest("details").AttrOr("open", "shut") == "shut" {
		t.Error("the table apart must be open on the commune looked for")
	}
}

func TestRankingRefuses(t *testing.T) {
	site := observatorySite(t)
	count := read(t, site, "/classement?indicateur=age_75_people&niveau=bv", 400)
	if got := count.Find(".notice a").AttrOr("href", ""); !strings.Contains(got, "indicateur=age_75&") {
		t.Errorf("the rate is not offered beside the count: %q", got)
	} else {
		read(t, site, got, 200)
	}
	for address, says := range map[string]string{
		"/classement?indicateur=mediation_places&niveau=bv":         "recensés inégalement",
		"/classement?indicateur=decile_1&niveau=bv":                 "ne se compose pas",
		"/classement?indicateur=unemployment_ilo&niveau=bv":         "autre échelle",
		"/classement?indicateur=magie&niveau=rue&reg=99&densite=zz": "« magie »",
		"/classement?indicateur=age_75&reg=53&dep=75":               "Paris n’est pas dans la région Bretagne",
		"/classement?indicateur=age_75&page=-3":                     "numéro de page",
		"/classement?indicateur=age_75&ordre=travers":               "travers",
		"/evolutions?indicateur=ftth&niveau=bv":                     "une seule date",
		"/evolutions?indicateur=jobs_growth&niveau=bv":              "déjà un changement",
		"/evolutions?indicateur=jobseekers&de=1999":                 "« 1999 »",
		"/evolutions?indicateur=jobseekers&de=2023&a=2011":          "avant la seconde",
		"/evolutions?indicateur=unemployment_ilo&niveau=bv":         "zone d’emploi",
	} {
		d := read(t, site, address, 400)
		if text := seen(d.Find("main")); !strings.Contains(text, says) {
			t.Errorf("%s does not say %q: %s", address, says, text[:min(len(text), 400)])
		}
	}
	d := read(t, site, "/classement?indicateur=magie&niveau=rue&reg=99", 400)
	for name, want := range map[string]string{"indicateur": "magie", "niveau": "rue", "reg": "99"} {
		if got := d.Find("#"+name+" option[selected]").AttrOr("value", ""); got != want {
			t.Errorf("%s keeps %q, want %q", name, got, want)
		}
	}
}

func TestRankingIsFiltered(t *testing.T) {
	o, s := observed(t), realdata.Snapshot(t)
	k := defined(t, "age_75")
	dep, _ := s.France.Territory(territory.ID{Level: territory.Departement, Code: "22"})
	within := o.Rank(territory.Commune, k, observatory.Filter{Within: dep}, true)
	if got := len(within.Rows) + len(within.Aside) + within.Without; got != len(dep.Communes()) {
		t.Errorf("%d communes kept in the Côtes-d’Armor, want %d", got, len(dep.Communes()))
	}
	every := func(x observatory.Filter, ok func(*territory.Territory) bool) {
		t.Helper()
		r := o.Rank(territory.Commune, k, x, true)
		rows := slices.Concat(r.Rows, r.Aside)
		if len(rows) == 0 {
			t.Error("nothing is kept")
		}
		for _, row := range rows {
			if !ok(row.Territory) {
				t.Errorf("%s should not be kept", row.Territory.Name)
				return
			}
		}
	}
	commune := func(c *territory.Territory) *territory.CommuneRow { return s.France.Commune(c.Communes()[0]) }
	every(observatory.Filter{Programme: observatory.ACV}, func(c *territory.Territory) bool { return commune(c).ACV })
	every(observatory.Filter{Programme: observatory.FRR}, func(c *territory.Territory) bool {
		return strings.HasPrefix(commune(c).FRR, "FRR") || commune(c).FRR != ""
	})
	every(observatory.Filter{Programme: observatory.QPV}, func(c *territory.Territory) bool { return len(s.France.Of(c.Communes()[0], territory.QPV)) > 0 })
	every(observatory.Filter{Density: indicator.Rural}, func(c *territory.Territory) bool { return commune(c).Density >= 5 })
	every(observatory.Filter{Size: 1 + 5}, func(c *territory.Territory) bool { n, _ := c.Population(); return n >= 5000 && n < 10_000 })
	read(t, observatorySite(t), "/classement?indicateur=age_75&niveau=commune&reg=53&dep=22&densite=rural&taille=500-1000&programme=frr", 200)
}

func TestCSVHoldsTheWholeRanking(t *testing.T) {
	site, o := observatorySite(t), observed(t)
	k := o.Rank(territory.BassinDeVie, defined(t, "age_75"), observatory.Filter{}, true)
	w := ask(site, "/classement/csv?indicateur=age_75&niveau=bv")
	c := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff")))
	c.Comma = ';'
	records, err := c.ReadAll()
	if err != nil || w.Code != 200 {
		t.Fatal(w.Code, err)
	}
	if len(records)-1 != len(k.Rows)+len(k.Aside) || records[1][0] != "1" || records[1][1] != k.Rows[0].Territory.ID.String() {
		t.Errorf("%d lines for %d territories, first %v", len(records)-1, len(k.Rows)+len(k.Aside), records[1])
	}
}

// Changes are those of a plain reading, and nothing that rests on few people is among them.
func TestChangesAreAPlainDifference(t *testing.T) {
	o, s := observed(t), realdata.Snapshot(t)
	k := defined(t, "jobseekers_share")
	e := o.Evolve(territory.BassinDeVie, k, 0, k.Latest(), observatory.Filter{})
	if len(e.Moves) < 1000 || !e.Points {
		t.Fatalf("%d moves, in points: %v", len(e.Moves), e.Points)
	}
	for i, m := range e.Moves {
		a, b := s.Panel.At(m.Territory, k, 0), s.Panel.At(m.Territory, k, k.Latest())
		if m.By != b.Value-a.Value || a.Numerator < indicator.Least || b.Numerator < indicator.Least || a.State != indicator.Whole {
			t.Fatalf("%s: %+v", m.Territory.Name, m)
		}
		if i > 0 && m.By > e.Moves[i-1].By {
			t.Fatalf("moves are not sorted at %d", i)
		}
	}
	jobs := defined(t, "jobseekers")
	for _, m := range o.Evolve(territory.Commune, jobs, 2, jobs.Latest(), observatory.Filter{}).Moves {
		if math.Min(m.Then, m.Now) < indicator.Least || math.Abs(m.By-(m.Now/m.Then-1)) > 1e-12 {
			t.Fatalf("%s: %+v", m.Territory.Name, m)
		}
	}
	d := read(t, observatorySite(t), "/evolutions?indicateur=jobseekers_share&niveau=bv", 200)
	if got := d.Find("#t-hausse tbody th a").First().AttrOr("href", ""); got != e.Moves[0].Territory.Path() {
		t.Errorf("the largest rise is %s, want %s", got, e.Moves[0].Territory.Path())
	}
}

// Annecy took in five communes on 1 January 2017; Lannion's land has not changed.
func TestChangedPerimetersAreTold(t *testing.T) {
	o := observed(t)
	for code, want := range map[string]int{"74010": 1, "22113": 0} {
		c, _ := o.France.Territory(territory.ID{Level: territory.Commune, Code: code})
		if got := o.Redrawn(c, "2016", "2022"); got != want {
			t.Errorf("%s: %d communes redrawn, want %d", c.Name, got, want)
		}
	}
	c, _ := o.France.Territory(territory.ID{Level: territory.Commune, Code: "74010"})
	if o.Redrawn(c, "2018", "2022") != 0 {
		t.Error("Annecy did not change after 2018")
	}
}

func TestHubLeadsToTheDiagnosis(t *testing.T) {
	site := observatorySite(t)
	d := read(t, site, "/observatoire?q=lannion", 200)
	if d.Find(`.cards a[href="/bv/22113/diagnostic"]`).Length() != 1 || d.Find(`.cards a[href="/commune/22113/diagnostic"]`).Length() != 1 {
		t.Error("Lannion is not found")
	}
	w := ask(site, "/en/observatory?ici=bv:22113")
	if got := w.Header().Get("Location"); w.Code != 303 || got != "/en/bv/22113/diagnosis" {
		t.Errorf("%d to %q", w.Code, got)
	}
	if got := seen(read(t, site, "/observatoire?q=xqzwkv", 200).Find("[role=status]")); !strings.Contains(got, "« xqzwkv »") {
		t.Errorf("nothing found: %q", got)
	}
}

// No address of these pages breaks them.
func FuzzListAddresses(f *testing.F) {
	site := observatorySite(f)
	for _, q := range []string{
		"indicateur=age_75&niveau=bv&trouver=lannion", "indicateur=jobseekers&niveau=commune&de=2011&a=2016", "q=fibre&axe=networks", "axe=tous", "indicateur=zz&niveau=qpv&reg=%00&page=9e9",
		"indicateur=rsa_share&niveau=arm&densite=rural&taille=0-200&programme=qpv&ordre=haut", "ici=bv:22113", "ici=set:a,b&q=%ff%fe", "indicateur=unemployment_ilo&niveau=ze&de=2021-T1",
	} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		if strings.ContainsAny(q, "# \t\r\n") {
			return // no browser sends these
		}
		if _, err := url.Parse("/?" + q); err != nil {
			return
		}
		for _, path := range []string{"/classement", "/evolutions", "/indicateurs", "/observatoire", "/bv/22113/indicateurs", "/classement/csv", "/evolutions/csv"} {
			r, err := http.NewRequest(http.MethodGet, path+"?"+q, nil)
			if err != nil {
				return
			}
			w := ask(site, r.URL.String())
			switch w.Code {
			case 200, 303, 400, 404:
			default:
				t.Errorf("%s?%s answers %d", path, q, w.Code)
			}
		}
	})
}
