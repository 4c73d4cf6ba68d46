// Package report is moderation: reports of what should not be there, the queue in
// which each is answered, and the right to answer. It owns reports and nothing of
// what is reported, which features show and hide.
package report
