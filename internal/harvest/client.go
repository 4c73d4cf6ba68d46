package harvest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"bassin/internal/commons"
	"bassin/internal/fault"
)

// Client asks servers elsewhere, one request at a time of each host, with a pause. It
// keeps no cookie, follows no proxy of the environment, and goes where [Guard] lets it.
type Client struct {
	Guard Guard
	// Agent names the installation to those who are asked.
	Agent func() string
	Pause time.Duration // between two requests to a host
	Time  time.Duration // of one request, with its answer
	Bytes int64         // of an answer, unpacked
	// Resolver finds addresses of names; nil is the machine's.
	Resolver *net.Resolver

	once  sync.Once
	http  *http.Client
	mu    sync.Mutex
	hosts map[string]*host
}

// host is when a host was asked last.
type host struct {
	turn chan struct{} // holds one token: whose turn it is
	last time.Time
}

// Limits of what is asked.
const (
	mostRedirects = 5
	mostHeaders   = 64 << 10
	shortWait     = 5 * time.Second // a server that asks for no more is waited for
)

func (c *Client) prepare() {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: c.Guard.control, Resolver: c.Resolver}
	c.http = &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, Proxy: nil, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: mostHeaders,
			TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: c.Time, IdleConnTimeout: 30 * time.Second, MaxIdleConns: 20, MaxIdleConnsPerHost: 1, MaxConnsPerHost: 2,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // each has its turn: see Get
	}
	c.hosts = map[string]*host{}
}

// Answer is what a server answered.
type Answer struct {
	At        string // address that answered, after redirects
	Type      string // media type
	Body      []byte
	Validator string // to ask next time whether it changed
	Same      bool   // it did not
}

// Get asks for an address. Its errors are faults in words, or a [commons.Later].
func (c *Client) Get(ctx context.Context, address, accept, validator string) (Answer, error) {
	c.once.Do(c.prepare)
	for range mostRedirects + 1 {
		u, err := allowed(address)
		if err != nil {
			return Answer{}, err
		}
		answer, next, err := c.ask(ctx, u, accept, validator)
		if later, ok := errors.AsType[*commons.Later](err); ok && later.For > 0 && later.For <= shortWait {
			if err := sleep(ctx, later.For); err != nil {
				return Answer{}, err
			}
			answer, next, err = c.ask(ctx, u, accept, validator)
		}
		if err != nil || next == "" {
			return answer, err
		}
		to, err := u.Parse(next)
		if err != nil {
			return Answer{}, fault.New(fault.Unavailable, "harvest.error.redirect")
		}
		address = to.String()
	}
	return Answer{}, fault.New(fault.Unavailable, "harvest.error.redirects", mostRedirects)
}

// allowed is an address that may be asked at all.
func allowed(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, fault.New(fault.Unavailable, "harvest.error.address")
	}
	return u, nil
}

// ask makes one request when its host's turn comes. Next is where it leads.
func (c *Client) ask(ctx context.Context, u *url.URL, accept, validator string) (a Answer, next string, err error) {
	leave, err := c.turn(ctx, u.Host)
	if err != nil {
		return a, "", err
	}
	defer leave()
	limited, cancel := context.WithTimeout(ctx, c.Time)
	defer cancel()
	r, err := http.NewRequestWithContext(limited, http.MethodGet, u.String(), nil)
	if err != nil {
		return a, "", fault.New(fault.Unavailable, "harvest.error.address")
	}
	r.Header.Set("User-Agent", c.Agent())
	r.Header.Set("Accept", accept)
	etag, modified, _ := strings.Cut(validator, "\n")
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	if modified != "" {
		r.Header.Set("If-Modified-Since", modified)
	}
	response, err := c.http.Do(r)
	if err != nil {
		return a, "", c.wrong(ctx, limited, err)
	}
	defer response.Body.Close()
	a = Answer{At: u.String(), Type: response.Header.Get("Content-Type"), Validator: validatorOf(response.Header)}
	switch code := response.StatusCode; {
	case code == http.StatusNotModified && validator != "":
		a.Same, a.Validator = true, validator
		return a, "", nil
	case code == http.StatusMovedPermanently || code == http.StatusFound || code == http.StatusSeeOther || code == http.StatusTemporaryRedirect || code == http.StatusPermanentRedirect:
		if next = response.Header.Get("Location"); next == "" {
			return a, "", fault.New(fault.Unavailable, "harvest.error.redirect")
		}
		return a, next, nil
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable:
		return a, "", &commons.Later{For: retryAfter(response.Header.Get("Retry-After"), time.Now()), Err: fault.New(fault.Unavailable, "harvest.error.busy", code)}
	case code == http.StatusNotFound:
		return a, "", fault.New(fault.NotFound, "harvest.error.missing", code)
	case code == http.StatusGone:
		return a, "", fault.New(fault.NotFound, "harvest.error.gone", code)
	case code != http.StatusOK:
		return a, "", fault.New(fault.Unavailable, "harvest.error.status", code)
	}
	a.Body, err = io.ReadAll(io.LimitReader(response.Body, c.Bytes+1))
	if err != nil {
		return a, "", c.wrong(ctx, limited, err)
	}
	if int64(len(a.Body)) > c.Bytes {
		return a, "", fault.New(fault.Unavailable, "harvest.error.large", c.Bytes>>20)
	}
	return a, "", nil
}

// wrong puts an error of the network in words; one of the reader who left stays as it is.
func (c *Client) wrong(ctx, limited context.Context, err error) error {
	var key string
	_, name := errors.AsType[*net.DNSError](err)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errInward):
		key = "harvest.error.inward"
	case limited.Err() != nil:
		return fault.New(fault.Unavailable, "harvest.error.slow", int(c.Time/time.Second))
	case name:
		key = "harvest.error.name"
	case strings.Contains(err.Error(), "x509") || strings.Contains(err.Error(), "tls"):
		key = "harvest.error.certificate"
	default:
		key = "harvest.error.away"
	}
	return fault.New(fault.Unavailable, key).Because(err)
}

// turn waits until a host may be asked; the caller gives the turn back.
func (c *Client) turn(ctx context.Context, name string) (leave func(), err error) {
	c.mu.Lock()
	h := c.hosts[name]
	if h == nil {
		h = &host{turn: make(chan struct{}, 1)}
		c.hosts[name] = h
	}
	c.mu.Unlock()
	select {
	case h.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if wait := c.Pause - time.Since(h.last); !h.last.IsZero() && wait > 0 {
		if err := sleep(ctx, wait); err != nil {
			<-h.turn
			return nil, err
		}
	}
	return func() { h.last = time.Now(); <-h.turn }, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// validatorOf is what a server gave to ask by whether its answer changed: a tag and a
// day, on two lines.
func validatorOf(h http.Header) string {
	etag, modified := h.Get("ETag"), h.Get("Last-Modified")
	if len(etag) > 200 || strings.ContainsFunc(etag, func(r rune) bool { return r < ' ' || r > '~' }) {
		etag = ""
	}
	if at, err := http.ParseTime(modified); err == nil {
		modified = at.UTC().Format(http.TimeFormat)
	} else {
		modified = ""
	}
	if etag == "" && modified == "" {
		return ""
	}
	return etag + "\n" + modified
}

// retryAfter reads seconds or a moment: RFC 9110, section 10.2.3.
func retryAfter(v string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && n >= 0 && n < 1e8 {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// AgentOf is the name of an installation for those whom it asks.
func AgentOf(version, address string) string {
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune("();\\", r) {
			return -1
		}
		return r
	}, address)
	return fmt.Sprintf("Bassin/%s (+%s)", strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || r == '(' || r == ')' || r == '/' {
			return '-'
		}
		return r
	}, version), ascii)
}
