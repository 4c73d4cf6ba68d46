// Package pgtest gives tests a real PostgreSQL: a private server in a temporary
// folder, reached by a Unix socket, one per test binary, gone at its end.
// Only tests and the bench import it. A missing PostgreSQL fails, it never skips.
package pgtest
