package peopletest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

// organisationRules runs the rules of package people on a real store, with the real
// communes of the country.
func organisationRules(t *testing.T, s Organisations) {
	ctx := snapshot.WithContext(t.Context(), realdata.Snapshot(t))
	rules := &people.Organisations{Store: s}
	reach := people.Reach{ActsIn: rules.ActsIn, Resolve: func(_ context.Context, f *territory.France, expr string) (*territory.Territory, error) {
		return f.Resolve(expr, nil)
	}}
	holder := func(id string, role people.Role, in people.Scope) *people.Actor {
		return &people.Actor{Person: people.Person{ID: id}, Session: people.Session{Strong: true}, Covers: reach.Covers, Mandates: []people.Mandate{{Role: role, Scope: in}}}
	}
	root := holder("root", people.Administrator, people.Everywhere)
	ada := holder("ada", people.Coordinator, people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22266"}))
	member := holder("bob", people.Member, ada.Mandates[0].Scope)
	refused := func(what string, err error, want fault.Code) {
		t.Helper()
		if fault.CodeOf(err) != want {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
	}
	named := func(name string, in ...string) people.Organisation {
		return people.Organisation{Kind: people.KindAssociation, Name: name, Commune: "22266", PostalCode: "22110", Territories: at(in...)}
	}

	// Creating: the territory, the numbers, what looks alike.
	_, err := rules.Create(ctx, &people.Actor{}, named("La Fourmi-e"), nil)
	refused("a visitor creates", err, fault.Unauthenticated)
	_, err = rules.Create(ctx, member, named("La Fourmi-e"), nil)
	refused("a member creates", err, fault.Forbidden)
	_, err = rules.Create(ctx, ada, named("La Fourmi-e", "dep:22"), nil)
	refused("a coordinator of a basin creates for the département", err, fault.Forbidden)
	_, err = rules.Create(ctx, ada, people.Organisation{Kind: people.KindAssociation, Name: "Partout"}, nil)
	refused("a coordinator of a basin creates for everywhere", err, fault.Forbidden)
	_, err = rules.Create(ctx, root, people.Organisation{Kind: "x", SIREN: "1", PostalCode: "2", Commune: "99999", Email: "@", Website: "javascript:alert(1)", Territories: at("commune:99999")}, nil)
	refused("nothing right", err, fault.Invalid)
	if faults, _ := fault.Split(err, fault.Mendable); len(faults) < 7 {
		t.Errorf("not every field is told: %v", err)
	}
	fourmie, err := rules.Create(ctx, ada, named("  La\tFourmi-e  "), nil)
	if err != nil {
		t.Fatal(err)
	}
	if fourmie.Name != "La Fourmi-e" || people.JoinTerritories(fourmie.Territories) != "commune:22266" || fourmie.Vintage != 2026 {
		t.Errorf("kept as %+v", fourmie)
	}
	_, err = rules.Create(ctx, ada, named("Association la Fourmie"), nil)
	alike, ok := errors.AsType[*people.Resembling](err)
	if !ok || len(alike.Others) != 1 || alike.Others[0].ID != fourmie.ID || !slices.Equal(alike.Others[0].Reasons, []string{"commune", "near"}) {
		t.Fatalf("what looks alike: %+v", err)
	}
	second, err := rules.Create(ctx, ada, named("Association la Fourmie"), []string{fourmie.ID})
	if err != nil {
		t.Fatal(err)
	}
	if a, err := s.Apart(ctx); err != nil || len(a) != 1 {
		t.Errorf("not set apart: %v, %v", a, err)
	}
	_, err = rules.Create(ctx, ada, named("Mairie de Rostrenen"), nil)
	if alike, ok := errors.AsType[*people.Resembling](err); !ok || alike.Others[0].ID != "commune-22266" {
		t.Errorf("the commune, which is there without a row: %v", err)
	}
	commune := named("Commune")
	commune.Kind, commune.SIREN = people.KindCommune, "212 202 667"
	_, err = rules.Create(ctx, ada, commune, nil)
	if taken, ok := errors.AsType[*people.Taken](err); !ok || taken.Other.ID != "commune-22266" || taken.Field != "siren" {
		t.Errorf("the number of a commune: %v", err)
	}
	if list, err := rules.Known(ctx, "21220266700011"); err != nil || len(list) != 1 || list[0].ID != "commune-22266" || list[0].Version != 0 {
		t.Errorf("known by its number: %v, %v", list, err)
	}

	// Collectivités: there already, a row once something needs it.
	if o, err := rules.Find(ctx, "epci-200067981"); err != nil || o.Version != 0 || o.SIREN != "200067981" {
		t.Errorf("the intercommunalité: %+v, %v", o, err)
	}
	_, err = rules.Find(ctx, "commune-99999")
	refused("a commune that is none", err, fault.NotFound)
	rename := func(name string) func(people.Organisation) (people.Organisation, error) {
		return func(o people.Organisation) (people.Organisation, error) { o.ShortName = name; return o, nil }
	}
	_, err = rules.Update(ctx, ada, "commune-22113", 0, rename("x"))
	refused("the commune of another basin", err, fault.Forbidden)
	_, err = rules.Update(ctx, ada, "commune-22266", 0, func(o people.Organisation) (people.Organisation, error) { o.Kind = people.KindCompany; return o, nil })
	refused("a commune made a company", err, fault.Invalid)
	if _, err := s.Organisation(ctx, "commune-22266"); fault.CodeOf(err) != fault.NotFound {
		t.Error("a refused change made a row")
	}
	row, err := rules.Update(ctx, ada, "commune-22266", 0, rename("Rostrenen"))
	if err != nil || row.Version != 2 || row.ShortName != "Rostrenen" {
		t.Errorf("the commune's row: %+v, %v", row, err)
	}
	_, err = rules.Update(ctx, ada, "commune-22266", 0, rename("trop tard"))
	refused("an edit begun before there was a row", err, fault.Conflict)
	signatory := holder("eve", people.Signatory, people.In("commune-22266"))
	if _, err := rules.Update(ctx, signatory, "commune-22266", 2, rename("R.")); err != nil {
		t.Errorf("the signatory of an organisation: %v", err)
	}
	_, err = rules.Update(ctx, signatory, fourmie.ID, 1, rename("x"))
	refused("the signatory of another", err, fault.Forbidden)

	// Merging: administrators only, into the collectivité if there is one.
	hand, err := rules.Create(ctx, ada, named("Mairie de Rostrenen"), []string{"commune-22266"})
	if err != nil {
		t.Fatal(err)
	}
	of := people.MergeOf{Kept: "commune-22266", Merged: hand.ID, KeptVersion: 3, MergedVersion: 1}
	_, err = rules.Merge(ctx, ada, of, nil)
	refused("a coordinator merges", err, fault.Forbidden)
	m, err := rules.Merge(ctx, root, of, nil)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := rules.Follow(ctx, hand.ID); err != nil || o.ID != "commune-22266" || o.Kind != people.KindCommune {
		t.Errorf("the address of what was merged leads to %+v, %v", o, err)
	}
	_, err = rules.Undo(ctx, ada, hand.ID, m.ID)
	refused("a coordinator undoes", err, fault.Forbidden)
	if u, err := rules.Undo(ctx, root, hand.ID, m.ID); err != nil || u.Merged != hand.ID {
		t.Errorf("undone: %+v, %v", u, err)
	}
	_, err = rules.Undo(ctx, root, fourmie.ID, m.ID)
	refused("a merge of others", err, fault.NotFound)

	// The list of what may be the same leaves out what was set apart.
	third, err := s.CreateOrganisation(ctx, ada.By(), association("Fourmi-E asso"))
	if err != nil {
		t.Fatal(err)
	}
	pairs := func() (out [][2]string) {
		t.Helper()
		list, err := rules.Pairs(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			out = append(out, [2]string{min(p.A.ID, p.B.ID), max(p.A.ID, p.B.ID)})
		}
		return out
	}
	if got := pairs(); len(got) != 2 || slices.Contains(got, [2]string{min(fourmie.ID, second.ID), max(fourmie.ID, second.ID)}) {
		t.Errorf("pairs: %v", got)
	}
	refused("a coordinator sets apart", rules.SetApart(ctx, ada, third.ID, second.ID), fault.Forbidden)
	if err := rules.SetApart(ctx, root, third.ID, second.ID); err != nil {
		t.Error(err)
	}
	if got := pairs(); len(got) != 1 {
		t.Errorf("pairs: %v", got)
	}
	if r, err := audit.Verify(ctx, s); err != nil || len(r.Problems) > 0 {
		t.Errorf("the record: %+v, %v", r, err)
	}
}
