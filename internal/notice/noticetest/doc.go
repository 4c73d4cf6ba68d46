// Package noticetest is the contract that every notice.Store keeps. A store's own
// tests call [Run]; nothing but tests imports this package.
package noticetest
