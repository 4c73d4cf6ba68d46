package peopletest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/territory"
)

// Organisations is what is under test: each change must show in the record.
type Organisations interface {
	people.OrganisationStore
	Store
}

// RunOrganisations checks a store of organisations against the contract. Open gives
// an empty store, ready to use, and closes it when the test it is given ends.
func RunOrganisations(t *testing.T, open func(t *testing.T) Organisations) {
	for _, c := range []struct {
		name  string
		check func(t *testing.T, s Organisations)
	}{
		{"kept as it was given", kept},
		{"nothing of that name", nothing},
		{"numbers are those of one organisation", taken},
		{"the second of two sees both versions", stale},
		{"a refusal leaves all as it was", refused},
		{"a collectivité is made once, whoever asks", ensured},
		{"numbers are given once, whoever asks", race},
		{"found by name, number, kind and place", found},
		{"pages hold each organisation once", paged},
		{"merged: the address stays, the numbers move", merged},
		{"a merge of what has changed is refused", mergeStale},
		{"a merge undone gives all back", undone},
		{"a merge undone leaves what was changed since", undoneLater},
		{"mandates follow, and come back but those moved since", mandatesFollow},
		{"what looks alike is set apart once", apart},
		{"two who merge crosswise both end", crosswise},
		{"rules of organisations", organisationRules},
		{"a table is judged line by line and kept whole", importRules},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, open(t)) })
	}
	t.Run("an export reads back in", func(t *testing.T) { exportReadBack(t, open(t), open(t)) })
}

var ada = audit.Person("ada")

func at(texts ...string) []territory.ID { return people.SplitTerritories(strings.Join(texts, ",")) }

// association is an organisation as a service gives it to the store.
func association(name string) people.Organisation {
	return people.Organisation{
		Kind: people.KindAssociation, Name: name, Commune: "22266", PostalCode: "22110",
		Territories: at("bv:22266", "commune:22220"), Vintage: 2026, State: people.OrganisationActive,
	}
}

func create(t *testing.T, s Organisations, o people.Organisation) people.Organisation {
	t.Helper()
	out, err := s.CreateOrganisation(t.Context(), ada, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func update(t *testing.T, s Organisations, o people.Organisation, field, value string) people.Organisation {
	t.Helper()
	out, err := s.UpdateOrganisation(t.Context(), ada, o.ID, o.Version, setting(field, value))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func setting(field, value string) func(people.Organisation) (people.Organisation, error) {
	return func(o people.Organisation) (people.Organisation, error) {
		o.Set(field, value)
		return o, nil
	}
}

func want(t *testing.T, s Organisations, o people.Organisation) {
	t.Helper()
	got, err := s.Organisation(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(o, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", o.ID, diff)
	}
}

// rows are the record's rows of an organisation, newest first; the chain must hold.
func rows(t *testing.T, s Organisations, id string) []audit.Row {
	t.Helper()
	if r, err := audit.Verify(t.Context(), s); err != nil || len(r.Problems) > 0 {
		t.Errorf("the record: %+v, %v", r, err)
	}
	out, err := s.Find(t.Context(), audit.Filter{Subject: people.OrganisationSubject(id)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func actions(t *testing.T, s Organisations, id string, want ...string) {
	t.Helper()
	var got []string
	for _, r := range rows(t, s, id) {
		got = append(got, strings.TrimPrefix(r.Action, "organisation."))
		if r.By != ada {
			t.Errorf("%s was made by %s", r.Action, r.By)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the record of %s says %v, want %v", id, got, want)
	}
}

func kept(t *testing.T, s Organisations) {
	o := association("La Fourmi-e")
	o.ShortName, o.SIREN, o.SIRET, o.RNA = "LFE", "443157722", "44315772200010", "W224001234"
	o.Address, o.Email, o.Website = "2 rue de l’Œuf", "bonjour@example.fr", "https://example.fr/été"
	got := create(t, s, o)
	if got.ID == "" || people.IsCollectiviteID(got.ID) || got.Version != 1 || got.CreatedAt.IsZero() {
		t.Errorf("made as %+v", got)
	}
	want(t, s, got)
	o.ID, o.Version, o.CreatedAt = got.ID, 1, got.CreatedAt
	if diff := cmp.Diff(o, got); diff != "" {
		t.Errorf("not as it was given (-want +got):\n%s", diff)
	}
	next := update(t, s, got, "territories", "commune:22220,dep:22")
	want(t, s, next)
	if next.Version != 2 {
		t.Errorf("version %d after a change", next.Version)
	}
	same := update(t, s, next, "name", next.Name)
	if same.Version != 2 {
		t.Error("a change of nothing made a version")
	}
	actions(t, s, got.ID, "update", "create")
	r := rows(t, s, got.ID)[0]
	if r.Was != `{"territories":"bv:22266,commune:22220"}` || r.Became != `{"territories":"commune:22220,dep:22"}` {
		t.Errorf("the record tells %s, then %s", r.Was, r.Became)
	}
	var became map[string]string
	if err := json.Unmarshal([]byte(rows(t, s, got.ID)[1].Became), &became); err != nil || became["siret"] != o.SIRET || became["name"] != o.Name {
		t.Errorf("the record of the first: %v, %v", became, err)
	}
}

func nothing(t *testing.T, s Organisations) {
	for _, id := range []string{"", "x", "commune-22266", "a\x00b", "\xff"} {
		if _, err := s.Organisation(t.Context(), id); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("Organisation(%q): %v, want fault.NotFound", id, err)
		}
	}
	if _, err := s.UpdateOrganisation(t.Context(), ada, "x", 1, setting("name", "y")); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("an update of nothing: %v", err)
	}
	if _, err := s.UndoMerge(t.Context(), ada, "x"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("undoing no merge: %v", err)
	}
	if err := s.SetApart(t.Context(), ada, "x", "y"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("setting nothing apart: %v", err)
	}
}

func taken(t *testing.T, s Organisations) {
	with := func(siren, siret, rna string) people.Organisation {
		o := association("Toujours la même")
		o.SIREN, o.SIRET, o.RNA = siren, siret, rna
		return o
	}
	unit := create(t, s, with("443157722", "", ""))
	place := create(t, s, with("443157722", "44315772200010", "")) // an establishment of the same unit is another
	known := create(t, s, with("", "", "W224001234"))
	create(t, s, with("", "", ""))
	create(t, s, with("", "", "")) // without numbers there may be many
	for _, c := range []struct {
		o     people.Organisation
		field string
		other people.Organisation
	}{
		{with("443157722", "", ""), "siren", unit},
		{with("443157722", "44315772200010", ""), "siret", place},
		{with("", "", "W224001234"), "rna", known},
		{with("356000000", "", "W224001234"), "rna", known},
	} {
		_, err := s.CreateOrganisation(t.Context(), ada, c.o)
		clash, ok := errors.AsType[*people.Taken](err)
		if !ok || fault.CodeOf(err) != fault.Conflict {
			t.Errorf("%v: %v, want *people.Taken", c.o.Get(c.field), err)
			continue
		}
		if clash.Field != c.field || clash.Other.ID != c.other.ID {
			t.Errorf("%v is taken by %s for its %s, want %s", c.o.Get(c.field), clash.Other.ID, clash.Field, c.other.ID)
		}
	}
	_, err := s.UpdateOrganisation(t.Context(), ada, known.ID, known.Version, setting("siren", "443157722"))
	if clash, ok := errors.AsType[*people.Taken](err); !ok || clash.Other.ID != unit.ID {
		t.Errorf("an update to numbers that are taken: %v", err)
	}
	want(t, s, known)
	actions(t, s, known.ID, "create")
}

func stale(t *testing.T, s Organisations) {
	first := create(t, s, association("Avant"))
	theirs := update(t, s, first, "name", "À eux")
	_, err := s.UpdateOrganisation(t.Context(), audit.Person("bob"), first.ID, first.Version, setting("name", "À moi"))
	clash, ok := errors.AsType[*fault.Stale[people.Organisation]](err)
	if !ok || fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("the second writer gets %v, want both versions", err)
	}
	if diff := cmp.Diff(theirs, clash.Theirs); diff != "" {
		t.Errorf("theirs (-want +got):\n%s", diff)
	}
	if clash.Yours.Name != "À moi" || clash.Yours.ID != first.ID {
		t.Errorf("yours is %+v", clash.Yours)
	}
	want(t, s, theirs)
}

func refused(t *testing.T, s Organisations) {
	first := create(t, s, association("Avant"))
	no := fault.New(fault.Invalid, "organisation.name.missing")
	_, err := s.UpdateOrganisation(t.Context(), ada, first.ID, first.Version, func(people.Organisation) (people.Organisation, error) {
		return people.Organisation{}, no
	})
	if !errors.Is(err, error(no)) {
		t.Errorf("a refused change: %v", err)
	}
	want(t, s, first)
	actions(t, s, first.ID, "create")
}

func rostrenen() people.Organisation {
	return people.Organisation{
		ID: "commune-22266", Kind: people.KindCommune, Name: "Commune de Rostrenen", SIREN: "212202667", Commune: "22266", PostalCode: "22110",
		Territories: at("commune:22266"), Vintage: 2026, State: people.OrganisationActive,
	}
}

func ensured(t *testing.T, s Organisations) {
	var all sync.WaitGroup
	got := make([]people.Organisation, 12)
	for i := range got {
		all.Go(func() {
			var err error
			if got[i], err = s.EnsureOrganisation(t.Context(), ada, rostrenen()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, o := range got {
		if diff := cmp.Diff(got[0], o); diff != "" {
			t.Errorf("not all got the same:\n%s", diff)
		}
	}
	if got[0].Version != 1 || got[0].ID != "commune-22266" {
		t.Errorf("made as %+v", got[0])
	}
	actions(t, s, "commune-22266", "ensure")
	changed := update(t, s, got[0], "email", "mairie@example.fr")
	again, err := s.EnsureOrganisation(t.Context(), ada, rostrenen())
	if err != nil || again.Email != changed.Email {
		t.Errorf("ensured again: %+v, %v", again, err)
	}
	// A row made by hand that has the number is the collectivité, and is said.
	other := rostrenen()
	other.ID, other.SIREN = "commune-22220", "443157722"
	hand := association("Mairie de Plounévez-Quintin")
	hand.SIREN = other.SIREN
	hand = create(t, s, hand)
	_, err = s.EnsureOrganisation(t.Context(), ada, other)
	if clash, ok := errors.AsType[*people.Taken](err); !ok || clash.Other.ID != hand.ID {
		t.Errorf("ensured what was made by hand: %v", err)
	}
}

func race(t *testing.T, s Organisations) {
	var all sync.WaitGroup
	made := make([]bool, 12)
	for i := range made {
		all.Go(func() {
			o := association(fmt.Sprint("Nº ", i))
			o.SIREN = "443157722"
			_, err := s.CreateOrganisation(t.Context(), ada, o)
			made[i] = err == nil
			if _, ok := errors.AsType[*people.Taken](err); err != nil && !ok {
				t.Error(err)
			}
		})
	}
	all.Wait()
	n := 0
	for _, m := range made {
		if m {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d organisations have one number", n)
	}
}

func found(t *testing.T, s Organisations) {
	centre := association("Centre social « Le Cap »")
	centre.SIREN, centre.SIRET, centre.RNA = "443157722", "44315772200010", "W224001234"
	centre = create(t, s, centre)
	oeuf := association("Maison de l'Œuf")
	oeuf.ShortName, oeuf.Commune, oeuf.Territories, oeuf.Kind = "MŒ", "29019", at("dep:29"), people.KindCompany
	oeuf = create(t, s, oeuf)
	fermee := association("Ancienne cyberbase")
	fermee.State = people.OrganisationClosed
	fermee = create(t, s, fermee)
	create(t, s, association("100 % numérique_"))
	for _, c := range []struct {
		f    people.OrganisationFilter
		want []string
	}{
		{people.OrganisationFilter{Query: "social cap"}, []string{centre.ID}},
		{people.OrganisationFilter{Query: "CENTRE  soc"}, []string{centre.ID}},
		{people.OrganisationFilter{Query: "entre"}, nil},
		{people.OrganisationFilter{Query: "l'œuf"}, []string{oeuf.ID}},
		{people.OrganisationFilter{Query: "moe"}, []string{oeuf.ID}},
		{people.OrganisationFilter{Query: "443 157 722"}, []string{centre.ID}},
		{people.OrganisationFilter{Query: "443 157 722 00010"}, []string{centre.ID}},
		{people.OrganisationFilter{Query: "w224001234"}, []string{centre.ID}},
		{people.OrganisationFilter{Query: "443157723"}, nil},
		{people.OrganisationFilter{Query: "%"}, []string{}},
		{people.OrganisationFilter{Query: "n_mérique"}, nil},
		{people.OrganisationFilter{Kind: people.KindCompany}, []string{oeuf.ID}},
		{people.OrganisationFilter{Territories: at("dep:29", "dep:22")}, []string{oeuf.ID}},
		{people.OrganisationFilter{Territories: []territory.ID{}, Query: "moe"}, nil},
		{people.OrganisationFilter{Communes: []string{"29019"}}, []string{oeuf.ID}},
		{people.OrganisationFilter{SIREN: "443157722"}, []string{centre.ID}},
		{people.OrganisationFilter{RNA: "W224001234"}, []string{centre.ID}},
		{people.OrganisationFilter{IDs: []string{oeuf.ID, centre.ID}}, []string{centre.ID, oeuf.ID}},
		{people.OrganisationFilter{State: people.OrganisationClosed}, []string{fermee.ID}},
		{people.OrganisationFilter{Query: "'; DROP TABLE organisation; --"}, nil},
	} {
		got, total, err := s.Organisations(t.Context(), c.f)
		if err != nil {
			t.Errorf("%+v: %v", c.f, err)
			continue
		}
		if c.f.Query == "%" { // no word at all: all
			if total != 4 {
				t.Errorf("%+v: %d", c.f, total)
			}
			continue
		}
		var ids []string
		for _, o := range got {
			ids = append(ids, o.ID)
		}
		if !slices.Equal(ids, c.want) || total != len(c.want) {
			t.Errorf("%+v: %v of %d, want %v", c.f, ids, total, c.want)
		}
	}
	where, err := s.ActionTerritories(t.Context())
	if err != nil || len(where) != 3 {
		t.Errorf("they act in %v, %v", where, err)
	}
}

func paged(t *testing.T, s Organisations) {
	names := []string{"Été", "eau", "Ébène", "eau vive", "eau-de-vie", "2e chance", "Zèbre", "ami", "Ami", "eau"}
	for _, n := range names {
		create(t, s, association(n))
	}
	sorted := []string{"2e chance", "ami", "ami", "eau", "eau", "eau-de-vie", "eau vive", "Ébène", "Été", "Zèbre"}
	var got []string
	seen := map[string]bool{}
	for from := 0; ; from += 3 {
		page, total, err := s.Organisations(t.Context(), people.OrganisationFilter{Limit: 3, Offset: from})
		if err != nil || total != len(names) {
			t.Fatalf("page from %d: %d in all, %v", from, total, err)
		}
		for _, o := range page {
			if seen[o.ID] || len(o.Territories) != 2 {
				t.Errorf("%s twice, or without where it acts: %v", o.Name, o.Territories)
			}
			seen[o.ID] = true
			got = append(got, strings.ReplaceAll(o.Name, "Ami", "ami"))
		}
		if len(page) == 0 {
			break
		}
	}
	if !slices.Equal(got, sorted) {
		t.Errorf("in order: %q, want %q", got, sorted)
	}
}

// two are organisations that are one: the second has the numbers.
func two(t *testing.T, s Organisations) (a, b people.Organisation) {
	t.Helper()
	a = create(t, s, association("Centre social"))
	o := association("Centre social du Cap")
	o.SIREN, o.SIRET, o.RNA, o.Email = "443157722", "44315772200010", "W224001234", "cap@example.fr"
	o.Territories = at("epci:200067981")
	return a, create(t, s, o)
}

func merge(t *testing.T, s Organisations, a, b people.Organisation) people.Merge {
	t.Helper()
	m, err := s.MergeOrganisations(t.Context(), ada, people.MergeOf{Kept: a.ID, Merged: b.ID, KeptVersion: a.Version, MergedVersion: b.Version},
		func(kept, merged people.Organisation) (people.Organisation, error) {
			return people.JoinOrganisations(kept, merged, map[string]bool{"name": true}), nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func get(t *testing.T, s Organisations, id string) people.Organisation {
	t.Helper()
	o, err := s.Organisation(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func merged(t *testing.T, s Organisations) {
	a, b := two(t, s)
	m := merge(t, s, a, b)
	now := get(t, s, a.ID)
	if now.Name != b.Name || now.SIRET != b.SIRET || now.RNA != b.RNA || now.Email != b.Email || len(now.Territories) != 3 || now.Version != 2 {
		t.Errorf("kept as %+v", now)
	}
	gone := get(t, s, b.ID)
	if gone.State != people.OrganisationMerged || gone.MergedInto != a.ID || gone.Name != b.Name || gone.SIRET != b.SIRET {
		t.Errorf("merged as %+v", gone)
	}
	if list, total, err := s.Organisations(t.Context(), people.OrganisationFilter{Query: "social"}); err != nil || total != 1 || list[0].ID != a.ID {
		t.Errorf("found %d: %v, %v", total, list, err)
	}
	if _, err := s.UpdateOrganisation(t.Context(), ada, b.ID, gone.Version, setting("name", "x")); fault.CodeOf(err) != fault.Gone {
		t.Errorf("a change of what was merged: %v", err)
	}
	list, err := s.Merges(t.Context(), b.ID)
	if err != nil || len(list) != 1 || list[0].ID != m.ID || list[0].By != ada || list[0].Before["name"] != a.Name || list[0].After["name"] != b.Name || !list[0].UndoneAt.IsZero() {
		t.Errorf("the merge: %+v, %v", list, err)
	}
	actions(t, s, a.ID, "merge", "create")
	actions(t, s, b.ID, "merge", "create")
	for _, c := range [][2]string{{a.ID, a.ID}, {a.ID, b.ID}, {b.ID, a.ID}} {
		x, y := get(t, s, c[0]), get(t, s, c[1])
		_, err := s.MergeOrganisations(t.Context(), ada, people.MergeOf{Kept: x.ID, Merged: y.ID, KeptVersion: x.Version, MergedVersion: y.Version},
			func(kept, _ people.Organisation) (people.Organisation, error) { return kept, nil })
		if code := fault.CodeOf(err); code != fault.Conflict && code != fault.Invalid {
			t.Errorf("merging %s into %s again: %v", c[1], c[0], err)
		}
	}
	c, err := s.EnsureOrganisation(t.Context(), ada, rostrenen())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.MergeOrganisations(t.Context(), ada, people.MergeOf{Kept: a.ID, Merged: c.ID, KeptVersion: 2, MergedVersion: 1},
		func(kept, _ people.Organisation) (people.Organisation, error) { return kept, nil }); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a collectivité merged into something else: %v", err)
	}
}

func mergeStale(t *testing.T, s Organisations) {
	a, b := two(t, s)
	later := update(t, s, b, "email", "autre@example.fr")
	_, err := s.MergeOrganisations(t.Context(), ada, people.MergeOf{Kept: a.ID, Merged: b.ID, KeptVersion: a.Version, MergedVersion: b.Version},
		func(kept, _ people.Organisation) (people.Organisation, error) { return kept, nil })
	clash, ok := errors.AsType[*fault.Stale[people.Organisation]](err)
	if !ok || clash.Theirs.Email != later.Email {
		t.Errorf("a merge of an older version: %v", err)
	}
	want(t, s, a)
	want(t, s, later)
}

func undone(t *testing.T, s Organisations) {
	a, b := two(t, s)
	b = update(t, s, b, "state", string(people.OrganisationClosed))
	m := merge(t, s, a, b)
	u, err := s.UndoMerge(t.Context(), ada, m.ID)
	if err != nil || u.Merged != b.ID || len(u.Left) > 0 {
		t.Fatalf("undone: %+v, %v", u, err)
	}
	a.Version, b.Version = a.Version+2, b.Version+2
	want(t, s, a)
	want(t, s, b)
	actions(t, s, a.ID, "merge.undo", "merge", "create")
	actions(t, s, b.ID, "merge.undo", "merge", "update", "create")
	if _, err := s.UndoMerge(t.Context(), ada, m.ID); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("undone twice: %v", err)
	}
	merge(t, s, get(t, s, a.ID), get(t, s, b.ID))
}

func undoneLater(t *testing.T, s Organisations) {
	a, b := two(t, s)
	first := merge(t, s, a, b)
	now := update(t, s, get(t, s, a.ID), "name", "Le Cap")
	c := create(t, s, association("Le Cap, Rostrenen"))
	second := merge(t, s, c, now)
	if _, err := s.UndoMerge(t.Context(), ada, first.ID); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("undone under a later merge: %v", err)
	}
	if _, err := s.UndoMerge(t.Context(), ada, second.ID); err != nil {
		t.Fatal(err)
	}
	u, err := s.UndoMerge(t.Context(), ada, first.ID)
	if err != nil || !slices.Equal(u.Left, []string{"name"}) {
		t.Fatalf("undone: %+v, %v, want the name left", u, err)
	}
	if got := get(t, s, a.ID); got.Name != "Le Cap" || got.SIRET != "" || got.Email != "" || len(got.Territories) != 2 {
		t.Errorf("kept as %+v", got)
	}
	if got := get(t, s, b.ID); got.SIRET != b.SIRET || got.State != people.OrganisationActive {
		t.Errorf("back as %+v", got)
	}
}

func apart(t *testing.T, s Organisations) {
	a, b := two(t, s)
	for range 2 {
		if err := s.SetApart(t.Context(), ada, b.ID, a.ID); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Apart(t.Context())
	if err != nil || len(got) != 1 || !got[[2]string{min(a.ID, b.ID), max(a.ID, b.ID)}] {
		t.Errorf("apart: %v, %v", got, err)
	}
	actions(t, s, a.ID, "apart", "create")
	actions(t, s, b.ID, "apart", "create")
}

// crosswise merges two organisations into each other at once: one of the two is
// refused, and neither waits for ever.
func crosswise(t *testing.T, s Organisations) {
	a, b := two(t, s)
	errs := make([]error, 2)
	var all sync.WaitGroup
	for i, pair := range [][2]people.Organisation{{a, b}, {b, a}} {
		all.Go(func() {
			_, errs[i] = s.MergeOrganisations(t.Context(), ada,
				people.MergeOf{Kept: pair[0].ID, Merged: pair[1].ID, KeptVersion: pair[0].Version, MergedVersion: pair[1].Version},
				func(kept, _ people.Organisation) (people.Organisation, error) { return kept, nil })
		})
	}
	all.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("both ended with %v", errs)
	}
	if err := errors.Join(errs...); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("the second: %v", err)
	}
}

func mandatesFollow(t *testing.T, s Organisations) {
	a, b := two(t, s)
	c := create(t, s, association("Un autre"))
	add(t, s, "ada")
	change(t, s, func(tx people.Tx) error {
		for id, in := range map[string]people.Scope{"m1": people.In(b.ID), "m2": people.In(b.ID), "m3": people.In(a.ID), "m4": people.Everywhere} {
			m := people.Mandate{ID: id, Person: "ada", Role: people.Signatory, Scope: in, From: today, CreatedAt: day, Version: 1}
			if err := tx.AddMandate(m); err != nil {
				return err
			}
		}
		return nil
	})
	scopes := func(want ...people.Scope) {
		t.Helper()
		for i, w := range want {
			m, err := s.Mandate(t.Context(), fmt.Sprint("m", i+1))
			if err != nil || m.Scope != w {
				t.Errorf("m%d is in %q, %v, want %q", i+1, m.Scope, err, w)
			}
		}
	}
	m := merge(t, s, a, b)
	scopes(people.In(a.ID), people.In(a.ID), people.In(a.ID), people.Everywhere)
	if len(m.Moved) != 1 || !slices.Equal(m.Moved[0].Rows, []string{"m1", "m2"}) {
		t.Errorf("the merge says that it moved %v", m.Moved)
	}
	found, err := s.Find(t.Context(), audit.Filter{Subject: "mandate:m1", Action: "mandate.move"})
	if err != nil || len(found) != 1 || found[0].Became != `{"scope":"organisation:`+a.ID+`"}` {
		t.Errorf("the record of m1: %+v, %v", found, err)
	}
	change(t, s, func(tx people.Tx) error { // somebody moves one, and ends the other
		one, err := tx.Mandate(t.Context(), "m1")
		if err != nil {
			return err
		}
		one.Scope = people.In(c.ID)
		two, err := tx.Mandate(t.Context(), "m2")
		if err != nil {
			return err
		}
		two.To = today
		return errors.Join(tx.SetMandate(one), tx.SetMandate(two))
	})
	u, err := s.UndoMerge(t.Context(), ada, m.ID)
	if err != nil || u.Back != 1 || u.Stayed != 1 {
		t.Errorf("undone: %+v, %v", u, err)
	}
	scopes(people.In(c.ID), people.In(b.ID), people.In(a.ID), people.Everywhere)
}
