package store

import (
	"context"

	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/people"
)

var _ commons.JoinStore = (*DB)(nil)

func scanJoin(s scanner) (j commons.Join, err error) {
	var party string
	if err = s.Scan(&j.Need, &party, &j.By, &j.Comment, &j.At); err != nil {
		return j, err
	}
	j.At = j.At.UTC()
	j.Party, err = people.ParseScope(party)
	return j, err
}

// Joins implements [commons.JoinStore].
func (db *DB) Joins(ctx context.Context, needs []string) ([]commons.Join, error) {
	const page = 500
	var out []commons.Join
	needs = texts(needs)
	for from := 0; from < len(needs); from += page {
		var c conditions
		among(&c, `need IN (%s)`, needs[from:min(from+page, len(needs))])
		found, err := each(ctx, db.read, "read joins", scanJoin, `SELECT need, party, person, comment, at FROM commons_join`+c.String()+` ORDER BY at, `+bytewise(db.dialect, "party"), c.args...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// AddJoin implements [commons.JoinStore].
func (db *DB) AddJoin(ctx context.Context, by audit.Actor, j commons.Join) error {
	if !textual(j.Need) || !textual(j.Comment) {
		return fault.New(fault.Invalid, "commons.not_found", "")
	}
	var said any = j.Comment
	if j.By != "" {
		said = audit.Personal{Of: j.By, Value: j.Comment}
	}
	return db.change(ctx, "join a need", func(t *tx) error {
		n, err := t.exec("join a need", `INSERT INTO commons_join (need, party, person, comment, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (need, party) DO NOTHING`,
			j.Need, j.Party.String(), j.By, j.Comment, t.now)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "commons.join.already").In("party")
		}
		t.record(audit.Entry{By: by, Action: "commons.join", Subject: commons.JoinSubject(j.Need, j.Party), Became: audit.Values{"comment": said}})
		return nil
	})
}

// RemoveJoin implements [commons.JoinStore].
func (db *DB) RemoveJoin(ctx context.Context, by audit.Actor, need string, party people.Scope) error {
	if !textual(need) {
		return fault.New(fault.NotFound, "commons.join.none")
	}
	return db.change(ctx, "leave a need", func(t *tx) error {
		n, err := t.exec("leave a need", `DELETE FROM commons_join WHERE need = $1 AND party = $2`, need, party.String())
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "commons.join.none")
		}
		t.record(audit.Entry{By: by, Action: "commons.leave", Subject: commons.JoinSubject(need, party)})
		return nil
	})
}
