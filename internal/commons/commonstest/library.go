package commonstest

import "testing"

// RunLibrary tries the rules of the library on a store.
func RunLibrary(t *testing.T, open func(t *testing.T) Store) {}
