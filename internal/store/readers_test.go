package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/retention"
)

// Who people are to those who write to them, and whom no mandate keeps.
func TestReadersAndAccounts(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := migrated(t, dsn)
		now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
		long := now.AddDate(-4, 0, 0)
		err := db.ChangePeople(t.Context(), "fill", func(tx people.Tx) error {
			var errs []error
			add := func(id string, state people.PersonState, created, seen time.Time) {
				errs = append(errs, tx.AddPerson(people.Person{ID: id, Name: "Nom " + id, Email: id + "@example.fr", Lang: "en", State: state, CreatedAt: created, SeenAt: seen}))
			}
			mandate := func(id, person string, from, to people.Date) {
				errs = append(errs, tx.AddMandate(people.Mandate{ID: id, Person: person, Role: people.Mediator, From: from, To: to, CreatedAt: long}))
			}
			add("active", people.Active, long, now)
			add("away", people.Active, long, now.AddDate(-3, 0, -1))
			add("never", people.Active, long, time.Time{})
			add("new", people.Active, now, time.Time{})
			add("holder", people.Active, long, long)
			add("past", people.Active, long, long)
			add("suspended", people.Suspended, long, long)
			add("waiting", people.Unverified, now.AddDate(0, 0, -6), time.Time{})
			add("forgotten", people.Unverified, now.AddDate(0, 0, -8), time.Time{})
			mandate("m1", "holder", "2020-01-01", "")
			mandate("m2", "past", "2020-01-01", "2026-11-25")
			mandate("m3", "active", "2020-01-01", "2026-12-26")
			mandate("m4", "active", "2020-01-01", "2026-12-27")
			mandate("m5", "active", "2026-11-30", "2026-11-29") // it never began
			return errors.Join(errs...)
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := db.Reader(t.Context(), "active"); err != nil || got != (notice.Reader{Email: "active@example.fr", Name: "Nom active", Lang: i18n.EN, Active: true}) {
			t.Errorf("the reader is %+v, %v", got, err)
		}
		for _, id := range []string{"suspended", "waiting"} {
			if got, err := db.Reader(t.Context(), id); err != nil || got.Active {
				t.Errorf("%s is written to: %+v, %v", id, got, err)
			}
		}
		if _, err := db.Reader(t.Context(), "nobody"); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("nobody: %v, want fault.NotFound", err)
		}
		inactive, err := db.Inactive(t.Context(), now.AddDate(-3, 0, 0), "2026-11-26", "", 9)
		if err != nil {
			t.Fatal(err)
		}
		want := []retention.Inactive{{Person: "away", Seen: now.AddDate(-3, 0, -1)}, {Person: "never", Seen: long}, {Person: "past", Seen: long}}
		if diff := cmp.Diff(want, inactive, cmp.Comparer(func(a, b time.Time) bool { return a.Truncate(24 * time.Hour).Equal(b.Truncate(24 * time.Hour)) })); diff != "" {
			t.Errorf("inactive (-want +got):\n%s", diff)
		}
		if rest, err := db.Inactive(t.Context(), now.AddDate(-3, 0, 0), "2026-11-26", "away", 1); err != nil || len(rest) != 1 || rest[0].Person != "never" {
			t.Errorf("the next of them: %+v, %v", rest, err)
		}
		if ids, err := db.Unverified(t.Context(), now.AddDate(0, 0, -7), "", 9); err != nil || len(ids) != 1 || ids[0] != "forgotten" {
			t.Errorf("unverified: %v, %v", ids, err)
		}
		ending, err := db.Ending(t.Context(), "2026-11-26", "2026-12-26")
		if err != nil || len(ending) != 1 || ending[0].ID != "m3" {
			t.Errorf("ending: %+v, %v", ending, err)
		}
	})
}
