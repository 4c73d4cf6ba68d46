package siting

import "golang.org/x/sync/errgroup"

// crew is a number of workers. What they do never depends on how many they are.
type crew struct{ workers int }

// each does n things, which must not touch one another.
func (c *crew) each(n int, do func(x int)) {
	if c == nil || c.workers <= 1 || n <= 1 {
		for x := range n {
			do(x)
		}
		return
	}
	var g errgroup.Group
	g.SetLimit(c.workers)
	for x := range n {
		g.Go(func() error {
			do(x)
			return nil
		})
	}
	_ = g.Wait() // no error is ever returned
}
