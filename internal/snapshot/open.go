package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"bassin/internal/indicator"
	"bassin/internal/place"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
	"bassin/internal/territory/shape"
)

// Snapshot is one snapshot in memory, indexed. It never changes, so it is safe
// for concurrent use.
type Snapshot struct {
	Dir             string // the folder it was read from, for downloads
	Manifest        Manifest
	France          *territory.France
	Names           *names.Index
	Places          *place.Index    // those of kinds under ODbL are to be credited where shown
	Communes        *shape.Topology // metropolitan France and the five overseas départements
	Overseas        *shape.Topology // communes of the overseas collectivities; ODbL, credit OpenStreetMap contributors
	Arrondissements *shape.Topology // municipal arrondissements
	QPV             *shape.Topology
	Panel           *indicator.Panel
	Statements      []Statement // what catalogues say of commons, entry after entry

	outlines outlines
}

// Open reads a snapshot folder. It verifies the format and the checksum of every
// table before using it.
func Open(dir string) (*Snapshot, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{Dir: dir, Manifest: m}
	r := reader{dir: dir, manifest: &s.Manifest, seen: texts{}}
	// Outlines and tables do not depend on one another: two cores halve the wait.
	var wg sync.WaitGroup
	var outlineErr error
	wg.Go(func() { outlineErr = s.readOutlines(dir) })
	err = s.readTables(&r)
	wg.Wait()
	if err = errors.Join(err, outlineErr); err != nil {
		return nil, fmt.Errorf("snapshot %s: %w: %s", dir, err, rebuild)
	}
	s.joinOutlines()
	return s, nil
}

func (s *Snapshot) readTables(r *reader) error {
	t := territory.Tables{
		Vintage:     s.Manifest.Vintage,
		Communes:    read[territory.CommuneRow](r, "communes"),
		Zones:       read[territory.ZoneRow](r, "zones"),
		Members:     read[territory.MemberRow](r, "members"),
		Parts:       read[territory.PartRow](r, "parts"),
		Populations: read[territory.PopulationRow](r, "populations"),
		Events:      read[territory.EventRow](r, "events"),
		Passages:    read[territory.PassageRow](r, "passages"),
	}
	if r.err != nil {
		return r.err
	}
	var wg sync.WaitGroup
	wg.Go(func() { s.Names = names.New(names.FromTables(t)) })
	var err, placeErr error
	wg.Go(func() { placeErr = s.readPlaces(r.dir, t.Communes) })
	s.France, err = territory.New(t)
	wg.Wait()
	if err = errors.Join(err, placeErr); err != nil {
		return err
	}
	if s.Statements = read[Statement](r, statementTable); r.err != nil {
		return r.err
	}
	return s.indicators()
}

// readPlaces reads with texts of its own: the index keeps none of them.
func (s *Snapshot) readPlaces(dir string, communes []territory.CommuneRow) (err error) {
	r := reader{dir: dir, manifest: &s.Manifest, seen: texts{}}
	open, apart := read[place.Row](&r, placeTable), read[place.Row](&r, placeTableODbL)
	if r.err != nil {
		return r.err
	}
	s.Places, err = place.New(communes, open, apart)
	return err
}

func (s *Snapshot) readOutlines(dir string) error {
	r := reader{dir: dir, manifest: &s.Manifest, seen: texts{}}
	for _, o := range []struct {
		name string
		into **shape.Topology
	}{
		{communeOutlines, &s.Communes}, {overseasOutlines, &s.Overseas},
		{arrondissementOutlines, &s.Arrondissements}, {qpvOutlines, &s.QPV},
	} {
		rows := shape.Rows{Arcs: read[shape.ArcRow](&r, o.name+"-arcs"), Faces: read[shape.FaceRow](&r, o.name+"-faces")}
		if r.err != nil {
			return r.err
		}
		table, _ := s.Manifest.Table(o.name + "-arcs")
		if table.Grid == nil {
			return fmt.Errorf("table %s has no grid", table.Name)
		}
		rows.Grid = *table.Grid
		var err error
		if *o.into, err = shape.FromRows(rows); err != nil {
			return fmt.Errorf("table %s: %w", o.name, err)
		}
	}
	return nil
}

// reader reads tables one after the other and keeps the first error.
type reader struct {
	dir      string
	manifest *Manifest
	seen     texts
	err      error
}

func read[T any](r *reader, name string) []T {
	if r.err != nil {
		return nil
	}
	table, ok := r.manifest.Table(name)
	if !ok {
		r.err = fmt.Errorf("table %s is missing", name)
		return nil
	}
	b, err := table.read(r.dir)
	if err != nil {
		r.err = err
		return nil
	}
	rows, err := decode[T](b, table.Rows, r.seen)
	if err != nil {
		r.err = fmt.Errorf("%s: %w", table.Path, err)
	}
	return rows
}

// read returns the bytes of the file after checking them.
func (f File) read(dir string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) != f.Bytes {
		return nil, fmt.Errorf("%s has %d bytes instead of %d: it is truncated or was changed", f.Path, len(b), f.Bytes)
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, fmt.Errorf("%s was changed after it was written (its checksum differs)", f.Path)
	}
	return b, nil
}

// Verify checks every file of a snapshot folder against its manifest.
func Verify(dir string) error {
	m, err := ReadManifest(dir)
	if err != nil {
		return err
	}
	files := []File{m.Report, m.Indicators}
	for _, t := range m.Tables {
		files = append(files, t.File)
	}
	for _, f := range files {
		if _, err := f.read(dir); err != nil {
			return fmt.Errorf("snapshot %s: %w: %s", dir, err, rebuild)
		}
	}
	return nil
}
