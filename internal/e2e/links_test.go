package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// perPattern is how many links of each kind are followed.
const perPattern = 3

// TestLinks follows links from the home pages: every link inside the product
// answers, and every fragment is on its page. Links are sampled by kind, and by
// the kind of page they are on.
func TestLinks(t *testing.T) {
	base := product(t)
	c := &crawl{base: base, seen: map[string]bool{}, count: map[string]int{}, end: time.Now().Add(2 * time.Minute)}
	for _, kind := range pageKinds {
		if kind.status == 0 {
			c.offer(link{path: kind.path, from: "the list of page kinds"})
		}
	}
	c.offer(link{path: "/en/", from: "the list of page kinds"})
	for len(c.queue) > 0 {
		now := c.queue
		c.queue = nil
		var wg sync.WaitGroup
		next := make(chan link)
		for range 3 {
			wg.Go(func() {
				for l := range next {
					c.follow(t, l)
				}
			})
		}
		for _, l := range now {
			next <- l
		}
		close(next)
		wg.Wait()
		if time.Now().After(c.end) {
			t.Errorf("the links take too long: %d followed, %d left", c.followed, len(c.queue))
			break
		}
	}
	patterns := make([]string, 0, len(c.count))
	for p := range c.count {
		patterns = append(patterns, p)
	}
	slices.Sort(patterns)
	t.Logf("%d links followed, of %d kinds", c.followed, len(patterns))
	if len(patterns) < 2*len(pageKinds) {
		t.Errorf("only %d kinds of links were met: %v", len(patterns), patterns)
	}
}

type link struct{ path, fragment, from string }

// crawl is a walk through the links of the product.
type crawl struct {
	base string
	end  time.Time

	mu       sync.Mutex
	queue    []link
	seen     map[string]bool
	count    map[string]int
	followed int
}

// offer queues a link unless it was met or enough of its kind were.
func (c *crawl) offer(l link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := l.path + "#" + l.fragment
	pattern := patternOf(l.path)
	if l.fragment != "" {
		pattern += "#"
	}
	if c.seen[key] || c.count[pattern] >= perPattern {
		return
	}
	c.seen[key] = true
	c.count[pattern]++
	c.queue = append(c.queue, l)
}

var (
	codes  = regexp.MustCompile(`^(?:[0-9][0-9A-Za-z]*|[0-9A-Z]{2,}|ti-[0-9]+|[0-9a-f]{16,}|.*(?:[,:~]|%2C|%3A|%7E).*|[0-9a-hjkmnp-tv-z]{10})$`)
	keyed  = regexp.MustCompile(`/(indicat(?:eurs|ors)|communs|commons)/[a-z0-9_-]+`)
	hashed = regexp.MustCompile(`\.[0-9A-Za-z]{6,}\.`)
)

// patternOf replaces what varies in an address: codes, keys of indicators, values of parameters.
func patternOf(path string) string {
	p, query, _ := strings.Cut(path, "?")
	segments := strings.Split(keyed.ReplaceAllString(hashed.ReplaceAllString(p, ".*."), "/$1/*"), "/")
	for i, s := range segments {
		name, ext, dot := strings.Cut(s, ".")
		if codes.MatchString(name) {
			segments[i] = "*"
			if dot {
				segments[i] += "." + ext
			}
		}
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return path
	}
	if len(values) == 0 {
		return strings.Join(segments, "/")
	}
	names := make([]string, 0, len(values))
	for n := range values {
		names = append(names, n)
	}
	slices.Sort(names)
	return strings.Join(segments, "/") + "?" + strings.Join(names, "&")
}

// follow asks for a link and offers those of the page it leads to.
func (c *crawl) follow(t *testing.T, l link) {
	if time.Now().After(c.end) {
		return
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+l.path, nil)
	if err != nil {
		t.Errorf("%q, on %s, is no address: %v", l.path, l.from, err)
		return
	}
	res, err := client.Do(r)
	if err != nil {
		t.Errorf("%s, on %s: %v", l.path, l.from, err)
		return
	}
	defer res.Body.Close()
	c.mu.Lock()
	c.followed++
	c.mu.Unlock()
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		to, err := res.Location()
		if err != nil {
			t.Errorf("%s, on %s, leads nowhere: %v", l.path, l.from, err)
			return
		}
		c.found(to, l.path)
		return
	case res.StatusCode != http.StatusOK:
		t.Errorf("%s, on %s, answers %s", l.path, l.from, res.Status)
		return
	}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		return
	}
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		t.Errorf("%s, on %s: %v", l.path, l.from, err)
		return
	}
	if l.fragment != "" && doc.Find(fmt.Sprintf(`[id=%q]`, l.fragment)).Length() == 0 {
		t.Errorf("%s#%s, on %s: the page has no such place", l.path, l.fragment, l.from)
	}
	for attribute, selector := range map[string]string{"href": "[href]", "src": "[src]", "action": `form[action]:not([method=post]):not([method=POST])`} {
		doc.Find(selector).Each(func(_ int, s *goquery.Selection) {
			value, _ := s.Attr(attribute)
			u, err := res.Request.URL.Parse(strings.TrimSpace(value))
			if err != nil {
				t.Errorf("%s has a link that is no address: %q", l.path, value)
				return
			}
			if attribute == "action" {
				u.Fragment = "" // a place on the page that the form's answer makes
			}
			c.found(u, l.path)
		})
	}
	// SVG inside a page keeps its links in the same attribute, or in the old one.
	doc.Find("a").Each(func(_ int, s *goquery.Selection) {
		if value, ok := s.Attr("xlink:href"); ok {
			if u, err := res.Request.URL.Parse(value); err == nil {
				c.found(u, l.path)
			}
		}
	})
}

// found offers an address met on a page if it is the product's.
func (c *crawl) found(u *url.URL, from string) {
	if u.Scheme+"://"+u.Host != c.base {
		return
	}
	fragment := u.Fragment
	path := u.EscapedPath()
	if strings.Contains(path, "/carte") || strings.Contains(path, "/map") {
		fragment = "" // the state of the interactive map, which its script reads
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	c.offer(link{path, fragment, from})
}

// TestPlainFiles asks for what programs look for.
func TestPlainFiles(t *testing.T) {
	base := product(t)
	for path, want := range map[string]string{
		"/robots.txt":           "text/plain",
		"/sitemap.xml":          "xml",
		"/favicon.svg":          "image/svg+xml",
		"/healthz":              "",
		"/readyz":               "",
		"/metrics":              "text/plain",
		"/api/v1/openapi.json":  "json",
		"/api/geo/communes":     "json",
		"/api/geo/regions":      "json",
		"/api/v1/search?q=rost": "json",
	} {
		status, header, body := fetch(t, base+path)
		if path == "/api/geo/communes" {
			// Without a criterion the State's server refuses to list everything.
			if status != http.StatusBadRequest && status != http.StatusOK {
				t.Errorf("%s answers %d", path, status)
			}
			continue
		}
		if status != http.StatusOK || !strings.Contains(header.Get("Content-Type"), want) || body == "" {
			t.Errorf("%s answers %d, %s, %d bytes", path, status, header.Get("Content-Type"), len(body))
		}
	}
}

// TestMapOfFranceIsLight weighs the map of the home page as it is sent.
func TestMapOfFranceIsLight(t *testing.T) {
	base := product(t)
	_, _, home := fetch(t, base+"/")
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(home))
	if err != nil {
		t.Fatal(err)
	}
	maps := doc.Find(`input[type=image]`)
	if maps.Length() == 0 {
		t.Fatal("the home page has no map to click")
	}
	maps.Each(func(_ int, s *goquery.Selection) {
		src, _ := s.Attr("src")
		status, header, body := fetch(t, base+src, "Accept-Encoding", "gzip")
		if status != http.StatusOK || len(body) > 35_000 {
			t.Errorf("%s answers %d with %d bytes (%s), 35,000 at most", src, status, len(body), header.Get("Content-Encoding"))
		}
	})
	if n := doc.Find("a[href]").Length(); n > 300 {
		t.Errorf("the home page has %d links: the map must not bring its own", n)
	}
}
