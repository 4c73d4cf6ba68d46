package pipeline

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"bassin/internal/snapshot"
)

// builder is the version of what the pipeline makes of the same data. It changes
// with the code whenever the tables would.
const builder = 4

// mostBytes bounds an unpacked file, against archives made to fill the memory.
const mostBytes = 512 << 20

func loadManifest(dataDir string) (Manifest, error) {
	name := filepath.Join(dataDir, manifestName)
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, fmt.Errorf("%s is missing: %s must be the folder of the open data", name, dataDir)
	}
	if err != nil {
		return Manifest{}, err
	}
	defer f.Close()
	m, err := ReadManifest(f, name)
	if err != nil {
		return Manifest{}, err
	}
	name = filepath.Join(dataDir, indicatorsName)
	content, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, fmt.Errorf("%s is missing: it says what is measured of territories", name)
	}
	if err != nil {
		return Manifest{}, err
	}
	if m.indicators, err = readIndicators(content, name); err != nil {
		return Manifest{}, err
	}
	if err := m.addLocal(dataDir); err != nil {
		return Manifest{}, err
	}
	if ps := checkIndicators(m.indicators); len(ps) > 0 {
		return Manifest{}, ps
	}
	return m, nil
}

// Fingerprint tells one state of the open data, and of the way it is built, from
// every other. A snapshot whose manifest has the same needs no new build.
func Fingerprint(dataDir string) (string, error) {
	m, err := loadManifest(dataDir)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "bassin %d %d\n", builder, snapshot.Format)
	paths := []string{manifestName, indicatorsName}
	own, err := localManifests(dataDir)
	if err != nil {
		return "", err
	}
	paths = append(paths, own...)
	for _, s := range m.Sources {
		paths = append(paths, s.Path)
	}
	for _, p := range paths {
		f, err := os.Open(filepath.Join(dataDir, filepath.FromSlash(p)))
		if err != nil {
			return "", err
		}
		size, err := io.Copy(h, f)
		f.Close()
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "\n%s %d\n", p, size)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// read returns the unpacked bytes of a source, or nil with its problem told.
// A wrong checksum alone does not stop: what is inside may say more.
func (s *Source) read(dataDir string, ps *sourceProblems) (content []byte, sameSum bool) {
	packed, err := os.ReadFile(filepath.Join(dataDir, filepath.FromSlash(s.Path)))
	if errors.Is(err, fs.ErrNotExist) {
		ps.whole("put it back from where it came: "+s.Origin, "the file is missing")
		return nil, false
	}
	if err != nil {
		ps.whole("", "%v", err)
		return nil, false
	}
	sum := sha256.Sum256(packed)
	sameSum = hex.EncodeToString(sum[:]) == s.SHA256 || s.SHA256 == "" // an installer may state none
	if !strings.HasSuffix(s.Path, ".gz") {
		return packed, sameSum
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err == nil {
		content, err = io.ReadAll(io.LimitReader(z, mostBytes+1))
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		ps.whole("put the whole file back", "the gzip file is truncated after %d bytes (%d unpacked)", len(packed), len(content))
		return nil, sameSum
	case err != nil:
		ps.whole("put the file back", "the gzip file is damaged (%v)", err)
		return nil, sameSum
	case len(content) > mostBytes:
		ps.whole("", "the file unpacks to more than %d MB", mostBytes>>20)
		return nil, sameSum
	}
	return content, sameSum
}
