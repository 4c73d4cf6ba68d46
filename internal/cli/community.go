package cli

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"bassin/internal/commons"
	"bassin/internal/commonsweb"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/report"
	"bassin/internal/reportweb"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/worker"
)

// community is what people say around entries, follow and report.
type community struct {
	comments *commons.Comments
	credits  *commons.Credits
	searches *commons.Searches
	desk     *report.Desk
}

// newCommunity joins the rules of the community to their parts.
func (s *Server) newCommunity(bodies *people.Organisations, shelf *commons.Shelf, read func(query, lang string, f *territory.France) (commons.Search, error)) *community {
	c := &community{
		comments: &commons.Comments{Store: s.db, Library: s.library, Now: s.now, Review: func(ctx context.Context) (commons.CommentReview, error) {
			kept, err := s.db.Setting(ctx, commons.CommentsName)
			if err != nil {
				return "", err
			}
			set, err := commons.ParseCommentSettings(kept.Value)
			return set.Review, err
		}},
		credits: &commons.Credits{Store: s.db, Library: s.library, Organisation: bodies.Follow, Person: func(ctx context.Context, email string) (string, error) {
			p, err := s.db.PersonByEmail(ctx, people.EmailKey(email))
			if fault.CodeOf(err) == fault.NotFound || err == nil && p.State != people.Active {
				return "", nil
			}
			return p.ID, err
		}},
		searches: &commons.Searches{Store: s.db,
			Everything: func(ctx context.Context) ([]string, error) { return shelf.IDs(s.inSnapshot(ctx)) },
			Matching: func(ctx context.Context, query, lang string, among []string) ([]string, error) {
				ctx = s.inSnapshot(ctx)
				q, err := read(query, lang, s.seen(ctx).France)
				if err != nil {
					return nil, err
				}
				return shelf.Among(ctx, q, among)
			},
			Title: func(ctx context.Context, id string) (string, error) {
				e, err := s.library.Find(s.inSnapshot(ctx), id)
				return e.Title(), err
			}},
	}
	c.desk = &report.Desk{Store: s.db, Now: s.now, Things: reported{s.library, c.comments}}
	return c
}

// inSnapshot is ctx with the snapshot of the moment, as requests have one.
func (s *Server) inSnapshot(ctx context.Context) context.Context {
	if snapshot.FromContext(ctx) != nil {
		return ctx
	}
	return snapshot.WithContext(ctx, s.live.Load())
}

// communityPages are the pages of the community, with what other pages show of it.
func (s *Server) communityPages(library *commonsweb.Pages) *commonsweb.Community {
	return &commonsweb.Community{Pages: library, Store: s.db, Comments: s.community.comments, Credits: s.community.credits, Searches: s.community.searches, Follows: s.db, Settings: s.db}
}

// reportPages are the pages of reports.
func (s *Server) reportPages(kit *web.Renderer, from func(*http.Request) string, zone *time.Location) *reportweb.Pages {
	return &reportweb.Pages{Kit: kit, Desk: s.community.desk, From: from, Zone: zone}
}

// reported implements [report.Things]: entries and comments.
type reported struct {
	library  *commons.Library
	comments *commons.Comments
}

// Thing implements [report.Things].
func (x reported) Thing(ctx context.Context, subject string) (report.Thing, error) {
	if id, ok := strings.CutPrefix(subject, "entry:"); ok {
		e, err := x.library.Find(ctx, id)
		if err == nil && e.State == commons.Unpublished {
			err = fault.New(fault.NotFound, "commons.not_found", id)
		}
		return report.Thing{Title: e.Title(), Href: "/communs/" + id, Scope: e.Scope()}, err
	}
	id, ok := strings.CutPrefix(subject, "comment:")
	if !ok {
		return report.Thing{}, fault.New(fault.NotFound, "report.gone")
	}
	c, err := x.comments.Store.Comment(ctx, id)
	if err == nil && c.State != commons.CommentShown && c.State != commons.CommentHidden { // one that waits is its author's
		err = fault.New(fault.NotFound, "commons.comment.not_found")
	}
	if err != nil {
		return report.Thing{}, err
	}
	e, err := x.library.Find(ctx, c.Entry)
	return report.Thing{Title: e.Title(), Href: commons.CommentAddress(c), Scope: e.Scope()}, err
}

// waiting is [reported] for the bell, which rings for comments that wait.
type waiting struct{ reported }

// Thing implements [report.Things].
func (x waiting) Thing(ctx context.Context, subject string) (report.Thing, error) {
	id, ok := strings.CutPrefix(subject, "comment:")
	if !ok {
		return x.reported.Thing(ctx, subject)
	}
	c, err := x.comments.Store.Comment(ctx, id)
	if err == nil && c.State == commons.CommentDeleted {
		err = fault.New(fault.NotFound, "commons.comment.not_found")
	}
	if err != nil {
		return report.Thing{}, err
	}
	e, err := x.library.Find(ctx, c.Entry)
	return report.Thing{Title: e.Title(), Scope: e.Scope()}, err
}

// Hide implements [report.Things].
func (x reported) Hide(ctx context.Context, subject, reason string) error {
	if id, ok := strings.CutPrefix(subject, "entry:"); ok {
		return x.library.Hide(ctx, id, reason)
	}
	_, err := x.comments.Hide(ctx, strings.TrimPrefix(subject, "comment:"), -1, reason)
	return err
}

// holders are those who have a right over a scope by a mandate in force.
func (s *Server) holders(ctx context.Context, right string, in people.Scope) ([]string, error) {
	ctx = s.inSnapshot(ctx)
	r, ok := people.RightOf(right)
	if !ok {
		return nil, nil
	}
	var out []string
	for _, role := range r.Roles {
		for offset := 0; ; {
			found, total, err := s.db.Mandates(ctx, people.MandateQuery{Role: role, Held: "now", On: people.DateOf(s.now(), i18n.Paris()), Offset: offset, Limit: 200})
			if err != nil {
				return nil, err
			}
			for _, m := range found {
				reaches := m.Scope == people.Everywhere || m.Scope == in
				if !reaches && in != people.Everywhere && !r.Whole {
					if reaches, err = s.covers(ctx, m.Scope, in); err != nil {
						return nil, err
					}
				}
				if reaches && !slices.Contains(out, m.Person) {
					out = append(out, m.Person)
				}
			}
			if offset += len(found); len(found) == 0 || offset >= total {
				break
			}
		}
	}
	return out, nil
}

// speaking are those who hold a mandate in an organisation, but for observers.
func (s *Server) speaking(ctx context.Context, organisation string) ([]string, error) {
	found, _, err := s.db.Mandates(ctx, people.MandateQuery{Scopes: []people.Scope{people.In(organisation)}, Held: "now", On: people.DateOf(s.now(), i18n.Paris()), Limit: 200})
	var out []string
	for _, m := range found {
		if m.Role != people.Observer && !slices.Contains(out, m.Person) {
			out = append(out, m.Person)
		}
	}
	return out, err
}

// wide is from how many communes on a territory is followed as itself and by what
// contains it only: its own are too many to look up.
const wide = 1500

// around are the territories in which a search finds an entry, as people follow them.
func (s *Server) around(ctx context.Context, e *commons.Entry) []string {
	f := s.seen(ctx).France
	sheet, _ := e.Sheet()
	ids := map[string]bool{}
	for _, id := range append(sheet.Territories(), e.Home) {
		t, ok := f.Territory(id)
		if !ok {
			continue
		}
		ids[id.String()] = true
		members := t.Communes()
		if len(members) > wide {
			members = members[:1]
		}
		for _, n := range members {
			for _, level := range territory.Levels {
				for _, u := range f.Of(n, level) {
					if len(t.Communes()) <= wide || len(u.Communes()) >= len(t.Communes()) {
						ids[u.ID.String()] = true
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

// tellers deliver what happens in the library to whom it concerns.
func (s *Server) tellers(post *notice.Post) map[string]worker.Deliver {
	herald := &commons.Herald{Library: s.library, Store: s.db, Follows: s.db, Moderators: s.holders, InOrganisation: s.speaking, Around: s.around, Post: post, Now: s.now}
	bell := &report.Bell{Things: waiting{reported{s.library, s.community.comments}}, Moderators: s.holders, Post: post, Now: s.now}
	out := map[string]worker.Deliver{report.WaitsKind: s.seeingEvents(bell.Deliver)}
	for kind, deliver := range herald.Kinds() {
		out[kind] = s.seeingEvents(deliver)
	}
	return out
}

// seeingEvents gives each delivery the one snapshot it sees.
func (s *Server) seeingEvents(deliver func(context.Context, job.Delivery) error) worker.Deliver {
	return func(ctx context.Context, d job.Delivery) error { return deliver(s.inSnapshot(ctx), d) }
}
