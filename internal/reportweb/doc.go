// Package reportweb are the pages of reports of what should not be there: the form, what
// became of a report, and the queue of those who answer.
//
// It owns no rule, which are in package report, and knows neither the database nor
// what is reported.
package reportweb
