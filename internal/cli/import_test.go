package cli

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"bassin/internal/browsertest"
	"bassin/internal/commons"
	"bassin/internal/people"
)

// hand sends a form with a file, if body is not nil.
func hand(t *testing.T, c *http.Client, address, name string, body []byte, pairs ...string) (to, page string, status int) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if body != nil {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return sendAs(t, c, address, w.FormDataContentType(), b.Bytes())
}

func sendAs(t *testing.T, c *http.Client, address, kind string, body []byte) (to, page string, status int) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", kind)
	r, err := c.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var out bytes.Buffer
	if _, err := out.ReadFrom(r.Body); err != nil {
		t.Fatal(err)
	}
	return r.Header.Get("Location"), spaced.Replace(out.String()), r.StatusCode
}

// spaced writes every space alike.
var spaced = strings.NewReplacer("\u00a0", " ", "\u202f", " ")

const someSoftware = `publiccodeYmlVersion: "0.4"
name: Ariane Courrier
url: "https://git.example.fr/ariane.git"
platforms: [web]
developmentStatus: stable
softwareType: standalone/web
description:
  fr:
    shortDescription: Gérer le courrier reçu en mairie.
    longDescription: Gérer le courrier.
    features: [Suivre]
legal:
  license: LICENCE
maintenance:
  type: internal
  contacts:
    - name: Quelqu’un
localisation:
  localisationReady: true
  availableLanguages: [fr]
`

// What a file would make is shown line by line before anything is kept; it is kept as a
// whole, unless one chooses otherwise, and what is known is corrected.
func TestFilesAreImported(t *testing.T) {
	s := open(t, nil)
	at := serving(t, s)
	member := seat(t, s, people.Person{ID: "importe", Name: "Awa Importe", Email: "importe@example.fr"}, false, people.Mandate{Role: people.Observer, Scope: here})
	coordinator := seat(t, s, people.Person{ID: "publie", Name: "Léo Publie", Email: "publie@example.fr"}, false, people.Mandate{Role: people.Coordinator, Scope: here})
	home := here.Territory.String()
	read := func(c *http.Client, path string) string {
		t.Helper()
		r, body := fetch(t, c, at+path)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("GET %s: %d", path, r.StatusCode)
		}
		return spaced.Replace(body)
	}
	holds := func(body string, texts ...string) {
		t.Helper()
		for _, text := range texts {
			if !strings.Contains(body, text) {
				t.Errorf("%q is missing of %s", text, mainOf(body))
			}
		}
	}
	lacks := func(body string, texts ...string) {
		t.Helper()
		for _, text := range texts {
			if strings.Contains(body, text) {
				t.Errorf("%q is in %s", text, mainOf(body))
			}
		}
	}

	// A licence that is none is told at its line, and the text is there to be mended.
	wrong := strings.Replace(someSoftware, "LICENCE", "libre", 1)
	_, page, status := hand(t, member, at+"/importer", "publiccode.yml", []byte(wrong))
	if status != http.StatusOK {
		t.Fatalf("%d\n%s", status, mainOf(page))
	}
	holds(page, "Ariane Courrier", "license: libre", ">13<", "legal.license")
	lacks(read(member, "/propositions"), "Ariane")
	right := strings.Replace(someSoftware, "LICENCE", "AGPL-3.0-or-later", 1)
	_, page, _ = hand(t, member, at+"/importer", "", nil, "text", right, "home", home)
	holds(page, "Nouvelles : 1", "Envoyer aux modérateurs", "Garder en brouillons")
	to, page, status := hand(t, member, at+"/importer", "", nil, "text", right, "home", home, "garder", "1")
	if status != http.StatusSeeOther || !strings.HasSuffix(to, "/importer?draft=1") {
		t.Fatalf("%d to %s\n%s", status, to, mainOf(page))
	}
	holds(read(member, to), "Brouillons gardés : 1")
	holds(read(member, "/propositions"), "Ariane Courrier", "Brouillon")

	// Who may review publishes at once; given again, the file changes nothing; and with
	// another word it corrects what it said, found by its repository.
	to, _, status = hand(t, coordinator, at+"/importer", "", nil, "text", right, "home", home, "envoyer", "1")
	if status != http.StatusSeeOther || !strings.HasSuffix(to, "?accepted=1") {
		t.Fatalf("%d to %s", status, to)
	}
	_, page, _ = hand(t, coordinator, at+"/importer", "publiccode.yml", []byte(right), "home", home)
	holds(page, "connues, sans changement : 1")
	lacks(page, `name="garder"`)
	other := strings.NewReplacer("name: Ariane Courrier", "name: Ariane", "ariane.git", "Ariane/", "reçu en mairie", "d’une mairie").Replace(right)
	_, page, _ = hand(t, coordinator, at+"/importer", "publiccode.yml", []byte(other), "home", home)
	holds(page, "connues, à corriger : 1", "Ariane Courrier → Ariane", "d’une mairie")
	if to, _, status = hand(t, coordinator, at+"/importer", "publiccode.yml", []byte(other), "home", home, "envoyer", "1"); status != http.StatusSeeOther {
		t.Fatalf("%d to %s", status, to)
	}
	holds(read(member, "/communs?q=ariane"), "d’une mairie")

	// Of a table, one row is wrong: nothing is kept, and then the others.
	table := "kind;title;summary;themes\nneed;Garder les enfants;Un besoin.;education\nneed;;Sans titre.;\nknowledge;Guide;Un guide.;lune\nneed;Garder les enfants;Encore.;\nneed;Covoiturer;Un autre besoin.;transport\n"
	_, page, _ = hand(t, member, at+"/importer", "besoins.csv", []byte(table), "home", home)
	holds(page, "Nouvelles : 2", "refusées : 3", "déjà décrit à la ligne 2", ">3<", ">4<")
	_, page, status = hand(t, member, at+"/importer", "", nil, "text", table, "home", home, "garder", "1", "note", "D’un tableau")
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a file with refused rows: %d", status)
	}
	holds(page, "rien n’a été gardé", "Covoiturer", "D’un tableau")
	lacks(read(member, "/propositions"), "Covoiturer")
	if to, _, status = hand(t, member, at+"/importer", "", nil, "text", table, "home", home, "garder", "1", "partly", "1"); status != http.StatusSeeOther || !strings.HasSuffix(to, "?draft=2") {
		t.Errorf("%d to %s", status, to)
	}
	holds(read(member, "/propositions"), "Covoiturer", "Garder les enfants")

	// Nothing, and what is no file of ours, is told.
	for name, body := range map[string]string{
		"empty": " ", "zip": "PK\x03\x04zz", "nul": "kind;title\x00\n", "yaml": "publiccodeYmlVersion: &a [*a]", "deep": "publiccodeYmlVersion: " + strings.Repeat("[", 5000), "json": `{"@context":"http://169.254.169.254/x"}`, "xml": `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`,
	} {
		for _, format := range []string{"", "csv", "dcat", "publiccode", "exe"} {
			_, page, status := hand(t, member, at+"/importer", name, []byte(body), "format", format, "envoyer", "1")
			if status != http.StatusOK && status != http.StatusUnprocessableEntity && status != http.StatusSeeOther || strings.Contains(page, "root:x") {
				t.Errorf("%s as %q: %d", name, format, status)
			}
		}
	}
	if _, _, status := sendAs(t, member, at+"/importer", "multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\ncut")); status != http.StatusBadRequest {
		t.Errorf("a form that is cut: %d", status)
	}
	if _, page, status := hand(t, member, at+"/importer", "grand.csv", make([]byte, 22<<20)); status != http.StatusUnprocessableEntity || !strings.Contains(page, "dépasse 20 Mo") {
		t.Errorf("a large file: %d", status)
	}
	if _, page, status := hand(t, member, at+"/importer", "", nil, "text", right, "home", "bv:nul"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Ariane Courrier") {
		t.Errorf("a home that is none: %d\n%s", status, mainOf(page))
	}

	// A table to fill in has the fields of its kind, and is read.
	found, findings := commons.ReadCSV([]byte(read(member, "/importer/modele.csv?type=data")))
	if len(found) != 1 || found[0].Kind != commons.Data || len(findings) > 0 {
		t.Errorf("the table gives %v, %v", found, findings)
	}

	p := browsertest.New(t, browsertest.Options{Width: 360})
	name, value, _ := strings.Cut(member.Transport.(carrying).cookie, "=")
	p.Cookie(at, name, value)
	for _, path := range []string{"/importer", "/en/import"} {
		p.Go(at + path)
		for _, v := range p.Axe() {
			t.Errorf("%s: %s", path, v)
		}
		if n, culprits := p.Overflow(); n > 0 {
			t.Errorf("%s: %d pixels too wide: %s", path, n, culprits)
		}
	}
}

// A large file is read and kept while its sender need not wait; what the library gives is
// known when it comes back.
func TestLargeFilesAreImported(t *testing.T) {
	s := open(t, nil)
	at := serving(t, s)
	c := seat(t, s, people.Person{ID: "masse", Name: "Ada Masse", Email: "masse@example.fr"}, false, people.Mandate{Role: people.Coordinator, Scope: here})
	wait := func() string {
		t.Helper()
		for {
			r, body := fetch(t, c, at+"/importer/suivi")
			body = spaced.Replace(body)
			if r.StatusCode == http.StatusSeeOther {
				return r.Header.Get("Location")
			}
			if !strings.Contains(body, "en cours de traitement") {
				return body
			}
			select {
			case <-t.Context().Done():
				t.Fatal("it does not end")
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	var b strings.Builder
	b.WriteString("kind,title,summary,description\n")
	for i := range 1200 {
		fmt.Fprintf(&b, "need,Besoin n° %d,Un besoin.,%s\n", i, strings.Repeat("Long. ", 60))
	}
	b.WriteString("need,,Sans titre.,\n")
	to, page, status := hand(t, c, at+"/importer", "besoins.csv", []byte(b.String()), "home", here.Territory.String())
	if status != http.StatusSeeOther || !strings.HasSuffix(to, "/importer/suivi") {
		t.Fatalf("%d to %s\n%s", status, to, mainOf(page))
	}
	body := wait()
	if !strings.Contains(body, "Nouvelles : 1 200") || !strings.Contains(body, "refusées : 1") {
		t.Fatal(mainOf(body))
	}
	if _, page, status := hand(t, c, at+"/importer/suivi", "", nil, "envoyer", "1"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "rien n’a été gardé") {
		t.Errorf("with a refused row: %d", status)
	}
	if _, _, status := hand(t, c, at+"/importer/suivi", "", nil, "envoyer", "1", "partly", "1"); status != http.StatusSeeOther {
		t.Fatalf("%d", status)
	}
	if to := wait(); !strings.HasSuffix(to, "/importer?accepted=1200") {
		t.Fatal(mainOf(to))
	}
	// What it gives is what it has: no entry is new, nor changed, whatever the form, but for
	// publishers whose name several communes bear, which a catalogue tells by name alone.
	_, table := fetch(t, c, at+"/communs/csv?q=besoin&type=need")
	_, catalogue := fetch(t, c, at+"/communs/catalogue.ttl?type=data")
	same := regexp.MustCompile(`Nouvelles : 0 · connues, à corriger : [0-4] · connues, sans changement : [1-9]`)
	for name, file := range map[string]string{"communs.csv": table, "catalogue.ttl": catalogue} {
		if _, page, status := hand(t, c, at+"/importer", name, []byte(file)); status != http.StatusSeeOther {
			t.Fatalf("%s: %d\n%s", name, status, mainOf(page))
		}
		if body := wait(); !same.MatchString(body) {
			_, entries, _ := strings.Cut(mainOf(body), "Ce que le fichier donnerait")
			t.Errorf("%s: %s %s", name, same.FindString(body), entries[:min(3000, len(entries))])
		}
	}
}
