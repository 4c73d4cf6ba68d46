package api

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/indicator"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

type bulkInput struct {
	Shared
	Level       string `query:"level" required:"true" enum:"arm,commune,cv,uu,bv,ept,epci,ti,aav,ze,arr,dep,reg,pays" example:"bv"`
	Licence     string `query:"licence" enum:"etalab-2.0,ODbL-1.0" default:"etalab-2.0"`
	Spreadsheet bool   `query:"spreadsheet"`
}

// shareAlike is the licence that spreads to whatever holds its data: what is under
// it comes in a table of its own.
const shareAlike = "ODbL-1.0"

// licensed are the indicators of the bulk table under a licence.
func (q *query) licensed(licence string) []*indicator.Definition {
	var out []*indicator.Definition
	for _, d := range q.snap.Panel.Definitions() {
		apart := slices.ContainsFunc(q.filesOf(d), func(s snapshot.Source) bool { return s.Licence == shareAlike })
		if apart == (licence == shareAlike) {
			out = append(out, d)
		}
	}
	return out
}

// bulk is the latest values of every indicator over a whole level, one row a
// territory. It is written as it is made: the table of communes takes tens of
// megabytes.
func bulk(q *query, in *bulkInput) (*reply, error) {
	t, err := q.wide(territory.Level(in.Level), in.Licence)
	if err != nil {
		return nil, err
	}
	r := &reply{file: fmt.Sprintf("bassin-%d-indicators-%s", q.france().Vintage(), in.Level)}
	if in.Licence == shareAlike {
		r.file += "-odbl"
	}
	switch q.format {
	case csvMedia:
		r.file += ".csv"
		r.stream = func(w io.Writer) error { return writeSheet(w, t, q.excel) }
	default:
		r.file += ".parquet"
		r.stream = t.WriteParquet
	}
	return r, nil
}

// wide puts a level in one table. Two columns name, for each territory, the
// indicators whose value is imprecise or partial: a table of numbers cannot say it
// otherwise.
func (q *query) wide(l territory.Level, licence string) (*snapshot.Wide, error) {
	ts, defs := q.france().Level(l), q.licensed(licence)
	about, err := q.about(l, defs)
	out := &snapshot.Wide{Name: "indicators", Texts: namesOf(l), Rows: len(ts), Metadata: about}
	for _, d := range defs {
		out.Numbers = append(out.Numbers, d.Key)
	}
	out.Row = func(i int, texts []string, numbers []float64) {
		t := ts[i]
		var imprecise, partial []string
		for k, d := range defs {
			v := q.snap.Panel.Latest(t, d)
			numbers[k] = v.Value
			if v.Imprecise {
				imprecise = append(imprecise, d.Key)
			}
			if v.State == indicator.Partial {
				partial = append(partial, d.Key)
			}
		}
		texts[0], texts[1], texts[2], texts[3] = t.ID.String(), string(l), t.Code, t.Name
		texts[4], texts[5] = strings.Join(imprecise, " "), strings.Join(partial, " ")
		if len(texts) > 6 {
			texts[6] = q.codes(t)
		}
	}
	return out, err
}

// namesOf are the columns of text. Communes are listed for the levels that national
// schemas do not know.
func namesOf(l territory.Level) []string {
	names := []string{"id", "level", "code", "name", "imprecise", "partial"}
	switch l {
	case territory.ArrondissementMunicipal, territory.Commune, territory.Departement, territory.Region, territory.Pays:
		return names
	}
	return append(names, "commune_codes")
}

func (q *query) codes(t *territory.Territory) string {
	var b strings.Builder
	for i, n := range t.Communes() {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(q.france().Commune(n).Code)
	}
	return b.String()
}

// about is what the file says of itself. It holds no date of its own: the figures
// have theirs, and the same snapshot always gives the same bytes.
func (q *query) about(l territory.Level, defs []*indicator.Definition) (map[string]string, error) {
	var licences, credits, periods []string
	for _, d := range defs {
		periods = with(periods, d.Vintages[d.Latest()].Period)
		for _, s := range q.filesOf(d) {
			licences, credits = with(licences, s.Licence), with(credits, s.Credit)
		}
	}
	slices.Sort(licences)
	slices.Sort(periods)
	words, err := json.Marshal(q.dictionary(namesOf(l), defs))
	return map[string]string{
		"bassin.snapshot": q.snap.Manifest.Hash, "bassin.vintage": strconv.Itoa(q.france().Vintage()), "bassin.periods": strings.Join(periods, " "),
		"bassin.level": string(l), "bassin.language": string(q.local.Lang()), "bassin.licence": strings.Join(licences, " "),
		"bassin.credit": strings.Join(credits, "\n"), "bassin.dictionary": string(words),
	}, err
}

// Entry tells what a column of the bulk tables holds.
type Entry struct {
	Column     string `json:"column"`
	Type       string `json:"type" enum:"text,number"`
	Name       string `json:"name"`
	Definition string `json:"definition"`
	Unit       string `json:"unit"`
	Of         string `json:"of"`
	Period     string `json:"period"`
	Rule       string `json:"rule"`
	Flags      string `json:"flags"`
	Producer   string `json:"producer"`
	Licence    string `json:"licence"`
	Credit     string `json:"credit"`
	Caveats    string `json:"caveats"`
}

func (q *query) dictionary(names []string, defs []*indicator.Definition) []Entry {
	lang := q.local.Lang()
	var out []Entry
	for _, name := range names {
		out = append(out, Entry{Column: name, Type: "text", Name: name, Definition: q.local.T("api.column." + name)})
	}
	for _, d := range defs {
		e := Entry{
			Column: d.Key, Type: "number", Name: d.Name.In(lang), Definition: d.Definition.In(lang), Unit: string(d.Unit), Of: d.Of.In(lang),
			Period: d.Vintages[d.Latest()].Period, Rule: string(d.Rule), Flags: strings.Join(flags(d), " "),
			Caveats: strings.Join(textsIn(lang, d.Caveats), " "),
		}
		var producers, licences, credits []string
		for _, s := range q.filesOf(d) {
			producers, licences, credits = with(producers, s.Producer), with(licences, s.Licence), with(credits, s.Credit)
		}
		e.Producer, e.Licence, e.Credit = strings.Join(producers, " ; "), strings.Join(licences, " "), strings.Join(credits, " ; ")
		out = append(out, e)
	}
	return out
}

func flags(d *indicator.Definition) []string {
	var out []string
	for _, f := range []struct {
		set  bool
		name string
	}{{d.Proxy, "proxy"}, {d.Estimate, "estimate"}, {d.Sample, "sample"}, {d.Rounded > 0, "rounded"}, {d.Unranked, "unranked"}, {d.Complete, "complete"}} {
		if f.set {
			out = append(out, f.name)
		}
	}
	return out
}

type dictionaryInput struct {
	Shared
	Spreadsheet bool `query:"spreadsheet"`
}

func dictionary(q *query, _ *dictionaryInput) (*reply, error) {
	out := q.dictionary(namesOf(territory.BassinDeVie), q.snap.Panel.Definitions())
	return &reply{file: "bassin-" + strconv.Itoa(q.france().Vintage()) + "-dictionary.csv", csv: func(t *table) {
		t.row("column", "type", "name", "definition", "unit", "of", "period", "rule", "flags", "producer", "licence", "credit", "caveats")
		for _, e := range out {
			t.row(e.Column, e.Type, e.Name, e.Definition, e.Unit, e.Of, e.Period, e.Rule, e.Flags, e.Producer, e.Licence, e.Credit, e.Caveats)
		}
	}}, nil
}

// writeSheet writes a wide table as CSV, row after row.
func writeSheet(w io.Writer, t *snapshot.Wide, harmless bool) error {
	safe := table{harmless: harmless}
	if harmless {
		if _, err := io.WriteString(w, byteOrderMark); err != nil {
			return err
		}
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(slices.Concat(t.Texts, t.Numbers)); err != nil {
		return err
	}
	numbers, row := make([]float64, len(t.Numbers)), make([]string, len(t.Texts)+len(t.Numbers))
	texts := row[:len(t.Texts)]
	for i := range t.Rows {
		t.Row(i, texts, numbers)
		for k, s := range texts {
			texts[k] = safe.text(s)
		}
		for k, x := range numbers {
			row[len(texts)+k] = safe.cell(known(x))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
