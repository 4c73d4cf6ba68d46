package signin

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"bassin/internal/fault"
)

func TestAcceptable(t *testing.T) {
	p := hasher(t, cheap(), 1)
	about := []string{"Jean-François Le Goff", "jf.legoff@lannion-tregor.example", "Bassin du Trégor"}
	for password, want := range map[string]string{
		"":                             "short",
		"Tr0ub4dor&3":                  "short",
		"éééé":                         "short",
		"correct horse battery staple": "",
		"cheval pile agrafe tournesol": "",
		"trois petits chats gris":      "",
		"x7Kp-92vQ_mLz":                "",
		"l’été sera chaud":             "",
		"7 pommes, 3 poires & 1 kiwi":  "",
		"пароль из четырёх слов":           "",
		"合言葉は長い文にしましょう":                    "",
		strings.Repeat("abcdé fghji ", 20): "long",

		"123456789012":       "regular",
		"19840517 061984":    "digits",
		"0612345678 0612":    "digits",
		"aaaaaaaaaaaa":       "regular",
		"abababababab":       "regular",
		"xK9xK9xK9xK9":       "regular",
		"abcdefghijkl":       "regular",
		"lkjihgfedcba":       "regular",
		"azertyuiop123":      "regular",
		"AZERTYUIOPQSDFG":    "regular",
		"qwertyuiop12345":    "regular",
		"1a2b3c4d5e6f7g":     "regular",
		"1aqw2zsx3edc4rfv":   "regular",
		"aaaabbbbccccdddd":   "regular",
		"azerty123456azerty": "regular",

		"password1234":            "common",
		"Password2026!":           "common",
		"P@ssw0rd2026!!":          "common",
		"P4$$w0rd$$$$$":           "common",
		"motdepasse2026":          "common",
		"Mot-de-passe-26":         "common",
		"M0td3p4ss3!!!":           "common",
		"MÔTDÉPÀSSE2026":          "common",
		"2026motdepasse":          "common",
		"!!!motdepasse!!!":        "common",
		"essapedtom2026":          "common",
		"bienvenue2026":           "common",
		"Bonjour2026!":            "common",
		"charlotte17051984":       "common",
		"jeanmarie1962":           "common",
		"Marie-Sophie 1985":       "common",
		"julienetlea":             "short",
		"soleil-bretagne29":       "common",
		"olympiquedemarseille13":  "common",
		"libertegalitefraternite": "common",
		"iloveyou!!!!":            "common",
		"trustno1trustno":         "common",
		"adminadmin2026":          "common",

		"legoff-jean-francois":       "own",
		"JFLEGOFF22300!!":            "own",
		"Jean-Francois1962":          "common",
		"lannion-tregor22":           "own",
		"bassindutregor":             "own",
		"B@ss1nDuTr3gor!":            "own",
		"tregor-motdepasse":          "own",
		"legoff soleil bretagne":     "own",
		"legoff n’aime pas la pluie": "",
	} {
		err := p.Acceptable(password, about...)
		got := ""
		if e, ok := errors.AsType[*fault.Error](err); ok {
			got = strings.TrimPrefix(e.Key, "signin.password.")
			if e.Code != fault.Invalid || e.Field != "password" {
				t.Errorf("%q: the error is %v", password, err)
			}
		}
		if got != want {
			t.Errorf("Acceptable(%q) = %q, want %q", password, got, want)
		}
	}
}

// What a password manager makes is never refused.
func TestChanceIsAcceptable(t *testing.T) {
	p := hasher(t, cheap(), 1)
	r := rand.New(rand.NewPCG(1, 2))
	for _, letters := range []string{"abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz0123456789", "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789-_!?$@"} {
		for range 3000 {
			b := make([]byte, 14)
			for i := range b {
				b[i] = letters[r.IntN(len(letters))]
			}
			if mostlyDigits(string(b)) {
				continue // chance has its dates too
			}
			if err := p.Acceptable(string(b), "Léa Roy", "lea.roy@example.fr", "Bassin"); err != nil {
				t.Errorf("%q: %v", b, err)
			}
		}
	}
}

// Every word of the lists that is long enough to be chosen is refused.
func TestListedPasswordsAreRefused(t *testing.T) {
	p := hasher(t, cheap(), 1)
	w := p.words()
	if n := len(w.sorted); n < 25000 || !w.has("password") || !w.has("motdepasse") || !w.has("azerty") {
		t.Fatalf("%d words", n)
	}
	long := 0
	for _, word := range w.sorted {
		if len(word) < shortest {
			word = strings.ToUpper(word[:1]) + word[1:] + "2026!2026!2026!"[:shortest+2-min(len(word), 11)]
		} else {
			long++
		}
		if p.Acceptable(word) == nil {
			t.Errorf("%q is accepted", word)
		}
	}
	if long < 50 {
		t.Errorf("%d words of the lists are long enough to be chosen", long)
	}
}

func FuzzAcceptable(f *testing.F) {
	p := hasher(f, cheap(), 1)
	for _, s := range []string{"", "motdepasse2026", "\xff\xfe\xfd", strings.Repeat("é", 300), "ﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺ", "ﷺ"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, password, about string) {
		if len(password) > 4000 || len(about) > 1000 {
			return
		}
		err := p.Acceptable(password, about)
		if err == nil && len([]rune(password)) > 8*longest {
			t.Errorf("%d characters are accepted", len([]rune(password)))
		}
		// One's own password is never acceptable, if it has letters to be known by.
		if err == nil && p.Acceptable(password, about, password) == nil && len(letters(fold(password))) >= 3 && fold(password) == letters(fold(password)) {
			t.Errorf("%q is accepted though it is the person's own name", password)
		}
	})
}

func BenchmarkAcceptable(b *testing.B) {
	p := hasher(b, cheap(), 1)
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Acceptable("cheval pile agrafe tournesol", "Jeanne Le Goff", "jeanne@mairie.example", "Bassin du Trégor"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadWords(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if w := readWords(); len(w.sorted) == 0 {
			b.Fatal("no words")
		}
	}
}
