package cli

import (
	"context"
	"errors"
	"sync"
	"time"

	"bassin/internal/atlas"
	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/store"
)

// scopes knows where mandates hold: the server and the console give them by it alike.
type scopes struct {
	db         *store.DB
	perimeters *atlas.Service
	bodies     *people.Organisations
	now        func() time.Time
	snapshot   func() (*snapshot.Snapshot, error) // in use now
}

// scopesIn are those of the snapshot that was built last in a folder, opened when it
// is first needed: for the console.
func scopesIn(db *store.DB, varDir string) scopes {
	return scopes{db: db, perimeters: &atlas.Service{Store: db, Now: time.Now}, bodies: &people.Organisations{Store: db}, now: time.Now, snapshot: sync.OnceValues(func() (*snapshot.Snapshot, error) {
		dir, err := snapshot.Current(varDir)
		if err != nil {
			return nil, fault.New(fault.Unavailable, "people.scope.unprepared").Because(err)
		}
		return snapshot.Open(dir)
	})}
}

// mandates are the rules of giving, ending and handing over.
func (x scopes) mandates(zone *time.Location) *people.Mandates {
	return &people.Mandates{Store: x.db, Now: x.now, Zone: zone, Known: x.known, Notice: x.notice}
}

// known says whether there is such a place: fault.NotFound, in words that help, if not.
func (x scopes) known(ctx context.Context, by audit.Actor, in people.Scope) error {
	if in == people.Everywhere {
		return nil
	}
	s := snapshot.FromContext(ctx)
	if s == nil {
		var err error
		if s, err = x.snapshot(); err != nil {
			return err
		}
		ctx = snapshot.WithContext(ctx, s)
	}
	key := "people.scope.no_territory"
	var err error
	if in.Organisation != "" {
		key = "people.scope.no_organisation"
		_, err = x.bodies.Ensure(ctx, by, in.Organisation) // a collectivité gets its row with its first mandate
	} else {
		_, err = x.perimeters.Resolve(ctx, s.France, in.Territory.String())
	}
	switch fault.CodeOf(err) {
	case fault.NotFound, fault.Gone, fault.Invalid:
		return fault.New(fault.NotFound, key, in.String())
	}
	return err
}

// name is a scope as notices name it.
func (x scopes) name(in people.Scope) any {
	if in == people.Everywhere {
		return notice.Everywhere
	}
	if in.Organisation != "" {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if o, err := x.db.Organisation(ctx, in.Organisation); err == nil {
			return o.Name
		}
		return in.String()
	}
	if s, err := x.snapshot(); err == nil {
		if t, ok := s.France.Territory(in.Territory); ok {
			return t.Name
		}
	}
	return in.String()
}

// notice tells a person of a change in their mandates, with the change.
func (x scopes) notice(kind string, m people.Mandate) (job.Event, error) {
	return notice.MandateEvent(kind, m, x.name, x.now())
}

// snapshotNow is the snapshot that the server uses.
func (s *Server) snapshotNow() (*snapshot.Snapshot, error) {
	if now := s.live.Load(); now != nil {
		return now, nil
	}
	return nil, errors.New("no snapshot in use")
}
