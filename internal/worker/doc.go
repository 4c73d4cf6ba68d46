// Package worker delivers what changes left in the outbox: it claims events,
// hands each to whoever delivers its kind, and tries again or gives up. It owns
// the pace; it knows neither what events say nor how they are kept or sent.
package worker
