package i18n

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestFormats(t *testing.T) {
	c := load(t)
	fr, en := c.Localizer(FR), c.Localizer(EN)
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range []struct{ got, want string }{
		{fr.Number(0), "0"}, {fr.Number(999), "999"}, {fr.Number(1000), "1\u202f000"}, {fr.Number(68_143_000), "68\u202f143\u202f000"}, {fr.Number(-12345), "−12\u202f345"},
		{fr.Number(math.MinInt64), "−9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f808"},
		{en.Number(1234567), "1,234,567"}, {en.Number(-1), "−1"},
		{fr.Decimal(12.345, 1), "12,3"}, {fr.Decimal(1234.5, 1), "1\u202f234,5"}, {fr.Decimal(-0.04, 1), "0,0"}, {fr.Decimal(-0.05, 1), "−0,1"}, {fr.Decimal(math.NaN(), 1), "–"},
		{en.Decimal(12.25, 1), "12.3"}, {en.Decimal(2.5, 0), "3"},
		{fr.Percent(.123, 1), "12,3\u202f%"}, {en.Percent(.123, 1), "12.3%"},
		{fr.Share(.5), "50\u202f%"}, {fr.Share(.0734), "7,3\u202f%"}, {fr.Share(.0001), "moins de 0,1\u202f%"}, {fr.Share(.99999), "plus de 99,9\u202f%"}, {fr.Share(.996), "99,6\u202f%"}, {fr.Share(1), "100\u202f%"}, {fr.Share(0), "0\u202f%"}, {fr.Share(.0996), "10\u202f%"},
		{en.Share(.0001), "under 0.1%"},
		{fr.Change(.032, 1), "+3,2\u202f%"}, {fr.Change(-.059, 1), "−5,9\u202f%"}, {fr.Change(.0001, 1), "0,0\u202f%"}, {fr.Change(-.0001, 1), "0,0\u202f%"}, {en.Change(-.5, 0), "−50%"},
		{fr.Signed(120), "+120"}, {fr.Signed(-35), "−35"}, {fr.Signed(0), "0"},
		{fr.Unit("12", "km"), "12\u00a0km"}, {fr.Unit("12", "habitants par km²"), "12\u00a0habitants\u00a0par\u00a0km²"},
		{fr.Date(day("2016-01-01")), "1er janvier 2016"}, {fr.Date(day("2024-12-31")), "31 décembre 2024"}, {fr.Date(day("2024-08-15")), "15 août 2024"},
		{en.Date(day("2016-01-01")), "1 January 2016"},
		{fr.Day("2019-02-28"), "28 février 2019"}, {fr.Day("vers 1943"), "vers 1943"},
		{fr.Ordinal(1), "1er"}, {fr.Ordinal(2), "2e"}, {fr.Ordinal(1707), "1\u202f707e"},
		{en.Ordinal(1), "1st"}, {en.Ordinal(2), "2nd"}, {en.Ordinal(3), "3rd"}, {en.Ordinal(11), "11th"}, {en.Ordinal(112), "112th"}, {en.Ordinal(121), "121st"},
		{fr.List(nil), ""}, {fr.List([]string{"a"}), "a"}, {fr.List([]string{"a", "b"}), "a et b"}, {fr.List([]string{"a", "b", "c"}), "a, b et c"}, {en.List([]string{"a", "b", "c"}), "a, b and c"},
		{fr.Bytes(12), "12\u00a0octets"}, {fr.Bytes(12_300), "12\u00a0Ko"}, {fr.Bytes(3_400_000), "3,4\u00a0Mo"}, {en.Bytes(45_000_000), "45\u00a0MB"}, {fr.Bytes(999_900), "1,0\u00a0Mo"},
		{Upper("île"), "Île"}, {Upper(""), ""},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

// Whatever the number, its digits survive and groups have three of them.
func TestNumberKeepsDigits(t *testing.T) {
	c := load(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		n := int(r.Int64() >> r.IntN(63))
		if r.IntN(2) == 0 {
			n = -n
		}
		for _, lang := range c.Langs() {
			l := c.Localizer(lang)
			s := l.Number(n)
			plain := strings.ReplaceAll(strings.ReplaceAll(s, l.format.group, ""), minus, "-")
			if plain != strconv.Itoa(n) {
				t.Fatalf("%s: %d is written %q", lang, n, s)
			}
			for i, g := range strings.Split(strings.TrimPrefix(s, minus), l.format.group) {
				if i > 0 && len(g) != 3 || len(g) > 3 {
					t.Fatalf("%s: %d has a group %q", lang, n, g)
				}
			}
		}
	}
}

// A decimal read back is within half of its last digit.
func TestDecimalRounds(t *testing.T) {
	l := load(t).Localizer(FR)
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		x := (r.Float64() - .5) * math.Pow10(r.IntN(9))
		d := r.IntN(4)
		s := strings.NewReplacer("\u202f", "", ",", ".", minus, "-").Replace(l.Decimal(x, d))
		back, err := strconv.ParseFloat(s, 64)
		if err != nil || math.Abs(back-x) > .5000001*math.Pow10(-d) {
			t.Fatalf("%v with %d decimals is written %q (%v)", x, d, l.Decimal(x, d), err)
		}
	}
}
