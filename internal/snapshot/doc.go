// Package snapshot is the file format of what France publishes: one immutable
// folder with a manifest and Parquet tables, read back as an indexed country.
//
// It owns the folder layout, its checksums, the atomic change from one snapshot
// to the next, and the rule that a request sees one snapshot from its first line
// to its last. It reads and writes the folders it is given and nothing else: no
// network, no database, no clock. What goes into the tables is decided by the
// pipeline.
//
// Layout of <var>/snapshots:
//
//	current                    the hash of the snapshot in use, one line
//	<hash>/manifest.json       format, inputs, tables with checksums, sources
//	<hash>/report.json         what the build checked, moved, dropped, left empty
//	<hash>/*.parquet           tables under Licence Ouverte
//	<hash>/odbl/*.parquet      tables under ODbL, kept apart
package snapshot
