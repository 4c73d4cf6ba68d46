package job

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestWait(t *testing.T) {
	for _, c := range []struct {
		attempts int
		chance   float64
		want     time.Duration
	}{
		{0, 0, 10 * time.Second}, {1, 0, 10 * time.Second}, {2, 0, 20 * time.Second}, {5, 0, 160 * time.Second}, {11, 0, 10240 * time.Second},
		{12, 0, 6 * time.Hour}, {1000, 0, 6 * time.Hour}, {1, 1, 5 * time.Second}, {2, .5, 15 * time.Second},
	} {
		if got := Wait(c.attempts, c.chance); got != c.want {
			t.Errorf("Wait(%d, %g) = %v, want %v", c.attempts, c.chance, got, c.want)
		}
	}
	var all time.Duration
	for n := 1; n < MaxAttempts; n++ {
		all += Wait(n, 0)
	}
	if all < 20*time.Hour || all > 40*time.Hour {
		t.Errorf("an event is given up after %v, the documentation says about a day", all)
	}
}

func TestPermanent(t *testing.T) {
	cause := errors.New("no such user")
	if err := fmt.Errorf("send: %w", Permanent(cause)); !IsPermanent(err) || !errors.Is(err, cause) || IsPermanent(cause) {
		t.Errorf("IsPermanent(%v) = %t", err, IsPermanent(err))
	}
}
