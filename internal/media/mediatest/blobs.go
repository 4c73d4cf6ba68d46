package mediatest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/fault"
	"bassin/internal/media"
)

// RunBlobs checks what keeps bytes against the contract. Open gives it empty.
func RunBlobs(t *testing.T, open func(t *testing.T) media.Blobs) {
	for _, c := range []struct {
		name  string
		check func(t *testing.T, b media.Blobs)
	}{
		{"comes back as put, from anywhere", putAndOpen},
		{"listed, and removed", listed},
		{"what is not there", nothing},
		{"names that lead elsewhere", elsewhere},
		{"bytes that are not those", wrong},
		{"cut while being put", cut},
		{"put by many at once", together},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, open(t)) })
	}
}

func sumOf(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// noise is bytes that nothing compresses.
func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n % 251)}) //nolint:gosec // a seed
	_, _ = r.Read(b)                              // never fails
	return b
}

func put(t *testing.T, s media.Blobs, b []byte) string {
	t.Helper()
	if err := s.Put(t.Context(), sumOf(b), int64(len(b)), bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	return sumOf(b)
}

func read(t *testing.T, s media.Blobs, sum string) []byte {
	t.Helper()
	r, err := s.Open(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func putAndOpen(t *testing.T, s media.Blobs) {
	for _, n := range []int{1, 1000, 7 << 20} {
		want := noise(n)
		sum := put(t, s, want)
		put(t, s, want) // twice is once
		if !bytes.Equal(read(t, s, sum), want) {
			t.Errorf("%d bytes come back otherwise", n)
		}
		st, err := s.Stat(t.Context(), sum)
		if err != nil || st.Size != int64(n) || st.Sum != sum || time.Since(st.At).Abs() > time.Hour {
			t.Errorf("Stat: %+v, %v", st, err)
		}
		r, err := s.Open(t.Context(), sum)
		if err != nil {
			t.Fatal(err)
		}
		for _, from := range []int{n / 2, 0, n - 1, n} {
			if at, err := r.Seek(int64(from), io.SeekStart); err != nil || at != int64(from) {
				t.Errorf("Seek(%d): %d, %v", from, at, err)
			}
			got, err := io.ReadAll(io.LimitReader(r, 100))
			if err != nil || !bytes.Equal(got, want[from:min(n, from+100)]) {
				t.Errorf("from %d of %d: %d bytes, %v", from, n, len(got), err)
			}
		}
		if end, err := r.Seek(0, io.SeekEnd); err != nil || end != int64(n) {
			t.Errorf("its end is at %d, %v, want %d", end, err, n)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func all(t *testing.T, s media.Blobs) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	for b, err := range s.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if b.At.IsZero() {
			t.Errorf("%s was put at no time", b.Sum)
		}
		out[b.Sum] = b.Size
	}
	return out
}

func listed(t *testing.T, s media.Blobs) {
	if got := all(t, s); len(got) > 0 {
		t.Errorf("empty, it lists %v", got)
	}
	var sums []string
	for n := range 30 {
		sums = append(sums, put(t, s, noise(n+1)))
	}
	got := all(t, s)
	if len(got) != 30 || got[sums[4]] != 5 {
		t.Errorf("it lists %v", got)
	}
	for _, err := range s.List(t.Context()) {
		if err != nil {
			t.Error(err)
		}
		break // a reader who has enough is no error
	}
	for _, sum := range sums[:29] {
		if err := s.Remove(t.Context(), sum); err != nil {
			t.Error(err)
		}
	}
	if got := all(t, s); len(got) != 1 || got[sums[29]] != 30 {
		t.Errorf("once removed, it lists %v", got)
	}
}

func nothing(t *testing.T, s media.Blobs) {
	sum := sumOf(nil)
	if _, err := s.Open(t.Context(), sum); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("Open: %v, want fault.NotFound", err)
	}
	if _, err := s.Stat(t.Context(), sum); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("Stat: %v, want fault.NotFound", err)
	}
	if err := s.Remove(t.Context(), sum); err != nil {
		t.Errorf("Remove: %v", err)
	}
}

func elsewhere(t *testing.T, s media.Blobs) {
	for _, name := range []string{"", ".", "..", "../../etc/passwd", "ab", strings.Repeat("../", 22)[:64], strings.Repeat("A", 64), strings.Repeat("a", 63) + "/", strings.Repeat("a", 63) + "\x00", strings.Repeat("a", 65)} {
		if err := s.Put(t.Context(), name, 1, strings.NewReader("x")); err == nil {
			t.Errorf("put under %q", name)
		}
		if r, err := s.Open(t.Context(), name); err == nil {
			t.Errorf("opened %q", name)
			r.Close()
		}
		if _, err := s.Stat(t.Context(), name); err == nil {
			t.Errorf("%q has a size", name)
		}
		if err := s.Remove(t.Context(), name); err == nil {
			t.Errorf("removed %q", name)
		}
	}
}

func wrong(t *testing.T, s media.Blobs) {
	want := noise(2000)
	for name, c := range map[string]struct {
		size int64
		body []byte
	}{
		"other bytes": {2000, noise(2001)[:2000]},
		"fewer":       {2000, want[:1999]},
		"more":        {2000, append(noise(2000), 'x')},
		"none":        {2000, nil},
		"a size less": {1999, want},
	} {
		if err := s.Put(t.Context(), sumOf(want), c.size, bytes.NewReader(c.body)); err == nil {
			t.Errorf("%s: kept", name)
		}
		if got := all(t, s); len(got) > 0 {
			t.Errorf("%s: it left %v", name, got)
		}
	}
}

var errCut = errors.New("the line was cut")

func cut(t *testing.T, s media.Blobs) {
	want := noise(500_000)
	if err := s.Put(t.Context(), sumOf(want), int64(len(want)), io.MultiReader(bytes.NewReader(want[:300_000]), broken{})); err == nil {
		t.Error("half of it was kept as a whole")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Put(ctx, sumOf(want), int64(len(want)), bytes.NewReader(want)); err == nil {
		t.Error("it was kept for one who had left")
	}
	if got := all(t, s); len(got) > 0 {
		t.Errorf("it left %v", got)
	}
	put(t, s, want)
	if err := s.Put(t.Context(), sumOf(want), int64(len(want)), io.MultiReader(bytes.NewReader(want[:300_000]), broken{})); err == nil {
		t.Error("half of it was kept as a whole")
	}
	if !bytes.Equal(read(t, s, sumOf(want)), want) {
		t.Error("what was there before is no longer")
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errCut }

func together(t *testing.T, s media.Blobs) {
	want := noise(100_000)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 5 {
				if err := s.Put(t.Context(), sumOf(want), int64(len(want)), bytes.NewReader(want)); err != nil {
					t.Error(err)
				}
				if got := read(t, s, sumOf(want)); !bytes.Equal(got, want) {
					t.Errorf("a reader got %d other bytes", len(got))
				}
			}
		})
	}
	all.Wait()
}
