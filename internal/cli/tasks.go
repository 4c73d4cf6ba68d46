package cli

import (
	"cmp"
	"context"
	"maps"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/personalweb"
	"bassin/internal/retention"
	"bassin/internal/snapshot"
	"bassin/internal/worker"
)

// work starts what goes on behind the requests and ends with ctx.
func (s *Server) work(ctx context.Context) (*sync.WaitGroup, error) {
	var working sync.WaitGroup
	working.Go(func() { s.follow(ctx) })
	working.Go(func() { s.edition.follow(ctx, s.log) })
	working.Go(func() {
		if err := s.shelf.Prepare(snapshot.WithContext(ctx, s.live.Load())); err != nil && ctx.Err() == nil {
			s.log.Warn("the library cannot be searched yet: the next reader tries again", "error", err)
		}
	})
	post := s.post()
	kinds := map[string]worker.Deliver{notice.Kind: post.Deliver, notice.MailKind: s.mail.deliver}
	maps.Copy(kinds, s.tellers(post))
	w := &worker.Worker{
		Outbox: s.db, Kinds: kinds,
		Ready:     func(kind string) bool { return kind != notice.MailKind || s.mail.can() }, // without a relay, mails wait
		Schedules: s.db, Tasks: s.tasks(post, s.mail.can),
		Now: s.now, Chance: rand.Float64, Log: s.log,
		Lease: 2 * time.Minute, Pause: cmp.Or(s.pause, time.Second), Parallel: 4, Grace: 10 * time.Second,
	}
	working.Go(func() { w.Run(ctx) })
	return &working, nil
}

// post brings notices and letters to people.
func (s *Server) post() *notice.Post {
	return &notice.Post{Store: s.db, Readers: s.db, Letters: s.letters(), Now: s.now}
}

// letters puts letters in words.
func (s *Server) letters() *notice.Letters {
	return &notice.Letters{Catalog: s.catalog, Href: s.kit.Href, Site: func(context.Context) (notice.Site, error) {
		now := s.site.site()
		return notice.Site{Name: now.Name, BaseURL: cmp.Or(now.BaseURL, "http://"+s.Address())}, nil
	}}
}

// tasks is all the work that comes round.
func (s *Server) tasks(post *notice.Post, mails func() bool) []worker.Task {
	keeper := &retention.Keeper{Settings: s.db, Record: s.db, Outbox: s.db, Notices: s.db, Post: post, Accounts: s.db, Mails: mails, Hidden: []retention.Hidden{s.db.ForgetHidden, s.db.ForgetReports}}
	return []worker.Task{
		{Name: "digest", When: func(ctx context.Context) (job.Plan, error) { return notice.DigestPlan(ctx, s.db) },
			Do: func(ctx context.Context, _ job.Turn) (job.Counts, error) {
				n, err := post.Digests(ctx)
				return job.Counts{"digests": n}, err
			}},
		{Name: "outbox", When: worker.Always(job.Every(time.Hour)),
			Do: func(ctx context.Context, t job.Turn) (job.Counts, error) {
				n, err := s.db.Rewind(ctx, t.Now)
				return job.Counts{"rewound": n}, err
			}},
		{Name: "harvest", When: worker.Always(job.Every(5 * time.Minute)), Do: s.harvestDue},
		{Name: "retention", When: worker.Always(job.DailyAt(3, 30)), Do: keeper.Apply},
		{Name: "orphans", When: worker.Always(job.DailyAt(4, 10)),
			Do: func(ctx context.Context, _ job.Turn) (job.Counts, error) {
				n, err := s.media.Sweep(ctx)
				if n.Missing > 0 {
					s.log.Error("files of attachments are not where they are kept: a backup may have them", "missing", n.Missing)
				}
				return job.Counts{"removed": n.Orphans + n.Strays, "missing": n.Missing}, err
			}},
		{Name: "mandates", When: worker.Always(job.DailyAt(7, 0)),
			Do: func(ctx context.Context, t job.Turn) (job.Counts, error) {
				today := people.DateOf(t.Now, i18n.Paris())
				ending, err := s.db.Ending(ctx, today, notice.RemindFor(today))
				if err != nil {
					return nil, err
				}
				n, err := post.RemindMandates(ctx, ending, s.scopes.name)
				return job.Counts{"told": n}, err
			}},
		{Name: "searches", When: worker.Always(job.DailyAt(6, 30)),
			Do: func(ctx context.Context, t job.Turn) (job.Counts, error) {
				n, err := s.community.searches.Tell(s.inSnapshot(ctx), t.Now)
				return job.Counts{"told": n}, err
			}},
		{Name: "adoptions", When: worker.Always(job.DailyAt(7, 15)),
			Do: func(ctx context.Context, t job.Turn) (job.Counts, error) { return s.remindUses(ctx, post, t) }},
		{Name: "alerts", When: worker.Always(job.DailyAt(7, 30)),
			Do: func(ctx context.Context, t job.Turn) (job.Counts, error) {
				n, err := s.alert(ctx, post, t.Now)
				return job.Counts{"told": n}, err
			}},
	}
}

// alert tells those who administer the installation what they have to see to.
func (s *Server) alert(ctx context.Context, post *notice.Post, now time.Time) (int, error) {
	mandates, err := s.db.Administrators(ctx, people.DateOf(now, i18n.Paris()))
	if err != nil {
		return 0, err
	}
	var administrators []string
	for _, m := range mandates {
		administrators = append(administrators, m.Person)
	}
	dead, err := s.db.Events(ctx, job.Dead, 1000)
	if err != nil {
		return 0, err
	}
	tasks, err := s.db.Schedules(ctx, now)
	if err != nil {
		return 0, err
	}
	return post.Alert(ctx, administrators, dead, tasks)
}

// periods are those of keeping, as set, for the register of processing.
func (s *Server) periods(r *http.Request, l *i18n.Localizer) ([]personalweb.Period, error) {
	p, err := retention.Read(r.Context(), s.db)
	if err != nil {
		return nil, err
	}
	var out []personalweb.Period
	for _, b := range retention.Bounds() {
		out = append(out, personalweb.Period{What: l.T("retention.period." + b.Name), Long: l.T("retention.days", *b.Of(&p))})
	}
	return out, nil
}
