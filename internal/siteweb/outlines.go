package siteweb

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/shape"
)

// precisions are the sizes in metres of the details that outlines keep.
var precisions = [...]int{50, 200, 1000}

// overseas is the file of the communes of the overseas collectivities, whose
// outlines come from OpenStreetMap and stay apart under their own licence.
const overseas = "odbl-commune"

// outlined are the levels whose outlines can be downloaded.
var outlined = []territory.Level{
	territory.Commune, territory.BassinDeVie, territory.EPCI, territory.EPT, territory.Canton, territory.UniteUrbaine,
	territory.AireAttraction, territory.ZoneEmploi, territory.Arrondissement, territory.Departement, territory.Region,
	territory.TerritoireIndustrie, territory.ArrondissementMunicipal, territory.QPV,
}

// outlines answers with the outlines of all territories of a level, as GeoJSON
// written while it is computed: bv-200m.geojson.
func (p *Pages) outlines(w http.ResponseWriter, r *http.Request) error {
	s := snapshot.FromContext(r.Context())
	o, ok := readOutlineName(r.PathValue("file"))
	if !ok {
		return fault.New(fault.NotFound, "site.data.no_outlines", r.PathValue("file"))
	}
	h := w.Header()
	h.Set("Content-Type", "application/geo+json")
	h.Set("Content-Disposition", `attachment; filename="bassin-`+strconv.Itoa(s.Manifest.Vintage)+"-"+r.PathValue("file")+`"`)
	h.Set("Cache-Control", "no-cache")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("ETag", `W/"`+s.Manifest.Hash+"-"+o.String()+`"`)
	h.Set("Link", `<`+licenceAddress(o.licence())+`>; rel="license"`)
	if r.Header.Get("If-None-Match") == h.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if r.Method == http.MethodHead {
		return nil
	}
	// Once the first bytes have left, a failure can only cut the answer short.
	if err := o.write(w, s); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// outlineFile is one file of outlines.
type outlineFile struct {
	level    territory.Level
	overseas bool // communes of the overseas collectivities
	metres   int
}

// String is the file's name without its ending.
func (o outlineFile) String() string {
	name := string(o.level)
	if o.overseas {
		name = overseas
	}
	return name + "-" + strconv.Itoa(o.metres) + "m"
}

func (o outlineFile) licence() string {
	if o.overseas {
		return "ODbL-1.0"
	}
	return "etalab-2.0"
}

// readOutlineName reads a file's name, and says false for one that is not offered.
func readOutlineName(file string) (outlineFile, bool) {
	name, ok := strings.CutSuffix(file, ".geojson")
	if !ok {
		return outlineFile{}, false
	}
	for _, metres := range precisions {
		for _, level := range outlined {
			if o := (outlineFile{level: level, metres: metres}); o.String() == name {
				return o, true
			}
		}
		if o := (outlineFile{level: territory.Commune, overseas: true, metres: metres}); o.String() == name {
			return o, true
		}
	}
	return outlineFile{}, false
}

// write streams a feature collection. Territories without an outline in the file's
// source are left out: those of the overseas collectivities have a file of their own.
func (o outlineFile) write(w io.Writer, s *snapshot.Snapshot) error {
	out := bufio.NewWriterSize(w, 64<<10)
	name, err := json.Marshal(o.String())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, `{"type":"FeatureCollection","name":%s,"vintage":%d,"licence":%q,"credit":%q,"features":[`,
		name, s.Manifest.Vintage, o.licence(), credit(s, o))
	var line []byte
	first := true
	for _, t := range s.France.Level(o.level) {
		region := regionOf(s, t, o.overseas)
		if region == nil || region.Empty() {
			continue
		}
		if line, err = o.feature(line[:0], t, region); err != nil {
			return err
		}
		if !first {
			if err := out.WriteByte(','); err != nil {
				return err
			}
		}
		first = false
		if _, err := out.Write(line); err != nil {
			return err // the reader has left: no need to compute the rest
		}
	}
	if _, err := out.WriteString("\n]}\n"); err != nil {
		return err
	}
	return out.Flush()
}

func (o outlineFile) feature(dst []byte, t *territory.Territory, region *shape.Region) ([]byte, error) {
	type properties struct {
		Level      string `json:"level"`
		Code       string `json:"code"`
		Name       string `json:"name"`
		Population *int   `json:"population,omitempty"`
	}
	pr := properties{Level: string(t.Level), Code: t.Code, Name: t.Name}
	if n, ok := t.Population(); ok {
		pr.Population = &n
	}
	b, err := json.Marshal(pr)
	if err != nil {
		return nil, err
	}
	dst = append(dst, "\n"+`{"type":"Feature","id":"`+t.ID.String()+`","properties":`...)
	dst = append(dst, b...)
	dst = append(dst, `,"geometry":`...)
	decimals := 5
	if o.metres >= 1000 {
		decimals = 4
	}
	dst = region.Outline(float64(o.metres)).AppendGeoJSON(dst, decimals)
	return append(dst, '}'), nil
}

// regionOf is the outline of a territory in the source that the file draws on,
// nil where it has none there.
func regionOf(s *snapshot.Snapshot, t *territory.Territory, overseas bool) *shape.Region {
	for _, r := range s.Regions(t) {
		if s.ShareAlike(r) == overseas {
			return r
		}
	}
	return nil
}

// credit is the line that the licence asks to show with the outlines.
func credit(s *snapshot.Snapshot, o outlineFile) string {
	key := "outlines-communes"
	switch {
	case o.overseas:
		key = "outlines-overseas"
	case o.level == territory.QPV:
		key = "qpv-outlines"
	case o.level == territory.ArrondissementMunicipal:
		key = "outlines-arrondissements"
	}
	for _, source := range s.Manifest.Sources {
		if source.Key == key {
			return source.Credit
		}
	}
	return ""
}
