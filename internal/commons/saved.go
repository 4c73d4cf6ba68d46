package commons

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"
	"unicode/utf8"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/notice"
	"bassin/internal/people"
)

// Often is how often somebody wants to be told of what is new in a search.
type Often string

// How often.
const (
	EachDay  Often = "daily"
	EachWeek Often = "weekly"
	Never    Often = "never"
)

// AllOften are all, in the order in which they are offered.
var AllOften = []Often{EachDay, EachWeek, Never}

// SavedSearch is a search that somebody keeps.
type SavedSearch struct {
	ID        string
	Person    string
	Name      string
	Query     string // as the address of the list holds it, canonical
	Lang      string
	Often     Often
	ToldAt    time.Time // until when new entries were told
	CreatedAt time.Time
	Version   int64
}

// SearchSubject is how the record names a saved search.
func SearchSubject(id string) string { return "search:" + id }

// Searches holds the rules of saved searches.
type Searches struct {
	Store CommunityStore
	// Matching are the ids of those of these entries that a search finds; fault.NotFound if
	// what it asks about exists no more.
	Matching func(ctx context.Context, query, lang string, among []string) ([]string, error)
	// Title is the title of an entry.
	Title func(ctx context.Context, id string) (string, error)
	// Everything is every entry of the library that is to be seen.
	Everything func(context.Context) ([]string, error)
}

// mostSearches is how many searches a person may keep.
const mostSearches = 50

// Save keeps a search of the actor.
func (s *Searches) Save(ctx context.Context, name, query, lang string, often Often) error {
	actor := people.Of(ctx)
	if err := actor.RequireSomeone(); err != nil {
		return err
	}
	name = clean(name, false)
	var faults []error
	if n := utf8.RuneCountInString(name); n == 0 || n > 120 {
		faults = append(faults, fault.New(fault.Invalid, "commons.search.name", 120).In("name"))
	}
	if !slices.Contains(AllOften, often) {
		faults = append(faults, fault.New(fault.Invalid, "commons.search.often").In("often"))
	}
	asked, err := url.ParseQuery(query)
	if err != nil || len(query) > 4000 {
		faults = append(faults, fault.New(fault.Invalid, "commons.search.query").In("name"))
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	before, err := s.Store.Searches(ctx, actor.Person.ID)
	if err != nil {
		return err
	}
	if len(before) >= mostSearches {
		return fault.New(fault.Invalid, "commons.search.many", mostSearches).In("name")
	}
	return s.Store.ChangeCommunity(ctx, func(tx CommunityTx) error {
		v := SavedSearch{ID: tx.NewID(), Person: actor.Person.ID, Name: name, Query: asked.Encode(), Lang: lang, Often: often, ToldAt: tx.Now(), CreatedAt: tx.Now()}
		tx.Record(audit.Entry{By: actor.By(), Action: "search.save", Subject: SearchSubject(v.ID), Became: audit.Values{
			"name": audit.Personal{Of: v.Person, Value: name}, "query": audit.Personal{Of: v.Person, Value: v.Query}, "often": string(often),
		}})
		return tx.PutSearch(v)
	})
}

// Drop deletes a search of the actor.
func (s *Searches) Drop(ctx context.Context, id string) error {
	actor := people.Of(ctx)
	return s.Store.ChangeCommunity(ctx, func(tx CommunityTx) error {
		v, err := tx.SavedSearch(ctx, id)
		if err == nil && (!actor.Known() || v.Person != actor.Person.ID) {
			err = fault.New(fault.NotFound, "commons.search.not_found")
		}
		if err != nil {
			return err
		}
		tx.Record(audit.Entry{By: actor.By(), Action: "search.drop", Subject: SearchSubject(id)})
		return tx.DropSearch(id)
	})
}

// SearchesPath is where people find the searches they keep.
const SearchesPath = "/mes-recherches"

// mostNew is how many new entries are looked at for one search: more came with an import.
const mostNew = 20_000

// Tell tells those who keep a search of the entries that are new in the library since
// they were last told and that it finds, and says how many it told. Two servers that do
// it at once tell each once: the notice leaves with the change that notes it.
func (s *Searches) Tell(ctx context.Context, now time.Time) (int, error) {
	all, err := s.Everything(ctx)
	if err != nil {
		return 0, err
	}
	if _, err := s.Store.See(ctx, all, now); err != nil {
		return 0, err
	}
	told := 0
	var failures []error
	for often, past := range map[Often]time.Duration{EachDay: 20 * time.Hour, EachWeek: 6*24*time.Hour + 20*time.Hour} {
		for after := ""; ; {
			due, err := s.Store.SearchesDue(ctx, often, now.Add(-past), after, 100)
			if err != nil {
				return told, errors.Join(append(failures, err)...)
			}
			if len(due) == 0 {
				break
			}
			for _, v := range due {
				after = v.ID
				fresh, err := s.tell(ctx, v, now)
				switch {
				case err != nil && (fault.CodeOf(err) == fault.Unavailable || ctx.Err() != nil):
					return told, errors.Join(append(failures, err)...)
				case err != nil:
					failures = append(failures, err)
				case fresh:
					told++
				}
			}
		}
	}
	return told, errors.Join(failures...)
}

func (s *Searches) tell(ctx context.Context, v SavedSearch, now time.Time) (bool, error) {
	fresh, err := s.Store.SeenSince(ctx, v.ToldAt, mostNew)
	if err != nil {
		return false, err
	}
	var found []string
	first := ""
	if len(fresh) > 0 {
		if found, err = s.Matching(ctx, v.Query, v.Lang, fresh); err != nil && fault.CodeOf(err) != fault.NotFound {
			return false, err
		}
	}
	if len(found) > 0 {
		if first, err = s.Title(ctx, found[0]); err != nil {
			return false, err
		}
	}
	told := false
	err = s.Store.ChangeCommunity(ctx, func(tx CommunityTx) error {
		told = false
		next, err := tx.SavedSearch(ctx, v.ID)
		if fault.CodeOf(err) == fault.NotFound || err == nil && next.Version != v.Version { // dropped, or told by another server
			return nil
		}
		if err != nil {
			return err
		}
		next.ToldAt = now
		if err := tx.PutSearch(next); err != nil || len(found) == 0 {
			return err
		}
		title := notice.Say("commons.tell.search", len(found), v.Name)
		text := notice.Say("commons.tell.search_first", first)
		e, err := notice.Notice{Person: v.Person, Subject: notice.Searches, At: now, Link: "/communs?" + v.Query, Title: title, Text: text}.Event()
		if err != nil {
			return err
		}
		tx.Tell(e)
		told = true
		return nil
	})
	return told && err == nil, err
}
