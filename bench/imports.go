package main

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"bassin/internal/commons"
	"bassin/internal/harvest/publiccode"
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
	g, ctx := errgroup.WithContext(ctx)
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
	return nil
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
