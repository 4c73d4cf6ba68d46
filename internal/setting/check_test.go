package setting

import (
	"errors"
	"strings"
	"testing"

	"bassin/internal/fault"
)

// fieldsOf are the fields at fault.
func fieldsOf(t *testing.T, wrong []error) string {
	t.Helper()
	var names []string
	for _, err := range wrong {
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || e.Code != fault.Invalid || e.Field == "" {
			t.Fatalf("%v names no field", err)
		}
		names = append(names, e.Field)
	}
	return strings.Join(names, " ")
}

func TestSitesAreChecked(t *testing.T) {
	for _, c := range []struct {
		site Site
		want string
	}{
		{Site{}, ""},
		{Site{Name: "Bassin du Trégor", BaseURL: "https://bassin.example.fr", Contact: "a@example.fr", Legal: "Un.\n\nDeux."}, ""},
		{Site{BaseURL: "http://localhost:8080"}, ""},
		{Site{BaseURL: "https://bassin.example.fr/"}, "base_url"},
		{Site{BaseURL: "javascript:alert(1)"}, "base_url"},
		{Site{BaseURL: "bassin.example.fr"}, "base_url"},
		{Site{BaseURL: "https://moi@bassin.example.fr"}, "base_url"},
		{Site{Name: "a\nb", Contact: "Zoé <z@example.fr>"}, "name contact"},
		{Site{Publisher: strings.Repeat("é", longest+1)}, "publisher"},
	} {
		if got := fieldsOf(t, c.site.Check()); got != c.want {
			t.Errorf("%+v: wrong in %q, want %q", c.site, got, c.want)
		}
	}
}

func TestMailSettingsAreChecked(t *testing.T) {
	good := Mail{Host: "smtp.example.fr", Port: 587, Security: StartTLS, User: "bassin", From: "Bassin <bassin@example.fr>"}
	for want, spoil := range map[string]func(*Mail){
		"":         func(*Mail) {},
		"host":     func(m *Mail) { m.Host = "smtp://example.fr" },
		"port":     func(m *Mail) { m.Port = 0 },
		"security": func(m *Mail) { m.Security = Clear },
		"from":     func(m *Mail) { m.From = "Bassin" },
	} {
		m := good
		spoil(&m)
		if got := fieldsOf(t, m.Check()); got != want {
			t.Errorf("%+v: wrong in %q, want %q", m, got, want)
		}
	}
	if wrong := (Mail{Port: -1}).Check(); wrong != nil {
		t.Errorf("no server at all: %v", wrong)
	}
}
