package geo

import (
	"net/http"
	"strconv"

	"bassin/internal/i18n"
)

// failures are the bodies of refusals, in the form of the State's definition.
type failures map[int][]byte

func newFailures(l *i18n.Localizer) failures {
	out := failures{}
	for status, key := range map[int]string{
		http.StatusBadRequest:         "api.geo.error.400",
		http.StatusNotFound:           "api.geo.error.404",
		http.StatusMethodNotAllowed:   "api.geo.error.405",
		http.StatusServiceUnavailable: "api.geo.error.503",
	} {
		b := append([]byte(`{"code":`), strconv.Itoa(status)...)
		b = append(b, `,"message":`...)
		b = appendString(b, http.StatusText(status))
		b = append(b, `,"description":`...)
		out[status] = append(appendString(b, l.T(key)), '}')
	}
	return out
}
