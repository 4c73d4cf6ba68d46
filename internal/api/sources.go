package api

import "bassin/internal/snapshot"

// Source is a published file that the data comes from.
type Source struct {
	Key       string   `json:"key"`
	Title     string   `json:"title"`
	Producer  string   `json:"producer"`
	Vintage   string   `json:"vintage"`
	Licence   string   `json:"licence"`
	Presumed  bool     `json:"licencePresumed"`
	Credit    string   `json:"credit"`
	Origin    string   `json:"origin"`
	SHA256    string   `json:"sha256"`
	Rows      int      `json:"rows"`
	Treatment []string `json:"treatment,omitempty"`
}

type sourcesInput struct {
	Shared
	Spreadsheet bool `query:"spreadsheet"`
}

func (q *query) source(s snapshot.Source) Source {
	lang := q.local.Lang()
	o := Source{
		Key: s.Key, Title: s.Title.In(lang), Producer: s.Producer, Vintage: s.Vintage.In(lang), Licence: s.Licence,
		Presumed: s.LicencePresumed, Credit: s.Credit, Origin: s.Origin, SHA256: s.SHA256, Rows: s.Rows,
	}
	for _, t := range s.Treatment {
		o.Treatment = append(o.Treatment, t.In(lang))
	}
	return o
}

func sources(q *query, _ *sourcesInput) (*reply, error) {
	var out []Source
	for _, s := range q.snap.Manifest.Sources {
		out = append(out, q.source(s))
	}
	return &reply{total: len(out), value: listOf(q, out), csv: func(t *table) {
		t.row("key", "title", "producer", "vintage", "licence", "credit", "origin", "sha256", "rows")
		for _, s := range out {
			t.row(s.Key, s.Title, s.Producer, s.Vintage, s.Licence, s.Credit, s.Origin, s.SHA256, s.Rows)
		}
	}}, nil
}
