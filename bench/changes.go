package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bassin/internal/atlas"
	"bassin/internal/pgtest"
	"bassin/internal/store"
)

// changers is how many write at once: as many as the store has connections to PostgreSQL.
const changers = 16

// changesGoal is how many recorded changes a second SQLite aims at, where the disk allows.
const changesGoal = 500

// changes measures recorded changes with full durability, beside what bounds them:
// what the disk itself synchronises, and what PostgreSQL's own benchmark changes.
func (b *bench) changes(ctx context.Context) error {
	say("recorded changes")
	dir, err := os.MkdirTemp(b.loader.dir, "changes-") // on the disk that is measured
	if err != nil {
		return err
	}
	var ours, disk []float64
	for n := range max(1, b.rounds) {
		m, err := b.changed(ctx, "sqlite:"+filepath.Join(dir, strconv.Itoa(n)+".db"))
		if err != nil {
			return err
		}
		ours = append(ours, m)
		if m, err = synchronised(filepath.Join(dir, "pages"), b.span); err != nil {
			return err
		}
		disk = append(disk, m)
	}
	sqlite, syncs := middle(ours), middle(disk)
	b.report.figures = append(b.report.figures, figure{
		What: "Recorded changes on SQLite", Value: thousands(sqlite) + "/s", Goal: fmt.Sprintf("over %d/s", changesGoal), Met: sqlite > changesGoal,
		Note: fmt.Sprintf("%d writers, full durability; × %.2f of what the same disk allows, %s pages appended and synchronised a second", changers, sqlite/syncs, thousands(syncs)),
	})
	postgres, simple, err := b.changesOnPostgres(ctx)
	if err != nil {
		return fmt.Errorf("changes on PostgreSQL: %w", err)
	}
	b.report.figures = append(b.report.figures, figure{
		What: "Recorded changes on PostgreSQL", Value: thousands(postgres) + "/s",
		Note: fmt.Sprintf("the same; × %.2f of pgbench's simple update (`-N`, prepared, %d clients), %s/s on the same server", postgres/simple, changers, thousands(simple)),
	})
	return nil
}

// changesOnPostgres measures the store and pgbench in turn on one server that waits
// for its disk.
func (b *bench) changesOnPostgres(ctx context.Context) (ours, simple float64, err error) {
	server, err := pgtest.Start("fsync=on", "synchronous_commit=on", "full_page_writes=on")
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	compared, _, err := server.Database(ctx)
	if err != nil {
		return 0, 0, err
	}
	if _, err := server.Run(ctx, "pgbench", "--initialize", "--quiet", "--scale=10", compared); err != nil {
		return 0, 0, err
	}
	var changes, updates []float64
	for range max(1, b.rounds) {
		dsn, _, err := server.Database(ctx)
		if err != nil {
			return 0, 0, err
		}
		m, err := b.changed(ctx, dsn)
		if err != nil {
			return 0, 0, err
		}
		changes = append(changes, m)
		out, err := server.Run(ctx, "pgbench", "--skip-some-updates", "--protocol=prepared", "--no-vacuum",
			"--client="+strconv.Itoa(changers), "--jobs=2", "--time="+strconv.Itoa(max(1, int(b.span.Seconds()))), compared)
		if err != nil {
			return 0, 0, err
		}
		if m, err = perSecond(out); err != nil {
			return 0, 0, err
		}
		updates = append(updates, m)
	}
	return middle(changes), middle(updates), nil
}

// changed makes changes in an empty database for a while: a row each, its entry of
// the record, and the head moved. It returns how many were acknowledged a second.
func (b *bench) changed(ctx context.Context, dsn string) (rate float64, err error) {
	db, err := store.Open(ctx, dsn)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Migrate(ctx); err != nil {
		return 0, err
	}
	var n atomic.Int64
	errs := make([]error, changers)
	var all sync.WaitGroup
	start := time.Now()
	for w := range changers {
		all.Go(func() {
			for i := 0; errs[w] == nil && time.Since(start) < b.span; i++ {
				p := atlas.Perimeter{Code: fmt.Sprintf("%03d%07d", w, i), Communes: []string{"22113"}, Vintage: 2026, CreatedAt: start}
				if errs[w] = db.SavePerimeter(ctx, p); errs[w] == nil {
					n.Add(1)
				}
			}
		})
	}
	all.Wait()
	rate = float64(n.Load()) / time.Since(start).Seconds()
	head, err := db.Head(ctx)
	if err == nil && head.Seq != n.Load() {
		err = fmt.Errorf("the record has %d rows for %d changes", head.Seq, n.Load())
	}
	return rate, errors.Join(append(errs, err)...)
}

// synchronised appends pages of 4 KB to a file, each waiting for the disk, and
// returns how many a second.
func synchronised(path string, span time.Duration) (rate float64, err error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	page := make([]byte, 4096)
	n, start := 0, time.Now()
	for ; time.Since(start) < span; n++ {
		if _, err := f.Write(page); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(start).Seconds(), nil
}

// perSecond finds the rate in what pgbench says: "tps = 5997.19 (without …)".
func perSecond(said string) (float64, error) {
	for lines := bufio.NewScanner(strings.NewReader(said)); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "tps = "); ok {
			number, _, _ := strings.Cut(rest, " ")
			return strconv.ParseFloat(number, 64)
		}
	}
	return 0, fmt.Errorf("pgbench tells no rate:\n%s", said)
}

// middle is the median.
func middle(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}
