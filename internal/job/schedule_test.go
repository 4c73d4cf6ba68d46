package job

import (
	"testing"
	"time"

	"bassin/internal/i18n"
)

func TestPlanNext(t *testing.T) {
	paris := func(s string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04:05", s, i18n.Paris())
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		plan        Plan
		after, want string
	}{
		{DailyAt(8, 0), "2026-11-26 07:59:59", "2026-11-26 08:00:00"},
		{DailyAt(8, 0), "2026-11-26 08:00:00", "2026-11-27 08:00:00"},
		{DailyAt(8, 0), "2026-12-31 23:00:00", "2027-01-01 08:00:00"},
		{DailyAt(8, 0), "2026-10-24 08:00:00", "2026-10-25 08:00:00"}, // 25 hours later: winter time
		{DailyAt(8, 0), "2026-03-28 08:00:00", "2026-03-29 08:00:00"}, // 23 hours later: summer time
		{DailyAt(0, 5), "2026-11-26 08:00:00", "2026-11-27 00:05:00"},
		{Every(time.Hour), "2026-11-26 07:59:59", "2026-11-26 08:59:59"},
		{Every(0), "2026-11-26 07:59:59", "2026-11-26 08:00:00"},
	} {
		if got := c.plan.Next(paris(c.after)); !got.Equal(paris(c.want)) {
			t.Errorf("%s after %s: %v, want %s", c.plan, c.after, got, c.want)
		}
	}
}

// Whatever the moment, a daily task comes once on each day, always later, and
// another server's clock is allowed for.
func TestDailyComesOnceADay(t *testing.T) {
	for _, p := range []Plan{DailyAt(0, 0), DailyAt(2, 30), DailyAt(8, 0), DailyAt(23, 59)} {
		at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
		for n := range 800 {
			next := p.Next(at)
			if gap := next.Sub(at); gap <= 0 || n > 0 && (gap < 22*time.Hour || gap > 26*time.Hour) {
				t.Fatalf("%s: %v after %v", p, next, at)
			}
			if behind := next.Add(-Skew / 2); p.Next(next).After(p.Latest(behind)) {
				t.Fatalf("%s: a server whose clock is behind would run it twice on %v", p, next)
			}
			at = next
		}
	}
}

func TestPlansHaveWords(t *testing.T) {
	for p, want := range map[Plan]string{DailyAt(8, 5): "daily at 08:05", Every(90 * time.Minute): "every 1h30m0s"} {
		if got := p.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
