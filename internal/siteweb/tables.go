package siteweb

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"bassin/internal/fault"
	"bassin/internal/snapshot"
	"bassin/internal/web"

	"github.com/parquet-go/parquet-go"
)

// table answers with a table of the snapshot: as it is stored for .parquet,
// converted row by row for .csv.
func (p *Pages) table(w http.ResponseWriter, r *http.Request) error {
	s := snapshot.FromContext(r.Context())
	name, kind, _ := strings.Cut(r.PathValue("file"), ".")
	t, ok := s.Manifest.Table(name)
	if !ok || kind != "parquet" && (kind != "csv" || !tabular(t)) {
		return fault.New(fault.NotFound, "site.data.no_table", r.PathValue("file"))
	}
	f, err := os.Open(filepath.Join(s.Dir, filepath.FromSlash(t.Path)))
	if err != nil {
		return fault.New(fault.Unavailable, "site.data.unreadable").Because(err)
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Disposition", `attachment; filename="bassin-`+strconv.Itoa(s.Manifest.Vintage)+"-"+name+"."+kind+`"`)
	h.Set("Cache-Control", "no-cache")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Link", `<`+licenceAddress(t.Licence)+`>; rel="license"`)
	if kind == "parquet" {
		h.Set("Content-Type", "application/vnd.apache.parquet")
		h.Set("ETag", `"`+t.SHA256[:24]+`"`)
		http.ServeContent(w, r, "", time.Time{}, f)
		return nil
	}
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("ETag", `W/"`+t.SHA256[:24]+`-csv"`)
	if r.Header.Get("If-None-Match") == h.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if r.Method == http.MethodHead {
		return nil
	}
	// Once the first bytes have left, a failure can only cut the answer short.
	if err := writeCSV(w, f, t); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// tabular says whether a table makes sense in a spreadsheet: outlines do not.
func tabular(t snapshot.Table) bool {
	for _, c := range t.Columns {
		if c.Type == "bytes" || c.List && c.Type != "text" {
			return false
		}
	}
	return !strings.HasPrefix(t.Name, "outlines-")
}

// writeCSV converts a Parquet table to RFC 4180: UTF-8, commas, the columns'
// names first, nothing where there is no value, lists joined by spaces. A text
// that a spreadsheet would run as a formula is preceded by an apostrophe.
func writeCSV(w io.Writer, f *os.File, t snapshot.Table) (err error) {
	file, err := parquet.OpenFile(f, t.Bytes, parquet.SkipBloomFilters(true))
	if err != nil {
		return fmt.Errorf("table %s: %w", t.Name, err)
	}
	buffered := bufio.NewWriterSize(w, 64<<10)
	out := csv.NewWriter(buffered)
	out.UseCRLF = true
	record := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		record[i] = c.Name
	}
	if err := out.Write(record); err != nil {
		return err
	}
	rows := parquet.NewReader(file)
	defer func() { err = errors.Join(err, rows.Close()) }()
	batch := make([]parquet.Row, 256)
	for {
		n, readErr := rows.ReadRows(batch)
		for _, row := range batch[:n] {
			clear(record)
			for _, v := range row {
				i := v.Column()
				if i < 0 || i >= len(record) {
					return fmt.Errorf("table %s has more columns than its manifest says", t.Name)
				}
				if v.IsNull() {
					continue
				}
				if record[i] != "" {
					record[i] += " "
				}
				record[i] += cell(v)
			}
			if err := out.Write(record); err != nil {
				return err
			}
		}
		if errors.Is(readErr, io.EOF) {
			break
		}
		if readErr != nil {
			return fmt.Errorf("table %s: %w", t.Name, readErr)
		}
	}
	out.Flush()
	return errors.Join(out.Error(), buffered.Flush())
}

// cell writes a value as text.
func cell(v parquet.Value) string {
	switch v.Kind() {
	case parquet.Boolean:
		return strconv.FormatBool(v.Boolean())
	case parquet.Int32:
		return strconv.Itoa(int(v.Int32()))
	case parquet.Int64:
		return strconv.FormatInt(v.Int64(), 10)
	case parquet.Float:
		return strconv.FormatFloat(float64(v.Float()), 'f', -1, 32)
	case parquet.Double:
		return strconv.FormatFloat(v.Double(), 'f', -1, 64)
	}
	return web.Harmless(string(v.ByteArray()))
}

// report answers with what the build of the snapshot checked, moved and dropped.
func (p *Pages) report(w http.ResponseWriter, r *http.Request) error {
	s := snapshot.FromContext(r.Context())
	b, err := readReport(s)
	if err != nil {
		return fault.New(fault.Unavailable, "site.data.unreadable").Because(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	return web.Respond(w, r, b)
}

func readReport(s *snapshot.Snapshot) ([]byte, error) {
	return os.ReadFile(filepath.Join(s.Dir, filepath.FromSlash(s.Manifest.Report.Path)))
}

// licenceAddress is where a licence can be read.
func licenceAddress(spdx string) string {
	switch spdx {
	case "etalab-2.0":
		return "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
	case "ODbL-1.0":
		return "https://opendatacommons.org/licenses/odbl/1-0/"
	}
	return "https://spdx.org/licenses/" + spdx + ".html"
}
