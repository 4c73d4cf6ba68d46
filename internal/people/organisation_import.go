package people

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/snapshot"
	"bassin/internal/table"
	"bassin/internal/territory"
)

// ImportLimits bound a table of organisations.
var ImportLimits = table.Limits{Bytes: 2 << 20, Rows: 1000}

// Verdict says what an import makes of a line.
type Verdict string

// The verdicts.
const (
	LineNew     Verdict = "new"     // to be created
	LineKnown   Verdict = "known"   // there already, or on a line above: left as it is
	LineAlike   Verdict = "alike"   // perhaps there already: created if somebody says that it is another
	LineRefused Verdict = "refused" // not created, for what its findings say
)

// ImportLine is a line of a table and what an import makes of it.
type ImportLine struct {
	Line         int
	Verdict      Verdict
	Organisation Organisation // as it would be kept, or as it was read if refused
	Other        Organisation // the known one, if it is no line of the table
	Above        int          // the line that is the same, if it is one
	Alike        []Lookalike
	AlikeAbove   []int // lines that look like this one
	Findings     []table.Finding
}

// Import is a table of organisations, read and judged.
type Import struct {
	Text     string // of the table, in UTF-8
	Lines    []ImportLine
	Findings []table.Finding // of the table as a whole
}

// Count is how many lines have a verdict.
func (i *Import) Count(v Verdict) (n int) {
	for _, l := range i.Lines {
		if l.Verdict == v {
			n++
		}
	}
	return n
}

// Digest tells an import from one that was judged otherwise.
func (i *Import) Digest() string {
	h := sha256.New()
	for _, l := range i.Lines {
		fmt.Fprint(h, l.Line, l.Verdict, l.Other.ID, l.Above, l.AlikeAbove)
		for _, a := range l.Alike {
			fmt.Fprint(h, " ", a.ID)
		}
		for _, f := range OrganisationFields {
			fmt.Fprintf(h, " %q", l.Organisation.Get(f))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// ReadImport reads a table of organisations, whose columns, kinds and states may be in
// words of any of the languages, and judges each line for the actor. It changes nothing.
func (s *Organisations) ReadImport(ctx context.Context, actor *Actor, file []byte, langs ...*i18n.Localizer) (*Import, error) {
	words, out := wordsOf(langs), &Import{}
	t := table.Open(file, ImportLimits, func(name string) string { return words.columns[plainWords(name)] }, func(f table.Finding) {
		if f.Key == "table.quotes" { // lines that nobody could read
			out.Lines = append(out.Lines, ImportLine{Line: f.Line, Verdict: LineRefused, Findings: []table.Finding{f}})
			return
		}
		if f.Key == "table.column_twice" { // the first one serves
			f.Severity = table.Warning
		}
		out.Findings = append(out.Findings, f)
	})
	if t == nil {
		for _, l := range out.Lines { // of the row of names
			out.Findings = append(out.Findings, l.Findings...)
		}
		out.Lines = nil
		return out, nil
	}
	out.Text = string(t.Text)
	for _, needed := range []string{"kind", "name"} {
		if !slices.Contains(t.Columns, needed) {
			out.Findings = append(out.Findings, table.Finding{Line: t.Line, Field: needed, Severity: table.Wrong, Key: "organisation.import.no_column." + needed})
		}
	}
	if slices.ContainsFunc(out.Findings, func(f table.Finding) bool { return f.Severity == table.Wrong }) {
		return out, nil
	}
	snap := snapshot.FromContext(ctx)
	for line, cells := range t.Rows() {
		out.Lines = append(out.Lines, readLine(snap, words, t.Columns, line, cells))
	}
	if len(out.Lines) == 0 {
		return out, nil
	}
	j := judge{s: s, f: snap.France, actor: actor, numbers: map[string]int{}, may: map[string]error{}}
	if err := j.gather(ctx); err != nil {
		return nil, err
	}
	for i := range out.Lines {
		if out.Lines[i].Verdict != LineRefused {
			if err := j.line(ctx, &out.Lines[i]); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// rounded is a number as spreadsheets write long ones, its last digits lost.
var rounded = regexp.MustCompile(`^\d([.,]\d+)?E\+?\d+$`)

// readLine reads the cells of an organisation, each as the field of its form is read.
func readLine(snap *snapshot.Snapshot, words tableWords, columns []string, line int, cells []string) ImportLine {
	out := ImportLine{Line: line}
	o := &out.Organisation
	wrong := func(field, key string, args ...any) {
		out.Verdict = LineRefused
		if !slices.ContainsFunc(out.Findings, func(f table.Finding) bool { return f.Field == field }) {
			out.Findings = append(out.Findings, table.Finding{Line: line, Field: field, Severity: table.Wrong, Key: key, Args: args})
		}
	}
	typed := map[string]string{}
	for i, cell := range cells {
		typed[columns[i]] = strings.TrimSpace(cell)
	}
	short := func(text string) string { return string([]rune(text)[:min(60, len([]rune(text)))]) }
	for _, c := range OrganisationColumns {
		text := typed[c]
		switch c {
		case "id":
			o.ID = text
		case "kind":
			if o.Kind = words.kinds[plainWords(text)]; o.Kind == "" && text != "" {
				wrong(c, "organisation.import.kind", short(text))
			}
		case "state":
			if o.State = words.states[plainWords(text)]; o.State == "" && text != "" {
				wrong(c, "organisation.import.state", short(text))
			}
		case "siren", "siret":
			if rounded.MatchString(strings.ToUpper(text)) {
				wrong(c, "organisation.import.rounded", short(text))
			}
			o.Set(c, text)
		case "postal_code":
			if text = compact(text); digits(text, 4) {
				text = "0" + text // a spreadsheet took it for a number
			}
			o.Set(c, text)
		case "commune", "commune_name", "vintage", "territories":
		default:
			o.Set(c, text)
		}
	}
	commune := cmp.Or(typed["commune"], typed["commune_name"])
	if digits(commune, 4) {
		commune = "0" + commune
	}
	code, choices := ReadCommune(snap, commune, o.PostalCode)
	if known := snap.France.Current(strings.ToUpper(commune)); len(known) == 0 && !strings.HasSuffix(commune, ")") { // a name: nobody is there to see which one a near name led to
		all := slices.DeleteFunc(append(choices, code), func(c string) bool {
			n, ok := snap.France.CommuneNumber(c)
			return !ok || plainWords(snap.France.Commune(n).Name) != plainWords(commune)
		})
		if code, choices = "", all; len(all) == 1 {
			code, choices = all[0], nil
		}
	}
	switch o.Commune = code; {
	case len(choices) > 0:
		wrong("commune", "organisation.import.commune_several", short(commune))
	case code == "" && digits(commune, 5):
		wrong("commune", "organisation.commune.unknown", short(commune))
	case code == "" && commune != "":
		wrong("commune", "organisation.commune.not_found", short(commune))
	}
	for text := range strings.FieldsFuncSeq(typed["territories"], func(r rune) bool { return strings.ContainsRune(",;|\n", r) }) {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		id, choices := ReadTerritory(snap, text)
		if id.String() != text {
			choices = slices.DeleteFunc(append(choices, id), func(id territory.ID) bool {
				t, ok := snap.France.Territory(id)
				return !ok || plainWords(t.Name) != plainWords(text)
			})
			if id = (territory.ID{}); len(choices) == 1 {
				id, choices = choices[0], nil
			}
		}
		switch {
		case len(choices) > 0:
			wrong("territories", "organisation.import.territory_several", short(text))
		case id.Level == "":
			wrong("territories", "organisation.territories.unknown", short(text))
		default:
			o.Territories = append(o.Territories, id)
		}
	}
	tidied, err := o.Tidied(snap.France)
	faults, _ := fault.Split(err, fault.Mendable) // of which all are
	for _, e := range faults {
		wrong(e.Field, e.Key, e.Args...)
	}
	if out.Verdict != LineRefused {
		*o = tidied
	}
	return out
}

// judge says of lines whether they are there already.
type judge struct {
	s       *Organisations
	f       *territory.France
	actor   *Actor
	all     []compared       // rows, then lines of the table
	above   map[string]int   // line, by the id that a line has in all
	blocks  map[string][]int // places in all, by commune, SIREN and how words begin
	holders map[string]int   // places in all, by number
	numbers map[string]int   // lines, by number or id
	may     map[string]error // by territories
}

// gather reads every organisation once: asking for each line would take minutes.
func (j *judge) gather(ctx context.Context) error {
	j.blocks, j.holders, j.above = map[string][]int{}, map[string]int{}, map[string]int{}
	for n := 0; ; {
		page, total, err := j.s.Store.Organisations(ctx, OrganisationFilter{Limit: 1000, Offset: n})
		if err != nil {
			return err
		}
		for i := range page {
			for _, number := range numbersOf(&page[i]) {
				j.holders[number] = len(j.all)
			}
			j.add(named(j.f, &page[i]))
		}
		if n += len(page); len(page) == 0 || n >= total {
			return nil
		}
	}
}

func (j *judge) add(c compared) {
	n := len(j.all)
	j.all = append(j.all, c)
	keys := map[string]bool{"commune " + c.Commune: c.Commune != "", "siren " + c.SIREN: c.SIREN != ""}
	for _, w := range append(Fold(c.Name), Fold(c.ShortName)...) {
		for size := 1; size <= min(len(w), wordBegins); size++ {
			keys["word "+strings.ToValidUTF8(w[:size], "")] = true
		}
	}
	for key, has := range keys {
		if has {
			j.blocks[key] = append(j.blocks[key], n)
		}
	}
}

// numbersOf are what no other organisation may have.
func numbersOf(o *Organisation) []string {
	var out []string
	switch {
	case o.SIRET != "":
		out = append(out, "siret "+o.SIRET)
	case o.SIREN != "":
		out = append(out, "siren "+o.SIREN)
	}
	if o.RNA != "" {
		out = append(out, "rna "+o.RNA)
	}
	return out
}

// known finds the organisation that a line is, by its id or its numbers.
func (j *judge) known(ctx context.Context, l *ImportLine) (bool, error) {
	o := &l.Organisation
	if o.ID != "" {
		other, err := j.s.Follow(ctx, o.ID)
		if l.Other = other; err == nil {
			return true, nil
		}
		if fault.CodeOf(err) != fault.NotFound {
			return false, err
		}
		l.Other = Organisation{}
	}
	for _, number := range numbersOf(o) {
		if at, ok := j.holders[number]; ok {
			l.Other = *j.all[at].Organisation
			return true, nil
		}
	}
	if c, ok := CollectiviteBySIREN(j.f, o.SIREN); ok && o.SIRET == "" {
		var err error
		l.Other, err = j.s.Follow(ctx, c.ID)
		return true, err
	}
	for _, number := range append(numbersOf(o), "id "+o.ID) {
		if l.Above = j.numbers[number]; l.Above > 0 {
			return true, nil
		}
	}
	return false, nil
}

func (j *judge) line(ctx context.Context, l *ImportLine) error {
	known, err := j.known(ctx, l)
	if known || err != nil {
		l.Verdict = LineKnown
		return err
	}
	o := &l.Organisation
	where := JoinTerritories(o.Territories)
	refused, asked := j.may[where]
	if !asked {
		refused = j.s.MayCreate(ctx, j.actor, o.Territories)
		j.may[where] = refused
	}
	if refused != nil {
		e, ok := errors.AsType[*fault.Error](refused)
		if !ok || e.Code != fault.Forbidden {
			return refused
		}
		key, args := e.Key, e.Args
		if len(o.Territories) == 0 {
			key, args = "organisation.import.nowhere", nil
		}
		l.Verdict = LineRefused
		l.Findings = append(l.Findings, table.Finding{Line: l.Line, Field: "territories", Severity: table.Wrong, Key: key, Args: args})
		return nil
	}
	for _, number := range numbersOf(o) {
		j.numbers[number] = l.Line
	}
	if o.ID != "" {
		j.numbers["id "+o.ID] = l.Line
	}
	o.ID = fmt.Sprintf("ligne %d", l.Line) // no id of an organisation has a space
	c := named(j.f, o)
	around, err := j.around(ctx, c)
	if err != nil {
		return err
	}
	for _, a := range likely(j.f, c, around) {
		if line, ok := j.above[a.ID]; ok {
			l.AlikeAbove = append(l.AlikeAbove, line)
		} else {
			l.Alike = append(l.Alike, a)
		}
	}
	if l.Verdict = LineNew; len(l.Alike)+len(l.AlikeAbove) > 0 {
		l.Verdict = LineAlike
	}
	kept := *o // what follows may change the line
	j.add(named(j.f, &kept))
	j.above[o.ID] = l.Line
	return nil
}

// around are those that [Organisations.Lookalikes] would compare with a line, and the
// lines above.
func (j *judge) around(ctx context.Context, c compared) ([]compared, error) {
	var keys []string
	if c.SIREN != "" {
		keys = append(keys, "siren "+c.SIREN)
	}
	if c.Commune != "" {
		keys = append(keys, "commune "+c.Commune)
	}
	for _, t := range terms(c.Name, nil) {
		if t.weight == 1 && len(keys) < mostAsked {
			keys = append(keys, "word "+strings.ToValidUTF8(t.text[:min(len(t.text), wordBegins)], ""))
		}
	}
	var out []compared
	seen := map[int]bool{}
	for _, key := range keys {
		for _, n := range j.blocks[key] {
			if !seen[n] {
				seen[n] = true
				out = append(out, j.all[n])
			}
		}
	}
	for _, id := range append([]territory.ID{{Level: territory.Commune, Code: c.Commune}}, c.Territories...) {
		for _, o := range Collectivites(j.f, id) {
			row, err := j.s.Find(ctx, o.ID)
			if err != nil {
				return nil, err
			}
			out = append(out, named(j.f, &row))
		}
	}
	return out, nil
}

// refusedLines refuses to keep a table with lines that cannot be kept.
func refusedLines(n int) error {
	return fault.New(fault.Invalid, "organisation.import.refused_lines", n)
}

// KeepImport creates the new lines of an import that was just read, and those alike that
// others has: all of them or none. Refused lines are left out if leave is true, else they
// are an error.
func (s *Organisations) KeepImport(ctx context.Context, actor *Actor, imp *Import, others map[int]bool, leave bool) ([]Organisation, error) {
	if n := imp.Count(LineRefused); n > 0 && !leave {
		return nil, refusedLines(n)
	}
	var list []NewOrganisation
	at := map[int]int{} // place in list, by line
	for _, l := range imp.Lines {
		if l.Verdict != LineNew && (l.Verdict != LineAlike || !others[l.Line]) {
			continue
		}
		n := NewOrganisation{Organisation: l.Organisation, Apart: withRows(l.Alike)}
		n.ID = ""
		for _, line := range l.AlikeAbove {
			if place, ok := at[line]; ok {
				n.ApartAbove = append(n.ApartAbove, place)
			}
		}
		at[l.Line] = len(list)
		list = append(list, n)
	}
	if len(list) == 0 {
		return nil, fault.New(fault.Invalid, "organisation.import.nothing")
	}
	return s.Store.CreateOrganisations(ctx, actor.By(), list)
}
