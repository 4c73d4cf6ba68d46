package observatoryweb

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/i18n"
	"bassin/internal/observatory"
	"bassin/internal/realdata"
)

// spaced puts one plain space between words.
func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

func texts(s *goquery.Selection) []string {
	var out []string
	s.Each(func(_ int, x *goquery.Selection) { out = append(out, spaced(x.Text())) })
	return out
}

func TestTwinsPage(t *testing.T) {
	site := observatorySite(t)
	d := read(t, site, "/jumeaux?t=bv:22113", http.StatusOK)
	rows := d.Find(".twins-table tbody tr")
	if rows.Length() != 10 {
		t.Fatal("rows:", rows.Length())
	}
	names := texts(rows.Find("th"))
	if names[0] != "Saintes (17)" || names[1] != "Morlaix (29)" {
		t.Error("the first are", names[:2])
	}
	first := rows.First()
	if href, _ := first.Find("th a").Attr("href"); href != "/bv/17415/diagnostic" {
		t.Error("the first leads to", href)
	}
	if href, _ := first.Find("td:last-child a").Attr("href"); href != "/comparer?t=bv%3A22113&t=bv%3A17415" {
		t.Error("it is compared at", href)
	}
	if got := first.Find("td").Eq(0).Text(); got != "0,41" {
		t.Error("distance", got)
	}
	if got := texts(first.Find("td").Eq(2).Find("li")); len(got) == 0 || !strings.Contains(strings.Join(got, ";"), "31,4 % et 27,1 %") {
		t.Error("differs:", got)
	}
	if n := d.Find("svg.map circle.place").Length(); n != 10 {
		t.Error(n, "twins are on the map")
	}
	if n := d.Find("svg.map circle.own").Length(); n != 1 {
		t.Error("the territory is", n, "times on the map")
	}
	if worth := d.Find("#valeur").Parent().Text(); !strings.Contains(worth, "24\u00a0%") && !strings.Contains(worth, "24\u202f%") {
		t.Error("worth:", worth)
	}

	without := read(t, site, "/en/twins?t=commune:22113&sans=voisins&sans=departement", http.StatusOK)
	for _, name := range texts(without.Find(".twins-table tbody th")) {
		if strings.HasSuffix(name, "(22)") {
			t.Error("left out and there:", name)
		}
	}
	if n := without.Find(`input[name=sans][checked]`).Length(); n != 2 {
		t.Error(n, "boxes are ticked")
	}
}

func TestTwinsPageWithoutAnswer(t *testing.T) {
	site := observatorySite(t)
	for _, c := range []struct {
		address string
		status  int
		says    string
	}{
		{"/jumeaux", 200, "Choisissez un bassin de vie"},
		{"/en/twins", 200, "Choose a living basin"},
		{"/jumeaux?t=reg:53", 200, "parmi les bassins de vie"},
		{"/jumeaux?t=bv:97411", 200, "des 14 traits comparés"},
		{"/jumeaux?t=bv:99999", 404, "bv:99999"},
		{"/jumeaux?t=n%27importe+quoi", 400, "n'importe quoi"},
		{"/jumeaux?q=Lannion", 200, "Plusieurs territoires répondent à « Lannion »"},
		{"/jumeaux?q=xqzzkw", 400, "Aucun territoire ne répond"},
		{"/jumeaux?q=", 400, "Écrivez le nom"},
		{"/jumeaux?t=22113,22278", 200, "Cet ensemble de communes est comparé aux bassins de vie"},
	} {
		d := read(t, site, c.address, c.status)
		if text := spaced(d.Find("main").Text()); !strings.Contains(text+d.Find("#choisir").AttrOr("value", ""), c.says) {
			t.Errorf("%s does not say %q: %s", c.address, c.says, text)
		}
	}
	for from, to := range map[string]string{
		"/jumeaux?plus=bv:22113&q=Lannion&sans=voisins": "/jumeaux?sans=voisins&t=bv%3A22113",
		"/en/twins?q=bv:22113":                          "/en/twins?t=bv%3A22113",
		"/jumeaux?q=22113,22278":                        "/jumeaux?t=22113%2C22278",
		"/jumeaux?q=Trégastel":                          "/jumeaux?t=commune%3A22353",
	} {
		if w := ask(site, strings.ReplaceAll(from, "é", "%C3%A9")); w.Code != http.StatusSeeOther || w.Header().Get("Location") != to {
			t.Errorf("%s leads to %d %s, not %s", from, w.Code, w.Header().Get("Location"), to)
		}
	}
}

func TestComparePage(t *testing.T) {
	site := observatorySite(t)
	d := read(t, site, "/comparer?t=bv:22113&t=commune:22113&t=dep:35&t=bv:97411", http.StatusOK)
	heads := texts(d.Find("#douze").Parent().Find("thead th a"))
	if want := []string{"Bassin de vie de Lannion", "Lannion", "Ille-et-Vilaine", "Bassin de vie de L'Étang-Salé"}; len(heads) != 4 || heads[0] != want[0] || heads[2] != want[2] {
		t.Error("heads:", heads)
	}
	rows := d.Find("#douze").Parent().Find("tbody tr")
	if rows.Length() != len(observatory.Twelve) {
		t.Error("rows:", rows.Length())
	}
	s := realdata.Snapshot(t)
	l := localizer(t, i18n.FR)
	// Each cell is the figure of the engine, or a dash with its reason.
	for i, key := range observatory.Twelve {
		def, _ := s.Panel.Definition(key)
		for j, id := range []string{"bv:22113", "commune:22113", "dep:35", "bv:97411", "pays:FR"} {
			at, err := s.France.Resolve(id, nil)
			if err != nil {
				t.Fatal(err)
			}
			v := s.Panel.Latest(at, def)
			cell := rows.Eq(i).Find("td").Eq(j)
			if got, want := cell.Contents().First().Text(), amount(l, def, v.Value); strings.TrimSpace(got) != want {
				t.Errorf("%s of %s is %q, not %q", key, id, got, want)
			}
			if !v.Shown() && cell.Find("small").Text() == "" {
				t.Errorf("%s of %s: a dash without a reason", key, id)
			}
		}
	}
	main := d.Find("main").Text()
	for _, says := range []string{"communes en commun : 1", "Des territoires de niveaux différents"} {
		if !strings.Contains(spaced(main), says) {
			t.Errorf("it does not say %q", says)
		}
	}
	if n := d.Find("details table.side tbody tr").Length(); n != len(s.Panel.Definitions()) {
		t.Error(n, "figures of", len(s.Panel.Definitions()))
	}
	if n := d.Find(".bars .held").Length(); n == 0 || n != d.Find(".bars").Length() {
		t.Error("France is held to", n, "charts of", d.Find(".bars").Length())
	}
	if href := d.Find(".chosen li").First().Find("a.button").AttrOr("href", ""); href != "/comparer?t=commune%3A22113&t=dep%3A35&t=bv%3A97411" {
		t.Error("removing leads to", href)
	}
}

func TestComparePageHelps(t *testing.T) {
	site := observatorySite(t)
	for _, c := range []struct {
		address string
		status  int
		says    string
	}{
		{"/comparer", 200, "Pour commencer"},
		{"/en/compare-territories", 200, "To begin with"},
		{"/comparer?t=bv:22113&t=bv:99999", 404, "Laissé de côté : bv:99999"},
		{"/comparer?t=qpv:QN04909M", 400, "aucun chiffre ici"},
		{"/comparer?t=bv:22113&t=bv:22113", 200, "1 territoire choisi"},
		{"/comparer?t=dep:22&t=dep:29&t=dep:35&t=dep:56&t=dep:44&t=dep:53&t=dep:50", 400, "On compare 6 territoires au plus"},
		{"/comparer?t=dep:22&q=xqzzkw", 400, "Aucun territoire ne répond"},
		{"/en/compare-territories?t=dep:22&q=Lannion", 200, "Several territories answer"},
	} {
		d := read(t, site, c.address, c.status)
		if !strings.Contains(spaced(d.Find("main").Text()), c.says) {
			t.Errorf("%s does not say %q", c.address, c.says)
		}
	}
	d := read(t, site, "/comparer?t=dep:22&q=Lannion", http.StatusOK)
	href := d.Find(".picks a").First().AttrOr("href", "")
	if !strings.HasPrefix(href, "/comparer?t=dep%3A22&t=") {
		t.Error("choosing leads to", href)
	}
	if v := d.Find("#choisir").AttrOr("value", ""); v != "Lannion" {
		t.Error("what was typed is lost:", v)
	}
	w := ask(site, "/comparer?t=dep:22&plus=bv:22113&q=x")
	if got := w.Header().Get("Location"); got != "/comparer?t=dep%3A22&t=bv%3A22113" {
		t.Error("the script's choice leads to", got)
	}
}

func localizer(t testing.TB, lang i18n.Lang) *i18n.Localizer {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.Localizer(lang)
}

func FuzzPairAddresses(f *testing.F) {
	site := observatorySite(f)
	for _, seed := range []string{"bv:22113", "22113,22278", "set:AAAA", "~", "Lannion", "", "commune:22113~22113", "qpv:QN04909M", "\x00", "pays:FR", "arm:75101"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v := url.QueryEscape(text)
		for _, address := range []string{"/jumeaux?t=" + v, "/jumeaux?q=" + v, "/comparer?t=dep:22&t=" + v, "/comparer?q=" + v, "/comparer?plus=" + v, "/jumeaux?sans=" + v} {
			w := ask(site, address)
			if w.Code >= 500 {
				t.Errorf("%s answers %d", address, w.Code)
			}
			if strings.Contains(w.Body.String(), "⟦") || strings.Contains(w.Body.String(), "NaN") {
				t.Errorf("%s shows what it should not", address)
			}
		}
	})
}
