package observatory

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"bassin/internal/fault"
	"bassin/internal/territory"
)

// Draws of the variants.
const (
	IndexDraws        = 1000 // of the default index, and of any over fewer territories than there are communes
	IndexDrawsChanged = 300  // of an index of communes whose parameters are changed
	MostIndexDraws    = 2000
	IndexSeed         = 1
)

// keptIndexes is how many indexes and bases, besides the default ones, are kept:
// under 3 MB each for communes, under 0.5 for other levels.
const keptIndexes = 12

// mostWaiting is how many may wait while one index is made.
const mostWaiting = 20

// indexes makes each index once, one at a time, and keeps the last ones. The zero
// value is empty.
type indexes struct {
	mu      sync.Mutex
	kept    map[string]*keptIndex
	recent  []string // keys that may leave, the oldest first
	making  sync.Mutex
	waiting int
}

type keptIndex struct {
	done  chan struct{}
	value any // *Index or *base
	err   error
}

// DrawsOf is how many variants the pages draw for an index.
func (o *Observatory) DrawsOf(p IndexParameters) int {
	t := o.IndexText(p)
	if p.Level == territory.Commune && t != (IndexText{Level: string(territory.Commune)}) {
		return IndexDrawsChanged
	}
	return IndexDraws
}

// Index makes an index, or gives the one kept. It waits its turn: making one takes
// from some hundredths of a second to about one for communes. Without draws, it
// re-weighs what is ready and has no ranges.
func (o *Observatory) Index(ctx context.Context, p IndexParameters, draws int, seed uint64) (*Index, error) {
	if draws < 0 || draws == 1 || draws > MostIndexDraws {
		return nil, fault.New(fault.Invalid, "index.error.draws", draws, MostIndexDraws).In("draws")
	}
	t := o.IndexText(p)
	key := "index|" + t.key() + "|" + itoa(draws) + "|" + strconv.FormatUint(seed, 10)
	pinned := t == (IndexText{Level: t.Level}) && draws == IndexDraws && seed == IndexSeed
	v, err := o.indexes.of(ctx, key, pinned, func() (any, error) {
		b, err := o.baseOf(p)
		if err != nil {
			return nil, err
		}
		return o.study(b, p, draws, seed)
	})
	if err != nil {
		return nil, err
	}
	return v.(*Index), nil
}

// baseOf gives the base of an index from those kept. It is called while making one.
func (o *Observatory) baseOf(p IndexParameters) (*base, error) {
	t := o.IndexText(equal(p))
	key := "base|" + t.key()
	k := &o.indexes
	k.mu.Lock()
	e, ok := k.kept[key]
	k.mu.Unlock()
	if ok {
		return e.value.(*base), nil
	}
	b, err := o.base(p)
	if err != nil {
		return nil, err
	}
	e = &keptIndex{done: make(chan struct{}), value: b}
	close(e.done)
	k.mu.Lock()
	k.keep(key, e, t == (IndexText{Level: t.Level}))
	k.mu.Unlock()
	return b, nil
}

func (t IndexText) key() string {
	return t.Level + "|" + t.Components + "|" + t.Weights + "|" + t.Norm + "|" + t.Mean
}

// of gives what is kept under a key, making it in turn. Whoever asks for what is
// being made waits for it.
func (k *indexes) of(ctx context.Context, key string, pinned bool, build func() (any, error)) (any, error) {
	k.mu.Lock()
	if e, ok := k.kept[key]; ok {
		k.touch(key)
		k.mu.Unlock()
		select {
		case <-e.done:
			return e.value, e.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if k.waiting >= mostWaiting {
		k.mu.Unlock()
		return nil, fault.New(fault.Unavailable, "index.error.busy")
	}
	k.waiting++
	e := &keptIndex{done: make(chan struct{}), err: fault.New(fault.Internal, "index.error.busy")} // what others read if build panics
	k.keep(key, e, pinned)
	k.mu.Unlock()
	defer func() {
		k.mu.Lock()
		k.waiting--
		k.mu.Unlock()
		close(e.done)
	}()
	k.making.Lock()
	defer k.making.Unlock()
	e.value, e.err = build()
	return e.value, e.err
}

// keep adds an entry and lets the oldest go. The lock is held.
func (k *indexes) keep(key string, e *keptIndex, pinned bool) {
	if k.kept == nil {
		k.kept = map[string]*keptIndex{}
	}
	k.kept[key] = e
	if pinned {
		return
	}
	k.recent = append(k.recent, key)
	for len(k.recent) > keptIndexes {
		delete(k.kept, k.recent[0])
		k.recent = slices.Delete(k.recent, 0, 1)
	}
}

func (k *indexes) touch(key string) {
	if i := slices.Index(k.recent, key); i >= 0 {
		k.recent = append(slices.Delete(k.recent, i, i+1), key)
	}
}
