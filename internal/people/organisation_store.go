package people

import (
	"context"
	"strings"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/territory"
)

// OrganisationStore keeps organisations. What changes one leaves a row in the
// record, of subject [OrganisationSubject].
type OrganisationStore interface {
	// Organisation returns the organisation of that id, merged or not, or fault.NotFound.
	Organisation(ctx context.Context, id string) (Organisation, error)
	// Organisations returns a page of those that the filter keeps, by name, and
	// how many there are in all.
	Organisations(ctx context.Context, f OrganisationFilter) ([]Organisation, int, error)
	// ActionTerritories are the territories where organisations act, each once.
	ActionTerritories(ctx context.Context) ([]territory.ID, error)

	// CreateOrganisation keeps a new one, under an id that the store gives, of
	// version 1. The error is a *[Taken] if another has its numbers.
	CreateOrganisation(ctx context.Context, by audit.Actor, o Organisation) (Organisation, error)
	// CreateOrganisations keeps several, in order, or none of them: errors are as those
	// of CreateOrganisation. Each is set apart from those that it says.
	CreateOrganisations(ctx context.Context, by audit.Actor, list []NewOrganisation) ([]Organisation, error)
	// EnsureOrganisation returns the row of a collectivité, made from o if there is
	// none yet; of those who ask at once, one makes it.
	EnsureOrganisation(ctx context.Context, by audit.Actor, o Organisation) (Organisation, error)
	// UpdateOrganisation gives an organisation the fields that change returns, in
	// one transaction; change may run more than once, and an error of it leaves all
	// as it was. If the organisation is no longer at version the error is a
	// *fault.Stale[Organisation], if another has its numbers a *[Taken].
	UpdateOrganisation(ctx context.Context, by audit.Actor, id string, version int64, change func(Organisation) (Organisation, error)) (Organisation, error)

	// MergeOrganisations makes of two organisations one: all that refers to
	// m.Merged refers to m.Kept, which gets the fields that join makes of both.
	// Errors as UpdateOrganisation, for either.
	MergeOrganisations(ctx context.Context, by audit.Actor, m MergeOf, join func(kept, merged Organisation) (Organisation, error)) (Merge, error)
	// UndoMerge takes a merge back: what it moved goes back unless somebody moved
	// it again, and the fields it changed unless somebody changed them since.
	UndoMerge(ctx context.Context, by audit.Actor, id string) (Undone, error)
	// Merges are those that an organisation was kept or merged in, the last first.
	Merges(ctx context.Context, organisation string) ([]Merge, error)

	// SetApart notes that two organisations that look alike are two.
	SetApart(ctx context.Context, by audit.Actor, a, b string) error
	// Apart are the pairs set apart, the lower id first.
	Apart(ctx context.Context) (map[[2]string]bool, error)
}

// NewOrganisation is one to keep, and those with rows that it looks like and is not.
type NewOrganisation struct {
	Organisation
	Apart      []string // ids
	ApartAbove []int    // others of the same list, before this one, by their index
}

// OrganisationFilter chooses organisations; an empty field chooses all.
type OrganisationFilter struct {
	Query       string // words of the name, or a number
	Kind        OrganisationKind
	Territories []territory.ID // that act in one of these
	Communes    []string       // whose address is in one of these
	SIREN, RNA  string
	IDs         []string
	State       OrganisationState // "" is all but merged
	Limit       int               // at most 1000; 0 is 50
	Offset      int
}

// Numbers reads the query as an identifier, where it is one.
func (f OrganisationFilter) Numbers() (siren, siret, rna string) {
	if n, err := ParseSIREN(f.Query); err == nil && n != "" {
		return n, "", ""
	}
	if n, err := ParseSIRET(f.Query); err == nil && n != "" {
		return "", n, ""
	}
	if n, err := ParseRNA(f.Query); err == nil && n != "" {
		return "", "", n
	}
	return "", "", ""
}

// Words are the folded words of the query.
func (f OrganisationFilter) Words() []string { return Fold(f.Query) }

// SearchKeys are what a store keeps of an organisation to find it by and to sort
// it by: folded words between spaces, and the same without a sign that databases
// sort differently.
func (o *Organisation) SearchKeys() (folded, sorted string) {
	words := Fold(o.Name)
	sorted = strings.Join(words, "0")
	return " " + strings.Join(append(words, Fold(o.ShortName)...), " ") + " ", sorted
}

// Taken refuses an organisation whose numbers another has: it is there already.
type Taken struct {
	Field string // siren, siret or rna
	Other Organisation
}

func (e *Taken) Error() string { return e.Unwrap().Error() }

// Unwrap makes it a fault.Conflict to fault.CodeOf and to those who show it.
func (e *Taken) Unwrap() error {
	return fault.New(fault.Conflict, "organisation.taken", e.Other.Name).In(e.Field)
}

// MergeOf says which two organisations are one, as they were when somebody saw so.
type MergeOf struct {
	Kept, Merged               string
	KeptVersion, MergedVersion int64
}

// Merge is a merge that was made.
type Merge struct {
	ID           string
	Kept, Merged string
	MergedState  OrganisationState // of the merged one, before
	By           audit.Actor
	At           time.Time         // UTC
	Before       map[string]string // fields of the kept one that it changed
	After        map[string]string
	Moved        []Moved
	UndoneAt     time.Time // zero if it holds
}

// Moved are rows of a table that referred to the merged one.
type Moved struct {
	Table string   `json:"table"`
	Rows  []string `json:"rows"`
}

// Undone says what an undone merge brought back and what it left, as others had
// changed it since.
type Undone struct {
	Merged string
	Back   int // rows
	Stayed int
	Left   []string // fields of the kept one
}
