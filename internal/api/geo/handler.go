package geo

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"bassin/internal/i18n"
	"bassin/internal/snapshot"
)

// Prefix is where the handler is mounted. It answers every path below it.
const Prefix = "/api/geo/"

// Handler answers the requests below Prefix from the snapshot in use. It does
// without the middleware of pages: mount it with [Handler.Before].
type Handler struct {
	live     *snapshot.Live
	build    string
	failures failures
	index    atomic.Pointer[Index]
	making   sync.Mutex
}

// NewHandler makes a handler. build names the program's version; texts are those
// of refusals.
func NewHandler(live *snapshot.Live, build string, texts *i18n.Localizer) *Handler {
	return &Handler{live: live, build: build, failures: newFailures(texts)}
}

// Prepare makes the answers of a snapshot, so that no reader waits for them. Call
// it before the snapshot is put in use; a request would do it otherwise.
func (h *Handler) Prepare(s *snapshot.Snapshot) { h.prepared(s) }

func (h *Handler) prepared(s *snapshot.Snapshot) *Index {
	if x := h.index.Load(); x != nil && x.snap == s {
		return x
	}
	h.making.Lock()
	defer h.making.Unlock()
	if x := h.index.Load(); x != nil && x.snap == s {
		return x
	}
	x := New(s, h.build)
	h.index.Store(x)
	return x
}

// Before answers requests below Prefix itself and hands the others to next.
func (h *Handler) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if below(r.URL.Path) {
			h.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// below says whether a path is one of ours: the prefix without its slash too, so
// that a program reads JSON there as well.
func below(path string) bool {
	return strings.HasPrefix(path, Prefix) || path == strings.TrimSuffix(Prefix, "/")
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodOptions:
		preflight(w)
		return
	default:
		w.Header().Set("Allow", "GET, HEAD, OPTIONS")
		h.refuse(w, http.StatusMethodNotAllowed)
		return
	}
	s := h.live.Load()
	if s == nil {
		h.refuse(w, http.StatusServiceUnavailable)
		return
	}
	x := h.prepared(s)
	if status := x.serve(w, r); status != http.StatusOK {
		h.refuse(w, status)
	}
}

func (h *Handler) refuse(w http.ResponseWriter, status int) {
	head := w.Header()
	head["Content-Type"] = jsonType
	head["Access-Control-Allow-Origin"] = anyOrigin
	head["Cache-Control"] = notKept
	w.WriteHeader(status)
	w.Write(h.failures[status])
}

// preflight lets scripts of any site ask, with any header.
func preflight(w http.ResponseWriter) {
	head := w.Header()
	head["Access-Control-Allow-Origin"] = anyOrigin
	head.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
	head.Set("Access-Control-Allow-Headers", "*")
	head.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

// route is what a path asks for.
type route struct {
	from source
	code string // of one item; "" for the list
	sub  string // list below the item; "" for the item itself
}

// routeOf reads a path below Prefix. A slash at the end does not count.
func routeOf(path string) (rt route, ok bool) {
	path = strings.TrimSuffix(path, "/")
	name, rest, deeper := strings.Cut(path, "/")
	switch name {
	case "communes":
		rt.from = fromCommunes
	case "communes_associees_deleguees":
		rt.from = fromParts
	case "epcis":
		rt.from = fromEpcis
	case "departements":
		rt.from = fromDepartements
	case "regions":
		rt.from = fromRegions
	default:
		return rt, false
	}
	if !deeper {
		return rt, true
	}
	var below bool
	rt.code, rt.sub, below = strings.Cut(rest, "/")
	if rt.code == "" {
		return rt, false
	}
	switch {
	case !below:
		return rt, true
	case rt.sub == "communes":
		return rt, rt.from == fromEpcis || rt.from == fromDepartements
	case rt.sub == "departements":
		return rt, rt.from == fromRegions
	}
	return rt, false
}

// serve answers a request, or returns the status of its refusal, nothing written.
func (x *Index) serve(w http.ResponseWriter, r *http.Request) int {
	rt, ok := routeOf(strings.TrimPrefix(r.URL.Path, Prefix))
	if !ok {
		return http.StatusNotFound
	}
	if rt.code != "" && rt.sub == "" {
		return x.serveOne(w, r, rt)
	}
	var q request
	if !q.read(r.URL.RawQuery) {
		return http.StatusBadRequest
	}
	if q.nowhere && rt.code == "" && criteria[rt.from]&byPoint != 0 {
		// To ignore it, as the State's server does, would answer all of France to
		// whoever asks for one place.
		return http.StatusBadRequest
	}
	if rt.code != "" {
		if _, ok := x.collection(rt.from).byCode[rt.code]; !ok {
			return http.StatusNotFound
		}
		rt.from = q.within(rt)
	}
	var s selection
	s.read(&q, x.collection(rt.from).scheme)
	if rt.code == "" && rt.from <= fromEpcis && q.has == 0 && (s.geojson || s.outline) {
		return http.StatusBadRequest // the whole of France with its outlines
	}
	if body, kept := x.wholeDepartement(&q, &s, rt.from); body != nil {
		x.write(w, r, body, kept)
		return http.StatusOK
	}
	shelved := rt.from == fromCommunes && q.has&byNom != 0
	if shelved {
		if kept := x.shelf.get(r.URL.RawQuery); kept != nil {
			x.write(w, r, kept.body, &kept.packed)
			return http.StatusOK
		}
	}
	x.serveList(w, r, &q, &s, rt.from, shelved)
	return http.StatusOK
}

// within turns a request of a list below an item into one of a list.
func (q *request) within(rt route) source {
	*q = request{fields: q.fields, format: q.format, geometry: q.geometry, limit: q.limit}
	switch rt.from {
	case fromEpcis:
		q.has, q.epci = byEpci, rt.code
		return fromCommunes
	case fromDepartements:
		q.has, q.dep = byDepartement, rt.code
		return fromCommunes
	}
	q.has, q.reg = byRegion|byZone, rt.code
	q.zones = "metro,drom,com"
	return fromDepartements
}

func (x *Index) serveOne(w http.ResponseWriter, r *http.Request, rt route) int {
	c := x.collection(rt.from)
	n, ok := c.byCode[rt.code]
	if !ok {
		return http.StatusNotFound
	}
	if r.URL.RawQuery == "" {
		x.write(w, r, c.answer(n), nil)
		return http.StatusOK
	}
	var q request
	q.read(r.URL.RawQuery)
	q.nom = ""
	var s selection
	s.read(&q, c.scheme)
	buf := buffers.Get().(*[]byte)
	*buf = x.appendItem((*buf)[:0], rt.from, n, &s, 0)
	x.write(w, r, *buf, nil)
	recycle(buf)
	return http.StatusOK
}

// wholeDepartement returns the answer to the most usual long list, made with the
// index: the standard fields of the communes of a département.
func (x *Index) wholeDepartement(q *request, s *selection, from source) ([]byte, *packed) {
	if from != fromCommunes || q.has != byDepartement || !s.standard || s.geojson || q.limit >= 0 {
		return nil, nil
	}
	d, ok := x.departements.byCode[q.dep]
	if !ok || !x.runs[d].whole {
		return nil, nil
	}
	run := &x.runs[d]
	return x.communes.run(run.lo, run.hi), run.packed
}

// manyHits is the length of a list of hits that is kept for the next request.
const manyHits = 1 << 12

var hitLists = sync.Pool{New: func() any { h := make([]hit, 0, 64); return &h }}

func (x *Index) serveList(w http.ResponseWriter, r *http.Request, q *request, s *selection, from source, shelved bool) {
	hits := hitLists.Get().(*[]hit)
	*hits = x.search((*hits)[:0], q, from)
	out := x.newWriter(w, r)
	if s.geojson {
		out.buf = append(out.buf, `{"type":"FeatureCollection","features":`...)
	}
	out.buf = append(out.buf, '[')
	for i, h := range *hits {
		if i > 0 {
			out.buf = append(out.buf, ',')
		}
		out.buf = x.appendItem(out.buf, from, h.item, s, h.score)
		if out.full() && !out.flush() {
			break
		}
	}
	out.buf = append(out.buf, ']')
	if s.geojson {
		out.buf = append(out.buf, '}')
	}
	if cap(*hits) <= manyHits {
		hitLists.Put(hits)
	}
	if shelved && !out.sent {
		x.shelf.put(r.URL.RawQuery, out.buf)
	}
	out.close()
}
