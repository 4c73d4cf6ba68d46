package observatory_test

import (
	"testing"

	"bassin/internal/atlas"
	"bassin/internal/observatory"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

func BenchmarkDiagnose(b *testing.B) {
	s := realdata.Snapshot(b)
	o := (&observatory.Service{Unit: atlas.Unit}).Of(s)
	for _, id := range []territory.ID{{Level: territory.BassinDeVie, Code: "22113"}, {Level: territory.Commune, Code: "22113"}, {Level: territory.BassinDeVie, Code: "75056"}, {Level: territory.Region, Code: "53"}} {
		t, ok := s.France.Territory(id)
		if !ok {
			b.Fatalf("no %s", id)
		}
		b.Run(id.String(), func(b *testing.B) {
			for b.Loop() {
				o.Diagnose(t)
			}
		})
	}
}
