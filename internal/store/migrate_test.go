package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bassin/internal/atlas"
	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/media"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/territory"
)

// latest is the number of the last migration; raise it when adding one, and add
// testdata/version-N.sql for the version before.
const latest = 12

func TestMigrateFromEmpty(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := opened(t, dsn)
		for range 2 { // the second time finds nothing to do
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			v, err := db.Version(t.Context())
			if err != nil || v != latest {
				t.Errorf("Version() = %d, %v, want %d", v, err, latest)
			}
		}
	})
}

// TestMigrateFromEachVersion fills a database as an earlier Bassin left it
// (testdata/version-N.sql), brings it to today and reads the old rows back.
func TestMigrateFromEachVersion(t *testing.T) {
	for version := int64(1); version <= latest; version++ {
		t.Run(fmt.Sprintf("from %d", version), func(t *testing.T) {
			rows, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("version-%d.sql", version)))
			if err != nil {
				t.Fatal(err)
			}
			onEach(t, func(t *testing.T, dsn string) {
				db := opened(t, dsn)
				steps, err := db.steps()
				if err != nil {
					t.Fatal(err)
				}
				if _, err := steps.UpTo(t.Context(), version); err != nil {
					t.Fatal(err)
				}
				if _, err := db.write.ExecContext(t.Context(), string(rows)); err != nil {
					t.Fatal(err)
				}
				if err := db.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
				oldRowsRead(t, db, version)
			})
		})
	}
}

// oldRowsRead checks what testdata/version-N.sql holds.
func oldRowsRead(t *testing.T, db *DB, version int64) {
	t.Helper()
	want := atlas.Perimeter{
		Code: "7h2k9m4xq0", Communes: []string{"22113", "22266", "2A004"}, Vintage: 2026,
		CreatedAt: time.Date(2026, 11, 23, 8, 30, 5, 250000000, time.UTC),
	}
	got, err := db.Perimeter(t.Context(), want.Code)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("old perimeter (-want +got):\n%s", diff)
	}
	if version >= 2 {
		oldRecordRead(t, db)
	}
	if version >= 3 {
		oldPeopleRead(t, db)
	}
	if version >= 4 {
		oldOrganisationsRead(t, db)
	}
	if version >= 5 {
		if s, err := db.Secret(t.Context(), "mail"); err != nil || s != "clé" {
			t.Errorf("the old secret: %q, %v", s, err)
		}
	}
	if version >= 6 {
		oldNoticesRead(t, db)
	}
	if version >= 7 {
		oldAttachmentRead(t, db)
	}
	if version >= 8 {
		oldEntriesRead(t, db)
	}
	if version >= 9 {
		oldAdoptionRead(t, db)
	}
	if version >= 10 {
		oldJoinRead(t, db)
	}
	if version >= 11 {
		oldCommunityRead(t, db)
	}
	if version >= 12 {
		oldSourcesRead(t, db)
	}
}

func oldOrganisationsRead(t *testing.T, db *DB) {
	t.Helper()
	o, err := db.Organisation(t.Context(), "00112233445566aa")
	if err != nil || o.Name != "Le Cap" || o.SIRET != "44315772200010" || people.JoinTerritories(o.Territories) != "bv:22266,commune:22220" || o.Version != 2 {
		t.Errorf("the old organisation: %+v, %v", o, err)
	}
	if list, total, err := db.Organisations(t.Context(), people.OrganisationFilter{Query: "cap"}); err != nil || total != 1 || list[0].ID != o.ID {
		t.Errorf("the old organisation is found as %v, %v", list, err)
	}
	m, err := db.Merges(t.Context(), "00112233445566bb")
	if err != nil || len(m) != 1 || m[0].MergedState != people.OrganisationClosed || m[0].After["siret"] != o.SIRET {
		t.Errorf("the old merge: %+v, %v", m, err)
	}
	if a, err := db.Apart(t.Context()); err != nil || len(a) != 1 {
		t.Errorf("the old pair set apart: %v, %v", a, err)
	}
}

func oldNoticesRead(t *testing.T, db *DB) {
	t.Helper()
	at := time.Date(2026, 11, 26, 9, 0, 1, 500000000, time.UTC)
	want := notice.Kept{ID: "n1", Arrived: at, Notice: notice.Notice{
		Person: "ada", Subject: notice.Mandates, Title: notice.Say("notice.mandate.ends", "é", 3), Link: "/mon-compte", At: at.Add(-time.Second),
	}}
	l, err := db.Notices(t.Context(), "ada", 0, 9)
	if err != nil || l.Unread != 1 || len(l.Notices) != 1 {
		t.Fatalf("the old notices: %+v, %v", l, err)
	}
	if diff := cmp.Diff(want, l.Notices[0]); diff != "" {
		t.Errorf("old notice (-want +got):\n%s", diff)
	}
	if c, err := db.Choices(t.Context(), "ada"); err != nil || c.Of(notice.Mandates) != notice.Daily {
		t.Errorf("the old choices: %v, %v", c, err)
	}
	s, err := db.Schedules(t.Context(), at)
	if err != nil || len(s) != 1 || s[0].Name != "digest" || !s[0].Done.IsZero() || !s[0].Tried.Equal(at) || s[0].Failures != 2 || s[0].Took != 1500*time.Millisecond || s[0].Counts["digests"] != 7 {
		t.Errorf("the old tasks: %+v, %v", s, err)
	}
}

func oldPeopleRead(t *testing.T, db *DB) {
	t.Helper()
	on := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	got, err := db.Seated(t.Context(), "00", on, "2026-11-26")
	if err != nil {
		t.Fatal(err)
	}
	want := people.Actor{
		Person:  people.Person{ID: "ada", Name: "Ada L.", Email: "Ada@example.fr", Lang: "fr", State: people.Active, CreatedAt: on.Add(250 * time.Millisecond), SeenAt: on.Truncate(24 * time.Hour), Version: 2},
		Session: people.Session{ID: "s1", Person: "ada", TokenHash: "00", Method: "external", Strong: true, Device: "Firefox, Linux", CreatedAt: on, SeenAt: on.Add(5 * time.Minute), ExpiresAt: on.AddDate(0, 0, 30)},
		Mandates: []people.Mandate{{
			ID: "m1", Person: "ada", Role: people.Coordinator, Scope: people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22266"}), From: "2026-01-01",
			Act: "Délibération 2025-12", ActHref: "https://example.fr/acte", CreatedAt: time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC), Version: 1,
		}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(people.Actor{}, "Covers")); diff != "" {
		t.Errorf("old person (-want +got):\n%s", diff)
	}
	if c, err := db.CredentialByKey(t.Context(), people.External, "https://id.example sub"); err != nil || c.Person != "ada" || !c.UsedAt.IsZero() {
		t.Errorf("old credential: %+v, %v", c, err)
	}
	if k, err := db.Ticket(t.Context(), "01"); err != nil || k.Purpose != "reset" {
		t.Errorf("old ticket: %+v, %v", k, err)
	}
	if n, _, err := db.Failures(t.Context(), "account:x"); err != nil || n != 3 {
		t.Errorf("old failures: %d, %v", n, err)
	}
}

func oldAttachmentRead(t *testing.T, db *DB) {
	t.Helper()
	want := []media.Attachment{{
		ID: "3WQ7ZJ5K2N6M4P8R9S1T0V2X4Y", Subject: "mandate:7h2k9m4xq0", Name: "Délibération.jpg", Alt: "La salle du conseil", Type: media.JPEG,
		SHA256: strings.Repeat("ab", 32), Size: 1234567, Width: 4096, Height: 3072, Small: strings.Repeat("cd", 32), Public: true,
		By: audit.Person("ada"), At: time.Date(2026, 11, 26, 9, 5, 0, 250000000, time.UTC), Version: 2,
	}}
	got, err := db.Attachments(t.Context(), "mandate:7h2k9m4xq0")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("old attachment (-want +got), %v:\n%s", err, diff)
	}
}

func oldRecordRead(t *testing.T, db *DB) {
	t.Helper()
	r, err := audit.Verify(t.Context(), db)
	if err != nil || r.Rows != 3 || len(r.Problems) > 0 {
		t.Errorf("the old record: %+v, %v, want 3 rows and no problem", r, err)
	}
	if s, err := db.Setting(t.Context(), "site"); err != nil || string(s.Value) != `{"name":"Été"}` || s.Version != 1 {
		t.Errorf("the old setting: %s, %v", s.Value, err)
	}
	if k, err := db.Key(t.Context(), "ada"); err != nil || string(k) != "0123456789abcdef0123456789abcdef" {
		t.Errorf("the old key: %q, %v", k, err)
	}
	if e, err := db.erased(t.Context()); err != nil || len(e) != 1 || e["bob"].IsZero() {
		t.Errorf("the old erasures: %v, %v", e, err)
	}
	now := time.Date(2026, 11, 26, 9, 0, 31, 0, time.UTC)
	d, err := db.Claim(t.Context(), []string{"mail"}, 9, now, now.Add(time.Minute))
	if err != nil || len(d) != 1 || d[0].Attempt != 3 || string(d[0].Body) != `{"to":"ada@example.fr"}` {
		t.Errorf("the old event: %+v, %v", d, err)
	}
}

func TestMigrateRefusesANewerDatabase(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := migrated(t, dsn)
		if _, err := db.write.ExecContext(t.Context(),
			`INSERT INTO bassin_version (version_id, is_applied) VALUES ($1, $2)`, latest+1, true); err != nil {
			t.Fatal(err)
		}
		if err := db.Migrate(t.Context()); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("Migrate() = %v, want fault.Conflict", err)
		}
	})
}

// Servers started together must not trip over each other.
func TestMigrateTogether(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		var all sync.WaitGroup
		errs := make([]error, 3)
		for i := range errs {
			db := opened(t, dsn)
			all.Go(func() { errs[i] = db.Migrate(t.Context()) })
		}
		all.Wait()
		for _, err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
	})
}
