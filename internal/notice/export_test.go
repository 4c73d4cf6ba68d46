package notice

import (
	"testing"

	"bassin/internal/i18n"
)

// What tests on a real database, which live outside this package, use of its own.
var (
	Golden  = golden
	LetterS = letters
	Zoe     = zoe
)

const Listed = listed

// Words is the catalogue of the program.
func Words(t *testing.T) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}
