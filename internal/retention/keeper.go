package retention

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/setting"
)

// Accounts is what is asked of who keeps people.
type Accounts interface {
	// Expire deletes sessions, tickets and counts of failures that held no longer before then.
	Expire(ctx context.Context, before time.Time) (int64, error)
	// Unverified are people who signed up before then and never verified their address,
	// with ids above after, in order.
	Unverified(ctx context.Context, before time.Time, after string, limit int) ([]string, error)
	// Inactive are people without a mandate in force that day or later who have not
	// signed in since then, with ids above after, in order.
	Inactive(ctx context.Context, since time.Time, on people.Date, after string, limit int) ([]Inactive, error)
}

// Inactive is somebody who has not been here for long.
type Inactive struct {
	Person string
	Seen   time.Time // when they last signed in, or when the account was made
}

// Keeper applies the periods.
type Keeper struct {
	Settings setting.Store
	Record   audit.Store
	Outbox   job.Outbox
	Notices  notice.Store
	Post     *notice.Post
	Accounts Accounts
	Mails    func() bool // mails leave: nobody is erased whom no mail could warn
	Hidden   []Hidden
}

// Hidden deletes what was hidden or answered before then of what people wrote, and says how much.
type Hidden func(ctx context.Context, before time.Time) (int, error)

// Gap is how late the work may come. After more, either the server rested or the clock
// jumped: nothing is deleted until the next time, a day later, if the clock is still so.
const Gap = 7 * 24 * time.Hour

// Apply deletes what is past its period and says how much of each. What it did is
// recorded, unless it did nothing.
func (k *Keeper) Apply(ctx context.Context, t job.Turn) (job.Counts, error) {
	if t.Now.Sub(t.Due) > Gap {
		return job.Counts{"postponed": 1}, nil
	}
	p, err := Read(ctx, k.Settings)
	if err != nil {
		return nil, err
	}
	done := job.Counts{}
	var failures []error
	count := func(name string, n int, err error) {
		if n > 0 {
			done[name] += n
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", name, err))
		}
	}
	for state, days := range map[job.State]int{job.Done: p.Delivered, job.Dead: p.Undelivered, job.Waiting: p.Undelivered} {
		n, err := k.Outbox.Prune(ctx, state, before(t.Now, days))
		count("outbox", n, err)
	}
	n, err := k.Notices.ForgetRead(ctx, before(t.Now, p.Notices))
	count("notices", n, err)
	expired, err := k.Accounts.Expire(ctx, before(t.Now, p.Expired))
	count("expired", int(expired), err)
	n, err = k.unverified(ctx, before(t.Now, p.Unverified))
	count("unverified", n, err)
	for _, forget := range k.Hidden {
		n, err := forget(ctx, before(t.Now, p.Hidden))
		count("hidden", n, err)
	}
	if k.Mails() {
		warned, erased, err := k.inactive(ctx, p, t.Now)
		count("warned", warned, nil)
		count("erased", erased, err)
	}
	if len(done) > 0 {
		values := audit.Values{}
		for name, n := range done {
			values[name] = n
		}
		failures = append(failures, k.Record.Record(ctx, audit.Entry{By: audit.System, Action: "retention.apply", Subject: "retention", Became: values}))
	}
	return done, errors.Join(failures...)
}

// unverified erases who never came back to verify their address.
func (k *Keeper) unverified(ctx context.Context, before time.Time) (erased int, err error) {
	for after := ""; ; {
		ids, err := k.Accounts.Unverified(ctx, before, after, 100)
		if err != nil || len(ids) == 0 {
			return erased, err
		}
		for _, id := range ids {
			if err := k.Record.Erase(ctx, audit.System, id); err != nil {
				return erased, err
			}
			after, erased = id, erased+1
		}
	}
}

// inactive warns whoever has not been here for long, and erases those warned long
// enough ago who have not come since. Each absence has one warning, kept as a notice.
func (k *Keeper) inactive(ctx context.Context, p Periods, now time.Time) (warned, erased int, err error) {
	for after := ""; ; {
		people, err := k.Accounts.Inactive(ctx, before(now, p.Inactive), people.DateOf(now, i18n.Paris()), after, 100)
		if err != nil || len(people) == 0 {
			return warned, erased, err
		}
		for _, x := range people {
			after = x.Person
			id := fmt.Sprintf("inactive:%s:%d", x.Person, x.Seen.Unix())
			at, err := k.Notices.Arrived(ctx, id)
			if err != nil {
				return warned, erased, err
			}
			if at.IsZero() {
				fresh, err := k.Post.Tell(ctx, id, notice.Notice{
					Person: x.Person, Subject: notice.Security, At: now, Link: "/mes-notifications",
					Title: notice.Say("retention.inactive.title"),
					Text:  notice.Say("retention.inactive.text", notice.DayOf(x.Seen), notice.DayOf(now.AddDate(0, 0, p.Warning+1))),
				})
				if err != nil && fault.CodeOf(err) == fault.Unavailable {
					return warned, erased, err
				}
				if fresh {
					warned++
				}
				continue
			}
			if at.Before(before(now, p.Warning)) {
				if err := k.Record.Erase(ctx, audit.System, x.Person); err != nil {
					return warned, erased, err
				}
				erased++
			}
		}
	}
}
