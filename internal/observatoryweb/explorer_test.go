package observatoryweb

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// seen is the text of a selection, its spaces made one.
func seen(s *goquery.Selection) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s.Text(), "\u00a0", " ")), " ")
}

func TestTheExplorerOpensOnAMapThatIsThere(t *testing.T) {
	site := observatorySite(t)
	for _, address := range []string{"/explorer", "/en/explorer"} {
		d := read(t, site, address, http.StatusOK)
		src, ok := d.Find("input[type=image]").First().Attr("src")
		if !ok {
			t.Fatalf("%s shows no map", address)
		}
		w := ask(site, src)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/svg+xml" {
			t.Fatalf("%s answers %d, %s", src, w.Code, w.Header().Get("Content-Type"))
		}
		if got := w.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("the map whose address holds the snapshot is kept by %q", got)
		}
		if d.Find("h1").Length() != 1 || d.Find("form.explorer-form select").Length() < 4 || d.Find("#t-valeurs tbody tr").Length() != explorerRows {
			t.Errorf("%s lacks its title, its form or its table", address)
		}
		if d.Find("optgroup option[value=density]").Length() != 2 {
			t.Errorf("%s does not offer the density in both lists", address)
		}
	}
}

// The answer, the legend and the table agree with the figures themselves.
func TestTheAnswerIsThatOfTheFigures(t *testing.T) {
	s, site := realdata.Snapshot(t), observatorySite(t)
	d, ok := s.Panel.Definition("density")
	if !ok {
		t.Fatal("no indicator density")
	}
	a := s.Panel.Across(territory.Departement, d, d.Latest())
	low, high := math.Inf(1), math.Inf(-1)
	lowest, highest, missing := "", "", 0
	for i, x := range a.Solid() {
		if math.IsNaN(a.Values[i]) {
			missing++
		}
		if x < low {
			low, lowest = x, a.Territories[i].Name
		}
		if x > high {
			high, highest = x, a.Territories[i].Name
		}
	}
	doc := read(t, site, "/explorer?niveau=dep&indicateur=density&classes=jenks&nombre=4", http.StatusOK)
	answer := seen(doc.Find(".answer"))
	if !strings.Contains(answer, "("+lowest+")") || !strings.Contains(answer, "("+highest+")") {
		t.Errorf("the answer %q names neither %s nor %s", answer, lowest, highest)
	}
	total := 0
	doc.Find(".tones tbody tr").Each(func(_ int, row *goquery.Selection) {
		n, err := strconv.Atoi(strings.ReplaceAll(seen(row.Find("td")), "\u202f", ""))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(seen(row.Find("th")), "rayé") {
			total += n
		}
	})
	if total != len(a.Territories) {
		t.Errorf("the legend counts %d départements of %d", total, len(a.Territories))
	}
	if got := seen(doc.Find("#t-valeurs tbody th").First()); got != highest {
		t.Errorf("the table begins with %s, the highest is %s", got, highest)
	}
	rows := readCSV(t, ask(site, "/explorer/csv?niveau=dep&indicateur=density&classes=jenks&nombre=4").Body.Bytes())
	if len(rows) != len(a.Territories)+1 {
		t.Fatalf("%d rows exported", len(rows))
	}
	empty := 0
	for _, row := range rows[1:] {
		i := slices.IndexFunc(a.Territories, func(u *territory.Territory) bool { return u.Code == row[1] })
		x, err := strconv.ParseFloat(strings.ReplaceAll(row[5], ",", "."), 64)
		switch {
		case row[5] == "":
			empty++
			if !math.IsNaN(a.Values[i]) {
				t.Errorf("%s is exported empty", row[2])
			}
		case err != nil || math.Abs(x-a.Values[i]) > 1e-9*a.Values[i]:
			t.Errorf("%s is exported as %s, not %v", row[2], row[5], a.Values[i])
		}
	}
	if empty != missing {
		t.Errorf("%d values exported empty, %d are missing", empty, missing)
	}
}

func readCSV(t *testing.T, b []byte) [][]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Imprecise and partial values are neither named as extremes nor ranked first.
func TestWhatMayNotBeComparedIsSetApart(t *testing.T) {
	s, site := realdata.Snapshot(t), observatorySite(t)
	var d *indicator.Definition
	for _, o := range s.Panel.Definitions() {
		if o.Sample && o.Rate() && o.Ranked() {
			d = o
			break
		}
	}
	if d == nil {
		t.Fatal("no rate from a sample")
	}
	address := "/explorer?niveau=commune&zone=dep:22&indicateur=" + d.Key
	doc := read(t, site, address, http.StatusOK)
	if note := seen(doc.Find(".shaded-legend .note")); !strings.Contains(note, "imprécises") {
		t.Errorf("nothing says that values are imprecise: %q", note)
	}
	after := false
	for page := 1; page <= 4; page++ {
		doc := read(t, site, address+"&page="+strconv.Itoa(page), http.StatusOK)
		doc.Find("#t-valeurs tbody tr").Each(func(_ int, row *goquery.Selection) {
			switch remark := seen(row.Find("td").Last()); {
			case remark != "":
				after = true
			case after:
				t.Errorf("%s comes after imprecise values", seen(row.Find("th")))
			}
		})
	}
	if !after {
		t.Error("the table has no imprecise value to set apart")
	}
}

// An uneven list is mapped with its warning and never told as high or low.
func TestAnUnevenListIsNeverRanked(t *testing.T) {
	real := realdata.Snapshot(t)
	figures := indicator.Figures{Names: []string{"n", "one"}, Columns: make([][]float64, 2)}
	for n := range int32(real.France.Len()) {
		figures.Units = append(figures.Units, real.France.Commune(n).Code)
		figures.Columns[0], figures.Columns[1] = append(figures.Columns[0], float64(n%7)), append(figures.Columns[1], 1)
	}
	vintages := []indicator.Vintage{{Period: "2026", Numerator: "n", Denominator: "one"}}
	name := i18n.Text{FR: "Lieux recensés", EN: "Listed places"}
	panel, err := indicator.New(real.France, []indicator.Definition{
		{Key: "listed", Name: name, Axis: indicator.Help, Unit: "ratio", Rule: indicator.Ratio, Unranked: true, Vintages: vintages},
		{Key: "other", Name: name, Axis: indicator.Help, Unit: "ratio", Rule: indicator.Ratio, Vintages: vintages},
	}, figures)
	if err != nil {
		t.Fatal(err)
	}
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	l, s := c.Localizer(i18n.FR), &snapshot.Snapshot{France: real.France, Panel: panel}
	lay := func(query url.Values) (explorerSaid, explorerView) {
		e := readExploration(s, l, query)
		x := explorerSaid{words: words{l, s.France}, s: s, e: &e, f: explore(s, &e), names: newPlans(real).names(e.level)}
		v := explorerView{Answer: x.answer(), Notices: x.notices()}
		x.scatter(&v)
		x.table(&v, query)
		return x, v
	}
	x, v := lay(url.Values{keyParam: {"listed"}, withParam: {"other"}, sortParam: {byFigure}, levelParam: {"dep"}})
	if len(x.e.wrong) > 0 || len(v.Notices) != 1 || v.Notices[0].Kind != web.Attention {
		t.Errorf("wrong %v, notices %v", x.e.wrong, v.Notices)
	}
	if text := strings.Join(v.Answer, " "); strings.Contains(text, "de 0") || !strings.Contains(text, "sans classement") {
		t.Errorf("the answer ranks: %q", text)
	}
	if v.Scatter != nil || v.NoCloud == "" {
		t.Error("an uneven list is set against another figure")
	}
	if v.Table.Columns[1].Sort != "" || v.Table.Columns[0].Sorted != "ascending" || v.Table.Columns[2].Sort == "" {
		t.Errorf("the table ranks an uneven list: %+v", v.Table.Columns)
	}
	if _, v := lay(url.Values{keyParam: {"other"}, levelParam: {"dep"}}); len(v.Notices) != 0 || v.Table.Columns[1].Sorted != "descending" {
		t.Error("an even list is treated as an uneven one")
	}
}

// Every indicator of the catalogue has its page at every level, in both languages.
func TestEveryIndicatorHasItsMapOrSaysWhyNot(t *testing.T) {
	s, site := realdata.Snapshot(t), observatorySite(t)
	for i, d := range s.Panel.Definitions() {
		lang := []string{"", "/en"}[i%2]
		level := explorerLevels[[]int{0, 1, 3, 4, 5}[i%5]]
		address := fmt.Sprintf("%s/explorer?niveau=%s&indicateur=%s", lang, level, d.Key)
		doc := read(t, site, address, http.StatusOK)
		mapped, empty := doc.Find(".shaded").Length(), doc.Find(".state").Length()
		if mapped+empty != 1 {
			t.Errorf("%s shows %d maps and %d reasons for none", address, mapped, empty)
		}
		if near := read(t, site, lang+"/explorer?niveau=commune&zone=dep:22&indicateur="+d.Key, http.StatusOK); near.Find(".shaded").Length()+near.Find(".state").Length() != 1 {
			t.Errorf("%s by commune has neither a map nor a reason for none", d.Key)
		}
		if doc.Find(".source").Length() == 0 {
			t.Errorf("%s names no source", address)
		}
		if empty == 0 {
			continue
		}
		next, ok := doc.Find(".state a").Attr("href")
		if !ok {
			t.Fatalf("%s leads nowhere", address)
		}
		if again := read(t, site, next, http.StatusOK); again.Find(".shaded").Length() != 1 && d.Rule == indicator.Single {
			t.Errorf("%s leads to %s, which has no map either", address, next)
		}
	}
}

func TestAWrongAddressIsToldAndKept(t *testing.T) {
	site := observatorySite(t)
	for _, c := range []struct{ query, field, value string }{
		{"niveau=pays", "niveau", ""}, {"indicateur=nope", "indicateur", ""}, {"zone=reg:99", "zone", ""}, {"zone=bv:22113", "zone", ""}, {"zone=dep:975", "zone", ""},
		{"classes=x", "classes", ""}, {"nombre=9", "nombre", ""}, {"nombre=-1", "nombre", ""}, {"avec=nope", "avec", ""}, {"lieux=banques", "lieux", ""}, {"echelle=z", "echelle", ""},
		{"indicateur=density&avec=density", "avec", ""},
		{"classes=limites&limites=1+deux", "limites", "1 deux"}, {"classes=limites&limites=3+2", "limites", "3 2"}, {"classes=limites", "limites", ""},
		{"classes=limites&limites=1+2+3+4+5+6+7", "limites", "1 2 3 4 5 6 7"}, {"classes=limites&limites=inf", "limites", "inf"},
	} {
		for _, lang := range []string{"", "/en"} {
			d := read(t, site, lang+"/explorer?"+c.query, http.StatusBadRequest)
			if href, _ := d.Find(".notice.summary a").First().Attr("href"); href != "#"+c.field {
				t.Errorf("%s: the error leads to %q", c.query, href)
			}
			if d.Find("#"+c.field).Length() != 1 || d.Find("#"+c.field+"-help .error").Length() != 1 {
				t.Errorf("%s: the field %s does not say what is wrong", c.query, c.field)
			}
			if got, _ := d.Find("#" + c.field).Attr("value"); got != c.value {
				t.Errorf("%s: the field keeps %q, not %q", c.query, got, c.value)
			}
			if w := ask(site, lang+"/explorer/csv?"+c.query); w.Code != http.StatusSeeOther {
				t.Errorf("%s: the file answers %d", c.query, w.Code)
			}
		}
	}
	// Another indicator may not have the period of the last one: no error.
	if d := read(t, site, "/explorer?indicateur=density&periode=1999", http.StatusOK); !strings.Contains(seen(d.Find(".notice")), "1999") {
		t.Error("a period that is not there is passed over in silence")
	}
}

func TestGivenLimitsAreThoseOfTheLegend(t *testing.T) {
	d := read(t, observatorySite(t), "/explorer?niveau=dep&indicateur=density&classes=limites&limites=50+100,5%3B+1000", http.StatusOK)
	var said []string
	d.Find(".tones tbody th").Each(func(_ int, s *goquery.Selection) { said = append(said, seen(s)) })
	if len(said) < 4 || said[0] != "moins de 50,0" || !strings.HasPrefix(said[3], "1 000 ou plus") && !strings.HasPrefix(said[3], "1\u202f000 ou plus") {
		t.Errorf("legend %q", said)
	}
}

func TestAClickLeadsToTheTerritoryDrawnThere(t *testing.T) {
	site := observatorySite(t)
	for _, c := range []struct{ query, to string }{
		{"niveau=dep&w=560&x=190&y=300", "/dep/"}, {"niveau=epci&w=288&x=150&y=150", "/epci/"}, {"niveau=commune&zone=dep:22&w=560&x=280&y=200", "/commune/22"},
	} {
		w := ask(site, "/explorer/lieu?"+c.query)
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), c.to) {
			t.Errorf("%s leads to %d %s", c.query, w.Code, w.Header().Get("Location"))
		}
	}
	if d := read(t, site, "/explorer/lieu?niveau=bv&w=560&x=60&y=60", http.StatusOK); d.Find(".state a").Length() != 1 {
		t.Error("a click at sea offers nothing")
	}
	if w := ask(site, "/explorer/lieu?x=a"); w.Code != http.StatusSeeOther {
		t.Errorf("a click without a point answers %d", w.Code)
	}
}

func TestTheScatterNamesTheChosenAndSaysTheFigure(t *testing.T) {
	d := read(t, observatorySite(t), "/explorer?niveau=bv&indicateur=density&avec=age_75&echelle=x&ici=bv:22113", http.StatusOK)
	if !strings.Contains(seen(d.Find("svg.scatter text.strong")), "Lannion") {
		t.Error("Lannion is not named on the plot")
	}
	if text := seen(d.Find(".drawing p")); !strings.Contains(text, "Spearman −0,") {
		t.Errorf("the plot says %q", text)
	}
	if d.Find(".drawing details table tbody tr").Length() < 3 {
		t.Error("the plot has no table")
	}
}

// The page and its map are as light as a page is to be; a map of all communes is
// heavier, and is not loaded unless it is asked for.
func TestTheExplorerIsLight(t *testing.T) {
	site := observatorySite(t)
	size := func(b []byte) int {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		z.Write(b)
		z.Close()
		return out.Len()
	}
	for query, most := range map[string]int{
		"": 50_000, "?niveau=bv&indicateur=density&avec=age_75&lieux=france-services": 62_000, "?niveau=commune&indicateur=density&avec=age_75": 190_000,
		"?niveau=commune&zone=reg:53&indicateur=density": 40_000,
	} {
		w := ask(site, "/explorer"+query)
		page := size(w.Body.Bytes())
		d, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
		if err != nil {
			t.Fatal(err)
		}
		src, _ := d.Find("input[type=image]").Attr("src")
		image := size(ask(site, src).Body.Bytes())
		t.Logf("/explorer%s: page %d, map %d", query, page, image)
		if page+image > most {
			t.Errorf("/explorer%s weighs %d + %d, at most %d", query, page, image, most)
		}
	}
}

func FuzzExplorer(f *testing.F) {
	for _, q := range []string{
		"", "niveau=epci&indicateur=density&classes=jenks&nombre=7", "classes=limites&limites=1,5+2;3", "zone=reg:53&niveau=dep", "limites=%00&classes=limites",
		"tri=valeur&ordre=croissant&page=99999999999", "page=2&tri=nom", "avec=density&echelle=x&echelle=y", "ici=bv:22113", "periode=2022", "niveau=ze&indicateur=unemployment_ilo",
	} {
		f.Add(q)
	}
	site := observatorySite(f)
	f.Fuzz(func(t *testing.T, q string) {
		v, err := url.ParseQuery(q)
		if err != nil || v.Get(levelParam) == string(territory.Commune) {
			return // the largest level only takes longer
		}
		w := ask(site, "/explorer?"+v.Encode())
		if w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
			t.Fatalf("%q answers %d", q, w.Code)
		}
		for _, bad := range []string{"NaN", "⟦", "%!", "ZgotmplZ"} {
			if strings.Contains(w.Body.String(), bad) && !strings.Contains(q, bad) {
				t.Errorf("%q shows %q", q, bad)
			}
		}
	})
}

func TestLimitsAreReadAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []float64
		bad  string
		ok   bool
	}{
		{"10 12,5 20", []float64{10, 12.5, 20}, "", true}, {"−1;0;1.5 %", nil, "%", false}, {"−1;0;1.5%", []float64{-1, 0, 1.5}, "", true},
		{"3 3", []float64{3, 3}, "", false}, {"", nil, "", true}, {"1e3 2e3", []float64{1000, 2000}, "", true}, {"inf", nil, "inf", false}, {"x", nil, "x", false},
	} {
		got, bad, ok := readLimits(c.in)
		if !slices.Equal(got, c.want) || bad != c.bad || bad == "" && ok != c.ok {
			t.Errorf("%q: %v, %q, %v", c.in, got, bad, ok)
		}
	}
}

func BenchmarkExplorer(b *testing.B) {
	site := observatorySite(b)
	for _, address := range []string{
		"/explorer", "/explorer?niveau=bv&indicateur=density&avec=age_75", "/explorer?niveau=commune&indicateur=density&avec=age_75", "/explorer?niveau=commune&indicateur=density&classes=jenks&nombre=7",
		"/explorer/carte.svg?niveau=bv&indicateur=density", "/explorer/carte.svg?niveau=commune&indicateur=density", "/explorer/carte.svg?niveau=commune&indicateur=density&zone=reg:53",
	} {
		b.Run(address, func(b *testing.B) {
			for b.Loop() {
				ask(site, address)
			}
		})
	}
}
