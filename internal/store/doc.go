// Package store is the database: what people write, in SQLite (one file, the
// default) or PostgreSQL. It owns the connection, the migrations and the SQL,
// and implements the Store interfaces that features declare, one file each.
//
// Every statement is one text that both databases understand. No rule of a
// feature lives here, and nothing that France publishes: that is the snapshot's.
package store
