// Package worker delivers what changes left in the outbox: it claims events,
// hands each to whoever delivers its kind, and tries again or gives up. It sees
// besides to tasks that come round. It owns the pace; it knows neither what events
// say or tasks do nor how they are kept.
package worker
