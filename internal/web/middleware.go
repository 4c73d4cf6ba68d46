package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"bassin/internal/fault"
)

// Limits bound what one request may cost.
type Limits struct {
	Body int64         // bytes of a request body; 1 MB if zero
	Time time.Duration // of a request's work, by its context; 30 s if zero
}

// Stack wraps the router in everything a request goes through, in this order.
func (k *Renderer) Stack(next http.Handler, m *Metrics, now func() time.Time, limits Limits) http.Handler {
	next = k.limit(next, limits)
	next = k.sameOrigin(next)
	next = compressed(next)
	next = k.cache.cached(next)
	next = securityHeaders(next)
	next = k.recovered(next)
	next = k.accessLog(next, m, now)
	next = k.identified(next)
	return next
}

// identified gives each request its identifier, language and theme.
func (k *Renderer) identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lang, _ := k.paths.split(r.URL.Path)
		q := &request{id: r.Header.Get("X-Request-Id"), path: r.URL.Path, local: k.catalog.Localizer(lang), theme: themeOf(r)}
		if !saneID(q.id) {
			q.id = newRequestID()
		}
		// On a first visit only: whoever follows a link of this site has chosen.
		if r.Header.Get("Sec-Fetch-Site") != "same-origin" && !strings.Contains(r.Referer(), "://"+r.Host+"/") {
			if wish, ok := k.catalog.Preferred(r.Header.Get("Accept-Language")); ok && wish != lang {
				q.hint = wish
			}
		}
		w.Header().Set("X-Request-Id", q.id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, q)))
	})
}

func newRequestID() string { return strings.ToLower(rand.Text()[:16]) }

// saneID accepts an identifier given by a proxy, if it is safe to log and show.
func saneID(id string) bool {
	if len(id) < 8 || len(id) > 64 {
		return false
	}
	for i := range len(id) {
		switch b := id[i]; {
		case '0' <= b && b <= '9', 'A' <= b && b <= 'Z', 'a' <= b && b <= 'z', b == '-', b == '_', b == '.':
		default:
			return false
		}
	}
	return true
}

// accessLog writes one line per request and counts it. Queries are left out:
// what people search for is theirs.
func (k *Renderer) accessLog(next http.Handler, m *Metrics, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := requestOf(r.Context())
		start := now()
		c := &counter{ResponseWriter: w}
		next.ServeHTTP(c, r)
		if c.status == 0 {
			c.status = http.StatusOK
		}
		took := now().Sub(start)
		m.observe(r.Method, q.route, c.status, took)
		path := q.path
		switch { // what opens something is no matter for a log
		case strings.Contains(q.route, "{token}"):
			path = q.route
		case q.route == "":
			path = masked(path)
		}
		k.log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("request", q.id), slog.String("method", r.Method), slog.String("path", path),
			slog.String("route", q.route), slog.Int("status", c.status), slog.Int64("bytes", c.bytes),
			slog.Float64("ms", float64(took.Microseconds())/1000))
	})
}

// masked leaves out of a path that no route answered what may be a token: a link that
// was copied with a sign too many, or refused before its route was known.
func masked(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if len(p) >= 20 {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}

// counter notes the status and the bytes of a response.
type counter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (c *counter) WriteHeader(status int) {
	if c.status == 0 && status >= 200 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *counter) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(b)
	c.bytes += int64(n)
	return n, err
}

func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// recovered turns a panic into a page with the request's identifier.
func (k *Renderer) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			q := requestOf(r.Context())
			k.log.LogAttrs(r.Context(), slog.LevelError, "panic", slog.String("request", q.id),
				slog.String("panic", fmt.Sprint(p)), slog.String("stack", string(debug.Stack())))
			if c, ok := w.(*counter); ok && c.status != 0 {
				// Part of the answer has left: only cutting the line says it is wrong.
				panic(http.ErrAbortHandler)
			}
			w.Header().Del("Content-Encoding")
			w.Header().Del("Content-Length")
			k.Fail(w, r, fault.New(fault.Internal, "").Because(fmt.Errorf("panic: %v", p)))
		}()
		next.ServeHTTP(w, r)
	})
}

// Policy is the content security policy of every page: nothing inline, nothing
// from elsewhere. data: is for the small drawings of the style sheet.
const Policy = "default-src 'self'; img-src 'self' data:; object-src 'none'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

func securityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", Policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(self), microphone=(), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses forms sent from other sites.
func (k *Renderer) sameOrigin(next http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	if base := k.site().BaseURL; base != "" {
		if err := p.AddTrustedOrigin(base); err != nil {
			k.log.Warn("public address is no origin", "error", err)
		}
	}
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.Fail(w, r, fault.New(fault.Forbidden, "web.error.origin"))
	}))
	return p.Handler(next)
}

// limit says what a request may cost, unless its route says more.
func (k *Renderer) limit(next http.Handler, l Limits) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, r := k.state(r)
		q.limits = l
		next.ServeHTTP(w, r)
	})
}

// slowest is a line's pace in bytes a second for which a large body is waited.
const slowest = 32 << 10

// bounded bounds the body and the time of a request. A longer body is given the time
// that it takes on a slow line, beyond what the server gives to others.
func (l Limits) bounded(w http.ResponseWriter, r *http.Request, body int64) (*http.Request, context.CancelFunc, error) {
	if l.Body == 0 {
		l.Body = 1 << 20
	}
	if l.Time == 0 {
		l.Time = 30 * time.Second
	}
	if body > l.Body {
		l.Time += time.Duration(body/slowest) * time.Second
		l.Body = body
		until, c := time.Now().Add(l.Time), http.NewResponseController(w)
		for _, extend := range []func(time.Time) error{c.SetReadDeadline, c.SetWriteDeadline} {
			if err := extend(until); err != nil && !errors.Is(err, http.ErrNotSupported) {
				return r, nil, err
			}
		}
	}
	// Nothing unpacks a body: read as it is, a packed form would be taken for an empty one.
	if packed := r.Header.Get("Content-Encoding"); packed != "" && !strings.EqualFold(packed, "identity") {
		return r, nil, fault.New(fault.Invalid, "web.error.packed")
	}
	if r.ContentLength > l.Body && body == 0 { // a route with its own bound shows what was typed again
		return r, nil, fault.New(fault.TooLarge, "web.error.413.text")
	}
	ctx, cancel := context.WithTimeout(r.Context(), l.Time)
	r = r.WithContext(ctx)
	r.Body = http.MaxBytesReader(w, r.Body, l.Body)
	return r, cancel, nil
}
