package commons

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// drawn is a sheet by chance, of few fields and values, so that sheets often meet.
func drawn(r *rand.Rand) Sheet {
	s := Sheet{}
	for _, f := range []string{"title", "summary", "keywords", "licence", "website"} {
		switch r.IntN(4) {
		case 0: // says nothing
		case 1:
			s[f] = []string{}
		default:
			for range 1 + r.IntN(2) {
				s[f] = append(s[f], string(rune('a'+r.IntN(3))))
			}
		}
	}
	return s
}

// each tries a law on many draws, the same every time.
func each(t *testing.T, law func(t *testing.T, r *rand.Rand)) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2)) // the same draws every time
	for range 5_000 {
		law(t, r)
		if t.Failed() {
			return
		}
	}
}

func same(t *testing.T, law string, want, got Sheet, from ...Sheet) {
	t.Helper()
	if !want.Equal(got) {
		t.Errorf("%s, of %v (-want +got):\n%s", law, from, cmp.Diff(want, got))
	}
}

func TestRebaseLaws(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand) {
		base, mine, theirs := drawn(r), drawn(r), drawn(r)
		out, clashes := mine.Rebase(base, base)
		same(t, "onto what it was written on it is itself", mine, out, base, mine)
		if len(clashes) > 0 {
			t.Errorf("%v clash with nothing", clashes)
		}
		out, clashes = base.Rebase(base, theirs)
		same(t, "who changed nothing takes theirs", theirs, out, base, theirs)
		if len(clashes) > 0 {
			t.Errorf("%v clash with no change", clashes)
		}
		out, clashes = mine.Rebase(base, mine)
		same(t, "who changed alike has it already", mine, out, base, mine)
		if len(clashes) > 0 {
			t.Errorf("%v clash though alike", clashes)
		}
		out, clashes = mine.Rebase(base, theirs)
		for _, f := range Fields {
			kept := mine
			if base.as(mine, f.Name) {
				kept = theirs
			}
			if !out.as(kept, f.Name) {
				t.Errorf("%s of %v, %v, %v is %v", f.Name, base, mine, theirs, out)
			}
			clash := !base.as(mine, f.Name) && !base.as(theirs, f.Name) && !mine.as(theirs, f.Name)
			if clash != slices.Contains(clashes, f.Name) {
				t.Errorf("%s of %v, %v, %v clashes: %v", f.Name, base, mine, theirs, clashes)
			}
		}
		// Without a clash, order says nothing.
		if len(clashes) == 0 {
			other, _ := theirs.Rebase(base, mine)
			same(t, "either order", out, other, base, mine, theirs)
		}
		before := theirs.Clone()
		for f := range out {
			out[f] = append(out[f], "z")
		}
		same(t, "it shares nothing", before, theirs)
	})
}

func TestOverAndBeyond(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand) {
		below, s := drawn(r), drawn(r)
		whole := s.Over(below)
		same(t, "what is beyond, laid over again", whole, whole.Beyond(below).Over(below), below, s)
		for f, v := range whole.Beyond(below) {
			if was, said := below[f]; said && slices.Equal(v, was) {
				t.Errorf("%s is beyond though below says so too", f)
			}
		}
		same(t, "nothing is beyond itself", Sheet{}, s.Beyond(s))
		same(t, "over nothing", s, s.Over(nil))
	})
}

// What is kept of a form shows as the form was sent, whatever sources and people said
// before; and what is kept of it again is the same.
func TestOwnIsEnoughToShowTheWhole(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand) {
		e := Entry{Own: drawn(r), Said: []Statement{{Source: "a", Sheet: drawn(r)}, {Source: "b", Sheet: drawn(r)}}}
		whole := drawn(r)
		for f, v := range whole { // as a Checker gives it
			if len(v) == 0 {
				delete(whole, f)
			}
		}
		own := ownOf(e, whole)
		e2 := e
		e2.Own = own
		got, from := e2.Sheet()
		for _, f := range Fields {
			if !slices.Equal(got[f.Name], whole[f.Name]) {
				t.Errorf("%s is %v, want %v", f.Name, got[f.Name], whole[f.Name])
			}
			if _, said := own[f.Name]; said != (len(got[f.Name]) > 0 && from[f.Name].People() || said && len(own[f.Name]) == 0) {
				t.Errorf("%s is on the word of %v", f.Name, from[f.Name])
			}
			was, said := e.Own[f.Name]
			if now, still := own[f.Name]; said && slices.Equal(was, whole[f.Name]) && (!still || !slices.Equal(now, was)) {
				t.Errorf("%s was said and not changed, and is no more", f.Name)
			}
		}
		same(t, "kept again", own, ownOf(e2, whole), e.Own, whole)
	})
}

// A source that is not there says nothing; the first that says something wins.
func TestCompose(t *testing.T) {
	said := []Statement{
		{Source: "a", Record: "1", Sheet: Sheet{"title": {}, "summary": {"A"}}},
		{Source: "b", Record: "2", Sheet: Sheet{"title": {"B"}, "summary": {"B"}, "licence": {"MIT"}, "website": {"w"}}},
	}
	got, from := compose(said, Sheet{"licence": {}, "website": {"x"}})
	want := Sheet{"title": {"B"}, "summary": {"A"}, "licence": {}, "website": {"x"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if from["title"].Source != "b" || from["summary"].Record != "1" || !from["licence"].People() || !from["website"].People() {
		t.Errorf("on whose word: %v", from)
	}
	// What people took away from a source of an entry that was merged since stays away.
	left := without(said, Sheet{"summary": {}, "title": {"T"}})
	if got, _ := compose(left, nil); len(got["summary"]) > 0 || got.Get("title") != "B" || said[0].Sheet.Get("summary") != "A" {
		t.Errorf("without: %v, %v", got, said[0])
	}
}
