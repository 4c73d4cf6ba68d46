package search

import (
	"fmt"
	"testing"
)

func TestTheMostFrequentValuesAreTold(t *testing.T) {
	of := map[string]int{"a": 1, "b": 3, "c": 3, "d": 2, "e": 1}
	for _, c := range []struct {
		chosen []string
		limit  int
		want   string
	}{
		{nil, 0, "[{b 3 false} {c 3 false} {d 2 false} {a 1 false} {e 1 false}]"},
		{nil, 2, "[{b 3 false} {c 3 false}]"},
		{[]string{"e", "z", "c", "z"}, 2, "[{b 3 false} {c 3 true} {e 1 true} {z 0 true}]"},
	} {
		if got := counts(of, c.chosen, c.limit); fmt.Sprint(got.Values) != c.want || got.Distinct != 5 {
			t.Errorf("%v %d: %v", c.chosen, c.limit, got)
		}
	}
}
