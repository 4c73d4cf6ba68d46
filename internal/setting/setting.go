package setting

import (
	"context"
	"encoding/json"

	"bassin/internal/audit"
)

// Setting is a value under a name. Secrets are no settings: see [Secrets].
type Setting struct {
	Name    string
	Value   json.RawMessage // nil if it was never set
	Version int64           // 0 if it was never set
}

// Store keeps settings.
type Store interface {
	// Setting returns the setting of that name, of version 0 if it was never set.
	Setting(ctx context.Context, name string) (Setting, error)
	// UpdateSetting gives the setting the value that change makes of the present
	// one, in one transaction; change may run more than once. An error of change
	// leaves all as it was. If the setting is no longer at version, the error is a
	// *fault.Stale[Setting] with both; [Any] takes whatever version there is.
	UpdateSetting(ctx context.Context, by audit.Actor, name string, version int64, change func(json.RawMessage) (json.RawMessage, error)) (Setting, error)
}

// Any is the version to give when the change holds for any.
const Any int64 = -1
