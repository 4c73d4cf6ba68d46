package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"bassin/internal/fault"
)

// Cost is what one hash takes.
type Cost struct {
	Memory  uint32 // KiB
	Time    uint32 // passes over the memory
	Threads uint8
}

// DefaultCost is the second choice of the OWASP Password Storage Cheat Sheet for
// argon2id, which holds it equal in strength to those with more memory: 19 MiB is
// what a small server can spare, several times over.
func DefaultCost() Cost { return Cost{Memory: 19 * 1024, Time: 2, Threads: 1} }

const (
	saltBytes = 16 // RFC 9106, section 3.1
	hashBytes = 32
	// What is accepted of a hash read back: more would be a hash that nobody here made.
	mostMemory = 1 << 20 // KiB
	mostTime   = 64
)

// Passwords hashes and checks passwords, a few at once.
type Passwords struct {
	cost  Cost
	turn  chan struct{}
	blank string // a hash that no password has, of the same cost
	words func() *words
}

// NewPasswords hashes at most atOnce passwords at once: the memory it takes is that
// many times the cost's.
func NewPasswords(cost Cost, atOnce int) (*Passwords, error) {
	if cost.Memory < 8*uint32(cost.Threads) || cost.Memory > mostMemory || cost.Time < 1 || cost.Time > mostTime || cost.Threads < 1 || atOnce < 1 {
		return nil, fmt.Errorf("signin: no password can be hashed at the cost %+v, %d at once", cost, atOnce)
	}
	p := &Passwords{cost: cost, turn: make(chan struct{}, atOnce), words: sync.OnceValue(readWords)}
	// Bytes of chance for a hash: finding their password is finding a preimage.
	var salt [saltBytes]byte
	var sum [hashBytes]byte
	random(salt[:])
	random(sum[:])
	p.blank = encode(cost, salt[:], sum[:])
	return p, nil
}

// Hash makes the hash to keep of a password, in the PHC string format. It waits for
// its turn: the error is fault.Unavailable if ctx ends before.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	var salt [saltBytes]byte
	random(salt[:])
	sum, err := p.sum(ctx, p.cost, password, salt[:], hashBytes)
	if err != nil {
		return "", err
	}
	return encode(p.cost, salt[:], sum), nil
}

// Check says whether the password is the one of a hash. Give the hash "" where there
// is no account or no password: the answer is false and takes as long. An error is
// fault.Unavailable if ctx ends before its turn, or a hash that cannot be read.
func (p *Passwords) Check(ctx context.Context, password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = p.blank
	}
	cost, salt, want, err := decode(hash)
	if err != nil {
		return false, err
	}
	sum, err := p.sum(ctx, cost, password, salt, uint32(len(want))) //nolint:gosec // decode bounds it
	if err != nil {
		return false, err
	}
	same := subtle.ConstantTimeCompare(sum, want) == 1
	return same && known && utf8.RuneCountInString(password) <= longest, nil
}

// NeedsRehash says whether a hash was made at another cost than today's. Who has just
// signed in with its password gets a new one.
func (p *Passwords) NeedsRehash(hash string) bool {
	cost, salt, sum, err := decode(hash)
	return err != nil || cost != p.cost || len(salt) != saltBytes || len(sum) != hashBytes
}

// sum computes argon2id when its turn has come.
func (p *Passwords) sum(ctx context.Context, cost Cost, password string, salt []byte, length uint32) ([]byte, error) {
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fault.New(fault.Unavailable, "signin.busy").Because(ctx.Err())
	}
	defer func() { <-p.turn }()
	return argon2.IDKey([]byte(normal(password)), salt, cost.Time, cost.Memory, cost.Threads, length), nil
}

// normal makes one text of those that look alike: keyboards and systems write an é
// in several ways.
func normal(password string) string {
	if len(password) > 8*longest {
		return password // refused anyway; nothing is spent on it
	}
	return norm.NFKC.String(password)
}

// encode writes a hash in the PHC string format:
// $argon2id$v=19$m=19456,t=2,p=1$salt$hash, in base64 without padding.
func encode(c Cost, salt, sum []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Time, c.Threads, b.EncodeToString(salt), b.EncodeToString(sum))
}

// decode reads what encode writes. Its error tells nothing of the hash.
func decode(hash string) (c Cost, salt, sum []byte, err error) {
	bad := errors.New("signin: what is kept of a password is no argon2id hash")
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Time, &c.Threads); err != nil {
		return c, nil, nil, bad
	}
	b := base64.RawStdEncoding.Strict()
	salt, err1 := b.DecodeString(parts[4])
	sum, err2 := b.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(sum) < 16 || len(sum) > 64 || c.Threads < 1 ||
		c.Time < 1 || c.Time > mostTime || c.Memory < 8*uint32(c.Threads) || c.Memory > mostMemory || encode(c, salt, sum) != hash {
		return c, nil, nil, bad
	}
	return c, salt, sum, nil
}

// random fills b with chance. Since Go 1.24 crypto/rand.Read never fails.
func random(b []byte) { _, _ = rand.Read(b) }
