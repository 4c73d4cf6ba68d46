package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"bassin/internal/indicator"
	"bassin/internal/place"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

// Check reads and validates the open data and writes nothing. What is wrong with
// the data comes as [Problems].
func Check(ctx context.Context, dataDir string, tell func(Step)) (Report, error) {
	c, err := prepare(ctx, dataDir, tell, 0)
	return c.report, err
}

// Build makes a snapshot of the open data, puts it in use below varDir and
// returns its hash. When it fails, the snapshot in use stays as it was. What is
// wrong with the data comes as [Problems].
func Build(ctx context.Context, dataDir, varDir string, tell func(Step)) (hash string, report Report, err error) {
	print, err := Fingerprint(dataDir)
	if err != nil {
		return "", Report{}, err
	}
	made, err := prepare(ctx, dataDir, tell, 1)
	if err != nil {
		return "", made.report, err
	}
	if again, err := Fingerprint(dataDir); err != nil || again != print {
		return "", made.report, fmt.Errorf("%s changed while it was read: build again", dataDir)
	}
	made.progress.begin("writing the snapshot")
	content := snapshot.Content{
		Inputs: print, Tables: made.tables,
		Communes: made.in.outlines["outlines-communes"], Overseas: made.in.outlines["outlines-overseas"],
		Arrondissements: made.in.outlines["outlines-arrondissements"], QPV: made.in.outlines["qpv-outlines"],
		Indicators: made.definitions, Figures: made.figures,
		Places: made.places, PlacesODbL: made.placesODbL, Statements: made.statements,
	}
	for _, s := range made.in.manifest.Sources {
		content.Sources = append(content.Sources, s.Source)
	}
	if content.Report, err = json.MarshalIndent(made.report, "", "  "); err != nil {
		return "", made.report, err
	}
	if err := ctx.Err(); err != nil {
		return "", made.report, err
	}
	m, err := snapshot.Publish(varDir, content, time.Now())
	return m.Hash, made.report, err
}

// made is what a run has made of the data.
type made struct {
	in                 *inputs
	tables             territory.Tables
	definitions        []indicator.Definition
	figures            indicator.Figures
	places, placesODbL []place.Row
	statements         []snapshot.Statement
	report             Report
	progress           *progress
}

// prepare does everything but write. More is the number of steps that will follow.
func prepare(ctx context.Context, dataDir string, tell func(Step), more int) (made, error) {
	m, err := loadManifest(dataDir)
	if err != nil {
		return made{}, err
	}
	if err := m.checkNeeded(filepath.Join(dataDir, manifestName)); err != nil {
		return made{}, err
	}
	out := made{progress: &progress{tell: tell, of: len(m.Sources) + 6 + more}, report: Report{Vintage: m.Vintage}}
	if out.in, err = readInputs(ctx, dataDir, m, out.progress); err != nil {
		return out, err
	}
	out.progress.begin("following references between files")
	if ps := out.in.resolve(dataDir); len(ps) > 0 {
		return out, ps
	}
	x := &cross{in: out.in, dir: dataDir, report: &out.report}
	out.progress.begin("comparing tables")
	x.tables()
	out.progress.begin("comparing outlines")
	if len(x.all) == 0 {
		x.maps()
	}
	if len(x.all) > 0 {
		return out, x.all
	}
	if err := ctx.Err(); err != nil {
		return out, err
	}
	out.progress.begin("making the tables")
	out.tables = out.in.territoryTables(&out.report)
	france, err := territory.New(out.tables)
	if err != nil {
		return out, fmt.Errorf("the tables made of %s contradict each other: %w", dataDir, err)
	}
	out.places, out.placesODbL = out.in.places(&out.report)
	places, err := place.New(out.tables.Communes, out.places, out.placesODbL)
	if err != nil {
		return out, fmt.Errorf("the places made of %s contradict the communes: %w", dataDir, err)
	}
	out.progress.begin("joining the catalogues of commons")
	if out.statements, err = out.in.commons(ctx, france, &out.report); err != nil {
		return out, err
	}
	out.progress.begin("making the figures")
	measure := newMeasure(out.in, newUnits(out.tables.Communes, out.tables.Parts, out.in.stale))
	if err := measure.compute(out.tables.Communes, places); err != nil {
		return out, err
	}
	var ps Problems
	out.definitions, out.figures, ps = measure.indicators()
	out.report.Sources = out.in.reports
	if len(ps) > 0 {
		return out, ps
	}
	out.report.Tables = append(out.report.Tables, []TableReport{
		{"communes", len(out.tables.Communes)}, {"zones", len(out.tables.Zones)}, {"members", len(out.tables.Members)},
		{"parts", len(out.tables.Parts)}, {"populations", len(out.tables.Populations)}, {"events", len(out.tables.Events)},
		{"passages", len(out.tables.Passages)}, {"figures", len(out.figures.Units)}, {"quarters", len(out.figures.Quarters)}, {"indicators", len(out.definitions)},
		{"places", len(out.places)}, {"places-odbl", len(out.placesODbL)},
		{"statements", len(out.statements)},
	}...)
	return out, nil
}
