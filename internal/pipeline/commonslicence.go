package pipeline

import (
	"regexp"
	"strings"
)

// licenceNames are the odd or old names of licences found in the catalogues, as the
// SPDX list has them.
var licenceNames = map[string]string{
	"gpl v2.0": "GPL-2.0-only", "lgpl-v2.1": "LGPL-2.1-only", "agpl-3": "AGPL-3.0-only", "gpl-3": "GPL-3.0-only", "lgpl-3": "LGPL-3.0-only", "lgpl-2": "LGPL-2.0-only",
	"bsd-3.0": "BSD-3-Clause", "mpl 2.0": "MPL-2.0", "epl 1.0": "EPL-1.0", "cpa": "CPAL-1.0",
	"gpl-2.0": "GPL-2.0-only", "gpl-3.0": "GPL-3.0-only", "lgpl-2.0": "LGPL-2.0-only", "lgpl-2.1": "LGPL-2.1-only", "lgpl-3.0": "LGPL-3.0-only", "agpl-3.0": "AGPL-3.0-only",
	"gpl-2.0+": "GPL-2.0-or-later", "gpl-3.0+": "GPL-3.0-or-later",
	"n/a": "", "other": "",
}

var licenceList = regexp.MustCompile(`\s*(?:,|/| et )\s*`)

// licenceOf reads the licence that a catalogue states as an SPDX expression, and says
// whether more than letter case was changed. Several licences are held to apply all.
func licenceOf(cell string) (expression string, tidied bool) {
	if strings.EqualFold(cell, "n/a") {
		return "", false
	}
	names := licenceList.Split(cell, -1)
	for i, name := range names {
		if is, odd := licenceNames[strings.ToLower(name)]; odd {
			names[i] = is
		}
	}
	expression = strings.Join(names, " AND ")
	return expression, !strings.EqualFold(expression, cell)
}
