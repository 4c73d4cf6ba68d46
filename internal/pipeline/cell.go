package pipeline

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// cellTypes are the types that a column of the manifest may have.
var cellTypes = []string{
	"text",        // any text
	"int",         // a whole number
	"decimal",     // a number with a decimal point
	"flag",        // 0 or 1
	"date",        // 2026-01-31
	"commune",     // INSEE code of 5 characters: 22113, 2A004
	"departement", // 01, 2A, 974
	"region",      // 53, 975
	"siren",       // 9 digits
	"postal",      // 5 digits
	"code",        // fits the pattern of the column
}

// list separates the values of a cell that holds several.
const list = "|"

// wrong says what is wrong with one value that is not empty, or "".
func (c *Column) wrong(v string) string {
	if !utf8.ValidString(v) {
		return "is not UTF-8"
	}
	if strings.TrimSpace(v) != v {
		return "begins or ends with a space"
	}
	switch c.Type {
	case "int":
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return "is not a whole number"
		}
		return c.outside(float64(n))
	case "decimal":
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return "is not a number with a decimal point"
		}
		return c.outside(n)
	case "flag":
		if v != "0" && v != "1" {
			return "is neither 0 nor 1"
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return "is not a date (YYYY-MM-DD)"
		}
	case "commune":
		if !isCommune(v) {
			return "is not an INSEE commune code (5 characters, as 22113 or 2A004)"
		}
	case "departement":
		if !(digits(v, 2) || digits(v, 3) || v == "2A" || v == "2B") {
			return "is not a département code (as 01, 2A or 974)"
		}
	case "region":
		if !(digits(v, 2) || digits(v, 3)) {
			return "is not a région code (2 digits, 3 for an overseas collectivity)"
		}
	case "siren":
		if !digits(v, 9) {
			return "is not a SIREN (9 digits)"
		}
	case "postal":
		if !digits(v, 5) {
			return "is not a postal code (5 digits)"
		}
	case "code":
		if !c.pattern.MatchString(v) {
			return "does not fit the pattern " + c.Pattern
		}
	}
	if c.Values != nil && !slices.Contains(c.Values, v) {
		return "is not one of " + strings.Join(c.Values, ", ")
	}
	return ""
}

func (c *Column) outside(n float64) string {
	if c.Min != nil && n < *c.Min {
		return "is below " + strconv.FormatFloat(*c.Min, 'f', -1, 64)
	}
	if c.Max != nil && n > *c.Max {
		return "is above " + strconv.FormatFloat(*c.Max, 'f', -1, 64)
	}
	return ""
}

func digits(v string, n int) bool {
	for i := range len(v) {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	return len(v) == n
}

func isCommune(v string) bool {
	if len(v) != 5 {
		return false
	}
	if v[:2] == "2A" || v[:2] == "2B" {
		return digits(v[2:], 3)
	}
	return digits(v, 5)
}
