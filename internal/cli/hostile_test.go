package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// Whoever sends too slowly, too much or without end is answered or cut off, while
// others are served. What is hostile goes on sending until the server closes.
func TestSlowAndOversizedRequests(t *testing.T) {
	s := open(t, func(c *serveCommand) { c.Service.RequestTimeout = 5 * time.Second })
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	form := "Content-Type: application/x-www-form-urlencoded\r\n"
	drip := func(w io.Writer) error {
		time.Sleep(50 * time.Millisecond)
		_, err := io.WriteString(w, "a")
		return err
	}
	piece := strings.Repeat("a", 32<<10)
	chunk := func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%x\r\n%s\r\n", len(piece), piece)
		return err
	}
	flood := func(w io.Writer) error {
		_, err := io.WriteString(w, piece)
		return err
	}
	var all sync.WaitGroup
	for _, c := range []struct {
		name, begin string
		more        func(io.Writer) error // sent over and over; nil: nothing more
		want        int                   // status, 0 for a connection cut without a word
	}{
		{"headers that say nothing", "", nil, 0},
		{"headers that drip", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ", drip, 0},
		{"headers without end", "GET / HTTP/1.1\r\nHost: a\r\nX-Long: ", flood, 431},
		{"an address without end", "GET /", flood, 431},
		{"a form that drips", "POST /composer HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n" + form + "\r\n", drip, 408},
		{"JSON that drips", "POST /api/v1/sets HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\nContent-Type: application/json\r\n\r\n", drip, 408},
		{"a form said to be too large", "POST /composer HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n" + form + "\r\n", nil, 413},
		{"a form without end", "POST /composer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + form + "\r\n", chunk, 413},
		{"JSON without end", "POST /api/v1/sets HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n", chunk, 413},
		{"a body without end that nobody reads", "GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", chunk, 200},
		{"chunks with endless names", "POST /composer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + form + "\r\n1;", flood, 400},
	} {
		all.Go(func() {
			got, err := besiege(s.Address(), c.begin, c.more)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				return
			}
			if got != c.want {
				t.Errorf("%s: status %d, want %d", c.name, got, c.want)
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	for others := 0; ; others++ {
		for _, path := range []string{"/healthz", "/composer", "/api/geo/communes/22113"} {
			if r, err := http.Get("http://" + s.Address() + path); err != nil {
				t.Errorf("others are not served: %v", err)
			} else {
				if r.Body.Close(); r.StatusCode != http.StatusOK {
					t.Errorf("others get %s for %s", r.Status, path)
				}
			}
		}
		select {
		case <-done:
			if others == 0 {
				t.Error("nobody else was served meanwhile")
			}
			stop()
			if err := <-served; err != nil {
				t.Errorf("the server ended with %v", err)
			}
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// besiege sends begin, then more over and over until the server closes, and returns
// the status it answered, 0 if none.
func besiege(address, begin string, more func(io.Writer) error) (status int, err error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil { // the server has long closed
		return 0, err
	}
	if _, err := io.WriteString(c, begin); err != nil {
		return 0, err
	}
	if more != nil {
		go func() {
			for more(c) == nil {
			}
		}()
	}
	in := bufio.NewReader(c)
	line, _ := in.ReadString('\n') // a connection that was cut has none
	if line != "" {
		if _, err := fmt.Sscanf(line, "HTTP/1.1 %d", &status); err != nil {
			return 0, fmt.Errorf("%q: %w", line, err)
		}
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
			return status, fmt.Errorf("after status %d the connection stays open", status)
		}
	}
	return status, nil
}
