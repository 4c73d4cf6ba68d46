package place

import (
	"reflect"
	"testing"

	"bassin/internal/i18n"
)

func localizers(t *testing.T) (fr, en *i18n.Localizer) {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.Localizer(i18n.FR), c.Localizer(i18n.EN)
}

func TestHours(t *testing.T) {
	for _, c := range []struct {
		text, canonical string
		ok, sound       bool
		minutes         int
	}{
		{"Mo 13:30 - 17:00; Tu 09:00 - 12:00 / 13:30 - 17:00", "Mo 13:30 - 17:00; Tu 09:00 - 12:00 / 13:30 - 17:00", true, true, 600},
		{"We 00:00 - 00:00 / 09:00 - 12:00", "We 09:00 - 12:00", true, true, 180},
		{"Mo 09:00 - 11:00 / 11:00 - 12:00", "Mo 09:00 - 12:00", true, true, 180},
		{"Mo 09:00 - 12:00 / 09:00 - 12:00", "Mo 09:00 - 12:00", true, true, 180},
		{"Su 00:00 - 24:00", "Su 00:00 - 24:00", true, true, 1440},
		{"Th 08:30 - 12:00 / 08:30 - 16:00", "Th 08:30 - 12:00 / 08:30 - 16:00", true, false, 0},
		{"Mo 12:00 - 09:00", "Mo 12:00 - 09:00", true, false, 0},
		{"Fr 00:00 - 00:00", "", false, true, 0},
		{"", "", false, true, 0},
		{"Tu 09:00 - 12:00; Mo 09:00 - 12:00", "", false, true, 0},
		{"Mo 09:00 - 12:00; Mo 14:00 - 17:00", "", false, true, 0},
		{"Mo 9:00 - 12:00", "", false, true, 0},
		{"Mo 09:00 - 24:01", "", false, true, 0},
		{"Mo 09:60 - 12:00", "", false, true, 0},
		{"sur rendez-vous", "", false, true, 0},
	} {
		w, ok := ParseHours(c.text)
		if ok != c.ok || w.String() != c.canonical || w.Sound() != c.sound || c.sound && w.Minutes() != c.minutes {
			t.Errorf("%q: %q, %v, sound %v, %d minutes; want %q, %v, %v, %d", c.text, w, ok, w.Sound(), w.Minutes(), c.canonical, c.ok, c.sound, c.minutes)
		}
	}
}

func TestHoursInWords(t *testing.T) {
	fr, en := localizers(t)
	w, _ := ParseHours("Mo 09:00 - 12:00 / 13:30 - 17:00; Tu 09:00 - 12:00 / 13:30 - 17:00; We 09:00 - 12:00 / 13:30 - 17:00; Th 08:05 - 12:00; Fr 08:05 - 12:00; Su 10:00 - 11:00")
	for _, c := range []struct {
		l    *i18n.Localizer
		want []Line
	}{
		{fr, []Line{{"lundi à mercredi", "9\u00a0h\u00a0– 12\u00a0h, 13\u00a0h\u00a030\u00a0– 17\u00a0h"}, {"jeudi et vendredi", "8\u00a0h\u00a005\u00a0– 12\u00a0h"}, {"dimanche", "10\u00a0h\u00a0– 11\u00a0h"}}},
		{en, []Line{{"Monday to Wednesday", "9:00–12:00, 13:30–17:00"}, {"Thursday and Friday", "8:05–12:00"}, {"Sunday", "10:00–11:00"}}},
	} {
		if got := w.Lines(c.l); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q\nwant %q", c.l.Lang(), got, c.want)
		}
	}
}

func FuzzParseHours(f *testing.F) {
	f.Add("Mo 13:30 - 17:00; Tu 09:00 - 12:00 / 13:30 - 17:00")
	f.Add("We 00:00 - 00:00 / 09:00 - 12:00 / 12:00 - 13:00; Su 00:00 - 24:00")
	f.Add("Th 08:30 - 12:00 / 08:30 - 16:00")
	f.Fuzz(func(t *testing.T, text string) {
		w, ok := ParseHours(text)
		if !ok {
			return
		}
		again, ok := ParseHours(w.String())
		if !ok || !reflect.DeepEqual(again, w) {
			t.Errorf("%q is %v, written %q, read again %v", text, w, w.String(), again)
		}
		if n := w.Minutes(); w.Sound() && (n <= 0 || n > 7*24*60) {
			t.Errorf("%q: %d minutes a week", text, n)
		}
	})
}
