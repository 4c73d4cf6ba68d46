package place

import "slices"

// Kind is what a place is, and with it which list it comes from.
type Kind string

// The kinds of place.
const (
	FranceServices Kind = "france-services"
	Mediation      Kind = "mediation"       // place of digital mediation
	Conseillers    Kind = "conseillers"     // structure chosen to host conseillers numériques
	AidantsConnect Kind = "aidants-connect" // structure entitled to Aidants Connect
	ThirdPlace     Kind = "third-place"     // each is in Mediation too
	Library        Kind = "library"         // public library
	PrimarySchool  Kind = "primary-school"  // école
	MiddleSchool   Kind = "middle-school"   // collège
	HighSchool     Kind = "high-school"     // lycée
	AdaptedSchool  Kind = "adapted-school"  // EREA
	SchoolSection  Kind = "school-section"  // SEGPA and the like, inside a collège or a lycée
	EVCharging     Kind = "ev-charging"     // public charging place for electric cars
	RailStation    Kind = "rail-station"    // of the national network, with passengers
	Stop           Kind = "stop"            // train, tram or metro stop of OpenStreetMap
)

// Kinds is every kind, places of help first.
var Kinds = []Kind{
	FranceServices, Mediation, Conseillers, AidantsConnect, ThirdPlace, Library,
	PrimarySchool, MiddleSchool, HighSchool, AdaptedSchool, SchoolSection, EVCharging, RailStation, Stop,
}

// Valid says whether the kind is one of [Kinds].
func (k Kind) Valid() bool { return slices.Contains(Kinds, k) }

// Complete says whether the list holds every place of France. France services
// alone is: it alone supports "none within x km". Every other list is an uneven
// census (recensés): never ranked, never in an index, and none listed is not none.
func (k Kind) Complete() bool { return k == FranceServices }

// Help says whether people find help with digital matters there.
func (k Kind) Help() bool {
	return slices.Index(Kinds, k) <= slices.Index(Kinds, ThirdPlace) && k.Valid()
}

// ODbL says whether the list is under the ODbL: kept apart from the others,
// credited where shown.
func (k Kind) ODbL() bool {
	return k == Mediation || k == ThirdPlace || k == RailStation || k == Stop
}

// NameKey and NamesKey are the keys of the kind's name, one and several.
func (k Kind) NameKey() string  { return "place.kind." + string(k) + ".name" }
func (k Kind) NamesKey() string { return "place.kind." + string(k) + ".names" }

// FormatKey and LabelKey are the keys of the words for a [Row.Format] and for one
// of its [Row.Labels]: pages show a code that has none as it is.
func FormatKey(format string) string { return "place.format." + format }
func LabelKey(label string) string   { return "place.label." + label }
