// Package notice is what people are told: the form of a mail and how it is left
// in the outbox. It owns no address book and sends nothing: an adapter does.
package notice
