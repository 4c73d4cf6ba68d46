package api

import (
	"net/http"
	"strings"
	"testing"

	"bassin/internal/atlas"
	"bassin/internal/observatory"
	"bassin/internal/realdata"
)

// The interface says what the engine says, in the order of ranks.
func TestTheIndexIsThatOfTheObservatory(t *testing.T) {
	_, h := open(t)
	got := ask[Index](t, h, "/index?level=dep&weights=help:2&draws=40&seed=7&format=json")
	o := (&observatory.Service{Unit: atlas.Unit}).Of(realdata.Snapshot(t))
	p, err := o.ParseIndex(observatory.IndexText{Level: "dep", Weights: "help:2"})
	if err != nil {
		t.Fatal(err)
	}
	x, err := o.Index(t.Context(), p, 40, 7)
	if err != nil {
		t.Fatal(err)
	}
	if got.Total != len(x.Territories) || got.Total+got.Unranked != len(o.France.Level("dep")) || got.Draws != 40 || got.Seed != 7 || len(got.Components) != len(x.Components) {
		t.Fatalf("%d ranked, %d not, %d draws, %d components", got.Total, got.Unranked, got.Draws, len(got.Components))
	}
	for k, i := range x.Order() {
		r := got.Items[k]
		if r.Code != x.Territories[i].Code || r.Rank != int(x.Rank[i]) || r.Score != x.Score[i] || *r.Low != x.Low[i] || *r.High != x.High[i] || *r.Median != x.Median[i] {
			t.Errorf("place %d: %+v", k, r)
		}
		for _, a := range x.Axes {
			if !same(r.Axes[string(a.Axis)], a.Scores[i]) {
				t.Errorf("%s, axis %s: %v is not %v", r.Name, a.Axis, r.Axes[string(a.Axis)], a.Scores[i])
			}
		}
	}
	table := get(t, h, "/index?level=dep&weights=help:2&draws=40&seed=7&format=csv").Body.String()
	if n := strings.Count(table, "\r\n"); n != got.Total+1 || !strings.HasPrefix(table, "id,code,name,rank,low,median,high,score,axis_networks") {
		t.Errorf("%d lines of CSV: %.200s", n, table)
	}
}

func TestWithoutDrawsRanksHaveNoRange(t *testing.T) {
	_, h := open(t)
	got := ask[Index](t, h, "/index?level=dep&draws=0")
	if got.Items[0].Rank != 1 || got.Items[0].Low != nil || len(got.Items[0].Factors) != 0 {
		t.Errorf("%+v", got.Items[0])
	}
}

func TestTheIndexRefusesInWords(t *testing.T) {
	_, h := open(t)
	for target, field := range map[string]string{
		"/index?components=mediation_places": "components", "/index?components=nothing": "components", "/index?components=ftth,ftth": "components",
		"/index?components=ftth:-1": "components", "/index?weights=moon:2": "weights", "/index?components=ftth:0": "components",
		"/index?level=reg": "level", "/index?draws=1": "draws", "/index?draws=3000": "draws", "/index?norm=x": "norm",
	} {
		w := get(t, h, target)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), field) {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}
