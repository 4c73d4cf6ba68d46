package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/commons/commonstest"
	"bassin/internal/report"
	"bassin/internal/report/reporttest"
)

func TestReports(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			reporttest.Run(t, func(t *testing.T) reporttest.Store { return migrated(t, d.dsn(t)) })
		})
	}
}

func TestCommunity(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			commonstest.RunCommunity(t, func(t *testing.T) commonstest.CommunityStore { return migrated(t, d.dsn(t)) })
		})
	}
}

func oldCommunityRead(t *testing.T, db *DB) {
	t.Helper()
	day := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	comment, err := db.Comment(t.Context(), "m000000000000001")
	if diff := cmp.Diff(commons.Comment{ID: "m000000000000001", Entry: "sill-67", Author: "ada", Text: "Une question : « œuf » ?", State: commons.CommentHidden, Reason: "Hors sujet", Moderator: "eve",
		CreatedAt: day.Add(250 * time.Millisecond), DecidedAt: day.Add(5 * time.Minute), Version: 2}, comment); diff != "" || err != nil {
		t.Errorf("the old comment (-want +got), %v:\n%s", err, diff)
	}
	if c, err := db.Credits(t.Context(), commons.CreditFilter{Person: "ada"}); err != nil || len(c) != 1 || c[0].Did != "translated" || c[0].State != commons.CreditShown {
		t.Errorf("the old credit: %+v, %v", c, err)
	}
	if who, err := db.Contributor(t.Context(), "p000000000000001"); err != nil || who != "ada" {
		t.Errorf("the old page: %q, %v", who, err)
	}
	if s, err := db.Searches(t.Context(), "ada"); err != nil || len(s) != 1 || s[0].Name != "Éducation" || !s[0].ToldAt.Equal(day) {
		t.Errorf("the old search: %+v, %v", s, err)
	}
	if seen, err := db.SeenSince(t.Context(), day.Add(-time.Second), 9); err != nil || len(seen) != 1 {
		t.Errorf("what was seen: %v, %v", seen, err)
	}
	if f, err := db.Followers(t.Context(), []string{"bv:22266"}, "", 9); err != nil || len(f) != 1 || f[0] != "ada" {
		t.Errorf("the old follower: %v, %v", f, err)
	}
	if r, err := db.Report(t.Context(), "00112233445566778899aabbccddeeff"); err != nil || r.Answer != "Masqué." || r.State != report.Hidden || r.Reporter != "ada" {
		t.Errorf("the old report: %+v, %v", r, err)
	}
}

// fillCommunity leaves rows in every table of what people say around entries.
func fillCommunity(t *testing.T, db *DB, hard string) {
	t.Helper()
	err := errors.Join(db.ChangeCommunity(t.Context(), func(tx commons.CommunityTx) error {
		now := tx.Now()
		tx.Record(audit.Entry{By: audit.System, Action: "fill", Subject: "comment:1"})
		return errors.Join(
			tx.PutComment(commons.Comment{ID: "1", Entry: "e", Author: "eve", Text: hard, State: commons.CommentShown, CreatedAt: now}),
			tx.PutCredit(commons.Credit{ID: "1", Entry: "e", Person: "eve", Did: "wrote", State: commons.CreditAsked, ProposedBy: "eve", CreatedAt: now}),
			tx.PutSearch(commons.SavedSearch{ID: "1", Person: "eve", Name: hard, Query: "q=a", Lang: "fr", Often: commons.EachDay, ToldAt: now, CreatedAt: now}),
			tx.SetContributorPage("eve", "page"))
	}), db.ChangeReports(t.Context(), func(tx report.Tx) error {
		tx.Record(audit.Entry{By: audit.System, Action: "fill", Subject: "entry:e"})
		return tx.PutReport(report.Report{ID: tx.NewSecret(), Subject: "entry:e", Reason: "else", Text: hard, Reporter: "eve", State: report.Open, CreatedAt: tx.Now()})
	}), db.Follow(t.Context(), audit.System, "eve", "entry:e"))
	if _, seen := db.See(t.Context(), []string{"e"}, time.Now()); err != nil || seen != nil {
		t.Fatal(err, seen)
	}
}
