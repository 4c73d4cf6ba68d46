package signin

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what applications compute; HMAC does not rest on collisions
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"rsc.io/qr"
)

// One-time codes by time (RFC 6238), in the only form that all applications know:
// HMAC-SHA-1, six digits, thirty seconds.
const (
	codeStep   = 30 * time.Second
	codeDigits = 6
	secretSize = 20 // bytes; RFC 4226, section 4, asks for 16 and recommends 20
)

// NewCodeSecret makes the secret that an application and the server share, in base32
// as a person types it. It is kept as a key is, and never recorded.
func NewCodeSecret() string {
	var b [secretSize]byte
	random(b[:])
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])
}

// CodeAddress is the otpauth:// address that applications read from a QR code: site
// and account are shown to the person.
func CodeAddress(secret, site, account string) string {
	site = strings.ReplaceAll(site, ":", " ") // which would end the name of the site
	q := url.Values{"secret": {secret}, "issuer": {site}}
	// Some applications show a plus sign where a space was encoded as one.
	return "otpauth://totp/" + url.PathEscape(site+":"+account) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// QRCode draws a text as a PNG picture in a data: address, for the src of an image
// four pixels a module wide. Texts over some 2,000 bytes do not fit.
func QRCode(text string) (string, error) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("signin: %w", err)
	}
	c.Scale = 4
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(c.PNG()), nil
}

// CheckCode says whether a code is right at a time, give or take a step, and of which
// step. Last is the step of the last code that was used, 0 if none was: keep the new
// one in the same transaction, so that no code opens twice.
func CheckCode(secret, code string, now time.Time, last int64) (step int64, ok bool) {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(secret))
	if err != nil || len(key) < 16 {
		return last, false
	}
	code = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, code)
	current := now.Unix() / int64(codeStep/time.Second)
	for _, s := range []int64{current, current - 1, current + 1} {
		if s > last && subtle.ConstantTimeCompare([]byte(codeOf(key, s)), []byte(code)) == 1 {
			return s, true
		}
	}
	return last, false
}

// codeOf is HOTP (RFC 4226, section 5.3) of a step.
func codeOf(key []byte, step int64) string {
	mac := hmac.New(sha1.New, key)
	// Writing to a hash never fails.
	_ = binary.Write(mac, binary.BigEndian, step)
	sum := mac.Sum(nil)
	n := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&0xf:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", codeDigits, n%1000000)
}

// recoveryLetters are those that nobody takes for another: no i, l, o, u.
const recoveryLetters = "0123456789abcdefghjkmnpqrstvwxyz"

// NewRecoveryCodes makes ten codes to write down, each good for one sign-in without
// the application, and the hashes to keep of them: 75 bits of chance each, so that a
// plain hash is enough.
func NewRecoveryCodes() (codes, hashes []string) {
	for range 10 {
		var b [15]byte
		random(b[:])
		for i := range b {
			b[i] = recoveryLetters[b[i]%32]
		}
		code := fmt.Sprintf("%s-%s-%s", b[:5], b[5:10], b[10:])
		codes, hashes = append(codes, code), append(hashes, RecoveryHash(code))
	}
	return codes, hashes
}

// RecoveryHash is what is kept of a recovery code, whatever its case, its dashes and
// the letters taken for others.
func RecoveryHash(code string) string {
	code = strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case r == 'o':
			return '0'
		case r == 'i' || r == 'l':
			return '1'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return r
		}
		return -1
	}, code)
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}

// CheckRecovery finds the kept hash of a recovery code: -1 if there is none. Remove
// it in the same transaction as the sign-in.
func CheckRecovery(code string, hashes []string) int {
	found, hash := -1, []byte(RecoveryHash(code))
	for i, h := range hashes {
		if subtle.ConstantTimeCompare(hash, []byte(h)) == 1 {
			found = i
		}
	}
	return found
}
