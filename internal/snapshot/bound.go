package snapshot

import "sync"

// Bound holds what is made once for a snapshot and lives as long as it is the one
// asked for. The zero value is empty; it is safe for concurrent use.
type Bound[T any] struct {
	mu    sync.Mutex
	of    *Snapshot
	value T
}

// Of returns what was made for the snapshot, making it if it is another's. Whoever
// still reads an earlier snapshot keeps what was made for it.
func (b *Bound[T]) Of(s *Snapshot, make func(*Snapshot) T) T {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of != s {
		b.of, b.value = s, make(s)
	}
	return b.value
}
