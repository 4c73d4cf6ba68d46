// Package personalweb has the pages of personal data: one's own, to see, take away and
// erase; and for everybody the record of processing, written from what the product
// really keeps.
//
// It knows the layout and package personal, and no feature.
package personalweb
