package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"bassin/internal/search"
	"bassin/internal/search/searchtest"
)

// What the part of search asks for.
const (
	searchItems = 100_000
	searchRate  = 200 // a second
	searchPage  = 20
)

// facetNames are those of the library, with how many values each has.
var facetNames = []struct {
	name   string
	values int
}{{"kind", 4}, {"theme", 20}, {"licence", 30}, {"status", 5}, {"level", 8}, {"size", 6}, {"usedBy", 3000}, {"accessibility", 4}}

// searchItem draws a document from the words of real ones: title, summary and body of
// like lengths, values of facets such that the first are many times more frequent.
func searchItem(r *rand.Rand, n int, real []search.Document, words []string) search.Document {
	some := func(least, most int) string {
		out := make([]string, 0, most)
		for range least + r.IntN(most-least+1) {
			out = append(out, words[r.IntN(len(words))])
		}
		return strings.Join(out, " ")
	}
	like := real[r.IntN(len(real))]
	d := search.Document{ID: fmt.Sprintf("item-%06d", n), Texts: map[string][]string{
		"title": {strings.Join(like.Texts["title"], " ") + " " + some(0, 3)}, "summary": {some(6, 24)}, "keywords": {some(1, 2), some(1, 2)}, "body": {some(10, 60)}},
		Facets: map[string][]string{}, Numbers: map[string]float64{"updated": float64(r.IntN(3000))}, Prior: float64(r.IntN(100) / 90)}
	for _, f := range facetNames {
		for range 1 + r.IntN(2) {
			d.Facets[f.name] = append(d.Facets[f.name], fmt.Sprintf("%s-%d", f.name, int(float64(f.values)*r.Float64()*r.Float64())))
		}
	}
	return d
}

// vocabulary are the words of documents, as often as they occur.
func vocabulary(real []search.Document) (words []string) {
	for _, d := range real {
		for _, f := range []string{"title", "summary", "keywords", "body"} {
			for _, text := range d.Texts[f] {
				words = append(words, strings.Fields(text)...)
			}
		}
	}
	return words
}

// searchQueries are needs that were judged, words and beginnings of the real
// vocabulary, typing errors, and choices in facets.
func searchQueries(r *rand.Rand, needs []searchtest.Judged, words []string) []search.Query {
	var facets []search.Facet
	for _, f := range facetNames {
		facets = append(facets, search.Facet{Name: f.name, Limit: 10})
	}
	var out []search.Query
	for range 4000 {
		q := search.Query{Size: searchPage, Facets: facets, Filters: map[string][]string{}}
		word := words[r.IntN(len(words))]
		switch n := r.IntN(100); {
		case n < 40:
			q.Text = needs[r.IntN(len(needs))].Query
		case n < 60:
			q.Text = word
		case n < 75:
			q.Text = word + " " + words[r.IntN(len(words))]
		case n < 85 && len(word) > 4:
			q.Text, q.Typing = word[:4], true
		case n < 97 && len(word) > 4:
			at := 1 + r.IntN(len(word)-2)
			q.Text = word[:at] + word[at+1:]
		}
		q.Text = strings.ToValidUTF8(q.Text, "")
		for range r.IntN(3) {
			f := facetNames[r.IntN(len(facetNames))]
			q.Filters[f.name] = []string{fmt.Sprintf("%s-%d", f.name, r.IntN(min(4, f.values)))}
		}
		out = append(out, q)
	}
	return out
}

// constantly asks at a constant rate, whether answers come or not, and gives the
// sorted times from when each should have been asked.
func constantly(ctx context.Context, rate int, span time.Duration, ask func(int) error) ([]time.Duration, error) {
	n := int(span.Seconds() * float64(rate))
	took, errs := make([]time.Duration, n), make([]error, n)
	var wait sync.WaitGroup
	start := time.Now()
	for x := range n {
		due := start.Add(time.Duration(x) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		wait.Go(func() {
			errs[x] = ask(x)
			took[x] = time.Since(due)
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(took)
	return took, nil
}

// oneByOne asks one at a time.
func oneByOne(n int, ask func(int) error) ([]time.Duration, error) {
	var took []time.Duration
	for x := range n {
		start := time.Now()
		if err := ask(x); err != nil {
			return nil, err
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took, nil
}

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

// finding measures search on many items, and its relevance on real ones.
func (b *bench) finding(ctx context.Context) (err error) {
	real, err := searchtest.Catalogues("data/commons")
	if err != nil {
		return err
	}
	needs, err := searchtest.Needs("internal/search/testdata/judged.txt")
	if err != nil {
		return err
	}
	words := vocabulary(real)
	r := rand.New(rand.NewPCG(1, 5))
	documents := make([]search.Document, searchItems)
	for n := range documents {
		documents[n] = searchItem(r, n, real, words)
	}
	queries := searchQueries(r, needs, words)

	say("search: indexing 100,000 items")
	before := heap()
	index := search.New(searchtest.Fields()...)
	start := time.Now()
	index.Put(documents...)
	took := time.Since(start)
	b.report.add("Search: first index of 100,000 items", took.Seconds(), "s", "%.1f", 30, "drawn from the words of the real catalogues, one goroutine")
	say(fmt.Sprintf("search: indexed in %.1f s", took.Seconds()))
	b.report.add("Search: memory of that index", heap()-before, "MB", "%.0f", 0, "without the documents")

	ask := func(n int) error { index.Find(queries[n%len(queries)]); return nil }
	span := max(10*time.Second, 2*b.span)
	spentBefore := processor()
	own, err := oneByOne(1000, ask)
	if err != nil {
		return err
	}
	b.report.add("Search: processor time of a question", milliseconds(processor()-spentBefore)/float64(len(own)), "ms", "%.2f", 0, "mean of 1,000, collection of memory included")
	say("search: 200 a second")
	steady, err := constantly(ctx, searchRate, span, ask)
	if err != nil {
		return err
	}
	b.searched("Search with 8 facets, 100,000 items, one at a time", own, 0, "page of 20; needs, words, beginnings, typing errors, choices in facets")
	b.searched("The same at a constant 200 a second", steady, 30, "in process, from when each was due")
	var puts []time.Duration
	for n := range 300 {
		d := searchItem(r, n*331, real, words)
		start := time.Now()
		index.Put(d)
		puts = append(puts, time.Since(start))
	}
	slices.Sort(puts)
	b.searched("Search: one item changed among 100,000", puts, 0, "each replaces one, merges included")

	say("search: PostgreSQL, the same items")
	pg, err := newFinder(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pg.stop()) }()
	start = time.Now()
	if err := pg.fill(ctx, documents); err != nil {
		return err
	}
	b.report.add("PostgreSQL: the same items and indexes", time.Since(start).Seconds(), "s", "%.1f", 0, "tsvector of four weights (french, unaccent), GIN, pg_trgm on titles, GIN on facets")
	theirs, err := oneByOne(100, func(n int) error { _, err := pg.find(ctx, queries[n]); return err })
	if err != nil {
		return err
	}
	b.searched("PostgreSQL: the same questions, one at a time", theirs, 0, "100 of them, over its socket; counts of 8 facets by the same rule in one statement")
	b.report.figures = append(b.report.figures, figure{What: "Median of PostgreSQL over Bassin's", Value: fmt.Sprintf("× %.0f", float64(percentile(theirs, 50))/float64(percentile(own, 50)))})
	if mean := total(theirs) / time.Duration(len(theirs)); mean*searchRate > 2*time.Second {
		b.report.figures = append(b.report.figures, figure{What: "PostgreSQL at a constant 200 a second", Value: "not sustained", Note: fmt.Sprintf("%.0f ms of one question on average are more than two cores give", milliseconds(mean))})
	} else {
		steady, err := constantly(ctx, searchRate, span, func(n int) error { _, err := pg.find(ctx, queries[n%len(queries)]); return err })
		if err != nil {
			return err
		}
		b.searched("PostgreSQL at a constant 200 a second", steady, 0, "the same questions")
	}

	say("search: relevance on the real catalogues")
	small := search.New(searchtest.Fields()...)
	small.Put(real...)
	if err := pg.fill(ctx, real); err != nil {
		return err
	}
	for _, set := range []string{"tuned", "held"} {
		var sums [4]float64
		n := 0.0
		for _, need := range needs {
			if need.Set != set {
				continue
			}
			n++
			q := search.Query{Text: need.Query, Size: 10}
			var ours []string
			for _, h := range small.Find(q).Hits {
				ours = append(ours, h.ID)
			}
			other, err := pg.best(ctx, need.Query)
			if err != nil {
				return err
			}
			for x, got := range [][]string{ours, other} {
				recall, reciprocal := searchtest.Measure(got, need.Answers)
				sums[2*x] += recall
				sums[2*x+1] += reciprocal
			}
		}
		for x, who := range []string{"Bassin", "PostgreSQL"} {
			b.report.figures = append(b.report.figures, figure{What: fmt.Sprintf("Relevance of %s, %.0f needs %s", who, n, set),
				Value: fmt.Sprintf("recall@10 %.3f, mean reciprocal rank %.3f", sums[2*x]/n, sums[2*x+1]/n), Note: "docs/search.md"})
		}
	}
	return nil
}

func total(of []time.Duration) (sum time.Duration) {
	for _, d := range of {
		sum += d
	}
	return sum
}

// searched notes and tells sorted times.
func (b *bench) searched(what string, took []time.Duration, goal float64, note string) {
	f := figure{What: what, Value: fmt.Sprintf("p50 %.2f ms, p99 %.2f ms", milliseconds(percentile(took, 50)), milliseconds(percentile(took, 99))), Note: note}
	if goal > 0 {
		f.Goal, f.Met = fmt.Sprintf("p99 under %g ms", goal), milliseconds(percentile(took, 99)) < goal
	}
	say(f.What + ": " + f.Value)
	b.report.figures = append(b.report.figures, f)
}
