package notice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/people"
)

// Where names the scope of a mandate: a string, or the [Word] for everywhere.
type Where func(people.Scope) any

// Everywhere names the whole installation.
const Everywhere Word = "notice.everywhere"

// MandateEvent is the event that tells a person of a change in their mandates:
// mandate.given or mandate.ended. It is what [people.Mandates] leaves with the change.
func MandateEvent(kind string, m people.Mandate, where Where, at time.Time) (job.Event, error) {
	n := Notice{Person: m.Person, Subject: Mandates, At: at, Link: mandatesPath}
	role := Word("people.role." + string(m.Role))
	switch {
	case kind == "mandate.given" && m.To == "":
		n.Title, n.Text = Say("notice.mandate.given", role, where(m.Scope)), Say("notice.mandate.from", Day(m.From))
	case kind == "mandate.given":
		n.Title, n.Text = Say("notice.mandate.given", role, where(m.Scope)), Say("notice.mandate.from_to", Day(m.From), Day(m.To))
	case kind == "mandate.ended":
		n.Title, n.Text = Say("notice.mandate.ended", role, where(m.Scope)), Say("notice.mandate.last_day", Day(m.To))
	default:
		return job.Event{}, fault.New(fault.Internal, "notice.incomplete").Because(fmt.Errorf("notice: %q tells nothing of a mandate", kind))
	}
	return n.Event()
}

const mandatesPath = "/mon-compte"

// remind is how long before its last day a holder is reminded of a mandate, in
// days: the first time and the second.
var remind = [...]int{30, 7}

// RemindFor is the last day of mandates to be reminded of today.
func RemindFor(today people.Date) people.Date {
	t, err := time.Parse(time.DateOnly, string(today))
	if err != nil {
		return today
	}
	return people.Date(t.AddDate(0, 0, remind[0]).Format(time.DateOnly))
}

// RemindMandates tells holders that their mandates end, a month and a week before,
// each once, and says how many it told.
func (p *Post) RemindMandates(ctx context.Context, ending []people.Mandate, where Where) (int, error) {
	told, now := 0, p.Now()
	var failures []error
	for _, m := range ending {
		last, err := time.Parse(time.DateOnly, string(m.To))
		if err != nil {
			failures = append(failures, fmt.Errorf("notice: the mandate %s: %w", m.ID, err))
			continue
		}
		stage, today := 0, DayOf(now)
		for i, days := range remind {
			if Day(last.AddDate(0, 0, -days).Format(time.DateOnly)) <= today {
				stage = i + 1
			}
		}
		if stage == 0 || today > Day(m.To) {
			continue
		}
		fresh, err := p.Tell(ctx, fmt.Sprintf("mandate:%s:%s:%d", m.ID, m.To, stage), Notice{
			Person: m.Person, Subject: Mandates, At: now, Link: mandatesPath,
			Title: Say("notice.mandate.ends", Word("people.role."+string(m.Role)), where(m.Scope), Day(m.To)), Text: Say("notice.mandate.ends_text"),
		})
		if err != nil {
			failures = append(failures, err)
		}
		if fresh {
			told++
		}
	}
	return told, errors.Join(failures...)
}
