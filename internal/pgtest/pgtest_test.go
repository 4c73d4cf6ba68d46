package pgtest

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) { os.Exit(Run(m)) }

func TestDatabasesAreApart(t *testing.T) {
	one, two := DSN(t), DSN(t)
	if one == two {
		t.Fatalf("two tests would share %s", one)
	}
	count := func(dsn, statement string) (n int) {
		t.Helper()
		c, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(t.Context())
		if _, err := c.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		if err := c.QueryRow(t.Context(), `SELECT count(*) FROM pg_tables WHERE tablename = 'mark'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(one, `CREATE TABLE mark (x integer)`); n != 1 {
		t.Errorf("the first database has %d tables mark, want 1", n)
	}
	if n := count(two, `SELECT 1`); n != 0 {
		t.Errorf("the second database sees the table of the first")
	}
}

func TestStopLeavesNothing(t *testing.T) {
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.dir); !os.IsNotExist(err) {
		t.Errorf("the folder %s is still there: %v", s.dir, err)
	}
	if _, _, err := s.Database(t.Context()); err == nil {
		t.Error("a stopped server made a database")
	}
}
