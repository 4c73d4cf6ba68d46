package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"bassin/internal/fault"
)

func TestSplit(t *testing.T) {
	name := fault.New(fault.Invalid, "x.name").In("name")
	place := fault.New(fault.Conflict, "x.place").In("place").Because(errors.Join(io.EOF, io.ErrNoProgress))
	may := fault.New(fault.Forbidden, "x.may")
	stale := &fault.Stale[int]{Theirs: 1, Yours: 2}
	for what, c := range map[string]struct {
		err    error
		faults []string
		rest   []error
	}{
		"nothing":            {},
		"one":                {name, []string{"x.name"}, nil},
		"one wrapped":        {fmt.Errorf("adding: %w", name), []string{"x.name"}, nil},
		"one that is also":   {stale, []string{"store.stale"}, nil},
		"of another nature":  {io.EOF, nil, []error{io.EOF}},
		"refused":            {may, nil, []error{may}},
		"joined, and within": {errors.Join(name, errors.Join(place, name)), []string{"x.name", "x.place", "x.name"}, nil},
		"of both natures":    {errors.Join(name, may, place), []string{"x.name", "x.place"}, []error{may}},
		"several others":     {errors.Join(context.Canceled, name, may), []string{"x.name"}, []error{context.Canceled, may}},
	} {
		faults, rest := fault.Split(c.err, fault.Mendable)
		var keys []string
		for _, e := range faults {
			keys = append(keys, e.Key)
		}
		if !slices.Equal(keys, c.faults) {
			t.Errorf("%s: %q, want %q", what, keys, c.faults)
		}
		if (rest == nil) != (len(c.rest) == 0) {
			t.Errorf("%s: the rest is %v", what, rest)
		}
		for _, want := range c.rest {
			if !errors.Is(rest, want) {
				t.Errorf("%s: the rest %v lacks %v", what, rest, want)
			}
		}
		if errors.Is(rest, name) || errors.Is(rest, io.ErrNoProgress) {
			t.Errorf("%s: a fault is among the rest, %v", what, rest)
		}
	}
}
