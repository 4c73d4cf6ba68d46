package people

import (
	"strings"
	"time"

	"bassin/internal/fault"
	"bassin/internal/territory"
)

// Scope is where a mandate holds or where a thing is: a territory, an
// organisation, or the whole installation, which is the zero Scope.
type Scope struct {
	Territory    territory.ID // zero if not a territory
	Organisation string       // id, "" if not an organisation
}

// Everywhere is the whole installation.
var Everywhere = Scope{}

// Over is the scope of a territory.
func Over(t territory.ID) Scope { return Scope{Territory: t} }

// In is the scope of an organisation.
func In(organisation string) Scope { return Scope{Organisation: organisation} }

// String is the scope in a word: "", "bv:22266", "organisation:ID". [ParseScope] reads it.
func (s Scope) String() string {
	switch {
	case s.Organisation != "":
		return "organisation:" + s.Organisation
	case s.Territory != territory.ID{}:
		return s.Territory.String()
	}
	return ""
}

// ParseScope reads what [Scope.String] wrote.
func ParseScope(s string) (Scope, error) {
	if s == "" {
		return Everywhere, nil
	}
	if id, ok := strings.CutPrefix(s, "organisation:"); ok && id != "" {
		return In(id), nil
	}
	if id, ok := territory.ParseID(s); ok {
		return Over(id), nil
	}
	return Scope{}, fault.New(fault.Invalid, "people.scope", s)
}

// Date is a day as ISO 8601 writes it: 2026-11-26. Days compare as texts do.
type Date string

// DateOf is the day of a moment in that place.
func DateOf(t time.Time, in *time.Location) Date { return Date(t.In(in).Format(time.DateOnly)) }

// Valid says whether d is a day.
func (d Date) Valid() bool { _, err := time.Parse(time.DateOnly, string(d)); return err == nil }

// Before is the day before, "" for what is no day.
func (d Date) Before() Date { return d.plus(-1) }

// After is the day after, "" for what is no day.
func (d Date) After() Date { return d.plus(1) }

func (d Date) plus(days int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return Date(t.AddDate(0, 0, days).Format(time.DateOnly))
}

// Mandate is a role of a person in a scope, from a day to a day, given by somebody
// on some act. Mandates are never deleted: past ones stay readable.
type Mandate struct {
	ID        string
	Person    string
	Role      Role
	Scope     Scope
	From      Date
	To        Date   // last day, "" as long as nobody ends it
	GivenBy   string // person, "" for the console or the first set-up
	Act       string // on which it rests: "Délibération 2026-11 du conseil communautaire"
	ActHref   string // where the act can be read, "" if nowhere
	Follows   string // mandate taken over from its holder, "" if none
	EndedBy   string // person who ended it before its term, "" if nobody
	EndReason string
	CreatedAt time.Time
	Version   int64
}

// Holds says whether the mandate is in force on a day.
func (m Mandate) Holds(on Date) bool { return m.From <= on && (m.To == "" || on <= m.To) }

// NeverBegan says whether the mandate was ended before its first day.
func (m Mandate) NeverBegan() bool { return m.To != "" && m.To < m.From }

// Public says whether everybody may know of the mandate: a public role over a territory
// or over the whole.
func (m Mandate) Public() bool { return m.Role.Public() && m.Scope.Organisation == "" }

// Past says whether the mandate is over on a day.
func (m Mandate) Past(on Date) bool { return m.To != "" && m.To < on }
