package people

import (
	"context"
	"time"

	"bassin/internal/fault"
	"bassin/internal/job"
)

// Attempts that may fail before whoever tries has to wait: at one account, and from one
// network address, behind which a whole town hall may be.
const (
	accountTries = 5
	addressTries = 30
)

// forgotten is how long after the last failure all are forgotten. So are failures of
// the future, which a clock since set back has left: nobody waits for it to come.
const forgotten = time.Hour

// Wait is how long to wait after n failures where that many are free: 2 s, then twice as
// long each time, at most 15 min.
func Wait(n, free int) time.Duration {
	if n < free {
		return 0
	}
	return min(15*time.Minute, time.Second<<min(n-free+1, 10))
}

// failures says how often something failed, and until when whoever tries again has to wait.
func (s *Accounts) failures(ctx context.Context, key string, free int) (n int, until time.Time, err error) {
	n, last, err := s.Store.Failures(ctx, key)
	if err != nil {
		return 0, time.Time{}, err
	}
	if since := s.Now().Sub(last); since > forgotten || since < -job.Skew {
		if n > 0 {
			err = s.Store.Forgive(ctx, key)
		}
		return 0, time.Time{}, err
	}
	return n, last.Add(Wait(n, free)), nil
}

// admit lets an attempt through or says how long to wait. The attempt counts as failed
// until [Store.Forgive]: those made at the same time are not let through together.
//
// from is the network address to ask of too, "" for none.
func (s *Accounts) admit(ctx context.Context, key, from string) error {
	s.counting.Lock()
	defer s.counting.Unlock()
	_, until, err := s.failures(ctx, key, accountTries)
	if err != nil {
		return err
	}
	if from != "" {
		_, others, err := s.failures(ctx, from, addressTries)
		if err != nil {
			return err
		}
		if others.After(until) {
			until = others
		}
	}
	now := s.Now()
	if until.After(now) {
		return tooSoon(until.Sub(now))
	}
	return s.Store.Failed(ctx, key, now)
}

// tooSoon says how long to wait, in whole seconds or minutes.
func tooSoon(d time.Duration) error {
	if d > 90*time.Second {
		return fault.New(fault.Invalid, "people.wait.minutes", int((d+time.Minute-1)/time.Minute)).In(Waiting)
	}
	return fault.New(fault.Invalid, "people.wait.seconds", int((d+time.Second-1)/time.Second)).In(Waiting)
}

// Waiting is the field of the fault that asks to wait: no field of any form.
const Waiting = "wait"

// fromKey counts failed sign-ins from a network address, askKey the mails asked for from
// there; "" where the address is not known.
func fromKey(from string) string { return hashedKey("from:", from) }
func askKey(from string) string  { return hashedKey("ask:", from) }

func hashedKey(what, from string) string {
	if from == "" {
		return ""
	}
	return what + HashToken(from)[:32]
}

// failed counts a failure under a key, "" for none.
func (s *Accounts) failed(ctx context.Context, key string) error {
	if key == "" {
		return nil
	}
	return s.Store.Failed(ctx, key, s.Now())
}

// eased forgives half of what failed from a network address: somebody there knows a password,
// which does not make all of them honest.
func (s *Accounts) eased(ctx context.Context, key string) error {
	if key == "" {
		return nil
	}
	s.counting.Lock()
	defer s.counting.Unlock()
	n, last, err := s.Store.Failures(ctx, key)
	if err != nil || n == 0 {
		return err
	}
	if err := s.Store.Forgive(ctx, key); err != nil {
		return err
	}
	for range min(n/2, addressTries) {
		if err := s.Store.Failed(ctx, key, last); err != nil {
			return err
		}
	}
	return nil
}

// accountKey counts attempts at an address from devices that never signed in to its
// account, whether or not it has one.
func accountKey(email string) string { return "account:" + HashToken(EmailKey(email))[:32] }

// deviceHash is by what a device is known that signed in as a person.
func deviceHash(device, person string) string { return HashToken("device " + device + " " + person) }
