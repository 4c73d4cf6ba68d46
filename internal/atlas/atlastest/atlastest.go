package atlastest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/atlas"
	"bassin/internal/fault"
)

// Run checks a store against the contract. Open gives an empty store, ready to
// use, and closes it when the test it is given ends.
func Run(t *testing.T, open func(t *testing.T) atlas.Store) {
	for _, c := range []struct {
		name  string
		check func(t *testing.T, s atlas.Store)
	}{
		{"comes back as saved", comesBack},
		{"unknown is not found", unknown},
		{"the first stays", firstStays},
		{"keeps its own copy", ownCopy},
		{"a whole country fits", wholeCountry},
		{"many at once", manyAtOnce},
		{"a cancelled request saves nothing", cancelled},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, open(t)) })
	}
}

func sample() atlas.Perimeter {
	return atlas.Perimeter{
		Code:      "7h2k9m4xq0",
		Communes:  []string{"01001", "22113", "2A004", "2B033", "97411"},
		Vintage:   2026,
		CreatedAt: time.Date(2026, 11, 23, 8, 30, 5, 123456000, time.UTC),
	}
}

func save(t *testing.T, s atlas.Store, p atlas.Perimeter) {
	t.Helper()
	if err := s.SavePerimeter(t.Context(), p); err != nil {
		t.Fatalf("SavePerimeter(%s): %v", p.Code, err)
	}
}

func want(t *testing.T, s atlas.Store, p atlas.Perimeter) {
	t.Helper()
	got, err := s.Perimeter(t.Context(), p.Code)
	if err != nil {
		t.Fatalf("Perimeter(%s): %v", p.Code, err)
	}
	if diff := cmp.Diff(p, got); diff != "" {
		t.Errorf("Perimeter(%s) differs (-want +got):\n%s", p.Code, diff)
	}
}

func comesBack(t *testing.T, s atlas.Store) {
	p := sample()
	save(t, s, p)
	want(t, s, p)

	// A time given in another zone and finer than a microsecond comes back in UTC.
	q := sample()
	q.Code = "0000000001"
	q.CreatedAt = p.CreatedAt.Add(789).In(time.FixedZone("La Réunion", 4*3600))
	save(t, s, q)
	q.CreatedAt = p.CreatedAt
	want(t, s, q)
	if got, err := s.Perimeter(t.Context(), q.Code); err != nil || got.CreatedAt.Location() != time.UTC {
		t.Errorf("CreatedAt is in %v (error %v), want UTC", got.CreatedAt.Location(), err)
	}
}

func unknown(t *testing.T, s atlas.Store) {
	save(t, s, sample())
	for _, code := range []string{"", "zzzzzzzzzz", "7H2K9M4XQ0", "7h2k9m4xq", "' OR 1=1 --", "%", "é\u202f", "a\x00b", "\xff"} {
		got, err := s.Perimeter(t.Context(), code)
		if fault.CodeOf(err) != fault.NotFound {
			t.Errorf("Perimeter(%q) = %v, %v, want fault.NotFound", code, got, err)
		}
	}
}

func firstStays(t *testing.T, s atlas.Store) {
	first := sample()
	save(t, s, first)
	again := first
	again.Vintage = 2027
	again.CreatedAt = first.CreatedAt.Add(time.Hour)
	save(t, s, again)
	want(t, s, first)
}

func ownCopy(t *testing.T, s atlas.Store) {
	p := sample()
	save(t, s, p)
	p.Communes[0] = "changed"
	want(t, s, sample())
	got, err := s.Perimeter(t.Context(), p.Code)
	if err != nil {
		t.Fatal(err)
	}
	got.Communes[0] = "changed"
	want(t, s, sample())
}

func wholeCountry(t *testing.T, s atlas.Store) {
	p := sample()
	p.Communes = nil
	for n := range 34969 {
		p.Communes = append(p.Communes, fmt.Sprintf("%05d", n))
	}
	save(t, s, p)
	want(t, s, p)
}

// manyAtOnce has people draw the same set and different ones at the same moment.
func manyAtOnce(t *testing.T, s atlas.Store) {
	const people = 24
	var all sync.WaitGroup
	errs := make([]error, 2*people)
	for i := range people {
		all.Go(func() {
			same := sample()
			same.Vintage = 2000 + i
			errs[2*i] = s.SavePerimeter(t.Context(), same)
			own := sample()
			own.Code = fmt.Sprintf("%010d", i)
			errs[2*i+1] = s.SavePerimeter(t.Context(), own)
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Perimeter(t.Context(), sample().Code)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Communes, sample().Communes) || got.Vintage < 2000 || got.Vintage >= 2000+people {
		t.Errorf("the shared perimeter is %v, which nobody saved", got)
	}
	for i := range people {
		p := sample()
		p.Code = fmt.Sprintf("%010d", i)
		want(t, s, p)
	}
}

func cancelled(t *testing.T, s atlas.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := sample()
	if err := s.SavePerimeter(ctx, p); err == nil {
		t.Error("SavePerimeter under a cancelled context succeeded")
	}
	if _, err := s.Perimeter(ctx, p.Code); err == nil {
		t.Error("Perimeter under a cancelled context succeeded")
	}
	if _, err := s.Perimeter(t.Context(), p.Code); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("after a cancelled save: %v, want fault.NotFound", err)
	}
}
