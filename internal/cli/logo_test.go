package cli

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"bassin/internal/people"
)

// upload is the form of a panel that adds a file.
func upload(t *testing.T, c *http.Client, address, name, alt string, file []byte) reply {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("alt", alt); err != nil {
		t.Fatal(err)
	}
	f, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = f.Write(file)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, &b)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", w.FormDataContentType())
	r, err := c.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	return reply{r.StatusCode, r.Header}
}

func TestTheLogoIsOnEveryPage(t *testing.T) {
	s := open(t, nil)
	base := serving(t, s)
	admin := seat(t, s, people.Person{ID: people.NewID(), Name: "Root", Email: "root@example.fr"}, true, people.Mandate{Role: people.Administrator})
	visitor := &http.Client{}
	logo := base + "/administration/reglages/logo"
	m := image.NewRGBA(image.Rect(0, 0, 900, 300))
	for i := range 900 {
		m.Set(i, i/3, color.RGBA{200, 30, 30, 255})
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, m); err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile(`<img src="(/apercus/[^"]+)" alt="([^"]*)"`)
	if r := upload(t, admin, logo, "logo.txt", "", []byte("not a picture")); r.StatusCode != http.StatusBadRequest {
		t.Errorf("a text as a logo: %d", r.StatusCode)
	}
	if _, page := fetch(t, visitor, base+"/a-propos"); shown.MatchString(page) {
		t.Error("a text is shown as the logo")
	}
	if r := upload(t, admin, logo, "logo <b>.png", "Agence \"X\"", picture.Bytes()); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("a picture: %d", r.StatusCode)
	}
	for _, path := range []string{"/a-propos", "/en/about", "/commune/22113"} {
		_, page := fetch(t, visitor, base+path)
		found := shown.FindStringSubmatch(page)
		if found == nil || found[2] != "Agence &#34;X&#34;" {
			t.Fatalf("%s shows %q", path, found)
		}
		r, _ := fetch(t, visitor, base+found[1])
		if r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Header.Get("Content-Type"), "image/") {
			t.Errorf("the picture: %d %s", r.StatusCode, r.Header.Get("Content-Type"))
		}
	}
	_, page := fetch(t, admin, logo)
	for _, id := range regexp.MustCompile(`name="id" value="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		send(t, admin, http.MethodPost, logo, form("do", "remove", "id", id[1]))
	}
	if _, page := fetch(t, visitor, base+"/a-propos"); shown.MatchString(page) {
		t.Error("a logo that was taken away is still shown")
	}
}
