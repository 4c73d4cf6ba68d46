package people

import (
	"testing"
	"time"
)

func TestWaits(t *testing.T) {
	for n, want := range map[int]time.Duration{
		0: 0, 4: 0, 5: 2 * time.Second, 6: 4 * time.Second, 9: 32 * time.Second, 13: 512 * time.Second, 14: 15 * time.Minute, 1000000: 15 * time.Minute,
	} {
		if got := Wait(n, 5); got != want {
			t.Errorf("after %d failures one waits %s, want %s", n, got, want)
		}
	}
}
