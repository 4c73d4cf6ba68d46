// Package accountweb has the pages of one's own account: signing in and up, ways
// of proving who one is, sessions, one's data, one's rights; and the gate that every
// request passes, which finds whose session it carries.
//
// It knows the layout and package people, and no feature.
package accountweb
