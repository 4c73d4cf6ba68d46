package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/territory"
)

var (
	basin   = Over(territory.ID{Level: territory.BassinDeVie, Code: "22266"})
	commune = Over(territory.ID{Level: territory.Commune, Code: "22266"})
	other   = Over(territory.ID{Level: territory.Commune, Code: "2A004"})
)

// inBasin covers what the tests need: a commune in its basin.
func inBasin(_ context.Context, outer, inner Scope) (bool, error) {
	return outer == basin && inner == commune, nil
}

func actor(strong bool, mandates ...Mandate) *Actor {
	return &Actor{Person: Person{ID: "ada"}, Session: Session{Strong: strong}, Mandates: mandates, Covers: inBasin}
}

func TestMay(t *testing.T) {
	admin := Mandate{ID: "a", Role: Administrator}
	local := Mandate{ID: "l", Role: Administrator, Scope: basin}
	coordinator := Mandate{ID: "c", Role: Coordinator, Scope: basin}
	signatory := Mandate{ID: "s", Role: Signatory, Scope: In("o1")}
	observer := Mandate{ID: "o", Role: Observer, Scope: Everywhere}
	for _, c := range []struct {
		name   string
		actor  *Actor
		action string
		in     Scope
		want   Why
	}{
		{"a visitor", &Actor{}, "organisation.create", commune, NoAccount},
		{"without mandate", actor(true), "organisation.create", commune, NoMandate},
		{"inside", actor(false, coordinator), "organisation.create", commune, ByMandate},
		{"the territory itself", actor(false, coordinator), "organisation.create", basin, ByMandate},
		{"an action below the right", actor(false, coordinator), "organisation.create.form", commune, ByMandate},
		{"a name that only begins alike", actor(false, coordinator), "organisation.created", commune, NotInTable},
		{"outside", actor(false, coordinator), "organisation.create", other, OutOfScope},
		{"wider than the mandate", actor(false, coordinator), "organisation.create", Everywhere, OutOfScope},
		{"another role", actor(false, observer), "organisation.create", commune, NoMandate},
		{"their organisation", actor(false, signatory), "organisation.update", In("o1"), ByMandate},
		{"another organisation", actor(false, signatory), "organisation.update", In("o2"), OutOfScope},
		{"an administrator everywhere", actor(true, admin), "organisation.merge", other, ByMandate},
		{"an administrator with one factor", actor(false, admin), "organisation.merge", other, SecondFactor},
		{"one factor, but another mandate does", actor(false, admin, coordinator), "organisation.create", commune, ByMandate},
		{"a local administrator and the installation", actor(true, local), "setting", Everywhere, OutOfScope},
		{"a local administrator and a whole right inside", actor(true, local), "setting", commune, OutOfScope},
		{"the administrator and the installation", actor(true, admin), "setting.site", Everywhere, ByMandate},
		{"what is not in the table", actor(true, admin), "world.rule", Everywhere, NotInTable},
		{"the right mandate among others", actor(false, observer, signatory, coordinator), "organisation.create", commune, ByMandate},
	} {
		d, err := c.actor.May(t.Context(), c.action, c.in)
		if err != nil || d.Why != c.want || d.May != (c.want == ByMandate) || (d.Err() == nil) != d.May {
			t.Errorf("%s: %+v, %v, want %s", c.name, d, err, c.want)
		}
	}
}

func TestMaySomewhereIsAsWideAsMay(t *testing.T) {
	for _, role := range Roles {
		a := actor(true, Mandate{Role: role, Scope: basin})
		for _, r := range Rights {
			d, err := a.May(t.Context(), r.Name, basin)
			if err != nil {
				t.Fatal(err)
			}
			if somewhere := a.MaySomewhere(r.Name); somewhere.May != d.May {
				t.Errorf("%s, %s: somewhere %v, in the basin %v", role, r.Name, somewhere.May, d.May)
			}
		}
	}
}

func TestGivingStaysWithinOnesOwn(t *testing.T) {
	for _, giver := range Roles {
		for _, given := range Roles {
			a := actor(true, Mandate{Role: giver, Scope: basin})
			inside, err := a.MayGive(t.Context(), "mandate.give", given, commune)
			if err != nil {
				t.Fatal(err)
			}
			want := giver == Administrator || giver == Coordinator && given != Administrator && given != Coordinator || giver == President && (given == Secretary || given == Member)
			if inside.May != want {
				t.Errorf("a %s makes a %s inside: %v, want %v", giver, given, inside.May, want)
			}
			for _, out := range []Scope{other, Everywhere, In("o1")} {
				if d, err := a.MayGive(t.Context(), "mandate.give", given, out); err != nil || d.May {
					t.Errorf("a %s of a basin makes a %s of %q", giver, given, out)
				}
			}
		}
	}
}

// An error of the scopes must never let anyone in.
func TestScopesThatCannotBeReadGrantNothing(t *testing.T) {
	a := actor(true, Mandate{Role: Administrator, Scope: basin})
	a.Covers = func(context.Context, Scope, Scope) (bool, error) { return true, errors.New("gone") }
	if err := a.Require(t.Context(), "organisation.create", other); err == nil {
		t.Error("granted")
	}
	a.Covers = nil
	if err := a.Require(t.Context(), "organisation.create", other); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("%v, want forbidden", err)
	}
}

func TestAllIsSaidInWords(t *testing.T) {
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range catalog.Langs() {
		l := catalog.Localizer(lang)
		for _, r := range Rights {
			if !l.Has("people.right." + r.Name) {
				t.Errorf("%s: no words for %s", lang, r.Name)
			}
		}
		for _, role := range Roles {
			if !l.Has("people.role." + string(role)) {
				t.Errorf("%s: no words for %s", lang, role)
			}
		}
		for _, why := range []Why{ByMandate, NoAccount, NoMandate, OutOfScope, SecondFactor, NotInTable} {
			if s := (Decision{Why: why, Right: Rights[0], Mandate: Mandate{Role: Mediator}}).In(l); s == "" || s == "people.may."+string(why) {
				t.Errorf("%s: no words for %s", lang, why)
			}
			if e, ok := errors.AsType[*fault.Error](Decision{Why: why}.Err()); why != ByMandate && (!ok || !l.Has(e.Key) || strings.ContainsAny(l.T(e.Key, e.Args...), "…{")) {
				t.Errorf("%s: a refusal for %s with a blank in it: %v", lang, why, e)
			}
		}
	}
}

func TestScopesAndDaysAsText(t *testing.T) {
	for _, s := range []Scope{Everywhere, basin, In("abc"), Over(territory.ID{Level: territory.Custom, Code: "7h2k9m4xq0"})} {
		if got, err := ParseScope(s.String()); err != nil || got != s {
			t.Errorf("%q is read as %v, %v", s, got, err)
		}
	}
	for _, bad := range []string{"organisation:", "x", ":", "everywhere"} {
		if s, err := ParseScope(bad); err == nil {
			t.Errorf("%q is read as %v", bad, s)
		}
	}
	for d, before := range map[Date]Date{"2026-01-01": "2025-12-31", "2024-03-01": "2024-02-29", "x": ""} {
		if got := d.Before(); got != before {
			t.Errorf("before %s: %s, want %s", d, got, before)
		}
	}
	m := Mandate{From: "2026-01-01", To: "2026-12-31"}
	for d, in := range map[Date]bool{"2025-12-31": false, "2026-01-01": true, "2026-12-31": true, "2027-01-01": false} {
		if m.Holds(d) != in {
			t.Errorf("in force on %s: %v", d, !in)
		}
	}
	if (Mandate{From: "2026-01-01"}).Past("2099-01-01") || !m.Past("2027-01-01") {
		t.Error("past")
	}
}

func TestAddressesAreTheSame(t *testing.T) {
	for _, s := range []string{"ada@example.fr", " ADA@example.FR ", "Ada@Example.fr"} {
		if got := EmailKey(s); got != "ada@example.fr" {
			t.Errorf("%q: %q", s, got)
		}
	}
	if EmailKey("e\u0301@x.fr") != EmailKey("é@x.fr") {
		t.Error("composed and decomposed differ")
	}
}

func TestTheRecordHoldsNoSecret(t *testing.T) {
	c := Credential{ID: "c", Person: "ada", Kind: Password, Label: "l", Key: "lookup", Data: "argon2id-hash"}
	v := fmt.Sprint(c.Recorded())
	for _, secret := range []string{"argon2id-hash", "lookup"} {
		if strings.Contains(v, secret) {
			t.Errorf("%q is recorded: %s", secret, v)
		}
	}
}
