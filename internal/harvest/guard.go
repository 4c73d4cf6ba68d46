package harvest

import (
	"errors"
	"net/netip"
	"slices"
	"syscall"
)

// inward are networks that a request from outside must not reach, besides those that
// netip knows: shared by operators, for tests and documentation, or ways to write an
// address of IPv4 in IPv6. See the IANA registries of special-purpose addresses, RFC
// 6890, and 168.63.129.16, by which machines at Azure ask for their own secrets.
var inward = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "168.63.129.16/32",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, p := range list {
		out[i] = netip.MustParsePrefix(p)
	}
	return out
}

// ports are those of the web: others are those of mail, databases and the like.
var ports = []uint16{80, 443, 8080, 8443}

// errInward refuses a connection.
var errInward = errors.New("harvest: the address is of a network that may not be asked")

// Guard says which addresses may be connected to.
type Guard struct {
	Allowed []netip.Prefix // networks that may be asked although they are private
}

// Open says whether an address may be connected to, on that port.
func (g Guard) Open(at netip.AddrPort) bool {
	ip := at.Addr().WithZone("").Unmap()
	within := func(p netip.Prefix) bool { return p.Contains(ip) }
	if slices.ContainsFunc(g.Allowed, within) {
		return true
	}
	return slices.Contains(ports, at.Port()) && ip.IsGlobalUnicast() && !ip.IsPrivate() && !slices.ContainsFunc(inward, within)
}

// control is asked of each connection once its name is resolved and before a byte is
// sent: what a name resolves to meanwhile changes nothing.
func (g Guard) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !g.Open(at) {
		return errInward
	}
	return nil
}
