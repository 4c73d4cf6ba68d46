package atlasweb

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// says looks for sentences in the main part of a page, whatever their spaces.
func says(t *testing.T, v *visitor, address string, yes, no []string) {
	t.Helper()
	text := spaced(seen(v.get(address, http.StatusOK).Find("main")))
	for _, s := range yes {
		if !strings.Contains(text, spaced(s)) {
			t.Errorf("%s does not say %q", address, s)
		}
	}
	for _, s := range no {
		if strings.Contains(text, spaced(s)) {
			t.Errorf("%s says %q", address, s)
		}
	}
}

// The list of priority districts reaches some collectivities: it is not hidden
// with the programmes that do not.
func TestDistrictsOfOverseasCollectivitiesAreShown(t *testing.T) {
	v := newVisitor(t)
	for _, address := range []string{"/commune/98735", "/commune/97801", "/dep/987", "/en/commune/97801"} {
		d := v.get(address, http.StatusOK)
		if d.Find(`#programmes a[href*="/qpv/QN9"]`).Length() == 0 {
			t.Errorf("%s shows no priority district", address)
		}
	}
	says(t, v, "/commune/97502", []string{"Les programmes suivis ici ne sont pas renseignés"}, []string{"quartiers prioritaires (liste"})
}

func TestOneMemberIsCountedInTheSingular(t *testing.T) {
	v := newVisitor(t)
	for _, address := range []string{"/dep/22?unite=bv", "/reg/53?unite=bv", "/en/reg/53?unite=bv", "/dep/22?unite=epci"} {
		says(t, v, address, []string{", 1 commune "}, []string{" 1 communes", " 1 habitants", " 1 inhabitants", " 1 quartiers"})
	}
}

func TestOldCodesOfCollectivitiesLeadToThem(t *testing.T) {
	v := newVisitor(t)
	for old, today := range map[string]string{"97123": "97701", "97127": "97801"} {
		w := v.do(httptest.NewRequest(http.MethodGet, "/commune/"+old, nil))
		if got := w.Header().Get("Location"); w.Code != http.StatusMovedPermanently || got != "/commune/"+today+"?depuis="+old {
			t.Errorf("/commune/%s: %d %s", old, w.Code, got)
		}
		says(t, v, "/commune/"+today+"?depuis="+old, []string{"23 février 2007", old}, []string{"n’est pas suivie"})
	}
}
