package browsertest

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// Authenticator is a device that makes passkeys for a page, as a telephone or a
// computer does, its owner always there and recognised.
type Authenticator struct {
	p  *Page
	id webauthn.AuthenticatorID
}

// Authenticator plugs a new device into the page. It is gone with the page.
func (p *Page) Authenticator() *Authenticator {
	p.t.Helper()
	p.Do("enable passkeys", command(webauthn.Enable, webauthn.EnableParams{}))
	r := get(p, "plug a device in", call(webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, AutomaticPresenceSimulation: true, IsUserVerified: true,
	}}))
	return &Authenticator{p, r.AuthenticatorID}
}

// Lie makes the device answer without having recognised its owner, or with a
// signature that is none.
func (a *Authenticator) Lie(unverified, unsigned bool) {
	a.p.t.Helper()
	a.p.Do("make the device lie", command(webauthn.SetResponseOverrideBits, webauthn.SetResponseOverrideBitsParams{
		AuthenticatorID: a.id, IsBadUV: &unverified, IsBogusSignature: &unsigned,
	}))
}

// Recognise says whether the device recognises its owner.
func (a *Authenticator) Recognise(yes bool) {
	a.p.t.Helper()
	a.p.Do("present a finger", command(webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: a.id, IsUserVerified: yes}))
}

// Passkeys are copies of those on the device, as they are now.
func (a *Authenticator) Passkeys() []*webauthn.Credential {
	a.p.t.Helper()
	return get(a.p, "read the passkeys", call(webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: a.id})).Credentials
}

// Put makes the passkeys of the device those.
func (a *Authenticator) Put(passkeys ...*webauthn.Credential) {
	a.p.t.Helper()
	steps := []chromedp.Action[chromedp.Void]{command(webauthn.ClearCredentials, webauthn.ClearCredentialsParams{AuthenticatorID: a.id})}
	for _, k := range passkeys {
		steps = append(steps, command(webauthn.AddCredential, webauthn.AddCredentialParams{AuthenticatorID: a.id, Credential: k}))
	}
	a.p.Do("put passkeys", steps...)
}

// call makes a step of a command of the protocol that answers.
func call[P, R any](c cdp.Command[P, R], params P) chromedp.Action[R] {
	return func(ctx context.Context, t *chromedp.Target) (R, error) { return cdp.Call(ctx, t, c, params) }
}
