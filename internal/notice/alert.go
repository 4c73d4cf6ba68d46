package notice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"bassin/internal/job"
)

// Failing is from how many failures in a row on a task is told to administrators.
const Failing = 3

// Alert tells administrators of events given up and of tasks that fail: of the same
// ones once each, however often it is called. It says how many notices it made.
func (p *Post) Alert(ctx context.Context, administrators []string, dead []job.Status, tasks []job.Schedule) (int, error) {
	type alert struct {
		id string
		n  Notice
	}
	var alerts []alert
	now := p.Now()
	if len(dead) > 0 {
		newest := slices.MaxFunc(dead, func(a, b job.Status) int {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
		})
		alerts = append(alerts, alert{"dead:" + newest.ID, Notice{
			Title: Say("notice.alert.dead", len(dead)), Text: Say("notice.alert.dead_text"), Link: DeadPath,
		}})
	}
	for _, s := range tasks {
		if s.Failures < Failing {
			continue
		}
		since := s.Done
		if since.IsZero() {
			since = s.Tried
		}
		alerts = append(alerts, alert{fmt.Sprintf("task:%s:%d", s.Name, s.Done.Unix()), Notice{
			Title: Say("notice.alert.task", TaskName(s.Name), Moment(since)), Text: Say("notice.alert.task_text", s.Failures, s.Error), Link: TasksPath,
		}})
	}
	told := 0
	var failures []error
	for _, person := range administrators {
		for _, a := range alerts {
			a.n.Person, a.n.Subject, a.n.At = person, Administration, now
			fresh, err := p.Tell(ctx, a.id+":"+person, a.n)
			if err != nil {
				failures = append(failures, err)
			}
			if fresh {
				told++
			}
		}
	}
	return told, errors.Join(failures...)
}

// Paths of the administration that alerts lead to, in French words.
const (
	DeadPath  = "/administration/envois"
	TasksPath = "/administration/taches"
)

// TaskName is a task in words, to fill a text.
func TaskName(name string) Word { return Word("notice.task." + name) }
