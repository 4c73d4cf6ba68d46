// Package jobtest is the contract that every job.Outbox keeps. A store's own tests
// call [Run]; nothing but tests imports this package.
package jobtest
