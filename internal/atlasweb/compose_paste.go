package atlasweb

import (
	"slices"
	"strings"
	"unicode"

	"bassin/internal/territory"
	"bassin/internal/territory/names"
)

// Limits of a pasted list.
const (
	maxPasted  = 256 << 10 // bytes
	maxChoices = 12        // communes offered for one line
)

// lineFault says why a line of a pasted list gives no commune. Its value is the
// ending of a key of the catalogue.
type lineFault string

const (
	lineUnknown   lineFault = "unknown"   // no such code, no such name
	lineAmbiguous lineFault = "ambiguous" // several communes of that name
	linePostal    lineFault = "postal"    // a postal code shared by several communes
	lineDiffers   lineFault = "differs"   // code and name are not of the same commune
	lineSplit     lineFault = "split"     // a past commune that became several
	lineSmaller   lineFault = "smaller"   // a territory smaller than a commune
	lineEither    lineFault = "either"    // an official code that is also a postal code
)

// pastedLine is a line of a pasted list that needs its author.
type pastedLine struct {
	Number  int // from 1, empty lines counted
	Text    string
	Fault   lineFault
	Choices []*territory.Territory
}

// pasted is what a pasted list comes to.
type pasted struct {
	Terms []string // of the lines understood, in order, each once
	Lines int      // lines that are not empty
	Wrong []pastedLine
}

// readPasted reads a list of communes or territories, one or several a line:
// official codes, level:code, or names, with a postal code or a département
// beside them or not. chosen holds the answers already given, by line number.
func readPasted(f *territory.France, x *names.Index, text string, chosen map[int]string) pasted {
	var out pasted
	seen := map[string]bool{}
	take := func(t *territory.Territory) {
		if s := termOf(t.ID); !seen[s] {
			seen[s] = true
			out.Terms = append(out.Terms, s)
		}
	}
	p := paster{f: f, x: x}
	p.reading = p.codesMean(text)
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimFunc(line, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' })
		if line == "" {
			continue
		}
		out.Lines++
		found, wrong := p.line(line)
		if wrong.Fault == "" {
			for _, t := range found {
				take(t)
			}
			continue
		}
		if i := slices.IndexFunc(wrong.Choices, func(t *territory.Territory) bool { return termOf(t.ID) == chosen[number] }); i >= 0 {
			take(wrong.Choices[i])
			continue
		}
		wrong.Number, wrong.Text = number, shortened(line, 80)
		out.Wrong = append(out.Wrong, wrong)
	}
	return out
}

type paster struct {
	f       *territory.France
	x       *names.Index
	reading reading
}

// reading is how a list reads numbers that are an official code of one commune
// and the postal code of others: 22300 is both.
type reading int

const (
	askEither    reading = iota // nothing in the list tells
	readOfficial                // other codes of the list are official codes only
	readPostal                  // other codes of the list are postal codes only
)

// codesMean tells from the codes that are only of one kind.
func (p paster) codesMean(text string) reading {
	official, postal := false, false
	for s := range strings.FieldsFuncSeq(text, separates) {
		if len(s) != 5 || !looksLikeCode(s) {
			continue
		}
		isOfficial, isPostal := len(p.f.Current(strings.ToUpper(s))) > 0, len(p.f.Postal(s)) > 0
		official = official || isOfficial && !isPostal
		postal = postal || isPostal && !isOfficial
	}
	switch {
	case official && !postal:
		return readOfficial
	case postal && !official:
		return readPostal
	}
	return askEither
}

// separates says whether a letter parts two fields of a line.
func separates(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;|\"\ufeff", r) }

// line reads one line: codes alone, then a code with a name, then a name.
func (p paster) line(s string) ([]*territory.Territory, pastedLine) {
	fields := strings.FieldsFunc(s, separates)
	if len(fields) == 0 {
		return nil, pastedLine{Fault: lineUnknown}
	}
	var found []*territory.Territory
	for i, field := range fields {
		ts, fault, isCode := p.code(field)
		if !isCode {
			break
		}
		if i == len(fields)-1 && len(fields) > 1 && fault.Fault == "" {
			return append(found, ts...), pastedLine{}
		}
		if len(fields) == 1 {
			return ts, fault
		}
		if fault.Fault != "" {
			break
		}
		found = append(found, ts...)
	}
	return p.named(fields)
}

// code reads one field as a code. It says false where the field is none.
func (p paster) code(s string) (ts []*territory.Territory, wrong pastedLine, isCode bool) {
	if id, ok := territory.ParseID(s); ok {
		if t, ok := p.f.Territory(id); ok {
			if !t.Level.Whole() {
				return nil, pastedLine{Fault: lineSmaller}, true
			}
			return []*territory.Territory{t}, wrong, true
		}
		return nil, pastedLine{Fault: lineUnknown}, true
	}
	if !looksLikeCode(s) {
		return nil, wrong, false
	}
	if t := p.commune(s); len(t) == 1 {
		at := p.f.Postal(s)
		if len(at) == 0 || p.reading == readOfficial {
			return t, wrong, true
		}
		if p.reading == askEither {
			return nil, pastedLine{Fault: lineEither, Choices: append(t, p.numbered(at)...)}, true
		}
	} else if len(t) > 1 {
		return nil, pastedLine{Fault: lineSplit, Choices: t}, true
	}
	switch at := p.f.Postal(s); {
	case len(at) == 1:
		return p.numbered(at), wrong, true
	case len(at) > 1:
		return nil, pastedLine{Fault: linePostal, Choices: p.numbered(at)}, true
	}
	if t, ok := p.f.Territory(territory.ID{Level: territory.EPCI, Code: s}); ok {
		return []*territory.Territory{t}, wrong, true
	}
	return nil, pastedLine{Fault: lineUnknown}, true
}

// commune reads an official commune code, past or present.
func (p paster) commune(s string) []*territory.Territory {
	var at []int32
	for _, c := range p.f.Current(strings.ToUpper(s)) {
		if n, ok := p.f.CommuneNumber(c); ok {
			at = append(at, n)
		}
	}
	return p.numbered(at)
}

func (p paster) numbered(at []int32) []*territory.Territory {
	all := p.f.Level(territory.Commune)
	out := make([]*territory.Territory, len(at))
	for i, n := range at {
		out[i] = all[n]
	}
	return out
}

// looksLikeCode says whether s has the form of a code: 5 characters of a commune
// or postal code, or the 9 figures of a SIREN.
func looksLikeCode(s string) bool {
	if len(s) != 5 && len(s) != 9 {
		return false
	}
	for i := range len(s) {
		corsica := i == 1 && len(s) == 5 && strings.IndexByte("ABab", s[i]) >= 0
		if (s[i] < '0' || s[i] > '9') && !corsica {
			return false
		}
	}
	return true
}

// named reads a line that holds a name, alone or beside an official code, a
// postal code or a département.
func (p paster) named(fields []string) ([]*territory.Territory, pastedLine) {
	var codes, words []string
	for _, s := range fields {
		if looksLikeCode(s) {
			codes = append(codes, s)
		} else {
			words = append(words, s)
		}
	}
	name := strings.Join(words, " ")
	same := p.called(name)
	for _, c := range codes {
		if ts := p.commune(c); len(ts) == 1 && slices.Contains(same, ts[0]) {
			return ts, pastedLine{}
		}
	}
	for _, c := range codes {
		var here []*territory.Territory
		for _, t := range p.numbered(p.f.Postal(c)) {
			if slices.Contains(same, t) {
				here = append(here, t)
			}
		}
		if len(here) == 1 {
			return here, pastedLine{}
		}
	}
	if len(codes) > 0 {
		var both []*territory.Territory
		for _, c := range codes {
			both = append(both, p.commune(c)...)
		}
		if both = append(both, same...); len(both) > 0 {
			return nil, pastedLine{Fault: lineDiffers, Choices: both[:min(len(both), maxChoices)]}
		}
	}
	switch len(same) {
	case 1:
		return same, pastedLine{}
	case 0:
		return nil, pastedLine{Fault: lineUnknown, Choices: p.guesses(name)}
	}
	return nil, pastedLine{Fault: lineAmbiguous, Choices: same[:min(len(same), maxChoices)]}
}

// called lists the communes of exactly that name, the most inhabited first. A
// département in brackets or at the end tells homonyms apart.
func (p paster) called(name string) []*territory.Territory {
	if name == "" {
		return nil
	}
	bare, dep := name, ""
	if before, after, ok := strings.Cut(name, "("); ok {
		bare, dep = strings.TrimSpace(before), strings.ToUpper(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(after), ")")))
	} else if i := strings.LastIndexByte(name, ' '); i > 0 {
		last := strings.ToUpper(name[i+1:])
		if _, ok := p.f.Territory(territory.ID{Level: territory.Departement, Code: last}); ok {
			bare, dep = name[:i], last
		}
	}
	var out []*territory.Territory
	for _, s := range p.x.ByName(names.Communes, bare, true, 100) {
		if s.Score < 1 {
			break
		}
		n, ok := p.f.CommuneNumber(s.Code)
		if !ok || dep != "" && !p.inside(n, dep) {
			continue
		}
		out = append(out, p.f.Level(territory.Commune)[n])
	}
	return out
}

// inside says whether commune n lies in the département of that number or name.
func (p paster) inside(n int32, dep string) bool {
	d := p.f.One(n, territory.Departement)
	return d != nil && (d.Code == dep || strings.EqualFold(d.Name, dep))
}

// guesses are what the search makes of a name that no commune has.
func (p paster) guesses(name string) []*territory.Territory {
	var out []*territory.Territory
	for _, m := range p.x.Search(name, names.Options{Limit: 4, Levels: []territory.Level{territory.Commune}}) {
		if t, ok := p.f.Territory(m.ID); ok {
			out = append(out, t)
		}
	}
	return out
}

// shortened cuts a text for display after that many letters.
func shortened(s string, letters int) string {
	n := 0
	for i := range s {
		if n == letters {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
