package search

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWordsOfATextAreFound(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"L'Œuvre d’été", "oeuvre@0 ete@1"},
		{"qu'il utilise jusqu'ici", "il*@0 utilise@0 ici@1"},
		{"e-administration", "e@0 administration@1 eadministration=@0"},
		{"tiers-lieu", "tiers@0 lieu@1 tierslieu=@0"},
		{"LibreOffice", "libre@0 office@1 libreoffice=@0"},
		{"GLPI et QGIS 3.28", "glpi@0 et*@1 qgis@1 3.28@2"},
		{"C++, C# et Notepad++", "c++@0 c#@1 et*@2 notepad++@2 notepad=@2"},
		{"Darik's Boot", "darik@0 boot@1"},
		{"système d'information", "systeme@0 information@1"},
		{"e\u0301cole", "ecole@0"},
		{"data.gouv.fr", "data@0 gouv@1 fr@2"},
		{"", ""},
		{"'-.+ “”", ""},
	} {
		var got []string
		for _, tok := range tokens(c.text, stopsFr) {
			mark := ""
			if tok.stop {
				mark = "*"
			} else if tok.whole {
				mark = "="
			}
			got = append(got, fmt.Sprintf("%s%s@%d", tok.word, mark, tok.position))
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%q: %s, want %s", c.text, g, c.want)
		}
	}
}

func TestFormsOfAWordShareAStem(t *testing.T) {
	for _, c := range [][]string{
		{"fr", "cartographie", "cartographique", "cartographies"},
		{"fr", "numerique", "numeriques"},
		{"fr", "collectivite", "collectivites"},
		{"fr", "gestion", "gestions"},
		{"fr", "contenu", "contenus"},
		{"fr", "lieu", "lieux"},
		{"en", "map", "maps"},
		{"en", "survey", "surveys"},
	} {
		for _, w := range c[2:] {
			if a, b := stem(c[1], c[0]), stem(w, c[0]); a != b {
				t.Errorf("%s %s: stems %s and %s", c[1], w, a, b)
			}
		}
	}
	if stem("3.28", "fr") != "3.28" || stem("c++", "fr") != "c++" {
		t.Error("a number or a sign was stemmed")
	}
}

func TestQueriesAreRead(t *testing.T) {
	for text, want := range map[string]string{
		`gestion de projet`:           `gestion de projet`,
		`"gestion de projet" libre`:   `"gestion de projet"|libre`,
		`« espace public » -payant`:   `"espace public"|-payant`,
		`visio -"en ligne"`:           `visio|-"en ligne"`,
		`e-administration`:            `e-administration`,
		`"pas fermé`:                  `"pas fermé"`,
		`"" - --`:                     `- --`,
		`a -b c`:                      `a|-b|c`,
		`  `:                          ``,
		"tout -\"\"":                  "tout",
		`l"été`:                       `l|"été"`,
		`"un" "deux"`:                 `"un"|"deux"`,
		"outil “de dessin” vectoriel": `outil|"de dessin"|vectoriel`,
	} {
		var got []string
		for _, p := range parse(text) {
			got = append(got, render(p))
		}
		if g := strings.Join(got, "|"); g != want {
			t.Errorf("%s: %s, want %s", text, g, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"gestion -\"de projet\" « x", "-", "\"", "C++ 3.28 l'été", "\xff-\"\xfe", "=q -=x"} {
		f.Add(s)
	}
	x := New(Field{Name: "title", Weight: 2, Length: 0.5, Title: true}, Field{Name: "body", Weight: 1, Length: 0.5})
	x.Put(Document{ID: "1", Texts: map[string][]string{"title": {"Gestion de projet"}, "body": {"C++ 3.28 l'été en pente douce"}}})
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range parse(text) {
			if strings.TrimSpace(p.text) == "" {
				t.Errorf("an empty part in %q", text)
			}
		}
		for _, typing := range []bool{false, true} {
			r := x.Find(Query{Text: text, Typing: typing, Size: 3})
			for _, m := range r.Marks(text) {
				if m.From < 0 || m.To > len(text) || m.From >= m.To {
					t.Errorf("mark %v of %q", m, text)
				}
			}
			if s := r.Snippet(text, 20); utf8.ValidString(text) && !utf8.ValidString(s.Text) {
				t.Errorf("snippet %q of %q", s.Text, text)
			}
		}
	})
}

// distance is Damerau-Levenshtein with each place edited once, by the definition.
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for x := range d {
		d[x] = make([]int, len(b)+1)
		d[x][0] = x
	}
	for y := range b {
		d[0][y+1] = y + 1
	}
	for x := 1; x <= len(a); x++ {
		for y := 1; y <= len(b); y++ {
			cost := 1
			if a[x-1] == b[y-1] {
				cost = 0
			}
			d[x][y] = min(d[x-1][y]+1, d[x][y-1]+1, d[x-1][y-1]+cost)
			if x > 1 && y > 1 && a[x-1] == b[y-2] && a[x-2] == b[y-1] {
				d[x][y] = min(d[x][y], d[x-2][y-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestNearWordsAreThoseOfTheDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	letters := func(n int) string {
		b := make([]byte, 1+r.IntN(n))
		for x := range b {
			b[x] = "abc"[r.IntN(3)]
		}
		return string(b)
	}
	for range 300 {
		var words []string
		for range 1 + r.IntN(60) {
			words = append(words, letters(9))
		}
		slices.Sort(words)
		words = slices.Compact(words)
		word, most := letters(9), 1+r.IntN(2)
		want, got := map[string]int{}, map[string]int{}
		for _, w := range words {
			if d := distance(word, w); d <= most {
				want[w] = d
			}
		}
		near(words, word, most, func(at, d int) { got[words[at]] = d })
		if fmt.Sprint(want) != fmt.Sprint(got) {
			t.Fatalf("%s within %d: %v, want %v", word, most, got, want)
		}
	}
}

func TestSynonymsAreWellFormed(t *testing.T) {
	s := readSynonyms()
	groups := 0
	for line := range lines(synonymsText) {
		groups++
		seen := map[string]string{}
		for m := range strings.SplitSeq(strings.ReplaceAll(line, ">", ","), ",") {
			words := plain(m)
			if len(words) == 0 {
				t.Errorf("a member of %q tells nothing", line)
				continue
			}
			if key := strings.Join(words, " "); seen[key] != "" {
				t.Errorf("%q twice in %q", key, line)
			} else {
				seen[key] = m
			}
		}
		if len(seen) < 2 {
			t.Errorf("%q is no group", line)
		}
	}
	if groups < 80 {
		t.Errorf("%d groups", groups)
	}
	if len(s.groups["epn"]) == 0 {
		t.Error("EPN stands for nothing")
	}
}

func TestWhatWasFoundIsMarked(t *testing.T) {
	x := New(Field{Name: "body", Weight: 1, Length: 0.5})
	text := "Un espace public numérique, ou EPN, prête des ordinateurs à l’entrée de la médiathèque."
	x.Put(Document{ID: "1", Texts: map[string][]string{"body": {text}}})
	for query, want := range map[string]string{
		"EPN":                 "[espace public numérique] [EPN]",
		"ordinateur":          "[ordinateurs]",
		"entree":              "[entrée]",
		`"public numérique"`:  "[public numérique]",
		"mediatheque -absent": "[médiathèque]",
		"":                    "",
	} {
		r := x.Find(Query{Text: query, Size: 1})
		if r.Total != 1 {
			t.Errorf("%s: %d found", query, r.Total)
		}
		var got []string
		for _, m := range r.Marks(text) {
			got = append(got, "["+text[m.From:m.To]+"]")
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%s: %s, want %s", query, g, want)
		}
		if s := r.Snippet(text, 30); len(s.Text) > 60 || query != "" && len(s.Marks) == 0 {
			t.Errorf("%s: snippet %+v", query, s)
		}
	}
}
