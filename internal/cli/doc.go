// Package cli is the roof: commands, configuration and all the wiring, in one
// visible place. Nothing imports it but cmd/bassin; it holds no rule of the field.
package cli
