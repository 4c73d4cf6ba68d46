package snapshot

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Kept is how many snapshots stay on disk, the one in use included.
const Kept = 3

const (
	folderName  = "snapshots"
	currentName = "current"
	building    = ".building-"
)

// abandoned is the age at which a folder left by a build that crashed is removed;
// no build lasts that long.
const abandoned = time.Hour

// Current returns the folder of the snapshot in use below varDir.
func Current(varDir string) (string, error) {
	path := filepath.Join(varDir, folderName, currentName)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("there is no snapshot in %s: %s", varDir, rebuild)
	}
	if err != nil {
		return "", fmt.Errorf("snapshot: %w", err)
	}
	hash := strings.TrimSpace(string(b))
	if !isHash(hash) {
		return "", fmt.Errorf("%s: %q names no snapshot: %s", path, hash, rebuild)
	}
	return filepath.Join(varDir, folderName, hash), nil
}

func isHash(s string) bool {
	for _, c := range s {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return false
		}
	}
	return len(s) == 20
}

// Publish writes a snapshot below varDir, makes it the current one and removes
// the oldest ones. A crash or a failure at any moment leaves the current
// snapshot as it was; several processes may publish at the same time.
func Publish(varDir string, c Content, now time.Time) (Manifest, error) {
	root := filepath.Join(varDir, folderName)
	if err := os.MkdirAll(root, 0o750); err != nil {
		return Manifest{}, fmt.Errorf("snapshot: %w", err)
	}
	work, err := os.MkdirTemp(root, building)
	if err != nil {
		return Manifest{}, fmt.Errorf("snapshot: %w", err)
	}
	defer os.RemoveAll(work) // gone already once it was renamed
	//nolint:gosec // open data, which a backup may read
	if err := os.Chmod(work, 0o750); err != nil {
		return Manifest{}, fmt.Errorf("snapshot: %w", err)
	}
	m, err := Write(work, c)
	if err != nil {
		return Manifest{}, err
	}
	dir := filepath.Join(root, m.Hash)
	if err := install(work, dir); err != nil {
		return Manifest{}, err
	}
	if err := os.Chtimes(dir, now, now); err != nil {
		return Manifest{}, fmt.Errorf("snapshot: %w", err)
	}
	if err := pointTo(root, m.Hash); err != nil {
		return Manifest{}, err
	}
	return m, prune(root, m.Hash, now)
}

// install renames a finished folder to its place. A good one that is already
// there is the same to the byte and stays; a damaged one is replaced.
func install(work, dir string) error {
	for range 3 {
		err := os.Rename(work, dir)
		if err == nil {
			return syncFolder(filepath.Dir(dir))
		}
		if _, statErr := os.Stat(dir); statErr != nil {
			return fmt.Errorf("snapshot: %w", err)
		}
		if Verify(dir) == nil {
			return nil
		}
		if err := os.Rename(dir, work+"-damaged"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("snapshot: %w", err)
		}
		if err := os.RemoveAll(work + "-damaged"); err != nil {
			return fmt.Errorf("snapshot: %w", err)
		}
	}
	return fmt.Errorf("snapshot: %s is being replaced by another build: try again", dir)
}

// pointTo makes a snapshot the current one, in one step for whoever reads.
func pointTo(root, hash string) error {
	f, err := os.CreateTemp(root, building)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(hash + "\n")
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(root, currentName))
	}
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	return syncFolder(root)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	return nil
}

// prune removes all snapshots but the newest ones and what crashed builds left.
func prune(root, current string, now time.Time) error {
	entries, err := os.ReadDir(root)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	type folder struct {
		name string
		at   time.Time
	}
	var old []folder
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue // removed meanwhile by another build
		}
		switch {
		case strings.HasPrefix(e.Name(), building):
			if now.Sub(info.ModTime()) > abandoned {
				if err := os.RemoveAll(filepath.Join(root, e.Name())); err != nil {
					return fmt.Errorf("snapshot: %w", err)
				}
			}
		case isHash(e.Name()) && e.Name() != current:
			old = append(old, folder{e.Name(), info.ModTime()})
		}
	}
	slices.SortFunc(old, func(a, b folder) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.name, b.name)) })
	for _, f := range old[min(len(old), Kept-1):] {
		if err := os.RemoveAll(filepath.Join(root, f.name)); err != nil {
			return fmt.Errorf("snapshot: %w", err)
		}
	}
	return nil
}
