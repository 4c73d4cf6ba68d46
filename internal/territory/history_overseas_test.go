package territory_test

import (
	"slices"
	"testing"

	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// Saint-Barthélemy and Saint-Martin left Guadeloupe in 2007: INSEE's log notes
// the end of their codes, not what they became.
func TestCodesOfGuadeloupeLeadToTheCollectivities(t *testing.T) {
	f := realdata.Snapshot(t).France
	for old, today := range map[string]string{"97123": "97701", "97127": "97801"} {
		if got := f.Current(old); !slices.Equal(got, []string{today}) {
			t.Errorf("%s leads to %v, want %s", old, got, today)
		}
		h := f.History(today)
		if len(h) != 1 || h[0].Kind() != territory.Recoded || h[0].FromCode != old || h[0].Date != "2007-02-23" {
			t.Errorf("history of %s: %v", today, h)
		}
	}
}
