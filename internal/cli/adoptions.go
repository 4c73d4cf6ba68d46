package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bassin/internal/commons"
	"bassin/internal/commonsweb"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/observatory"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

// newAdoptions joins what organisations use to the library and to organisations.
func (s *Server) newAdoptions(bodies *people.Organisations, zone *time.Location) *commons.Adoptions {
	return &commons.Adoptions{Store: s.db, Library: s.library, Zone: zone,
		Organisation: func(ctx context.Context, id string) (people.Organisation, error) {
			return bodies.Follow(s.inSnapshot(ctx), id)
		},
		Organisations: func(ctx context.Context, ids []string) (map[string]people.Organisation, error) {
			return bodies.All(s.inSnapshot(ctx), ids)
		},
		Works: func(ctx context.Context) (string, error) {
			siret, err := s.accounts.Works(ctx, people.Of(ctx))
			if err != nil || siret == "" {
				return "", err
			}
			return bodies.Establishment(s.inSnapshot(ctx), siret)
		},
	}
}

// twinsAsked is how many similar territories what is used is looked for in.
const twinsAsked = 20

// usesPages are the pages of who uses what.
func (s *Server) usesPages(u *commonsweb.Uses, figures *observatory.Service) *commonsweb.Uses {
	u.Alike = func(ctx context.Context, t *territory.Territory) []territory.ID {
		list, err := figures.Of(snapshot.FromContext(ctx)).Twins(t, twinsAsked, observatory.TwinOptions{})
		if err != nil {
			if fault.CodeOf(err) == fault.Internal {
				s.log.Error("similar territories cannot be told", "territory", t.ID.String(), "error", err.Error())
			}
			return nil
		}
		out := make([]territory.ID, len(list))
		for i, w := range list {
			out[i] = w.Territory.ID
		}
		return out
	}
	u.Next = func(ctx context.Context, t *territory.Territory) []territory.ID {
		snap := snapshot.FromContext(ctx)
		var out []territory.ID
		for _, n := range snap.Neighbours(t) {
			out = append(out, territory.ID{Level: territory.Commune, Code: snap.France.Commune(n).Code})
		}
		return out
	}
	return u
}

// confirmWithin is how long before a verification ends those of the organisation are told.
const confirmWithin = 30

// remindUses tells those who have a mandate in an organisation that what it uses is to be
// confirmed, once for each day on which verifications end.
func (s *Server) remindUses(ctx context.Context, post *notice.Post, t job.Turn) (job.Counts, error) {
	today := people.DateOf(t.Now, i18n.Paris())
	type ending struct {
		organisation string
		until        people.Date
	}
	count := map[ending]int{}
	var order []ending
	last := people.Date(t.Now.In(i18n.Paris()).AddDate(0, 0, confirmWithin+1).Format(time.DateOnly))
	const page = 5000
	for after := ""; ; {
		found, err := s.db.Adoptions(ctx, commons.AdoptionFilter{EndsBefore: last, After: after, Limit: page})
		if err != nil {
			return nil, err
		}
		for _, a := range found {
			after = a.ID
			if a.Until < today {
				continue
			}
			e := ending{a.Organisation, a.Until}
			if count[e] == 0 {
				order = append(order, e)
			}
			count[e]++
		}
		if len(found) < page {
			break
		}
	}
	told := 0
	for _, e := range order {
		o, err := s.bodies.Follow(s.inSnapshot(ctx), e.organisation)
		if err != nil {
			return job.Counts{"told": told}, err
		}
		held, _, err := s.db.Mandates(ctx, people.MandateQuery{Scopes: []people.Scope{people.In(o.ID)}, Held: "now", On: today, Limit: 500})
		if err != nil {
			return job.Counts{"told": told}, err
		}
		seen := map[string]bool{}
		for _, m := range held {
			if m.Role == people.Observer || seen[m.Person] {
				continue
			}
			seen[m.Person] = true
			fresh, err := post.Tell(ctx, fmt.Sprintf("adoptions:%s:%s:%s", o.ID, e.until, m.Person), notice.Notice{
				Person: m.Person, Subject: notice.Commons, At: t.Now, Link: strings.Join([]string{"/organisations", o.ID, "communs"}, "/"),
				Title: notice.Say("notice.adoption.ends", count[e], o.Name, notice.Day(e.until)), Text: notice.Say("notice.adoption.ends_text"),
			})
			if err != nil {
				return job.Counts{"told": told}, err
			}
			if fresh {
				told++
			}
		}
	}
	return job.Counts{"told": told}, nil
}
