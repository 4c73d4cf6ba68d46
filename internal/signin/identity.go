package signin

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"bassin/internal/fault"
)

// Identity is what a provider says of a person. Issuer and Subject together are who
// they are; an address that is not verified links to no account.
type Identity struct {
	Provider        string // key
	Issuer, Subject string
	Email           string // "" if none
	EmailVerified   bool
	GivenName       string
	FamilyName      string
	SIRET           string // of the body they work for, 14 digits or ""
	StrongAuth      bool   // by two factors, as the settings see it
	IDToken         string // for [Connect.Logout]: it is kept with the session, and never recorded
}

// claims are what is read of an ID token and of userinfo. Birth and gender are not.
type claims struct {
	Issuer        string `json:"iss"`
	Audience      texts  `json:"aud"`
	Expires       int64  `json:"exp"`
	Party         string `json:"azp"`
	ACR           string `json:"acr"`
	AMR           texts  `json:"amr"`
	Email         string `json:"email"`
	EmailVerified yes    `json:"email_verified"`
	GivenName     string `json:"given_name"`
	FamilyName    string `json:"family_name"`
	UsualName     string `json:"usual_name"` // ProConnect
	SIRET         string `json:"siret"`      // ProConnect
}

// identify checks the tokens and reads who the person is.
func (c *Connect) identify(ctx context.Context, p *provider, d *discovered, tokens *oauth2.Token, nonce string) (Identity, error) {
	raw, _ := tokens.Extra("id_token").(string)
	if raw == "" {
		return Identity{}, p.untrusted(errors.New("there is no ID token"))
	}
	t, err := d.oidc.Verifier(&oidc.Config{ClientID: p.ClientID, Now: c.now}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, p.untrusted(err)
	}
	var said claims
	if err := t.Claims(&said); err != nil {
		return Identity{}, p.untrusted(err)
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(t.Nonce), []byte(nonce)) != 1:
		return Identity{}, p.untrusted(errors.New("the nonce is another"))
	case t.Subject == "" || len(t.Subject) > 255:
		return Identity{}, p.untrusted(errors.New("the ID token has no subject"))
	case said.Party != "" && said.Party != p.ClientID || said.Party == "" && len(t.Audience) > 1:
		return Identity{}, p.untrusted(fmt.Errorf("the ID token was issued to %q", said.Party))
	}
	if t.AccessTokenHash != "" {
		if err := t.VerifyAccessToken(tokens.AccessToken); err != nil {
			return Identity{}, p.untrusted(err)
		}
	}
	// Levels and methods are read of the ID token only, which is always signed.
	acr, amr := said.ACR, said.AMR
	if !p.enough(acr) {
		return Identity{}, fault.New(fault.Invalid, "signin.provider.level", p.Name).Because(fmt.Errorf("signin: %s answered the level %.100q", p.Key, acr))
	}
	if d.oidc.UserInfoEndpoint() != "" {
		info, err := d.oidc.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
		if err != nil {
			return Identity{}, p.untrusted(err)
		}
		if info.Subject != t.Subject {
			return Identity{}, p.untrusted(errors.New("userinfo is about another subject"))
		}
		var more claims
		if err := info.Claims(&more); err != nil {
			return Identity{}, p.untrusted(err)
		}
		// A signed answer says from whom and to whom it is.
		if more.Issuer != "" && more.Issuer != p.Issuer || len(more.Audience) > 0 && !slices.Contains(more.Audience, p.ClientID) || more.Expires != 0 && more.Expires <= c.now().Unix() {
			return Identity{}, p.untrusted(errors.New("userinfo is of another issuer, for another client or of another time"))
		}
		said.add(more)
	}
	id := Identity{
		Provider: p.Key, Issuer: t.Issuer, Subject: t.Subject, IDToken: raw,
		GivenName: line(said.GivenName), FamilyName: line(or(said.UsualName, said.FamilyName)),
		StrongAuth: slices.Contains(p.StrongACR, acr) || slices.ContainsFunc(amr, func(m string) bool { return slices.Contains(p.StrongAMR, m) }),
	}
	if a, err := mail.ParseAddress(said.Email); err == nil && a.Address == said.Email && len(a.Address) <= 254 {
		id.Email, id.EmailVerified = a.Address, bool(said.EmailVerified) || p.TrustEmail
	}
	if regexp.MustCompile(`^[0-9]{14}$`).MatchString(said.SIRET) {
		id.SIRET = said.SIRET
	}
	return id, nil
}

// add takes what userinfo says besides. An address comes with whether it is verified:
// that of one never speaks for another's.
func (s *claims) add(more claims) {
	if more.Email != "" {
		s.EmailVerified = more.EmailVerified || s.EmailVerified && s.Email == more.Email
		s.Email = more.Email
	}
	s.GivenName, s.FamilyName = or(more.GivenName, s.GivenName), or(more.FamilyName, s.FamilyName)
	s.UsualName, s.SIRET = or(more.UsualName, s.UsualName), or(more.SIRET, s.SIRET)
}

// enough says whether a level is one of those required. Those of eIDAS contain those
// below.
func (p *Provider) enough(acr string) bool {
	if len(p.ACR) == 0 || slices.Contains(p.ACR, acr) {
		return true
	}
	ladder := []string{"eidas1", "eidas2", "eidas3"}
	got := slices.Index(ladder, acr)
	return p.Kind == FranceConnect && slices.ContainsFunc(p.ACR, func(a string) bool {
		asked := slices.Index(ladder, a)
		return asked >= 0 && got > asked
	})
}

// line is a name as it can be shown: on one line, of 200 characters at most.
func line(s string) string {
	r := []rune(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " "))
	return string(r[:min(len(r), 200)])
}

// texts reads a text or a list of them.
type texts []string

func (o *texts) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*o = texts{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(o))
}

// yes reads true, and "true" as some providers write it.
type yes bool

func (y *yes) UnmarshalJSON(b []byte) error {
	*y = string(b) == "true" || string(b) == `"true"`
	return nil
}
