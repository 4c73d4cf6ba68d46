// Package table owns the reading and writing of tables that spreadsheets exchange:
// CSV, whatever separates its cells and however its letters are encoded. It knows no
// column of anybody, and reaches no network and no file.
package table
