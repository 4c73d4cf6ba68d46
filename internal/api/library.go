package api

import (
	"slices"
	"strconv"
	"strings"

	"bassin/internal/commons"
	"bassin/internal/fault"
	searching "bassin/internal/search"
	"bassin/internal/territory"
)

// LibraryInput is a search of the library.
type LibraryInput struct {
	Shared
	Q             string `query:"q" maxLength:"300" example:"courrier"`
	Theme         string `query:"theme" maxLength:"500"`
	Form          string `query:"form" maxLength:"500"`
	Status        string `query:"status" maxLength:"500"`
	Licence       string `query:"licence" maxLength:"500" example:"AGPL-3.0-or-later"`
	Level         string `query:"level" maxLength:"500"`
	Size          string `query:"size" maxLength:"500"`
	UsedBy        string `query:"usedBy" maxLength:"500"`
	Accessibility string `query:"accessibility" maxLength:"500"`
	Source        string `query:"source" maxLength:"500"`
	In            string `query:"territory" maxLength:"100" example:"bv:22266"`
	Sort          string `query:"sort" enum:"title,updated,used"`
	Limit         int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	Cursor        string `query:"cursor" maxLength:"20"`
}

type commonsInput struct {
	LibraryInput
	Kind string `query:"kind" maxLength:"100" example:"software"`
}

type entryInput struct {
	Shared
	Entry string `path:"entry" maxLength:"200"`
}

// Entries are a part of what a search of the library finds.
type Entries struct {
	Page[LibraryEntry]
	Facets map[string][]FacetCount `json:"facets"`
}

// FacetCount is how many entries have a value of a facet.
type FacetCount struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// LibraryEntry is an entry of the library.
type LibraryEntry struct {
	ID           string              `json:"id"`
	Kind         string              `json:"kind" enum:"software,service,knowledge,data,experiment,need"`
	State        string              `json:"state" enum:"published,retired,merged"`
	Title        string              `json:"title"`
	Fields       map[string][]string `json:"fields"`
	Page         string              `json:"page"`
	Updated      *string             `json:"updated"`
	VerifiedUses int                 `json:"verifiedUses"`
}

// EntryDetail is an entry with where its fields come from and its history.
type EntryDetail struct {
	LibraryEntry
	Sources    map[string]FieldSource `json:"sources"`
	Versions   []Publication          `json:"versions"`
	UsedBy     []string               `json:"usedBy"`
	MergedInto *string                `json:"mergedInto"`
	Successor  *string                `json:"successor"`
	Reason     *string                `json:"reason"`
	Vintage    int                    `json:"vintage"`
}

// FieldSource is on whose word a field is.
type FieldSource struct {
	People  bool   `json:"people"`
	Source  string `json:"source"`
	Record  string `json:"record"`
	Vintage string `json:"vintage"`
	Licence string `json:"licence"`
}

// Publication is a version of an entry that was published here.
type Publication struct {
	Number      int    `json:"number"`
	PublishedAt string `json:"publishedAt"`
}

// libraryFacets are those of an answer, with the parameter that chooses in each.
var libraryFacets = []struct{ facet, param string }{
	{commons.FacetKind, "kind"}, {commons.FacetTheme, "theme"}, {commons.FacetForm, "form"}, {commons.FacetStatus, "status"}, {commons.FacetLicence, "licence"}, {commons.FacetLevel, "level"},
	{commons.FacetSize, "size"}, {commons.FacetUsedBy, "usedBy"}, {commons.FacetAccessibility, "accessibility"}, {commons.FacetSource, "source"},
}

func kindsOf(kinds ...commons.Kind) []string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = string(k)
	}
	return out
}

func commonsList(q *query, in *commonsInput) (*reply, error) {
	kinds := kindsOf(commons.Commons...)
	if asked := listed(in.Kind); len(asked) > 0 {
		for _, k := range asked {
			if !slices.Contains(kinds, k) {
				return nil, fault.New(fault.Invalid, "api.error.among", "kind", strings.Join(kinds, ", ")).In("kind")
			}
		}
		kinds = asked
	}
	return q.entries(&in.LibraryInput, kinds)
}

func experimentsList(q *query, in *LibraryInput) (*reply, error) {
	return q.entries(in, kindsOf(commons.Experiment))
}

func needsList(q *query, in *LibraryInput) (*reply, error) {
	return q.entries(in, kindsOf(commons.Need))
}

// listed are the values of a parameter, separated by commas.
func listed(s string) []string {
	var out []string
	for v := range strings.SplitSeq(s, ",") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// entries answers a search of the library among some kinds.
func (q *query) entries(in *LibraryInput, kinds []string) (*reply, error) {
	s := commons.Search{Text: strings.ReplaceAll(in.Q, "\x00", ""), Lang: string(q.local.Lang()), Sort: in.Sort, Size: in.Limit, Filters: map[string][]string{commons.FacetKind: kinds}}
	for _, f := range []struct{ facet, typed string }{
		{commons.FacetTheme, in.Theme}, {commons.FacetForm, in.Form}, {commons.FacetStatus, in.Status}, {commons.FacetLicence, in.Licence}, {commons.FacetLevel, in.Level},
		{commons.FacetSize, in.Size}, {commons.FacetUsedBy, in.UsedBy}, {commons.FacetAccessibility, in.Accessibility}, {commons.FacetSource, in.Source},
	} {
		if v := listed(f.typed); len(v) > 0 {
			s.Filters[f.facet] = v
		}
	}
	for _, f := range libraryFacets {
		s.Facets = append(s.Facets, searching.Facet{Name: f.facet})
	}
	if in.In != "" {
		id, ok := territory.ParseID(in.In)
		if _, there := q.france().Territory(id); !ok || !there {
			return nil, fault.New(fault.NotFound, "territory.not_found", in.In).In("territory")
		}
		s.In = id
	}
	if in.Cursor != "" {
		n, err := strconv.Atoi(in.Cursor)
		if err != nil || n < 0 || n > 1e6 {
			return nil, fault.New(fault.Invalid, "api.error.parameter", "cursor").In("cursor")
		}
		s.From = n
	}
	result, found, err := q.service.shelf.Find(q.ctx, s)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	uses, err := q.uses(ids)
	if err != nil {
		return nil, err
	}
	out := Entries{Page: Page[LibraryEntry]{Total: result.Total, Vintage: q.france().Vintage(), Items: make([]LibraryEntry, len(found))}, Facets: map[string][]FacetCount{}}
	for i := range found {
		out.Items[i] = entryOf(&found[i], uses[found[i].ID])
	}
	for _, f := range libraryFacets {
		counts := []FacetCount{}
		for _, c := range result.Facets[f.facet].Values {
			if f.facet != commons.FacetKind || slices.Contains(kinds, c.Value) {
				counts = append(counts, FacetCount{c.Value, c.N})
			}
		}
		out.Facets[f.param] = counts
	}
	r := &reply{value: &out, total: result.Total, fresh: true}
	if end := s.From + len(found); len(found) > 0 && end < result.Total {
		next := nextPage(q.address, strconv.Itoa(end))
		out.Next, r.next = &next, next
	}
	return r, nil
}

func (q *query) uses(ids []string) (map[string]commons.Use, error) {
	if q.service.shelf.Uses == nil || len(ids) == 0 {
		return nil, nil
	}
	return q.service.shelf.Uses(q.ctx, ids)
}

func entryOf(e *commons.Entry, use commons.Use) LibraryEntry {
	sheet, _ := e.Sheet()
	out := LibraryEntry{ID: e.ID, Kind: string(e.Kind), State: string(e.State), Title: sheet.Get("title"), Fields: map[string][]string{}, Page: "/communs/" + e.ID, VerifiedUses: use.Verified}
	for field, values := range sheet {
		if len(values) > 0 {
			out.Fields[field] = values
		}
	}
	if at := commons.Updated(e); !at.IsZero() {
		day := at.UTC().Format("2006-01-02T15:04:05Z")
		out.Updated = &day
	}
	return out
}

// entryOfKinds answers one entry, if it is of one of these kinds.
func entryOfKinds(kinds ...commons.Kind) func(q *query, in *entryInput) (*reply, error) {
	return func(q *query, in *entryInput) (*reply, error) {
		library := q.service.shelf.Library
		e, err := library.Read(q.ctx, in.Entry)
		if err == nil && !slices.Contains(kinds, e.Kind) {
			err = fault.New(fault.NotFound, "commons.not_found", in.Entry)
		}
		if err != nil {
			return nil, err
		}
		uses, err := q.uses([]string{e.ID})
		if err != nil {
			return nil, err
		}
		sheet, origins := e.Sheet()
		out := EntryDetail{LibraryEntry: entryOf(&e, uses[e.ID]), Sources: map[string]FieldSource{}, Versions: []Publication{}, UsedBy: uses[e.ID].Kinds, Vintage: q.france().Vintage(),
			MergedInto: someText(e.MergedInto), Successor: someText(e.Successor), Reason: someText(e.Reason)}
		if out.UsedBy == nil {
			out.UsedBy = []string{}
		}
		for field := range sheet {
			o := origins[field]
			out.Sources[field] = FieldSource{o.People(), o.Source, o.Record, o.Vintage, o.Licence}
		}
		const most = 500
		for from := 0; e.Revision > 0; from += most {
			list, total, err := library.Store.Revisions(q.ctx, commons.RevisionFilter{Entry: e.ID, States: []commons.RevisionState{commons.Accepted}, Limit: most, Offset: from})
			if err != nil {
				return nil, err
			}
			for _, r := range list {
				out.Versions = append(out.Versions, Publication{r.Number, r.DecidedAt.UTC().Format("2006-01-02T15:04:05Z")})
			}
			if from+most >= total {
				break
			}
		}
		slices.SortFunc(out.Versions, func(a, b Publication) int { return b.Number - a.Number })
		return &reply{value: out, fresh: true}, nil
	}
}

func someText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
