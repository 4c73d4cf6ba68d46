package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/setting"
)

var (
	_ setting.Store   = (*DB)(nil)
	_ setting.Secrets = (*DB)(nil)
)

// Setting implements [setting.Store].
func (db *DB) Setting(ctx context.Context, name string) (setting.Setting, error) {
	return readSetting(name, db.read.QueryRowContext(ctx, `SELECT value, version FROM setting WHERE name = $1`, name))
}

func readSetting(name string, row *sql.Row) (setting.Setting, error) {
	s := setting.Setting{Name: name}
	var value string
	err := row.Scan(&value, &s.Version)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return s, nil
	case err != nil:
		return s, failed("read a setting", err)
	}
	if value != "" {
		s.Value = json.RawMessage(value)
	}
	return s, nil
}

// UpdateSetting implements [setting.Store].
func (db *DB) UpdateSetting(ctx context.Context, by audit.Actor, name string, version int64, change func(json.RawMessage) (json.RawMessage, error)) (setting.Setting, error) {
	var next setting.Setting
	err := db.change(ctx, "update a setting", func(t *tx) error {
		// The row is made, then locked by an update of nothing, which both databases
		// know: from here on no other change of it can pass.
		if _, err := t.exec("make a setting", `INSERT INTO setting (name, value, version) VALUES ($1, '', 0) ON CONFLICT (name) DO NOTHING`, name); err != nil {
			return err
		}
		old, err := readSetting(name, t.QueryRowContext(t.ctx, `UPDATE setting SET version = version WHERE name = $1 RETURNING value, version`, name))
		if err != nil {
			return err
		}
		value, err := change(old.Value)
		if err != nil {
			return err
		}
		text, err := audit.Canonical(value)
		if err != nil {
			return fault.New(fault.Invalid, "store.setting", name).Because(err)
		}
		next = setting.Setting{Name: name, Value: json.RawMessage(text), Version: old.Version + 1}
		if version != setting.Any && version != old.Version {
			return &fault.Stale[setting.Setting]{Theirs: old, Yours: next}
		}
		if _, err := t.exec("update a setting", `UPDATE setting SET value = $1, version = $2 WHERE name = $3`, text, next.Version, name); err != nil {
			return err
		}
		e := audit.Entry{By: by, Action: "setting.update", Subject: "setting:" + name, Became: audit.Values{"value": next.Value}}
		if old.Version > 0 {
			e.Was = audit.Values{"value": old.Value}
		}
		t.record(e)
		return nil
	})
	if err != nil {
		return setting.Setting{}, err
	}
	return next, nil
}

// Secret implements [setting.Secrets].
func (db *DB) Secret(ctx context.Context, name string) (value string, err error) {
	err = db.read.QueryRowContext(ctx, `SELECT value FROM secret WHERE name = $1`, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", failed("read a secret", err)
	}
	return value, nil
}

// SetSecret implements [setting.Secrets].
func (db *DB) SetSecret(ctx context.Context, by audit.Actor, name, value string) error {
	return db.change(ctx, "set a secret", func(t *tx) error {
		if _, err := t.exec("set a secret", `INSERT INTO secret (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2`, name, value); err != nil {
			return err
		}
		t.record(audit.Entry{By: by, Action: "setting.key", Subject: "setting:" + name, Became: audit.Values{"set": value != ""}})
		return nil
	})
}
