package place

// Row is one place, as a snapshot stores it. An empty text means "not published".
type Row struct {
	Kind        string   `parquet:"kind,dict"`
	Source      string   `parquet:"source,dict"` // key in data/sources.json
	List        string   `parquet:"list,dict"`   // mediation, third places: which census, "hinaura"
	ID          string   `parquet:"id"`          // in its list; neither always there nor unique
	Name        string   `parquet:"name"`
	Address     string   `parquet:"address"`
	Postcode    string   `parquet:"postcode,dict"`
	City        string   `parquet:"city,dict"`    // as published; may be a former commune
	Commune     string   `parquet:"commune,dict"` // code of a commune of today, "" unknown
	Lon         float64  `parquet:"lon"`          // WGS 84 degrees; 0, 0 unknown
	Lat         float64  `parquet:"lat"`
	Type        string   `parquet:"type,dict"`   // France services: main, antenna; stop: train, tram, metro, rer, transilien; else as published
	Format      string   `parquet:"format,dict"` // France services: fixed, with-antennas, multisite, bus, itinerant
	Hours       string   `parquet:"hours,dict"`  // as published, see [ParseHours]
	Labels      []string `parquet:"labels,list"` // codes: conseiller-numerique, france-services, tiers-lieu, …
	Date        string   `parquet:"date,dict"`   // of the label or of the last update: a day, or a year alone
	Count       int32    `parquet:"count"`       // posts, pupils or charge points; -1 not published, or nothing to count
	Appointment bool     `parquet:"appointment"` // France services: by appointment
	Itinerant   bool     `parquet:"itinerant"`   // shown at its seat, counts in no distance
	Doubt       bool     `parquet:"doubt"`       // the point is likely wrong: neither on a map nor in a distance
}
