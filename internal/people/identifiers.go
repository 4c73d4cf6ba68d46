package people

import (
	"strings"
	"unicode"

	"bassin/internal/fault"
)

// laPoste is the SIREN of La Poste, whose establishments are too many for Luhn's key.
const laPoste = "356000000"

// ParseSIREN reads the nine digits that number a legal unit in Sirene, pasted
// with spaces, dots or non-breaking spaces. The last digit is Luhn's key over the
// whole (décret 73-314, ISO/IEC 7812-1 annex B). "" is no number and no error.
func ParseSIREN(s string) (string, error) {
	n := compact(s)
	switch {
	case n == "":
		return "", nil
	case !digits(n, 9), n == "000000000":
		return "", fault.New(fault.Invalid, "organisation.siren.form").In("siren")
	case !luhn(n):
		return "", fault.New(fault.Invalid, "organisation.siren.key", FormatNumber(n)).In("siren")
	}
	return n, nil
}

// ParseSIRET reads the fourteen digits that number an establishment: the SIREN of
// its unit and five digits, under Luhn's key over the whole. Those of La Poste
// don't follow it, its head office aside: the sum of their digits is a multiple
// of five (Insee, Sirene, "Définition du numéro Siret").
func ParseSIRET(s string) (string, error) {
	n := compact(s)
	switch {
	case n == "":
		return "", nil
	case !digits(n, 14), n[:9] == "000000000":
		return "", fault.New(fault.Invalid, "organisation.siret.form").In("siret")
	case !luhn(n[:9]):
		return "", fault.New(fault.Invalid, "organisation.siret.siren", FormatNumber(n[:9])).In("siret")
	case !luhn(n) && !(n[:9] == laPoste && sum(n)%5 == 0):
		return "", fault.New(fault.Invalid, "organisation.siret.key", FormatNumber(n)).In("siret")
	}
	return n, nil
}

// ParseRNA reads the number of an association in the national register: W, three
// characters for the office that registered it (751, 2A1, 9R1) and six digits.
// Associations of Bas-Rhin, Haut-Rhin and Moselle have none: they are in the
// register of their court.
func ParseRNA(s string) (string, error) {
	n := strings.ToUpper(compact(s))
	if n == "" {
		return "", nil
	}
	if len(n) != 10 || n[0] != 'W' || !digits(n[1:2], 1) || !(digits(n[2:3], 1) || 'A' <= n[2] && n[2] <= 'Z') || !digits(n[3:], 7) {
		return "", fault.New(fault.Invalid, "organisation.rna.form").In("rna")
	}
	return n, nil
}

// FormatNumber writes a SIREN or a SIRET in groups, as people read them out:
// 356 000 000 00048. Anything else stays as it is.
func FormatNumber(n string) string {
	const thin = "\u202f"
	switch {
	case digits(n, 9):
		return n[:3] + thin + n[3:6] + thin + n[6:]
	case digits(n, 14):
		return FormatNumber(n[:9]) + thin + n[9:]
	}
	return n
}

// compact takes out of a pasted number what people and spreadsheets put between
// its digits, and the sign that keeps a spreadsheet from reading it as a number.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Pd, unicode.Zs) || strings.ContainsRune(".,_'’", r) {
			return -1
		}
		return r
	}, s)
}

func digits(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// luhn says whether digits end with their key: every second one from the right
// counts double, less nine if that is over nine, and the sum is a multiple of ten.
func luhn(s string) bool {
	total := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		total += d
	}
	return total%10 == 0
}

func sum(s string) (total int) {
	for i := range len(s) {
		total += int(s[i] - '0')
	}
	return total
}
