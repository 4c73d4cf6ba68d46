package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"bassin/internal/commons"
	"bassin/internal/harvest/publiccode"
	"bassin/internal/store"
)

// imports reads and checks records of the library on all processors: what a minute of harvest can hold, network and database aside.
func (b *bench) imports(ctx context.Context) error {
	say("reading and checking 10,000 publiccode.yml")
	reader, err := publiccode.New()
	if err != nil {
		return err
	}
	const records = 10_000
	files := make([][]byte, records)
	for i := range files {
		files[i] = publiccodeFile(i)
	}
	check := commons.Checking{} // no field of software asks for territories or entries here
	start, before := time.Now(), processor()
	var kept atomic.Int64
	g, _ := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, file := range files {
		g.Go(func() error {
			found, _ := reader.Read(file)
			found, findings, err := commons.CheckFound(ctx, check, found)
			if len(found) == 1 && len(findings) == 0 {
				kept.Add(1)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	took, cpu := time.Since(start), processor()-before
	if kept.Load() != records {
		return fmt.Errorf("%d records of %d were kept", kept.Load(), records)
	}
	rate := records / took.Minutes()
	b.report.figures = append(b.report.figures, figure{
		What: "Import of publiccode.yml, read and checked", Value: fmt.Sprintf("%.0f records/min", rate),
		Goal: "at least 10000 records/min", Met: rate >= records,
		Note: fmt.Sprintf("%d records in %.1f s, %.1f s of processor; the database is not in it", records, took.Seconds(), cpu.Seconds()),
	})
	return b.harvested(ctx)
}

// publiccodeFile is a file as long as real ones are.
func publiccodeFile(n int) []byte {
	var f bytes.Buffer
	fmt.Fprintf(&f, "publiccodeYmlVersion: \"1\"\nname: Logiciel %d\nurl: https://forge.example.org/ville/logiciel-%d.git\nlandingURL: https://logiciel-%d.example.org/\n", n, n, n)
	f.WriteString("softwareVersion: \"1.4\"\nreleaseDate: \"2026-04-15\"\nplatforms: [web, linux]\ncategories: [content-management, office]\ndevelopmentStatus: stable\nsoftwareType: standalone/web\n")
	f.WriteString("intendedAudience:\n  scope: [local-authorities, education]\n  countries: [FR]\ndescription:\n")
	for _, lang := range []string{"fr", "en"} {
		fmt.Fprintf(&f, "  %s:\n    shortDescription: Suivre les demandes numéro %d, de leur dépôt à leur réponse.\n    longDescription: |\n", lang, n)
		for range 20 {
			f.WriteString("      Un logiciel pour suivre les demandes des habitants, avec les pièces jointes, les courriels et les tableaux de bord.\n")
		}
		f.WriteString("    features:\n      - Dépôt en ligne\n      - Tableaux de bord\n      - Courriels types\n")
	}
	f.WriteString("legal:\n  license: EUPL-1.2 OR AGPL-3.0-or-later\nmaintenance:\n  type: contract\n  contractors:\n    - name: Coopérative\n      until: \"2028-01-01\"\n")
	f.WriteString("localisation:\n  localisationReady: true\n  availableLanguages: [fr, en]\ndependsOn:\n  open:\n    - name: PostgreSQL\n      versionMin: \"14\"\n")
	return f.Bytes()
}

// harvested is how fast records that come from a source are kept: joined to what is there,
// with their entries and the record of changes, on SQLite.
func (b *bench) harvested(ctx context.Context) (err error) {
	say("harvesting 10,000 records into the store")
	dir, err := os.MkdirTemp("", "bassin-harvest-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, "bassin.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	const records = 10_000
	pages := tenPages(records)
	none := commons.NewCatalogue(nil)
	library := &commons.Library{Store: db, Harvested: db.Harvested, Catalogue: func(context.Context) *commons.Catalogue { return none }, Check: commons.Checking{}}
	h := &commons.Harvester{Library: library, Store: db, Fetcher: pages, Now: time.Now}
	var src commons.Source
	if err := db.ChangeHarvest(ctx, func(tx commons.HarvestTx) error {
		src = commons.Source{ID: tx.NewID(), Kind: commons.OfData, Address: "https://a.example/", Title: "A", Rhythm: commons.Daily, State: commons.SourceOn, Due: tx.Now(), CreatedAt: tx.Now()}
		return tx.PutSource(src)
	}); err != nil {
		return err
	}
	for _, run := range []struct {
		what string
		of   func(commons.Report) int
	}{{"Harvest of new records, kept", func(r commons.Report) int { return r.Counts[commons.Came] }}, {"Harvest of the same records again", func(r commons.Report) int { return r.Same }}} {
		start, before := time.Now(), processor()
		report, err := h.Run(ctx, src.ID)
		if err != nil {
			return err
		}
		if n := run.of(report); n != records {
			return fmt.Errorf("%d records of %d: %+v", n, records, report.Error)
		}
		took := time.Since(start)
		rate := records / took.Minutes()
		b.report.figures = append(b.report.figures, figure{
			What: run.what, Value: fmt.Sprintf("%.0f records/min", rate), Goal: "at least 10000 records/min", Met: rate >= records,
			Note: fmt.Sprintf("%d records in %.1f s, %.1f s of processor, on SQLite; the network is not in it", records, took.Seconds(), (processor() - before).Seconds()),
		})
	}
	return nil
}

// memory is a source of pages that are there already.
type memory []commons.Fetched

func tenPages(records int) memory {
	out := make(memory, 10)
	for i := range records {
		p := &out[i%10]
		name := fmt.Sprintf("https://a.example/d/%d", i)
		p.Found = append(p.Found, commons.Found{Record: name, Kind: commons.Data, Sheet: commons.Sheet{
			"title": {fmt.Sprintf("Jeu de données %d", i)}, "summary": {"Ce que le jeu contient, en une phrase."}, "description": {strings.Repeat("Une phrase de description. ", 20)}, "publisher": {fmt.Sprintf("Commune %d", i%500)},
			"licence": {"etalab-2.0"}, "keywords": {"essai", "données"}, "distributions": {name + ".csv", name + ".json"}, "formats": {"CSV", "JSON"}, "modified_on": {"2026-11-26"},
		}})
	}
	return out
}

// Open implements [commons.Fetcher].
func (m memory) Open(commons.Source, func(context.Context, []string) (map[string]string, error)) commons.Fetch {
	return m
}

// Page implements [commons.Fetch].
func (m memory) Page(_ context.Context, at string) (commons.Fetched, error) {
	n, _ := strconv.Atoi(at)
	p := m[n]
	p.Next, p.Last = strconv.Itoa(n+1), n+1 == len(m)
	return p, nil
}
