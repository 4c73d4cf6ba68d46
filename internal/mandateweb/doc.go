// Package mandateweb says in public who does what where: the mandates of public
// functions over a territory and over those that hold it, present and past.
//
// It knows the layout and package people, and no feature.
package mandateweb
