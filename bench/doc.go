// Command bench measures Bassin with the whole of France, side by side with
// PostgreSQL on the same questions and in one run, and checks that both give the
// same answers. It starts the built binary and imports what it needs of the
// engines; nothing imports it. Figures go to the terminal and to docs/bench.md.
package main
