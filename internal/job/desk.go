package job

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Desk is long work that people ask a server for and need not wait for: one of each
// name at a time. What it knows is known to this server alone, and ends with it.
type Desk struct {
	Now func() time.Time

	mu    sync.Mutex
	works map[string]*Work
}

// Work is one piece of long work, as it stands.
type Work struct {
	Name    string
	By      string // id of who asked for it
	Started time.Time
	Ended   time.Time // zero while it goes on
	Done    int64     // of Total
	Total   int64     // 0 if it cannot be told
	Step    string    // what is being done, as the work says it
	Result  any       // nil until it ended well
	Err     error     // why it ended, if not well
}

// Running says whether the work goes on.
func (w Work) Running() bool { return !w.Started.IsZero() && w.Ended.IsZero() }

// Tell says how far work is.
type Tell func(done, total int64, step string)

// Start begins work, unless one of that name goes on already: started is false. The
// work outlives the request that asks for it.
func (d *Desk) Start(ctx context.Context, name, by string, f func(ctx context.Context, tell Tell) (any, error)) (started bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if w := d.works[name]; w != nil && w.Running() {
		return false
	}
	w := &Work{Name: name, By: by, Started: d.Now()}
	if d.works == nil {
		d.works = map[string]*Work{}
	}
	d.works[name] = w
	ctx = context.WithoutCancel(ctx)
	go func() {
		result, err := d.try(ctx, w, f)
		d.mu.Lock()
		defer d.mu.Unlock()
		w.Ended, w.Result, w.Err = d.Now(), result, err
	}()
	return true
}

// try keeps work that panics from taking the server with it.
func (d *Desk) try(ctx context.Context, w *Work, f func(context.Context, Tell) (any, error)) (result any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("job: %s panicked: %v", w.Name, r)
		}
	}()
	return f(ctx, func(done, total int64, step string) {
		d.mu.Lock()
		defer d.mu.Unlock()
		w.Done, w.Total, w.Step = done, total, step
	})
}

// Look is the work of that name: the one that goes on, else the last.
func (d *Desk) Look(name string) (Work, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	w := d.works[name]
	if w == nil {
		return Work{}, false
	}
	return *w, true
}
