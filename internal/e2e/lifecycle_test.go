package e2e

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"bassin/internal/realdata"
)

// TestShutdownFinishesRequests stops the server while a request is half sent: it
// must be read to its end and answered.
func TestShutdownFinishesRequests(t *testing.T) {
	dir := t.TempDir()
	if err := linkSnapshots(realdata.Var(t), dir); err != nil {
		t.Fatal(err)
	}
	s := start(t, "--data", realdata.Data(), "--var", dir)
	defer s.end()
	address := strings.TrimPrefix(s.base, "http://")
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const body = `{"expression":"22113,22278"}`
	fmt.Fprintf(c, "POST /api/v1/sets HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		address, len(body), body[:10])
	time.Sleep(200 * time.Millisecond) // the server is now in the middle of it
	s.signal(t, syscall.SIGTERM)
	waitFor(t, "the server takes no new visitors", func() bool {
		other, err := net.DialTimeout("tcp", address, time.Second)
		if err != nil {
			return true
		}
		other.Close()
		return false
	})
	select {
	case <-s.done:
		t.Fatalf("the server left while a request was in progress:\n%s", s.logged())
	default:
	}
	if _, err := io.WriteString(c, body[10:]); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(answer), "\r\n")
	if !strings.HasPrefix(head, "HTTP/1.1 20") {
		t.Errorf("the request in progress was answered by %q", answer)
	}
	select {
	case <-s.done:
		if s.err != nil {
			t.Errorf("the server ended with %v:\n%s", s.err, s.logged())
		}
	case <-time.After(10 * time.Second):
		t.Error("the server is still there after its last request")
	}
}

// waitFor waits until something is true.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("after a minute, still not: %s", what)
}

// copyData copies the project's open data into a folder that a test may damage.
func copyData(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(dir, os.DirFS(realdata.Data())); err != nil {
		t.Fatal(err)
	}
	return dir
}

// edit changes a file of a copy of the data, unpacked if need be, and writes its
// new checksum in the manifest.
func edit(data, name string, change func(text string) string) error {
	path := filepath.Join(data, filepath.FromSlash(name))
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := old
	packed := strings.HasSuffix(name, ".gz")
	if packed {
		z, err := gzip.NewReader(bytes.NewReader(old))
		if err != nil {
			return err
		}
		if text, err = io.ReadAll(z); err != nil {
			return err
		}
	}
	changed := []byte(change(string(text)))
	if bytes.Equal(changed, text) {
		return fmt.Errorf("nothing changed in %s", name)
	}
	if packed {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(changed); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		changed = b.Bytes()
	}
	if err := os.WriteFile(path, changed, 0o644); err != nil {
		return err
	}
	manifest := filepath.Join(data, "sources.json")
	m, err := os.ReadFile(manifest)
	if err != nil {
		return err
	}
	before, after := sha256.Sum256(old), sha256.Sum256(changed)
	adjusted := bytes.Replace(m, []byte(hex.EncodeToString(before[:])), []byte(hex.EncodeToString(after[:])), 1)
	if bytes.Equal(adjusted, m) {
		return fmt.Errorf("the manifest does not hold the checksum of %s", name)
	}
	return os.WriteFile(manifest, adjusted, 0o644)
}

const communesFile = "territory/communes-2026.csv.gz"

// TestHangupSwapsSnapshots renames a commune in the data and hangs up while
// visitors come and go: the new name comes, and nobody is turned away. Then the
// data is damaged: the snapshot in use stays.
func TestHangupSwapsSnapshots(t *testing.T) {
	data, dir := copyData(t), t.TempDir()
	if err := linkSnapshots(realdata.Var(t), dir); err != nil {
		t.Fatal(err)
	}
	s := start(t, "--data", data, "--var", dir)
	defer s.end()
	name := func() string {
		_, _, body := fetch(t, s.base+"/api/geo/communes/22146?fields=nom")
		return body
	}
	if !strings.Contains(name(), `"Mellionnec"`) {
		t.Fatalf("commune 22146 is %s", name())
	}
	if err := edit(data, communesFile, func(text string) string { return strings.Replace(text, ",Mellionnec,", ",Melionneg,", 1) }); err != nil {
		t.Fatal(err)
	}

	visitors := visit(s.base)
	s.signal(t, syscall.SIGHUP)
	waitFor(t, "the commune has its new name", func() bool { return strings.Contains(name(), `"Melionneg"`) })
	time.Sleep(300 * time.Millisecond) // visitors see the new snapshot for a while
	answered, troubles := visitors()
	if len(troubles) > 0 {
		t.Errorf("%d visitors of %d were turned away while snapshots were swapped, first: %s", len(troubles), answered, troubles[0])
	}
	if answered < 50 {
		t.Errorf("only %d visits while the snapshot was built", answered)
	}
	if _, _, page := fetch(t, s.base+"/commune/22146"); !strings.Contains(page, "Melionneg") || strings.Contains(page, "Mellionnec") {
		t.Error("the page of the commune does not bear its new name alone")
	}

	// A file cut short, as an interrupted copy leaves it.
	whole, err := os.ReadFile(filepath.Join(data, communesFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, communesFile), whole[:len(whole)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	s.signal(t, syscall.SIGHUP)
	waitFor(t, "the log tells of the damaged file", func() bool {
		log := s.logged()
		return strings.Contains(log, "communes-2026.csv.gz") && strings.Contains(log, "kept")
	})
	if !strings.Contains(name(), `"Melionneg"`) {
		t.Error("the damaged data changed the answers")
	}
	if status, _, _ := fetch(t, s.base+"/readyz"); status != http.StatusOK {
		t.Errorf("the server says it is not ready: %d", status)
	}
}

// visit keeps asking for pages and answers until the returned function is called,
// which tells how many were answered and what went wrong.
func visit(base string) (stop func() (answered int, troubles []string)) {
	var (
		over  atomic.Bool
		wg    sync.WaitGroup
		mu    sync.Mutex
		count int
		wrong []string
	)
	paths := []string{"/commune/22146", "/bv/22266", "/api/geo/communes?nom=rostrenen", "/api/geo/communes?lat=48.1&lon=-3.3", "/recherche?q=mell", "/en/dep/22"}
	for v := range 4 {
		wg.Go(func() {
			for i := v; !over.Load(); i++ {
				path := paths[i%len(paths)]
				trouble := ""
				if res, err := client.Get(base + path); err != nil {
					trouble = err.Error()
				} else {
					n, err := io.Copy(io.Discard, res.Body)
					res.Body.Close()
					if err != nil || res.StatusCode != http.StatusOK || n == 0 {
						trouble = fmt.Sprintf("%s: %s, %d bytes, %v", path, res.Status, n, err)
					}
				}
				mu.Lock()
				count++
				if trouble != "" {
					wrong = append(wrong, trouble)
				}
				mu.Unlock()
				time.Sleep(5 * time.Millisecond) // leave room for the build
			}
		})
	}
	return func() (int, []string) {
		over.Store(true)
		wg.Wait()
		return count, wrong
	}
}
