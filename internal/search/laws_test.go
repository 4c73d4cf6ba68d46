package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

var lawFields = []Field{{Name: "title", Weight: 4, Length: 0.4, Title: true}, {Name: "body", Weight: 1, Length: 0.75}}

// made is a word of no language, so that no synonym and no stop word is one.
func made(r *rand.Rand) string {
	n := min(r.IntN(40), r.IntN(40))
	return "x" + string("bdfgk"[n%5]) + string("aou"[n/5%3]) + string("zkrtv"[n/15]) + "ox"
}

func madeText(r *rand.Rand, most int) string {
	var words []string
	for range r.IntN(most + 1) {
		words = append(words, made(r))
	}
	return strings.Join(words, " ")
}

func madeDocument(r *rand.Rand, id int) Document {
	d := Document{ID: fmt.Sprintf("d%03d", id), Texts: map[string][]string{"title": {madeText(r, 3)}, "body": {madeText(r, 12), madeText(r, 5)}}, Facets: map[string][]string{}, Numbers: map[string]float64{}, Keys: map[string]string{}}
	for _, f := range []string{"kind", "theme"} {
		for range r.IntN(3) {
			d.Facets[f] = append(d.Facets[f], string("pqrs"[r.IntN(4)]))
		}
	}
	if r.IntN(3) > 0 {
		d.Numbers["day"] = float64(r.IntN(5))
	}
	if r.IntN(3) > 0 {
		d.Keys["name"] = made(r)
	}
	if r.IntN(4) == 0 {
		d.Prior = float64(r.IntN(9))
	}
	return d
}

func madeQuery(r *rand.Rand) Query {
	var parts []string
	for range r.IntN(4) {
		switch w := made(r); r.IntN(7) {
		case 0:
			parts = append(parts, `"`+w+" "+made(r)+`"`)
		case 1:
			parts = append(parts, "-"+w)
		case 2: // a typing error
			parts = append(parts, w[:2]+"q"+w[3:])
		default:
			parts = append(parts, w)
		}
	}
	q := Query{Text: strings.Join(parts, " "), Size: r.IntN(12), From: r.IntN(4), Filters: map[string][]string{}, Facets: []Facet{{"kind", 0}, {"theme", 2}}}
	for _, f := range []string{"kind", "theme"} {
		for range r.IntN(3) {
			if v := string("pqrst"[r.IntN(5)]); !slices.Contains(q.Filters[f], v) {
				q.Filters[f] = append(q.Filters[f], v)
			}
		}
	}
	switch r.IntN(5) {
	case 0:
		q.Sort = []Order{{Key: "day", Descending: r.IntN(2) == 0}}
	case 1:
		q.Sort = []Order{{Key: "name", Descending: r.IntN(2) == 0}, {Key: "day"}}
	}
	return q
}

func same(t *testing.T, what string, q Query, a, b Result) {
	t.Helper()
	a.marks, b.marks = nil, nil
	if !reflect.DeepEqual(a, b) {
		t.Fatalf("%s: %+v\n%+v\n%+v", what, q, a, b)
	}
}

func TestTheOrderAndTheStepsDoNotMatter(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 7))
		bySteps, all := New(lawFields...), map[string]Document{}
		for range 20 + r.IntN(150) {
			switch r.IntN(5) {
			case 0:
				id := fmt.Sprintf("d%03d", r.IntN(60))
				bySteps.Delete(id, "never")
				delete(all, id)
			case 1:
				var some []Document
				for range r.IntN(20) {
					d := madeDocument(r, r.IntN(60))
					some = append(some, d)
					all[d.ID] = d
				}
				bySteps.Put(some...)
			default:
				d := madeDocument(r, r.IntN(60))
				bySteps.Put(d)
				all[d.ID] = d
			}
		}
		var list []Document
		for _, d := range all {
			list = append(list, d)
		}
		slices.SortFunc(list, func(a, b Document) int { return strings.Compare(a.ID, b.ID) })
		r.Shuffle(len(list), func(a, b int) { list[a], list[b] = list[b], list[a] })
		atOnce, backwards := New(lawFields...), New(lawFields...)
		atOnce.Put(list...)
		for _, d := range slices.Backward(list) {
			backwards.Put(d)
		}
		if bySteps.Len() != len(list) || backwards.Len() != len(list) {
			t.Fatalf("%d and %d documents, want %d", bySteps.Len(), backwards.Len(), len(list))
		}
		for range 60 {
			q := madeQuery(r)
			want := atOnce.Find(q)
			same(t, "by steps", q, bySteps.Find(q), want)
			same(t, "backwards", q, backwards.Find(q), want)
		}
	}
}

// naive answers a query by going through all documents, from the definitions.
func naive(documents []Document, q Query) Result {
	type own struct {
		words map[string][][2]int // field and position
		lens  []int
		title []string
	}
	held := make([]own, len(documents))
	mean := make([]float64, len(lawFields))
	for n, d := range documents {
		o := own{words: map[string][][2]int{}}
		for f, field := range lawFields {
			at, length := 0, 0
			for _, text := range d.Texts[field.Name] {
				words := strings.Fields(text)
				for x, w := range words {
					o.words[w] = append(o.words[w], [2]int{f, at})
					if field.Title && x > 0 {
						o.words[words[x-1]+w] = append(o.words[words[x-1]+w], [2]int{f, at - 1})
					}
					at++
					length++
				}
				at += 1000
				if field.Title && len(words) > 0 {
					o.title = append(o.title, strings.Join(words, ""))
				}
			}
			o.lens = append(o.lens, length)
			mean[f] += float64(length) / float64(len(documents))
		}
		held[n] = o
	}
	vocabulary := map[string]int{}
	for _, o := range held {
		for w := range o.words {
			vocabulary[w]++
		}
	}
	type part struct {
		words []string // a phrase if several
		forms map[string]float64
		not   bool
	}
	var parts []part
	var whole string
	for _, p := range parse(q.Text) {
		words := strings.Fields(p.text)
		if p.phrase {
			parts = append(parts, part{words: words, not: p.not})
			continue
		}
		for x, w := range words {
			forms := map[string]float64{}
			kinOf := func(w string, weight float64) {
				for v := range vocabulary {
					if stem(v, "fr") == stem(w, "fr") {
						forms[v] = max(forms[v], weight*kin)
					}
				}
				if vocabulary[w] > 0 {
					forms[w] = max(forms[w], weight)
				}
			}
			kinOf(w, 1)
			if !p.not {
				if x > 0 && vocabulary[words[x-1]+w] > 0 {
					forms[words[x-1]+w] = joinedUp
				}
				if x+1 < len(words) && vocabulary[w+words[x+1]] > 0 {
					forms[w+words[x+1]] = joinedUp
				}
			}
			if len(forms) == 0 && !p.not {
				var guesses []string
				for most := 1; most <= errorsIn(w) && len(guesses) == 0; most++ {
					for v := range vocabulary {
						if distance(w, v) <= most {
							guesses = append(guesses, v)
						}
					}
				}
				slices.SortFunc(guesses, func(a, b string) int {
					if vocabulary[a] != vocabulary[b] {
						return vocabulary[b] - vocabulary[a]
					}
					return strings.Compare(a, b)
				})
				guesses = guesses[:min(len(guesses), mended)]
				weight := misread
				for _, g := range guesses {
					kinOf(g, weight)
					weight /= 2
				}
				if len(guesses) > 0 {
					w = guesses[0]
				}
			}
			parts = append(parts, part{words: []string{w}, forms: forms, not: p.not})
			if !p.not {
				whole += w
			}
		}
	}
	frequency := func(d int, p part) (sum, quality float64) {
		weigh := func(f int) float64 {
			m := mean[f]
			if m == 0 {
				m = 1
			}
			return lawFields[f].Weight / (1 - lawFields[f].Length + lawFields[f].Length*float64(held[d].lens[f])/m)
		}
		if p.forms == nil {
			for _, first := range held[d].words[p.words[0]] {
				all := true
				for x, w := range p.words {
					all = all && slices.Contains(held[d].words[w], [2]int{first[0], first[1] + x})
				}
				if all {
					sum += weigh(first[0])
				}
			}
			return sum, 1
		}
		for w, weight := range p.forms {
			for _, at := range held[d].words[w] {
				sum += weigh(at[0])
				quality = max(quality, weight)
			}
		}
		return sum, quality
	}
	var idf []float64
	absent, positive, present := false, false, 0.0
	for _, p := range parts {
		met := 0
		if p.forms == nil {
			for d := range documents {
				if f, _ := frequency(d, p); f > 0 {
					met++
				}
			}
		}
		for w := range p.forms {
			met += vocabulary[w]
		}
		met = min(met, len(documents))
		idf = append(idf, math.Log(1+(float64(len(documents)-met)+0.5)/(float64(met)+0.5)))
		if !p.not {
			positive = true
			absent = absent || met == 0
			if met > 0 {
				present += idf[len(idf)-1]
			}
		}
	}
	type scored struct {
		d     int
		score float64
		all   bool
	}
	var candidates []scored
	strict := 0
	for d := range documents {
		score, met, refused := 0.0, 0.0, false
		for n, p := range parts {
			f, quality := frequency(d, p)
			if p.not {
				refused = refused || f > 0
			} else if f > 0 {
				score += idf[n] * quality * f / (saturation + f)
				met += idf[n]
			}
		}
		if refused || positive && score == 0 {
			continue
		}
		if !positive {
			score = 1
		}
		if whole != "" && slices.Contains(held[d].title, whole) {
			score *= titleBoost
		}
		all := met > present-1e-12
		if all {
			strict++
		} else if met < coverage*present {
			continue
		} else {
			score *= met / present * met / present
		}
		candidates = append(candidates, scored{d, score * (1 + priorShare*math.Log1p(documents[d].Prior)), all})
	}
	required := 0
	for n, p := range parts {
		if !p.not && idf[n] > 0 {
			required++
		}
	}
	partial := absent || required > 1 && strict < enough
	counted := map[string]map[string]int{"kind": {}, "theme": {}}
	r := Result{Facets: map[string]Counts{}}
	var hits []scored
	for _, c := range candidates {
		if !c.all && !partial {
			continue
		}
		in := func(except string) bool {
			for name, chosen := range q.Filters {
				if name != except && len(chosen) > 0 && !slices.ContainsFunc(documents[c.d].Facets[name], func(v string) bool { return slices.Contains(chosen, v) }) {
					return false
				}
			}
			return true
		}
		for name := range counted {
			if in(name) {
				values := slices.Clone(documents[c.d].Facets[name])
				slices.Sort(values)
				for _, v := range slices.Compact(values) {
					counted[name][v]++
				}
			}
		}
		if in("") {
			hits = append(hits, c)
		}
	}
	slices.SortFunc(hits, func(a, b scored) int {
		for _, o := range q.Sort {
			c := compareKeys(documents[a.d].Keys[o.Key], documents[b.d].Keys[o.Key], o.Descending)
			if o.Key == "day" {
				x, inX := documents[a.d].Numbers["day"]
				y, inY := documents[b.d].Numbers["day"]
				switch {
				case inX != inY:
					c = 1
					if inX {
						c = -1
					}
				case x != y:
					c = 1
					if (x < y) != o.Descending {
						c = -1
					}
				}
			}
			if c != 0 {
				return c
			}
		}
		if len(q.Sort) == 0 && math.Abs(a.score-b.score) > 1e-9 {
			if a.score > b.score {
				return -1
			}
			return 1
		}
		return strings.Compare(documents[a.d].ID, documents[b.d].ID)
	})
	r.Total = len(hits)
	for x := q.From; x < min(q.From+q.Size, len(hits)); x++ {
		r.Hits = append(r.Hits, Hit{documents[hits[x].d].ID, hits[x].score})
	}
	for _, f := range q.Facets {
		r.Facets[f.Name] = counts(counted[f.Name], q.Filters[f.Name], f.Limit)
	}
	return r
}

func TestAnswersAreThoseOfTheDefinition(t *testing.T) {
	for seed := range uint64(25) {
		r := rand.New(rand.NewPCG(seed, 11))
		var documents []Document
		x := New(lawFields...)
		for id := range 1 + r.IntN(80) {
			documents = append(documents, madeDocument(r, id))
			x.Put(documents[id])
		}
		for range 60 {
			q := madeQuery(r)
			got, want := x.Find(q), naive(documents, q)
			if got.Total != want.Total || !reflect.DeepEqual(got.Facets, want.Facets) || len(got.Hits) != len(want.Hits) {
				t.Fatalf("seed %d %+v:\n%+v\n%+v", seed, q, got, want)
			}
			for n, h := range got.Hits {
				if h.ID != want.Hits[n].ID && math.Abs(h.Score-want.Hits[n].Score) > 1e-9 || math.Abs(h.Score-want.Hits[n].Score) > 1e-9 {
					t.Fatalf("seed %d %+v: hit %d:\n%+v\n%+v", seed, q, n, got.Hits, want.Hits)
				}
			}
		}
	}
}

// A search sees one moment: two documents that change together are never seen apart.
func TestASearchSeesOneMoment(t *testing.T) {
	x := New(lawFields...)
	pair := func(n int) []Document {
		word := fmt.Sprintf("tour%d", n%7)
		return []Document{{ID: "a", Texts: map[string][]string{"title": {word}}}, {ID: "b", Texts: map[string][]string{"body": {word}}}}
	}
	x.Put(pair(0)...)
	var wait sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		wait.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				sum := 0
				for n := range 7 {
					total := x.Find(Query{Text: fmt.Sprintf(`"tour%d"`, n), Size: 5}).Total
					if total != 0 && total != 2 {
						t.Errorf("%d of the pair seen", total)
						return
					}
					sum += total
				}
			}
		})
	}
	for n := range 400 {
		x.Put(pair(n)...)
		x.Put(Document{ID: fmt.Sprint("other", n%50), Texts: map[string][]string{"body": {"reste"}}})
		if n%3 == 0 {
			x.Delete(fmt.Sprint("other", n%40))
		}
	}
	close(stop)
	wait.Wait()
}
