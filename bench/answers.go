package main

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"bassin/internal/snapshot"
)

// source is the published table of communes, read apart from the product.
type source struct {
	codes []string
	names map[string]string
	sets  map[string]map[string][]string // kind, key -> sorted commune codes
}

// readSource reads the table of communes with nothing of the product's.
func readSource(data string) (*source, error) {
	f, err := os.Open(filepath.Join(data, "territory", "communes-2026.csv.gz"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(z)
	head, err := r.Read()
	if err != nil {
		return nil, err
	}
	column := map[string]int{}
	for i, h := range head {
		column[h] = i
	}
	out := &source{names: map[string]string{}, sets: map[string]map[string][]string{"codePostal": {}, "codeEpci": {}, "codeDepartement": {}}}
	add := func(kind, key, code string) {
		if key != "" {
			out.sets[kind][key] = append(out.sets[kind][key], code)
		}
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		code := row[column["code"]]
		out.codes = append(out.codes, code)
		out.names[code] = row[column["nom"]]
		for p := range strings.SplitSeq(row[column["codes_postaux"]], "|") {
			add("codePostal", p, code)
		}
		add("codeEpci", row[column["epci"]], code)
		add("codeDepartement", row[column["departement"]], code)
	}
	for _, sets := range out.sets {
		for _, codes := range sets {
			slices.Sort(codes)
		}
	}
	return out, nil
}

// checked is the outcome of one comparison of answers.
type checked struct {
	What         string
	Asked, Right int
	Needed       float64 // share that must be right
	First        string  // first difference
}

func (c checked) ok() bool { return c.Asked > 0 && float64(c.Right) >= c.Needed*float64(c.Asked) }

// apiCommune is what the checks read of an answer.
type apiCommune struct {
	Code string `json:"code"`
	Name string `json:"nom"`
}

// checkAnswers asks the server and compares: with the published table for codes,
// with PostGIS on the same outlines for points.
func checkAnswers(ctx context.Context, s *server, p *postgres, snap *snapshot.Snapshot, data string) ([]checked, error) {
	src, err := readSource(data)
	if err != nil {
		return nil, err
	}
	one, err := compare(ctx, "a commune by its code: the name of the published table", 1, src.codes, func(code string) (string, error) {
		var c apiCommune
		if err := s.json(ctx, "/api/geo/communes/"+code+"?fields=nom", &c); err != nil {
			return "", err
		}
		return difference(c.Code+" "+c.Name, code+" "+src.names[code]), nil
	})
	if err != nil {
		return nil, err
	}
	out := []checked{one}
	for _, kind := range []string{"codePostal", "codeEpci", "codeDepartement"} {
		sets := src.sets[kind]
		keys := make([]string, 0, len(sets))
		for k := range sets {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		one, err := compare(ctx, "communes by "+kind+": the code set of the published table", 1, keys, func(key string) (string, error) {
			got, err := s.codes(ctx, "/api/geo/communes?fields=code&"+kind+"="+key)
			if err != nil {
				return "", err
			}
			slices.Sort(got)
			return difference(strings.Join(got, " "), strings.Join(sets[key], " ")), nil
		})
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	places, err := checkPoints(ctx, s, p, snap)
	if err != nil {
		return nil, err
	}
	first, err := checkNames(ctx, s, src)
	return append(append(out, places), first...), err
}

func checkPoints(ctx context.Context, s *server, p *postgres, snap *snapshot.Snapshot) (checked, error) {
	probes := points(snap, rand.New(rand.NewPCG(seed, 9)), 2*perKind)
	inside, err := p.inside(ctx, probes)
	if err != nil {
		return checked{}, fmt.Errorf("PostGIS: %w", err)
	}
	sure := make([]int, 0, len(inside))
	for i := range inside {
		sure = append(sure, i)
	}
	slices.Sort(sure)
	return compare(ctx, "points 50 m or more from a border: the commune of PostGIS", 0.999, sure, func(i int) (string, error) {
		got, err := s.codes(ctx, fmt.Sprintf("/api/geo/communes?fields=code&lat=%s&lon=%s", degrees(probes[i].Lat), degrees(probes[i].Lon)))
		return difference(strings.Join(got, " "), inside[i]), err
	})
}

// checkNames asks whole names: the first answer must bear that very name.
func checkNames(ctx context.Context, s *server, src *source) ([]checked, error) {
	r := rand.New(rand.NewPCG(seed, 10))
	asked := make([]string, perKind)
	for i := range asked {
		asked[i] = src.names[src.codes[r.IntN(len(src.codes))]]
	}
	var out []checked
	for _, boost := range []string{"", "&boost=population"} {
		what := "whole names" + boost + ": the first answer bears that name"
		one, err := compare(ctx, what, 0.999, asked, func(name string) (string, error) {
			var got []apiCommune
			if err := s.json(ctx, "/api/geo/communes?fields=nom&limit=1&nom="+url.QueryEscape(name)+boost, &got); err != nil {
				return "", err
			}
			if len(got) == 0 {
				return "nothing for " + name, nil
			}
			return difference(got[0].Name, name), nil
		})
		if err != nil {
			return nil, err
		}
		out = append(out, one)
		if boost != "" {
			// With the boost, a larger commune whose name holds the word may come first.
			out[len(out)-1].Needed = 0
		}
	}
	return out, nil
}

// compare asks every key on four connections and counts those without difference.
func compare[K any](ctx context.Context, what string, needed float64, keys []K, ask func(K) (string, error)) (checked, error) {
	c := checked{What: what, Asked: len(keys), Needed: needed}
	var mu sync.Mutex
	var wg sync.WaitGroup
	var errs []error
	const hands = 4
	for h := range hands {
		wg.Go(func() {
			for i := h; i < len(keys) && ctx.Err() == nil; i += hands {
				diff, err := ask(keys[i])
				mu.Lock()
				switch {
				case err != nil:
					errs = append(errs, err)
				case diff == "":
					c.Right++
				case c.First == "":
					c.First = fmt.Sprintf("%v: %s", keys[i], diff)
				}
				stop := len(errs) > 0
				mu.Unlock()
				if stop {
					return
				}
			}
		})
	}
	wg.Wait()
	return c, errors.Join(errs...)
}

// difference says how got differs from want, "" if it does not.
func difference(got, want string) string {
	if got == want {
		return ""
	}
	return fmt.Sprintf("%.80q, expected %.80q", got, want)
}

func (s *server) json(ctx context.Context, path string, into any) error {
	b, err := s.get(ctx, path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("GET %s: %w", path, err)
	}
	return nil
}

func (s *server) codes(ctx context.Context, path string) ([]string, error) {
	var communes []apiCommune
	if err := s.json(ctx, path, &communes); err != nil {
		return nil, err
	}
	out := make([]string, len(communes))
	for i, c := range communes {
		out[i] = c.Code
	}
	return out, nil
}
