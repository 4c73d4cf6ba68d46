package blob

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bassin/internal/fault"
	"bassin/internal/media"
	"bassin/internal/media/mediatest"
	"bassin/internal/s3test"
)

func opened(t *testing.T, address string) media.Blobs {
	t.Helper()
	b, err := Open(address, Keys{s3test.Access, s3test.Secret})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFolderContract(t *testing.T) {
	mediatest.RunBlobs(t, func(t *testing.T) media.Blobs { return opened(t, "dir:"+filepath.Join(t.TempDir(), "new", "files")) })
}

func TestS3Contract(t *testing.T) {
	s := s3test.New(t)
	for n, prefix := range []string{"", "/a/prefix"} {
		count := 0
		mediatest.RunBlobs(t, func(t *testing.T) media.Blobs {
			count++
			return opened(t, strings.Replace(s.Bucket(t, fmt.Sprintf("files-%d-%d", n, count)), "?", prefix+"?", 1))
		})
	}
}

func sumOf(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// A server that is away says so, and answers again once it is back.
func TestS3ServerAway(t *testing.T) {
	s := s3test.New(t)
	b := opened(t, s.Bucket(t, "files"))
	put := func() error {
		return b.Put(t.Context(), sumOf("bytes"), 5, strings.NewReader("bytes"))
	}
	if err := put(); err != nil {
		t.Fatal(err)
	}
	s.Stop()
	if err := put(); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("put while it is away: %v, want fault.Unavailable", err)
	}
	if _, err := b.Open(t.Context(), sumOf("bytes")); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("opened while it is away: %v, want fault.Unavailable", err)
	}
	s.Start(t)
	if _, err := b.Stat(t.Context(), sumOf("bytes")); err != nil {
		t.Errorf("once it is back: %v", err)
	}
}

func TestS3RefusesOthers(t *testing.T) {
	s := s3test.New(t)
	address := s.Bucket(t, "files")
	for name, c := range map[string]struct {
		address string
		keys    Keys
	}{
		"other keys":           {address, Keys{s3test.Access, "wrong"}},
		"a bucket that is not": {strings.Replace(address, "/files", "/none", 1), Keys{s3test.Access, s3test.Secret}},
	} {
		b, err := Open(c.address, c.keys)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Put(t.Context(), sumOf("x"), 1, strings.NewReader("x")); fault.CodeOf(err) != fault.Unavailable {
			t.Errorf("%s: put: %v, want fault.Unavailable", name, err)
		}
		if _, err := b.Stat(t.Context(), sumOf("x")); err == nil {
			t.Errorf("%s: stat succeeded", name)
		}
		for _, err := range b.List(t.Context()) {
			if fault.CodeOf(err) != fault.Unavailable {
				t.Errorf("%s: list: %v, want fault.Unavailable", name, err)
			}
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	keys := Keys{"a", "hidden"}
	for address, want := range map[string]struct {
		keys Keys
		code fault.Code
	}{
		"":                            {keys, fault.Invalid},
		"files":                       {keys, fault.Invalid},
		"http://host/bucket":          {keys, fault.Invalid},
		"dir:":                        {keys, fault.Invalid},
		"dir:a\x00b":                  {keys, fault.Invalid},
		"dir:" + file:                 {keys, fault.Unavailable},
		"s3://":                       {keys, fault.Invalid},
		"s3://host":                   {keys, fault.Invalid},
		"s3://host/":                  {keys, fault.Invalid},
		"s3://a:b@host/bucket":        {keys, fault.Invalid},
		"s3://host/bucket?tls=maybe":  {keys, fault.Invalid},
		"s3://host/bucket?regoin=fr":  {keys, fault.Invalid},
		"s3://host/bucket?region=one": {Keys{}, fault.Invalid},
		"s3://ho st/bucket":           {keys, fault.Invalid},
	} {
		_, err := Open(address, want.keys)
		if fault.CodeOf(err) != want.code {
			t.Errorf("Open(%q): %v, want %s", address, err, want.code)
		}
		if err != nil && strings.Contains(err.Error(), "hidden") {
			t.Errorf("Open(%q) tells the secret: %v", address, err)
		}
	}
}

// What a killed server was writing goes, later; what is none of ours stays.
func TestFolderLeftovers(t *testing.T) {
	dir := t.TempDir()
	b := opened(t, "dir:"+dir)
	old, fresh := filepath.Join(dir, writing, "old"), filepath.Join(dir, writing, "fresh")
	other := filepath.Join(dir, "ab", "notes.txt")
	if err := b.Put(t.Context(), sumOf("x"), 1, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(other), 0o750); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{old, fresh, other} {
		if err := os.WriteFile(f, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-2 * leftover)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	b = opened(t, "dir:"+dir)
	for f, want := range map[string]bool{old: false, fresh: true, other: true} {
		if _, err := os.Stat(f); (err == nil) != want {
			t.Errorf("%s is there: %t, want %t", f, err == nil, want)
		}
	}
	n := 0
	for _, err := range b.List(t.Context()) {
		if n++; err != nil {
			t.Error(err)
		}
	}
	if n != 1 {
		t.Errorf("%d are listed, want 1", n)
	}
}

// A disk that is full or can only be read is told in words.
func TestFolderCannotWrite(t *testing.T) {
	dir := t.TempDir()
	b := opened(t, "dir:"+dir)
	if err := os.RemoveAll(filepath.Join(dir, writing)); err != nil {
		t.Fatal(err)
	}
	if err := b.Put(t.Context(), sumOf("x"), 1, bytes.NewReader([]byte("x"))); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("put: %v, want fault.Unavailable", err)
	}
}

// A file being added has no name, and a full disk is told in words.
func TestScratch(t *testing.T) {
	dir := t.TempDir()
	f, err := Scratch(dir)()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("text")); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("it has a name: %v, %v", left, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	if _, err := (scratch{full}).Write([]byte("text")); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("written to a full disk: %v, want fault.Unavailable", err)
	}
	if _, err := Scratch(filepath.Join(dir, "none"))(); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("in a folder that is not: %v, want fault.Unavailable", err)
	}
}
