package cli

import (
	"context"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/media"
	"bassin/internal/people"
)

// mayRead says who reads an attachment that is not public, by what it belongs to: that
// of a mandate its holder and those who see the mandate, that of an organisation those
// who may correct it. Others are not told that it is there.
func (s *Server) mayRead(ctx context.Context, a media.Attachment) error {
	if a.Public {
		return nil
	}
	hidden := fault.New(fault.NotFound, "media.not_found")
	actor := people.Of(ctx)
	var action string
	var in people.Scope
	switch kind, id, _ := strings.Cut(a.Subject, ":"); kind {
	case "mandate":
		m, err := s.db.Mandate(ctx, id)
		if fault.CodeOf(err) == fault.NotFound {
			return hidden
		}
		if err != nil {
			return err
		}
		if m.Public() || actor.Known() && m.Person == actor.Person.ID {
			return nil
		}
		action, in = "admin.mandates", m.Scope
	case "organisation":
		action, in = "organisation.update", people.In(id)
	default:
		return hidden
	}
	d, err := actor.May(ctx, action, in)
	if err == nil && !d.May {
		err = hidden
	}
	return err
}
