package e2e

import (
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"

	"bassin/internal/browsertest"
	"bassin/internal/realdata"
)

// administered is a server of its own at a host with a name, with one administrator.
func administered(t *testing.T) (base, email, password string) {
	t.Helper()
	dir := t.TempDir()
	if err := linkSnapshots(realdata.Var(t), dir); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	base = fmt.Sprintf("http://localhost:%d", port)
	s := start(t, "--data", realdata.Data(), "--var", dir, "--listen", fmt.Sprintf("localhost:%d", port), "--base-url", base)
	t.Cleanup(s.end)
	email, password = "zoe@example.fr", "quatre chevaux sous la pluie"
	cmd := exec.Command(bassin(t), "user", "add", "--var", dir, "--email", email, "--name", "Zoé Le Goff", "--role", "administrator", "--password-stdin")
	cmd.Stdin = strings.NewReader(password + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("bassin user add: %v\n%s", err, out)
	}
	return base, email, password
}

// fill types into a field.
func fill(p *browsertest.Page, selector, text string) {
	browsertest.Eval[bool](p, fmt.Sprintf("(document.querySelector(%q).value = %q, true)", selector, text))
}

// press presses a button that leads to another page.
func press(p *browsertest.Page, selector, then string) {
	p.Click(selector)
	p.WaitFor("the page after "+selector, fmt.Sprintf("document.querySelector(%q)", then))
}

// A passkey is added in a real browser, then opens the administration by itself. All
// pages on the way are open to everyone's senses, in both languages, in light and dark.
func TestAccountsInABrowser(t *testing.T) {
	base, email, password := administered(t)
	p := browsertest.New(t, browsertest.Options{Width: 360})
	device := p.Authenticator()
	check := func(path string) {
		t.Helper()
		p.Go(base + path)
		for _, v := range p.Axe() {
			t.Errorf("%s: %s", path, v)
		}
		if n, culprits := p.Overflow(); n > 0 {
			t.Errorf("%s is %d pixels too wide: %s", path, n, culprits)
		}
	}
	for _, path := range []string{"/connexion", "/en/sign-in", "/en/sign-up", "/en/password/forgotten"} {
		check(path)
	}
	p.Go(base + "/connexion?retour=/administration")
	fill(p, "#email", email)
	fill(p, "#password", password)
	press(p, "main form:not([data-passkey]) button", "a[href^='/mon-compte/cle']")
	for _, path := range []string{"/connexion/second-facteur", "/mon-compte", "/en/my-account", "/mon-compte/code", "/mon-compte/cle", "/mon-compte/mot-de-passe", "/mon-compte/nom", "/mon-compte/adresse", "/droits"} {
		check(path)
	}
	p.Go(base + "/mon-compte/cle?retour=/administration")
	fill(p, "#present", "not this one at all")
	p.Click("form[data-passkey] button")
	p.WaitFor("what is wrong", "!document.querySelector('[data-trouble]').hidden")
	if n := len(device.Passkeys()); n != 0 {
		t.Errorf("a wrong password made %d passkeys", n)
	}
	fill(p, "#present", password)
	fill(p, "#label", "Téléphone")
	press(p, "form[data-passkey] button", ".account-codes")
	if n := browsertest.Eval[int](p, "document.querySelectorAll('.account-codes code').length"); n != 10 {
		t.Errorf("%d recovery codes", n)
	}
	for _, v := range p.Axe() {
		t.Errorf("recovery codes: %s", v)
	}
	p.Click("main .actions a")
	p.WaitURL("the administration", func(u string) bool { return u == base+"/administration" })

	p.Go(base + "/mon-compte")
	if !strings.Contains(browsertest.Eval[string](p, "document.querySelector('main').innerText"), "Clé d’accès – Téléphone") {
		t.Error("the passkey is not among the ways in")
	}
	p.Click("form[action='/deconnexion'] button")
	p.WaitURL("the home page", func(u string) bool { return u == base+"/" })
	p.Go(base + "/connexion?retour=/administration")
	p.Click("form[data-passkey] button")
	p.WaitURL("the administration", func(u string) bool { return u == base+"/administration" })
	if noises := p.Noises(); len(noises) > 0 {
		t.Errorf("the pages complained: %q", noises)
	}
}
