package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"bassin/internal/pgtest"
	"bassin/internal/snapshot"
	"bassin/internal/territory/shape"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
)

// postgres is the server that Bassin is compared with, set up as its users would:
// one table of communes, an index for each question, pg_trgm, unaccent, PostGIS.
type postgres struct {
	server *pgtest.Server
	dsn    string
	drop   func() error
}

// schema of the comparison. Names are folded once, in a column kept by the
// database, and indexed by trigrams, which serves beginnings of words as well.
const schema = `
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
CREATE EXTENSION postgis;
CREATE FUNCTION pliee(nom text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
	AS $$ SELECT replace(replace(lower(public.unaccent('public.unaccent', nom)), '-', ' '), '''', ' ') $$;
CREATE TABLE commune (
	code text PRIMARY KEY,
	nom text NOT NULL,
	codes_postaux text[],
	siren text,
	code_epci text,
	code_departement text,
	code_region text,
	population integer,
	contour_wkb bytea,
	recherche text GENERATED ALWAYS AS (pliee(nom)) STORED,
	contour geometry(MultiPolygon, 4326)
);`

const indexes = `
UPDATE commune SET contour = ST_Multi(ST_GeomFromWKB(contour_wkb, 4326)) WHERE contour_wkb IS NOT NULL;
ALTER TABLE commune DROP COLUMN contour_wkb;
CREATE INDEX ON commune USING gin (recherche gin_trgm_ops);
CREATE INDEX ON commune USING gin (codes_postaux);
CREATE INDEX ON commune (code_departement);
CREATE INDEX ON commune (code_epci);
CREATE INDEX ON commune USING gist (contour);
VACUUM FULL ANALYZE commune;`

// startPostgres starts a private server and fills it from the snapshot.
func startPostgres(ctx context.Context, s *snapshot.Snapshot) (*postgres, error) {
	server, err := pgtest.Start("shared_buffers=512MB", "work_mem=16MB", "random_page_cost=1.1", "effective_cache_size=2GB")
	if err != nil {
		return nil, err
	}
	p := &postgres{server: server}
	if p.dsn, p.drop, err = server.Database(ctx); err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	if err := p.fill(ctx, s); err != nil {
		return nil, errors.Join(fmt.Errorf("PostgreSQL: %w", err), server.Stop())
	}
	return p, nil
}

func (p *postgres) stop() error { return errors.Join(p.drop(), p.server.Stop()) }

func (p *postgres) fill(ctx context.Context, s *snapshot.Snapshot) error {
	c, err := pgx.Connect(ctx, p.dsn)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, schema); err != nil {
		return err
	}
	n := 0
	rows := pgx.CopyFromFunc(func() ([]any, error) {
		if n == s.France.Len() {
			return nil, nil
		}
		r := s.France.Commune(int32(n))
		n++
		outline, err := outlineOf(s, r.Code)
		if err != nil {
			return nil, err
		}
		return []any{r.Code, r.Name, r.PostalCodes, r.Siren, r.EPCI, r.Departement, r.Region, r.Population, outline}, nil
	})
	names := []string{"code", "nom", "codes_postaux", "siren", "code_epci", "code_departement", "code_region", "population", "contour_wkb"}
	if _, err := c.CopyFrom(ctx, pgx.Identifier{"commune"}, names, rows); err != nil {
		return err
	}
	// One by one: VACUUM refuses to share a transaction.
	for statement := range statements(indexes) {
		if _, err := c.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// outlineOf returns the full outline of a commune in well-known binary.
func outlineOf(s *snapshot.Snapshot, code string) ([]byte, error) {
	var m shape.MultiPolygon
	if f, ok := s.Communes.Face(code); ok {
		m = s.Communes.FaceRegion(f).Outline(0)
	} else if f, ok := s.Overseas.Face(code); ok {
		m = s.Overseas.FaceRegion(f).Outline(0)
	} else {
		return nil, nil
	}
	var g orb.MultiPolygon
	for _, polygon := range m {
		var rings orb.Polygon
		for _, ring := range polygon {
			var r orb.Ring
			for _, p := range ring {
				r = append(r, orb.Point{p.Lon, p.Lat})
			}
			rings = append(rings, r)
		}
		g = append(g, rings)
	}
	return wkb.Marshal(g)
}

// loaded is what a run of questions measured.
type loaded struct {
	Requests    int     // answered
	PerSecond   float64 // answered per second
	P50, P99    float64 // milliseconds
	KB          float64 // mean size of an answer
	Errors      int
	Connections int
}

// load asks the questions of a kind over and over on that many connections. Rows
// are fetched into Go values; nothing turns them into JSON nor sends them further,
// which Bassin's figures include.
func (p *postgres) load(ctx context.Context, k *kind, connections int, d time.Duration) (loaded, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conns := make([]*pgx.Conn, connections)
	for i := range conns {
		c, err := pgx.Connect(ctx, p.dsn)
		if err != nil {
			return loaded{}, err
		}
		defer c.Close(context.WithoutCancel(ctx))
		conns[i] = c
	}
	took := make([][]time.Duration, connections)
	errs := make([]error, connections)
	start := time.Now()
	var wg sync.WaitGroup
	for i, c := range conns {
		wg.Go(func() {
			// Connections start at different questions, as wrk's do not repeat each other.
			for q := i * len(k.args) / connections; time.Since(start) < d; q++ {
				sql, args := k.question(q % len(k.args))
				asked := time.Now()
				if errs[i] = fetch(ctx, c, sql, args); errs[i] != nil {
					return
				}
				took[i] = append(took[i], time.Since(asked))
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(start)
	if err := errors.Join(errs...); err != nil {
		return loaded{}, fmt.Errorf("PostgreSQL, %s: %w", k.name, err)
	}
	all := slices.Concat(took...)
	slices.Sort(all)
	return loaded{
		Requests: len(all), PerSecond: float64(len(all)) / elapsed.Seconds(),
		P50: milliseconds(percentile(all, 50)), P99: milliseconds(percentile(all, 99)), Connections: connections,
	}, nil
}

// fetch reads every row and every column of an answer.
func fetch(ctx context.Context, c *pgx.Conn, sql string, args []any) error {
	rows, err := c.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var (
		texts  = make([]*string, len(rows.FieldDescriptions()))
		lists  = make([][]string, len(texts))
		number *int32
		score  float32
		into   = make([]any, len(texts))
	)
	for i, d := range rows.FieldDescriptions() {
		switch d.Name {
		case "codes_postaux":
			into[i] = &lists[i]
		case "population":
			into[i] = &number
		case "score":
			into[i] = &score
		default:
			into[i] = &texts[i]
		}
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// inside finds, by PostGIS on the same outlines, the commune of each point that
// is at least 50 m from any border, by its index.
func (p *postgres) inside(ctx context.Context, points []shape.Point) (map[int]string, error) {
	c, err := pgx.Connect(ctx, p.dsn)
	if err != nil {
		return nil, err
	}
	defer c.Close(ctx)
	lon, lat := make([]float64, len(points)), make([]float64, len(points))
	for i, q := range points {
		lon[i], lat[i] = q.Lon, q.Lat
	}
	const query = `
WITH probe AS (
	SELECT n, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS place
	FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY AS u(lon, lat, n)
)
SELECT p.n::integer, c.code FROM probe p JOIN commune c ON ST_Covers(c.contour, p.place)
WHERE ST_Distance(ST_Boundary(c.contour)::geography, p.place::geography) >= 50`
	rows, err := c.Query(ctx, query, lon, lat)
	if err != nil {
		return nil, err
	}
	out := map[int]string{}
	var n int
	var code string
	_, err = pgx.ForEachRow(rows, []any{&n, &code}, func() error {
		out[n-1] = code
		return nil
	})
	return out, err
}
