package adminweb

import (
	"context"
	"time"

	"bassin/internal/job"
)

// Server is what the program tells of itself and of what it rests on.
type Server interface {
	Health(ctx context.Context) (Health, error)
	Data(ctx context.Context) (Data, error)
	// Rebuild looks at the open data again and puts a new snapshot in use if it changed,
	// as SIGHUP does. It says whether another is in use now.
	Rebuild(ctx context.Context, tell job.Tell) (bool, error)
}

// Health is how the server is. What cannot be told is 0.
type Health struct {
	Version       string
	Started       time.Time
	Database      string // SQLite or PostgreSQL
	DatabaseBytes int64
	DiskFree      int64 // of the folder of the database and the snapshots
	DiskTotal     int64
	Memory        int64 // held by the program
	MemoryLimit   int64
	Folder        string // of the database and the snapshots, as the command line names it
	Mail          bool   // whether mails can leave
}

// Tight says whether the disk is nearly full: under a tenth, or under 500 MB.
func (h Health) Tight() bool {
	return h.DiskTotal > 0 && (h.DiskFree < h.DiskTotal/10 && h.DiskFree < 10<<30 || h.DiskFree < 500<<20)
}

// Data is the open data and the snapshot made of it.
type Data struct {
	Edition string // hash of the snapshot in use
	Vintage int
	Built   time.Time
	Stale   bool     // the data has changed since
	Changed []string // titles of the sources that did, as far as can be told
	Missing bool     // there is no data folder: the snapshot is served as it is
}
