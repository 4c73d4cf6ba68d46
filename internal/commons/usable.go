package commons

import "github.com/github/go-spdx/v2/spdxexp"

// Answer is what a sheet says to a question.
type Answer string

// The answers. What is not said is not no.
const (
	Met    Answer = "met"
	NotMet Answer = "not_met"
	Unsaid Answer = "unsaid"
)

// Criterion is one condition for an entry to be usable outside the State. Its words
// are the catalogue keys commons.usable.NAME.
type Criterion struct {
	Name   string
	Answer Answer
	Fields []string // that say so
}

// Usable are the conditions for software or a service to be used by others than the
// State's own services, each with its answer; none for other kinds.
func Usable(k Kind, s Sheet) []Criterion {
	if k != Software && k != Service {
		return nil
	}
	said := func(field string) Answer { // there is one, or nobody said
		if s.Get(field) != "" {
			return Met
		}
		return Unsaid
	}
	out := []Criterion{{"licence", Unsaid, []string{"licence"}}}
	if l := s.Get("licence"); l != "" {
		out[0].Answer = NotMet
		if Free(l) {
			out[0].Answer = Met
		}
	}
	design := Criterion{"design", Unsaid, []string{"reserved_design"}}
	switch s.Get("reserved_design") {
	case "no":
		design.Answer = Met
	case "yes":
		design.Answer = NotMet
	}
	offered := Criterion{"offered", Unsaid, []string{"hosted_offers", "installable"}}
	switch {
	case s.Get("hosted_offers") != "" || s.Get("installable") == "yes":
		offered.Answer = Met
	case s.Get("installable") == "no":
		offered.Answer = NotMet
	}
	access := Criterion{"accessibility", Unsaid, []string{"accessibility", "accessibility_statement"}}
	if s.Get("accessibility") != "" || s.Get("accessibility_statement") != "" {
		access.Answer = Met // that it is stated is what is asked, not the level
	}
	return append(out, design, offered, Criterion{"documentation", said("documentation"), []string{"documentation"}}, access)
}

// free are the licences that let anyone use, study, change and share: those of the
// French administration's list (decree 2021-1559) and others alike, for software, and
// open licences for content and data.
var free = []string{
	"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "CECILL-B", "MIT", "MIT-0", "ISC", "Zlib", "BSL-1.0", "Unlicense", "PostgreSQL", "Python-2.0", "PSF-2.0", "Ruby", "PHP-3.01", "PHP-3.0", "W3C", "X11", "Artistic-2.0", "ECL-2.0", "NCSA", "UPL-1.0", "AFL-3.0",
	"AGPL-3.0-only", "AGPL-3.0-or-later", "AGPL-3.0", "CECILL-2.0", "CECILL-2.1", "CECILL-C", "EUPL-1.1", "EUPL-1.2", "EPL-1.0", "EPL-2.0", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-2.0", "GPL-3.0-only", "GPL-3.0-or-later", "GPL-3.0",
	"LGPL-2.0-only", "LGPL-2.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-2.1", "LGPL-3.0-only", "LGPL-3.0-or-later", "LGPL-3.0", "MPL-1.1", "MPL-2.0", "OSL-3.0", "CDDL-1.0", "CPL-1.0", "IPL-1.0", "LPPL-1.3c", "OFL-1.1", "Sleepycat", "QPL-1.0", "Vim",
	"etalab-2.0", "ODbL-1.0", "ODC-By-1.0", "PDDL-1.0", "CC0-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0",
}

// Free says whether an SPDX expression lets anyone use, study, change and share.
func Free(licence string) bool {
	ok, err := spdxexp.Satisfies(licence, free)
	return err == nil && ok
}
