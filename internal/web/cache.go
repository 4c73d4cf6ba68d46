package web

import (
	"bytes"
	"container/list"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Cache keeps the answers of stable routes, compressed as they leave, so that a
// page that many ask for is drawn once for each snapshot. It is bounded, and what
// has not been asked for the longest leaves first.
type Cache struct {
	most    int // bytes of bodies
	edition func() string

	mu     sync.Mutex
	size   int
	kept   map[string]*list.Element
	recent *list.List // of *answer, the last asked for first
}

// NewCache keeps at most that many bytes. The edition is what stable answers
// depend on beside their address: when it changes, none kept before is given.
func NewCache(most int, edition func() string) *Cache {
	return &Cache{most: most, edition: edition, kept: map[string]*list.Element{}, recent: list.New()}
}

// answer is a kept answer.
type answer struct {
	key    string
	route  string
	header http.Header
	body   []byte
}

// overhead is what an answer takes beside its body, in bytes, about.
const overhead = 2048

// cached gives kept answers, and keeps those of stable routes. An answer depends
// on the address, the language, the theme and the encoding only; a reader with
// any cookie but that of the theme is given their own.
func (c *Cache) cached(next http.Handler) http.Handler {
	if c == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := requestOf(r.Context())
		if r.Method != http.MethodGet || r.Header.Get("Range") != "" || !plainReader(r) {
			next.ServeHTTP(w, r)
			return
		}
		key := strings.Join([]string{c.edition(), q.path, r.URL.RawQuery, q.theme, string(q.hint), acceptedEncoding(r.Header.Get("Accept-Encoding"))}, "\n")
		if a := c.find(key); a != nil {
			q.route = a.route
			a.give(w, r)
			return
		}
		rec := &recorder{ResponseWriter: w, request: q, before: w.Header().Clone()}
		next.ServeHTTP(rec, r)
		if q.stable && rec.status == http.StatusOK && rec.body.Len() > 0 {
			c.keep(&answer{key: key, route: q.route, header: rec.added(), body: bytes.Clone(rec.body.Bytes())})
		}
	})
}

// plainReader says whether nothing but the theme is known of the reader.
func plainReader(r *http.Request) bool {
	for _, cookie := range r.Cookies() {
		if cookie.Name != themeCookie {
			return false
		}
	}
	return r.Header.Get("Authorization") == ""
}

func (a *answer) give(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for name, values := range a.header {
		h[name] = values
	}
	if matches(r.Header.Get("If-None-Match"), h.Get("ETag")) {
		h.Del("Content-Type")
		h.Del("Content-Encoding")
		h.Del("Content-Length")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Write(a.body)
}

func (c *Cache) find(key string) *answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.kept[key]
	if e == nil {
		return nil
	}
	c.recent.MoveToFront(e)
	return e.Value.(*answer)
}

func (c *Cache) keep(a *answer) {
	cost := len(a.body) + overhead
	if cost > c.most/8 {
		return // one answer must not push out all others
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept[a.key] != nil {
		return
	}
	c.kept[a.key] = c.recent.PushFront(a)
	for c.size += cost; c.size > c.most; {
		last := c.recent.Back()
		old := c.recent.Remove(last).(*answer)
		delete(c.kept, old.key)
		c.size -= len(old.body) + overhead
	}
}

// recorder notes an answer as it is given.
type recorder struct {
	http.ResponseWriter
	request *request
	before  http.Header
	status  int
	body    bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	switch {
	case !r.request.stable: // files and answers that are not kept pass untouched
	case r.body.Len()+len(b) <= largestNoted:
		r.body.Write(b)
	default:
		r.status = http.StatusRequestEntityTooLarge // too large to keep
	}
	return r.ResponseWriter.Write(b)
}

// largestNoted is the size in bytes above which an answer is not noted.
const largestNoted = 1 << 20

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// added are the headers that the answer brought: not those of the request's own
// middleware, such as its identifier.
func (r *recorder) added() http.Header {
	h := r.Header().Clone()
	for name, values := range r.before {
		if slices.Equal(h[name], values) {
			delete(h, name)
		}
	}
	return h
}
