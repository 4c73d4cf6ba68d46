package peopletest

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/table"
	"bassin/internal/territory"
)

// importer reads tables with the real communes, as a person with a mandate there.
type importer struct {
	*testing.T
	ctx   context.Context
	rules *people.Organisations
	langs []*i18n.Localizer
	who   *people.Actor
}

func imports(t *testing.T, s Organisations, in people.Scope) *importer {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	x := &importer{T: t, ctx: snapshot.WithContext(t.Context(), realdata.Snapshot(t)), rules: &people.Organisations{Store: s}}
	for _, lang := range c.Langs() {
		x.langs = append(x.langs, c.Localizer(lang))
	}
	role := people.Administrator
	if in != people.Everywhere {
		role = people.Coordinator
	}
	reach := people.Reach{ActsIn: x.rules.ActsIn, Resolve: func(_ context.Context, f *territory.France, expr string) (*territory.Territory, error) {
		return f.Resolve(expr, nil)
	}}
	x.who = &people.Actor{Person: people.Person{ID: "ada"}, Session: people.Session{Strong: true}, Covers: reach.Covers, Mandates: []people.Mandate{{Role: role, Scope: in}}}
	return x
}

func (x *importer) read(text string) *people.Import {
	x.Helper()
	imp, err := x.rules.ReadImport(x.ctx, x.who, []byte(text), x.langs...)
	if err != nil {
		x.Fatal(err)
	}
	return imp
}

// verdicts are those of the lines, in order.
func verdicts(imp *people.Import) string {
	var out []string
	for _, l := range imp.Lines {
		out = append(out, string(l.Verdict))
	}
	return strings.Join(out, " ")
}

// export writes all that a store has, as the list does.
func (x *importer) export(l *i18n.Localizer, comma rune) (string, []people.Organisation) {
	x.Helper()
	all, _, err := x.rules.Store.Organisations(x.ctx, people.OrganisationFilter{Limit: 1000})
	if err != nil {
		x.Fatal(err)
	}
	var b bytes.Buffer
	w := table.NewWriter(&b, comma)
	rows := [][]string{people.OrganisationHead(l, people.OrganisationColumns)}
	for _, o := range all {
		rows = append(rows, o.Row(snapshot.FromContext(x.ctx).France, people.OrganisationColumns))
	}
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			x.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		x.Fatal(err)
	}
	return b.String(), all
}

// exportReadBack: what is exported is known where it came from, and comes about the same
// elsewhere, in any language and with any separator.
func exportReadBack(t *testing.T, from, to Organisations) {
	x, y := imports(t, from, people.Everywhere), imports(t, to, people.Everywhere)
	for _, o := range []people.Organisation{
		{Kind: people.KindAssociation, Name: "=Tout; \"numérique\", ensemble", ShortName: "'=TNE", RNA: "W751234567", Address: "-2 rue du Port", PostalCode: "01000", Commune: "01053", Email: "a@example.fr", Website: "https://example.fr/"},
		{Kind: people.KindCompany, Name: "Messagerie", SIRET: "35600000000048", Commune: "22266", Territories: at("bv:22266", "commune:22220")},
		{Kind: people.KindOther, Name: "Partout en France", State: people.OrganisationClosed},
	} {
		if _, err := x.rules.Create(x.ctx, x.who, o, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := x.rules.Ensure(x.ctx, x.who.By(), "commune-22266"); err != nil {
		t.Fatal(err)
	}
	for n, l := range x.langs {
		text, all := x.export(l, []rune{';', ',', '\t'}[n%3])
		if imp := x.read(text); verdicts(imp) != "known known known known" || len(imp.Findings) > 0 {
			t.Errorf("where it came from: %s, %v", verdicts(imp), imp.Findings)
		}
		imp := y.read(text)
		if n > 0 { // the first one was kept
			if verdicts(imp) == "" || imp.Count(people.LineRefused) > 0 {
				t.Errorf("elsewhere, again: %s, %v", verdicts(imp), imp.Findings)
			}
			continue
		}
		if imp.Count(people.LineNew) != 3 || imp.Count(people.LineKnown) != 1 {
			t.Fatalf("elsewhere: %s, %+v", verdicts(imp), imp.Lines)
		}
		made, err := y.rules.KeepImport(y.ctx, y.who, imp, nil, false)
		if err != nil {
			t.Fatal(err)
		}
		byName := map[string]people.Organisation{}
		for _, o := range made {
			byName[o.Name] = o
			actions(t, to, o.ID, "create")
		}
		for _, o := range all {
			if people.IsCollectiviteID(o.ID) {
				continue
			}
			if d := cmp.Diff(o, byName[o.Name], cmpopts.IgnoreFields(people.Organisation{}, "ID", "CreatedAt"), cmpopts.EquateEmpty()); d != "" {
				t.Errorf("%s came back otherwise:\n%s", o.Name, d)
			}
		}
	}
}

// importRules: each line is judged as the form of one organisation would, and all come
// about or none.
func importRules(t *testing.T, s Organisations) {
	x := imports(t, s, people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22266"}))
	fourmie, err := x.rules.Create(x.ctx, x.who, people.Organisation{Kind: people.KindAssociation, Name: "La Fourmi-e", Commune: "22266"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	count := func(want int) {
		t.Helper()
		if _, n, err := s.Organisations(x.ctx, people.OrganisationFilter{}); err != nil || n != want {
			t.Errorf("%d organisations, want %d, %v", n, want, err)
		}
	}
	const head = "Type d’organisation;Nom;Commune;SIREN;Territoires où elle agit\n"
	text := head +
		"Association;Radio Kreiz Breizh;Rostrenen;;\n" + // 2 new, in words
		"association;Association la Fourmie;22266;;\n" + // 3 looks like the one there
		"commune;Mairie;22266;212 202 667;\n" + // 4 the collectivité
		"association;Radio du Kreiz Breizh;22266;;\n" + // 5 looks like line 2
		"entreprise;Ailleurs;29019;;\n" + // 6 out of the mandate
		"entreprise;Partout;;;\n" + // 7 everywhere
		"entreprise;Menuiserie Le Goff;22266;443157722;\n" + // 8 new
		"autre;Le Goff Menuiserie SARL;22266;443 157 722;bv:22266\n" + // 9 the same as 8
		"club;;99999;123456789;nulle part ailleurs\n" // 10 nothing right
	imp := x.read(text)
	if want := "new alike known alike refused refused new known refused"; verdicts(imp) != want {
		t.Fatalf("judged %s, want %s", verdicts(imp), want)
	}
	if l := imp.Lines[1]; len(l.Alike) != 1 || l.Alike[0].ID != fourmie.ID {
		t.Errorf("line 3 looks like %+v", l.Alike)
	}
	if imp.Lines[2].Other.ID != "commune-22266" || imp.Lines[7].Above != 8 || len(imp.Lines[3].AlikeAbove) != 1 || imp.Lines[3].AlikeAbove[0] != 2 {
		t.Errorf("known: %+v", imp.Lines)
	}
	var fields []string
	for _, f := range imp.Lines[8].Findings {
		fields = append(fields, f.Field)
	}
	if d := cmp.Diff([]string{"kind", "commune", "territories", "name", "siren"}, fields); d != "" {
		t.Errorf("what is wrong with line 10:\n%s", d)
	}
	for _, l := range imp.Lines { // as the form would say
		if l.Verdict != people.LineNew && l.Verdict != people.LineAlike {
			continue
		}
		alone, err := x.rules.Lookalikes(x.ctx, l.Organisation)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(alone, l.Alike, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("line %d looks like others than alone:\n%s", l.Line, d)
		}
	}

	_, err = x.rules.KeepImport(x.ctx, x.who, imp, nil, false)
	if fault.CodeOf(err) != fault.Invalid {
		t.Errorf("with refused lines: %v", err)
	}
	count(1)
	made, err := x.rules.KeepImport(x.ctx, x.who, imp, map[int]bool{5: true}, true)
	if err != nil || len(made) != 3 {
		t.Fatalf("made %+v, %v", made, err)
	}
	count(4)
	if a, err := s.Apart(x.ctx); err != nil || len(a) != 1 {
		t.Errorf("set apart: %v, %v", a, err)
	}
	// Read before, kept after: the number is taken, and nothing comes about.
	_, err = x.rules.KeepImport(x.ctx, x.who, imp, nil, true)
	if fault.CodeOf(err) != fault.Conflict {
		t.Errorf("kept twice: %v", err)
	}
	count(4)
	if again := x.read(text); again.Digest() == imp.Digest() || again.Lines[6].Verdict != people.LineKnown {
		t.Errorf("read again: %s", verdicts(again))
	}
	if _, err := x.rules.ReadImport(x.ctx, &people.Actor{}, []byte(text), x.langs...); fault.CodeOf(err) != fault.Unauthenticated {
		t.Errorf("a visitor: %v", err)
	}
}
