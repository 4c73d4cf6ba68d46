package pipeline

import (
	"strconv"
	"strings"
)

// table is the rows of one source, as text, in the order of the file.
type table struct {
	source *Source
	at     map[string]int // column -> place in a row
	rows   [][]string
	lines  []int // line of each row in the file, or number of the feature
}

func (t *table) get(row int, column string) string { return t.rows[row][t.at[column]] }

// values cuts a cell that holds several values.
func (t *table) values(row int, column string) []string {
	v := t.get(row, column)
	if v == "" {
		return nil
	}
	return strings.Split(v, list)
}

// number reads a cell already known to be a whole number, or empty.
func (t *table) number(row int, column string) (int64, bool) {
	n, err := strconv.ParseInt(t.get(row, column), 10, 64)
	return n, err == nil
}

// people reads a number of people; none is known where there would be more than 2³¹.
func (t *table) people(row int, column string) (int32, bool) {
	n, err := strconv.ParseInt(t.get(row, column), 10, 32)
	return int32(n), err == nil
}

// small reads a whole number that its source holds between a min and a max, or 0.
func (t *table) small(row int, column string) int8 {
	n, err := strconv.ParseInt(t.get(row, column), 10, 8)
	if err != nil {
		return 0
	}
	return int8(n)
}

func (t *table) decimal(row int, column string) (float64, bool) {
	n, err := strconv.ParseFloat(t.get(row, column), 64)
	return n, err == nil
}

// by returns the row of each value of a column.
func (t *table) by(column string) map[string]int {
	at := make(map[string]int, len(t.rows))
	for i := range t.rows {
		at[t.get(i, column)] = i
	}
	return at
}
