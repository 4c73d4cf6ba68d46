package store

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"bassin/internal/fault"
)

func TestFailed(t *testing.T) {
	for _, c := range []struct {
		err  error
		want fault.Code
	}{
		{driver.ErrBadConn, fault.Unavailable},
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, fault.Unavailable},
		{&pgconn.PgError{Code: "57P01"}, fault.Unavailable}, // administrator ends the server
		{&pgconn.PgError{Code: "53300"}, fault.Unavailable}, // too many connections
		{&pgconn.PgError{Code: "42P01"}, fault.Internal},    // no such table
		{errors.New("anything else"), fault.Internal},
	} {
		if got := fault.CodeOf(failed("try", fmt.Errorf("wrapped: %w", c.err))); got != c.want {
			t.Errorf("failed(%v) is %s, want %s", c.err, got, c.want)
		}
	}
}

// A statement that is wrong is a defect on both databases, not an outage.
func TestWrongStatementIsADefect(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := opened(t, dsn) // no tables
		if _, err := db.Perimeter(t.Context(), "0123456789"); fault.CodeOf(err) != fault.Internal {
			t.Errorf("a missing table gives %v, want fault.Internal", err)
		}
	})
}
