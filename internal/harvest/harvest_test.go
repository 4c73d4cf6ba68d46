package harvest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/harvest/publiccode"
)

func TestGuard(t *testing.T) {
	allowed := Guard{Allowed: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("::1/128")}}
	for _, c := range []struct {
		at   string
		open bool
	}{
		{"93.184.215.14:443", true}, {"93.184.215.14:80", true}, {"93.184.215.14:8080", true}, {"[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:443", true},
		{"93.184.215.14:22", false}, {"93.184.215.14:25", false}, {"93.184.215.14:5432", false}, {"93.184.215.14:0", false},
		{"127.0.0.1:80", false}, {"127.9.9.9:80", false}, {"0.0.0.0:80", false}, {"0.1.2.3:80", false}, {"10.0.0.1:80", false}, {"172.16.0.1:80", false}, {"172.31.255.255:80", false}, {"192.168.1.1:443", false},
		{"169.254.169.254:80", false}, {"168.63.129.16:80", false}, {"100.100.100.200:80", false}, {"100.64.0.1:80", false}, {"192.0.0.192:80", false}, {"198.18.0.1:80", false}, {"224.0.0.1:80", false}, {"239.255.255.250:80", false}, {"240.0.0.1:80", false}, {"255.255.255.255:80", false},
		{"[::1]:80", true}, {"[::]:80", false}, {"[fe80::1%eth0]:80", false}, {"[fc00::1]:80", false}, {"[fd00:ec2::254]:80", false}, {"[ff02::1]:80", false}, {"[fec0::1]:80", false},
		{"[::ffff:127.0.0.1]:80", false}, {"[::ffff:169.254.169.254]:80", false}, {"[::127.0.0.1]:80", false}, {"[64:ff9b::7f00:1]:80", false}, {"[64:ff9b:1::a00:1]:80", false}, {"[2002:7f00:1::1]:80", false}, {"[2001:0:1::1]:80", false}, {"[2001:db8::1]:80", false}, {"[100::1]:80", false},
		{"10.1.2.3:9000", true}, {"10.2.2.3:80", false}, {"[::ffff:10.1.2.3]:80", true},
	} {
		if got := allowed.Open(netip.MustParseAddrPort(c.at)); got != c.open {
			t.Errorf("%s: %v, want %v", c.at, got, c.open)
		}
	}
}

// loop lets a client reach this machine.
var loop = Guard{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}}

func client() *Client {
	return &Client{Guard: loop, Agent: func() string { return "Bassin/essai (+https://ici.example)" }, Time: 5 * time.Second, Bytes: 1 << 20}
}

func keyOf(err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Key
	}
	return fmt.Sprint(err)
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestWhatAServerMayAnswer(t *testing.T) {
	inside := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "secret") })
	at := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/ok":
			fmt.Fprint(w, r.UserAgent(), " ", r.Header.Get("Cookie"), r.Header.Get("Referer"))
		case "/to":
			http.Redirect(w, r, "/ok", http.StatusFound)
		case "/circle":
			http.Redirect(w, r, "/circle", http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/gopher":
			http.Redirect(w, r, "gopher://127.0.0.1/", http.StatusFound)
		case "/user":
			http.Redirect(w, r, "http://ada:secret@127.0.0.1/", http.StatusFound)
		case "/inward":
			http.Redirect(w, r, "http://10.255.255.1/", http.StatusFound)
		case "/metadata":
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
		case "/nowhere":
			w.WriteHeader(http.StatusFound)
		case "/huge":
			for range 2000 {
				w.Write(bytes.Repeat([]byte("a"), 1000))
			}
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 2000 {
				z.Write(make([]byte, 100_000))
			}
			z.Close()
		case "/headers":
			w.Header().Set("X", strings.Repeat("a", 200_000))
		case "/slow":
			w.WriteHeader(http.StatusOK)
			for {
				if _, err := w.Write([]byte("a")); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				select {
				case <-r.Context().Done():
					return
				case <-time.After(20 * time.Millisecond):
				}
			}
		case "/cut":
			w.Header().Set("Content-Length", "100")
			w.Write([]byte("a"))
		case "/busy":
			w.Header().Set("Retry-After", "7200")
			w.WriteHeader(http.StatusTooManyRequests)
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/error":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			http.NotFound(w, r)
		}
	})
	c := client()
	c.Time = 400 * time.Millisecond
	for _, x := range []struct{ address, want string }{
		{at + "/circle", "harvest.error.redirects"}, {at + "/file", "harvest.error.address"}, {at + "/gopher", "harvest.error.address"}, {at + "/user", "harvest.error.address"}, {at + "/inward", "harvest.error.inward"},
		{at + "/metadata", "harvest.error.inward"}, {at + "/nowhere", "harvest.error.redirect"}, {at + "/huge", "harvest.error.large"}, {at + "/bomb", "harvest.error.large"}, {at + "/headers", "harvest.error.away"},
		{at + "/slow", "harvest.error.slow"}, {at + "/cut", "harvest.error.away"}, {at + "/gone", "harvest.error.gone"}, {at + "/error", "harvest.error.status"}, {at + "/rien", "harvest.error.missing"},
		{"ftp://example.org/", "harvest.error.address"}, {"http://", "harvest.error.address"}, {"http://ada@example.org/", "harvest.error.address"}, {"http://[fe80::1]/", "harvest.error.inward"}, {"http://0x7f.1/", "harvest.error.name"},
	} {
		if _, err := c.Get(t.Context(), x.address, "*/*", ""); keyOf(err) != x.want {
			t.Errorf("%s: %v, want %s", x.address, err, x.want)
		}
	}
	c.Time = 5 * time.Second
	if a, err := c.Get(t.Context(), at+"/to", "*/*", ""); err != nil || string(a.Body) != c.Agent()+" " || a.At != at+"/ok" {
		t.Errorf("a redirect: %q from %s, %v", a.Body, a.At, err)
	}
	_, err := c.Get(t.Context(), at+"/busy", "*/*", "")
	if later, ok := errors.AsType[*commons.Later](err); !ok || later.For != 2*time.Hour || keyOf(err) != "harvest.error.busy" {
		t.Errorf("a busy server: %v", err)
	}
	if _, err := (&Client{Agent: c.Agent, Time: time.Second, Bytes: 100}).Get(t.Context(), inside, "*/*", ""); keyOf(err) != "harvest.error.inward" {
		t.Errorf("this machine was asked: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(ctx, at+"/ok", "*/*", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("who left is told %v", err)
	}
}

// A name that leads outside when it is looked at, and inside when it is asked, is refused
// where the connection is made.
func TestNamesThatTurnInward(t *testing.T) {
	var asked atomic.Int32
	inside := serve(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(inside, "http://"))
	var n atomic.Int32
	dns, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dns.Close() })
	go func() {
		b := make([]byte, 512)
		for {
			size, from, err := dns.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(b[:size]) != nil || len(m.Questions) == 0 {
				continue
			}
			m.Response = true
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				ip := [4]byte{127, 0, 0, 1}
				if n.Add(1) == 1 {
					ip = [4]byte{192, 0, 2, 1}
				}
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}, Body: &dnsmessage.AResource{A: ip}}}
			}
			m.Additionals = nil
			if out, err := m.Pack(); err == nil {
				dns.WriteTo(out, from)
			}
		}
	}()
	c := client()
	c.Guard = Guard{}
	c.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", dns.LocalAddr().String())
	}}
	for range 3 {
		if _, err := c.Get(t.Context(), "http://double.example:"+port+"/", "*/*", ""); keyOf(err) != "harvest.error.inward" {
			t.Errorf("a name that turns inward: %v", err)
		}
	}
	if asked.Load() != 0 || n.Load() < 2 {
		t.Errorf("it was asked %d times, after %d names", asked.Load(), n.Load())
	}
	// The same name is asked where its network is allowed: it is the network that is refused.
	c = client()
	c.Resolver = (&net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", dns.LocalAddr().String())
	}})
	if _, err := c.Get(t.Context(), "http://double.example:"+port+"/", "*/*", ""); err != nil || asked.Load() != 1 {
		t.Errorf("an allowed network: %v, asked %d times", err, asked.Load())
	}
}

func TestOneAtATime(t *testing.T) {
	var now, most atomic.Int32
	at := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(2 * time.Millisecond)
		now.Add(-1)
	})
	c := client()
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if _, err := c.Get(t.Context(), at, "*/*", ""); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d requests at once", most.Load())
	}
}

func TestUnchanged(t *testing.T) {
	at := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"un"`)
		w.Header().Set("Last-Modified", "Thu, 26 Nov 2026 09:00:00 GMT")
		if r.Header.Get("If-None-Match") == `"un"` && r.Header.Get("If-Modified-Since") == "Thu, 26 Nov 2026 09:00:00 GMT" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, "corps")
	})
	c := client()
	a, err := c.Get(t.Context(), at, "*/*", "")
	if err != nil || a.Same || string(a.Body) != "corps" {
		t.Fatalf("%+v, %v", a, err)
	}
	if b, err := c.Get(t.Context(), at, "*/*", a.Validator); err != nil || !b.Same || b.Validator != a.Validator {
		t.Errorf("the second time: %+v, %v", b, err)
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", "# liste\nhttps://a.example/publiccode.yml\r\n\nhttps://b.example/x/publiccode.yaml?ref=main\nhttps://a.example/publiccode.yml\n", "https://a.example/publiccode.yml https://b.example/x/publiccode.yaml?ref=main"},
		{"relative", "un/publiccode.yml\n", "https://liste.example/d/un/publiccode.yml"},
		{"csv", "nom;adresse\n\"L; un\";https://a.example/publiccode.yml\nDeux;https://b.example/publiccode.yml\n", "https://a.example/publiccode.yml https://b.example/publiccode.yml"},
		{"json", `{"data":[{"publiccodeYml":"x","url":"https://a.example","file":"https://a.example/publiccode.yml"}]}`, "https://a.example/publiccode.yml"},
		{"other names", "https://a.example/code.yml\nftp://b.example/x\nhttps://ada:mdp@c.example/\n", "https://a.example/code.yml"},
		{"nothing", "rien\n", ""}, {"broken JSON", `{"a": "https://a.example/publiccode.yml", `, "https://a.example/publiccode.yml"}, {"deep JSON", strings.Repeat("[", 100_000), ""},
	} {
		if got := strings.Join(Addresses("https://liste.example/d/l.txt", []byte(c.text)), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

const code = "publiccodeYmlVersion: '0.4'\nname: %s\nurl: 'https://forge.example/%s.git'\nsoftwareVersion: '1'\nreleaseDate: '2026-01-01'\nplatforms: [web]\ndevelopmentStatus: stable\nsoftwareType: standalone/web\ndescription:\n  fr:\n    shortDescription: Un logiciel qui sert à essayer.\n    longDescription: '%s'\n    features: [Essai]\nlegal:\n  license: MIT\nmaintenance:\n  type: none\nlocalisation:\n  localisationReady: true\n  availableLanguages: [fr]\n"

func TestListOfFiles(t *testing.T) {
	reader, err := publiccode.New()
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("Il sert à essayer. ", 10)
	at := serve(t, func(w http.ResponseWriter, r *http.Request) {
		name := strings.Trim(strings.TrimSuffix(r.URL.Path, "publiccode.yml"), "/")
		switch {
		case name == "liste":
			for i := range 25 {
				fmt.Fprintf(w, "/f%d/publiccode.yml\n", i)
			}
		case name == "f3":
			http.NotFound(w, r)
		case name == "f4":
			w.WriteHeader(http.StatusInternalServerError)
		case name == "f5":
			fmt.Fprint(w, "a: [")
		case r.Header.Get("If-None-Match") == `"`+name+`"`:
			w.WriteHeader(http.StatusNotModified)
		default:
			w.Header().Set("ETag", `"`+name+`"`)
			fmt.Fprintf(w, code, name, name, long)
		}
	})
	kept := map[string]string{at + "/f1/publiccode.yml": "\"f1\"\n"}
	known := func(context.Context, []string) (map[string]string, error) { return kept, nil }
	f := &Fetcher{Client: client(), Publiccode: reader}
	src := commons.Source{Kind: commons.ManyFiles, Address: at + "/liste"}
	fetch := f.Open(src, known)
	first, err := fetch.Page(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Found) != 16 || !slices.Equal(first.Kept, []string{at + "/f1/publiccode.yml"}) || len(first.Refused) != 2 || first.Last || first.Next != "20" || first.Validators[at+"/f2/publiccode.yml"] != "\"f2\"\n" {
		t.Errorf("the first page: %d found, kept %v, refused %v, next %q, validators %v", len(first.Found), first.Kept, first.Refused, first.Next, first.Validators)
	}
	// Another run of the program goes on there.
	second, err := f.Open(src, known).Page(t.Context(), first.Next)
	if err != nil || len(second.Found) != 5 || !second.Last || second.Found[0].Record != at+"/f20/publiccode.yml" {
		t.Errorf("the second page: %d found, %v", len(second.Found), err)
	}
	alone := f.Open(commons.Source{Kind: commons.OneFile, Address: at + "/f7/publiccode.yml"}, known)
	if p, err := alone.Page(t.Context(), ""); err != nil || len(p.Found) != 1 || !p.Last {
		t.Errorf("one file: %+v, %v", p, err)
	}
	if p, err := f.Open(commons.Source{Kind: commons.OneFile, Address: at + "/f4/publiccode.yml"}, known).Page(t.Context(), ""); keyOf(err) != "harvest.error.status" {
		t.Errorf("one file that does not answer: %+v, %v", p, err)
	}
}

func TestPagesOfOtherBassin(t *testing.T) {
	at := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/commons/changes" {
			http.NotFound(w, r)
			return
		}
		switch r.URL.Query().Get("after") {
		case "":
			fmt.Fprint(w, `{"items":[{"id":"1","origin":"https://x.example/communs/1","kind":"need","state":"published","sheet":{"title":["Un"]}},{"id":"2","origin":"https://x.example/communs/2","kind":"need","state":"retired"},
				{"id":"3","origin":"javascript:alert(1)","kind":"need","state":"published"},{"id":"4","origin":"https://x.example/communs/4","kind":"autre","state":"published"}],"next":"7-abc","more":true}`)
		case "7-abc":
			fmt.Fprint(w, `{"items":[],"next":"7-abc","more":true}`)
		case "page":
			fmt.Fprint(w, `<html>`)
		default:
			http.NotFound(w, r)
		}
	})
	f := (&Fetcher{Client: client()}).Open(commons.Source{Kind: commons.OtherBassin, Address: at + "/"}, nil)
	p, err := f.Page(t.Context(), "")
	if err != nil || len(p.Found) != 1 || !slices.Equal(p.Gone, []string{"https://x.example/communs/2"}) || len(p.Findings) != 2 || p.Next != "7-abc" || p.Last {
		t.Errorf("a page: %+v, %v", p, err)
	}
	if _, err := f.Page(t.Context(), "7-abc"); keyOf(err) != "harvest.error.circle" {
		t.Errorf("pages in a circle: %v", err)
	}
	if _, err := f.Page(t.Context(), "page"); keyOf(err) != "harvest.error.no_bassin" {
		t.Errorf("no Bassin: %v", err)
	}
	if p, err := f.Page(t.Context(), "perdue"); err != nil || !p.Anew {
		t.Errorf("a place that is lost: %+v, %v", p, err)
	}
}
