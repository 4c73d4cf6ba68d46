package pipeline

import "sync"

// Step is one stretch of work that begins, for whoever draws progress.
type Step struct {
	Number int // from 1
	Of     int
	Name   string
}

// progress counts steps; it may be told of them from several goroutines.
type progress struct {
	mu   sync.Mutex
	tell func(Step)
	n    int
	of   int
}

func (p *progress) begin(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	if p.tell != nil {
		p.tell(Step{p.n, p.of, name})
	}
}
