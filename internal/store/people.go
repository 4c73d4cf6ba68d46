package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/people"
)

var _ people.Store = (*DB)(nil)

// peopleReader reads what is kept of people, in or out of a change.
type peopleReader struct {
	ask  asker
	hold bool // in a change: a row that is read is locked until it ends
}

// locking reads one row of a table; in a change it is locked first by an update of
// nothing, which both databases know.
func (r peopleReader) locking(ctx context.Context, table, columns, where string, args ...any) *sql.Row {
	if r.hold {
		return r.ask.QueryRowContext(ctx, `UPDATE `+table+` SET id = id WHERE `+where+` RETURNING `+columns, args...)
	}
	return r.ask.QueryRowContext(ctx, `SELECT `+columns+` FROM `+table+` WHERE `+where, args...)
}

const personColumns = `id, name, email, lang, state, created_at, seen_at, version`

func scanPerson(s scanner) (p people.Person, err error) {
	var seen sql.NullTime
	err = s.Scan(&p.ID, &p.Name, &p.Email, &p.Lang, &p.State, &p.CreatedAt, &seen, &p.Version)
	p.CreatedAt, p.SeenAt = p.CreatedAt.UTC(), utc(seen)
	return p, err
}

func (r peopleReader) Person(ctx context.Context, id string) (people.Person, error) {
	if !textual(id) {
		return people.Person{}, fault.New(fault.NotFound, "store.not_found", "")
	}
	p, err := scanPerson(r.locking(ctx, "person", personColumns, `id = $1`, id))
	return found("read a person", id, p, err)
}

func (r peopleReader) PersonByEmail(ctx context.Context, key string) (people.Person, error) {
	if !textual(key) {
		return people.Person{}, fault.New(fault.NotFound, "store.not_found", "")
	}
	p, err := scanPerson(r.locking(ctx, "person", personColumns, `email_key = $1 AND email_key <> ''`, key))
	return found("find an address", key, p, err)
}

const credentialColumns = `id, person, kind, label, lookup, data, created_at, used_at`

func scanCredential(s scanner) (c people.Credential, err error) {
	var used sql.NullTime
	err = s.Scan(&c.ID, &c.Person, &c.Kind, &c.Label, &c.Key, &c.Data, &c.CreatedAt, &used)
	c.CreatedAt, c.UsedAt = c.CreatedAt.UTC(), utc(used)
	return c, err
}

func (r peopleReader) Credentials(ctx context.Context, person string) ([]people.Credential, error) {
	return each(ctx, r.ask, "read credentials", scanCredential, `SELECT `+credentialColumns+` FROM credential WHERE person = $1 ORDER BY created_at, id`, person)
}

func (r peopleReader) CredentialByKey(ctx context.Context, kind people.CredentialKind, key string) (people.Credential, error) {
	if !textual(key) {
		return people.Credential{}, fault.New(fault.NotFound, "store.not_found", "")
	}
	c, err := scanCredential(r.locking(ctx, "credential", credentialColumns, `kind = $1 AND lookup = $2 AND lookup <> ''`, string(kind), key))
	return found("find a credential", key, c, err)
}

const sessionColumns = `id, person, token_hash, method, strong, device, created_at, seen_at, expires_at`

func scanSession(s scanner) (x people.Session, err error) {
	err = s.Scan(&x.ID, &x.Person, &x.TokenHash, &x.Method, &x.Strong, &x.Device, &x.CreatedAt, &x.SeenAt, &x.ExpiresAt)
	x.CreatedAt, x.SeenAt, x.ExpiresAt = x.CreatedAt.UTC(), x.SeenAt.UTC(), x.ExpiresAt.UTC()
	return x, err
}

func (r peopleReader) Sessions(ctx context.Context, person string) ([]people.Session, error) {
	return each(ctx, r.ask, "read sessions", scanSession,
		`SELECT `+sessionColumns+` FROM session WHERE person = $1 ORDER BY seen_at DESC, id`, person)
}

const ticketColumns = `token_hash, purpose, person, data, created_at, expires_at`

func scanTicket(s scanner) (k people.Ticket, err error) {
	err = s.Scan(&k.TokenHash, &k.Purpose, &k.Person, &k.Data, &k.CreatedAt, &k.ExpiresAt)
	k.CreatedAt, k.ExpiresAt = k.CreatedAt.UTC(), k.ExpiresAt.UTC()
	return k, err
}

func (r peopleReader) Ticket(ctx context.Context, hash string) (people.Ticket, error) {
	k, err := scanTicket(r.ask.QueryRowContext(ctx, `SELECT `+ticketColumns+` FROM ticket WHERE token_hash = $1`, hash))
	return found("read a ticket", "", k, err)
}

func (r peopleReader) Tickets(ctx context.Context, purpose string, after time.Time, most int) ([]people.Ticket, error) {
	return each(ctx, r.ask, "list tickets", scanTicket,
		`SELECT `+ticketColumns+` FROM ticket WHERE purpose = $1 AND person = '' AND expires_at > $2 ORDER BY created_at DESC, token_hash LIMIT $3`, purpose, stamp(after), most)
}

const mandateColumns = `id, person, role, scope, starts, ends, given_by, act, act_href, follows, ended_by, end_reason, created_at, version`

func scanMandate(s scanner) (m people.Mandate, err error) {
	var scope string
	err = s.Scan(&m.ID, &m.Person, &m.Role, &scope, &m.From, &m.To, &m.GivenBy, &m.Act, &m.ActHref, &m.Follows, &m.EndedBy, &m.EndReason, &m.CreatedAt, &m.Version)
	if err != nil {
		return m, err
	}
	m.CreatedAt = m.CreatedAt.UTC()
	if m.Scope, err = people.ParseScope(scope); err != nil {
		return m, fmt.Errorf("mandate %s: %w", m.ID, err)
	}
	return m, nil
}

func (r peopleReader) Mandate(ctx context.Context, id string) (people.Mandate, error) {
	if !textual(id) {
		return people.Mandate{}, fault.New(fault.NotFound, "store.not_found", "")
	}
	m, err := scanMandate(r.locking(ctx, "mandate", mandateColumns, `id = $1`, id))
	return found("read a mandate", id, m, err)
}

func (r peopleReader) MandatesOf(ctx context.Context, person string) ([]people.Mandate, error) {
	return each(ctx, r.ask, "read mandates", scanMandate, `SELECT `+mandateColumns+` FROM mandate WHERE person = $1 ORDER BY starts DESC, id`, person)
}

// Administrators implements [people.Reader].
func (r peopleReader) Administrators(ctx context.Context, on people.Date) ([]people.Mandate, error) {
	held := `role = 'administrator' AND scope = '' AND starts <= $1 AND (ends = '' OR ends >= $1)`
	if r.hold {
		// Locked by one question and read by the next: whoever waited for the lock sees
		// what was done meanwhile to the people too, and not as it was when they asked.
		if _, err := each(ctx, r.ask, "hold administrators", scanMandate, `UPDATE mandate SET id = id WHERE `+held+` RETURNING `+mandateColumns, string(on)); err != nil {
			return nil, err
		}
	}
	return each(ctx, r.ask, "read administrators", scanMandate, `SELECT `+mandateColumns+` FROM mandate WHERE `+held+`
		AND EXISTS (SELECT 1 FROM person p WHERE p.id = mandate.person AND p.state = 'active')`, string(on))
}

// reading is the reader outside of a change.
func (db *DB) reading() peopleReader { return peopleReader{ask: db.read} }

// Person implements [people.Reader].
func (db *DB) Person(ctx context.Context, id string) (people.Person, error) {
	return db.reading().Person(ctx, id)
}

// PersonByEmail implements [people.Reader].
func (db *DB) PersonByEmail(ctx context.Context, key string) (people.Person, error) {
	return db.reading().PersonByEmail(ctx, key)
}

// Credentials implements [people.Reader].
func (db *DB) Credentials(ctx context.Context, person string) ([]people.Credential, error) {
	return db.reading().Credentials(ctx, person)
}

// CredentialByKey implements [people.Reader].
func (db *DB) CredentialByKey(ctx context.Context, kind people.CredentialKind, key string) (people.Credential, error) {
	return db.reading().CredentialByKey(ctx, kind, key)
}

// Sessions implements [people.Reader].
func (db *DB) Sessions(ctx context.Context, person string) ([]people.Session, error) {
	return db.reading().Sessions(ctx, person)
}

// Ticket implements [people.Reader].
func (db *DB) Ticket(ctx context.Context, hash string) (people.Ticket, error) {
	return db.reading().Ticket(ctx, hash)
}

// Tickets implements [people.Reader].
func (db *DB) Tickets(ctx context.Context, purpose string, after time.Time, most int) ([]people.Ticket, error) {
	return db.reading().Tickets(ctx, purpose, after, most)
}

// Mandate implements [people.Reader].
func (db *DB) Mandate(ctx context.Context, id string) (people.Mandate, error) {
	return db.reading().Mandate(ctx, id)
}

// MandatesOf implements [people.Reader].
func (db *DB) MandatesOf(ctx context.Context, person string) ([]people.Mandate, error) {
	return db.reading().MandatesOf(ctx, person)
}

// Administrators implements [people.Reader].
func (db *DB) Administrators(ctx context.Context, on people.Date) ([]people.Mandate, error) {
	return db.reading().Administrators(ctx, on)
}

// ChangePeople implements [people.Store].
func (db *DB) ChangePeople(ctx context.Context, what string, f func(people.Tx) error) error {
	return db.change(ctx, what, func(t *tx) error { return f(peopleTx{peopleReader{t, true}, t}) })
}

// peopleTx implements [people.Tx].
type peopleTx struct {
	peopleReader
	t *tx
}

func (x peopleTx) Now() time.Time          { return x.t.now }
func (x peopleTx) Record(e ...audit.Entry) { x.t.record(e...) }
func (x peopleTx) Tell(e ...job.Event)     { x.t.tell(e...) }

func (x peopleTx) AddPerson(p people.Person) error {
	if err := checkPerson(p.ID); err != nil {
		return err
	}
	n, err := x.t.exec("add a person", `INSERT INTO person (id, name, name_key, email, email_key, lang, state, created_at, seen_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) ON CONFLICT DO NOTHING`,
		p.ID, p.Name, folded(p.Name), p.Email, people.EmailKey(p.Email), p.Lang, string(p.State), stamp(p.CreatedAt), orNull(p.SeenAt))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "people.email.taken").In("email")
	}
	return err
}

func (x peopleTx) SetPerson(p people.Person) error {
	_, err := x.t.exec("change a person", `UPDATE person SET name = $2, name_key = $3, email = $4, email_key = $5, lang = $6, state = $7, seen_at = $8, version = version + 1 WHERE id = $1`,
		p.ID, p.Name, folded(p.Name), p.Email, people.EmailKey(p.Email), p.Lang, string(p.State), orNull(p.SeenAt))
	if taken(err) {
		return fault.New(fault.Conflict, "people.email.taken").In("email").Because(err)
	}
	return err
}

func (x peopleTx) PutCredential(c people.Credential) error {
	_, err := x.t.exec("keep a credential", `INSERT INTO credential (id, person, kind, label, lookup, data, created_at, used_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET label = $4, lookup = $5, data = $6, used_at = $8 WHERE credential.person = $2`,
		c.ID, c.Person, string(c.Kind), c.Label, c.Key, c.Data, stamp(c.CreatedAt), orNull(c.UsedAt))
	if taken(err) {
		return fault.New(fault.Conflict, "people.credential.taken").Because(err)
	}
	return err
}

func (x peopleTx) DropCredential(id string) error {
	_, err := x.t.exec("drop a credential", `DELETE FROM credential WHERE id = $1`, id)
	return err
}

func (x peopleTx) PutSession(s people.Session) error {
	strong := 0
	if s.Strong {
		strong = 1
	}
	_, err := x.t.exec("keep a session", `INSERT INTO session (id, person, token_hash, method, strong, device, created_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET token_hash = $3, method = $4, strong = $5, seen_at = $8, expires_at = $9 WHERE session.person = $2`,
		s.ID, s.Person, s.TokenHash, s.Method, strong, s.Device, stamp(s.CreatedAt), stamp(s.SeenAt), stamp(s.ExpiresAt))
	return err
}

func (x peopleTx) DropSession(id string) error {
	_, err := x.t.exec("end a session", `DELETE FROM session WHERE id = $1`, id)
	return err
}

func (x peopleTx) DropSessions(person, but string) error {
	_, err := x.t.exec("end sessions", `DELETE FROM session WHERE person = $1 AND id <> $2`, person, but)
	return err
}

func (x peopleTx) PutTicket(k people.Ticket) error {
	_, err := x.t.exec("keep a ticket", `INSERT INTO ticket (token_hash, purpose, person, data, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		k.TokenHash, k.Purpose, k.Person, k.Data, stamp(k.CreatedAt), stamp(k.ExpiresAt))
	return err
}

func (x peopleTx) TakeTicket(hash string) (people.Ticket, error) {
	k, err := scanTicket(x.t.QueryRowContext(x.t.ctx, `DELETE FROM ticket WHERE token_hash = $1 RETURNING `+ticketColumns, hash))
	return found("take a ticket", "", k, err)
}

func (x peopleTx) DropTickets(person, purpose string) error {
	_, err := x.t.exec("drop tickets", `DELETE FROM ticket WHERE person = $1 AND purpose = $2`, person, purpose)
	return err
}

func (x peopleTx) AddMandate(m people.Mandate) error {
	_, err := x.t.exec("add a mandate", `INSERT INTO mandate (id, person, role, scope, starts, ends, given_by, act, act_href, follows, ended_by, end_reason, created_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)`,
		m.ID, m.Person, string(m.Role), m.Scope.String(), string(m.From), string(m.To), m.GivenBy, m.Act, m.ActHref, m.Follows, m.EndedBy, m.EndReason, stamp(m.CreatedAt))
	return err
}

func (x peopleTx) SetMandate(m people.Mandate) error {
	_, err := x.t.exec("change a mandate", `UPDATE mandate SET scope = $2, starts = $3, ends = $4, act = $5, act_href = $6, ended_by = $7, end_reason = $8, version = version + 1 WHERE id = $1`,
		m.ID, m.Scope.String(), string(m.From), string(m.To), m.Act, m.ActHref, m.EndedBy, m.EndReason)
	return err
}

// folded is by what a name is searched and sorted.
func folded(name string) string { return strings.Join(people.Fold(name), " ") }

// taken says whether a row could not be kept because another has what must be unique.
func taken(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "23505"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE
	}
	return false
}
