package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"

	"bassin/internal/signin"
)

// signin measures what a password costs, and how much of it is argon2id.
func (b *bench) signin(ctx context.Context) error {
	say("passwords")
	const rounds = 31
	cost := signin.DefaultCost()
	p, err := signin.NewPasswords(cost, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	hash, err := p.Hash(ctx, "trois petits chats gris")
	if err != nil {
		return err
	}
	// In turn, so that a busy moment of the machine counts for both.
	var whole, alone, nobody []float64 // ms
	salt := make([]byte, 16)
	for range rounds {
		start := time.Now()
		if ok, err := p.Check(ctx, "trois petits chats gris", hash); err != nil {
			return err
		} else if !ok {
			return errors.New("the right password is refused")
		}
		whole = append(whole, time.Since(start).Seconds()*1000)
		start = time.Now()
		argon2.IDKey([]byte("trois petits chats gris"), salt, cost.Time, cost.Memory, cost.Threads, 32)
		alone = append(alone, time.Since(start).Seconds()*1000)
		start = time.Now()
		if _, err := p.Check(ctx, "trois petits chats gris", ""); err != nil {
			return err
		}
		nobody = append(nobody, time.Since(start).Seconds()*1000)
	}
	w, a, n := middle(whole), middle(alone), middle(nobody)
	b.report.add("Sign-in: a password checked", w, "ms", "%.1f", 0, fmt.Sprintf("argon2id, %d MiB, %d passes; median of %d", cost.Memory>>10, cost.Time, rounds))
	b.report.add("Sign-in: the same beside argon2id alone", w/a, "×", "%.2f", 1.1, "checked in turn with the bare function of the library")
	b.report.add("Sign-in: an account that is not there, beside one that is", n/w, "×", "%.2f", 0, "1 is best: the time tells nothing")

	// As many at once as there are processors, for a second.
	var done sync.WaitGroup
	var mu sync.Mutex
	count, start := 0, time.Now()
	for range runtime.GOMAXPROCS(0) {
		done.Go(func() {
			for time.Since(start) < time.Second {
				if _, err := p.Check(ctx, "trois petits chats gris", hash); err != nil {
					return
				}
				mu.Lock()
				count++
				mu.Unlock()
			}
		})
	}
	done.Wait()
	b.report.figures = append(b.report.figures, figure{What: "Sign-in: passwords checked in a second", Value: fmt.Sprintf("%.0f", float64(count)/time.Since(start).Seconds()),
		Note: fmt.Sprintf("%d at once, the most that are allowed", runtime.GOMAXPROCS(0))})
	return nil
}
