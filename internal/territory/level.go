package territory

import "strings"

// Level is a kind of territory. Its value is the key used everywhere: addresses,
// API, command line and snapshot.
type Level string

// The levels, from the smallest to the largest.
const (
	ArrondissementMunicipal Level = "arm"     // Paris, Lyon, Marseille; INSEE code
	QPV                     Level = "qpv"     // quartier prioritaire 2024; code QNxxxxxY
	Commune                 Level = "commune" // INSEE code, COG of the snapshot
	Canton                  Level = "cv"      // canton-ville (pseudo-canton), INSEE code
	UniteUrbaine            Level = "uu"      // unité urbaine 2020
	BassinDeVie             Level = "bv"      // bassin de vie 2022; code of its pole commune
	EPT                     Level = "ept"     // établissement public territorial of Grand Paris; SIREN
	EPCI                    Level = "epci"    // intercommunalité with own tax; SIREN
	TerritoireIndustrie     Level = "ti"      // Territoires d'industrie
	AireAttraction          Level = "aav"     // aire d'attraction des villes 2020
	ZoneEmploi              Level = "ze"      // zone d'emploi 2020
	Arrondissement          Level = "arr"     // arrondissement départemental
	Departement             Level = "dep"     // or overseas collectivity
	Region                  Level = "reg"     // or overseas collectivity
	Pays                    Level = "pays"    // France: the 101 départements; code FR
	Custom                  Level = "set"     // a set of communes that somebody drew
)

// Levels lists every level that is published, from the smallest to the largest.
var Levels = []Level{
	ArrondissementMunicipal, QPV, Commune, Canton, UniteUrbaine, BassinDeVie, EPT, EPCI,
	TerritoireIndustrie, AireAttraction, ZoneEmploi, Arrondissement, Departement, Region, Pays,
}

// Valid says whether l is a published level or Custom.
func (l Level) Valid() bool {
	if l == Custom {
		return true
	}
	for _, k := range Levels {
		if k == l {
			return true
		}
	}
	return false
}

// Whole says whether territories of this level are made of whole communes.
// Municipal arrondissements and QPV are smaller: no commune's figure is theirs.
func (l Level) Whole() bool { return l != ArrondissementMunicipal && l != QPV }

// ID identifies a territory within one snapshot, which carries the vintage.
// A bassin's code equals its pole commune's code, so a code alone is never enough.
type ID struct {
	Level Level
	Code  string
}

// String writes the identifier as level:code, for instance bv:22113.
func (id ID) String() string { return string(id.Level) + ":" + id.Code }

// Path is the address of the territory's page below the language prefix.
func (id ID) Path() string { return "/" + string(id.Level) + "/" + id.Code }

// ParseID reads level:code. It checks the form, not that the territory exists.
func ParseID(s string) (ID, bool) {
	l, c, ok := strings.Cut(s, ":")
	id := ID{Level(l), c}
	return id, ok && id.Level.Valid() && validCode(c)
}

func validCode(c string) bool {
	if c == "" || len(c) > 32 {
		return false
	}
	for i := range len(c) {
		switch b := c[i]; {
		case '0' <= b && b <= '9', 'A' <= b && b <= 'Z', 'a' <= b && b <= 'z', b == '-':
		default:
			return false
		}
	}
	return true
}
