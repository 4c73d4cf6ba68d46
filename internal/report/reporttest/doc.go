// Package reporttest is the contract of reports and their rules, for stores to be
// tried against. It owns no store, and serves tests only.
package reporttest
