package observatoryweb

import (
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/snapshot"
	"bassin/internal/web"
)

// api is an address of the API, asked in the reader's language.
func api(l *i18n.Localizer, path string) string {
	if l.Lang() == i18n.FR {
		return path
	}
	joint := "?"
	if strings.Contains(path, "?") {
		joint = "&"
	}
	return path + joint + "lang=" + string(l.Lang())
}

// sourcesOf are the published files that an indicator is made of.
func sourcesOf(l *i18n.Localizer, s *snapshot.Snapshot, d *indicator.Definition) []web.Source {
	var out []web.Source
	for _, key := range d.Sources {
		if f, ok := s.Manifest.Source(key); ok {
			out = append(out, web.SourceOf(l.Lang(), f))
		}
	}
	return out
}
