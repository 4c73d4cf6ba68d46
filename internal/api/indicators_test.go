package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

func ask[T any](t testing.TB, h http.Handler, target string) T {
	t.Helper()
	w := get(t, h, target)
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != 200 {
		t.Fatalf("%s: %d %v %.300s", target, w.Code, err, w.Body)
	}
	return v
}

// same says whether JSON holds a value.
func same(p *float64, x float64) bool {
	if p == nil {
		return math.IsNaN(x)
	}
	return *p == x
}

// The interface says what the engine says, to the last bit.
func TestFiguresAreThoseOfThePanel(t *testing.T) {
	_, h := open(t)
	s := realdata.Snapshot(t)
	ids := []string{"bv:22113", "commune:22113", "commune:75056", "arm:75101", "dep:2A", "reg:53", "pays:FR", "bv:97611", "22113,bv:22266~commune:22146", "qpv:QN02201M"}
	for _, id := range ids {
		target, err := s.France.Resolve(id, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := ask[List[Figure]](t, h, "/territories/"+id+"/indicators")
		want := s.Panel.All(target)
		if len(got.Items) != len(want) || got.Total != len(want) {
			t.Fatalf("%s: %d figures of %d", id, len(got.Items), len(want))
		}
		for i, v := range want {
			o := got.Items[i]
			d := s.Panel.Definitions()[i]
			if o.Key != d.Key || !same(o.Value, v.Value) || !same(o.Numerator, v.Numerator) || !same(o.Denominator, v.Denominator) ||
				o.State != stateKey(v.State) || o.Imprecise != v.Imprecise || o.CommunesKnown != v.Known || o.Communes != v.Of ||
				o.Period != d.Vintages[d.Latest()].Period || o.Coverage != nil && *o.Coverage != v.Coverage {
				t.Errorf("%s, %s: %+v is not %+v", id, d.Key, o, v)
			}
			if v.Shown() == (o.Value == nil) {
				t.Errorf("%s, %s: shown and null do not go together", id, d.Key)
			}
		}
	}
	d, _ := s.Panel.Definition("population")
	basin, _ := s.France.Territory(territory.ID{Level: territory.BassinDeVie, Code: "22113"})
	got := ask[List[Figure]](t, h, "/territories/bv:22113/indicators/population")
	for i, v := range s.Panel.Series(basin, d) {
		if o := got.Items[i]; o.Period != d.Vintages[i].Period || !same(o.Value, v.Value) {
			t.Errorf("%+v is not %+v", o, v)
		}
	}
}

func TestFiguresFilter(t *testing.T) {
	_, h := open(t)
	for _, o := range ask[List[Figure]](t, h, "/territories/bv:22113/indicators?axis=health").Items {
		if d, _ := realdata.Snapshot(t).Panel.Definition(o.Key); d.Axis != indicator.Health {
			t.Errorf("%s is of the axis %s", o.Key, d.Axis)
		}
	}
	got := ask[List[Figure]](t, h, "/territories/bv:22113/indicators?keys=density,population")
	if len(got.Items) != 2 {
		t.Errorf("%+v", got)
	}
	if n := ask[List[Indicator]](t, h, "/indicators?q=DENSITÉ").Total; n == 0 {
		t.Error("a name is not found without accents nor case")
	}
	if n := ask[List[Indicator]](t, h, "/indicators?q=qwxz").Total; n != 0 {
		t.Errorf("%d indicators for nothing", n)
	}
}

// Communes make the country: what is added up over all of them is what is told of France.
func TestCommunesSumToTheWhole(t *testing.T) {
	_, h := open(t)
	s := realdata.Snapshot(t)
	for _, key := range []string{"population", "density"} {
		d, _ := s.Panel.Definition(key)
		france := ask[List[Figure]](t, h, "/territories/pays:FR/indicators?keys="+key).Items[0]
		for _, level := range []string{"commune", "bv", "dep", "reg"} {
			all := ask[Values](t, h, "/indicators/"+key+"/values?level="+level)
			var num, den float64
			known := 0
			for _, v := range all.Items {
				if v.Numerator != nil {
					num += *v.Numerator
					known++
				}
				if v.Denominator != nil {
					den += *v.Denominator
				}
			}
			if level == "commune" && known != france.CommunesKnown {
				t.Errorf("%s: %d communes have a figure, France says %d", key, known, france.CommunesKnown)
			}
			if math.Abs(num-*france.Numerator) > 1e-9**france.Numerator {
				t.Errorf("%s by %s: %v, France %v", key, level, num, *france.Numerator)
			}
			if d.Rule == indicator.Ratio && math.Abs(den-*france.Denominator) > 1e-9**france.Denominator {
				t.Errorf("%s by %s: over %v, France %v", key, level, den, *france.Denominator)
			}
			if all.Total != len(all.Items) || all.Total != len(s.France.Level(territory.Level(level))) {
				t.Errorf("%s by %s: %d of %d", key, level, len(all.Items), all.Total)
			}
		}
	}
}

func TestValuesByPageAndPlace(t *testing.T) {
	_, h := open(t)
	f := realdata.Snapshot(t).France
	var codes []string
	for target := "/indicators/density/values?level=bv&reg=53&limit=50"; target != ""; {
		p := ask[Values](t, h, target)
		if len(p.Items) == 0 || len(p.Items) > 50 {
			t.Fatalf("%s: %d items", target, len(p.Items))
		}
		for _, v := range p.Items {
			codes = append(codes, v.Code)
		}
		if target = ""; p.Next != nil {
			target = strings.TrimPrefix(*p.Next, Prefix)
		}
	}
	var want []string
	for _, b := range f.Level(territory.BassinDeVie) {
		if slices.ContainsFunc(b.Communes(), func(n int32) bool { return f.Commune(n).Region == "53" }) {
			want = append(want, b.Code)
		}
	}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Error(diff)
	}
}

// The distribution is counted again, one territory after the other.
func TestDistribution(t *testing.T) {
	_, h := open(t)
	s := realdata.Snapshot(t)
	level := s.France.Level(territory.BassinDeVie)
	for _, d := range s.Panel.Definitions() {
		got := ask[Distribution](t, h, "/indicators/"+d.Key+"/distribution?level=bv")
		var values []float64
		var imprecise, partial, missing int
		for _, b := range level {
			switch v := s.Panel.Latest(b, d); {
			case v.State == indicator.Partial:
				partial++
			case !v.Shown():
				missing++
			case v.Imprecise:
				imprecise++
			default:
				values = append(values, v.Value)
			}
		}
		if got.Total != len(level) || got.N != len(values) || got.Missing != missing || got.Partial != partial || got.Imprecise != imprecise ||
			got.N+got.Missing+got.Partial+got.Imprecise != got.Total {
			t.Errorf("%s: %+v, counted %d, %d missing, %d partial, %d imprecise", d.Key, got, len(values), missing, partial, imprecise)
		}
		if len(values) == 0 {
			if got.Median != nil || got.Mean != nil || got.Min != nil {
				t.Errorf("%s: figures of nothing: %+v", d.Key, got)
			}
			continue
		}
		slices.Sort(values)
		middle := values[len(values)/2]
		if len(values)%2 == 0 {
			middle = (values[len(values)/2-1] + middle) / 2
		}
		if math.Abs(*got.Median-middle) > 1e-9*math.Abs(middle) || *got.Min != values[0] || *got.Max != values[len(values)-1] {
			t.Errorf("%s: %+v, median %v", d.Key, got, middle)
		}
		if *got.Mean < *got.Min-1e-9*math.Abs(*got.Min) || *got.Mean > *got.Max+1e-9*math.Abs(*got.Max) {
			t.Errorf("%s: the mean %v lies outside", d.Key, *got.Mean)
		}
	}
}

func TestRank(t *testing.T) {
	_, h := open(t)
	got := ask[Distribution](t, h, "/indicators/density/distribution?level=dep&territory=dep:22")
	all := ask[Values](t, h, "/indicators/density/values?level=dep")
	higher, lower := 0, 0
	for _, v := range all.Items {
		if v.Value == nil || v.State != "whole" {
			continue
		}
		switch {
		case *v.Value > *got.Place.Figure.Value:
			higher++
		case *v.Value < *got.Place.Figure.Value:
			lower++
		}
	}
	p := got.Place
	if *p.Rank != higher+1 || *p.Among != got.N || math.Abs(*p.Percentile-100*(float64(lower)+0.5)/float64(got.N)) > 1e-9 {
		t.Errorf("rank %d of %d, %v%%: %d higher, %d lower", *p.Rank, *p.Among, *p.Percentile, higher, lower)
	}
	if p := ask[Distribution](t, h, "/indicators/density/distribution?level=bv&territory=22113,22278").Place; p == nil || p.Rank == nil {
		t.Errorf("a set of communes has no place: %+v", p)
	}
}

// column reads a column of a Parquet file: texts or numbers, NaN for null.
func parquetColumn(t testing.TB, f *parquet.File, name string) (texts []string, numbers []float64) {
	t.Helper()
	leaf, ok := f.Schema().Lookup(name)
	if !ok {
		t.Fatalf("no column %s", name)
	}
	for _, g := range f.RowGroups() {
		rows := g.ColumnChunks()[leaf.ColumnIndex].Pages()
		for {
			p, err := rows.ReadPage()
			if err != nil {
				break
			}
			values := make([]parquet.Value, p.NumValues())
			p.Values().ReadValues(values)
			for _, v := range values {
				switch {
				case v.IsNull():
					numbers = append(numbers, math.NaN())
				case v.Kind() == parquet.Double:
					numbers = append(numbers, v.Double())
				default:
					texts = append(texts, string(v.ByteArray()))
				}
			}
		}
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	}
	return texts, numbers
}

// The three forms of a level say the same, to the last bit; what is missing is null.
func TestBulk(t *testing.T) {
	_, h := open(t)
	s := realdata.Snapshot(t)
	columns := map[string]bool{}
	for _, c := range []struct {
		level   territory.Level
		licence string
	}{{territory.BassinDeVie, "etalab-2.0"}, {territory.BassinDeVie, "ODbL-1.0"}, {territory.Region, "etalab-2.0"}, {territory.ArrondissementMunicipal, "ODbL-1.0"}} {
		level, licence := c.level, c.licence
		suffix := map[string]string{"ODbL-1.0": "-odbl"}[licence]
		query := "&licence=" + licence + "&level=" + string(level)
		sheet := get(t, h, "/indicators/bulk?format=csv"+query)
		rows, err := csv.NewReader(sheet.Body).ReadAll()
		if err != nil || sheet.Code != 200 {
			t.Fatalf("%s: %d %v", level, sheet.Code, err)
		}
		w := get(t, h, "/indicators/bulk?format=parquet&lang=en"+query)
		if want := `attachment; filename="bassin-2026-indicators-` + string(level) + suffix + `.parquet"`; w.Header().Get("Content-Disposition") != want {
			t.Errorf("%s: %s", level, w.Header().Get("Content-Disposition"))
		}
		if again := get(t, h, "/indicators/bulk?format=parquet&lang=en"+query); !bytes.Equal(again.Body.Bytes(), w.Body.Bytes()) {
			t.Errorf("%s: the bytes differ from one time to the next", level)
		}
		f, err := parquet.OpenFile(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len()))
		if err != nil {
			t.Fatal(err)
		}
		ts := s.France.Level(level)
		if int(f.NumRows()) != len(ts) || len(rows) != len(ts)+1 {
			t.Fatalf("%s: %d and %d rows for %d territories", level, f.NumRows(), len(rows)-1, len(ts))
		}
		var head []string
		for _, c := range f.Schema().Columns() {
			head = append(head, c[0])
		}
		if diff := cmp.Diff(head, rows[0]); diff != "" {
			t.Errorf("%s: columns differ:\n%s", level, diff)
		}
		ids, _ := parquetColumn(t, f, "id")
		imprecise, _ := parquetColumn(t, f, "imprecise")
		partial, _ := parquetColumn(t, f, "partial")
		for _, d := range s.Panel.Definitions() {
			if !slices.Contains(head, d.Key) {
				continue
			}
			if level == territory.BassinDeVie && columns[d.Key] {
				t.Errorf("%s is in both tables", d.Key)
			}
			columns[d.Key] = true
			apart := slices.ContainsFunc(d.Sources, func(key string) bool {
				source, _ := s.Manifest.Source(key)
				return source.Licence == "ODbL-1.0"
			})
			if apart != (licence == "ODbL-1.0") {
				t.Errorf("%s is in the table under %s", d.Key, licence)
			}
			_, numbers := parquetColumn(t, f, d.Key)
			at := slices.Index(rows[0], d.Key)
			for i, b := range ts {
				v := s.Panel.Latest(b, d)
				cell := ""
				if v.Shown() {
					cell = strconv.FormatFloat(v.Value, 'f', -1, 64)
				}
				if ids[i] != b.ID.String() || rows[i+1][0] != ids[i] || rows[i+1][at] != cell ||
					math.Float64bits(numbers[i]) != math.Float64bits(v.Value) && (v.Shown() || !math.IsNaN(numbers[i])) {
					t.Fatalf("%s, %s: %v and %q instead of %v", b.ID, d.Key, numbers[i], rows[i+1][at], v.Value)
				}
				if slices.Contains(strings.Fields(imprecise[i]), d.Key) != v.Imprecise || slices.Contains(strings.Fields(partial[i]), d.Key) != (v.State == indicator.Partial) {
					t.Errorf("%s, %s: imprecise %q, partial %q: %+v", b.ID, d.Key, imprecise[i], partial[i], v)
				}
			}
		}
		about := func(key string) string { v, _ := f.Lookup(key); return v }
		if about("bassin.snapshot") != s.Manifest.Hash || about("bassin.vintage") != "2026" || about("bassin.level") != string(level) ||
			len(head) > 7 && (!strings.Contains(about("bassin.licence"), licence) || about("bassin.credit") == "" || about("bassin.periods") == "") {
			t.Errorf("%s: the file does not say what it is", level)
		}
		var words []Entry
		if err := json.Unmarshal([]byte(about("bassin.dictionary")), &words); err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, e := range words {
			told = append(told, e.Column)
			if e.Definition == "" || e.Type == "number" && (e.Unit == "" || e.Period == "" || e.Licence == "" || e.Credit == "") {
				t.Errorf("the dictionary says too little of %s: %+v", e.Column, e)
			}
		}
		if diff := cmp.Diff(head, told); diff != "" {
			t.Errorf("%s: the dictionary and the columns differ:\n%s", level, diff)
		}
	}
	if len(columns) != len(s.Panel.Definitions()) {
		t.Errorf("the tables hold %d of %d indicators", len(columns), len(s.Panel.Definitions()))
	}
	basins, err := csv.NewReader(get(t, h, "/indicators/bulk?level=bv").Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	members := 0
	for _, r := range basins[1:] {
		members += len(strings.Fields(r[slices.Index(basins[0], "commune_codes")]))
	}
	if want := s.France.Len(); members > want || members < want-200 {
		t.Errorf("basins name %d communes of %d", members, want)
	}
}

// small is a snapshot with four communes' worth of figures, in every state.
func small(t testing.TB) *snapshot.Snapshot {
	t.Helper()
	real := realdata.Snapshot(t)
	text := func(fr, en string) i18n.Text { return i18n.Text{FR: fr, EN: en} }
	none := math.NaN()
	// Communes of the basin of Callac, Carnoët and Plourac'h among them.
	figures := indicator.Figures{
		Units: []string{"22025", "22031", "22231"},
		Names: []string{"a.people", "a.some", "a.hidden", "a.places"},
		Columns: [][]float64{
			{2000, 600, 300},
			{400, 90, 20},
			{50, none, none},
			{3, 0, 1},
		},
	}
	definition := func(key string, rule indicator.Rule, unit indicator.Unit, num, den string) indicator.Definition {
		return indicator.Definition{
			Key: key, Name: text("=Nom de "+key, "=Name of "+key), Definition: text("+Ce qu’est "+key, "+What "+key+" is"), Axis: indicator.Help,
			Unit: unit, Polarity: indicator.Worse, Rule: rule, Sources: []string{"communes"},
			Vintages: []indicator.Vintage{{Period: "2022", Numerator: num, Denominator: den}},
		}
	}
	rate := definition("rate", indicator.Ratio, "percent", "a.some", "a.people")
	rate.Sample, rate.Proxy, rate.Numerator, rate.Denominator = true, true, text("personnes seules", "people alone"), text("habitants", "residents")
	rate.Caveats = []i18n.Text{text("@Une réserve.", "@A caveat.")}
	poverty := definition("poverty", indicator.Ratio, "percent", "a.hidden", "a.people")
	poverty.Complete = true
	places := definition("places", indicator.Ratio, "per1000", "a.places", "a.people")
	places.Unranked = true
	single := definition("single", indicator.Single, "percent", "a.hidden", "")
	panel, err := indicator.New(real.France, []indicator.Definition{
		definition("people", indicator.Sum, "count", "a.people", ""), rate, poverty, places, single,
	}, figures)
	if err != nil {
		t.Fatal(err)
	}
	return &snapshot.Snapshot{Manifest: real.Manifest, France: real.France, Panel: panel}
}

// Every state, in the words of the interface.
func TestStates(t *testing.T) {
	_, h := serve(t, small(t))
	var b strings.Builder
	for _, target := range []string{
		"/territories/22025/indicators?format=csv",
		"/territories/22031/indicators?format=csv&lang=en",
		"/territories/22025,22031,22231/indicators?format=csv",
		"/territories/22113/indicators?format=csv&keys=rate",
		"/territories/qpv:QN02201M/indicators?format=csv&keys=rate",
		"/territories/22025,22031/indicators/rate",
		"/indicators?format=csv&spreadsheet=true",
		"/indicators?q=rate&lang=en",
		"/indicators/rate?lang=en",
		"/indicators/rate/values?level=bv&dep=22&format=csv",
		"/indicators/rate/distribution?level=commune&territory=22025",
		"/indicators/rate/distribution?level=commune&territory=22031&format=csv",
		"/indicators/dictionary.csv?spreadsheet=true",
	} {
		w := get(t, h, target)
		if w.Code != 200 {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
		text := strings.ReplaceAll(w.Body.String(), realdata.Snapshot(t).Manifest.Hash, "HASH")
		b.WriteString(target + "\n  " + strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n  ") + "\n")
	}
	golden(t, "indicators.golden", b.String())
	for key, text := range map[string]string{"places": "uneven", "single": "does not add up", "people": "quantity"} {
		w := get(t, h, "/indicators/"+key+"/distribution?level=commune&territory=22025&lang=en")
		var p Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != 400 || p.Field != "territory" || !strings.Contains(p.Detail, text) {
			t.Errorf("%s: %d %+v", key, w.Code, p)
		}
		if w := get(t, h, "/indicators/"+key+"/distribution?level=commune"); w.Code != 200 {
			t.Errorf("%s: %d: spreading is no ranking", key, w.Code)
		}
	}
}

// A spreadsheet runs no cell of any table.
func TestIndicatorSheetsAreHarmless(t *testing.T) {
	_, h := serve(t, small(t))
	for _, target := range []string{
		"/indicators?format=csv", "/indicators/dictionary.csv?", "/indicators/bulk?level=reg", "/indicators/rate/values?level=reg&format=csv",
		"/territories/22025/indicators?format=csv", "/territories/22025/indicators/rate?format=csv", "/indicators/rate/distribution?level=reg&format=csv",
	} {
		w := get(t, h, target+"&spreadsheet=true")
		text, marked := strings.CutPrefix(w.Body.String(), byteOrderMark)
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if !marked || err != nil || len(rows) < 2 {
			t.Fatalf("%s: %v, %d rows", target, err, len(rows))
		}
		for _, r := range rows {
			for _, cell := range r {
				if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					t.Errorf("%s: a spreadsheet would run %q", target, cell)
				}
			}
		}
	}
}

func FuzzIndicators(f *testing.F) {
	for _, s := range [][2]string{
		{"density/values", "level=bv&limit=3&cursor=bv:22113"}, {"density/distribution", "level=bv&territory=22113"}, {"", "axis=help&q=%00"},
		{"bulk", "level=reg&format=parquet"}, {"density", "period=x"}, {"density/values", "level=commune&period=2022&dep=2A&reg=94&limit=1"},
		{"../x", "a=b;c"}, {"é/values", "level=bv&level=dep"},
	} {
		f.Add(s[0], s[1])
	}
	_, h := serve(f, small(f))
	f.Fuzz(func(t *testing.T, path, query string) {
		r := httptest.NewRequest(http.MethodGet, Prefix+"/x", nil)
		r.URL = &url.URL{Path: Prefix + "/indicators/" + path, RawQuery: query}
		r.RequestURI = ""
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("%q %q: %d %s", path, query, w.Code, w.Body)
		}
		if strings.Contains(w.Header().Get("Content-Type"), "json") && !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%q %q: not JSON: %s", path, query, w.Body)
		}
	})
}
