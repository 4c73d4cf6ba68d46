package notice

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"bassin/internal/fault"
)

// Digest stands for the daily mail where a mail is stopped: it is about every
// subject that comes once a day.
const Digest Subject = "digest"

// StopToken is what one click on "stop these mails" carries: the person and the
// subject, under a seal made with the person's key. Nothing of it is kept, it is
// as hard to guess as 128 bits, and erasing the person ends it.
func StopToken(key []byte, person string, s Subject) string {
	return base64.RawURLEncoding.EncodeToString([]byte(person)) + "." + string(s) + "." + stopSeal(key, person, s)
}

func stopSeal(key []byte, person string, s Subject) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("stop\x00" + person + "\x00" + string(s)))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16])
}

// ReadStopToken reads a token; key returns the key of a person, nil if they have
// none. The error of one that we never made is fault.NotFound.
func ReadStopToken(token string, key func(person string) ([]byte, error)) (person string, s Subject, err error) {
	unknown := fault.New(fault.NotFound, "notice.stop.unknown")
	parts := strings.Split(token, ".")
	if len(parts) != 3 || len(token) > 500 {
		return "", "", unknown
	}
	id, err := base64.RawURLEncoding.DecodeString(parts[0])
	if s = Subject(parts[1]); err != nil || len(id) == 0 || s != Digest && (!s.Known() || s.Bound()) {
		return "", "", unknown
	}
	person = string(id)
	k, err := key(person)
	if err != nil {
		return "", "", err
	}
	if k == nil || !hmac.Equal([]byte(parts[2]), []byte(stopSeal(k, person, s))) {
		return "", "", unknown
	}
	return person, s, nil
}
