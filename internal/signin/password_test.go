package signin

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/argon2"

	"bassin/internal/fault"
)

// cheap is a cost for tests, where only the protocol matters.
func cheap() Cost { return Cost{Memory: 64, Time: 1, Threads: 1} }

func hasher(t testing.TB, c Cost, atOnce int) *Passwords {
	t.Helper()
	p, err := NewPasswords(c, atOnce)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestHashAndCheck(t *testing.T) {
	p := hasher(t, cheap(), 2)
	ctx := t.Context()
	hash, err := p.Hash(ctx, "l’été sera chaud")
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.Hash(ctx, "l’été sera chaud")
	if err != nil || again == hash {
		t.Errorf("two hashes of one password are %q and %q (%v): there is no salt", hash, again, err)
	}
	for _, c := range []struct {
		name, password, hash string
		want                 bool
	}{
		{"right", "l’été sera chaud", hash, true},
		{"right, accents written apart", "l’e\u0301te\u0301 sera chaud", hash, true},
		{"right, wide letters", "l’été ｓｅｒａ chaud", hash, true},
		{"other case", "L’été sera chaud", hash, false},
		{"empty", "", hash, false},
		{"longer", "l’été sera chaud ", hash, false},
		{"nobody", "l’été sera chaud", "", false},
		{"nobody, empty", "", "", false},
	} {
		if got, err := p.Check(ctx, c.password, c.hash); got != c.want || err != nil {
			t.Errorf("%s: Check = %v, %v, want %v", c.name, got, err, c.want)
		}
	}
	long := strings.Repeat("é", longest+1)
	hash, err = p.Hash(ctx, long)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := p.Check(ctx, long, hash); ok || err != nil {
		t.Errorf("a password over the limit: Check = %v, %v", ok, err)
	}
}

// The vector is that of the reference implementation (phc-winner-argon2, src/test.c,
// version 0x13, argon2id).
func TestReferenceVector(t *testing.T) {
	const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	p := hasher(t, cheap(), 1)
	if ok, err := p.Check(t.Context(), "password", hash); !ok || err != nil {
		t.Errorf("the reference's hash of password: %v, %v", ok, err)
	}
	sum := argon2.IDKey([]byte("password"), []byte("somesalt"), 2, 65536, 1, 32)
	if got := encode(Cost{65536, 2, 1}, []byte("somesalt"), sum); got != hash {
		t.Errorf("encoded as %s, want %s (sum %s)", got, hash, hex.EncodeToString(sum))
	}
}

func TestHashesThatNobodyMade(t *testing.T) {
	p := hasher(t, cheap(), 1)
	good, err := p.Hash(t.Context(), "un mot de passe")
	if err != nil {
		t.Fatal(err)
	}
	b := base64.RawStdEncoding
	for _, hash := range []string{
		"x", "$", "un mot de passe", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=64", "m=4294967295", 1),
		strings.Replace(good, "m=64", "m=1", 1),
		strings.Replace(good, "m=64", "m=064", 1),
		strings.Replace(good, "t=1", "t=0", 1),
		strings.Replace(good, "t=1", "t=100000", 1),
		strings.Replace(good, "p=1", "p=0", 1),
		strings.Replace(good, "p=1", "p=1,keyid=2", 1),
		good + "$", good + "=", good[:len(good)-30],
		"$argon2id$v=19$m=64,t=1,p=1$" + b.EncodeToString([]byte("saltsaltsalt")) + "$", // which any sum of no byte would equal
	} {
		if ok, err := p.Check(t.Context(), "un mot de passe", hash); ok || err == nil {
			t.Errorf("Check against %q = %v, %v", hash, ok, err)
		} else if strings.Contains(err.Error(), "$") {
			t.Errorf("the error tells the hash: %v", err)
		}
		if !p.NeedsRehash(hash) {
			t.Errorf("%q needs no new hash", hash)
		}
	}
}

func TestRaisedCost(t *testing.T) {
	old := hasher(t, cheap(), 1)
	hash, err := old.Hash(t.Context(), "un mot de passe")
	if err != nil {
		t.Fatal(err)
	}
	raised := cheap()
	raised.Time++
	now := hasher(t, raised, 1)
	if ok, err := now.Check(t.Context(), "un mot de passe", hash); !ok || err != nil {
		t.Errorf("a password hashed at the old cost no longer opens: %v, %v", ok, err)
	}
	if old.NeedsRehash(hash) || !now.NeedsRehash(hash) {
		t.Errorf("NeedsRehash is %v at the same cost and %v at a raised one", old.NeedsRehash(hash), now.NeedsRehash(hash))
	}
	for _, c := range []Cost{{}, {Memory: 64, Time: 1}, {Memory: 7, Time: 1, Threads: 1}, {Memory: 64, Threads: 1}, {Memory: 1 << 30, Time: 1, Threads: 1}} {
		if _, err := NewPasswords(c, 1); err == nil {
			t.Errorf("the cost %+v is accepted", c)
		}
	}
}

// Nobody and somebody cost the same: the same computation of the same parameters.
func TestNobodyCostsTheSame(t *testing.T) {
	p := hasher(t, DefaultCost(), 1)
	cost, salt, sum, err := decode(p.blank)
	if err != nil || cost != DefaultCost() || len(salt) != saltBytes || len(sum) != hashBytes || p.NeedsRehash(p.blank) {
		t.Errorf("the hash of nobody is %q (%v)", p.blank, err)
	}
}

func TestWaitsForItsTurn(t *testing.T) {
	p := hasher(t, cheap(), 1)
	p.turn <- struct{}{} // somebody is at it
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.Check(ctx, "un mot de passe", "")
	if fault.CodeOf(err) != fault.Unavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("the error of who no longer waits is %v", err)
	}
	if _, err := p.Hash(ctx, "un mot de passe"); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("Hash: %v", err)
	}
	var done sync.WaitGroup
	for range 8 {
		done.Go(func() {
			if _, err := p.Check(t.Context(), "un mot de passe", ""); err != nil {
				t.Error(err)
			}
		})
	}
	<-p.turn
	done.Wait()
	if len(p.turn) != 0 {
		t.Error("a turn was not given back")
	}
}

func BenchmarkCheck(b *testing.B) {
	p := hasher(b, DefaultCost(), 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Check(b.Context(), "un mot de passe", ""); err != nil {
			b.Fatal(err)
		}
	}
}
