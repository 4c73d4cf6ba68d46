package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"bassin/internal/i18n"
	"bassin/internal/territory/shape"
)

// Format is the version of the folder layout and of the tables' columns that
// this program writes and reads.
const Format = 5

const (
	manifestName = "manifest.json"
	reportName   = "report.json"
)

// Manifest describes a snapshot: what the Data page shows.
type Manifest struct {
	Format     int      `json:"format"`
	Hash       string   `json:"hash"`    // of everything else here, so of every byte of the tables; names the folder
	Inputs     string   `json:"inputs"`  // fingerprint of the open data it was built from
	Vintage    int      `json:"vintage"` // COG year of the commune list
	Tables     []Table  `json:"tables"`
	Sources    []Source `json:"sources"`
	Indicators File     `json:"indicators"` // the catalogue of indicators
	Report     File     `json:"report"`
}

// File is one file of the folder.
type File struct {
	Path   string `json:"path"` // below the folder, with slashes
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Table is one Parquet file.
type Table struct {
	Name string `json:"name"`
	File
	Licence string      `json:"licence"` // SPDX identifier
	Rows    int         `json:"rows"`
	Columns []Column    `json:"columns"`
	Grid    *shape.Grid `json:"grid,omitempty"` // of the points of an arc table
}

// Column is one column of a table.
type Column struct {
	Name     string `json:"name"`
	Type     string `json:"type"` // text, bool, int8, int16, int32, float64, bytes
	List     bool   `json:"list,omitempty"`
	Optional bool   `json:"optional,omitempty"`
}

// Source is one published file that the snapshot was made from.
type Source struct {
	Key             string      `json:"key"`
	Path            string      `json:"path"` // below the data folder
	Title           i18n.Text   `json:"title"`
	Producer        string      `json:"producer"`
	Vintage         i18n.Text   `json:"vintage"`
	Licence         string      `json:"licence"` // SPDX identifier
	LicencePresumed bool        `json:"licencePresumed,omitempty"`
	Credit          string      `json:"credit"`
	Origin          string      `json:"origin"` // where the copy was taken: repository@commit, path
	SHA256          string      `json:"sha256"`
	Rows            int         `json:"rows"`
	Treatment       []i18n.Text `json:"treatment,omitempty"` // known defects, and what is done about each
}

// seal returns the hash of the manifest, which its Hash field does not count in.
func (m Manifest) seal() (string, error) {
	m.Hash = ""
	b, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:10]), nil
}

// Table returns the table of that name.
func (m *Manifest) Table(name string) (Table, bool) {
	for _, t := range m.Tables {
		if t.Name == name {
			return t, true
		}
	}
	return Table{}, false
}

// ReadManifest reads the manifest of a snapshot folder. It refuses one of another
// format, or one that was changed since it was written, and says what to do.
func ReadManifest(dir string) (Manifest, error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, fmt.Errorf("snapshot %s: there is no %s: %s", dir, manifestName, rebuild)
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("snapshot: %w", err)
	}
	m, err := parseManifest(b)
	if err != nil {
		return Manifest{}, fmt.Errorf("snapshot %s: %s: %w: %s", dir, manifestName, err, rebuild)
	}
	return m, nil
}

// rebuild is what to do about a snapshot that cannot be used.
const rebuild = `build it again with "bassin data build"`

func parseManifest(b []byte) (Manifest, error) {
	var version struct{ Format int }
	if err := json.Unmarshal(b, &version); err != nil {
		return Manifest{}, err
	}
	if version.Format != Format {
		return Manifest{}, fmt.Errorf("the snapshot is in format %d and this program reads format %d", version.Format, Format)
	}
	var m Manifest
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return Manifest{}, err
	}
	hash, err := m.seal()
	if err != nil {
		return Manifest{}, err
	}
	if hash != m.Hash {
		return Manifest{}, fmt.Errorf("it was changed after it was written (hash %s instead of %s)", hash, m.Hash)
	}
	for _, t := range m.Tables {
		if !filepath.IsLocal(filepath.FromSlash(t.Path)) {
			return Manifest{}, fmt.Errorf("table %s: path %q leads out of the folder", t.Name, t.Path)
		}
	}
	return m, nil
}
