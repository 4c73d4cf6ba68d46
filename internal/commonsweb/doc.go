// Package commonsweb are the pages of the library of commons: entries, how they are
// written, reviewed, compared, retired and merged.
//
// It owns no rule, which are in package commons, and knows neither the database nor
// other pages: what it needs of them is an interface it declares.
package commonsweb
