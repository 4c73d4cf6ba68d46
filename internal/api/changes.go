package api

import (
	"net/http"

	"bassin/internal/commons"
	"bassin/internal/fault"
)

type changesInput struct {
	Shared
	After string `query:"after" maxLength:"100"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

// changes tells other installations what people here say of the library's entries, in
// the order in which it changed. It has a status of its own, so that nobody keeps it.
func changes(q *query, in *changesInput) (*reply, error) {
	if q.service.changes == nil {
		return nil, fault.New(fault.Unavailable, "api.error.unready")
	}
	page, err := q.service.changes(q.ctx, in.After, in.Limit)
	if page.Items == nil {
		page.Items = []commons.ChangedEntry{}
	}
	return &reply{total: len(page.Items), value: page, status: http.StatusOK}, err
}
