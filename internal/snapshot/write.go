package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"sync"

	"bassin/internal/indicator"
	"bassin/internal/place"
	"bassin/internal/territory"
	"bassin/internal/territory/shape"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// Content is everything that a snapshot holds.
type Content struct {
	Inputs          string // fingerprint of the open data
	Tables          territory.Tables
	Communes        *shape.Topology // metropolitan France and the five overseas départements
	Overseas        *shape.Topology // communes of the overseas collectivities, under ODbL
	Arrondissements *shape.Topology // municipal arrondissements of Paris, Lyon and Marseille
	QPV             *shape.Topology
	Indicators      []indicator.Definition
	Figures         indicator.Figures
	Places          []place.Row // under Licence Ouverte
	PlacesODbL      []place.Row
	Statements      []Statement // what catalogues say of commons, entry after entry
	Sources         []Source
	Report          []byte // JSON
}

// The licences of the tables.
const (
	licenceOuverte = "etalab-2.0"
	odbl           = "ODbL-1.0"
)

// Names of the outline tables: two files each, <name>-arcs and <name>-faces.
const (
	communeOutlines        = "outlines-communes"
	overseasOutlines       = "outlines-overseas"
	arrondissementOutlines = "outlines-arm"
	qpvOutlines            = "outlines-qpv"
)

// Names of the tables of places of service.
const (
	placeTable     = "places"
	placeTableODbL = "places-odbl"
)

// tableWriter makes one Parquet file.
type tableWriter struct {
	table Table
	write func(*bytes.Buffer) error
}

func (c *Content) tables() []tableWriter {
	t := &c.Tables
	w := []tableWriter{
		rowsOf("communes", t.Communes),
		rowsOf("zones", t.Zones),
		rowsOf("members", t.Members),
		rowsOf("parts", t.Parts),
		rowsOf("populations", t.Populations),
		rowsOf("events", t.Events),
		rowsOf("passages", t.Passages),
		figuresOf(&c.Figures, false),
		figuresOf(&c.Figures, true),
		rowsOf(publishedName, c.Figures.Published),
		rowsOf(quartersName, c.Figures.Quarters),
	}
	for _, o := range []struct {
		name, licence, folder string
		topology              *shape.Topology
	}{
		{communeOutlines, licenceOuverte, "", c.Communes},
		{arrondissementOutlines, licenceOuverte, "", c.Arrondissements},
		{qpvOutlines, licenceOuverte, "", c.QPV},
		{overseasOutlines, odbl, "odbl/", c.Overseas},
	} {
		rows := o.topology.Rows()
		arcs, faces := rowsOf(o.name+"-arcs", rows.Arcs), rowsOf(o.name+"-faces", rows.Faces)
		arcs.table.Grid = &rows.Grid
		for _, x := range []*tableWriter{&arcs, &faces} {
			x.table.Licence = o.licence
			x.table.Path = o.folder + x.table.Path
			w = append(w, *x)
		}
	}
	apart := rowsOf(placeTableODbL, c.PlacesODbL)
	apart.table.Licence, apart.table.Path = odbl, "odbl/places.parquet"
	return append(w, rowsOf(placeTable, c.Places), apart, rowsOf(statementTable, c.Statements))
}

func rowsOf[T any](name string, rows []T) tableWriter {
	schema := parquet.SchemaOf(new(T))
	return tableWriter{
		table: Table{Name: name, File: File{Path: name + ".parquet"}, Licence: licenceOuverte, Rows: len(rows), Columns: columnsOf[T]()},
		write: func(b *bytes.Buffer) error {
			// One row group and one thread: the bytes depend on the rows alone.
			w := parquet.NewGenericWriter[T](b, schema,
				parquet.Compression(&zstd.Codec{Level: zstd.SpeedDefault, Concurrency: 1}),
				parquet.CreatedBy("bassin", strconv.Itoa(Format), ""))
			if _, err := w.Write(rows); err != nil {
				return err
			}
			return w.Close()
		},
	}
}

func columnsOf[T any]() []Column {
	var out []Column
	for f := range reflect.TypeFor[T]().Fields() {
		name, _, _ := bytes.Cut([]byte(f.Tag.Get("parquet")), []byte(","))
		c, t := Column{Name: string(name)}, f.Type
		if t.Kind() == reflect.Pointer {
			c.Optional, t = true, t.Elem()
		}
		switch {
		case t == reflect.TypeFor[[]byte]():
			c.Type = "bytes"
		case t.Kind() == reflect.Slice:
			c.List, t = true, t.Elem()
		}
		if c.Type == "" {
			c.Type = t.Kind().String()
		}
		if c.Type == "string" {
			c.Type = "text"
		}
		out = append(out, c)
	}
	return out
}

// Write writes a snapshot into an existing empty folder and returns its manifest.
// The same content always gives the same bytes. Files are on disk when it returns.
func Write(dir string, c Content) (Manifest, error) {
	m := Manifest{Format: Format, Inputs: c.Inputs, Vintage: c.Tables.Vintage, Sources: c.Sources}
	writers := c.tables()
	m.Tables = make([]Table, len(writers))
	errs := make([]error, len(writers))
	var wg sync.WaitGroup
	turns := make(chan struct{}, 2)
	for i, w := range writers {
		wg.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			var b bytes.Buffer
			if err := w.write(&b); err != nil {
				errs[i] = fmt.Errorf("snapshot: table %s: %w", w.table.Name, err)
				return
			}
			w.table.File, errs[i] = writeFile(dir, w.table.Path, b.Bytes())
			m.Tables[i] = w.table
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return Manifest{}, err
		}
	}
	catalogue, err := json.MarshalIndent(c.Indicators, "", "  ")
	if err != nil {
		return Manifest{}, err
	}
	if m.Indicators, err = writeFile(dir, indicatorsName+".json", catalogue); err != nil {
		return Manifest{}, err
	}
	if m.Report, err = writeFile(dir, reportName, c.Report); err != nil {
		return Manifest{}, err
	}
	if m.Hash, err = m.seal(); err != nil {
		return Manifest{}, err
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return Manifest{}, err
	}
	if _, err := writeFile(dir, manifestName, append(b, '\n')); err != nil {
		return Manifest{}, err
	}
	return m, nil
}

func writeFile(dir, path string, b []byte) (File, error) {
	full := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
		return File{}, fmt.Errorf("snapshot: %w", err)
	}
	f, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // open data
	if err != nil {
		return File{}, fmt.Errorf("snapshot: %w", err)
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return File{}, fmt.Errorf("snapshot: %w", err)
	}
	sum := sha256.Sum256(b)
	return File{Path: path, Bytes: int64(len(b)), SHA256: hex.EncodeToString(sum[:])}, nil
}
