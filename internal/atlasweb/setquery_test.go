package atlasweb

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestASetCanBeAskedByItsListOfCommunes(t *testing.T) {
	v := newVisitor(t)
	for path, want := range map[string]string{
		"/set?communes=22113,22278":    "/set/22113%2C22278",
		"/en/set?communes=22113~22278": "/en/set/22113~22278",
	} {
		w := v.do(httptest.NewRequest(http.MethodGet, path, nil))
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != want {
			t.Errorf("%s: %d to %q, want %q", path, w.Code, got, want)
		}
	}
	if w := v.do(httptest.NewRequest(http.MethodGet, "/set", nil)); w.Code != http.StatusBadRequest {
		t.Errorf("/set without communes: %d", w.Code)
	}
}
