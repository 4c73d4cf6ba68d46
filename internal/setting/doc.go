// Package setting is what an administrator sets in the product itself: values
// under a name, each with a version so that two people who edit the same one see
// each other's. It owns the form of a setting and its Store interface; it keeps
// nothing itself and knows no feature.
package setting
