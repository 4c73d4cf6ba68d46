package people_test

import (
	"errors"
	"strings"
	"testing"

	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

func TestTidied(t *testing.T) {
	f := realdata.Snapshot(t).France
	good := func() people.Organisation {
		return people.Organisation{Kind: people.KindAssociation, Name: "Le Cap", Commune: "22266", State: people.OrganisationActive}
	}
	for _, c := range []struct {
		field, typed, kept, wrong string // wrong is the end of the key of the refusal
	}{
		{"name", "  Le\n Cap\u00a0!\x00\u200b ", "Le Cap\u00a0!", ""},
		{"name", "\u00a0 \u202e", "", "name.missing"},
		{"name", strings.Repeat("é", 200), strings.Repeat("é", 200), ""},
		{"name", strings.Repeat("é", 201), "", "too_long"},
		{"kind", "roi", "", "kind.choose"},
		{"kind", "entreprise", "entreprise", ""},
		{"siren", "443 157 722", "443157722", ""},
		{"siret", "443 157 722 00010", "44315772200010", ""},
		{"rna", "w224001234", "W224001234", ""},
		{"postal_code", "22 110", "22110", ""},
		{"postal_code", "2211", "", "postal_code.form"},
		{"commune", "2a004", "2A004", ""},
		{"commune", "22167", "22107", ""}, // Perret, in Bon Repos sur Blavet since 2017
		{"commune", "00000", "", "commune.unknown"},
		{"email", "contact@example.fr", "contact@example.fr", ""},
		{"email", "Le Cap <contact@example.fr>", "", "email.form"},
		{"email", "contact@example.fr\r\nBcc: x@example.fr", "", "email.form"},
		{"email", "contact", "", "email.form"},
		{"website", "example.fr", "https://example.fr", ""},
		{"website", "http://example.fr/été?a=b#c", "http://example.fr/été?a=b#c", ""},
		{"website", "javascript:alert(1)", "", "website.form"},
		{"website", "https://ada:secret@example.fr", "", "website.form"},
		{"website", "ftp://example.fr", "", "website.form"},
		{"website", "localhost", "", "website.form"},
		{"territories", "bv:22266,dep:22,commune:22266", "dep:22,bv:22266,commune:22266", ""},
		{"territories", "", "commune:22266", ""},
		{"territories", "bv:99999", "", "territories.unknown"},
		{"state", "closed", "closed", ""},
		{"state", "merged", "", "state.choose"},
	} {
		o := good()
		o.Set(c.field, c.typed)
		got, err := o.Tidied(f)
		if c.wrong != "" {
			e, ok := errors.AsType[*fault.Error](err)
			if !ok || !strings.HasSuffix(e.Key, "."+c.wrong) || e.Field != c.field {
				t.Errorf("%s %q: %v, want %s", c.field, c.typed, err, c.wrong)
			}
			if got.Get(c.field) != c.typed && c.field != "territories" {
				t.Errorf("%s %q: what was typed is lost: %q", c.field, c.typed, got.Get(c.field))
			}
			continue
		}
		if err != nil || got.Get(c.field) != c.kept {
			t.Errorf("%s %q: %q, %v, want %q", c.field, c.typed, got.Get(c.field), err, c.kept)
			continue
		}
		again, err := got.Tidied(f)
		if err != nil || len(got.Differs(&again)) > 0 {
			t.Errorf("%s %q tidied twice: %v, %v", c.field, c.typed, got.Differs(&again), err)
		}
	}
	o := good()
	o.SIRET = "44315772200010"
	if got, err := o.Tidied(f); err != nil || got.SIREN != "443157722" {
		t.Errorf("the SIREN of a SIRET: %q, %v", got.SIREN, err)
	}
	o.SIREN = "356000000"
	if _, err := o.Tidied(f); !strings.Contains(err.Error(), "organisation.siret.differs") {
		t.Errorf("another SIREN: %v", err)
	}
	o = good()
	o.Kind, o.RNA = people.KindCompany, "W224001234"
	if _, err := o.Tidied(f); err == nil {
		t.Error("a company has an RNA number")
	}
}

func TestJoinAndTakeback(t *testing.T) {
	a := people.Organisation{ID: "a", Name: "A", Email: "a@example.fr", Territories: []territory.ID{{Level: "bv", Code: "22266"}}, State: people.OrganisationActive}
	b := people.Organisation{ID: "b", Name: "B", ShortName: "BB", Email: "b@example.fr", Territories: []territory.ID{{Level: "dep", Code: "22"}}, State: people.OrganisationClosed}
	for _, c := range []struct {
		take map[string]bool
		want string
	}{
		{nil, "A BB a@example.fr bv:22266,dep:22 active"},
		{map[string]bool{"name": true, "email": false}, "B BB a@example.fr bv:22266,dep:22 active"},
		{map[string]bool{"short_name": false, "territories": true, "state": true}, "A  a@example.fr dep:22 active"},
		{map[string]bool{"territories": false}, "A BB a@example.fr bv:22266 active"},
	} {
		j := people.JoinOrganisations(a, b, c.take)
		if got := strings.Join([]string{j.Name, j.ShortName, j.Email, j.Get("territories"), j.Get("state")}, " "); got != c.want || j.ID != "a" {
			t.Errorf("%v: %q, want %q", c.take, got, c.want)
		}
	}
	if a.Get("territories") != "bv:22266" {
		t.Error("joining changed what was given")
	}
}
