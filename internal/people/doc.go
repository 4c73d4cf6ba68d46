// Package people is who acts: persons and how they sign in, organisations, the
// mandates that people hold over a territory or in an organisation, and the one
// table of rights that follows from mandates.
//
// It owns the rules and the Store they need. It keeps nothing itself, speaks no
// protocol and draws no page.
package people
