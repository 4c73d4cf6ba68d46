package audit

import (
	"context"
	"fmt"
)

// Report is what [Verify] found.
type Report struct {
	Rows     int64
	Head     Head // of the chain, as it stood when the check began
	Problems []Problem
}

// Problem is a place where the chain does not hold.
type Problem struct {
	Seq int64 // the row at fault, or the first of those missing
	Why string
}

func (p Problem) String() string { return fmt.Sprintf("row %d: %s", p.Seq, p.Why) }

// maxProblems is how many problems are listed: after the first, most follow from it.
const maxProblems = 20

// Verify walks the whole chain and finds any row changed, removed or inserted.
// Heads noted outside prove what the database alone cannot: that its end was not
// cut off, nor all of it written anew. It goes on while others write.
func Verify(ctx context.Context, s Store, noted ...Head) (Report, error) {
	head, err := s.Head(ctx)
	if err != nil {
		return Report{}, err
	}
	rep := Report{Head: head}
	wrong := func(seq int64, format string, args ...any) {
		if len(rep.Problems) < maxProblems {
			rep.Problems = append(rep.Problems, Problem{seq, fmt.Sprintf(format, args...)})
		}
	}
	outside := map[int64]string{}
	for _, h := range noted {
		outside[h.Seq] = h.Hash
	}
	var last Head
	for r, err := range s.Rows(ctx) {
		if err != nil {
			return rep, err
		}
		rep.Rows++
		if r.Seq != last.Seq+1 {
			wrong(last.Seq+1, "removed: the next row is %d", r.Seq)
		} else if r.hash(last.Hash) != r.Hash {
			wrong(r.Seq, "changed, or the row before it was: its hash does not follow")
		}
		if hash, ok := outside[r.Seq]; ok && hash != r.Hash {
			wrong(r.Seq, "this is not the row whose hash was noted outside: it or a row before it was changed")
		}
		if r.Seq == head.Seq && r.Hash != head.Hash {
			wrong(r.Seq, "the head kept apart has another hash")
		}
		last = r.Head()
	}
	if last.Seq < head.Seq {
		wrong(last.Seq+1, "removed: the chain ends before its head, row %d", head.Seq)
	}
	now, err := s.Head(ctx) // rows written meanwhile moved it
	if err != nil {
		return rep, err
	}
	if last.Seq > now.Seq {
		wrong(now.Seq+1, "inserted: it comes after the head of the chain")
	}
	for _, h := range noted {
		if h.Seq > last.Seq {
			wrong(last.Seq+1, "removed: the head noted outside is row %d", h.Seq)
		}
	}
	return rep, nil
}
