package people_test

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/realdata"
)

func TestParseNumbers(t *testing.T) {
	for _, c := range []struct {
		parse     func(string) (string, error)
		typed, to string
		wrong     string // key of the refusal
	}{
		{people.ParseSIREN, "", "", ""},
		{people.ParseSIREN, " \u00a0", "", ""},
		{people.ParseSIREN, "212202667", "212202667", ""},                         // commune de Rostrenen
		{people.ParseSIREN, "200 067 981", "200067981", ""},                       // Guingamp-Paimpol
		{people.ParseSIREN, "200\u00a0067\u202f981", "200067981", ""},             // as pages write it
		{people.ParseSIREN, "200.067-981", "200067981", ""},                       // as letterheads do
		{people.ParseSIREN, "'200067981", "200067981", ""},                        // as spreadsheets do
		{people.ParseSIREN, "\u200e187609110", "187609110", ""},                   // as a published list has it: GIP Seine-Aval
		{people.ParseSIREN, "356000000", "356000000", ""},                         // La Poste
		{people.ParseSIREN, "000 000 000", "", "organisation.siren.form"},         // has Luhn's key
		{people.ParseSIREN, "212202668", "", "organisation.siren.key"},            // one digit wrong
		{people.ParseSIREN, "21220266", "", "organisation.siren.form"},            // one missing
		{people.ParseSIREN, "21220266O", "", "organisation.siren.form"},           // a letter
		{people.ParseSIREN, "21220266700011", "", "organisation.siren.form"},      // a SIRET
		{people.ParseSIREN, "FR12212202667", "", "organisation.siren.form"},       // a VAT number
		{people.ParseSIREN, "٢١٢٢٠٢٦٦٧", "", "organisation.siren.form"},           // other digits
		{people.ParseSIRET, "44315772200010", "44315772200010", ""},               // Interjeunes, Ambérieu
		{people.ParseSIRET, "443 157 722 00010", "44315772200010", ""},            //
		{people.ParseSIRET, "35600000000048", "35600000000048", ""},               // La Poste, head office: Luhn, sum 26
		{people.ParseSIRET, "35600000057144", "35600000057144", ""},               // La Poste, an office: sum 35, no Luhn
		{people.ParseSIRET, "35600000057145", "", "organisation.siret.key"},       // neither
		{people.ParseSIRET, "44315772200012", "", "organisation.siret.key"},       //
		{people.ParseSIRET, "24974007700049", "", "organisation.siret.key"},       // a published list has it
		{people.ParseSIRET, "26760100000000", "", "organisation.siret.siren"},     // rounded by a spreadsheet, published
		{people.ParseSIRET, "2,1220266700013E+13", "", "organisation.siret.form"}, //
		{people.ParseSIRET, "443157722", "", "organisation.siret.form"},           //
		{people.ParseRNA, "", "", ""},
		{people.ParseRNA, "w751 234 567", "W751234567", ""},
		{people.ParseRNA, "W9R1011072", "W9R1011072", ""}, // La Réunion
		{people.ParseRNA, "W2A1000123", "W2A1000123", ""},
		{people.ParseRNA, "751234567", "", "organisation.rna.form"},
		{people.ParseRNA, "W75123456", "", "organisation.rna.form"},
		{people.ParseRNA, "WABC123456", "", "organisation.rna.form"},
	} {
		got, err := c.parse(c.typed)
		if c.wrong != "" {
			e, ok := errors.AsType[*fault.Error](err)
			if !ok || e.Key != c.wrong || e.Code != fault.Invalid || e.Field == "" || got != "" {
				t.Errorf("%q: %q, %v, want %s", c.typed, got, err, c.wrong)
			}
			continue
		}
		if err != nil || got != c.to {
			t.Errorf("%q: %q, %v, want %q", c.typed, got, err, c.to)
		}
	}
}

// Luhn's key finds any digit mistyped, and any two neighbours exchanged but 0 and 9.
func TestOneMistakeIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n := make([]byte, 9)
		for i := range n {
			n[i] = '0' + byte(r.IntN(10))
		}
		for n[8] = '0'; !valid(string(n)); n[8]++ {
		}
		for i := range n {
			wrong := []byte(string(n))
			for wrong[i] = '0'; wrong[i] <= '9'; wrong[i]++ {
				if _, err := people.ParseSIREN(string(wrong)); (err == nil) != (wrong[i] == n[i]) {
					t.Fatalf("%s, digit %d made %c: %v", n, i, wrong[i], err)
				}
			}
			if i == 0 || n[i] == n[i-1] || n[i]+n[i-1] == '0'+'9' && (n[i] == '0' || n[i] == '9') {
				continue
			}
			swapped := []byte(string(n))
			swapped[i], swapped[i-1] = n[i-1], n[i]
			if _, err := people.ParseSIREN(string(swapped)); err == nil {
				t.Fatalf("%s with digits %d and %d exchanged passes", n, i-1, i)
			}
		}
	}
}

// A number comes through however it is grouped.
func TestPastedFormsAreOneNumber(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	between := []string{"", " ", "\u00a0", "\u202f", ".", "-", "\t", "\u200b", "\n"}
	for range 500 {
		var typed strings.Builder
		for _, d := range "35600000057144" {
			typed.WriteString(between[r.IntN(len(between))])
			typed.WriteRune(d)
		}
		if got, err := people.ParseSIRET(typed.String()); err != nil || got != "35600000057144" {
			t.Fatalf("%q: %q, %v", typed.String(), got, err)
		}
	}
	if got := people.FormatNumber("35600000057144"); got != "356\u202f000\u202f000\u202f57144" {
		t.Errorf("written as %q", got)
	}
}

// All numbers that lists of the project's data publish, and how many are refused.
func TestPublishedNumbers(t *testing.T) {
	for _, c := range []struct {
		file, column         string
		parse                func(string) (string, error)
		numbers, key, others int // all; refused for their key; refused otherwise
	}{
		{"territory/communes-2026.csv.gz", "siren", people.ParseSIREN, 34875, 0, 0},
		{"territory/communes-2026.csv.gz", "epci", people.ParseSIREN, 34871, 0, 0},
		{"places/conseillers-numeriques-structures-2022.csv.gz", "siret", people.ParseSIRET, 1445, 0, 2},
		// 105 of La Poste pass; of the refused, most are of the right unit and mistyped
		// in the number of the establishment.
		{"places/aidants-connect-structures-2023.csv.gz", "siret", people.ParseSIRET, 3303, 13, 1},
		// 191 of La Poste pass; nearly all that are otherwise wrong are of one town's
		// list, rounded by a spreadsheet (26760100000000): their SIREN is none, though
		// a few have Luhn's key over the whole.
		{"odbl/mediation-places-2019-2024.csv.gz", "siret", people.ParseSIRET, 3364, 10, 80},
	} {
		numbers, key, others := 0, 0, 0
		for _, n := range column(t, c.file, c.column) {
			if n == "" {
				continue
			}
			numbers++
			switch _, err := c.parse(n); {
			case err == nil:
			case strings.HasSuffix(err.Error(), ".key") || strings.Contains(err.Error(), ".key "):
				key++
			default:
				others++
			}
		}
		if numbers != c.numbers || key != c.key || others != c.others {
			t.Errorf("%s, %s: %d numbers, %d without key, %d otherwise wrong; want %d, %d, %d", c.file, c.column, numbers, key, others, c.numbers, c.key, c.others)
		}
	}
}

// column reads one column of a file of the project's data.
func column(t *testing.T, file, name string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join(realdata.Data(), file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i, c := range rows[0] {
		if c == name {
			for _, r := range rows[1:] {
				out = append(out, r[i])
			}
		}
	}
	return out
}

// Whatever is typed is a number in its one form, or is refused; what is taken is
// taken again as it is.
func FuzzParseNumbers(f *testing.F) {
	for _, s := range []string{"", "212 202 667", "35600000057144", "W9R1011072", "2,12E+08", "\xff", "\u0661", "000000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for length, parse := range map[int]func(string) (string, error){9: people.ParseSIREN, 14: people.ParseSIRET, 10: people.ParseRNA} {
			n, err := parse(s)
			if err != nil || n == "" {
				continue
			}
			again, err := parse(people.FormatNumber(n))
			if len(n) != length || err != nil || again != n {
				t.Errorf("%q is %q, then %q, %v", s, n, again, err)
			}
		}
	})
}

// valid says whether digits are a SIREN.
func valid(siren string) bool {
	_, err := people.ParseSIREN(siren)
	return err == nil
}
