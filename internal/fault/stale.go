package fault

// Stale is a [Conflict] that loses nothing: somebody else changed the thing
// since it was read, and both versions are there to choose from or to join.
type Stale[T any] struct {
	Theirs T // as it is now
	Yours  T // as the change refused would have made it
}

func (e *Stale[T]) Error() string { return e.as().Error() }

// Unwrap makes it a fault.Conflict to [CodeOf] and to those who show it.
func (e *Stale[T]) Unwrap() error { return e.as() }

func (e *Stale[T]) as() *Error { return New(Conflict, "store.stale") }
