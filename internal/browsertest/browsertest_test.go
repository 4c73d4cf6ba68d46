package browsertest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(Run(m)) }

// site serves one bad page and one good one, to see that the eyes are open.
func site(t *testing.T) string {
	t.Helper()
	const good = `<!doctype html><html lang="en"><head><title>Good</title><link rel="icon" href="data:,"></head>
<body><main><h1>Good</h1><p id="p">Plain</p></main></body></html>`
	const bad = `<!doctype html><html><head><title>Bad</title><link rel="icon" href="data:,"></head>
<body><p style="color:red">Inline</p><img src="/missing.png"><div class="wide">x</div><script src="/s.js"></script><script>document.title = "inline"</script></body></html>`
	mux := http.NewServeMux()
	mux.HandleFunc("GET /good", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(good))
	})
	mux.HandleFunc("GET /bad", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		w.Write([]byte(bad))
	})
	mux.HandleFunc("GET /s.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		w.Write([]byte(`document.querySelector(".wide").style.width = "3000px"; document.body.dataset.ran = "yes"; throw new Error("thrown")`))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func TestGoodPage(t *testing.T) {
	p := Open(t, Options{Width: 320}, site(t)+"/good")
	if n := p.Noises(); len(n) > 0 {
		t.Errorf("a good page makes noises: %q", n)
	}
	if v := p.Axe(); len(v) > 0 {
		t.Errorf("axe-core on a good page: %v", v)
	}
	if px, who := p.Overflow(); px != 0 {
		t.Errorf("a good page is %d pixels too wide: %s", px, who)
	}
	r := p.Requests()
	if len(r) != 1 || r[0].Status != 200 || r[0].Bytes < 100 || r[0].Type != "Document" {
		t.Errorf("requests of a good page: %+v", r)
	}
	if pdf := p.PDF(); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("the print of a page is no PDF: %.20q", pdf)
	}
}

func TestBadPage(t *testing.T) {
	p := Open(t, Options{Width: 320}, site(t)+"/bad")
	noises := strings.Join(p.Noises(), "\n")
	for _, want := range []string{"thrown", "404", "Content Security Policy"} {
		if !strings.Contains(noises, want) {
			t.Errorf("the noises of a bad page miss %q:\n%s", want, noises)
		}
	}
	if px, who := p.Overflow(); px < 2000 || !strings.Contains(who, "div.wide") {
		t.Errorf("a page of 3000 pixels in a window of 320 sticks out by %d: %q", px, who)
	}
	found := map[string]bool{}
	for _, v := range p.Axe() {
		found[v.ID] = true
	}
	for _, want := range []string{"html-has-lang", "image-alt"} {
		if !found[want] {
			t.Errorf("axe-core misses %s: %v", want, found)
		}
	}
}

func TestNoScript(t *testing.T) {
	p := Open(t, Options{NoScript: true}, site(t)+"/bad")
	if strings.Contains(strings.Join(p.Noises(), "\n"), "thrown") {
		t.Error("a script of the page ran")
	}
	found := p.Axe()
	if len(found) == 0 {
		t.Error("axe-core finds nothing on a bad page without scripts")
	}
	if Eval[bool](p, `document.body.dataset.ran === "yes"`) {
		t.Error("a script of the page ran after axe-core")
	}
}

func TestDark(t *testing.T) {
	for _, dark := range []bool{false, true} {
		p := Open(t, Options{Dark: dark}, site(t)+"/good")
		if seen := Eval[bool](p, `matchMedia("(prefers-color-scheme: dark)").matches`); seen != dark {
			t.Errorf("the page sees dark = %v, want %v", seen, dark)
		}
	}
}
