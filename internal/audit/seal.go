package audit

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
)

// KeySize is the size of a person's key in bytes: AES-256.
const KeySize = 32

// box is how a personal value is kept: AES-256-GCM under the person's key, the
// nonce first. The name of the value and the person are authenticated with it.
type box struct {
	Person string `json:"person"`
	Sealed string `json:"sealed"` // base64; "" if the person was erased before
}

func (p Personal) seal(name string, key KeyOf, random io.Reader) (box, error) {
	k, err := key(p.Of)
	if err != nil {
		return box{}, err
	}
	if k == nil {
		return box{Person: p.Of}, nil
	}
	a, err := aead(k)
	if err != nil {
		return box{}, err
	}
	text, err := Canonical(p.Value)
	if err != nil {
		return box{}, err
	}
	nonce := make([]byte, a.NonceSize())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return box{}, fmt.Errorf("audit: %w", err)
	}
	sealed := a.Seal(nonce, nonce, []byte(text), bound(p.Of, name))
	return box{p.Of, base64.StdEncoding.EncodeToString(sealed)}, nil
}

// Erased stands for a personal value whose key was destroyed.
type Erased struct{ Of string }

// Open reads what a row keeps of a thing, personal values in clear where their
// keys still exist, [Erased] elsewhere. It is nil for "".
func Open(kept string, key KeyOf) (Values, error) {
	if kept == "" {
		return nil, nil
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal([]byte(kept), &raw); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	out := make(Values, len(raw))
	for name, text := range raw {
		var b struct {
			Person *string `json:"person"`
			Sealed *string `json:"sealed"`
		}
		if json.Unmarshal(text, &b) == nil && b.Person != nil && b.Sealed != nil {
			v, err := box{*b.Person, *b.Sealed}.open(name, key)
			if err != nil {
				return nil, err
			}
			out[name] = v
			continue
		}
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			return nil, fmt.Errorf("audit: %w", err)
		}
		out[name] = v
	}
	return out, nil
}

func (b box) open(name string, key KeyOf) (any, error) {
	k, err := key(b.Person)
	if err != nil {
		return nil, err
	}
	if k == nil || b.Sealed == "" {
		return Erased{b.Person}, nil
	}
	a, err := aead(k)
	if err != nil {
		return nil, err
	}
	sealed, err := base64.StdEncoding.DecodeString(b.Sealed)
	if err != nil || len(sealed) < a.NonceSize() {
		return nil, fmt.Errorf("audit: the sealed value %q is damaged", name)
	}
	text, err := a.Open(nil, sealed[:a.NonceSize()], sealed[a.NonceSize():], bound(b.Person, name))
	if err != nil {
		return nil, fmt.Errorf("audit: the sealed value %q: %w", name, err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return Personal{b.Person, v}, nil
}

func aead(key []byte) (cipher.AEAD, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("audit: a key of %d bytes", len(key))
	}
	c, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return cipher.NewGCM(c)
}

// bound keeps a sealed value from being passed off as another's, or as another value.
func bound(person, name string) []byte { return []byte(person + "\x00" + name) }
