package people

import (
	"slices"
	"strconv"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/table"
	"bassin/internal/territory"
)

// OrganisationColumns are the columns of a table of organisations: those of the fields,
// and what an export tells besides, which an import reads to know what is there already.
var OrganisationColumns = func() []string {
	out := append([]string{"id"}, OrganisationFields...)
	return append(slices.Insert(out, slices.Index(out, "commune")+1, "commune_name"), "vintage")
}()

// OrganisationHead are the columns as an export names them.
func OrganisationHead(l *i18n.Localizer, columns []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = l.T("organisation.field." + c)
	}
	return out
}

// Row is an organisation as a row of a table; an import reads it back.
func (o *Organisation) Row(f *territory.France, columns []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		switch c {
		case "id":
			out[i] = o.ID
		case "commune_name":
			if n, ok := f.CommuneNumber(o.Commune); ok {
				out[i] = f.Commune(n).Name
			}
		case "vintage":
			out[i] = strconv.Itoa(o.Vintage)
		default:
			out[i] = o.Get(c)
		}
		out[i] = table.Harmless(out[i])
	}
	return out
}

// tableWords are what a table may call columns, kinds and states: by their keys, or in
// words of any language.
type tableWords struct {
	columns map[string]string
	kinds   map[string]OrganisationKind
	states  map[string]OrganisationState
}

func plainWords(s string) string { return strings.Join(Fold(s), " ") }

func wordsOf(langs []*i18n.Localizer) tableWords {
	w := tableWords{map[string]string{}, map[string]OrganisationKind{}, map[string]OrganisationState{}}
	for _, c := range OrganisationColumns {
		w.columns[plainWords(c)] = c
		for _, l := range langs {
			w.columns[plainWords(l.T("organisation.field."+c))] = c
		}
	}
	for _, k := range OrganisationKinds {
		w.kinds[plainWords(string(k))] = k
		for _, l := range langs {
			w.kinds[plainWords(l.T("organisation.kind."+string(k)))] = k
		}
	}
	for _, s := range []OrganisationState{OrganisationActive, OrganisationClosed} {
		w.states[plainWords(string(s))] = s
		for _, l := range langs {
			w.states[plainWords(l.T("organisation.state."+string(s)))] = s
		}
	}
	return w
}
