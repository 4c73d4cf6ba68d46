// Package noticeweb has the pages of notices: those of the reader, how they want to
// be told of what, and the page that one click in a mail leads to.
//
// It knows the layout and package notice, and no feature.
package noticeweb
