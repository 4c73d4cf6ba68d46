package observatoryweb

import (
	"encoding/json"
	"io"
	"math"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/observatory"
	"bassin/internal/place"
	"bassin/internal/territory"
)

// Document is the diagnosis of a territory away from its page: in Markdown the
// sentences of the page, in JSON and CSV its figures.
type Document struct {
	d diagnoser
	x *observatory.Diagnosis
}

// NewDocument makes the diagnosis of a territory in one language. Its error is a
// fault: priority districts have no figures.
func NewDocument(l *i18n.Localizer, o *observatory.Observatory, t *territory.Territory) (Document, error) {
	switch {
	case t.Level == territory.QPV:
		return Document{}, fault.New(fault.Invalid, "diagnosis.document.district", t.Name)
	case len(t.Communes()) == 0:
		return Document{}, fault.New(fault.NotFound, "territory.not_found", t.ID.String())
	}
	d := diagnoser{words: words{l, o.France}, s: o.Snapshot, o: o, self: t.Path(), all: true}
	return Document{d, o.Diagnose(t)}, nil
}

// The form of the JSON. A number that is not known is null, never zero.
type (
	documentJSON struct {
		Territory territoryJSON  `json:"territory"`
		Perimeter []string       `json:"perimeter"`
		Communes  []string       `json:"communeCodes"`
		Language  string         `json:"language"`
		Snapshot  string         `json:"snapshot"`
		Vintage   int            `json:"vintage"`
		Oldest    string         `json:"oldestPeriod"`
		Newest    string         `json:"newestPeriod"`
		Answer    []string       `json:"answer"`
		Concerned *concernedJSON `json:"concerned"`
		Unit      string         `json:"partsLevel"`
		Parts     []partJSON     `json:"parts"`
		Visits    []visitJSON    `json:"visits"`
		Help      helpJSON       `json:"help"`
		Figures   []figureJSON   `json:"figures"`
		Missing   []missingJSON  `json:"missing"`
		Networks  []figureJSON   `json:"networks"`
		Marks     marksJSON      `json:"marks"`
		Limits    []string       `json:"limits"`
		Sources   []sourceJSON   `json:"sources"`
	}
	territoryJSON struct {
		ID         string `json:"id"`
		Level      string `json:"level"`
		Code       string `json:"code"`
		Name       string `json:"name"`
		Population *int   `json:"population"`
		Communes   int    `json:"communes"`
	}
	concernedJSON struct {
		Low      float64 `json:"low"`
		People   float64 `json:"people"`
		High     float64 `json:"high"`
		LowRate  float64 `json:"lowRate"`
		Rate     float64 `json:"rate"`
		HighRate float64 `json:"highRate"`
		Coverage float64 `json:"coverage"`
	}
	partJSON struct {
		ID     string   `json:"id"`
		Name   string   `json:"name"`
		People *float64 `json:"peopleConcerned"`
		Rate   *float64 `json:"rate"`
		Km     *float64 `json:"franceServicesKm"`
		Sites  int      `json:"franceServices"`
		Listed int      `json:"mediationListed"`
	}
	visitJSON struct {
		partJSON
		Why string `json:"why"`
	}
	helpJSON struct {
		FranceServices []placeJSON  `json:"franceServices"`
		Beyond         []beyondJSON `json:"beyond"`
		Listed         []listedJSON `json:"listed"`
	}
	placeJSON struct {
		Name      string   `json:"name"`
		Address   string   `json:"address,omitempty"`
		Commune   string   `json:"commune"`
		Hours     string   `json:"hours,omitempty"`
		Date      string   `json:"date,omitempty"`
		Itinerant bool     `json:"itinerant,omitempty"`
		Lon       *float64 `json:"lon"`
		Lat       *float64 `json:"lat"`
	}
	beyondJSON struct {
		Km       float64 `json:"km"`
		Communes int     `json:"communes"`
		People   int     `json:"people"`
		Known    int     `json:"communesKnown"`
	}
	listedJSON struct {
		Kind   string      `json:"kind"`
		Name   string      `json:"name"`
		Total  int         `json:"total"`
		Places []placeJSON `json:"places"`
	}
	figureJSON struct {
		Key         string          `json:"key"`
		Name        string          `json:"name"`
		Definition  string          `json:"definition"`
		Period      string          `json:"period"`
		Value       *float64        `json:"value"`
		Unit        string          `json:"unit"`
		Text        string          `json:"text"`
		Sentence    string          `json:"sentence"`
		Numerator   *float64        `json:"numerator"`
		Denominator *float64        `json:"denominator"`
		Coverage    float64         `json:"coverage"`
		Imprecise   bool            `json:"imprecise"`
		Proxy       bool            `json:"proxy"`
		Estimate    bool            `json:"estimate"`
		Standing    *standingJSON   `json:"standing"`
		Z           *float64        `json:"z"`
		Unusual     bool            `json:"unusual"`
		References  []referenceJSON `json:"references"`
		Change      *changeJSON     `json:"change"`
		Spread      *spreadJSON     `json:"spread"`
		Notes       []string        `json:"notes"`
		Sources     []string        `json:"sources"`
	}
	standingJSON struct {
		Peers    string   `json:"peers"`
		Compared int      `json:"compared"`
		Below    int      `json:"below"`
		Above    int      `json:"above"`
		Median   *float64 `json:"median"`
	}
	referenceJSON struct {
		ID    string   `json:"id"`
		Name  string   `json:"name"`
		Value *float64 `json:"value"`
	}
	changeJSON struct {
		From   string  `json:"from"`
		To     string  `json:"to"`
		By     float64 `json:"by"`
		Points bool    `json:"points"`
	}
	spreadJSON struct {
		Communes int      `json:"communes"`
		Low      *float64 `json:"d1"`
		High     *float64 `json:"d9"`
		Between  *float64 `json:"between"`
	}
	missingJSON struct {
		Key   string `json:"key"`
		State string `json:"state"`
		Why   string `json:"why"`
	}
	marksJSON struct {
		Districts []namedJSON `json:"districts"`
		Sparse    []namedJSON `json:"sparseCommunes"`
		Declining []namedJSON `json:"decliningCommunes"`
	}
	namedJSON struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	sourceJSON struct {
		Title    string `json:"title"`
		Producer string `json:"producer"`
		Vintage  string `json:"vintage"`
		Licence  string `json:"licence"`
		Credit   string `json:"credit"`
	}
)

// WriteJSON writes every figure of the diagnosis with the sentences made of them.
func (c Document) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(c.data())
}

func (c Document) data() documentJSON {
	d, x, t := c.d, c.x, c.x.Territory
	out := documentJSON{
		Territory: territoryJSON{t.ID.String(), string(t.Level), t.Code, d.heading(t), nil, len(t.Communes())},
		Perimeter: some(d.perimeter(x)), Communes: d.f.Codes(t), Language: string(d.l.Lang()), Snapshot: d.s.Manifest.Hash, Vintage: d.f.Vintage(),
		Oldest: x.Oldest, Newest: x.Newest, Answer: d.answer(x), Unit: string(x.Unit), Limits: d.limits(x),
		Parts: []partJSON{}, Visits: []visitJSON{}, Missing: []missingJSON{},
		Figures: c.figures(x.Figures), Networks: c.figures(x.Networks), Help: c.help(),
	}
	if n, known := t.Population(); known {
		out.Territory.Population = &n
	}
	if p := x.Concerned; p != nil {
		out.Concerned = &concernedJSON{p.Low, p.People, p.High, p.LowRate, p.Rate, p.HighRate, p.Coverage}
	}
	for _, p := range x.Parts {
		out.Parts = append(out.Parts, c.part(p))
	}
	for _, p := range x.Visits {
		out.Visits = append(out.Visits, visitJSON{c.part(p), d.why(p)})
	}
	for _, key := range x.Missing {
		s := d.o.Latest(t, key).State
		out.Missing = append(out.Missing, missingJSON{key, stateKey(s), d.state(s)})
	}
	communes := d.f.Level(territory.Commune)
	named := func(numbers []int32) []namedJSON {
		list := []namedJSON{}
		for _, n := range numbers {
			list = append(list, namedJSON{communes[n].ID.String(), communes[n].Name})
		}
		return list
	}
	out.Marks = marksJSON{[]namedJSON{}, named(x.Marks.Sparse), named(x.Marks.Declining)}
	for _, q := range x.Marks.Districts {
		out.Marks.Districts = append(out.Marks.Districts, namedJSON{q.ID.String(), q.Name})
	}
	for _, s := range d.sources(x) {
		out.Sources = append(out.Sources, sourceJSON{s.Title, s.Producer, s.Vintage, s.Licence, s.Credit})
	}
	return out
}

func (c Document) part(p observatory.Part) partJSON {
	return partJSON{p.Territory.ID.String(), c.d.heading(p.Territory), known(p.People), known(p.Rate), known(p.Km), p.Sites, p.Listed}
}

func (c Document) help() helpJSON {
	h := c.x.Help
	out := helpJSON{FranceServices: append(c.places(h.Sites), c.places(h.Itinerant)...), Beyond: []beyondJSON{}, Listed: []listedJSON{}}
	for _, b := range h.Beyond {
		out.Beyond = append(out.Beyond, beyondJSON{b.Km, b.Communes, b.People, b.Known})
	}
	for _, k := range h.Listed {
		o := listedJSON{string(k.Kind), c.d.l.T(kindKey(k.Kind, len(k.Places))), len(k.Places), []placeJSON{}}
		if !k.Kind.ODbL() { // a file holds one licence: of the others the number is told
			o.Places = c.places(k.Places)
		}
		out.Listed = append(out.Listed, o)
	}
	return out
}

func (c Document) places(numbers []int32) []placeJSON {
	out := []placeJSON{}
	for _, i := range numbers {
		at := c.d.s.Places.At(i)
		p := placeJSON{Name: at.Name, Address: at.Address, Commune: at.Commune, Date: at.Date, Itinerant: at.Itinerant}
		if at.Kind == string(place.FranceServices) {
			p.Hours = at.Hours
		}
		if at.Located() && !at.Doubt {
			p.Lon, p.Lat = &at.Lon, &at.Lat
		}
		out = append(out, p)
	}
	return out
}

func (c Document) figures(list []observatory.Figure) []figureJSON {
	out := []figureJSON{}
	for i := range list {
		f := &list[i]
		def, v, lang := f.Definition, f.Value, c.d.l.Lang()
		o := figureJSON{
			Key: def.Key, Name: def.Name.In(lang), Definition: def.Definition.In(lang), Period: f.Vintage().Period, Value: known(v.Value), Unit: string(def.Unit),
			Text: c.d.full(def, v.Value), Sentence: c.d.sentence(f), Numerator: known(v.Numerator), Denominator: known(v.Denominator),
			Coverage: v.Coverage, Imprecise: v.Imprecise, Proxy: def.Proxy, Estimate: def.Estimate,
			Z: known(f.Z), Unusual: f.Unusual(), References: []referenceJSON{}, Notes: some(c.d.reserves(def, v)), Sources: def.Sources,
		}
		if s := f.Standing; s != nil {
			o.Standing = &standingJSON{c.d.peers(s), s.Values.Len(), s.Below, s.Above, known(s.Values.Quantile(0.5))}
		}
		for _, r := range f.References {
			o.References = append(o.References, referenceJSON{r.Territory.ID.String(), r.Territory.Name, known(r.Value.Value)})
		}
		if f.Change != nil {
			o.Change = &changeJSON{f.Change.From, f.Change.To, f.Change.By, f.Change.Points}
		}
		if s := f.Spread; s != nil {
			o.Spread = &spreadJSON{s.Communes, known(s.Low), known(s.High), known(s.Between)}
		}
		out = append(out, o)
	}
	return out
}

// known is a number that JSON can hold: none for what is not known.
func known(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// some is an empty list rather than none.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
