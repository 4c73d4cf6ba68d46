// Package fault is the one error vocabulary of Bassin: a code that the edges map
// to a status, and a message key that they turn into the reader's language.
// It owns no text and imports nothing of the house.
package fault
