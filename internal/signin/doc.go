// Package signin is the protocols of signing in: passwords, one-time codes, passkeys,
// OpenID Connect. It owns how each is made and checked; it keeps nothing, shows no
// page, knows no person and opens no session.
package signin
