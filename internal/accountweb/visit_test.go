package accountweb

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestWhereRequestsComeFrom(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		name, remote, forwarded string
		trusted                 []netip.Prefix
		want                    string
	}{
		{"alone", "192.0.2.1:1234", "", trusted, "192.0.2.1"},
		{"a header nobody vouches for", "192.0.2.1:1234", "203.0.113.9", trusted, "192.0.2.1"},
		{"no proxy is trusted", "127.0.0.1:1", "203.0.113.9", nil, "127.0.0.1"},
		{"behind a proxy", "127.0.0.1:1", "203.0.113.9", trusted, "203.0.113.9"},
		{"behind two", "127.0.0.1:1", "203.0.113.9, 10.1.2.3", trusted, "203.0.113.9"},
		{"what the visitor wrote before the proxy did", "127.0.0.1:1", "198.51.100.7, 203.0.113.9", trusted, "203.0.113.9"},
		{"not an address", "127.0.0.1:1", "203.0.113.9, unknown", trusted, "127.0.0.1"},
		{"IPv6 is counted by subscriber", "[2001:db8:1:2:3:4:5:6]:9", "", trusted, "2001:db8:1:2::/64"},
		{"IPv4 in IPv6", "[::ffff:192.0.2.1]:9", "", trusted, "192.0.2.1"},
		{"a zone", "[fe80::1%eth0]:9", "", trusted, "fe80::/64"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := network(from(r, c.trusted)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// What is counted by network address, and what is not because an undeclared proxy of the
// house stands before everybody.
func TestWhoIsCounted(t *testing.T) {
	declared := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for _, c := range []struct {
		name, remote, header, value string
		proxies                     []netip.Prefix
		want                        string
	}{
		{"nothing before it", "127.0.0.1:1", "", "", nil, "127.0.0.1"},
		{"an undeclared proxy on this machine", "127.0.0.1:1", "X-Forwarded-For", "203.0.113.9", nil, ""},
		{"on the private network", "10.0.0.2:1", "X-Forwarded-For", "203.0.113.9", nil, ""},
		{"in IPv6", "[::1]:1", "X-Forwarded-For", "203.0.113.9", nil, ""},
		{"private IPv4 in IPv6", "[::ffff:192.168.1.1]:1", "X-Forwarded-For", "203.0.113.9", nil, ""},
		{"by the other header", "192.168.1.1:1", "Forwarded", "for=203.0.113.9", nil, ""},
		{"somebody outside who says to be forwarded", "198.51.100.7:1", "X-Forwarded-For", "203.0.113.9", nil, "198.51.100.7"},
		{"somebody outside, by the other header", "198.51.100.7:1", "Forwarded", "for=203.0.113.9", nil, "198.51.100.7"},
		{"a declared proxy", "127.0.0.1:1", "X-Forwarded-For", "203.0.113.9", declared, "203.0.113.9"},
		{"one that is not among the declared", "10.0.0.2:1", "X-Forwarded-For", "203.0.113.9", declared, "10.0.0.2"},
		{"IPv6 by subscriber, behind a proxy", "127.0.0.1:1", "X-Forwarded-For", "2001:db8:1:2:3:4:5:6", declared, "2001:db8:1:2::/64"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.header != "" {
			r.Header.Set(c.header, c.value)
		}
		if got := (&Pages{Proxies: c.proxies}).counted(r.WithContext(t.Context())); got != c.want {
			t.Errorf("%s: counted as %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDevicesInWords(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                     "Firefox, Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0":                  "Edge, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1":    "Safari, iPhone",
		"Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36": "Samsung Internet, Android",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                      "Chrome, macOS",
		"curl/8.9": "curl", "": "", "<script>": "",
	} {
		if got := browser(agent); got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
	}
}
