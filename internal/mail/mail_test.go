package mail

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/smtptest"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func relay(t *testing.T, s *smtptest.Server, query string) *Relay {
	t.Helper()
	r, err := Parse("smtp://"+net.JoinHostPort(s.Host, s.Port)+query, "Bassin du Trégor <ne-pas-repondre@bassin.example.fr>")
	if err != nil {
		t.Fatal(err)
	}
	r.Now = func() time.Time { return noon }
	return r
}

func letter() notice.Mail {
	return notice.Mail{
		To: "Zoé <zoe@example.fr>", Subject: "Séance du conseil : l’ordre du jour", Text: "Bonjour,\n\nla séance est à 18 h.\n.\nÀ bientôt",
		HTML: "<p>Bonjour</p>", Unsubscribe: "https://bassin.example.fr/avis/stop/abc",
	}
}

func TestALetterArrivesWhole(t *testing.T) {
	s := smtptest.New(t, smtptest.Options{})
	s.Start(t)
	event, err := letter().Event("zoe")
	if err != nil {
		t.Fatal(err)
	}
	if err := relay(t, s, "?tls=none").Deliver(t.Context(), job.Delivery{ID: "00ff", Kind: event.Kind, Body: event.Body}); err != nil {
		t.Fatal(err)
	}
	got := s.Messages()
	if len(got) != 1 || got[0].Sender != "ne-pas-repondre@bassin.example.fr" || strings.Join(got[0].Recipients, " ") != "zoe@example.fr" {
		t.Fatalf("received %+v", got)
	}
	m, err := mail.ReadMessage(bytes.NewReader(got[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != letter().Subject {
		t.Errorf("the subject is %q, %v", subject, err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<00ff@bassin.example.fr>", "Auto-Submitted": "auto-generated",
		"List-Unsubscribe": "<https://bassin.example.fr/avis/stop/abc>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"Date": noon.Format(time.RFC1123Z), "User-Agent": "", "X-Mailer": "",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("it is %s, %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []struct{ kind, text string }{{"text/plain", letter().Text}, {"text/html", letter().HTML}} {
		p, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		if plain := strings.ReplaceAll(string(text), "\r\n", "\n"); !strings.HasPrefix(p.Header.Get("Content-Type"), want.kind) || strings.TrimRight(plain, "\n") != want.text {
			t.Errorf("part %s: %q, want %s: %q", p.Header.Get("Content-Type"), plain, want.kind, want.text)
		}
	}
}

func TestRefusalsThatLastAreToldFromOthers(t *testing.T) {
	s := smtptest.New(t, smtptest.Options{})
	r := relay(t, s, "?tls=none")
	send := func(to string) error {
		m := letter()
		m.To = to
		return r.Send(t.Context(), "1", m)
	}
	if err := send("zoe@example.fr"); err == nil || job.IsPermanent(err) {
		t.Errorf("no server: %v, want an error worth trying again", err)
	}
	s.Start(t)
	for to, permanent := range map[string]bool{"refused@example.fr": true, "busy@example.fr": false, "nobody": true, "a@b.fr\r\nBcc: eve@example.fr": true} {
		if err := send(to); err == nil || job.IsPermanent(err) != permanent {
			t.Errorf("%q: %v, permanent: want %t", to, err, permanent)
		}
	}
	bad := letter()
	bad.Subject = "x\r\nBcc: eve@example.fr"
	if err := r.Send(t.Context(), "1", bad); !job.IsPermanent(err) {
		t.Errorf("a forged header: %v", err)
	}
	if got := s.Messages(); len(got) != 0 {
		t.Errorf("received %+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Send(ctx, "1", letter()); err == nil || job.IsPermanent(err) {
		t.Errorf("under a cancelled context: %v", err)
	}
}

// certificate makes a self-signed one for 127.0.0.1.
func certificate(t *testing.T) (certFile, keyFile string, trust *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return certFile, keyFile, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
}

func TestPrivacyAndPassword(t *testing.T) {
	cert, key, trust := certificate(t)
	s := smtptest.New(t, smtptest.Options{Cert: cert, Key: key, User: "bassin", Password: "s3cret"})
	s.Start(t)
	r := relay(t, s, "")
	r.User, r.Password = "bassin", "s3cret"
	if err := r.Send(t.Context(), "1", letter()); err == nil || job.IsPermanent(err) {
		t.Errorf("a certificate nobody vouches for: %v, want an error worth trying again", err)
	}
	r.Trust = trust
	r.Password = "wrong"
	if err := r.Send(t.Context(), "1", letter()); err == nil || job.IsPermanent(err) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong password: %v", err)
	}
	r.Password = "s3cret"
	if err := r.Send(t.Context(), "1", letter()); err != nil {
		t.Fatal(err)
	}
	if got := s.Messages(); len(got) != 1 || !got[0].TLS || got[0].User != "bassin" {
		t.Errorf("received %+v", got)
	}
	// A server that offers no TLS gets nothing.
	open := smtptest.New(t, smtptest.Options{})
	open.Start(t)
	if err := relay(t, open, "").Send(t.Context(), "1", letter()); err == nil || len(open.Messages()) != 0 {
		t.Errorf("sent in clear though TLS is required: %v", err)
	}
}

func TestParse(t *testing.T) {
	for address, want := range map[string]string{
		"smtp://host": "starttls 587", "smtps://u:p@host": "tls 465", "smtp://localhost?tls=none": "none 25", "smtp://u@host:2525": "starttls 2525",
		"": "", "host:25": "", "http://host": "", "smtp://": "", "smtp://host:0": "", "smtp://host/path": "", "smtp://u:hunter2@host?tls=none": "",
		"smtp://host?tls=maybe": "", "smtp://u:hunter2@ho st": "",
	} {
		r, err := Parse(address, "a@example.fr")
		got := ""
		if err == nil {
			got = string(r.Security) + " " + strconv.Itoa(r.Port)
		}
		if got != want || err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Parse(%q) = %q, %v, want %q", address, got, err, want)
		}
	}
	if _, err := Parse("smtp://host", "nobody"); err == nil {
		t.Error("a sender without address was accepted")
	}
}
