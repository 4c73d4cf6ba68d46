package people

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// NewToken is 130 bits of chance, safe in an address. Only its [HashToken] is kept.
func NewToken() string { return strings.ToLower(rand.Text()) }

// HashToken is what is kept of a token: SHA-256, in hexadecimal. Being chance, tokens need no slow hash.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// NewID names a new thing: 80 bits of chance.
func NewID() string { return strings.ToLower(rand.Text()[:16]) }
