package accountweb

import (
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"bassin/internal/people"
)

// visit is what a request tells of where it comes from.
func (p *Pages) visit(r *http.Request) people.Visit {
	v := people.Visit{
		From: p.counted(r), Words: browser(r.UserAgent()),
		Lang: p.Gate.Kit.Locale(r.Context()).Lang(), Keep: r.PostFormValue("rester") == "1" || r.PostFormValue("rester-cle") == "1",
	}
	if c, err := r.Cookie(p.Gate.cookieName(r, deviceCookie)); err == nil && len(c.Value) <= 100 {
		v.Device = c.Value
	}
	return v
}

// From is the network address of a request for whoever counts what comes from it: see
// counted.
func (p *Pages) From(r *http.Request) string { return p.counted(r) }

// counted is the address under which failures are counted; "" where a proxy of the house
// that was not declared stands before everybody: they would all be counted as one. What
// comes from the open network is counted whatever it says of itself.
func (p *Pages) counted(r *http.Request) string {
	near, err := netip.ParseAddrPort(r.RemoteAddr)
	inside := err == nil && (near.Addr().IsLoopback() || near.Addr().Unmap().IsPrivate())
	if inside && len(p.Proxies) == 0 && (r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "") {
		p.undeclared.Do(func() {
			slog.WarnContext(r.Context(), "requests come through a proxy that was not declared: failed sign-ins are not counted by network address; name it with --trusted-proxies", "from", r.RemoteAddr)
		})
		return ""
	}
	return network(from(r, p.Proxies))
}

// from is the address of whoever makes a request. X-Forwarded-For is believed as far as
// it was written by proxies that we trust: from its end, up to the first address that is
// none of them.
func from(r *http.Request, trusted []netip.Prefix) netip.Addr {
	known := func(a netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	near, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	at := near.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && known(at); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = next.Unmap().WithZone("")
	}
	return at
}

// network is by what attempts are counted: an IPv4 address, or the /64 of an IPv6
// address, which one subscriber has whole.
func network(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// browser says in words which browser on which system a device names, roughly: enough
// for its owner to know it again.
func browser(agent string) string {
	name, system := "", ""
	for _, x := range [][2]string{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS", "Firefox"},
		{"CriOS", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"},
	} {
		if strings.Contains(agent, x[0]) {
			name = x[1]
			break
		}
	}
	for _, x := range [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
	} {
		if strings.Contains(agent, x[0]) {
			system = x[1]
			break
		}
	}
	switch {
	case name == "":
		return system
	case system == "":
		return name
	}
	return name + ", " + system
}
