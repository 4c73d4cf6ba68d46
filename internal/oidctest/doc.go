// Package oidctest gives tests a real provider of OpenID Connect, the npm package
// oidc-provider, with people made for the test, on this machine. Only tests import it.
package oidctest
