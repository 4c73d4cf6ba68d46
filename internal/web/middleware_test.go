package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"bassin/internal/fault"
)

// routesUnderTest answer in every way a route may.
func routesUnderTest(k *Renderer) []Route {
	route := func(method, pattern, action string, h Handler) Route {
		return Route{Method: method, Pattern: pattern, Action: action, Who: Everyone, Handler: h}
	}
	return []Route{
		route("GET", "/bv/{code}", "test.page", func(w http.ResponseWriter, r *http.Request) error {
			return k.Page(w, r, &Page{Title: "Rostrenen " + r.PathValue("code"), Template: "web/state", View: State{Kind: "empty", Title: "…"}})
		}),
		route("GET", "/recherche", "test.search", func(w http.ResponseWriter, r *http.Request) error {
			return k.Page(w, r, &Page{Title: "q", Template: "web/state", View: State{Title: "…"}, Query: r.FormValue("q")})
		}),
		route("GET", "/panic", "test.panic", func(http.ResponseWriter, *http.Request) error { panic("spilled") }),
		route("GET", "/late", "test.late", func(w http.ResponseWriter, r *http.Request) error {
			w.Write([]byte("begun"))
			panic("spilled")
		}),
		route("GET", "/fault/{code}", "test.fault", func(w http.ResponseWriter, r *http.Request) error {
			return fault.New(fault.Code(r.PathValue("code")), "").Because(errors.New("secret of the machine"))
		}),
		route("GET", "/bare", "test.bare", func(http.ResponseWriter, *http.Request) error { return errors.New("secret of the machine") }),
		route("POST", "/form", "test.form", func(w http.ResponseWriter, r *http.Request) error {
			b, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			fmt.Fprint(w, len(b))
			return nil
		}),
		route("GET", "/text", "test.text", func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Type", "text/csv")
			w.Write([]byte(strings.Repeat("Rostrenen;11203\n", 500)))
			return nil
		}),
		route("GET", "/tiny", "test.tiny", func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Type", "text/plain")
			return Respond(w, r, []byte("tiny"))
		}),
		route("GET", "/binary", "test.binary", func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Write(make([]byte, 5000))
			return nil
		}),
		route("GET", "/empty", "test.empty", func(w http.ResponseWriter, r *http.Request) error {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}),
	}
}

func testSite(t testing.TB) http.Handler {
	k := testKit(t)
	return site(t, k, routesUnderTest(k)...)
}

func TestSecurityHeadersOnEveryAnswer(t *testing.T) {
	h := testSite(t)
	for _, target := range []string{"/bv/22266", "/en/nothing", "/panic", "/tiny", "/design"} {
		w := get(h, target)
		for name, want := range map[string]string{
			"Content-Security-Policy": Policy, "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "strict-origin-when-cross-origin", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q", target, name, got)
			}
		}
		if strings.Contains(Policy, "unsafe") {
			t.Error("the policy allows something unsafe")
		}
		// The policy would silently refuse these.
		for _, inline := range []string{" style=", "<style", "onclick", "<script>", "javascript:"} {
			if strings.Contains(w.Body.String(), inline) {
				t.Errorf("%s holds %q, which the policy refuses", target, inline)
			}
		}
	}
}

func TestRequestID(t *testing.T) {
	h := testSite(t)
	for given, kept := range map[string]bool{"abcd-1234_x.y": true, "": false, "short": false, "with space 123": false, "<script>alert": false, strings.Repeat("a", 65): false} {
		got := get(h, "/tiny", "X-Request-Id", given).Header().Get("X-Request-Id")
		if kept != (got == given) || !saneID(got) {
			t.Errorf("X-Request-Id %q became %q", given, got)
		}
	}
}

func TestErrorsBecomePages(t *testing.T) {
	h := testSite(t)
	for _, tt := range []struct {
		target string
		status int
		says   string
	}{
		{"/nothing", 404, "Cette page n’existe pas"},
		{"/en/nothing", 404, "This page does not exist"},
		{"/fault/invalid", 400, "Cette demande n’est pas claire"},
		{"/en/fault/gone", 410, "This page has been withdrawn"},
		{"/fault/forbidden", 403, "Cette action n’est pas permise"},
		{"/fault/conflict", 409, "Quelqu’un a modifié cela entre-temps"},
		{"/fault/too_large", 413, "C’est trop gros"},
		{"/fault/unavailable", 503, "ne répond pas"},
		{"/en/fault/internal", 500, "Something broke on our side"},
		{"/fault/unheard-of", 500, "Une panne de notre côté"},
		{"/bare", 500, "Une panne de notre côté"},
		{"/panic", 500, "Une panne de notre côté"},
		{"/en/panic", 500, "Something broke on our side"},
		{"/form", 405, "n’a pas de réponse ici"},
		{"/assets/none.css", 404, "Cette page n’existe pas"},
	} {
		w := get(h, tt.target, "X-Request-Id", "abcdefgh12")
		body := w.Body.String()
		if w.Code != tt.status || !strings.Contains(body, tt.says) {
			t.Errorf("%s: status %d, want %d and %q", tt.target, w.Code, tt.status, tt.says)
		}
		if strings.Contains(body, "secret of the machine") || strings.Contains(body, "spilled") {
			t.Errorf("%s shows the cause to the reader", tt.target)
		}
		if !strings.Contains(body, `name="q"`) {
			t.Errorf("%s has no search box", tt.target)
		}
		if shown := strings.Contains(body, "abcdefgh12"); shown != (tt.status >= 500) {
			t.Errorf("%s: request id shown: %v", tt.target, shown)
		}
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept by a cache", tt.target)
		}
	}
	if got := get(h, "/form").Header().Get("Allow"); got != "POST" {
		t.Errorf("Allow is %q", got)
	}
}

func TestPanicIsLoggedWithItsStack(t *testing.T) {
	var log bytes.Buffer
	k := testKit(t)
	k.log = slog.New(slog.NewJSONHandler(&log, nil))
	get(site(t, k, routesUnderTest(k)...), "/panic", "X-Request-Id", "abcdefgh12")
	for _, want := range []string{`"panic":"spilled"`, "routesUnderTest", `"request":"abcdefgh12"`, `"status":500`, `"route":"/panic"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log has no %s:\n%s", want, log.String())
		}
	}
}

// After the first byte only a cut line can say that the answer is wrong.
func TestPanicAfterTheFirstByteCutsTheLine(t *testing.T) {
	s := httptest.NewServer(testSite(t))
	defer s.Close()
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	r, err := s.Client().Get(s.URL + "/late")
	if err != nil {
		return // cut before the headers: as good
	}
	defer r.Body.Close()
	if _, err := io.ReadAll(r.Body); err == nil {
		t.Error("a half answer came as a whole one")
	}
}

func TestLogLeavesQueriesOut(t *testing.T) {
	var log bytes.Buffer
	k := testKit(t)
	k.log = slog.New(slog.NewTextHandler(&log, nil))
	get(site(t, k, routesUnderTest(k)...), "/en/search?q=intimate")
	if strings.Contains(log.String(), "intimate") || !strings.Contains(log.String(), "path=/en/search") {
		t.Errorf("the log is %s", log.String())
	}
}

func TestETag(t *testing.T) {
	h := testSite(t)
	w := get(h, "/bv/22266")
	tag := w.Header().Get("ETag")
	if tag == "" || w.Header().Get("Cache-Control") != "no-cache" {
		t.Fatalf("ETag %q, Cache-Control %q", tag, w.Header().Get("Cache-Control"))
	}
	for _, sent := range []string{tag, strings.TrimPrefix(tag, "W/"), `"other", ` + tag, "*"} {
		w := get(h, "/bv/22266", "If-None-Match", sent, "Accept-Encoding", "br")
		if w.Code != http.StatusNotModified || w.Body.Len() != 0 || w.Header().Get("ETag") != tag || w.Header().Get("Content-Encoding") != "" {
			t.Errorf("If-None-Match %s: status %d, %d bytes", sent, w.Code, w.Body.Len())
		}
	}
	if w := get(h, "/bv/22278", "If-None-Match", tag); w.Code != http.StatusOK {
		t.Errorf("another page: status %d", w.Code)
	}
	if w := get(h, "/bv/22266", "If-None-Match", tag, "Cookie", "apparence=dark"); w.Code != http.StatusOK {
		t.Errorf("another appearance: status %d", w.Code)
	}
}

func TestCompression(t *testing.T) {
	h := testSite(t)
	for _, tt := range []struct{ target, accept, want string }{
		{"/bv/22266", "gzip, deflate, br, zstd", "br"},
		{"/bv/22266", "gzip", "gzip"},
		{"/bv/22266", "br;q=0, gzip;q=0.5", "gzip"},
		{"/bv/22266", "identity", ""},
		{"/bv/22266", "", ""},
		{"/text", "br", "br"},
		{"/text", "gzip", "gzip"},
		{"/tiny", "br", ""},
		{"/binary", "br", ""},
		{"/empty", "br", ""},
		{"/nothing", "br", "br"},
		{"/panic", "gzip", ""}, // its page is written outside of compression
	} {
		plain := get(h, tt.target, "X-Request-Id", "abcdefgh12")
		w := get(h, tt.target, "Accept-Encoding", tt.accept, "X-Request-Id", "abcdefgh12")
		if got := w.Header().Get("Content-Encoding"); got != tt.want {
			t.Errorf("%s with %q: encoding %q, want %q", tt.target, tt.accept, got, tt.want)
			continue
		}
		var in io.Reader = w.Body
		switch tt.want {
		case "br":
			in = brotli.NewReader(w.Body)
		case "gzip":
			var err error
			if in, err = gzip.NewReader(w.Body); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.Header().Get("Content-Length"); tt.want != "" && n != "" {
			t.Errorf("%s: Content-Length %s of another body", tt.target, n)
		}
		got, err := io.ReadAll(in)
		if err != nil || !bytes.Equal(got, plain.Body.Bytes()) || w.Code != plain.Code {
			t.Errorf("%s with %q: %d bytes once read (%v), want %d", tt.target, tt.accept, len(got), err, plain.Body.Len())
		}
	}
}

func TestFormsFromElsewhereAreRefused(t *testing.T) {
	h := testSite(t)
	for site, want := range map[string]int{"same-origin": 200, "none": 200, "cross-site": 403} {
		r := httptest.NewRequest(http.MethodPost, "/form", strings.NewReader("a=1"))
		r.Header.Set("Sec-Fetch-Site", site)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("from %s: status %d, want %d", site, w.Code, want)
		}
	}
}

func TestLargeBodies(t *testing.T) {
	h := testSite(t)
	for _, known := range []bool{true, false} {
		var body io.Reader = strings.NewReader(strings.Repeat("a", 1<<20+1))
		r := httptest.NewRequest(http.MethodPost, "/form", body)
		if !known {
			r.ContentLength = -1
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "C’est trop gros") {
			t.Errorf("length known %v: status %d", known, w.Code)
		}
	}
}

// A route that receives files takes longer bodies, and no other does.
func TestBodiesOfARoute(t *testing.T) {
	k := testKit(t)
	read := func(w http.ResponseWriter, r *http.Request) error {
		n, err := io.Copy(io.Discard, r.Body)
		if err == nil {
			_, err = fmt.Fprint(w, n)
		}
		return err
	}
	rt, err := k.Router([]Route{
		{Method: "POST", Pattern: "/files", Action: "test.files", Who: Everyone, Body: 3 << 20, Handler: read},
		{Method: "POST", Pattern: "/words", Action: "test.words", Who: Everyone, Handler: read},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(k.Stack(rt, NewMetrics(), time.Now, Limits{}))
	defer s.Close()
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	for _, c := range []struct {
		path string
		size int
		want int
	}{{"/files", 3 << 20, 200}, {"/files", 3<<20 + 1, 413}, {"/words", 1 << 20, 200}, {"/words", 1<<20 + 1, 413}} {
		for _, known := range []bool{true, false} {
			var body io.Reader = strings.NewReader(strings.Repeat("a", c.size))
			if !known {
				body = io.MultiReader(body)
			}
			r, err := s.Client().Post(s.URL+c.path, "application/octet-stream", body)
			if err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
			if r.StatusCode != c.want {
				t.Errorf("%d bytes to %s, length known %t: status %d, want %d", c.size, c.path, known, r.StatusCode, c.want)
			}
		}
	}
}

// A slow line has the time that its file takes: the server's own limit is for others.
func TestSlowBodies(t *testing.T) {
	k := testKit(t)
	read := func(w http.ResponseWriter, r *http.Request) error {
		n, err := io.Copy(io.Discard, r.Body)
		if err == nil {
			err = r.Context().Err()
		}
		if err == nil {
			_, err = fmt.Fprint(w, n)
		}
		return err
	}
	rt, err := k.Router([]Route{
		{Method: "POST", Pattern: "/files", Action: "test.files", Who: Everyone, Body: 3 << 20, Handler: read},
		{Method: "POST", Pattern: "/words", Action: "test.words", Who: Everyone, Handler: read},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(k.Stack(rt, NewMetrics(), time.Now, Limits{Time: 50 * time.Millisecond}))
	s.Config.ReadTimeout, s.Config.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.Start()
	defer s.Close()
	post := func(path string) string {
		in, out := io.Pipe()
		go func() {
			for range 4 {
				if _, err := out.Write([]byte("slow")); err != nil {
					return
				}
				time.Sleep(100 * time.Millisecond)
			}
			out.Close()
		}()
		r, err := s.Client().Post(s.URL+path, "application/octet-stream", in)
		if err != nil {
			return err.Error()
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		return fmt.Sprint(r.StatusCode, " ", string(b), err)
	}
	if got := post("/files"); got != "200 16<nil>" {
		t.Errorf("a slow file: %s", got)
	}
	if got := post("/words"); strings.HasPrefix(got, "200") {
		t.Errorf("a slow form is waited for: %s", got)
	}
}

func TestTimeIsLimited(t *testing.T) {
	k := testKit(t)
	rt, err := k.Router([]Route{{Method: "GET", Pattern: "/slow", Action: "test.slow", Who: Everyone, Handler: func(w http.ResponseWriter, r *http.Request) error {
		<-r.Context().Done()
		return r.Context().Err()
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if w := get(k.Stack(rt, nil, time.Now, Limits{Time: time.Millisecond}), "/slow"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d", w.Code)
	}
}

func TestMetricsHaveFewSeries(t *testing.T) {
	k := testKit(t)
	m := NewMetrics()
	rt, err := k.Router(routesUnderTest(k))
	if err != nil {
		t.Fatal(err)
	}
	h := k.Stack(rt, m, time.Now, Limits{})
	for i := range 50 {
		get(h, fmt.Sprintf("/bv/%05d", i))
		get(h, fmt.Sprintf("/nothing/%d", i))
	}
	r := httptest.NewRequest("BREW", "/bv/1", nil)
	h.ServeHTTP(httptest.NewRecorder(), r)
	w := get(m.Handler(), "/metrics")
	for _, want := range []string{
		`bassin_http_requests_total{class="2xx",method="GET",route="/bv/{code}"} 50`,
		`bassin_http_requests_total{class="4xx",method="GET",route="none"} 50`,
		`method="other"`, `bassin_http_request_seconds_count{route="/bv/{code}"} 50`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s", want)
		}
	}
	if n := strings.Count(w.Body.String(), "bassin_http_requests_total{"); n != 3 {
		t.Errorf("%d series of requests, want 3", n)
	}
}
