package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/atlas"
	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/media"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/setting"
)

// filled has rows in every table, with what is hard to carry.
func filled(t *testing.T, dsn string) *DB {
	t.Helper()
	db := migrated(t, dsn)
	hard := "é\u202f\u2028<&>\"\\'\n\t😀"
	steps := []error{
		db.SavePerimeter(t.Context(), atlas.Perimeter{Code: hard, Communes: []string{"22113"}, Vintage: 2026, CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 120000, time.FixedZone("", 3600))}),
		db.SavePerimeter(t.Context(), atlas.Perimeter{Code: "0000000000", CreatedAt: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)}),
		db.Record(t.Context(), audit.Entry{By: audit.System, Action: "a", Subject: "b", Became: audit.Values{"mail": audit.Personal{Of: "ada", Value: hard}}}),
		db.Record(t.Context(), audit.Entry{By: audit.System, Action: "a", Subject: "b", Became: audit.Values{"mail": audit.Personal{Of: "bob", Value: hard}}}),
		db.Leave(t.Context(), job.Event{Kind: "mail", Body: []byte(`{"text":"a\u0000b"}`)}),
		db.Erase(t.Context(), audit.System, "bob"),
		db.ClaimBlobs(t.Context(), media.Blob{Sum: "00ff", Size: 1 << 40}),
		db.AddAttachment(t.Context(), audit.Person("ada"), media.Attachment{ID: "1", Subject: "a", Name: hard, SHA256: "00ff"}),
	}
	if err := db.SetSecret(t.Context(), audit.System, "mail", "sésame"); err != nil {
		t.Fatal(err)
	}
	_, err := db.UpdateSetting(t.Context(), audit.System, "site", setting.Any, func(json.RawMessage) (json.RawMessage, error) {
		return json.RawMessage(`{"big":9007199254740993}`), nil
	})
	day := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	_, arrived := db.Arrive(t.Context(), notice.Arrival{ID: hard, At: day, Notice: notice.Notice{Person: "ada", Subject: notice.Administration, Title: notice.Say("a.b", hard), At: day}})
	steps = append(steps, arrived, db.Choose(t.Context(), audit.System, "ada", notice.Choices{notice.Mandates: notice.None}), db.Plan(t.Context(), "digest", job.Every(time.Hour), day))
	steps = append(steps, db.Failed(t.Context(), hard, day), db.ChangePeople(t.Context(), "fill", func(tx people.Tx) error {
		return errors.Join(
			tx.AddPerson(people.Person{ID: "eve", Name: hard, Email: "É@example.fr", Lang: "fr", State: people.Active, CreatedAt: day}),
			tx.PutCredential(people.Credential{ID: "c", Person: "eve", Kind: people.Passkey, Label: hard, Key: "k", Data: hard, CreatedAt: day}),
			tx.PutSession(people.Session{ID: "s", Person: "eve", TokenHash: "00", Method: "link", Strong: true, Device: hard, CreatedAt: day, SeenAt: day, ExpiresAt: day.AddDate(0, 1, 0)}),
			tx.PutTicket(people.Ticket{TokenHash: "01", Purpose: "reset", Person: "eve", Data: `{"a":1}`, CreatedAt: day, ExpiresAt: day.AddDate(0, 0, 1)}),
			tx.AddMandate(people.Mandate{ID: "m", Person: "eve", Role: people.Mediator, From: "2026-01-01", Act: hard, CreatedAt: day}),
		)
	}))
	for _, err := range append(steps, err) {
		if err != nil {
			t.Fatal(err)
		}
	}
	fillOrganisations(t, db, hard)
	fillEntries(t, db, hard)
	fillAdoptions(t, db, hard)
	fillCommunity(t, db, hard)
	fillHarvest(t, db, hard)
	return db
}

func dumped(t *testing.T, db *DB) ([]byte, Summary) {
	t.Helper()
	var b bytes.Buffer
	s, err := db.Dump(t.Context(), &b)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), s
}

// A table that no copy holds would be lost by it.
func TestCopiesHoldEveryTable(t *testing.T) {
	for i, list := range []string{
		`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`,
		`SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`,
	} {
		db := migrated(t, databases[i].dsn(t))
		rows, err := db.read.QueryContext(t.Context(), list)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var got []string
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				t.Fatal(err)
			}
			if name != "bassin_version" { // made anew by migrations
				got = append(got, name)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, table := range tables {
			want = append(want, table.name)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s has the tables %v, copies hold %v", databases[i].name, got, want)
		}
	}
}

// From either database to either, and back: the same bytes.
func TestCopyLosesNothing(t *testing.T) {
	for _, from := range databases {
		for _, to := range databases {
			t.Run(from.name+" to "+to.name, func(t *testing.T) {
				one, two, back := filled(t, from.dsn(t)), migrated(t, to.dsn(t)), migrated(t, from.dsn(t))
				want, sums := dumped(t, one)
				s, err := two.Replace(t.Context(), one)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(sums.Tables, s.Tables); diff != "" {
					t.Errorf("sums (-source +copy):\n%s", diff)
				}
				for _, s := range s.Tables {
					if s.Rows == 0 {
						t.Errorf("nothing of %s was tried", s.Table)
					}
				}
				if _, err := back.Replace(t.Context(), two); err != nil {
					t.Fatal(err)
				}
				got, _ := dumped(t, back)
				if diff := cmp.Diff(sorted(want), sorted(got)); diff != "" {
					t.Errorf("there and back (-before +after):\n%s", diff)
				}
				if r, err := audit.Verify(t.Context(), back, sums.Head); err != nil || len(r.Problems) > 0 {
					t.Errorf("the chain: %+v, %v", r, err)
				}
			})
		}
	}
}

// sorted are the lines of a copy but the first and the last, which tell the time.
func sorted(b []byte) []string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	lines = lines[1 : len(lines)-1]
	slices.Sort(lines)
	return lines
}

// An earlier Bassin's copy comes back in today's tables.
func TestCopiesOfEachVersionAreRead(t *testing.T) {
	for version := int64(1); version <= latest; version++ {
		onEach(t, func(t *testing.T, dsn string) {
			old := opened(t, dsn)
			steps, err := old.steps()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := steps.UpTo(t.Context(), version); err != nil {
				t.Fatal(err)
			}
			rows, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("version-%d.sql", version)))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := old.write.ExecContext(t.Context(), string(rows)); err != nil {
				t.Fatal(err)
			}
			copied, _ := dumped(t, old)
			db := opened(t, databases[0].dsn(t))
			s, err := db.Prepare(t.Context(), bytes.NewReader(copied))
			if err != nil || s.Version != version {
				t.Fatalf("Prepare: %+v, %v", s, err)
			}
			oldRowsRead(t, db, version)
		})
	}
}

// A copy with anything wrong in it is refused whole.
func TestDamagedCopiesAreRefused(t *testing.T) {
	good, _ := dumped(t, filled(t, databases[0].dsn(t)))
	lines := bytes.SplitAfter(good, []byte("\n"))
	edit := func(old, new string) []byte {
		if !bytes.Contains(good, []byte(old)) {
			t.Fatalf("the copy has no %q", old)
		}
		return bytes.Replace(good, []byte(old), []byte(new), 1)
	}
	without := func(n int) []byte { return bytes.Join(slices.Concat(lines[:n], lines[n+1:]), nil) }
	for name, c := range map[string]struct {
		copied []byte
		want   fault.Code
	}{
		"empty":            {nil, fault.Invalid},
		"something else":   {[]byte("PK\x03\x04"), fault.Invalid},
		"another JSON":     {[]byte("{}\n"), fault.Invalid},
		"of the future":    {edit(fmt.Sprintf(`"version":%d`, latest), `"version":99`), fault.Conflict},
		"a later format":   {edit(`"bassin_copy":1`, `"bassin_copy":2`), fault.Conflict},
		"cut":              {good[:len(good)/2], fault.Invalid},
		"without its end":  {good[:len(good)-100], fault.Invalid},
		"a row less":       {without(2), fault.Invalid},
		"a value":          {edit(`"22113"`, `"22114"`), fault.Invalid},
		"a column":         {edit(`"name":"vintage"`, `"name":"vintage = 1; --"`), fault.Invalid},
		"a table":          {edit(`"table":"setting"`, `"table":"bassin_version"`), fault.Invalid},
		"the time":         {edit(`"at":"2`, `"at":"3`), fault.Invalid},
		"a table less":     {edit(`{"table":"setting"`, `{"tabel":"setting"`), fault.Invalid},
		"another's head":   {edit(`"head":"`, `"head":"9`), fault.Invalid},
		"nothing but head": {lines[0], fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			if s, err := opened(t, databases[0].dsn(t)).Prepare(t.Context(), bytes.NewReader(c.copied)); fault.CodeOf(err) != c.want {
				t.Errorf("Prepare: %+v, %v, want %s", s, err, c.want)
			}
		})
	}
}

// A copy that fails in the middle leaves what was there.
func TestAFailedReplacementChangesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := filled(t, dsn)
		before, err := db.Sums(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		source := filled(t, databases[0].dsn(t))
		if _, err := source.write.ExecContext(t.Context(), `UPDATE setting SET value = CAST(x'ff' AS TEXT)`); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Replace(t.Context(), source); err == nil {
			t.Error("text that is none was copied")
		}
		older := opened(t, databases[0].dsn(t))
		if _, err := db.Replace(t.Context(), older); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("from a database without tables: %v, want fault.Conflict", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := db.Replace(ctx, source); err == nil {
			t.Error("under a cancelled context it was copied")
		}
		after, err := db.Sums(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("what was there has changed:\n%s", diff)
		}
	})
}

// Copies made while others write are each of one moment: chain and rows agree.
func TestCopiesAreOfOneMoment(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := migrated(t, dsn)
		ctx, stop := context.WithCancel(t.Context())
		var writers sync.WaitGroup
		for range 4 {
			writers.Go(func() {
				for ctx.Err() == nil {
					// A write cut off by the end of the test is no failure.
					_, _ = db.UpdateSetting(ctx, audit.System, "count", setting.Any, plusOne)
				}
			})
		}
		for range 5 {
			var b bytes.Buffer
			s, err := db.Dump(t.Context(), &b)
			if err != nil {
				t.Error(err)
				break
			}
			other := opened(t, databases[0].dsn(t))
			if _, err := other.Prepare(t.Context(), &b); err != nil { // verifies the chain
				t.Error(err)
				break
			}
			v, err := other.Setting(t.Context(), "count")
			if err != nil || v.Version != s.Head.Seq {
				t.Errorf("the copy has %d changes of the setting and %d rows of record, %v", v.Version, s.Head.Seq, err)
			}
		}
		stop()
		writers.Wait()
	})
}

func TestDumpTellsAFullDisk(t *testing.T) {
	db := filled(t, databases[0].dsn(t))
	if _, err := db.Dump(t.Context(), brokenWriter{}); err == nil {
		t.Error("a copy that could not be written succeeded")
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func plusOne(old json.RawMessage) (json.RawMessage, error) {
	var n int
	if old != nil {
		if err := json.Unmarshal(old, &n); err != nil {
			return nil, err
		}
	}
	return json.Marshal(n + 1)
}

// Whatever a line of a copy holds, it is read as it was written, or refused.
func FuzzDecode(f *testing.F) {
	f.Add("text", `["a"]`)
	f.Add("integer", `[9007199254740993]`)
	f.Add("time", `["2026-11-26T09:00:00.000001Z"]`)
	f.Add("text", `[null]`)
	f.Add("integer", `[1.5]`)
	f.Add("time", `["0000-01-01T00:00:00+23:59"]`)
	f.Add("blob", `[]`)
	f.Fuzz(func(t *testing.T, kind, text string) {
		columns := []column{{Name: "c", Kind: kind}}
		values, err := decode(columns, []byte(text))
		if err != nil {
			return
		}
		again, err := encode(columns, values)
		if err != nil {
			t.Fatalf("%s %s is read as %v, which cannot be written: %v", kind, text, values, err)
		}
		back, err := decode(columns, again)
		if err != nil || fmt.Sprint(back) != fmt.Sprint(values) {
			t.Errorf("%s %s is read as %v, then as %v, %v", kind, text, values, back, err)
		}
	})
}
