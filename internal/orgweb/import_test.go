package orgweb

import (
	"bytes"
	"flag"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/audit"
	"bassin/internal/people"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/table"
)

var update = flag.Bool("update", false, "rewrite golden files")

// judged reads a table as an administrator.
func (x *site) judged(t testing.TB, data []byte) *people.Import {
	t.Helper()
	ctx := snapshot.WithContext(t.Context(), realdata.Snapshot(t))
	imp, err := x.rules.ReadImport(ctx, x.who["root"], data, x.kit.Locales()...)
	if err != nil {
		t.Fatal(err)
	}
	return imp
}

// Each broken table says line by line what is wrong with it, in both languages.
func TestBrokenImports(t *testing.T) {
	x := open(t)
	files, err := filepath.Glob("testdata/import/*.csv")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d tables, %v", len(files), err)
	}
	var got strings.Builder
	pages := &Pages{Kit: x.kit}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		imp := x.judged(t, data)
		fmt.Fprintf(&got, "%s\n", filepath.Base(file))
		say := func(list []table.Finding) {
			for _, f := range list {
				for _, l := range x.kit.Locales() {
					fmt.Fprintf(&got, "    %d %s %s\n", f.Line, f.Severity, pages.finding(l, f))
				}
			}
		}
		say(imp.Findings)
		for _, l := range imp.Lines {
			o := &l.Organisation
			fmt.Fprintf(&got, "  %d %s %q %s %s %s %s %d\n", l.Line, l.Verdict, o.Name, o.Kind, o.Commune, people.JoinTerritories(o.Territories), l.Other.ID, l.Above)
			say(l.Findings)
		}
	}
	const golden = "testdata/import/judged.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Errorf("judged otherwise:\n%s", d)
	}
}

// Whatever the bytes, each line has a verdict, and what is read again as it is shown for
// correction is judged the same.
func FuzzImport(f *testing.F) {
	files, _ := filepath.Glob("testdata/import/*.csv")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			f.Add(data)
		}
	}
	x := open(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		imp := x.judged(t, data)
		for _, l := range imp.Lines {
			refused := l.Verdict == people.LineRefused
			if l.Line < 1 || l.Verdict == "" || refused != (len(l.Findings) > 0) || !utf8.ValidString(l.Organisation.Name) {
				t.Errorf("line %+v", l)
			}
		}
		if len(imp.Lines) == 0 {
			return
		}
		if again := x.judged(t, []byte(strings.ReplaceAll(imp.Text, "\n", "\r\n"))); again.Digest() != imp.Digest() { // as a form sends it
			t.Errorf("read again otherwise: %+v, then %+v", imp.Lines, again.Lines)
		}
	})
}

// upload sends a table as a file.
func (x *site) upload(who string, data []byte, pairs ...string) *httptest.ResponseRecorder {
	x.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("fichier", "organisations.csv")
	if err != nil {
		x.t.Fatal(err)
	}
	part.Write(data) // to memory
	for i := 0; i < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			x.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		x.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/organisations/importer", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(&http.Cookie{Name: "who", Value: who})
	out := httptest.NewRecorder()
	x.ServeHTTP(out, r)
	return out
}

func TestImport(t *testing.T) {
	x := open(t)
	if w := x.ask("", http.MethodGet, "/organisations/importer", nil); w.Code == http.StatusOK {
		t.Error("a visitor sees the form")
	}
	d := x.page("ada", "/organisations/importer", http.StatusOK)
	has(t, d, "main", "Type d’organisation", "nécessaire", "Télécharger un modèle vide")
	w := x.ask("ada", http.MethodGet, "/en/organisations/import/template", nil)
	if !strings.HasPrefix(w.Body.String(), "\ufeffKind of organisation,Name,") {
		t.Errorf("the template is %q", w.Body)
	}
	if imp := x.judged(t, w.Body.Bytes()); len(imp.Findings) != 1 || imp.Findings[0].Key != "table.no_rows" {
		t.Errorf("the template reads as %+v", imp)
	}
	there := x.made(people.Organisation{Name: "Centre social Le Cap", Commune: "22266"})
	for _, none := range []string{"", "nom\nRadio\n"} {
		d = x.read(x.ask("ada", http.MethodPost, "/organisations/importer", form("texte", none)), http.StatusUnprocessableEntity)
		if d.Find(".field.wrong, [aria-invalid]").Length() == 0 {
			t.Errorf("%q: no field is marked", none)
		}
	}
	if got := d.Find("textarea").Text(); got != "nom\nRadio\n" {
		t.Errorf("what was pasted came back as %q", got)
	}

	text := "Type d’organisation;Nom;Commune\nassociation;Radio Été;Rostrenen\nassociation;Le Cap - centre social;22266\nentreprise;Loin;29019\ncommune;Mairie;22266\n"
	w = x.upload("ada", []byte("Type d'organisation;Nom;Commune\nassociation;Radio \xc9t\xe9;Rostrenen\nassociation;Le Cap - centre social;22266\nentreprise;Loin;29019\n"))
	d = x.read(w, http.StatusUnprocessableEntity)
	has(t, d, "main", "Windows", "Ligne 2 · Radio Été", "1 ligne refusée", "dépasse celui de votre mandat", "Rien n’est encore enregistré")
	if href := d.Find("#semblables ~ ul a").AttrOr("href", ""); href != address(there.ID) {
		t.Errorf("the likely duplicate leads to %q", href)
	}
	d = x.read(x.ask("ada", http.MethodPost, "/organisations/importer", form("texte", text)), http.StatusUnprocessableEntity)
	seen := d.Find("[name=vu]").AttrOr("value", "")
	// Kept only as it was seen, and whole unless said otherwise; nothing typed is lost.
	x.read(x.ask("ada", http.MethodPost, "/organisations/importer/enregistrer", form("texte", strings.Replace(text, "Loin", "Au loin", 1), "vu", seen, "laisser", "1")), http.StatusConflict)
	d = x.read(x.ask("ada", http.MethodPost, "/organisations/importer/enregistrer", form("texte", text, "vu", seen, "autre", "3")), http.StatusUnprocessableEntity)
	has(t, d, "main", "cochez pour la laisser de côté")
	if d.Find("[name=autre][value='3'][checked]").Length() != 1 || d.Find("textarea").Text() != text {
		t.Error("what was ticked or typed is lost")
	}
	d = x.sent("ada", "/organisations/importer/enregistrer", form("texte", text, "vu", seen, "autre", "3", "laisser", "1"))
	has(t, d, "main", "2 organisations sont ajoutées")
	d = x.page("", "/organisations?q=radio", http.StatusOK)
	has(t, d, "main", "Radio Été")
	rows, err := x.db.Find(t.Context(), audit.Filter{By: audit.Person("ada"), Action: "organisation.create"})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 {
		t.Errorf("%d rows of the record say so", len(rows))
	}
	// A table beyond the limit is told so, by the form.
	d = x.read(x.upload("ada", make([]byte, 8<<20)), http.StatusRequestEntityTooLarge)
	has(t, d, "main", "dépasse 2 Mo")

	// The list, downloaded, is known line by line.
	for _, path := range []string{"/organisations/csv", "/en/organisations/csv"} {
		imp := x.judged(t, x.ask("", http.MethodGet, path, nil).Body.Bytes())
		if len(imp.Lines) != 3 || imp.Count(people.LineKnown) != 3 || len(imp.Findings) > 0 {
			t.Errorf("%s reads back as %+v", path, imp)
		}
	}
}
