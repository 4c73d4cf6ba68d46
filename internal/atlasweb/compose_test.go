package atlasweb

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/realdata"
	"bassin/internal/territory"
)

func draftOf(t testing.TB, expr string) *draft {
	t.Helper()
	f := realdata.Snapshot(t).France
	d, err := newDraft(f, expr, func(term string) (*territory.Territory, error) { return f.Resolve(term, nil) })
	if err != nil {
		t.Fatalf("%q: %v", expr, err)
	}
	return d
}

func TestChangeOfAnExpression(t *testing.T) {
	f := realdata.Snapshot(t).France
	find := func(s string) *territory.Territory {
		u, err := f.Resolve(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	for _, c := range []struct{ expr, toggle, want string }{
		{"", "22113", "22113"},
		{"", "bv:22113", "bv:22113"},
		{"22113", "22113", ""},
		{"22113", "22278", "22113,22278"},
		{"22113,22278", "22113", "22278"},
		{"bv:22113", "22113", "bv:22113~22113"},
		{"bv:22113~22113", "22113", "bv:22113"},
		{"bv:22113~22113", "22278", "bv:22113~22113,22278"},
		{"bv:22113~22113,22278", "bv:22113", "22278,bv:22113"},
		{"22113,bv:22113", "22113", "bv:22113~22113"},
		{" 22113 , ,22278", "22278", "22113"},
		{"~22113,22278", "22113", "22278,22113"},
	} {
		if got := draftOf(t, c.expr).toggled(find(c.toggle)); got != c.want {
			t.Errorf("%q with %s toggled is %q, want %q", c.expr, c.toggle, got, c.want)
		}
	}
}

// Whatever one clicks, the expression says what one sees: the set before, with or
// without what was clicked; and a second click undoes the first.
func TestTogglingIsHonest(t *testing.T) {
	f := realdata.Snapshot(t).France
	random := rand.New(rand.NewPCG(2, 3))
	around := f.Level(territory.Departement)[22].Communes()
	pick := func() *territory.Territory {
		n := around[random.IntN(30)]
		levels := []territory.Level{territory.Commune, territory.Commune, territory.Commune, territory.BassinDeVie, territory.EPCI}
		return f.One(n, levels[random.IntN(len(levels))])
	}
	for range 40 {
		expr := ""
		for range 12 {
			d, u := draftOf(t, expr), pick()
			want := slices.Clone(d.In)
			for _, n := range u.Communes() {
				want[n] = !d.holds(u)
			}
			expr = d.toggled(u)
			next := draftOf(t, expr)
			if !slices.Equal(next.In, want) {
				t.Fatalf("%q, %s toggled, is %q: not the set that was asked for", d.Expr, u.ID, expr)
			}
			if u.Level == territory.Commune && !slices.Equal(draftOf(t, next.toggled(u)).In, d.In) {
				t.Fatalf("%q: toggling %s twice changes the set", d.Expr, u.ID)
			}
		}
	}
}

func TestContiguity(t *testing.T) {
	s := realdata.Snapshot(t)
	for _, c := range []struct {
		expr           string
		parts, largest int
	}{
		{"22113", 1, 1},
		{"bv:22266", 1, 24},
		{"22113,97411", 2, 1},
		{"bv:22266,22113", 2, 24},
		{"22016,22113", 2, 1}, // Bréhat is an island
	} {
		d := draftOf(t, c.expr)
		parts, largest := contiguous(d.In, d.Members, func(n int32, each func(int32)) {
			for _, o := range s.Neighbours(s.France.Level(territory.Commune)[n]) {
				each(o)
			}
		})
		if parts != c.parts || largest != c.largest {
			t.Errorf("%s is in %d parts, the largest of %d, want %d and %d", c.expr, parts, largest, c.parts, c.largest)
		}
	}
}

func TestPastedLists(t *testing.T) {
	s := realdata.Snapshot(t)
	for _, c := range []struct {
		text  string
		terms string
		wrong string // number:fault of each line not understood
	}{
		{"22113\n22278", "22113,22278", ""},
		{"22113, 22278; 2a004", "22113,22278,2A004", ""},
		{"\ufeff22113;Lannion\r\n\r\n  22146\tMellionnec\r\n", "22113,22146", ""},
		{"Lannion", "22113", ""},
		{"lannion\nLANNION", "22113", ""},
		{"saint brieuc", "22278", ""},
		{"bv:22113\nepci:200065928", "bv:22113,epci:200065928", ""},
		{"200065928", "epci:200065928", ""},
		{"22300 Lannion", "22113", ""},
		{"Lannion 22300", "22113", ""},
		{"Saint-Denis (93)", "93066", ""},
		{"Saint-Denis 93", "93066", ""},
		{"Saint-Denis (La Réunion)", "97411", ""},
		{"50173", "50129", ""}, // Équeurdreville-Hainneville, merged into Cherbourg-en-Cotentin
		{"Saint-Denis", "", "1:ambiguous"},
		{"22300", "", "1:either"},
		{"22300\n22113", "22300,22113", ""}, // as the other is an official code only
		{"22300\n22480", "", "1:postal 2:postal"},
		{"22480", "", "1:postal"},
		{"Lanion", "", "1:unknown"},
		{"xqzwvkj", "", "1:unknown"},
		{"99999", "", "1:unknown"},
		{"22113 Mellionnec", "", "1:differs"},
		{"bv:00000", "", "1:unknown"},
		{"arm:75111", "", "1:smaller"},
		{"22113\nxqzwvkj\n\nSaint-Denis\n22278", "22113,22278", "2:unknown 4:ambiguous"},
		{"", "", ""},
		{";;;", "", "1:unknown"},
	} {
		got := readPasted(s.France, s.Names, c.text, nil)
		var wrong []string
		for _, w := range got.Wrong {
			wrong = append(wrong, string(rune('0'+w.Number))+":"+string(w.Fault))
		}
		if terms := strings.Join(got.Terms, ","); terms != c.terms || strings.Join(wrong, " ") != c.wrong {
			t.Errorf("%q gives %q, wrong %q; want %q, wrong %q", c.text, terms, wrong, c.terms, c.wrong)
		}
	}
	answered := readPasted(s.France, s.Names, "22113\nSaint-Denis", map[int]string{2: "97411"})
	if len(answered.Wrong) != 0 || strings.Join(answered.Terms, ",") != "22113,97411" {
		t.Errorf("a choice is not taken: %+v", answered)
	}
	refused := readPasted(s.France, s.Names, "Saint-Denis", map[int]string{1: "22113"})
	if len(refused.Wrong) != 1 {
		t.Error("a choice that was not offered is taken")
	}
}

func FuzzPasted(f *testing.F) {
	s := realdata.Snapshot(f)
	for _, text := range []string{"22113\nLannion", "Saint-Denis (93)\r\n", "a,b;c|d\te", "(", "22300 Lannion", "\ufeff", "set:0123456789"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := readPasted(s.France, s.Names, text, nil)
		if len(got.Wrong) > got.Lines {
			t.Errorf("%d lines wrong of %d", len(got.Wrong), got.Lines)
		}
		if len(got.Terms) > 0 && len(got.Terms) < territory.MaxTerms {
			if _, err := s.France.Resolve(strings.Join(got.Terms, ","), nil); err != nil {
				t.Errorf("%q is understood as %q, which is no territory: %v", text, got.Terms, err)
			}
		}
	})
}

func TestComposeByClicking(t *testing.T) {
	v := newVisitor(t)
	for _, lang := range []string{"/composer", "/en/compose"} {
		d := v.get(lang+"?e=bv:22266", http.StatusOK)
		if d.Find("#carte svg a").Length() < 40 {
			t.Fatalf("%s: %d communes to click on", lang, d.Find("#carte svg a").Length())
		}
		clicked := d.Find("#carte svg a").FilterFunction(func(_ int, a *goquery.Selection) bool { return strings.Contains(a.Text(), "Mellionnec") })
		next := v.get(strings.Split(href(clicked), "#")[0], http.StatusOK)
		if got := next.Find("#communes tbody tr").Length(); got != 23 {
			t.Errorf("%s: %d communes once Mellionnec is removed, want 23", href(clicked), got)
		}
		// The keyboard's way: its row in the table of neighbours brings it back.
		row := next.Find("#voisines tbody tr").FilterFunction(func(_ int, r *goquery.Selection) bool { return strings.Contains(r.Text(), "Mellionnec") })
		back := href(row.Find("td a"))
		if e, _ := url.QueryUnescape(back); !strings.HasSuffix(strings.Split(e, "#")[0], "?e=bv:22266") {
			t.Errorf("adding Mellionnec again leads to %s", back)
		}
	}
}

func TestComposeBySearch(t *testing.T) {
	v := newVisitor(t)
	d := v.get("/composer?e=22113&q=tr%C3%A9beurden", http.StatusOK)
	add := href(d.Find(".compose-found li").First().Find(".compose-action a"))
	if e, _ := url.QueryUnescape(add); e != "/composer?e=22113,22343" {
		t.Errorf("adding Trébeurden leads to %s", add)
	}
	w := v.do(httptest.NewRequest(http.MethodGet, "/composer?e=22113&q=Lannion&plus=epci:200065928", nil))
	if e, _ := url.QueryUnescape(w.Header().Get("Location")); w.Code != http.StatusSeeOther || e != "/composer?e=22113,epci:200065928" {
		t.Errorf("a suggestion leads to %d %s", w.Code, e)
	}
}

func TestKeepASet(t *testing.T) {
	v := newVisitor(t)
	w := v.post("/composer", url.Values{"e": {"22113,22278"}})
	at := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/set/") || !territory.IsSetCode(strings.TrimPrefix(at, "/set/")) {
		t.Fatalf("keeping a set answers %d %s", w.Code, at)
	}
	if w := v.post("/en/compose", url.Values{"e": {"22278,22113,22113"}}); w.Header().Get("Location") != "/en"+at {
		t.Errorf("the same communes have two addresses: %s, %s", at, w.Header().Get("Location"))
	}
	if len(v.kept.kept) != 1 {
		t.Errorf("%d sets kept, want 1", len(v.kept.kept))
	}
	d := v.get("/composer?e=set:"+strings.TrimPrefix(at, "/set/"), http.StatusOK)
	if d.Find("#communes tbody tr").Length() != 2 {
		t.Error("a kept set does not open in the composer")
	}
	if w := v.post("/composer", url.Values{"e": {"bv:22113"}}); w.Header().Get("Location") != "/bv/22113" {
		t.Errorf("keeping a published territory leads to %s", w.Header().Get("Location"))
	}
	whole := strings.Join(realdata.Snapshot(t).France.Codes(draftOf(t, "bv:22266").Whole), ",")
	if w := v.post("/composer", url.Values{"e": {whole}}); w.Header().Get("Location") != "/bv/22266" {
		t.Errorf("the communes of a basin lead to %s", w.Header().Get("Location"))
	}
	if len(v.kept.kept) != 1 {
		t.Error("published territories are kept as sets")
	}
	for _, bad := range []string{"", "99999", "arm:75111", "set:zzzzzzzzzz", "22113~22113"} {
		if w := v.post("/composer", url.Values{"e": {bad}}); w.Code < 400 || w.Code >= 500 {
			t.Errorf("keeping %q answers %d", bad, w.Code)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/composer", strings.NewReader("e=22113,22147"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if w := v.do(r); w.Code != http.StatusForbidden {
		t.Errorf("a form of another site answers %d", w.Code)
	}
}

func TestPasteIntoTheComposer(t *testing.T) {
	v := newVisitor(t)
	w := v.post("/composer/ajout", url.Values{"e": {"22147"}, "liste": {"Lannion\n22278"}})
	if e, _ := url.QueryUnescape(w.Header().Get("Location")); w.Code != http.StatusSeeOther || e != "/composer?e=22147,22113,22278" {
		t.Errorf("a good list answers %d %s", w.Code, e)
	}
	form := url.Values{"e": {"22147"}, "liste": {"Lannion\nSaint-Denis\nxqzwvkj <b>"}}
	d := v.page(v.post("/composer/ajout", form), "/composer/ajout", http.StatusUnprocessableEntity)
	if got := d.Find("textarea").Text(); got != form.Get("liste") {
		t.Errorf("what was pasted came back as %q", got)
	}
	if n := d.Find(".wrong-line").Length(); n != 2 {
		t.Errorf("%d lines are said wrong, want 2", n)
	}
	if n := d.Find(`input[name=ligne2][type=radio]`).Length(); n < 2 {
		t.Errorf("%d communes offered for Saint-Denis", n)
	}
	form.Set("ligne2", "93066")
	form.Set("partiel", "1")
	w = v.post("/composer/ajout", form)
	if e, _ := url.QueryUnescape(w.Header().Get("Location")); e != "/composer?e=22147,22113,93066" {
		t.Errorf("a list settled in part leads to %d %s", w.Code, e)
	}
	for _, bad := range []string{"", " \n ", strings.Repeat("22113\n", territory.MaxTerms+1)} {
		if w := v.post("/composer/ajout", url.Values{"liste": {bad}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("a list of %d bytes answers %d", len(bad), w.Code)
		}
	}
}

func TestALongListIsKept(t *testing.T) {
	v := newVisitor(t)
	s := realdata.Snapshot(t)
	codes := s.France.Codes(s.France.Level(territory.Departement)[22])[:300]
	w := v.post("/en/compose/ajout", url.Values{"liste": {strings.Join(codes, "\n")}})
	e, _ := url.QueryUnescape(w.Header().Get("Location"))
	if !strings.HasPrefix(e, "/en/compose?e=set:") {
		t.Fatalf("300 communes lead to %d %s", w.Code, e)
	}
	if d := v.get(e, http.StatusOK); !strings.Contains(seen(d.Find(".compose-figures")), "300 communes") {
		t.Errorf("the list came to %q", seen(d.Find(".compose-figures")))
	}
}

func TestWrongAddressesOfTheComposer(t *testing.T) {
	v := newVisitor(t)
	for _, c := range []struct {
		e      string
		status int
	}{
		{"99999", http.StatusNotFound}, {"set:zzzzzzzzzz", http.StatusNotFound}, {"nonsense", http.StatusBadRequest},
		{"arm:75111", http.StatusBadRequest}, {strings.Repeat("22113,", territory.MaxTerms+1), http.StatusRequestEntityTooLarge},
	} {
		d := v.get("/composer?e="+url.QueryEscape(c.e), c.status)
		if d.Find(".notice").Length() == 0 || d.Find("#ajout").Length() == 0 {
			t.Errorf("%q: no message, or no way on", shortened(c.e, 20))
		}
	}
	long := v.get("/composer?e="+strings.Join(realdata.Snapshot(t).France.Codes(draftOf(t, "dep:22").Whole)[:260], ","), http.StatusOK)
	if long.Find("#carte, .compose-action").Length() != 0 || long.Find("form button").Length() == 0 {
		t.Error("a perimeter too long to write is not stopped, or cannot be kept")
	}
}

func BenchmarkCompose(b *testing.B) {
	v := newVisitor(b)
	b.ReportAllocs()
	for b.Loop() {
		if w := v.do(httptest.NewRequest(http.MethodGet, "/composer?e=bv:22266~22146", nil)); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
