// Package pipeline turns the open data of the data folder into a snapshot: it
// reads what data/sources.json describes, checks all of it, moves it to the
// current list of communes and hands the tables to package snapshot.
//
// It owns the manifest of sources, every check made on published data, and the
// report of what was moved, dropped or left empty. It may write nowhere but in
// the snapshots folder, and only package cli may import it.
package pipeline
