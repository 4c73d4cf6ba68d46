package territory

// Tables holds what France publishes about its territories, as plain rows: what
// the pipeline makes, what a snapshot stores (one Parquet file a table) and what
// [New] indexes. Codes are text. A nil pointer or an empty string means "not
// published"; it never means zero.
type Tables struct {
	Vintage     int             // COG year of the commune list
	Communes    []CommuneRow    // sorted by code
	Zones       []ZoneRow       // every level but communes, sorted by level and code
	Members     []MemberRow     // communes of the levels that are no column of CommuneRow: qpv, ti
	Parts       []PartRow       // communes déléguées and associées, municipal arrondissements
	Populations []PopulationRow // municipal population by census year, current geography
	Events      []EventRow      // what happened to communes since 1943, oldest first
	Passages    []PassageRow    // past commune code -> current commune code, where they differ
}

// CommuneRow is one current commune. For a partition zoning the column holds the
// code of the one territory the commune lies in, or "" if it lies in none.
type CommuneRow struct {
	Code           string   `parquet:"code"`
	Name           string   `parquet:"name"`
	Article        int8     `parquet:"article"`   // TNCC of the COG, see Article
	Zone           string   `parquet:"zone,dict"` // metro, drom, com
	Siren          string   `parquet:"siren"`
	PostalCodes    []string `parquet:"postal_codes,list"`
	Population     *int32   `parquet:"population,optional"` // municipal population, inhabitants
	PopulationYear int16    `parquet:"population_year"`     // census year of Population, 0 if unknown
	AreaKm2        *float64 `parquet:"area_km2,optional"`   // official area, not that of the outline
	Lon            float64  `parquet:"lon"`                 // centroid, WGS84 degrees, not the town hall
	Lat            float64  `parquet:"lat"`
	SeatRank       int8     `parquet:"seat_rank"` // rang_chef_lieu: 0 none, 2 arrondissement, 3 département, 4 région
	Arrondissement string   `parquet:"arr,dict"`
	Canton         string   `parquet:"canton,dict"` // COG canton code, no name published here
	CantonVille    string   `parquet:"cv,dict"`
	EPCI           string   `parquet:"epci,dict"`
	EPT            string   `parquet:"ept,dict"`
	Departement    string   `parquet:"dep,dict"`
	Region         string   `parquet:"reg,dict"`
	BassinDeVie    string   `parquet:"bv,dict"`
	ZoneEmploi     string   `parquet:"ze,dict"`
	AireAttraction string   `parquet:"aav,dict"`          // "" outside any attraction area (published as 000)
	UniteUrbaine   string   `parquet:"uu,dict"`           // "" outside urban units (published as ..000)
	Density        int8     `parquet:"density"`           // INSEE grid in 7 levels, 1 densest; 0 not published
	AAVCategory    string   `parquet:"aav_category,dict"` // 11, 12, 13, 20, 30
	UUStatus       string   `parquet:"uu_status,dict"`    // C, B, I, H
	Centrality     string   `parquet:"centrality,dict"`   // INRAE-CESAER 2021 wording
	Rurality       string   `parquet:"rurality,dict"`     // Acadie / Talandier for ANCT wording
	Massif         string   `parquet:"massif,dict"`
	FRR            string   `parquet:"frr,dict"` // wording of the DGCL list
	ACV            bool     `parquet:"acv"`
	ACVDate        string   `parquet:"acv_date"` // ISO 8601
	PVD            bool     `parquet:"pvd"`
	PVDDate        string   `parquet:"pvd_date"`
	ORT            bool     `parquet:"ort"`
	ORTDate        string   `parquet:"ort_date"`
}

// ZoneRow is one territory of a level other than commune.
type ZoneRow struct {
	Level      string  `parquet:"level,dict"`
	Code       string  `parquet:"code"`
	Name       string  `parquet:"name"`
	Type       string  `parquet:"type,dict"`           // EPCI: CC, CA, CU, METRO, MET69
	Financing  string  `parquet:"financing,dict"`      // EPCI: FPU, FA
	Seat       string  `parquet:"seat"`                // seat or pole: commune code (EPCI: département of the seat)
	Zone       string  `parquet:"zone,dict"`           // dep, reg: metro, drom, com
	Region     string  `parquet:"reg,dict"`            // dep, arr: the région it lies in
	Population *int32  `parquet:"population,optional"` // published for the whole, inhabitants; members' sum otherwise
	Lon        float64 `parquet:"lon"`                 // of its seat, else of its most inhabited commune; inside its outline for a QPV
	Lat        float64 `parquet:"lat"`
}

// MemberRow puts a commune in a territory of a level where communes may be in
// several. For a QPV the commune is only crossed, not contained.
type MemberRow struct {
	Level   string `parquet:"level,dict"`
	Code    string `parquet:"code,dict"`
	Commune string `parquet:"commune,dict"`
}

// PartRow is a place below a commune that has a name and a code of its own.
type PartRow struct {
	Code        string   `parquet:"code"`
	Name        string   `parquet:"name"`
	Type        string   `parquet:"type,dict"` // commune-deleguee, commune-associee, arrondissement-municipal
	Commune     string   `parquet:"commune"`
	PostalCodes []string `parquet:"postal_codes,list"`
	Population  *int32   `parquet:"population,optional"`
	Lon         float64  `parquet:"lon"` // 0, 0 if not published
	Lat         float64  `parquet:"lat"`
}

// PopulationRow is the municipal population of a commune in a census year,
// in the commune's current perimeter.
type PopulationRow struct {
	Commune    string `parquet:"commune,dict"`
	Year       int16  `parquet:"year"`
	Population int32  `parquet:"population"`
}

// EventRow is one line of INSEE's log of commune changes.
type EventRow struct {
	Date     string `parquet:"date,dict"`      // ISO 8601, the day the change takes effect
	Mod      int8   `parquet:"mod"`            // kind of change, see EventKind
	FromType string `parquet:"from_type,dict"` // COM, COMA, COMD, ARM
	FromCode string `parquet:"from_code"`
	FromName string `parquet:"from_name"`
	ToType   string `parquet:"to_type,dict"`
	ToCode   string `parquet:"to_code"`
	ToName   string `parquet:"to_name"`
}

// PassageRow leads from a commune code that no longer exists to today's.
type PassageRow struct {
	Old string `parquet:"old"`
	New string `parquet:"new"`
}
