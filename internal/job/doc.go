// Package job is work that goes on after a request: events that a change leaves
// in the outbox, in the same transaction, and the rules by which they are
// delivered, tried again or given up.
//
// It owns the form of an event and when to try again. It keeps nothing (the
// store does), sends nothing (the worker does), and asks neither time nor chance.
package job
