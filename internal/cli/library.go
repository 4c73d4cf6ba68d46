package cli

import (
	"context"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

// newLibrary joins the library to the database and to the open data of the moment.
func (s *Server) newLibrary() *commons.Library {
	l := &commons.Library{Store: s.db, Catalogue: func(ctx context.Context) *commons.Catalogue {
		return s.catalogue.Of(s.seen(ctx), commons.CatalogueOf)
	}}
	l.Harvested = s.db.Harvested
	l.Check = commons.Checking{
		France: func(ctx context.Context) *territory.France { return s.seen(ctx).France },
		Entry: func(ctx context.Context, id string) (bool, error) {
			_, err := l.Read(ctx, id)
			if code := fault.CodeOf(err); code == fault.NotFound || code == fault.Gone {
				return false, nil
			}
			return err == nil, err
		},
		Indicator: func(ctx context.Context, id string) bool {
			_, ok := s.seen(ctx).Panel.Definition(id)
			return ok
		},
	}
	return l
}

// seen is the snapshot that a request sees, or that of the moment outside of one.
func (s *Server) seen(ctx context.Context) *snapshot.Snapshot {
	if in := snapshot.FromContext(ctx); in != nil {
		return in
	}
	return s.live.Load()
}
