package names

import (
	"sort"
	"strings"

	"bassin/internal/territory"
)

// searchCodes offers the territories of a postal code, an official code or a
// SIREN, or of the beginning of one.
func (s *search) searchCodes(tokens []token) {
	text := join(tokens, "")
	if len(tokens) > 1 && !isDigits(text) || !strings.ContainsAny(text, "0123456789") || len(text) < 2 {
		return
	}
	x := s.x
	for i := sort.Search(len(x.codes), func(i int) bool { return x.codes[i].code >= text }); i < len(x.codes) && strings.HasPrefix(x.codes[i].code, text); i++ {
		c := &x.codes[i]
		e := &x.entries[c.entry]
		score, why := s.codeScore(c, text), ByCode
		if c.postal {
			why = ByPostalCode
		}
		if score == 0 || !s.open(c.entry, score) || !s.keeps(c.entry, nil) {
			continue
		}
		shown := c.code
		if !c.postal && shown != e.Siren {
			if shown = e.ID.Code; e.Kind == Inside && e.Code != "" {
				shown = e.Code
			}
		}
		s.offer(candidate{entry: c.entry, score: score, why: why, code: shown, typed: len(text)})
	}
}

// levelAndCode reads "département 59", "canton 2207": words that name a level and
// the code of one territory of it.
func (s *search) levelAndCode(tokens []token) {
	n := len(tokens) - 1
	if n < 1 || !strings.ContainsAny(tokens[n].text, "0123456789") {
		return
	}
	meant := ^family(0)
	for _, t := range tokens[:n] {
		if !isStop(t.text) {
			meant &= impliedBy(t.text, false)
		}
	}
	if meant == 0 || meant == ^family(0) {
		return
	}
	x, text := s.x, tokens[n].text
	for i := sort.Search(len(x.codes), func(i int) bool { return x.codes[i].code >= text }); i < len(x.codes) && x.codes[i].code == text; i++ {
		c := &x.codes[i]
		if e := &x.entries[c.entry]; !c.postal && x.implied[c.entry]&meant != 0 && s.open(c.entry, codeScore+renown) && s.keeps(c.entry, nil) {
			s.offer(candidate{entry: c.entry, score: codeScore + x.weight[c.entry], why: ByCode, code: e.ID.Code, typed: len(text)})
		}
	}
}

// codeScore ranks by what people most often mean: a département by its number, a
// whole postal code, another whole code, then beginnings.
func (s *search) codeScore(c *coded, text string) float32 {
	e, w := &s.x.entries[c.entry], s.x.weight[c.entry]
	whole := c.code == text
	switch l := e.ID.Level; {
	case whole && l == territory.Departement:
		return codeScore + 6
	case whole && c.postal && l == territory.Commune:
		return codeScore + 4 + w
	case whole && c.postal:
		return codeScore + 3.5 + w
	case whole && (l == territory.Commune || l == territory.EPCI || l == territory.EPT):
		return codeScore + 4 + 0.42*renown // among the first of a shared postal code
	case whole && l == territory.ArrondissementMunicipal:
		return codeScore + 4.5
	case whole:
		return codeScore + 2 - 0.1*float32(rank(l))
	case c.postal && l == territory.Commune:
		return codeScore + w
	case c.postal:
		return codeScore - 0.2 + w
	case l == territory.Commune && len(text) >= 3 && c.code != e.Siren:
		return codeScore - 0.3 + w
	case len(text) >= 4:
		return codeScore - 1 + w
	}
	return 0
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
