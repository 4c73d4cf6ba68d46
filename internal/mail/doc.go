// Package mail delivers mails of the outbox by SMTP. It owns the connection to
// the relay and the headers of a letter; it decides neither who is written to nor
// what, and keeps nothing.
package mail
