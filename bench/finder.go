package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bassin/internal/pgtest"
	"bassin/internal/search"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// finder is PostgreSQL as one would search with it: full text in French without
// accents, four weights, trigrams of titles where nothing is found.
type finder struct {
	server *pgtest.Server
	drop   func() error
	pool   *pgxpool.Pool
}

const finderSchema = `
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
CREATE TEXT SEARCH CONFIGURATION fr (COPY = french);
ALTER TEXT SEARCH CONFIGURATION fr ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;
CREATE FUNCTION folded(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT lower(public.unaccent('public.unaccent', t)) $$;
CREATE TABLE item (id text PRIMARY KEY, title text, summary text, keywords text, body text, facets text[],
	words tsvector GENERATED ALWAYS AS (setweight(to_tsvector('fr', title), 'A') || setweight(to_tsvector('fr', summary), 'B') ||
		setweight(to_tsvector('fr', keywords), 'C') || setweight(to_tsvector('fr', body), 'D')) STORED);`

const finderIndexes = `
CREATE INDEX item_words ON item USING gin (words);
CREATE INDEX item_title ON item USING gin (folded(title) gin_trgm_ops);
CREATE INDEX item_facets ON item USING gin (facets);
VACUUM ANALYZE item;`

func newFinder(ctx context.Context) (*finder, error) {
	server, err := pgtest.Start("shared_buffers=512MB", "work_mem=32MB", "random_page_cost=1.1", "effective_cache_size=2GB", "jit=off")
	if err != nil {
		return nil, err
	}
	f := &finder{server: server}
	var dsn string
	if dsn, f.drop, err = server.Database(ctx); err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	if f.pool, err = pgxpool.New(ctx, dsn); err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	for statement := range statements(finderSchema) {
		if _, err := f.pool.Exec(ctx, statement); err != nil {
			return nil, errors.Join(err, f.stop())
		}
	}
	return f, nil
}

func (f *finder) stop() error {
	f.pool.Close()
	return errors.Join(f.drop(), f.server.Stop())
}

// fill puts documents in an empty table and makes its indexes.
func (f *finder) fill(ctx context.Context, documents []search.Document) error {
	for _, sql := range []string{"DROP INDEX IF EXISTS item_words, item_title, item_facets", "TRUNCATE item"} {
		if _, err := f.pool.Exec(ctx, sql); err != nil {
			return err
		}
	}
	n := 0
	rows := pgx.CopyFromFunc(func() ([]any, error) {
		if n == len(documents) {
			return nil, nil
		}
		d := documents[n]
		n++
		text := func(fields ...string) string {
			var all []string
			for _, name := range fields {
				all = append(all, d.Texts[name]...)
			}
			return strings.Join(all, " . ")
		}
		var facets []string
		for name, values := range d.Facets {
			for _, v := range values {
				if !slices.Contains(facets, name+"="+v) {
					facets = append(facets, name+"="+v)
				}
			}
		}
		return []any{d.ID, text("title", "aliases"), text("summary"), text("keywords", "names"), text("body"), facets}, nil
	})
	if _, err := f.pool.CopyFrom(ctx, pgx.Identifier{"item"}, []string{"id", "title", "summary", "keywords", "body", "facets"}, rows); err != nil {
		return err
	}
	for statement := range statements(finderIndexes) {
		if _, err := f.pool.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// find gives the total of a page, its ids and the counts of facets, as Find does, in
// one statement; a second one looks for titles alike where nothing was found.
func (f *finder) find(ctx context.Context, q search.Query) (int, error) {
	var with, counts []string
	args := []any{q.Text}
	condition := "words @@ websearch_to_tsquery('fr', $1)"
	if strings.TrimSpace(q.Text) == "" {
		condition, args[0] = "$1 = ''", ""
	}
	if q.Typing {
		condition, args[0] = "words @@ to_tsquery('fr', $1)", typed(q.Text)
	}
	chosen := map[string]string{}
	for name, values := range q.Filters {
		var all []string
		for _, v := range values {
			all = append(all, name+"="+v)
		}
		args = append(args, all)
		chosen[name] = fmt.Sprintf("facets && $%d::text[]", len(args))
	}
	narrowed := func(but string) string {
		out := "true"
		for _, f := range facetNames {
			if c := chosen[f.name]; c != "" && f.name != but {
				out += " AND " + c
			}
		}
		return out
	}
	rank := "ts_rank_cd(words, websearch_to_tsquery('fr', $1))"
	if strings.Contains(condition, "to_tsquery('fr', $1)") && q.Typing {
		rank = "ts_rank_cd(words, to_tsquery('fr', $1))"
	}
	if condition == "$1 = ''" {
		rank = "0"
	}
	with = append(with, fmt.Sprintf("met AS MATERIALIZED (SELECT id, facets, %s AS rank FROM item WHERE %s)", rank, condition))
	// Facets without a choice are counted together, each with a choice alone.
	counts = append(counts, fmt.Sprintf("SELECT v, count(*) FROM met, unnest(facets) v WHERE %s GROUP BY v", narrowed("")))
	for _, f := range facetNames {
		if chosen[f.name] != "" {
			counts = append(counts, fmt.Sprintf("SELECT v, count(*) FROM met, unnest(facets) v WHERE %s AND v LIKE '%s=%%' GROUP BY v", narrowed(f.name), f.name))
		}
	}
	sql := "WITH " + strings.Join(with, ", ") + fmt.Sprintf(` SELECT (SELECT count(*) FROM met WHERE %s), (SELECT array_agg(id) FROM (SELECT id FROM met WHERE %s ORDER BY rank DESC, id LIMIT %d) p),
		(SELECT jsonb_object_agg(v, n) FROM (%s) c(v, n))`, narrowed(""), narrowed(""), q.Size, strings.Join(counts, " UNION ALL "))
	var n int
	var ids []string
	var facets []byte
	if err := f.pool.QueryRow(ctx, sql, args...).Scan(&n, &ids, &facets); err != nil {
		return 0, fmt.Errorf("%s: %w", sql, err)
	}
	if n == 0 && q.Text != "" {
		rows, err := f.alike(ctx, q.Text, q.Size)
		return len(rows), err
	}
	return n, nil
}

// typed is a query of the beginnings of words.
func typed(text string) string {
	var out []string
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" '’&|!():*<>\\", r) }) {
		out = append(out, "'"+w+"':*")
	}
	if len(out) == 0 {
		return "'rien'"
	}
	return strings.Join(out, " & ")
}

// alike gives the items whose titles are near, by trigrams.
func (f *finder) alike(ctx context.Context, text string, limit int) ([]string, error) {
	return f.ids(ctx, `SELECT id FROM item WHERE folded($1) <% folded(title) ORDER BY word_similarity(folded($1), folded(title)) DESC, id LIMIT $2`, text, limit)
}

func (f *finder) ids(ctx context.Context, sql string, args ...any) ([]string, error) {
	rows, err := f.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// best gives the ten best answers it can: items with all words, then with some, then
// with a title alike.
func (f *finder) best(ctx context.Context, text string) ([]string, error) {
	var out []string
	for _, sql := range []string{
		`SELECT id FROM item WHERE words @@ websearch_to_tsquery('fr', $1) ORDER BY ts_rank_cd(words, websearch_to_tsquery('fr', $1)) DESC, id LIMIT $2`,
		`SELECT id FROM item, CAST(replace(plainto_tsquery('fr', $1)::text, '&', '|') AS tsquery) q WHERE words @@ q ORDER BY ts_rank_cd(words, q) DESC, id LIMIT $2`,
		`SELECT id FROM item WHERE folded($1) <% folded(title) ORDER BY word_similarity(folded($1), folded(title)) DESC, id LIMIT $2`,
	} {
		more, err := f.ids(ctx, sql, text, 10)
		if err != nil {
			return nil, err
		}
		for _, id := range more {
			if !slices.Contains(out, id) && len(out) < 10 {
				out = append(out, id)
			}
		}
	}
	return out, nil
}
