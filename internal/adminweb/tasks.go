package adminweb

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/people"
	"bassin/internal/web"
)

func (p *Pages) taskRoutes() []web.Route {
	return []web.Route{
		get("/taches", "task", p.tasks),
		post("/taches/{name}/lancer", "task.run", p.runTask),
	}
}

func (p *Pages) tasks(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	list, err := p.Schedules.Schedules(ctx, p.Now())
	if err != nil {
		return err
	}
	v := &page{Title: l.T("admin.task.title"), Lead: l.T("admin.task.lead")}
	if len(list) == 0 {
		v.Shows = append(v.Shows, web.State{Kind: "empty", Title: l.T("admin.task.none"), Text: l.T("admin.task.none_text")})
	}
	for _, s := range list {
		facts := web.Facts{Items: []web.Fact{{Term: l.T("admin.task.plan"), Text: planned(l, s.Plan)}, {Term: l.T("admin.task.next"), Text: l.Moment(s.Due)}}}
		if s.Running {
			facts.Items[1] = web.Fact{Term: l.T("admin.task.next"), Text: l.T("admin.task.running")}
		}
		last := web.Fact{Term: l.T("admin.task.last"), Text: l.T("admin.task.never")}
		if !s.Done.IsZero() {
			last.Text, last.Note = l.T("admin.task.done", l.Moment(s.Done)), did(l, s.Counts)
		}
		facts.Items = append(facts.Items, last)
		if s.Failures > 0 {
			facts.Items = append(facts.Items, web.Fact{Term: l.T("admin.task.failures"), Text: l.T("admin.task.failed", s.Failures, l.Moment(s.Tried)), Note: s.Error, Marks: []web.Mark{{Text: l.T("admin.task.see"), Attention: true}}})
		}
		name := taskName(l, s.Name)
		one := part{ID: "tache-" + s.Name, Title: name, Shows: []web.Component{facts}}
		if key := "admin.task.name." + s.Name + ".text"; l.Has(key) {
			one.Text = l.T(key)
		}
		if !s.Running {
			one.Forms = []form{{Compact: true, Quiet: true, Action: tasksPath + "/" + s.Name + "/lancer", Button: l.T("admin.task.run"), Told: l.T("admin.outbox.told", l.T("admin.task.run"), name)}}
		}
		v.Parts = append(v.Parts, one)
	}
	return p.draw(w, r, v, options{actions: []string{"task"}})
}

func taskName(l *i18n.Localizer, name string) string {
	if key := "admin.task.name." + name; l.Has(key) {
		return l.T(key)
	}
	return name
}

// planned is a plan in the reader's words. See [job.Plan.String].
func planned(l *i18n.Localizer, plan string) string {
	if at, ok := strings.CutPrefix(plan, "daily at "); ok {
		return l.T("admin.task.daily", at)
	}
	if every, ok := strings.CutPrefix(plan, "every "); ok {
		if d, err := time.ParseDuration(every); err == nil {
			if d%time.Hour == 0 {
				return l.T("admin.task.hours", int(d/time.Hour))
			}
			return l.T("admin.task.minutes", int(d/time.Minute))
		}
	}
	return plan
}

// did is what a task did, in words; "" for nothing.
func did(l *i18n.Localizer, counts job.Counts) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] == 0 {
			continue
		}
		word := name
		if key := "admin.task.count." + name; l.Has(key) {
			word = l.T(key)
		}
		out = append(out, l.T("admin.task.count", word, counts[name]))
	}
	if len(out) == 0 {
		return l.T("admin.task.nothing")
	}
	return l.List(out)
}

func (p *Pages) runTask(w http.ResponseWriter, r *http.Request) error {
	if err := p.Schedules.RunNow(r.Context(), people.Of(r.Context()).By(), r.PathValue("name"), p.Now()); err != nil {
		return err
	}
	return p.to(w, r, tasksPath, "task")
}
