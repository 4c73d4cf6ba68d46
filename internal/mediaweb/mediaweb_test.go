package mediaweb

import (
	"bytes"
	"embed"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/audit"
	"bassin/internal/blob"
	"bassin/internal/i18n"
	"bassin/internal/media"
	"bassin/internal/pgtest"
	"bassin/internal/store"
	"bassin/internal/web"
	"bassin/internal/web/assets"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

//go:embed testdata
var templates embed.FS

const owner = "mandate:1"

// site is a page with attachments, on real parts.
type site struct {
	*httptest.Server
	media *media.Service
	db    *store.DB
	dir   string
}

func onEach(t *testing.T, test func(t *testing.T, s *site)) {
	t.Run("sqlite", func(t *testing.T) { test(t, open(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))) })
	t.Run("postgres", func(t *testing.T) { test(t, open(t, pgtest.DSN(t))) })
}

func open(t *testing.T, dsn string) *site {
	t.Helper()
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files, err := blob.Open("dir:"+dir, blob.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	static, err := assets.Load()
	if err != nil {
		t.Fatal(err)
	}
	kit, err := web.New(web.Config{Site: func() web.Site { return web.Site{Name: "Bassin"} }, Catalog: catalog, Assets: static,
		Templates: []web.Templates{{Room: "test", Files: templates, Examples: map[string][]any{"test/page": {web.Files{}}}}}})
	if err != nil {
		t.Fatal(err)
	}
	p := &Pages{Kit: kit, Media: media.New(db, files, media.DefaultLimits(2<<20), time.Now, blob.Scratch(t.TempDir())), May: Public, Now: time.Now}
	show := func(w http.ResponseWriter, r *http.Request, action string, failed error) error {
		v, err := p.Panel(r, owner, action, failed)
		if err != nil {
			return err
		}
		page := &web.Page{Title: "Fichiers", Template: "test/page", View: v}
		if failed != nil {
			page.Status = http.StatusUnprocessableEntity
		}
		return kit.Page(w, r, page)
	}
	rt, err := kit.Router(append(p.Routes(),
		web.Route{Method: "GET", Pattern: "/lire", Action: "test.read", Who: web.Everyone, Handler: func(w http.ResponseWriter, r *http.Request) error { return show(w, r, "", nil) }},
		web.Route{Method: "GET", Pattern: "/tenir", Action: "test.manage", Who: web.Everyone, Handler: func(w http.ResponseWriter, r *http.Request) error { return show(w, r, "/tenir", nil) }},
		web.Route{Method: "POST", Pattern: "/tenir", Action: "test.change", Who: web.Everyone, Body: p.Body(), Handler: func(w http.ResponseWriter, r *http.Request) error {
			if err := p.Receive(r, audit.Person("ada"), owner, r.URL.Query().Get("public") == "1"); err != nil {
				return show(w, r, "/tenir", err)
			}
			return kit.Redirect(w, r, "/tenir", http.StatusSeeOther)
		}}))
	if err != nil {
		t.Fatal(err)
	}
	s := &site{Server: httptest.NewServer(kit.Stack(rt, web.NewMetrics(), time.Now, web.Limits{})), media: p.Media, db: db, dir: dir}
	t.Cleanup(s.Close)
	return s
}

func (s *site) add(t *testing.T, g media.Given, body string) media.Attachment {
	t.Helper()
	if g.Subject == "" {
		g.Subject = owner
	}
	a, err := s.media.Add(t.Context(), audit.Person("ada"), g, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// ask sends a request with headers given by pairs, and follows no redirection.
func (s *site) ask(t *testing.T, method, path string, headers ...string) (reply, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.URL.Opaque = path // as it is, dots and all
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return s.send(t, r)
}

func (s *site) send(t *testing.T, r *http.Request) (reply, string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, res.ContentLength}, string(b)
}

// reply is an answer without its body.
type reply struct {
	StatusCode    int
	Header        http.Header
	ContentLength int64
}

func photo(t *testing.T, w, h int) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestServed(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		table := "commune;population\nÉtables;" + strings.Repeat("1", 3000) + "\n"
		doc := s.add(t, media.Given{Name: `Délib "3".csv`, Public: true}, table)
		if want := "/fichiers/" + doc.ID + "/D%C3%A9lib%20-3-.csv"; Address(doc) != want {
			t.Errorf("its address is %s, want %s", Address(doc), want)
		}
		res, body := s.ask(t, "GET", Address(doc))
		if res.StatusCode != 200 || body != table {
			t.Errorf("status %d, %d bytes", res.StatusCode, len(body))
		}
		for name, want := range map[string]string{
			"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": "attachment; filename*=utf-8''D%C3%A9lib%20-3-.csv",
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=86400, immutable",
			"Cross-Origin-Resource-Policy": "same-origin", "Etag": `"` + doc.SHA256 + `"`, "Accept-Ranges": "bytes", "Content-Length": fmt.Sprint(len(table)),
		} {
			if got := res.Header.Get(name); got != want && !(name == "Content-Length" || name == "Etag") {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
		// Go's client asks for gzip by itself; as it is, the rest shows.
		if res, body := s.ask(t, "GET", Address(doc), "Accept-Encoding", "identity"); res.Header.Get("Etag") != `"`+doc.SHA256+`"` || res.ContentLength != int64(len(table)) || body != table {
			t.Errorf("as it is: %v", res.Header)
		}
		if res, body := s.ask(t, "GET", Address(doc), "Range", "bytes=8-17"); res.StatusCode != 206 || body != table[8:18] {
			t.Errorf("a part: status %d, %q", res.StatusCode, body)
		}
		if res, _ := s.ask(t, "GET", Address(doc), "Range", "bytes=9999999-"); res.StatusCode != 416 {
			t.Errorf("beyond its end: status %d", res.StatusCode)
		}
		for _, tag := range []string{`"` + doc.SHA256 + `"`, `W/"` + doc.SHA256 + `"`} {
			if res, body := s.ask(t, "GET", Address(doc), "If-None-Match", tag); res.StatusCode != 304 || body != "" {
				t.Errorf("once there: status %d, %d bytes", res.StatusCode, len(body))
			}
		}
		if res, body := s.ask(t, "HEAD", Address(doc), "Accept-Encoding", "identity"); res.StatusCode != 200 || body != "" || res.ContentLength != int64(len(table)) {
			t.Errorf("its head: status %d, %d bytes", res.StatusCode, res.ContentLength)
		}

		picture := s.add(t, media.Given{Name: "salle.jpg", Public: true}, photo(t, 1600, 900))
		res, large := s.ask(t, "GET", Address(picture))
		if res.Header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "inline") {
			t.Errorf("a picture: %v", res.Header)
		}
		res, small := s.ask(t, "GET", Preview(picture))
		c, err := jpeg.DecodeConfig(strings.NewReader(small))
		if w, h := picture.Shown(); err != nil || c.Width != 800 || c.Height != 450 || w != 800 || h != 450 || res.Header.Get("Etag") != `"`+picture.Small+`"` || small == large {
			t.Errorf("what a page shows: %+v, %v, %v", c, err, res.Header)
		}
	})
}

// Nothing but an attachment is had, by whatever path, and none by whom may not.
func TestNotServed(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		open, closed := s.add(t, media.Given{Name: "a.txt", Public: true}, "open"), s.add(t, media.Given{Name: "b.txt"}, "closed secret")
		for _, path := range []string{
			"/fichiers/" + open.ID + "/../../../../../etc/passwd", "/fichiers/..%2f..%2f..%2fetc%2fpasswd/a.txt", "/fichiers/%2e%2e/%2e%2e/etc/passwd",
			"/fichiers/..%5c..%5cwindows/win.ini", "/fichiers/" + open.SHA256 + "/a.txt", "/fichiers/" + open.SHA256[:2] + "/" + open.SHA256[2:], "/fichiers/%00/a.txt", "/fichiers/%ff/a.txt",
			"/fichiers/'%20OR%201=1--/a.txt", "/fichiers/none/a.txt", Address(closed), Preview(closed), strings.ToLower(Address(open)), "/en" + Address(open),
		} {
			res, body := s.ask(t, "GET", path)
			if res.StatusCode == 301 || res.StatusCode == 307 { // cleaned by the router, and not followed further than the site
				if to := res.Header.Get("Location"); !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
					t.Errorf("%s leads to %s", path, to)
				}
				continue
			}
			if res.StatusCode != 404 || strings.Contains(body, "root:") || strings.Contains(body, "secret") {
				t.Errorf("%s: status %d, %.60q", path, res.StatusCode, body)
			}
		}
		// A name is ours to give: another leads to it.
		for _, name := range []string{"evil.html", "x", "a.txt%0d%0aSet-Cookie:%20a=b", "%2e%2e%2fx"} {
			res, _ := s.ask(t, "GET", "/fichiers/"+open.ID+"/"+name)
			if res.StatusCode != 302 || res.Header.Get("Location") != Address(open) || res.Header.Get("Set-Cookie") != "" {
				t.Errorf("as %s: status %d, %v", name, res.StatusCode, res.Header)
			}
		}
		if err := os.Remove(filepath.Join(s.dir, open.SHA256[:2], open.SHA256[2:])); err != nil {
			t.Fatal(err)
		}
		if res, _ := s.ask(t, "GET", Address(open)); res.StatusCode != 503 || strings.Contains(res.Header.Get("Cache-Control"), "public") {
			t.Errorf("without its bytes: status %d, %v", res.StatusCode, res.Header)
		}
	})
}

// post sends the form of a panel; a field whose name is file is one.
func (s *site) post(t *testing.T, path, name, kind, body string, fields ...string) (reply, *goquery.Document) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if name != "" {
		part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf("form-data; name=%q; filename=%q", "file", name)}, "Content-Type": {kind}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+path, &b)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return s.read(t, r)
}

func (s *site) read(t *testing.T, r *http.Request) (reply, *goquery.Document) {
	t.Helper()
	res, body := s.send(t, r)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return res, doc
}

func (s *site) page(t *testing.T, path string) *goquery.Document {
	t.Helper()
	_, body := s.ask(t, "GET", path)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestPanel(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		if got := s.page(t, "/lire").Find("main").Text(); !strings.Contains(got, "Aucun fichier.") {
			t.Errorf("empty, it says %s", got)
		}
		if got := s.page(t, "/en/tenir").Find("main").Text(); !strings.Contains(got, "Add the first one below") || !strings.Contains(got, "2\u00a0MB") {
			t.Errorf("empty, in English, it says %s", got)
		}
		// The name and the type that are sent are not believed.
		res, _ := s.post(t, "/tenir?public=1", `..\<img src=x onerror=alert(1)>.exe`, "text/html", photo(t, 1000, 500), "do", "add", "alt", `"><script>alert(1)</script>`)
		if res.StatusCode != 303 {
			t.Fatalf("added: status %d", res.StatusCode)
		}
		if res, _ := s.post(t, "/tenir", "b.csv", "text/csv", "a;b\n1;2\n"); res.StatusCode != 303 {
			t.Errorf("added: status %d", res.StatusCode)
		}
		doc := s.page(t, "/tenir")
		img := doc.Find(".files img")
		if alt, _ := img.Attr("alt"); alt != `"><script>alert(1)</script>` || img.AttrOr("width", "") != "800" || img.AttrOr("height", "") != "400" || doc.Find("main script, main [onerror]").Length() > 0 {
			t.Errorf("the picture is shown as %v", img.Nodes)
		}
		if res, _ := s.ask(t, "GET", img.AttrOr("src", "")); res.StatusCode != 200 || res.Header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("the picture's address: status %d", res.StatusCode)
		}
		if n := doc.Find(".files > li").Length(); n != 2 || !strings.Contains(doc.Find(".files").Text(), "réservé") {
			t.Errorf("%d are shown to who manages", n)
		}
		if doc := s.page(t, "/lire"); doc.Find(".files > li").Length() != 1 || doc.Find("main form").Length() > 0 {
			t.Error("who only reads sees what is not public, or forms")
		}
		// Described, from the version that was read, and from another.
		form := doc.Find(`form:has(input[value="describe"])`)
		id, version := form.Find(`[name=id]`).AttrOr("value", ""), form.Find(`[name=version]`).AttrOr("value", "")
		if res, _ := s.post(t, "/tenir", "", "", "", "do", "describe", "id", id, "version", version, "alt", "La salle"); res.StatusCode != 303 {
			t.Errorf("described: status %d", res.StatusCode)
		}
		for _, v := range []string{version, "", "x"} {
			if res, doc := s.post(t, "/tenir", "", "", "", "do", "describe", "id", id, "version", v, "alt", "Autre"); res.StatusCode != 422 || doc.Find(".error").Length() == 0 {
				t.Errorf("described from version %q: status %d", v, res.StatusCode)
			}
		}
		if a, err := s.media.Get(t.Context(), id); err != nil || a.Alt != "La salle" || a.By != audit.Person("ada") {
			t.Errorf("it is %+v, %v", a, err)
		}
		// Another's is not this page's to touch.
		other := s.add(t, media.Given{Subject: "mandate:2", Name: "a.txt"}, "text")
		for _, do := range []string{"remove", "describe"} {
			if res, _ := s.post(t, "/tenir", "", "", "", "do", do, "id", other.ID, "version", "1", "alt", "x"); res.StatusCode != 404 {
				t.Errorf("%s another's: status %d", do, res.StatusCode)
			}
		}
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/tenir", strings.NewReader("do=remove&id="+id))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if res, _ := s.read(t, r); res.StatusCode != 303 {
			t.Errorf("removed: status %d", res.StatusCode)
		}
		if n := s.page(t, "/tenir").Find(".files > li").Length(); n != 1 {
			t.Errorf("%d are left", n)
		}
	})
}

// What is refused is told beside its field, and nothing typed is lost.
func TestPanelRefuses(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		long := strings.Repeat("é", 501)
		for name, c := range map[string]struct{ name, body, alt, field, text string }{
			"no file":         {"", "", "mon texte", "file", "Choisissez un fichier"},
			"a page":          {"a.pdf", "<html>", "mon texte", "file", "pages web"},
			"a program":       {"photo.jpg", "\x7fELF", "mon texte", "file", "genre de fichier"},
			"an empty one":    {"a.txt", "", "mon texte", "file", "vide"},
			"too large":       {"a.txt", strings.Repeat("a", 2<<20+1), "mon texte", "file", "2\u00a0Mo"},
			"far too large":   {"a.txt", strings.Repeat("a", 5<<20), "mon texte", "file", "2\u00a0Mo"},
			"too long a text": {"a.txt", "text", long, "alt", "500 caractères"},
		} {
			res, doc := s.post(t, "/tenir", c.name, "application/pdf", c.body, "do", "add", "alt", c.alt)
			if res.StatusCode != 422 {
				t.Errorf("%s: status %d", name, res.StatusCode)
			}
			if got := doc.Find("#" + c.field + "-help .error").Text(); !strings.Contains(got, c.text) {
				t.Errorf("%s: beside the field %q, want %q", name, got, c.text)
			}
			if doc.Find(`[role=alert] a[href="#`+c.field+`"]`).Length() != 1 || doc.Find("#"+c.field).AttrOr("aria-invalid", "") != "true" || doc.Find("#alt").AttrOr("value", "") != c.alt {
				t.Errorf("%s: it is not told on top, or what was typed is lost", name)
			}
		}
		if all, err := s.media.Of(t.Context(), owner); err != nil || len(all) > 0 {
			t.Errorf("kept all the same: %v, %v", all, err)
		}
		// A line cut in the middle.
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/tenir", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhalf"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		if res, doc := s.read(t, r); res.StatusCode != 422 || !strings.Contains(doc.Find(".error").Text(), "interrompu") {
			t.Errorf("cut: status %d, %s", res.StatusCode, doc.Find(".error").Text())
		}
	})
}
