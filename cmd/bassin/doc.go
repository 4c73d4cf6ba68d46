// The roof of the house: it only hands the arguments over to internal/cli, which
// owns the commands, the configuration and all the wiring.
package main
