package dcat

import (
	"fmt"
	"strings"
)

// scheme is the length of the scheme of an IRI with its colon, 0 if it has none
// (RFC 3986, 3.1).
func scheme(s string) int {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return i + 1
		default:
			return 0
		}
	}
	return 0
}

// resolve gives a reference its base (RFC 3986, 5.2). Absolute ones stay as they are.
func resolve(base, ref string) string {
	if scheme(ref) > 0 || base == "" {
		return ref
	}
	base, _, _ = strings.Cut(base, "#")
	if ref == "" {
		return base
	}
	if ref[0] == '#' {
		return base + ref
	}
	n := scheme(base)
	if n == 0 {
		return ref
	}
	if strings.HasPrefix(ref, "//") {
		return base[:n] + ref
	}
	end := n
	if strings.HasPrefix(base[n:], "//") {
		if end = n + 2 + strings.IndexAny(base[n+2:], "/?"); end < n+2 {
			end = len(base)
		}
	}
	authority, rest := base[:end], base[end:]
	at, _, _ := strings.Cut(rest, "?")
	if ref[0] == '?' {
		return authority + at + ref
	}
	tail := ""
	if i := strings.IndexAny(ref, "?#"); i >= 0 {
		ref, tail = ref[:i], ref[i:]
	}
	if !strings.HasPrefix(ref, "/") {
		ref = at[:strings.LastIndexByte(at, '/')+1] + ref
		if end > n && !strings.HasPrefix(ref, "/") {
			ref = "/" + ref
		}
	}
	return authority + withoutDots(ref) + tail
}

// withoutDots removes "." and ".." from a path.
func withoutDots(p string) string {
	if !strings.Contains(p, "/.") && !strings.HasPrefix(p, ".") {
		return p
	}
	var out []string
	parts := strings.Split(p, "/")
	for i, s := range parts {
		last := i == len(parts)-1
		switch s {
		case ".":
		case "..":
			if len(out) > 1 {
				out = out[:len(out)-1]
			}
		default:
			out = append(out, s)
			continue
		}
		if last {
			out = append(out, "")
		}
	}
	return strings.Join(out, "/")
}

// tidy is an IRI without the characters that none may hold, and whether it had any.
func tidy(s string) (string, bool) {
	odd := func(c byte) bool { return c <= ' ' || strings.IndexByte("<>\"{}|^`\\", c) >= 0 }
	from := 0
	for from < len(s) && !odd(s[from]) {
		from++
	}
	if from == len(s) {
		return s, false
	}
	var b strings.Builder
	for i := range len(s) {
		if odd(s[i]) {
			fmt.Fprintf(&b, "%%%02X", s[i])
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String(), true
}
