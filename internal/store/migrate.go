package store

import (
	"context"
	"embed"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"bassin/internal/fault"
)

// migrations are the tables, in steps that are never edited once released.
// A step goes forward only: the way back is the copy made before an upgrade.
//
//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the tables to the form this program knows. Each step is one
// transaction; servers started together wait for one another.
// A database already brought further by a newer Bassin is refused untouched.
func (db *DB) Migrate(ctx context.Context) error {
	steps, err := db.steps()
	if err != nil {
		return err
	}
	for last := int64(-1); ; {
		have, known, err := steps.GetVersions(ctx)
		if err != nil {
			return failed("read the version", err)
		}
		if have > known {
			return fault.New(fault.Conflict, "store.newer", have, known)
		}
		_, err = steps.Up(ctx)
		if err == nil {
			return nil
		}
		// On one SQLite file, another program may have taken the same step first: as
		// long as the tables move forward, go on from where they are.
		if have <= last {
			return failed("migrate", err)
		}
		last = have
	}
}

// Version is the number of the last migration applied, 0 for an empty database.
func (db *DB) Version(ctx context.Context) (int64, error) {
	steps, err := db.steps()
	if err != nil {
		return 0, err
	}
	v, err := steps.GetDBVersion(ctx)
	if err != nil {
		return 0, failed("read the version", err)
	}
	return v, nil
}

func (db *DB) steps() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{
		goose.WithTableName("bassin_version"),
		goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()),
	}
	if db.dialect == goose.DialectPostgres {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(db.dialect, db.write, files, options...)
}
