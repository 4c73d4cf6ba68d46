package illectronisme_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bassin/internal/indicator/illectronisme"
)

const dataDir = "../../../data"

// few are two communes of the mainland, one overseas and one of which nothing is
// known: a France of their own.
func few() illectronisme.Columns {
	nan := math.NaN()
	return illectronisme.Columns{
		Overseas:  []bool{false, false, true, true},
		Inside:    []bool{false, false, false, false},
		Residents: []float64{1000, 5000, 800, 500},
		Under15:   []float64{15, 18, nan, nan}, From15To24: []float64{8, 14, nan, nan},
		From60: []float64{35, 24, nan, nan}, From65: []float64{28, 18, nan, nan}, From75: []float64{13, 8, nan, nan},
		BelowBac: []float64{60, 45, nan, nan},
		Farmers:  []float64{4, 0.5, nan, nan}, Trades: []float64{5, 3, nan, nan}, Managers: []float64{3, 12, nan, nan},
		Intermediate: []float64{10, 15, nan, nan}, Employees: []float64{14, 15, nan, nan}, Workers: []float64{16, 11, nan, nan},
		From15To64: []float64{570, 3200, 400, 0},
		Past15To24: []float64{10, 18, 20, nan}, Past65: []float64{30, 20, 15, nan}, PastBelowBac: []float64{62, 47, 66, nan},
	}
}

func rates(t *testing.T) illectronisme.Rates {
	t.Helper()
	f, err := os.Open(filepath.Join(dataDir, "published", "illectronisme.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := illectronisme.ReadRates(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*math.Abs(want)) {
		t.Errorf("%s: %.12g, want %.12g", what, got, want)
	}
}

// The formulas written out once more, the long way, for the communes of [few].
func TestTheLongWay(t *testing.T) {
	r := rates(t)
	got, err := illectronisme.Estimate(r, few())
	if err != nil {
		t.Fatal(err)
	}
	// Ages of the two first, as counts; the third from 2017.
	ages := [3][4]float64{{80, 500 - 0, 220, 130}, {700, 3100, 800, 400}}
	ages[0][1] = 1000 - 150 - 80 - 350
	ages[1][1] = 5000 - 900 - 700 - 1200
	number := [3]float64{850, 4100}
	young := (80. + 700) / (850*0.10 + 4100*0.18)
	aged := (280. + 900) / (850*0.30 + 4100*0.20)
	bac := (850*0.60 + 4100*0.45) / (850*0.62 + 4100*0.47)
	seniors := (70. + 300) / (850 - 80 - 280 + 4100 - 700 - 900)
	elders := (130. + 400) / (280 + 900)
	s15, s65 := 0.20*young, 0.15*aged
	number[2] = 400 / (1 - s65)
	ages[2] = [4]float64{number[2] * s15, number[2] * (1 - s15 - s65) * (1 - seniors),
		number[2] * ((1-s15-s65)*seniors + s65*(1-elders)), number[2] * s65 * elders}
	below := [3]float64{0.60, 0.45, 0.66 * bac}
	for i, want := range number {
		near(t, "people of 15 or over", got.Pop15[i], want)
	}
	if !math.IsNaN(got.Pop15[3]) || !math.IsNaN(got.Central[3]) {
		t.Errorf("a commune without ages has %v of %v", got.Central[3], got.Pop15[3])
	}

	var n [4]float64
	var all, low float64
	for i := range number {
		all += number[i]
		low += number[i] * below[i]
		for b := range n {
			n[b] += ages[i][b]
		}
	}
	rate := [4]float64{0.02, (0.154*all - 0.02*n[0] - 0.24*n[2] - 0.62*n[3]) / n[1], 0.24, 0.62}
	near(t, "25-59", got.Derived.Adults2021, rate[1])
	least := (0.154*all - 0.03*(all-low)) / low
	near(t, "below bac", got.Derived.BelowBac, least)

	odds := func(p float64) float64 { return p / (1 - p) }
	factor := func(i int) float64 { return odds(least*below[i]+0.03*(1-below[i])) / odds(0.154) }
	// times finds by halving the factor of all odds that gives back the total.
	times := func(people func(k float64) float64) float64 {
		lo, hi := 0.01, 100.
		for range 200 {
			if k := math.Sqrt(lo * hi); people(k) < 0.154*all {
				lo = k
			} else {
				hi = k
			}
		}
		return lo
	}
	one := func(i int, k float64) (sum float64) {
		for b, r := range rate {
			o := odds(r) * factor(i) * k
			if i == 2 { // overseas, diploma alone
				o = odds(0.154) * factor(i) * k
			}
			sum += ages[i][b] * o / (1 + o)
		}
		return sum
	}
	k := times(func(k float64) float64 { return one(0, k) + one(1, k) + one(2, k) })
	for i := range number {
		near(t, "central", got.Central[i], one(i, k))
	}
	near(t, "ceiling", got.High[2], number[2]*(0.42*below[2]+0.03*(1-below[2])))

	// Former occupations: people of 15 or over by present occupation.
	jobs := [2][6]float64{{4, 5, 3, 10, 14, 16}, {0.5, 3, 12, 15, 15, 11}}
	old := [6]float64{0.51, 0.51, 0.10, 0.23, 0, 0.53}
	var mass [6]float64
	var workers, rest float64
	for j := range mass {
		mass[j] = 850*jobs[0][j] + 4100*jobs[1][j]
		workers += mass[j]
		rest += mass[j] * old[j]
	}
	old[4] = (0.36*workers - rest) / mass[4]
	near(t, "former employees", got.Derived.FormerEmployees, old[4])
	byJob := func(i int, k float64) (sum float64) {
		for b, r := range rate {
			o := odds(r) * k
			if i < 2 && b >= 2 {
				var s, w float64
				for j, v := range jobs[i] {
					s, w = s+v*old[j], w+v
				}
				o *= odds(s/w) / odds(0.36)
			}
			sum += ages[i][b] * o / (1 + o)
		}
		return sum
	}
	k = times(func(k float64) float64 { return byJob(0, k) + byJob(1, k) + byJob(2, k) })
	occupation := people(got, illectronisme.Variant{Basis: illectronisme.AgeOccupation, Year: 2021})
	for i := range number {
		near(t, "occupation", occupation[i], byJob(i, k))
	}
}

// Ages of 2017 stand in overseas only: elsewhere they are those of a commune that
// was merged or split since.
func TestPastAgesServeOverseasOnly(t *testing.T) {
	r := rates(t)
	c := few()
	c.Overseas[2] = false
	got, err := illectronisme.Estimate(r, c)
	if err != nil {
		t.Fatal(err)
	}
	if x := got.Low[2] + got.Central[2] + got.High[2] + got.Pop15[2]; !math.IsNaN(x) {
		t.Errorf("a commune without ages in 2022 has %v people concerned", got.Central[2])
	}
}

func people(r illectronisme.Result, v illectronisme.Variant) []float64 {
	for _, e := range r.Variants {
		if e.Variant == v {
			return e.People
		}
	}
	return nil
}

// A commune cut into two alike parts has the same people, and the order of communes
// changes nothing.
func TestPartsAddUp(t *testing.T) {
	r := rates(t)
	whole, err := illectronisme.Estimate(r, few())
	if err != nil {
		t.Fatal(err)
	}
	cut := few()
	cut.Residents[1] = 2000
	each(&cut, func(v *[]float64) { *v = append([]float64{(*v)[1]}, *v...) })
	cut.Residents[0] = 3000
	cut.Overseas, cut.Inside = append([]bool{false}, cut.Overseas...), append([]bool{false}, cut.Inside...)
	parts, err := illectronisme.Estimate(r, cut)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name        string
		whole, part []float64
	}{{"low", whole.Low, parts.Low}, {"central", whole.Central, parts.Central}, {"high", whole.High, parts.High}, {"15+", whole.Pop15, parts.Pop15}} {
		near(t, c.name+" of the commune that was cut", c.part[0]+c.part[2], c.whole[1])
		near(t, c.name+" of another", c.part[1], c.whole[0])
		near(t, c.name+" overseas", c.part[3], c.whole[2])
	}

	// A part that stands beside the whole has its own people and changes nobody else's.
	beside := few()
	each(&beside, func(v *[]float64) { *v = append(*v, (*v)[1]) })
	beside.Residents[4] = 1000
	beside.Overseas, beside.Inside = append(beside.Overseas, false), append(beside.Inside, true)
	both, err := illectronisme.Estimate(r, beside)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "a part beside its commune", both.Central[4], whole.Central[1]/5)
	for i := range 3 {
		near(t, "beside a part", both.Central[i], whole.Central[i])
	}
}

func each(c *illectronisme.Columns, do func(*[]float64)) {
	for _, v := range []*[]float64{&c.Residents, &c.Under15, &c.From15To24, &c.From60, &c.From65, &c.From75, &c.BelowBac,
		&c.Farmers, &c.Trades, &c.Managers, &c.Intermediate, &c.Employees, &c.Workers,
		&c.From15To64, &c.Past15To24, &c.Past65, &c.PastBelowBac} {
		do(v)
	}
}

func TestColumnsRefused(t *testing.T) {
	r := rates(t)
	short := few()
	short.Workers = short.Workers[:2]
	narrow := few()
	narrow.Inside = nil
	old := few() // nobody under 60: the national total cannot be had
	old.From60, old.From75 = []float64{77, 68, 0, 0}, []float64{70, 60, 0, 0}
	unknown := few()
	each(&unknown, func(v *[]float64) {
		for i := range *v {
			(*v)[i] = math.NaN()
		}
	})
	for _, c := range []struct {
		columns illectronisme.Columns
		want    string
	}{
		{short, "column Workers has 2 communes, Overseas has 4"},
		{narrow, "column Inside has 0 communes, Overseas has 4"},
		{old, "the ages given are not those of France"},
		{unknown, "the ages of no commune are known"},
	} {
		if _, err := illectronisme.Estimate(r, c.columns); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestRates(t *testing.T) {
	r := rates(t)
	if r.Surveys[0].From75 != (illectronisme.Rate{Share: 0.62, Year: 2021}) || r.Surveys[1].From60 != (illectronisme.Rate{Share: 0.27, Year: 2019}) ||
		r.FormerWorkers != (illectronisme.Rate{Share: 0.53, Year: 2021}) {
		t.Errorf("read %+v", r)
	}
	b, err := os.ReadFile(filepath.Join(dataDir, "published", "illectronisme.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{"geography,", "place,", `column "geography" is missing`},
		{"age 75+,62,%", "age 75+,,%", `"" % is not a percentage`},
		{"age 75+,62,%", "age 75+,620,%", `"620" % is not a percentage`},
		{"age 75+,62,%", "age 75+,62,people", `"62" people is not a percentage`},
		{"age 60-74,24", "age 75+,24", `"age 75+" is there twice`},
		{"age 60-74,24", "age 60-79,24", `"age 60-74" of France excl. Mayotte in 2021 is missing`},
		{"2021,retired,36,%,", "2021,retired,36,%,x,", `wrong number of fields`},
	} {
		bad := strings.Replace(string(b), c.old, c.new, 1)
		if bad == string(b) {
			t.Fatalf("the file has no %q", c.old)
		}
		if _, err := illectronisme.ReadRates(strings.NewReader(bad)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.new, err, c.want)
		}
	}
	if _, err := illectronisme.ReadRates(strings.NewReader("")); err == nil {
		t.Error("an empty file is read")
	}
}
