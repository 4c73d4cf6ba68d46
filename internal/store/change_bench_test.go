package store

import (
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"bassin/internal/atlas"
	"bassin/internal/pgtest"
)

// BenchmarkChange is an audited change with full durability, from as many writers
// as there are connections to take them.
func BenchmarkChange(b *testing.B) {
	for _, d := range databases {
		b.Run(d.name, func(b *testing.B) {
			dsn := "sqlite:" + filepath.Join(b.TempDir(), "bassin.db")
			if d.name == "postgres" {
				s, err := pgtest.Start("fsync=on", "synchronous_commit=on", "full_page_writes=on")
				if err != nil {
					b.Fatal(err)
				}
				defer s.Stop()
				if dsn, _, err = s.Database(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			db, err := Open(b.Context(), dsn)
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(b.Context()); err != nil {
				b.Fatal(err)
			}
			var n atomic.Int64
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					p := atlas.Perimeter{Code: fmt.Sprintf("%010d", n.Add(1)), Communes: []string{"22113"}, Vintage: 2026, CreatedAt: time.Now()}
					if err := db.SavePerimeter(b.Context(), p); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
		})
	}
}

// BenchmarkSync is what the disk allows: a page appended and synchronised.
func BenchmarkSync(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "file"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	for b.Loop() {
		if _, err := f.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "syncs/s")
}
