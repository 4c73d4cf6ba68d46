package geo

// field is a field of an answer.
type field uint8

// The fields of all collections. The order has no meaning.
const (
	nom field = iota
	code
	kind // "type"
	chefLieu
	codeParent
	codesPostaux
	siren
	codeEpci
	codeDepartement
	codeRegion
	codesDepartements
	codesRegions
	population
	financement
	anciensCodes
	deleguees
	associees
	zone
	surface
	centre
	mairie
	bbox
	contour
	epci
	departement
	region
	fieldCount
)

// named are the names of the fields in requests and answers.
var named = [fieldCount]string{
	nom: "nom", code: "code", kind: "type", chefLieu: "chefLieu", codeParent: "codeParent", codesPostaux: "codesPostaux",
	siren: "siren", codeEpci: "codeEpci", codeDepartement: "codeDepartement", codeRegion: "codeRegion",
	codesDepartements: "codesDepartements", codesRegions: "codesRegions", population: "population",
	financement: "financement", anciensCodes: "anciensCodes", deleguees: "deleguees", associees: "associees",
	zone: "zone", surface: "surface", centre: "centre", mairie: "mairie", bbox: "bbox", contour: "contour",
	epci: "epci", departement: "departement", region: "region",
}

// fieldSet is a set of fields.
type fieldSet uint32

func setOf(fields ...field) (s fieldSet) {
	for _, f := range fields {
		s |= 1 << f
	}
	return s
}

func (s fieldSet) has(f field) bool { return s&(1<<f) != 0 }

// scheme says what a collection answers.
type scheme struct {
	standard   []field // without the parameter fields, in this order
	stored     []field // the rest of what is made once for each snapshot
	all        fieldSet
	geometries fieldSet // what the parameter geometry accepts; none where GeoJSON is not offered
}

// last are the fields that the State's server adds after all others.
var last = [...]field{epci, departement, region}

var communeScheme = scheme{
	standard:   []field{nom, code, codeDepartement, siren, codeEpci, codeRegion, codesPostaux, population},
	stored:     []field{codeParent, anciensCodes, deleguees, associees},
	geometries: setOf(centre, contour, mairie, bbox),
	all: setOf(nom, code, kind, codeParent, codesPostaux, siren, centre, surface, contour, mairie, bbox, codeEpci, epci,
		codeDepartement, departement, codeRegion, region, population, anciensCodes, deleguees, associees, zone),
}

var partScheme = scheme{
	standard:   []field{nom, code, kind, chefLieu, codeEpci, codeDepartement, codeRegion},
	stored:     []field{codesPostaux, population},
	geometries: setOf(centre, contour, bbox),
	all: setOf(nom, code, kind, chefLieu, codesPostaux, population, centre, codeEpci, epci, codeDepartement,
		departement, codeRegion, region),
}

var epciScheme = scheme{
	standard:   []field{nom, code, codesDepartements, codesRegions}, // of the definition; the State's server adds population
	stored:     []field{kind, financement, population},
	geometries: setOf(centre, contour, bbox),
	all: setOf(nom, code, kind, financement, codesDepartements, codesRegions, population, zone, centre, surface,
		contour, bbox),
}

var departementScheme = scheme{
	standard: []field{nom, code, codeRegion},
	stored:   []field{chefLieu},
	all:      setOf(nom, code, codeRegion, region, zone, chefLieu),
}

var regionScheme = scheme{
	standard: []field{nom, code},
	stored:   []field{chefLieu},
	all:      setOf(nom, code, zone, chefLieu),
}
