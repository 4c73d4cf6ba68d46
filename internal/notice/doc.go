// Package notice is what people are told: letters, the one form of every mail,
// and how they are left in the outbox. It owns no address book and sends nothing:
// an adapter does.
package notice
