package snapshot

import (
	"context"
	"sync/atomic"
)

// Live holds the snapshot in use. Its zero value holds none.
type Live struct{ p atomic.Pointer[Snapshot] }

// Load returns the snapshot in use, or nil.
func (l *Live) Load() *Snapshot { return l.p.Load() }

// Swap puts a snapshot in use and returns the one it replaces, which requests in
// progress may still be reading.
func (l *Live) Swap(next *Snapshot) *Snapshot { return l.p.Swap(next) }

type contextKey struct{}

// WithContext gives a request the one snapshot it will see to its end.
func WithContext(ctx context.Context, s *Snapshot) context.Context {
	return context.WithValue(ctx, contextKey{}, s)
}

// FromContext returns the snapshot that the request sees, or nil if it was given none.
func FromContext(ctx context.Context) *Snapshot {
	s, _ := ctx.Value(contextKey{}).(*Snapshot)
	return s
}
