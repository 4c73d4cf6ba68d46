package i18n

import (
	"testing"
	"time"
)

func TestMoment(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		at     time.Time
		fr, en string
	}{
		{time.Date(2026, 11, 26, 13, 5, 0, 0, time.UTC), "26 novembre 2026 à 14\u00a0h\u00a005", "26 November 2026 at 14:05"},
		{time.Date(2026, 6, 30, 22, 30, 0, 0, time.UTC), "1er juillet 2026 à 0\u00a0h\u00a030", "1 July 2026 at 0:30"}, // summer time, the next day
	} {
		if got := c.Localizer(FR).Moment(tt.at); got != tt.fr {
			t.Errorf("Moment(%v) = %q, want %q", tt.at, got, tt.fr)
		}
		if got := c.Localizer(EN).Moment(tt.at); got != tt.en {
			t.Errorf("Moment(%v) = %q, want %q", tt.at, got, tt.en)
		}
	}
}
