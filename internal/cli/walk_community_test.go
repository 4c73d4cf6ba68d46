package cli

import (
	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/people"
	"bassin/internal/report"
)

// comment is a comment of somebody that waits for moderators here.
func (w *world) comment() commons.Comment {
	w.t.Helper()
	entry, author := w.entry(), w.mandate(people.Observer, here).Person
	c := commons.Comment{Entry: entry.ID, Author: author, Text: "Bonjour", State: commons.CommentWaiting}
	w.community(func(tx commons.CommunityTx) error {
		c.ID, c.CreatedAt = tx.NewID(), tx.Now()
		tx.Record(audit.Entry{By: audit.Person(author), Action: "commons.comment.write", Subject: commons.CommentSubject(c.ID)})
		return tx.PutComment(c)
	})
	return c
}

// credit is a credit of somebody for an entry here.
func (w *world) credit() commons.Credit {
	w.t.Helper()
	c := commons.Credit{Entry: w.entry().ID, Person: w.mandate(people.Observer, here).Person, Did: "tested", State: commons.CreditShown}
	w.community(func(tx commons.CommunityTx) error {
		c.ID, c.CreatedAt = tx.NewID(), tx.Now()
		tx.Record(audit.Entry{By: audit.Person(c.Person), Action: "commons.credit.propose", Subject: commons.CreditSubject(c.ID)})
		return tx.PutCredit(c)
	})
	return c
}

func (w *world) community(f func(commons.CommunityTx) error) {
	w.t.Helper()
	if err := w.s.db.ChangeCommunity(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

// report is a report of an entry here.
func (w *world) report() report.Report {
	w.t.Helper()
	r := report.Report{Subject: commons.EntrySubject(w.entry().ID), Reason: "false", State: report.Open}
	err := w.s.db.ChangeReports(w.t.Context(), func(tx report.Tx) error {
		r.ID, r.CreatedAt = tx.NewSecret(), tx.Now()
		tx.Record(audit.Entry{By: audit.Visitor, Action: "report.send", Subject: r.Subject})
		return tx.PutReport(r)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func communitySamples() map[string]sample {
	return map[string]sample{
		"report.comments": at("/commentaires/a-relire"),
		"report.comments.decide": func(w *world) call {
			return call{path: "/commentaires/" + w.comment().ID + "/decider", form: form("version", "1", "publier", "1"), in: &here}
		},
		"setting.comments": sending("/commentaires/reglages", "review", "first"),
		"report.credit": func(w *world) call {
			return call{path: "/contributions/" + w.credit().ID + "/retirer", form: form("version", "1"), in: &here}
		},
		"report.queue": at("/signalements"),
		"report.answer": func(w *world) call {
			return call{path: report.Address(w.report().ID), form: form("version", "1", "outcome", "hidden", "words", "Inexact."), in: &here}
		},
	}
}
