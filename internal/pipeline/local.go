package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// localFolder is where an installer puts files and indicators of their own, each
// described by a manifest *.json beside them.
const localFolder = "local"

// localManifest is a manifest of the installer. Paths are below its folder. What
// a published source must state may be left out: checksum, rows, origin, format,
// numbers of empty cells, and that communes refer to the list of communes.
type localManifest struct {
	Format     int      `json:"format"`
	Sources    []Source `json:"sources"`
	Indicators []entry  `json:"indicators"`
}

// localManifests lists the manifests of the installer, below the data folder.
func localManifests(dataDir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dataDir, localFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() && path.Ext(e.Name()) == ".json" {
			out = append(out, path.Join(localFolder, e.Name()))
		}
	}
	slices.Sort(out)
	return out, nil
}

// addLocal adds what the installer has put in the folder to the manifest.
func (m *Manifest) addLocal(dataDir string) error {
	names, err := localManifests(dataDir)
	if err != nil {
		return err
	}
	for _, name := range names {
		file := filepath.Join(dataDir, filepath.FromSlash(name))
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var l localManifest
		if err := strict(content, file, &l); err != nil {
			return err
		}
		if l.Format != manifestFormat {
			return Problem{File: file, What: fmt.Sprintf("the manifest is in format %d and this program reads format %d", l.Format, manifestFormat)}
		}
		for _, s := range l.Sources {
			s.complete()
			m.Sources = append(m.Sources, s)
		}
		for _, e := range l.Indicators {
			e.file = file
			m.indicators = append(m.indicators, e)
		}
		if err := m.check(); err != nil {
			return Problem{File: file, What: err.Error()}
		}
	}
	return nil
}

// complete fills what an installer may leave out.
func (s *Source) complete() {
	s.local = true
	s.Path = path.Join(localFolder, s.Path)
	if s.Format == "" {
		s.Format = "csv"
	}
	if s.Origin == "" {
		s.Origin = s.Path
	}
	for i := range s.Columns {
		if c := &s.Columns[i]; c.Type == "commune" && c.References == "" {
			c.References, c.Past = "communes.code", "merge"
		}
	}
}
