package snapshot

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// Wide is a table with as many columns as there are things to tell: texts first,
// then numbers, in the order given.
type Wide struct {
	Name     string
	Texts    []string // names of columns
	Numbers  []string
	Rows     int
	Row      func(i int, texts []string, numbers []float64) // fills row i; NaN where there is no number
	Metadata map[string]string                              // about the whole file; may be nil
}

// groupRows is how many rows are held in memory while a table is written.
const groupRows = 1 << 13

// WriteParquet writes the table as it is made: texts are required, numbers are null where there
// is none. The same table always gives the same bytes.
func (t *Wide) WriteParquet(w io.Writer) error {
	group := ordered{Group: parquet.Group{}, place: map[string]int{}}
	for _, name := range t.Texts {
		group.add(name, parquet.String())
	}
	for _, name := range t.Numbers {
		group.add(name, parquet.Optional(parquet.Leaf(parquet.DoubleType)))
	}
	if len(group.Group) != len(t.Texts)+len(t.Numbers) {
		return fmt.Errorf("snapshot: table %s has two columns of one name", t.Name)
	}
	options := []parquet.WriterOption{
		parquet.NewSchema(t.Name, group),
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedDefault, Concurrency: 1}),
		parquet.CreatedBy("bassin", strconv.Itoa(Format), ""),
		parquet.MaxRowsPerRowGroup(groupRows),
	}
	for k, v := range t.Metadata {
		options = append(options, parquet.KeyValueMetadata(k, v)) // the library sorts them
	}
	out := parquet.NewGenericWriter[any](w, options...)
	texts, numbers := make([]string, len(t.Texts)), make([]float64, len(t.Numbers))
	row := make(parquet.Row, len(texts)+len(numbers))
	for r := range t.Rows {
		t.Row(r, texts, numbers)
		for i, s := range texts {
			row[i] = parquet.ByteArrayValue([]byte(s)).Level(0, 0, i)
		}
		for k, x := range numbers {
			i := len(texts) + k
			row[i] = parquet.NullValue().Level(0, 0, i)
			if !math.IsNaN(x) {
				row[i] = parquet.DoubleValue(x).Level(0, 1, i)
			}
		}
		if _, err := out.WriteRows([]parquet.Row{row}); err != nil {
			return err
		}
	}
	return out.Close()
}

// ordered is a group whose columns keep the order given; Parquet's own sorts them.
type ordered struct {
	parquet.Group
	place map[string]int
}

func (g *ordered) add(name string, n parquet.Node) {
	g.place[name] = len(g.place)
	g.Group[name] = n
}

// Fields returns the columns in order.
func (g ordered) Fields() []parquet.Field {
	fields := g.Group.Fields()
	slices.SortFunc(fields, func(a, b parquet.Field) int { return cmp.Compare(g.place[a.Name()], g.place[b.Name()]) })
	return fields
}
