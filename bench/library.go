package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"time"

	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/search"
	"bassin/internal/search/searchtest"
	"bassin/internal/store"
)

// libraryEntries is how many entries people have written in the library that is loaded.
const libraryEntries = 100_000

// library loads the pages of the library with entries that people wrote, drawn from the
// words of the real catalogues, each in the database as the product writes it.
func (b *bench) library(ctx context.Context) error {
	say("the library with 100,000 entries")
	real, err := searchtest.Catalogues(filepath.Join(b.data, "commons"))
	if err != nil {
		return err
	}
	words := vocabulary(real)
	if err := b.server.stop(); err != nil {
		return err
	}
	took, err := b.writeEntries(ctx, real, words)
	if err != nil {
		return err
	}
	b.report.figures = append(b.report.figures, figure{What: "100,000 entries written to the library", Value: fmt.Sprintf("%.0f/min", libraryEntries/took.Minutes()), Goal: "10,000/min",
		Met: libraryEntries/took.Minutes() >= 10_000, Note: "SQLite, 500 in each change, each with its row in the record"})
	if b.server, _, err = startServer(ctx, b.bin, b.data, b.varDir); err != nil {
		return err
	}
	begun := time.Now()
	for { // until then, pages say that it is getting ready
		if _, err = b.server.get(ctx, "/communs"); err == nil || time.Since(begun) > 5*time.Minute {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		return err
	}
	b.report.add("First page of the library, its index made", time.Since(begun).Seconds(), "s", "%.1f", 30, "100,000 entries read from SQLite with those of the catalogues")
	now, _, err := b.server.resident()
	if err != nil {
		return err
	}
	b.report.add("Resident memory with 100,000 entries of the library", now, "MB", "%.0f", 0, "no goal was set")
	r := rand.New(rand.NewPCG(1, 2)) // the same questions each time
	var paths []string
	for range 2_000 {
		text := words[r.IntN(len(words))]
		if r.IntN(2) == 0 {
			text += " " + words[r.IntN(len(words))]
		}
		q := url.Values{"q": {text}}
		if r.IntN(2) == 0 {
			q.Add("theme", commons.Themes[r.IntN(len(commons.Themes))])
		}
		if r.IntN(3) == 0 {
			q.Add("type", string(commons.Kinds[r.IntN(4)]))
		}
		paths = append(paths, "/communs?"+q.Encode())
	}
	m, err := b.steady(ctx, paths, []string{"Accept-Encoding: gzip"}, 200, 2*b.span)
	if err != nil {
		return err
	}
	b.report.figures = append(b.report.figures, latency("Searches with facets in 100,000 entries at a constant 200 req/s", m, 30,
		fmt.Sprintf("whole pages by vegeta, gzip, ten facets counted, 2,000 different questions, %.1f KB each", m.KB)))
	return nil
}

// writeEntries writes entries as people publish them, and tells how long that took.
func (b *bench) writeEntries(ctx context.Context, real []search.Document, words []string) (took time.Duration, err error) {
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(b.varDir, "bassin.db"))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	r := rand.New(rand.NewPCG(3, 4)) // the same entries each time
	begun := time.Now()
	const page = 500
	for from := 0; from < libraryEntries; from += page {
		err := db.ChangeEntries(ctx, func(tx commons.EntryTx) error {
			for n := range page {
				d := searchItem(r, from+n, real, words)
				now := tx.Now()
				e := commons.Entry{ID: fmt.Sprintf("bench%06d", from+n), Kind: commons.Kinds[r.IntN(4)], State: commons.Published, Revision: 1, CreatedAt: now, UpdatedAt: now, Own: commons.Sheet{
					"title": {cutTo(d.Texts["title"][0], 200)}, "summary": {cutTo(d.Texts["summary"][0], 280)}, "description": d.Texts["body"], "keywords": d.Texts["keywords"],
					"themes": {commons.Themes[r.IntN(len(commons.Themes))]}, "territories": {"dep:" + []string{"22", "29", "35", "56", "44", "2A", "974", "59"}[r.IntN(8)]}, "licence": {[]string{"MIT", "EUPL-1.2", "etalab-2.0", "AGPL-3.0-or-later"}[r.IntN(4)]},
				}}
				if err := tx.PutEntry(e); err != nil {
					return err
				}
				tx.Record(audit.Entry{By: audit.System, Action: "commons.publish", Subject: commons.EntrySubject(e.ID)})
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return time.Since(begun), nil
}

func cutTo(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
