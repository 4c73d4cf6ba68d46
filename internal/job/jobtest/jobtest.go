package jobtest

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
)

// Run checks an outbox against the contract. Open gives an empty one, ready to
// use, and closes it when the test it is given ends.
func Run(t *testing.T, open func(t *testing.T) Kept) {
	for _, c := range []struct {
		name  string
		check func(t *testing.T, o Kept)
	}{
		{"delivered once", once},
		{"only what is due and known", due},
		{"a lease is taken up when it ends", leases},
		{"tried again, given up, revived", again},
		{"no two claims give the same", together},
		{"old ones are forgotten", prune},
		{"a clock that was ahead", rewind},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.check(t, open(t))
		})
	}
}

var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

func events(n int) (out []job.Event) {
	for i := range n {
		out = append(out, job.Event{Kind: "post", Body: json.RawMessage(fmt.Sprintf(`{"n":%d}`, i))})
	}
	return out
}

func claim(t *testing.T, o job.Outbox, now time.Time, n int) []job.Delivery {
	t.Helper()
	d, err := o.Claim(t.Context(), []string{"post", "other"}, n, now, now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, o job.Outbox, s job.State) []job.Status {
	t.Helper()
	l, err := o.Events(t.Context(), s, 100)
	must(t, err)
	return l
}

func once(t *testing.T, o Kept) {
	must(t, o.Leave(t.Context(), events(3)...))
	d := claim(t, o, noon, 10)
	if len(d) != 3 || d[0].Attempt != 1 || d[0].ID == "" || d[0].ID == d[1].ID {
		t.Fatalf("claimed %+v", d)
	}
	if more := claim(t, o, noon, 10); len(more) != 0 {
		t.Errorf("claimed twice: %+v", more)
	}
	for _, x := range d {
		must(t, o.Delivered(t.Context(), x, noon))
	}
	if err := o.Delivered(t.Context(), d[0], noon); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("delivered again: %v, want fault.Conflict", err)
	}
	if more := claim(t, o, noon.Add(time.Hour), 10); len(more) != 0 {
		t.Errorf("claimed after delivery: %+v", more)
	}
	if n := len(list(t, o, job.Done)); n != 3 {
		t.Errorf("%d are done, want 3", n)
	}
}

func due(t *testing.T, o Kept) {
	later := job.Event{Kind: "other", Body: json.RawMessage(`{}`), Due: noon.Add(1500 * time.Microsecond)}
	must(t, o.Leave(t.Context(), later, job.Event{Kind: "unknown", Body: json.RawMessage(`{}`)}))
	for _, c := range []struct {
		at   time.Time
		want int
	}{{noon, 0}, {noon.Add(time.Millisecond), 0}, {noon.Add(1500 * time.Microsecond), 1}, {noon.Add(2 * time.Millisecond), 0}} {
		if d := claim(t, o, c.at, 10); len(d) != c.want {
			t.Errorf("at %v: %d events, want %d", c.at, len(d), c.want)
		}
	}
}

func leases(t *testing.T, o Kept) {
	must(t, o.Leave(t.Context(), events(1)...))
	first := claim(t, o, noon, 1)[0]
	if d := claim(t, o, noon.Add(59*time.Second), 1); len(d) != 0 {
		t.Fatalf("taken up too early: %+v", d)
	}
	second := claim(t, o, noon.Add(61*time.Second), 1)
	if len(second) != 1 || second[0].ID != first.ID || second[0].Attempt != 2 {
		t.Fatalf("taken up: %+v, want the same event again", second)
	}
	// Whoever comes back late has lost it.
	for _, err := range []error{
		o.Delivered(t.Context(), first, noon), o.Again(t.Context(), first, noon, "late"), o.GiveUp(t.Context(), first, "late"), o.Release(t.Context(), first),
	} {
		if fault.CodeOf(err) != fault.Conflict {
			t.Errorf("a lost lease: %v, want fault.Conflict", err)
		}
	}
	must(t, o.Release(t.Context(), second[0]))
	if d := claim(t, o, noon.Add(61*time.Second), 1); len(d) != 1 || d[0].Attempt != 2 {
		t.Errorf("after a release: %+v, want the second attempt", d)
	}
}

func again(t *testing.T, o Kept) {
	must(t, o.Leave(t.Context(), events(1)...))
	must(t, o.Again(t.Context(), claim(t, o, noon, 1)[0], noon.Add(time.Minute), "busy\x00\xff"))
	if d := claim(t, o, noon.Add(59*time.Second), 1); len(d) != 0 {
		t.Fatalf("tried again too early: %+v", d)
	}
	if l := list(t, o, job.Waiting); len(l) != 1 || l[0].Error != "busy" || l[0].Attempts != 1 || !l[0].Due.Equal(noon.Add(time.Minute)) {
		t.Errorf("waiting: %+v", l)
	}
	d := claim(t, o, noon.Add(time.Minute), 1)[0]
	must(t, o.GiveUp(t.Context(), d, "no such address"))
	if x := claim(t, o, noon.Add(time.Hour), 1); len(x) != 0 {
		t.Errorf("the dead are delivered: %+v", x)
	}
	if l := list(t, o, job.Dead); len(l) != 1 || l[0].ID != d.ID || l[0].Error != "no such address" {
		t.Errorf("dead: %+v", l)
	}
	if n, err := o.Retry(t.Context(), audit.System, noon.Add(2*time.Hour), d.ID); err != nil || n != 1 {
		t.Fatalf("reviving: %d, %v", n, err)
	}
	if x := claim(t, o, noon.Add(2*time.Hour), 1); len(x) != 1 || x[0].Attempt != 1 || string(x[0].Body) != `{"n":0}` {
		t.Errorf("revived: %+v", x)
	}
	if _, err := o.Retry(t.Context(), audit.System, noon, "nothing"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("reviving nothing: %v, want fault.NotFound", err)
	}
}

func together(t *testing.T, o Kept) {
	const all = 60
	must(t, o.Leave(t.Context(), events(all)...))
	var mu sync.Mutex
	seen := map[string]int{}
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for idle := 0; idle < 3; {
				d, err := o.Claim(t.Context(), []string{"post"}, 4, noon, noon.Add(time.Hour))
				if err != nil {
					t.Error(err)
					return
				}
				if len(d) == 0 {
					idle++
				}
				mu.Lock()
				for _, x := range d {
					seen[x.ID]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was claimed %d times", id, n)
		}
	}
	if len(seen) != all {
		t.Errorf("%d events were claimed, want %d", len(seen), all)
	}
}

func prune(t *testing.T, o Kept) {
	must(t, o.Leave(t.Context(), events(3)...))
	d := claim(t, o, noon, 2)
	must(t, o.Delivered(t.Context(), d[0], noon))
	must(t, o.Delivered(t.Context(), d[1], noon.Add(time.Hour)))
	pruned := func(s job.State, before time.Time, want int) {
		t.Helper()
		if n, err := o.Prune(t.Context(), s, before); err != nil || n != want {
			t.Errorf("forgot %d %s, %v, want %d", n, s, err, want)
		}
	}
	pruned(job.Done, noon.Add(time.Minute), 1)
	if done, waiting := list(t, o, job.Done), list(t, o, job.Waiting); len(done) != 1 || done[0].ID != d[1].ID || len(waiting) != 1 {
		t.Errorf("after pruning: done %+v, waiting %+v", done, waiting)
	}
	must(t, o.GiveUp(t.Context(), claim(t, o, noon, 1)[0], "no such address"))
	left := list(t, o, job.Dead)[0].CreatedAt
	pruned(job.Waiting, noon.AddDate(100, 0, 0), 0)
	pruned(job.Dead, left, 0)
	pruned(job.Dead, left.Add(time.Second), 1)
}

func rewind(t *testing.T, o Kept) {
	must(t, o.Leave(t.Context(), events(3)...))
	must(t, o.Leave(t.Context(), job.Event{Kind: "other", Body: json.RawMessage(`{}`), Due: noon.AddDate(1, 0, 0)}))
	// Ten years ahead, one delivery is put off and one is under way as its server is killed.
	future := noon.AddDate(10, 0, 0)
	must(t, o.Again(t.Context(), claim(t, o, future, 1)[0], future.Add(time.Minute), "busy"))
	claim(t, o, future, 1)
	if d := claim(t, o, noon, 9); len(d) != 1 {
		t.Fatalf("at noon, %d are due, want the one left alone", len(d))
	}
	if n, err := o.Rewind(t.Context(), noon); err != nil || n != 2 {
		t.Errorf("brought back %d, %v, want 2", n, err)
	}
	if d := claim(t, o, noon, 9); len(d) != 2 || d[0].Attempt != 2 || d[1].Attempt != 2 {
		t.Errorf("claimed %+v, want the two", d)
	}
	if n, err := o.Rewind(t.Context(), noon); err != nil || n != 0 {
		t.Errorf("brought back %d more, %v", n, err)
	}
	// What was left while the clock was ahead is due at once when it is right again.
	past := noon.AddDate(-10, 0, 0)
	if n, err := o.Rewind(t.Context(), past); err != nil || n != 4 {
		t.Errorf("brought back %d, %v, want 4", n, err)
	}
	if d := claim(t, o, past, 9); len(d) != 4 {
		t.Errorf("claimed %d, want 4", len(d))
	}
}
