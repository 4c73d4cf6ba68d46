package table_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"bassin/internal/table"
)

func same(name string) string { return name }

func read(file []byte) (rows [][]string, keys []string) {
	t := table.Open(file, table.Limits{Bytes: 1 << 20, Rows: 100}, same, func(f table.Finding) { keys = append(keys, f.Key) })
	if t == nil {
		return nil, keys
	}
	for _, cells := range t.Rows() {
		rows = append(rows, slices.Clone(cells))
	}
	return rows, keys
}

func TestCellsComeBack(t *testing.T) {
	texts := []string{"", "Lannion", "L'Île", "a=b", "=1+1", "'=1+1", "''=1", "+33", "-2", "@a", "\tx", "'x", "un;\"deux\", trois\nquatre"}
	for _, comma := range []rune{',', ';', '\t'} {
		var b bytes.Buffer
		w := table.NewWriter(&b, comma)
		head, cells := make([]string, len(texts)), make([]string, len(texts))
		for i, text := range texts {
			head[i], cells[i] = string(rune('a'+i)), table.Harmless(text)
		}
		for _, row := range [][]string{head, cells} {
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if rows, keys := read(b.Bytes()); len(rows) != 1 || !slices.Equal(rows[0], texts) || len(keys) > 0 {
			t.Errorf("with %q: %q, %v", comma, rows, keys)
		}
	}
}

func TestHarmless(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Lannion": "Lannion", "L'Île": "L'Île", "a=b": "a=b", "'x": "'x",
		"=1+1": "'=1+1", "+33": "'+33", "-2": "'-2", "@a": "'@a", "\tx": "'\tx", "\nx": "'\nx", "'=x": "''=x",
	} {
		if got := table.Harmless(in); got != want || table.Plain(got) != in {
			t.Errorf("Harmless(%q) = %q, and back %q", in, got, table.Plain(got))
		}
	}
}

// What was read is read again the same once written, whatever the bytes.
func FuzzOpen(f *testing.F) {
	for _, seed := range []string{"a;b\n1;2\n", "a,b\n\"1\n2\",'=3\n", "\ufeffa\tb\n1\t2\t3\n", "\xff\xfea\x00\n\x00", "sep=;\na;b\n1;2", "a\rb\rc", "a\n\"", "PK\x03\x04", "nom\n\xe9t\xe9\n", "a;a\n;\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, _ := read(data)
		rows = slices.DeleteFunc(rows, func(r []string) bool { return strings.TrimSpace(strings.Join(r, "")) == "" }) // all it had was beyond the columns
		wide := 0
		for _, r := range rows {
			wide = max(wide, len(r))
		}
		var b bytes.Buffer
		w := table.NewWriter(&b, ';')
		head := make([]string, wide+1)
		for i := range head {
			head[i] = string(rune('a' + i))
		}
		_ = w.Write(head)
		for _, r := range rows {
			cells := make([]string, wide+1)
			for i := range cells {
				if cells[i] = ""; i < len(r) {
					cells[i] = table.Harmless(r[i])
				}
			}
			_ = w.Write(cells) // to memory
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		again, keys := read(b.Bytes())
		if len(again) != len(rows) {
			t.Fatalf("%d rows, then %d: %v", len(rows), len(again), keys)
		}
		for i, r := range rows {
			for j, cell := range r {
				if again[i][j] != string(bytes.ReplaceAll([]byte(cell), []byte("\r\n"), []byte("\n"))) {
					t.Errorf("row %d cell %d: %q, then %q", i, j, cell, again[i][j])
				}
			}
		}
	})
}
