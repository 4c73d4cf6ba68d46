package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bassin/internal/personal"
)

var _ personal.Store = (*DB)(nil)

// holding says what a table keeps of people: by which condition a row is a
// person's ($1 is their id), and the columns that tell of them.
type holding struct {
	table   string
	where   string
	columns []string
	public  bool
}

// holdings are the tables that keep something of people; impersonal are the others,
// each with the reason. Together they are all tables: a test says so.
var holdings = []holding{
	{table: "person", where: `id = $1`, columns: []string{"name", "email", "lang", "state", "created_at", "seen_at"}},
	{table: "credential", where: `person = $1`, columns: []string{"kind", "label", "created_at", "used_at"}},
	{table: "session", where: `person = $1`, columns: []string{"method", "device", "created_at", "seen_at", "expires_at"}},
	{table: "ticket", where: `person = $1`, columns: []string{"purpose", "created_at", "expires_at"}},
	{table: "mandate", where: `person = $1`, columns: []string{"role", "scope", "starts", "ends", "act", "act_href", "end_reason", "created_at"}, public: true},
	{table: "outbox", where: `person = $1`, columns: []string{"kind", "state", "created_at", "due_at"}},
	{table: "notice", where: `person = $1`, columns: []string{"subject", "title", "link", "at", "came_at", "read_at"}},
	{table: "notice_choice", where: `person = $1`, columns: []string{"subject", "choice"}},
	{table: "attachment", where: `giver = 'person:' || $1`, columns: []string{"name", "alt", "given_at"}, public: true},
	{table: "commons_entry", where: `author = $1`, columns: []string{"id", "kind", "state", "created_at"}, public: true},
	{table: "commons_revision", where: `author = $1`, columns: []string{"entry", "kind", "state", "sheet", "note", "answer", "created_at", "updated_at", "decided_at"}, public: true},
	{table: "adoption", where: `(declared_by = $1 OR verified_by = $1)`, columns: []string{"entry", "organisation", "verified_on", "created_at", "updated_at"}, public: true},
	{table: "commons_join", where: `person = $1`, columns: []string{"need", "party", "comment", "at"}, public: true},
	{table: "commons_comment", where: `author = $1`, columns: []string{"entry", "body", "state", "reason", "created_at", "edited_at"}, public: true},
	{table: "commons_credit", where: `person = $1`, columns: []string{"entry", "did", "state", "created_at", "decided_at"}, public: true},
	{table: "commons_contributor", where: `person = $1`, columns: []string{"page", "since"}, public: true},
	{table: "commons_search", where: `person = $1`, columns: []string{"name", "query", "often", "told_at", "created_at"}},
	{table: "follow", where: `person = $1`, columns: []string{"subject", "at"}},
	{table: "report", where: `reporter = $1`, columns: []string{"subject", "reason", "body", "state", "answer", "created_at", "answered_at"}},
	{table: "audit_row", where: `(actor = 'person:' || $1 OR subject = 'person:' || $1)`, columns: []string{"seq", "at", "action", "subject"}},
}

var impersonal = map[string]string{
	"perimeter":  "sets of communes, with nobody's name",
	"audit_head": "the end of the chain",
	"person_key": "keys, which seal what is told elsewhere",
	"setting":    "what administrators set",
	"secret":     "how the installation reaches its mail server",
	"schedule":   "when tasks come round",
	"failure":    "counts under hashes that expire within a day",

	"commons_seen":      "since when the library holds which entry",
	"commons_source":    "catalogues elsewhere",
	"commons_harvested": "what catalogues publish; who added a source is in the record",

	"blob": "which bytes are kept; whose they are is in attachment",

	"organisation":           "bodies; their contact is a public address",
	"organisation_territory": "where they act",
	"organisation_merge":     "which two were one; who merged them is in the record",
	"organisation_apart":     "which two are not one",
}

// Holdings implements [personal.Store].
func (db *DB) Holdings(ctx context.Context) ([]personal.Holding, error) {
	out := make([]personal.Holding, len(holdings))
	for i, h := range holdings {
		out[i] = personal.Holding{Table: h.table, Columns: h.columns, Public: h.public}
		if err := db.read.QueryRowContext(ctx, `SELECT count(*) FROM `+h.table).Scan(&out[i].Rows); err != nil {
			return nil, failed("count rows", err)
		}
	}
	return out, nil
}

// DataOf implements [personal.Store].
func (db *DB) DataOf(ctx context.Context, person string) ([]personal.Part, error) {
	if err := checkPerson(person); err != nil {
		return nil, err
	}
	out := make([]personal.Part, len(holdings))
	for i, h := range holdings {
		out[i].Holding = personal.Holding{Table: h.table, Columns: h.columns, Public: h.public}
		var err error
		out[i].Values, err = each(ctx, db.read, "read what is kept of a person", func(s scanner) ([]any, error) {
			values, into := make([]any, len(h.columns)), make([]any, len(h.columns))
			for i := range values {
				into[i] = &values[i]
			}
			err := s.Scan(into...)
			for i, v := range values {
				switch v := v.(type) {
				case []byte:
					values[i] = string(v)
				case time.Time:
					values[i] = v.UTC()
				}
			}
			return values, err
		}, fmt.Sprintf(`SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT %d`, strings.Join(h.columns, ", "), h.table, h.where, h.columns[0], personal.MostRows), person)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
