package archtest

import (
	"slices"
	"testing"
)

// refusal is a refused import and why.
type refusal struct{ other, why string }

// refused lists what a package of room own may not reach among others.
func refused(own string, others []string) []refusal {
	var out []refusal
	for _, other := range others {
		room := within(other, rooms)
		if room == "" || room == own {
			continue
		}
		switch from, to := rooms[own], rooms[room]; {
		case to > from:
			out = append(out, refusal{other, "imports go down only"})
		case to == from && !neighbours[from] && !slices.Contains(doors[own], room):
			out = append(out, refusal{other, "rooms of this floor do not know one another: declare a small interface and join the two in cli"})
		default:
			for _, w := range walls {
				if w.from == from && (w.room == "" || w.room == own) && w.refused(own, room) {
					out = append(out, refusal{other, w.why})
				}
			}
		}
	}
	return out
}

func TestImportsGoDown(t *testing.T) {
	for _, p := range house(t) {
		if under(p.path, workshop) || under(p.path, helpers) {
			continue
		}
		own := p.room()
		if own == "" {
			t.Errorf("%s is in no room: add it to the plan in internal/archtest/house_test.go", p.path)
			continue
		}
		for _, r := range refused(own, p.house) {
			t.Errorf("%s reaches %s: %s", p.path, r.other, r.why)
		}
	}
}

// The rule above must be able to fail: each of these is written in the plan.
func TestPlanRefuses(t *testing.T) {
	for _, c := range []struct {
		own, other string
		ok         bool
	}{
		{"internal/territory", "internal/fault", true},
		{"internal/snapshot", "internal/territory/names", true},
		{"internal/atlas", "internal/territory", true},
		{"internal/atlasweb", "internal/atlas", true},
		{"internal/atlasweb", "internal/web/gallery", true},
		{"internal/store", "internal/atlas", true},
		{"internal/api/geo", "internal/web", true},
		{"internal/cli", "internal/pipeline", true},
		{"cmd/bassin", "internal/cli", true},
		{"internal/council", "internal/people", true},
		{"internal/territory", "internal/atlas", false},
		{"internal/fault", "internal/territory", false},
		{"internal/people", "internal/council", false},
		{"internal/council", "internal/convention", false},
		{"internal/atlas", "internal/store", false},
		{"internal/atlas", "internal/web", false},
		{"internal/web", "internal/atlas", false},
		{"internal/web", "internal/store", false},
		{"internal/store", "internal/web", false},
		{"internal/siteweb", "internal/atlas", false},
		{"internal/siteweb", "internal/atlasweb", false},
		{"internal/atlasweb", "internal/store", false},
		{"internal/atlasweb", "internal/pipeline", false},
		{"internal/api", "internal/store", false},
		{"internal/api", "internal/pipeline", false},
		{"internal/web", "internal/cli", false},
	} {
		if got := len(refused(within(c.own, rooms), []string{c.other})) == 0; got != c.ok {
			t.Errorf("%s importing %s: allowed is %t, want %t", c.own, c.other, got, c.ok)
		}
	}
}

func TestHelpersServeTestsOnly(t *testing.T) {
	for _, p := range house(t) {
		if under(p.path, workshop) || under(p.path, helpers) {
			continue
		}
		for _, other := range p.house {
			if under(other, helpers) {
				t.Errorf("%s reaches %s, which serves tests only", p.path, other)
			}
		}
	}
}

func TestWorkshopIsNotImported(t *testing.T) {
	for _, p := range house(t) {
		for _, other := range slices.Concat(p.imports, p.tests) {
			if under(other, workshop) && !under(p.path, workshop) {
				t.Errorf("%s imports %s, a program beside the house", p.path, other)
			}
		}
	}
}
