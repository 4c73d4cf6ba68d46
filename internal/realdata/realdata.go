package realdata

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"bassin/internal/pipeline"
	"bassin/internal/snapshot"
)

// Root is the folder of the project, found from this file.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Data is the folder of the project's open data.
func Data() string { return filepath.Join(Root(), "data") }

var (
	once   sync.Once
	opened *snapshot.Snapshot
	failed error
)

// Snapshot returns the snapshot of the project's data, shared by the tests of a
// binary: it is immutable.
func Snapshot(t testing.TB) *snapshot.Snapshot {
	t.Helper()
	once.Do(func() { opened, failed = open(t.Context()) })
	if failed != nil {
		t.Fatalf("the snapshot of data/ cannot be had: %v", failed)
	}
	return opened
}

// Var returns a var folder that holds the built snapshot. It is shared: tests
// that write into it must copy what they need.
func Var(t testing.TB) string {
	t.Helper()
	Snapshot(t)
	dir, err := folder()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Own returns a var folder of the test's own, to write into, with the built snapshot.
func Own(t testing.TB) string {
	t.Helper()
	own := t.TempDir()
	if err := os.Symlink(filepath.Join(Var(t), "snapshots"), filepath.Join(own, "snapshots")); err != nil {
		t.Fatal(err)
	}
	return own
}

func open(ctx context.Context) (*snapshot.Snapshot, error) {
	dir, err := folder()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return nil, err
	}
	if current, err := snapshot.Current(dir); err == nil {
		return snapshot.Open(current)
	}
	if _, _, err := pipeline.Build(ctx, Data(), dir, func(pipeline.Step) {}); err != nil {
		return nil, err
	}
	current, err := snapshot.Current(dir)
	if err != nil {
		return nil, err
	}
	return snapshot.Open(current)
}

// folder names the shared var folder after the data and the code that reads it,
// so that a change of either makes a new one.
func folder() (string, error) {
	h := sha256.New()
	print, err := pipeline.Fingerprint(Data())
	if err != nil {
		return "", err
	}
	io.WriteString(h, print)
	for _, room := range []string{"pipeline", "snapshot", "territory", "place", "indicator", "commons"} {
		err := filepath.WalkDir(filepath.Join(Root(), "internal", room), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(path)
			h.Write(b)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return filepath.Join(os.TempDir(), "bassin-test-"+hex.EncodeToString(h.Sum(nil))[:16]), nil
}
