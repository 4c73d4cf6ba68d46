package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"bassin/internal/people"
	"bassin/internal/store"
	"bassin/internal/territory"
)

// accounts loads pages as somebody who is signed in sees them: nothing of them may be
// kept for others, and each asks the database whose session it is.
func (b *bench) accounts(ctx context.Context) error {
	say("pages of somebody who is signed in")
	headers, err := b.signIn(ctx)
	if err != nil {
		return err
	}
	own := []string{"/mon-compte", "/mes-donnees", "/en/my-data", "/mes-notifications"}
	for _, load := range []struct {
		what  string
		paths []string
	}{
		{"Pages of one's account at a constant 300 req/s", own},
		{"Territory pages, signed in, at a constant 300 req/s", pages(b.snap)},
	} {
		m, err := b.steady(ctx, load.paths, headers, 300, 2*b.span)
		if err != nil {
			return err
		}
		b.report.figures = append(b.report.figures, latency(load.what, m, 15,
			fmt.Sprintf("vegeta, gzip, SQLite, 200 sessions of people with three mandates each, %.1f KB each", m.KB)))
	}
	return nil
}

// signIn opens sessions in the server's own database and gives the header of one.
func (b *bench) signIn(ctx context.Context) (headers []string, err error) {
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(b.varDir, "bassin.db"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	now := time.Now()
	var token string
	err = db.ChangePeople(ctx, "sign in", func(tx people.Tx) error {
		for i := range 200 {
			p := people.Person{ID: fmt.Sprintf("bench%d", i), Name: fmt.Sprintf("Personne %d", i), Email: fmt.Sprintf("bench%d@example.fr", i), Lang: "fr", State: people.Active, CreatedAt: now}
			if err := tx.AddPerson(p); err != nil {
				return err
			}
			for _, role := range []people.Role{people.Mediator, people.Member, people.Contributor} {
				m := people.Mandate{ID: people.NewID(), Person: p.ID, Role: role, Scope: people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22113"}), From: "2026-01-01", CreatedAt: now}
				if err := tx.AddMandate(m); err != nil {
					return err
				}
			}
			token = people.NewToken()
			s := people.Session{ID: people.NewID(), Person: p.ID, TokenHash: people.HashToken(token), Method: "password", Device: "bench", CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)}
			if err := tx.PutSession(s); err != nil {
				return err
			}
		}
		return nil
	})
	return []string{"Accept-Encoding: gzip", "Cookie: bassin_session=" + token}, err
}
