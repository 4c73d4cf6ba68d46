package signin

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"image"
	_ "image/png"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The vectors are those of RFC 6238, appendix B, for SHA-1: its codes have eight
// digits, of which six are the last.
func TestCodesOfTheRFC(t *testing.T) {
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for seconds, code := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		step, ok := CheckCode(secret, code[2:], time.Unix(seconds, 0), 0)
		if !ok || step != seconds/30 {
			t.Errorf("at %d s, %s: step %d, %v", seconds, code[2:], step, ok)
		}
	}
	// RFC 4226, appendix D: by step.
	for step, code := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := codeOf([]byte("12345678901234567890"), int64(step)); got != code {
			t.Errorf("step %d: %s, want %s", step, got, code)
		}
	}
}

func TestCodeIsGoodOnce(t *testing.T) {
	secret := NewCodeSecret()
	key, err := base32.StdEncoding.DecodeString(secret)
	if err != nil || len(key) != secretSize {
		t.Fatalf("the secret %q: %v", secret, err)
	}
	now := time.Date(2026, 11, 26, 9, 0, 10, 0, time.UTC)
	current := now.Unix() / 30
	for _, c := range []struct {
		name string
		code string
		last int64
		want int64 // step, 0 for refused
	}{
		{"now", codeOf(key, current), 0, current},
		{"a step ago", codeOf(key, current-1), 0, current - 1},
		{"a step ahead", codeOf(key, current+1), 0, current + 1},
		{"two steps ago", codeOf(key, current-2), 0, 0},
		{"two steps ahead", codeOf(key, current+2), 0, 0},
		{"as it is shown", codeOf(key, current)[:3] + " " + codeOf(key, current)[3:] + "\n", 0, current},
		{"again", codeOf(key, current), current, 0},
		{"older than the last", codeOf(key, current-1), current, 0},
		{"after the last", codeOf(key, current+1), current, current + 1},
		{"short", codeOf(key, current)[:5], 0, 0},
		{"empty", "", 0, 0},
		{"long", codeOf(key, current) + "0", 0, 0},
	} {
		step, ok := CheckCode(secret, c.code, now, c.last)
		if ok != (c.want != 0) || ok && step != c.want || !ok && step != c.last {
			t.Errorf("%s: step %d, %v, want %d", c.name, step, ok, c.want)
		}
	}
	for _, bad := range []string{"", "é", "AAAA"} { // no key, none that can be read, one that could be guessed
		if _, ok := CheckCode(bad, codeOf(nil, current), now, 0); ok {
			t.Errorf("the secret %q opens", bad)
		}
	}
	if NewCodeSecret() == secret {
		t.Error("two secrets are the same")
	}
}

// A QR code is worth what another program reads in it.
func TestQRCodeIsRead(t *testing.T) {
	address := CodeAddress("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "Bassin du Trégor: essai", "rené+x@example.fr")
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Bassin du Trégor  essai:rené+x@example.fr" ||
		u.Query().Get("secret") != "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" || u.Query().Get("issuer") != "Bassin du Trégor  essai" || strings.Contains(u.RawQuery, "+") {
		t.Fatalf("the address is %s (%v)", address, err)
	}
	src, err := QRCode(address)
	if err != nil {
		t.Fatal(err)
	}
	b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(src, "data:image/png;base64,"))
	if err != nil {
		t.Fatal(err)
	}
	picture, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	size := picture.Bounds()
	pixels := make([]int, 0, 4*size.Dx()*size.Dy())
	for y := range size.Dy() {
		for x := range size.Dx() {
			r, g, b, a := picture.At(x, y).RGBA()
			pixels = append(pixels, int(r>>8), int(g>>8), int(b>>8), int(a>>8))
		}
	}
	input, err := json.Marshal(map[string]any{"pixels": pixels, "width": size.Dx(), "height": size.Dy()})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "testdata/qr.mjs")
	cmd.Stdin = bytes.NewReader(input)
	read, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the QR code is not read (is jsqr installed? `make test` does it): %v\n%s", err, read)
	}
	if string(read) != address {
		t.Errorf("the QR code says %q, want %q", read, address)
	}
	if _, err := QRCode(strings.Repeat("x", 5000)); err == nil {
		t.Error("a text that does not fit is drawn")
	}
}

func TestRecoveryCodes(t *testing.T) {
	codes, hashes := NewRecoveryCodes()
	if len(codes) != 10 || len(hashes) != 10 {
		t.Fatalf("%d codes, %d hashes", len(codes), len(hashes))
	}
	form := regexp.MustCompile(`^[0-9a-hjkmnp-tv-z]{5}(-[0-9a-hjkmnp-tv-z]{5}){2}$`)
	for i, code := range codes {
		if !form.MatchString(code) {
			t.Errorf("the code %q", code)
		}
		if slices.Index(codes, code) != i {
			t.Errorf("%q comes twice", code)
		}
		written := strings.ToUpper(strings.NewReplacer("-", " ", "0", "o", "1", "l").Replace(code))
		if got := CheckRecovery(written, hashes); got != i {
			t.Errorf("%q is found at %d, want %d", written, got, i)
		}
		if strings.Contains(strings.Join(hashes, " "), code) {
			t.Errorf("%q is kept", code)
		}
	}
	for _, code := range []string{"", "-", codes[0][:16], codes[0] + "0"} {
		if got := CheckRecovery(code, hashes); got != -1 {
			t.Errorf("%q is found at %d", code, got)
		}
	}
	if got := CheckRecovery(codes[3], slices.Delete(slices.Clone(hashes), 3, 4)); got != -1 {
		t.Errorf("a code that was used is found at %d", got)
	}
}
