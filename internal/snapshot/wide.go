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
	Texts    []WideColumn[string]
	Numbers  []WideColumn[float64] // NaN where there is none
	Metadata map[string]string     // about the whole file; may be nil
}

// WideColumn is a column of a [Wide]; all have the same number of values.
type WideColumn[T any] struct {
	Name   string
	Values []T
}

// groupRows bounds what is held in memory of a table being written.
const groupRows = 1 << 16

// WriteParquet writes the table: texts are required, numbers are null where there
// is none. The same table always gives the same bytes.
func (t *Wide) WriteParquet(w io.Writer) error {
	group := ordered{Group: parquet.Group{}, place: map[string]int{}}
	for _, c := range t.Texts {
		group.add(c.Name, parquet.String())
	}
	for _, c := range t.Numbers {
		group.add(c.Name, parquet.Optional(parquet.Leaf(parquet.DoubleType)))
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
	row := make(parquet.Row, len(t.Texts)+len(t.Numbers))
	for r := range t.rows() {
		for i, c := range t.Texts {
			row[i] = parquet.ByteArrayValue([]byte(c.Values[r])).Level(0, 0, i)
		}
		for k, c := range t.Numbers {
			i := len(t.Texts) + k
			row[i] = parquet.NullValue().Level(0, 0, i)
			if x := c.Values[r]; !math.IsNaN(x) {
				row[i] = parquet.DoubleValue(x).Level(0, 1, i)
			}
		}
		if _, err := out.WriteRows([]parquet.Row{row}); err != nil {
			return err
		}
	}
	return out.Close()
}

func (t *Wide) rows() int {
	if len(t.Texts) > 0 {
		return len(t.Texts[0].Values)
	}
	return 0
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
