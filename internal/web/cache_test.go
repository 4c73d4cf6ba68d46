package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"bassin/internal/fault"
)

// counted answers with how many times it was asked.
func counted(n *int) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		*n++
		if r.URL.Query().Get("wrong") != "" {
			return fault.New(fault.NotFound, "web.error.address")
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		return Respond(w, r, []byte(fmt.Sprintf("<p>%d</p>%s", *n, strings.Repeat("a", 2000))))
	}
}

func TestStableAnswersAreKeptForEachEditionThemeAndEncoding(t *testing.T) {
	edition, n, m := "one", 0, 0
	k := testKit(t)
	k.cache = NewCache(1<<20, func() string { return edition })
	rt, err := k.Router([]Route{
		{Method: http.MethodGet, Pattern: "/kept", Action: "kept", Who: Everyone, Stable: true, Handler: counted(&n)},
		{Method: http.MethodGet, Pattern: "/fresh", Action: "fresh", Who: Everyone, Handler: counted(&m)},
	})
	if err != nil {
		t.Fatal(err)
	}
	h := k.Stack(rt, NewMetrics(), time.Now, Limits{})
	first := get(h, "/kept")
	again := get(h, "/kept")
	if n != 1 || first.Body.String() != again.Body.String() || first.Header().Get("ETag") != again.Header().Get("ETag") {
		t.Errorf("asked twice, made %d times", n)
	}
	if first.Header().Get("X-Request-Id") == again.Header().Get("X-Request-Id") {
		t.Error("two requests have the same identifier")
	}
	if got := again.Header().Get("Content-Security-Policy"); got != Policy {
		t.Errorf("policy of a kept answer: %q", got)
	}
	if w := get(h, "/kept", "If-None-Match", first.Header().Get("ETag")); w.Code != http.StatusNotModified || w.Body.Len() != 0 || n != 1 {
		t.Errorf("a reader who has the answer gets %d", w.Code)
	}
	made := n
	for i, ask := range []func(){
		func() { get(h, "/kept", "Accept-Encoding", "gzip") },
		func() { get(h, "/kept", "Cookie", "apparence=dark") },
		func() { get(h, "/en/kept") },
		func() { get(h, "/kept?a=1") },
		func() { edition = "two"; get(h, "/kept") },
	} {
		if ask(); n != made+i+1 {
			t.Fatalf("variant %d was given what is not its own", i)
		}
	}
	made = n
	get(h, "/kept", "Cookie", "session=somebody")
	get(h, "/kept", "Cookie", "session=somebody")
	if n != made+2 {
		t.Error("a reader who is known was given what everybody gets")
	}
	made = n
	get(h, "/kept?wrong=1")
	get(h, "/kept?wrong=1")
	if n != made+2 {
		t.Error("a refusal was kept")
	}
	get(h, "/fresh")
	get(h, "/fresh")
	if m != 2 {
		t.Error("the answer of a route that is not stable was kept")
	}
}

func TestTheCacheKeepsToItsSize(t *testing.T) {
	n := 0
	k := testKit(t)
	k.cache = NewCache(40_000, func() string { return "one" })
	rt, err := k.Router([]Route{{Method: http.MethodGet, Pattern: "/kept", Action: "kept", Who: Everyone, Stable: true, Handler: counted(&n)}})
	if err != nil {
		t.Fatal(err)
	}
	h := k.Stack(rt, NewMetrics(), time.Now, Limits{})
	for i := range 50 {
		get(h, fmt.Sprintf("/kept?i=%d", i))
	}
	if k.cache.size > 40_000 || k.cache.recent.Len() != len(k.cache.kept) || len(k.cache.kept) < 5 {
		t.Errorf("%d answers of %d bytes in all", len(k.cache.kept), k.cache.size)
	}
	before := n
	get(h, "/kept?i=49")
	if n != before {
		t.Error("the last answer was not kept")
	}
}
