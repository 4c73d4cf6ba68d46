package observatoryweb

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bassin/internal/atlas"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/observatory"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

func documentOf(t testing.TB, lang i18n.Lang, id string) Document {
	t.Helper()
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := realdata.Snapshot(t)
	of, err := s.France.Resolve(id, nil)
	if err != nil {
		t.Fatal(err)
	}
	service := observatory.Service{Unit: atlas.Unit}
	c, err := NewDocument(catalog.Localizer(lang), service.Of(s), of)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// diagnosed are territories of every kind, with and without figures.
var diagnosed = []string{"bv:22113", "22113", "2A004", "arm:75101", "dep:22", "bv:97611", "98735", "pays:FR", "22113,bv:22266~commune:22146"}

func TestDocumentsAreWhole(t *testing.T) {
	industry := realdata.Snapshot(t).France.Level(territory.TerritoireIndustrie)[0].ID.String()
	for _, id := range append(diagnosed, industry) {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
			c := documentOf(t, lang, id)
			var md, js, sheet bytes.Buffer
			if err := errors.Join(c.WriteMarkdown(&md), c.WriteJSON(&js), c.WriteCSV(&sheet)); err != nil {
				t.Fatalf("%s: %v", id, err)
			}
			for _, text := range []string{md.String(), js.String(), sheet.String()} {
				for _, bad := range []string{"⟦", "NaN", "+Inf", "%!"} {
					if i := strings.Index(text, bad); i >= 0 {
						t.Errorf("%s, %s: %q in %q", id, lang, bad, text[max(0, i-60):min(len(text), i+40)])
					}
				}
			}
			if !json.Valid(js.Bytes()) {
				t.Errorf("%s: not JSON", id)
			}
			for _, sentence := range c.d.answer(c.x) {
				if !strings.Contains(md.String(), plain(sentence)) {
					t.Errorf("%s, %s: the text lacks %q", id, lang, sentence)
				}
			}
			for i := range c.x.Figures {
				if f := &c.x.Figures[i]; !strings.Contains(md.String(), plain(c.d.sentence(f))) {
					t.Errorf("%s, %s: the text lacks %q", id, lang, c.d.sentence(f))
				}
			}
		}
	}
}

// The data holds the engine's figures, and the table those of the data.
func TestDocumentFigures(t *testing.T) {
	for _, id := range []string{"bv:22113", "bv:97611", "dep:22"} {
		c := documentOf(t, i18n.EN, id)
		var b bytes.Buffer
		if err := c.WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		var got documentJSON
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		panel := realdata.Snapshot(t).Panel
		if len(got.Figures)+len(got.Missing) != len(observatory.Twelve) {
			t.Errorf("%s: %d figures and %d missing", id, len(got.Figures), len(got.Missing))
		}
		for _, f := range slices.Concat(got.Figures, got.Networks) {
			d, _ := panel.Definition(f.Key)
			if v := panel.Latest(c.x.Territory, d); f.Value == nil || *f.Value != v.Value || f.Coverage != v.Coverage {
				t.Errorf("%s, %s: %v is not %v", id, f.Key, f.Value, v.Value)
			}
			if s := f.Standing; s != nil && (s.Below+s.Above > s.Compared || s.Peers == "") {
				t.Errorf("%s, %s: %+v", id, f.Key, s)
			}
		}
		b.Reset()
		if err := c.WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		missing := 0
		for _, r := range rows[1:] {
			switch r[1] {
			case "missing":
				if missing++; r[5] != "" || r[22] == "" {
					t.Errorf("%s: what is missing has a value or no reason: %q", id, r)
				}
			case "figures", "networks":
				i := slices.IndexFunc(slices.Concat(got.Figures, got.Networks), func(f figureJSON) bool { return f.Key == r[2] })
				f := slices.Concat(got.Figures, got.Networks)[i]
				if x, err := strconv.ParseFloat(r[5], 64); err != nil || x != *f.Value {
					t.Errorf("%s, %s: %q is not %v", id, f.Key, r[5], *f.Value)
				}
			}
			for _, cell := range r {
				if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
					t.Errorf("%s: a spreadsheet would run %q", id, cell)
				}
			}
		}
		if missing != len(got.Missing) {
			t.Errorf("%s: %d rows for what is missing, %d in the data", id, missing, len(got.Missing))
		}
	}
	if c := documentOf(t, i18n.EN, "bv:97611"); c.x.Concerned != nil || len(c.x.Missing) == 0 {
		t.Errorf("Mayotte has an estimate or every figure: %+v", c.x.Missing)
	}
}

func TestDistrictsHaveNoDiagnosis(t *testing.T) {
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := realdata.Snapshot(t)
	service := observatory.Service{Unit: atlas.Unit}
	_, err = NewDocument(catalog.Localizer(i18n.FR), service.Of(s), s.France.Level(territory.QPV)[0])
	if e, ok := errors.AsType[*fault.Error](err); !ok || e.Code != fault.Invalid || !catalog.Localizer(i18n.FR).Has(e.Key) {
		t.Errorf("%v", err)
	}
}

func TestPlainIsNotMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"Lannion": "Lannion", "a|b": `a\|b`, "<script>": "&lt;script&gt;", "*x* _y_": `\*x\* \_y\_`, "[a](b)": `\[a\](b)`, "a\nb": "a b", `\`: `\\`, "# t": `\# t`,
	} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q) = %q, want %q", in, got, want)
		}
	}
}

// A divided commune says how its quarters differ, an arrondissement too; a commune
// that is not divided says nothing.
func TestQuartersAreSaid(t *testing.T) {
	for id, want := range map[string]string{
		"22113":     "Entre ses 8 quartiers (IRIS)\u00a0: de 6,1\u202f% à 15,3\u202f% (premier et neuvième déciles, pondérés).",
		"arm:75118": "Entre ses 75 quartiers (IRIS)\u00a0: de 3,2\u202f% à 9,9\u202f% (premier et neuvième déciles, pondérés).",
		"22146":     "",
	} {
		c := documentOf(t, i18n.FR, id)
		i := slices.IndexFunc(c.x.Figures, func(f observatory.Figure) bool { return f.Definition.Key == "age_75" })
		if i < 0 {
			t.Fatalf("%s: no age", id)
		}
		if got := c.d.spread(&c.x.Figures[i]); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}
