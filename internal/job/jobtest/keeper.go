package jobtest

import (
	"testing"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
)

// Kept is an outbox and who looks after it.
type Kept interface {
	job.Outbox
	job.Keeper
	audit.Store
}

// RunKeeper checks who looks after an outbox against the contract.
func RunKeeper(t *testing.T, open func(t *testing.T) Kept) {
	o := open(t)
	ctx := t.Context()
	must(t, o.Leave(ctx, events(4)...))
	for range 3 {
		must(t, o.GiveUp(ctx, claim(t, o, noon, 1)[0], "550 no such user"))
	}
	tally := func(waiting, dead int) {
		t.Helper()
		if n, err := o.Tally(ctx); err != nil || n[job.Waiting] != waiting || n[job.Dead] != dead || n[job.Done] != 0 {
			t.Errorf("%v, %v, want %d waiting and %d dead", n, err, waiting, dead)
		}
	}
	tally(1, 3)
	dead := list(t, o, job.Dead)
	by := audit.Person("root")
	if n, err := o.Retry(ctx, by, noon, dead[0].ID); err != nil || n != 1 {
		t.Errorf("retrying one: %d, %v", n, err)
	}
	tally(2, 2)
	if _, err := o.Retry(ctx, by, noon, dead[1].ID, dead[0].ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("retrying what is no more dead: %v", err)
	}
	tally(2, 2) // whole or nothing
	must(t, o.Drop(ctx, by, dead[1].ID))
	if err := o.Drop(ctx, by, dead[1].ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("dropping twice: %v", err)
	}
	tally(2, 1)
	if n, err := o.Retry(ctx, by, noon); err != nil || n != 1 {
		t.Errorf("retrying all: %d, %v", n, err)
	}
	if n, err := o.Retry(ctx, by, noon); err != nil || n != 0 {
		t.Errorf("retrying none: %d, %v", n, err)
	}
	tally(3, 0)
	if d := claim(t, o, noon, 9); len(d) != 3 || d[2].Attempt != 1 {
		t.Errorf("claimed %+v, want three anew", d)
	}
	rows, err := o.Find(ctx, audit.Filter{By: by, Action: "outbox."})
	if err != nil || len(rows) != 3 || rows[0].Action != "outbox.retry" || rows[1].Action != "outbox.drop" || rows[1].Subject != "event:"+dead[1].ID {
		t.Errorf("the record: %+v, %v", rows, err)
	}
}
