package i18n

import (
	"strings"
	"testing"
	"testing/fstest"
)

func load(t testing.TB) *Catalog {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCatalogueOfTheProgram(t *testing.T) {
	c := load(t)
	if got := c.Langs(); len(got) < 2 || got[0] != FR {
		t.Errorf("languages are %v, French first was expected", got)
	}
	for _, key := range c.Keys() {
		for _, lang := range c.Langs() {
			m := c.byKey[lang][key]
			for _, parts := range append([][]part{m.text}, values(m)...) {
				for _, p := range parts {
					if strings.Contains(p.literal, "  ") || strings.Contains(p.literal, "TODO") {
						t.Errorf("%s in %s: %q", key, lang, p.literal)
					}
				}
			}
		}
	}
}

func values(m *message) [][]part {
	var out [][]part
	for _, p := range m.byForm {
		out = append(out, p)
	}
	return out
}

func TestLoadRefuses(t *testing.T) {
	const base = `{"a.x": "texte"}`
	for _, c := range []struct {
		name, fr, en, want string
	}{
		{"missing in English", `{"a.x": "texte", "a.y": "autre"}`, base, "key a.y of fr is missing in en"},
		{"missing in French", base, `{"a.x": "text", "a.y": "other"}`, "key a.y of en is missing in fr"},
		{"given twice", `{"a.x": "un", "a.x": "deux"}`, base, "key a.x is given twice"},
		{"of another room", `{"b.x": "un"}`, base, "does not start with a., its room"},
		{"empty", `{"a.x": ""}`, base, "the text is empty"},
		{"not a text", `{"a.x": 3}`, base, "is not a text"},
		{"not an object", `["a"]`, base, "not one object"},
		{"open brace", `{"a.x": "un {0"}`, base, "brace is not closed"},
		{"odd placeholder", `{"a.x": "un {nom}"}`, base, "placeholders are"},
		{"other number of values", `{"a.x": "un {0}"}`, base, "takes 1 values in fr and 0 in en"},
		{"plural in one language", `{"a.x.one": "un", "a.x.other": "des"}`, base, "plural forms in one of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := LoadFS(fstest.MapFS{"a.fr.json": {Data: []byte(c.fr)}, "a.en.json": {Data: []byte(c.en)}})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestAnotherLanguageIsFiles(t *testing.T) {
	files := fstest.MapFS{}
	for _, lang := range []string{"fr", "en"} {
		for _, room := range []string{"i18n"} {
			b, err := locales.ReadFile("locales/" + room + "." + lang + ".json")
			if err != nil {
				t.Fatal(err)
			}
			files[room+"."+lang+".json"] = &fstest.MapFile{Data: b}
		}
	}
	files["i18n.br.json"] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(files["i18n.fr.json"].Data), "Français", "Brezhoneg"))}
	c, err := LoadFS(files)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Localizer("br").Name(); got != "Brezhoneg" {
		t.Errorf("the third language calls itself %q", got)
	}
}

func TestT(t *testing.T) {
	c, err := LoadFS(fstest.MapFS{
		"i18n.fr.json": {Data: must(t, "fr")}, "i18n.en.json": {Data: must(t, "en")},
		"a.fr.json": {Data: []byte(`{"a.n.one": "{0} commune", "a.n.other": "{0} communes", "a.two": "{1} puis {0}", "a.many": "beaucoup"}`)},
		"a.en.json": {Data: []byte(`{"a.n.one": "{0} commune", "a.n.other": "{0} communes", "a.two": "{1} then {0}", "a.many": "many"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		lang Lang
		key  string
		args []any
		want string
	}{
		{FR, "a.n", []any{0}, "0 commune"}, // in French, zero is singular
		{FR, "a.n", []any{1}, "1 commune"},
		{FR, "a.n", []any{1.5}, "1,5 commune"},
		{FR, "a.n", []any{2}, "2 communes"},
		{FR, "a.n", []any{34875}, "34\u202f875 communes"},
		{EN, "a.n", []any{0}, "0 communes"},
		{EN, "a.n", []any{1}, "1 commune"},
		{EN, "a.n", []any{int64(34875)}, "34,875 communes"},
		{FR, "a.two", []any{"b", Plain(2022)}, "2022 puis b"},
		{FR, "a.two", []any{"b"}, "… puis b"},
		{FR, "a.many", nil, "beaucoup"},
		{FR, "a.none", nil, "⟦a.none⟧"},
	} {
		if got := c.Localizer(tt.lang).T(tt.key, tt.args...); got != tt.want {
			t.Errorf("%s T(%s, %v) = %q, want %q", tt.lang, tt.key, tt.args, got, tt.want)
		}
	}
}

func must(t testing.TB, lang string) []byte {
	t.Helper()
	b, err := locales.ReadFile("locales/i18n." + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPreferred(t *testing.T) {
	c := load(t)
	for header, want := range map[string]Lang{
		"": "", "fr-FR,fr;q=0.9,en;q=0.8": FR, "en-GB": EN, "de,en;q=0.5": EN, "de": "", "fr;q=0.1, en;q=0.2": EN, ";;;": "",
	} {
		if got, ok := c.Preferred(header); got != want || ok != (want != "") {
			t.Errorf("Preferred(%q) = %q, %v, want %q", header, got, ok, want)
		}
	}
}

func BenchmarkT(b *testing.B) {
	l := load(b).Localizer(FR)
	b.ReportAllocs()
	for b.Loop() {
		l.T("web.chart.line.desc", "Rostrenen", 11911, Plain(2006), 11203, Plain(2022))
	}
}
