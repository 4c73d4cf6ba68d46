package commons

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/people"
)

// Adoption is a statement that an organisation uses a commons: the library's record,
// never the publisher's.
type Adoption struct {
	ID           string
	Entry        string
	Organisation string
	Since        string      // year, month or day
	Version      string      // of what is used
	Use          string      // what for
	Served       int         // people served, -1 if not said
	Cost         string      // of [Costs], a year; "" if not said
	Effort       string      // of [Efforts]; "" if not said
	Good, Bad    string      // what went well, and badly
	Contact      string      // a role or a department, not a person
	DeclaredBy   string      // person, "" for an import
	VerifiedBy   string      // person who spoke for the organisation; "" for nobody, or once they are erased
	VerifiedOn   people.Date // "" as long as nobody did
	Until        people.Date // last day that the verification holds
	EndedOn      people.Date // "" as long as it is used
	EndReason    string
	Row          int64 // version of the row
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Costs and Efforts are ranges: of euros a year, all included, and of the organisation's
// own time.
var (
	Costs   = []string{"none", "under_1000", "under_5000", "under_20000", "under_100000", "over_100000"}
	Efforts = []string{"hours_year", "days_year", "days_month", "half_post", "post", "team"}
)

// AdoptionState says what an adoption is worth on a day.
type AdoptionState string

// The states of an adoption.
const (
	Declared AdoptionState = "declared" // nobody of the organisation has verified it
	Verified AdoptionState = "verified"
	Expired  AdoptionState = "expired" // nobody confirmed it within a year
	Ended    AdoptionState = "ended"
)

// State is the state on a day.
func (a Adoption) State(on people.Date) AdoptionState {
	switch {
	case a.EndedOn != "" && a.EndedOn <= on:
		return Ended
	case a.VerifiedOn == "":
		return Declared
	case a.Until < on:
		return Expired
	}
	return Verified
}

// AdoptionSubject is how the record names an adoption. It begins by the entry, whose
// place in a search it changes.
func AdoptionSubject(a Adoption) string { return "adoption:" + a.Entry + "/" + a.ID }

// AdoptionFilter chooses adoptions; an empty field chooses all.
type AdoptionFilter struct {
	Entries       []string    // nil is all, empty none
	Organisations []string    // likewise
	Open          bool        // only those that have not ended
	EndsBefore    people.Date // only open verified ones whose verification ends before that day; "" for all
	After         string      // id of the last of the page before, "" for the first page
	Limit         int         // at most 5000; 0 is 500
}

// AdoptionTx is one change of adoptions: see [EntryTx].
type AdoptionTx interface {
	Now() time.Time
	NewID() string
	Adoption(ctx context.Context, id string) (Adoption, error)
	// OpenAdoption is the one that has not ended of one of these entries by an
	// organisation, the last changed if merges made several, or fault.NotFound.
	OpenAdoption(ctx context.Context, entries []string, organisation string) (Adoption, error)
	// PutAdoption keeps an adoption: Row 0 is a new one, else Row goes up by one.
	PutAdoption(Adoption) error
	Record(...audit.Entry)
	Tell(...job.Event)
}

// AdoptionStore keeps adoptions.
type AdoptionStore interface {
	Adoption(ctx context.Context, id string) (Adoption, error)
	// Adoptions returns a page of those that the filter keeps, by id.
	Adoptions(ctx context.Context, f AdoptionFilter) ([]Adoption, error)
	ChangeAdoptions(ctx context.Context, f func(AdoptionTx) error) error
}

// Adoptions holds the rules of adoptions.
type Adoptions struct {
	Store   AdoptionStore
	Library *Library
	// Organisation returns that of an id, followed through merges, or fault.NotFound.
	Organisation func(ctx context.Context, id string) (people.Organisation, error)
	// Organisations returns those of these ids that there are.
	Organisations func(ctx context.Context, ids []string) (map[string]people.Organisation, error)
	// Works tells for which organisation a provider of identities vouches that the
	// actor works ("" for none): an agent whose SIRET came with the sign-in.
	Works func(ctx context.Context) (string, error)
	Zone  *time.Location
}

// Adopt is the right to state what an organisation uses.
const Adopt = "adoption.declare"

// Speaks says whether the actor speaks for an organisation: a mandate in it, but for
// an observer's, or a provider's word that they work there.
func (s *Adoptions) Speaks(ctx context.Context, organisation string) (bool, error) {
	for _, m := range people.Of(ctx).Mandates {
		if m.Scope == people.In(organisation) && m.Role != people.Observer {
			return true, nil
		}
	}
	if s.Works == nil || !people.Of(ctx).Known() {
		return false, nil
	}
	works, err := s.Works(ctx)
	return works == organisation && works != "", err
}

// may says whether the actor may state what an organisation uses, and speaks for it.
func (s *Adoptions) may(ctx context.Context, organisation string) (speaks bool, err error) {
	if speaks, err = s.Speaks(ctx, organisation); err != nil || speaks {
		return speaks, err
	}
	return false, people.Of(ctx).Require(ctx, Adopt, people.In(organisation))
}

// Declare states that an organisation uses an entry, or says so anew: what is open of
// the same entry by the same organisation is changed. It is verified at once when the
// actor speaks for the organisation.
func (s *Adoptions) Declare(ctx context.Context, a Adoption) (Adoption, error) {
	out, err := s.declare(ctx, a.Organisation, []Adoption{a}, false)
	if err != nil {
		return a, err
	}
	return out[0], nil
}

// DeclareAll states all that an organisation uses, all or nothing: what was said before
// of one of them stays where the new statement is silent. An error of one of them is a
// *[Unstated].
func (s *Adoptions) DeclareAll(ctx context.Context, organisation string, list []Adoption) ([]Adoption, error) {
	return s.declare(ctx, organisation, list, true)
}

// Unstated says which of several statements was refused.
type Unstated struct {
	At  int
	Err error
}

func (e *Unstated) Error() string { return strconv.Itoa(e.At) + ": " + e.Err.Error() }
func (e *Unstated) Unwrap() error { return e.Err }

// MostDeclared is how many uses can be declared at once.
const MostDeclared = 1000

func (s *Adoptions) declare(ctx context.Context, organisation string, list []Adoption, several bool) ([]Adoption, error) {
	speaks, err := s.may(ctx, organisation)
	if err != nil {
		return nil, err
	}
	if len(list) > MostDeclared {
		return nil, fault.New(fault.TooLarge, "adoption.too_many", MostDeclared)
	}
	o, err := s.Organisation(ctx, organisation)
	if err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	same := make([][]string, len(list)) // the entry of each, with those merged in it
	for i := range list {
		list[i].Organisation = o.ID
		if same[i], err = s.prepare(ctx, &list[i]); err != nil {
			if several {
				err = &Unstated{i, err}
			}
			return nil, err
		}
	}
	actor := people.Of(ctx)
	var out []Adoption
	err = s.Store.ChangeAdoptions(ctx, func(tx AdoptionTx) error {
		out = out[:0]
		for i, a := range list {
			next := a
			was, err := tx.OpenAdoption(ctx, same[i], o.ID)
			switch {
			case err == nil:
				if a.Row != 0 && a.Row != was.Row {
					return &fault.Stale[Adoption]{Theirs: was, Yours: a}
				}
				if several {
					next.keep(was)
				}
				next.Entry, next.ID, next.Row, next.CreatedAt, next.DeclaredBy = was.Entry, was.ID, was.Row, was.CreatedAt, was.DeclaredBy
				next.VerifiedBy, next.VerifiedOn, next.Until = was.VerifiedBy, was.VerifiedOn, was.Until
			case fault.CodeOf(err) == fault.NotFound:
				next.ID, next.Row, next.CreatedAt, next.DeclaredBy = tx.NewID(), 0, tx.Now(), actor.Person.ID
				next.VerifiedBy, next.VerifiedOn, next.Until = "", "", ""
			default:
				return err
			}
			next.EndedOn, next.EndReason = "", ""
			if speaks {
				next.verify(actor.Person.ID, people.DateOf(tx.Now(), s.Zone))
			}
			next.UpdatedAt = tx.Now()
			if err := tx.PutAdoption(next); err != nil {
				return err
			}
			tx.Record(adopted(actor.By(), "adoption.declare", was, next))
			next.Row++
			out = append(out, next)
		}
		return nil
	})
	return out, err
}

// prepare checks an adoption and finds its entry, with those merged in it.
func (s *Adoptions) prepare(ctx context.Context, a *Adoption) ([]string, error) {
	e, err := s.Library.follow(ctx, a.Entry)
	if err != nil {
		return nil, err
	}
	if !e.Kind.Common() || e.State != Published {
		return nil, fault.New(fault.Invalid, "adoption.entry").In("entry")
	}
	if *a, err = a.tidied(); err != nil {
		return nil, err
	}
	a.Entry = e.ID
	return s.Library.sameAs(ctx, e.ID)
}

// keep takes from what was said before what a statement is silent about.
func (a *Adoption) keep(was Adoption) {
	for _, p := range []struct{ now, was *string }{
		{&a.Since, &was.Since}, {&a.Version, &was.Version}, {&a.Use, &was.Use}, {&a.Cost, &was.Cost}, {&a.Effort, &was.Effort},
		{&a.Good, &was.Good}, {&a.Bad, &was.Bad}, {&a.Contact, &was.Contact},
	} {
		if *p.now == "" {
			*p.now = *p.was
		}
	}
	if a.Served < 0 {
		a.Served = was.Served
	}
}

// verify notes that somebody of the organisation says that it is so: for a year.
func (a *Adoption) verify(by string, on people.Date) {
	a.VerifiedBy, a.VerifiedOn, a.Until = by, on, on
	if t, err := time.Parse(time.DateOnly, string(on)); err == nil {
		a.Until = people.Date(t.AddDate(1, 0, 0).Format(time.DateOnly))
	}
}

// Verify confirms that adoptions are so, for a year: all of them or none. Only somebody
// who speaks for the organisation may.
func (s *Adoptions) Verify(ctx context.Context, ids ...string) ([]Adoption, error) {
	return s.change(ctx, "adoption.verify", ids, true, func(a *Adoption, by string, on people.Date) error {
		if a.EndedOn != "" {
			return fault.New(fault.Conflict, "adoption.ended")
		}
		a.verify(by, on)
		return nil
	})
}

// End says that an organisation uses an entry no more, and why.
func (s *Adoptions) End(ctx context.Context, id string, on people.Date, reason string) (Adoption, error) {
	if reason = clean(reason, true); reason == "" || utf8.RuneCountInString(reason) > mostWords {
		return Adoption{}, fault.New(fault.Invalid, "adoption.reason", mostWords).In("reason")
	}
	return first(s.change(ctx, "adoption.end", []string{id}, false, func(a *Adoption, _ string, today people.Date) error {
		if a.EndedOn != "" {
			return fault.New(fault.Conflict, "adoption.ended")
		}
		if !on.Valid() || on > today {
			return fault.New(fault.Invalid, "adoption.end_day").In("ended_on")
		}
		a.EndedOn, a.EndReason = on, reason
		return nil
	}))
}

// Resume takes an end back.
func (s *Adoptions) Resume(ctx context.Context, id string) (Adoption, error) {
	return first(s.change(ctx, "adoption.resume", []string{id}, false, func(a *Adoption, _ string, _ people.Date) error {
		if a.EndedOn == "" {
			return fault.New(fault.Conflict, "adoption.running")
		}
		a.EndedOn, a.EndReason = "", ""
		return nil
	}))
}

// first is what became of a single one.
func first(changed []Adoption, err error) (Adoption, error) {
	if err != nil {
		return Adoption{}, err
	}
	return changed[0], nil
}

// change applies what somebody decides of adoptions.
func (s *Adoptions) change(ctx context.Context, action string, ids []string, mustSpeak bool, decide func(a *Adoption, by string, today people.Date) error) ([]Adoption, error) {
	same := map[string][]string{}
	for _, id := range ids {
		a, err := s.Store.Adoption(ctx, id)
		if err != nil {
			return nil, err
		}
		speaks, err := s.may(ctx, a.Organisation)
		if err == nil && mustSpeak && !speaks {
			err = fault.New(fault.Forbidden, "adoption.must_speak")
		}
		if err == nil {
			same[id], err = s.Library.sameAs(ctx, a.Entry)
		}
		if err != nil {
			return nil, err
		}
	}
	actor := people.Of(ctx)
	var out []Adoption
	err := s.Store.ChangeAdoptions(ctx, func(tx AdoptionTx) error {
		out = out[:0]
		for _, id := range ids {
			was, err := tx.Adoption(ctx, id)
			if err != nil {
				return err
			}
			next := was
			if err := decide(&next, actor.Person.ID, people.DateOf(tx.Now(), s.Zone)); err != nil {
				return err
			}
			if next.EndedOn == "" && was.EndedOn != "" {
				switch _, err := tx.OpenAdoption(ctx, same[id], was.Organisation); {
				case err == nil:
					return fault.New(fault.Conflict, "adoption.another")
				case fault.CodeOf(err) != fault.NotFound:
					return err
				}
			}
			next.UpdatedAt = tx.Now()
			if err := tx.PutAdoption(next); err != nil {
				return err
			}
			tx.Record(adopted(actor.By(), action, was, next))
			next.Row++
			out = append(out, next)
		}
		return nil
	})
	return out, err
}

const (
	mostWords  = 1000 // letters of a text
	mostServed = 70_000_000
)

// tidied is an adoption as it is kept. The error joins a fault.Invalid per field.
func (a Adoption) tidied() (Adoption, error) {
	var faults []error
	wrong := func(field, key string, args ...any) {
		faults = append(faults, fault.New(fault.Invalid, key, args...).In(field))
	}
	text := func(field string, p *string, most int, lines bool) {
		*p = clean(*p, lines)
		if utf8.RuneCountInString(*p) > most {
			wrong(field, "commons.too_long", most)
		}
	}
	text("version", &a.Version, 60, false)
	text("use", &a.Use, 300, false)
	text("good", &a.Good, mostWords, true)
	text("bad", &a.Bad, mostWords, true)
	text("contact", &a.Contact, 200, false)
	if a.Since != "" && !day(a.Since) {
		wrong("since", "commons.day_form", a.Since)
	}
	if a.Served < -1 || a.Served > mostServed {
		wrong("served", "commons.number_form", strconv.Itoa(a.Served))
	}
	if a.Cost != "" && !slices.Contains(Costs, a.Cost) {
		wrong("cost", "commons.choice_unknown", a.Cost)
	}
	if a.Effort != "" && !slices.Contains(Efforts, a.Effort) {
		wrong("effort", "commons.choice_unknown", a.Effort)
	}
	return a, errors.Join(faults...)
}

// adopted is the entry of the record that a change of an adoption leaves.
func adopted(by audit.Actor, action string, was, next Adoption) audit.Entry {
	values := func(a Adoption) audit.Values {
		if a.ID == "" {
			return nil
		}
		return audit.Values{"entry": a.Entry, "organisation": a.Organisation, "since": a.Since, "version": a.Version, "use": a.Use, "served": a.Served, "cost": a.Cost, "effort": a.Effort,
			"good": a.Good, "bad": a.Bad, "contact": a.Contact, "verified_on": string(a.VerifiedOn), "until": string(a.Until), "ended_on": string(a.EndedOn), "end_reason": a.EndReason}
	}
	return audit.Entry{By: by, Action: action, Subject: AdoptionSubject(next), Was: values(was), Became: values(next)}
}
