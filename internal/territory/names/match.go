package names

import (
	"slices"
	"strings"

	"bassin/internal/territory"
)

// Why says what made a match, for pages to explain it where it is not obvious.
type Why string

// The reasons of a match.
const (
	ByName       Why = "name"        // the name, or its beginning, as typed
	ByWords      Why = "words"       // words of the name, in another order or not from its beginning
	ByTypo       Why = "typo"        // the name once typing errors are forgiven
	ByFormerName Why = "former-name" // a name of the past; Text holds it
	ByPart       Why = "part"        // a place inside the territory; Text holds its name
	ByPostalCode Why = "postal-code" // Text holds the code
	ByCode       Why = "code"        // official code or SIREN; Text holds it
	BySigle      Why = "sigle"       // initials; Text holds them
)

// Span is a range of bytes of a string, End excluded.
type Span struct{ Start, End int }

// Match is one territory that answers a query.
type Match struct {
	ID          territory.ID
	Name        string // the name of the territory today
	Text        string // what matched: Name unless Why says otherwise
	Why         Why
	Score       float64 // higher is better; only comparable within one answer
	Highlights  []Span  // what was typed, in Text, in order and apart from each other
	Population  int     // inhabitants, 0 if unknown
	Departement string  // code, "" if none; the pole's where the territory crosses several
	Region      string  // code, likewise
}

// Group is the matches of one level, in their order.
type Group struct {
	Level   territory.Level
	Matches []Match
}

// GroupByLevel gathers matches by level. The level of the best match comes first.
func GroupByLevel(matches []Match) []Group {
	var groups []Group
	for _, m := range matches {
		i := slices.IndexFunc(groups, func(g Group) bool { return g.Level == m.ID.Level })
		if i < 0 {
			i = len(groups)
			groups = append(groups, Group{Level: m.ID.Level})
		}
		groups[i].Matches = append(groups[i].Matches, m)
	}
	return groups
}

// match makes the answer of a candidate.
func (x *Index) match(c *candidate, typed []token) Match {
	e := &x.entries[c.entry]
	m := Match{
		ID: e.ID, Name: e.Name, Text: e.Name, Why: c.why, Score: float64(c.score), Population: int(e.Population),
		Departement: e.Departement, Region: e.Region,
	}
	if n, ok := x.current[e.ID]; ok {
		m.Name, m.Population = x.entries[n].Name, int(x.entries[n].Population)
	}
	switch {
	case c.code != "":
		m.Text = c.code
		m.Highlights = []Span{{0, min(c.typed, len(c.code))}}
		return m
	case e.Kind == Sigle:
		m.Why, m.Highlights = BySigle, []Span{{0, len(m.Text)}}
		return m
	case e.Kind == Former:
		m.Why = ByFormerName
	case e.Kind == Inside && e.ID.Level == territory.Commune:
		m.Why = ByPart
	}
	m.Highlights = highlight(m.Text, typed)
	return m
}

// highlight finds what was typed in a name: whole words, beginnings, and words
// that only typing errors tell apart.
func highlight(text string, typed []token) []Span {
	words := fold(text, nil)
	var spans []Span
	taken := make([]bool, len(words))
	for i, q := range typed {
		best, kind := -1, 0
		for j, w := range words {
			if taken[j] {
				continue
			}
			k := 0
			switch {
			case w.text == q.text:
				k = 3
			case strings.HasPrefix(w.text, q.text) && !(isStop(q.text) && i < len(typed)-1):
				k = 2
			case allowedErrors(len(q.text)) > 0:
				limit := allowedErrors(len(q.text))
				if whole, start := distance(q.text, w.text, limit); whole <= limit || start <= limit && i == len(typed)-1 {
					k = 1
				}
			}
			if k > kind {
				best, kind = j, k
			}
		}
		if best < 0 {
			continue
		}
		taken[best] = true
		w := words[best]
		if kind == 2 {
			w.end = cut(text, w, len(q.text))
		}
		spans = append(spans, Span{w.start, w.end})
	}
	if len(spans) < len(typed) {
		if glued := highlightJoined(words, typed); glued != nil {
			spans = glued
		}
	}
	return tidy(text, spans)
}

// highlightJoined marks the words that make what was typed in one piece.
func highlightJoined(words, typed []token) []Span {
	all, rest := join(typed, ""), join(words, "")
	if all == "" || !strings.HasPrefix(rest, all) {
		return nil
	}
	var spans []Span
	for n, i := 0, 0; n < len(all) && i < len(words); i++ {
		spans = append(spans, Span{words[i].start, words[i].end})
		n += len(words[i].text)
	}
	return spans
}

// cut returns where in text the first letters of a folded word end.
func cut(text string, w token, letters int) int {
	for i := range text[w.start:w.end] {
		if i == 0 {
			continue
		}
		if f := fold(text[w.start:w.start+i], nil); len(f) > 0 && len(f[0].text) >= letters && !canonicalised(w, text) {
			return w.start + i
		}
	}
	return w.end
}

// canonicalised says whether the word was read as another (St as saint), so that
// its letters do not stand for those typed.
func canonicalised(w token, text string) bool { return len(w.text) > w.end-w.start }

// tidy sorts spans and joins those that touch or are only a sign apart.
func tidy(text string, spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return a.Start - b.Start })
	var out []Span
	for _, s := range spans {
		if n := len(out); n > 0 && (s.Start <= out[n-1].End || len(fold(text[out[n-1].End:s.Start], nil)) == 0) {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}
