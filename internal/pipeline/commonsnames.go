package pipeline

import (
	"regexp"
	"strings"

	"bassin/internal/search"
)

// letters is a name without accents, case, spaces and signs: "7-Zip" is "7zip".
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '+', r == '#':
			return r
		}
		return -1
	}, search.Fold(name))
}

var (
	brackets = regexp.MustCompile(`\s*\([^)]*\)`)
	// What publishers put before or after the name of the same software. "Online",
	// "Server", "plugin" or "kernel" say that it is another, and stay.
	vendor  = regexp.MustCompile(`(?i)^(apache|mozilla|gnu)\s+`)
	edition = regexp.MustCompile(`(?i)[\s-]+(community edition|community|ce|open source|core|ide|bt|desktop)$`)
)

// bare is a name without what says nothing of which software it is.
func bare(name string) string {
	name = brackets.ReplaceAllString(name, "")
	name = vendor.ReplaceAllString(name, "")
	return letters(edition.ReplaceAllString(name, ""))
}

// fewest is how many letters a bare name needs to be matched.
const fewest = 4

// sameSoftware are rows of the support contract whose name alone does not lead to the entry
// that they are, judged one by one.
var sameSoftware = map[string]string{
	"83": "sill-10", "171": "sill-17", "173": "sill-111", "175": "sill-148", "176": "sill-55", "177": "sill-102", "181": "sill-49",
	"79": "sill-43", "148": "sill-187", "165": "sill-101", "166": "sill-4", "167": "sill-4", "168": "sill-4", "211": "sill-139",
	"265": "sill-8", "342": "sill-133", "179": "sill-123", "346": "sill-62", "479": "sill-79", "502": "sill-39", "519": "sill-144",
	"446": "support-319", "497": "support-246", "322": "support-233",
}

// apartSoftware are rows of the support contract whose name is that of something else: plug-ins
// of Maven, an agent and not the plug-in of GLPI, two things called Metrics.
var apartSoftware = map[string]bool{"169": true, "339": true, "450": true}

// mavenFrom and mavenTo bound the rows that are plug-ins of Maven, after "Maven et plugins".
const mavenFrom, mavenTo = 268, 310
