package retention

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bassin/internal/fault"
	"bassin/internal/setting"
)

// Name is the name of the setting that holds [Periods].
const Name = "retention"

// Periods are for how long things are kept, in days. The record of changes is in
// none: it proves for years what was decided, its personal values end with the
// person's key, and a row less would break its chain.
type Periods struct {
	Delivered   int `json:"delivered"`   // an event of the outbox, once delivered
	Undelivered int `json:"undelivered"` // an event that never was
	Notices     int `json:"notices"`     // a notice, once read
	Expired     int `json:"expired"`     // a session or a ticket, once it holds no longer
	Unverified  int `json:"unverified"`  // an account whose address was never verified
	Hidden      int `json:"hidden"`      // what a comment that was hidden, or a report, once answered, said
	Inactive    int `json:"inactive"`    // an account without mandate, since its last sign-in, before its holder is warned
	Warning     int `json:"warning"`     // from that warning to its erasure
}

// Bound is what a period may be, in days.
type Bound struct {
	Name               string // of the field, as the setting is kept
	Least, Most, First int    // First is what it is until somebody sets it
	of                 func(*Periods) *int
}

// Of is the period that the bound is about.
func (b Bound) Of(p *Periods) *int { return b.of(p) }

// Bounds are those of every period, in the order in which people read them.
func Bounds() []Bound {
	return []Bound{
		{"delivered", 1, 365, 30, func(p *Periods) *int { return &p.Delivered }},
		{"undelivered", 7, 365, 90, func(p *Periods) *int { return &p.Undelivered }},
		{"notices", 30, 3650, 365, func(p *Periods) *int { return &p.Notices }},
		{"expired", 1, 365, 30, func(p *Periods) *int { return &p.Expired }},
		{"unverified", 1, 90, 7, func(p *Periods) *int { return &p.Unverified }},
		{"hidden", 30, 3650, 365, func(p *Periods) *int { return &p.Hidden }},
		{"inactive", 365, 3650, 3 * 365, func(p *Periods) *int { return &p.Inactive }},
		{"warning", 15, 180, 30, func(p *Periods) *int { return &p.Warning }},
	}
}

// Defaults are the periods until somebody sets them.
func Defaults() Periods {
	var p Periods
	for _, b := range Bounds() {
		*b.Of(&p) = b.First
	}
	return p
}

// Check refuses a period out of its bounds, the first one that is.
func (p Periods) Check() error {
	for _, b := range Bounds() {
		if n := *b.Of(&p); n < b.Least || n > b.Most {
			return fault.New(fault.Invalid, "retention.bounds", b.Least, b.Most).In(b.Name)
		}
	}
	return nil
}

// Parse reads the value of the setting; what it does not say is as in [Defaults].
func Parse(value json.RawMessage) (Periods, error) {
	p := Defaults()
	if value == nil {
		return p, nil
	}
	if err := json.Unmarshal(value, &p); err != nil {
		return p, fmt.Errorf("retention: %w", err)
	}
	return p, p.Check()
}

// Read reads the setting.
func Read(ctx context.Context, s setting.Store) (Periods, error) {
	v, err := s.Setting(ctx, Name)
	if err != nil {
		return Periods{}, err
	}
	return Parse(v.Value)
}

// before is the moment that many days ago.
func before(now time.Time, days int) time.Time { return now.AddDate(0, 0, -days) }
