// Package atlas owns what a territory's page says of it: which basin a commune
// leads to, what a perimeter crosses, how its members are listed, which
// programmes mark it; and the custom territories that people draw, kept through
// the [Store] it declares.
//
// It imports engines only: no page, no SQL, no other feature.
package atlas
