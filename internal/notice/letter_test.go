package notice

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"bassin/internal/i18n"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// letters are those of an installation; its addresses are in French in every language but the prefix.
func letters(t *testing.T, c *i18n.Catalog) *Letters {
	t.Helper()
	return &Letters{
		Catalog: c,
		Site: func(context.Context) (Site, error) {
			return Site{"Bassin du Trégor", "https://bassin.example.fr"}, nil
		},
		Href: func(lang i18n.Lang, path string) string {
			if lang != i18n.FR {
				return "/" + string(lang) + path
			}
			return path
		},
	}
}

// extended is the catalogue of the program with texts of a feature yet to be.
func extended(t *testing.T, texts map[string][2]string) *i18n.Catalog {
	t.Helper()
	files := fstest.MapFS{}
	paths, err := filepath.Glob("../i18n/locales/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = &fstest.MapFile{Data: b}
	}
	for i, lang := range []string{"fr", "en"} {
		flat := map[string]string{}
		for key, both := range texts {
			flat[key] = both[i]
		}
		b, err := json.Marshal(flat)
		if err != nil {
			t.Fatal(err)
		}
		files["try."+lang+".json"] = &fstest.MapFile{Data: b}
	}
	c, err := i18n.LoadFS(files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var zoe = Reader{Email: "zoe@example.fr", Name: "Zoé Le Goff", Lang: i18n.FR, Active: true}

// tried is a letter with all that one may have.
func tried(t *testing.T) (*Letters, Letter) {
	c := extended(t, map[string][2]string{
		"try.subject": {"Votre mandat se termine", "Your mandate ends soon"},
		"try.body":    {"Votre mandat au conseil « {0} » se termine le {1}.", "Your mandate in the council “{0}” ends on {1}."},
		"try.link":    {"Voir votre mandat", "See your mandate"},
		"try.after":   {"Ce lien est à vous : ne le donnez à personne.", "This link is yours: give it to nobody."},
		"try.title":   {"Vos mandats", "Your mandates"},
		"try.line":    {"{0} dit {1} fois", "{0} said {1} times"},
		"try.why":     {"Vous recevez ce message parce que vous avez un mandat.", "You get this message because you hold a mandate."},
	})
	return letters(t, c), Letter{
		Subject: Say("try.subject"),
		Body:    []Text{Say("try.body", "Numérique & lien", Day("2026-12-01")), Say("try.after")},
		Link:    Link{Say("try.link"), "/mon-compte?a=1&b=2"},
		Groups:  []Group{{Say("try.title"), []Line{{Say("try.line", "<b>Oui</b>", 1200), "/conseil/1"}, {Say("try.subject"), ""}}}},
		After:   []Text{Say("try.after")},
		Why:     Say("try.why"),
		Stop:    "abc.def",
	}
}

func TestLettersReadAlikeInBothLanguages(t *testing.T) {
	ls, l := tried(t)
	for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
		to := zoe
		to.Lang = lang
		m, err := ls.Write(t.Context(), to, l)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "letter."+string(lang)+".txt", "To: "+m.To+"\nSubject: "+m.Subject+"\n\n"+m.Text)
		golden(t, "letter."+string(lang)+".html", m.HTML)
		if _, err := m.Event("zoe"); err != nil {
			t.Error(err)
		}
		if want := ls.Href(lang, "/desabonnement/abc.def"); m.Unsubscribe != "https://bassin.example.fr"+want {
			t.Errorf("one click leads to %q", m.Unsubscribe)
		}
		// Both forms say the same: every text and every address of one is in the other.
		d, err := goquery.NewDocumentFromReader(strings.NewReader(m.HTML))
		if err != nil {
			t.Fatal(err)
		}
		d.Find("body p, body li, body h2").Each(func(_ int, s *goquery.Selection) {
			for part := range strings.SplitSeq(strings.TrimSpace(s.Text()), " · ") {
				if !strings.Contains(m.Text, part) {
					t.Errorf("%q is in the page only", part)
				}
			}
		})
		d.Find("a").Each(func(_ int, s *goquery.Selection) {
			if href, _ := s.Attr("href"); !strings.Contains(m.Text, href) {
				t.Errorf("%q is in the page only", href)
			}
		})
		if n := d.Find("img, script, link, b").Length(); n != 0 {
			t.Errorf("the page holds %d things from elsewhere or from people", n)
		}
	}
}

func TestALetterAskedForCannotBeStopped(t *testing.T) {
	ls, l := tried(t)
	l.Stop, l.Groups, l.After = "", nil, nil
	m, err := ls.Write(t.Context(), Reader{Email: "nobody@example.fr", Lang: "br"}, l)
	if err != nil {
		t.Fatal(err)
	}
	if m.Unsubscribe != "" || strings.Contains(m.Text, "desabonnement") || !strings.HasPrefix(m.Text, "Bonjour,\n") {
		t.Errorf("the letter is %+v", m)
	}
}

// Whoever signs up with another's address must not write to them through us.
func TestNamesCarryNoMessage(t *testing.T) {
	ls, l := tried(t)
	for name, kept := range map[string]bool{
		"Zoé Le Goff": true, "Jean-Yves d’Estienne": true, "李雷": true,
		"": false, "  ": false, "gagnez sur http://example.org": false, "www.example.org": false, "a@example.org": false,
		strings.Repeat("é", 60): false, "[clic](x)": false,
	} {
		to := zoe
		to.Name = name
		m, err := ls.Write(t.Context(), to, l)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(m.Text, "Bonjour "+name+",") && name != ""; got != kept {
			t.Errorf("%q is greeted: %t, want %t", name, got, kept)
		}
		if a, err := mail.ParseAddress(m.To); err != nil || a.Address != zoe.Email {
			t.Errorf("%q: the address is %q, %v", name, m.To, err)
		}
	}
	to := zoe
	to.Name = "Zoé\r\nBcc: eve\u202e"
	l.Body = []Text{Say("try.body", "une\n\nautre\x00 ligne", Day("2026-12-01"))}
	m, err := ls.Write(t.Context(), to, l)
	if err != nil || !strings.Contains(m.Text, "«\u00a0une  autre ligne\u00a0»") || strings.Contains(m.Text, "\u202e") {
		t.Errorf("lines of people's own: %q, %v", m.Text, err)
	}
	if _, err := m.Event("zoe"); err != nil {
		t.Error(err)
	}
}

func TestALetterLacksNothing(t *testing.T) {
	ls, good := tried(t)
	for name, spoil := range map[string]func(*Letter, *Letters){
		"subject": func(l *Letter, _ *Letters) { l.Subject = Text{} },
		"text":    func(l *Letter, _ *Letters) { l.Body = nil },
		"reason":  func(l *Letter, _ *Letters) { l.Why = Text{} },
		"address": func(_ *Letter, ls *Letters) {
			ls.Site = func(context.Context) (Site, error) { return Site{Name: "Bassin"}, nil }
		},
		"name": func(_ *Letter, ls *Letters) {
			ls.Site = func(context.Context) (Site, error) { return Site{BaseURL: "https://bassin.example.fr"}, nil }
		},
	} {
		l, with := good, *ls
		spoil(&l, &with)
		if _, err := with.Write(t.Context(), zoe, l); err == nil {
			t.Errorf("a letter without %s was written", name)
		}
	}
}

func TestTextsAreKept(t *testing.T) {
	at := time.Date(2026, 11, 26, 13, 5, 0, 0, time.UTC)
	want := Say("try.x", "un « deux »", 0, 1200, "", Day("2026-12-01"), Moment(at), Word("notice.letter.stop"))
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Text
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.Transformer("time", func(m Moment) time.Time { return time.Time(m) })); diff != "" {
		t.Errorf("(-kept +read):\n%s", diff)
	}
	l := extended(t, map[string][2]string{"try.x": {"{0} {1} {2} {4} {5} {6}", "{0} {1} {2} {4} {5} {6}"}}).Localizer(i18n.FR)
	if got, want := got.In(l), "un « deux » 0 1\u202f200 1er décembre 2026 26 novembre 2026 à 14\u00a0h\u00a005 Ne plus recevoir ces messages"; got != want {
		t.Errorf("read as %q, want %q", got, want)
	}
	if _, err := json.Marshal(Say("try.x", 1.5)); err == nil {
		t.Error("a decimal was kept")
	}
	if err := json.NewDecoder(bytes.NewReader([]byte(`{"key":"a","args":[{}]}`))).Decode(&got); err == nil {
		t.Error("an empty argument was read")
	}
	if d := DayOf(time.Date(2026, 6, 30, 22, 30, 0, 0, time.UTC)); d != "2026-07-01" {
		t.Errorf("the day in Paris is %s", d)
	}
}
