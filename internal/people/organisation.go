package people

import (
	"slices"
	"strings"
	"time"

	"bassin/internal/territory"
)

// OrganisationKind is what an organisation is. Its value is the key used in
// addresses, exports and the database.
type OrganisationKind string

// The kinds of organisations. The first five are collectivités: those that govern
// a territory of the snapshot come from it, see [Collectivites].
const (
	KindCommune     OrganisationKind = "commune"
	KindEPCI        OrganisationKind = "epci" // with own tax, and the établissements publics territoriaux
	KindDepartement OrganisationKind = "departement"
	KindRegion      OrganisationKind = "region"
	KindSpecial     OrganisationKind = "particulier" // collectivité à statut particulier or of overseas
	KindSyndicat    OrganisationKind = "syndicat"    // syndicat de communes or mixte
	KindPETR        OrganisationKind = "petr"        // pôle d'équilibre territorial et rural, pays
	KindCCAS        OrganisationKind = "ccas"        // CCAS or CIAS
	KindITAgency    OrganisationKind = "mutualisation"
	KindAssociation OrganisationKind = "association"
	KindCompany     OrganisationKind = "entreprise"
	KindSchool      OrganisationKind = "enseignement"
	KindHealth      OrganisationKind = "sante"
	KindState       OrganisationKind = "etat" // a service of the State
	KindOther       OrganisationKind = "autre"
)

// OrganisationKinds lists every kind, in the order of forms.
var OrganisationKinds = []OrganisationKind{
	KindCommune, KindEPCI, KindDepartement, KindRegion, KindSpecial, KindSyndicat, KindPETR, KindCCAS, KindITAgency,
	KindAssociation, KindCompany, KindSchool, KindHealth, KindState, KindOther,
}

// Valid says whether k is one of the kinds.
func (k OrganisationKind) Valid() bool { return slices.Contains(OrganisationKinds, k) }

// OrganisationState says whether an organisation still exists.
type OrganisationState string

// The states of an organisation.
const (
	OrganisationActive OrganisationState = "active"
	OrganisationClosed OrganisationState = "closed" // it has ended; what it did stays readable
	OrganisationMerged OrganisationState = "merged" // it was the same as MergedInto, whose page its address leads to
)

// Organisation is a body in whose name people act: a collectivité, an
// association, a company. It is not a territory: the commune that governs
// Rostrenen and the territory Rostrenen are two things.
type Organisation struct {
	ID          string // of its address; that of a collectivité is known before it has a row
	Kind        OrganisationKind
	Name        string
	ShortName   string
	SIREN       string         // 9 digits of the legal unit, or ""
	SIRET       string         // 14 digits of the establishment, which begin with SIREN, or ""
	RNA         string         // of an association, or ""
	Address     string         // number and street, lines
	PostalCode  string         // 5 digits
	Commune     string         // INSEE code of the address
	Email       string         // of the organisation, of nobody in particular
	Website     string         // http or https
	Territories []territory.ID // where it acts
	Vintage     int            // COG year of Commune and Territories
	State       OrganisationState
	MergedInto  string    // id, if merged
	Version     int64     // 0 for a collectivité that has no row yet
	CreatedAt   time.Time // UTC
}

// OrganisationSubject is how the record of changes names an organisation.
func OrganisationSubject(id string) string { return "organisation:" + id }

// OrganisationFields are what people edit of an organisation, by the names that
// forms, exports, conflicts, merges and the record share.
var OrganisationFields = []string{
	"kind", "name", "short_name", "siren", "siret", "rna", "address", "postal_code", "commune", "email", "website", "territories", "state",
}

// Get is a field as text; territories are level:code, separated by commas.
func (o *Organisation) Get(field string) string {
	switch field {
	case "territories":
		return JoinTerritories(o.Territories)
	case "kind":
		return string(o.Kind)
	case "state":
		return string(o.State)
	}
	if p := o.text(field); p != nil {
		return *p
	}
	return ""
}

// Set gives a field the value that [Organisation.Get] would return.
func (o *Organisation) Set(field, value string) {
	switch field {
	case "territories":
		o.Territories = SplitTerritories(value)
	case "kind":
		o.Kind = OrganisationKind(value)
	case "state":
		o.State = OrganisationState(value)
	}
	if p := o.text(field); p != nil {
		*p = value
	}
}

func (o *Organisation) text(field string) *string {
	switch field {
	case "name":
		return &o.Name
	case "short_name":
		return &o.ShortName
	case "siren":
		return &o.SIREN
	case "siret":
		return &o.SIRET
	case "rna":
		return &o.RNA
	case "address":
		return &o.Address
	case "postal_code":
		return &o.PostalCode
	case "commune":
		return &o.Commune
	case "email":
		return &o.Email
	case "website":
		return &o.Website
	}
	return nil
}

// Differs lists the fields in which two organisations differ, in order.
func (o *Organisation) Differs(other *Organisation) []string {
	var out []string
	for _, f := range OrganisationFields {
		if o.Get(f) != other.Get(f) {
			out = append(out, f)
		}
	}
	return out
}

// JoinTerritories writes territories as level:code, separated by commas.
func JoinTerritories(ids []territory.ID) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	return strings.Join(texts, ",")
}

// SplitTerritories reads what [JoinTerritories] writes, leaving out what it cannot read.
func SplitTerritories(s string) []territory.ID {
	var out []territory.ID
	for text := range strings.SplitSeq(s, ",") {
		if id, ok := territory.ParseID(strings.TrimSpace(text)); ok && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
