// Package adminweb has the pages of the administration: people and their mandates,
// settings, what is sent and done behind the requests, the record of changes, data,
// health; and what territory pages say of who does what there.
//
// It knows the layout and the rooms of the base, and no feature.
package adminweb
