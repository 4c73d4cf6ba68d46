package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/job"
)

var _ commons.CommunityStore = (*DB)(nil)

const (
	commentColumns = `id, entry, parent, author, body, state, reason, moderator, created_at, edited_at, decided_at, version`
	creditColumns  = `id, entry, person, organisation, did, state, proposed_by, created_at, decided_at, version` //nolint:gosec // names of columns, no credentials
	searchColumns  = `id, person, name, query, lang, often, told_at, created_at, version`
)

func scanComment(s scanner) (c commons.Comment, err error) {
	var edited, decided sql.NullTime
	err = s.Scan(&c.ID, &c.Entry, &c.Parent, &c.Author, &c.Text, &c.State, &c.Reason, &c.Moderator, &c.CreatedAt, &edited, &decided, &c.Version)
	c.CreatedAt, c.EditedAt, c.DecidedAt = c.CreatedAt.UTC(), utc(edited), utc(decided)
	return c, err
}

func scanCredit(s scanner) (c commons.Credit, err error) {
	var decided sql.NullTime
	err = s.Scan(&c.ID, &c.Entry, &c.Person, &c.Organisation, &c.Did, &c.State, &c.ProposedBy, &c.CreatedAt, &decided, &c.Version)
	c.CreatedAt, c.DecidedAt = c.CreatedAt.UTC(), utc(decided)
	return c, err
}

func scanSearch(s scanner) (v commons.SavedSearch, err error) {
	err = s.Scan(&v.ID, &v.Person, &v.Name, &v.Query, &v.Lang, &v.Often, &v.ToldAt, &v.CreatedAt, &v.Version)
	v.ToldAt, v.CreatedAt = v.ToldAt.UTC(), v.CreatedAt.UTC()
	return v, err
}

// communityReader reads what people say around entries, in or out of a change: see [entryReader].
type communityReader entryReader

func single[T any](ctx context.Context, r communityReader, what, key, table, columns, id string, scan func(scanner) (T, error)) (T, error) {
	if !textual(id) {
		var none T
		return none, fault.New(fault.NotFound, key, "")
	}
	v, err := scan(entryReader(r).locking(ctx, table, columns, id))
	return there(what, key, id, v, err)
}

// Comment implements [commons.CommunityReader].
func (r communityReader) Comment(ctx context.Context, id string) (commons.Comment, error) {
	return single(ctx, r, "read a comment", "commons.comment.not_found", "commons_comment", commentColumns, id, scanComment)
}

// Credit implements [commons.CommunityReader].
func (r communityReader) Credit(ctx context.Context, id string) (commons.Credit, error) {
	return single(ctx, r, "read a credit", "commons.credit.not_found", "commons_credit", creditColumns, id, scanCredit)
}

// SavedSearch implements [commons.CommunityReader].
func (r communityReader) SavedSearch(ctx context.Context, id string) (commons.SavedSearch, error) {
	return single(ctx, r, "read a search", "commons.search.not_found", "commons_search", searchColumns, id, scanSearch)
}

// ContributorPage implements [commons.CommunityReader].
func (r communityReader) ContributorPage(ctx context.Context, person string) (string, error) {
	page, err := scanText(r.ask.QueryRowContext(ctx, `SELECT page FROM commons_contributor WHERE person = $1`, person))
	page, err = there("read a page", "commons.contributor.not_found", person, page, err)
	if fault.CodeOf(err) == fault.NotFound {
		return "", nil
	}
	return page, err
}

func (db *DB) community() communityReader { return communityReader{ask: db.read} }

// Comment implements [commons.CommunityStore].
func (db *DB) Comment(ctx context.Context, id string) (commons.Comment, error) {
	return db.community().Comment(ctx, id)
}

// Credit implements [commons.CommunityStore].
func (db *DB) Credit(ctx context.Context, id string) (commons.Credit, error) {
	return db.community().Credit(ctx, id)
}

// SavedSearch implements [commons.CommunityStore].
func (db *DB) SavedSearch(ctx context.Context, id string) (commons.SavedSearch, error) {
	return db.community().SavedSearch(ctx, id)
}

// ContributorPage implements [commons.CommunityStore].
func (db *DB) ContributorPage(ctx context.Context, person string) (string, error) {
	return db.community().ContributorPage(ctx, person)
}

// Contributor implements [commons.CommunityStore].
func (db *DB) Contributor(ctx context.Context, page string) (string, error) {
	if !textual(page) {
		return "", fault.New(fault.NotFound, "commons.contributor.not_found")
	}
	person, err := scanText(db.read.QueryRowContext(ctx, `SELECT person FROM commons_contributor WHERE page = $1`, page))
	return there("read a page", "commons.contributor.not_found", page, person, err)
}

// Comments implements [commons.CommunityStore].
func (db *DB) Comments(ctx context.Context, f commons.CommentFilter) ([]commons.Comment, int, error) {
	var c conditions
	if len(f.Entries) > 0 {
		among(&c, `entry IN (%s)`, texts(f.Entries))
	}
	if f.Author != "" {
		c.and(`author = $%d AND author <> ''`, f.Author)
	}
	if len(f.States) > 0 {
		among(&c, `state IN (%s)`, f.States)
	}
	var total int
	if err := db.read.QueryRowContext(ctx, `SELECT count(*) FROM commons_comment`+c.String(), c.args...).Scan(&total); err != nil {
		return nil, 0, failed("count comments", err)
	}
	limit := min(f.Limit, 500)
	if limit <= 0 {
		limit = 50
	}
	n := len(c.args)
	out, err := each(ctx, db.read, "read comments", scanComment, `SELECT `+commentColumns+` FROM commons_comment`+c.String()+
		fmt.Sprintf(` ORDER BY created_at, id LIMIT $%d OFFSET $%d`, n+1, n+2), append(c.args, limit, max(f.Offset, 0))...)
	return out, total, err
}

// Credits implements [commons.CommunityStore].
func (db *DB) Credits(ctx context.Context, f commons.CreditFilter) ([]commons.Credit, error) {
	var c conditions
	if f.Entry != "" {
		c.and(`entry = $%d`, f.Entry)
	}
	if f.Person != "" {
		c.and(`person = $%d AND person <> ''`, f.Person)
	}
	if f.Organisations != nil {
		among(&c, `organisation IN (%s) AND organisation <> ''`, texts(f.Organisations))
	}
	if len(f.States) > 0 {
		among(&c, `state IN (%s)`, f.States)
	}
	return each(ctx, db.read, "read credits", scanCredit, `SELECT `+creditColumns+` FROM commons_credit`+c.String()+` ORDER BY created_at, id LIMIT 500`, c.args...)
}

// Searches implements [commons.CommunityStore].
func (db *DB) Searches(ctx context.Context, person string) ([]commons.SavedSearch, error) {
	return each(ctx, db.read, "read searches", scanSearch, `SELECT `+searchColumns+` FROM commons_search WHERE person = $1 ORDER BY name, id LIMIT 500`, person)
}

// SearchesDue implements [commons.CommunityStore].
func (db *DB) SearchesDue(ctx context.Context, often commons.Often, before time.Time, after string, limit int) ([]commons.SavedSearch, error) {
	id := bytewise(db.dialect, "id")
	return each(ctx, db.read, "read searches", scanSearch, `SELECT `+searchColumns+` FROM commons_search WHERE often = $1 AND told_at < $2 AND `+id+` > $3 ORDER BY `+id+` LIMIT $4`,
		string(often), stamp(before), after, limit)
}

// See implements [commons.CommunityStore].
func (db *DB) See(ctx context.Context, entries []string, at time.Time) (fresh int, err error) {
	known, err := each(ctx, db.read, "read what was seen", scanText, `SELECT entry FROM commons_seen`)
	if err != nil {
		return 0, err
	}
	if len(known) == 0 {
		at = time.Unix(0, 0) // nothing was new before somebody could ask
	}
	before := make(map[string]bool, len(known))
	for _, id := range known {
		before[id] = true
	}
	const page = 500
	var unseen []string
	for _, id := range entries {
		if !before[id] && textual(id) {
			unseen = append(unseen, id)
		}
	}
	for ; len(unseen) > 0; unseen = unseen[min(page, len(unseen)):] {
		part, added := unseen[:min(page, len(unseen))], 0
		err := db.change(ctx, "note what was seen", func(t *tx) error {
			added = 0
			for _, id := range part {
				n, err := t.exec("note what was seen", `INSERT INTO commons_seen (entry, at) VALUES ($1, $2) ON CONFLICT (entry) DO NOTHING`, id, stamp(at))
				if err != nil {
					return err
				}
				added += int(n)
			}
			return nil
		})
		if err != nil {
			return fresh, err
		}
		fresh += added
	}
	return fresh, nil
}

// SeenSince implements [commons.CommunityStore].
func (db *DB) SeenSince(ctx context.Context, after time.Time, limit int) ([]string, error) {
	return each(ctx, db.read, "read what is new", scanText, `SELECT entry FROM commons_seen WHERE at > $1 ORDER BY at DESC, entry LIMIT $2`, stamp(after), limit)
}

// ForgetHidden implements [commons.CommunityStore]. It is the end of a period, not a
// decision of anybody's: the task that asks for it records how many there were.
func (db *DB) ForgetHidden(ctx context.Context, before time.Time) (n int, err error) {
	err = db.change(ctx, "forget hidden comments", func(t *tx) error {
		done, err := t.exec("forget hidden comments", `UPDATE commons_comment SET body = '', version = version + 1 WHERE state = 'hidden' AND body <> '' AND decided_at < $1`, stamp(before))
		n = int(done)
		return err
	})
	return n, err
}

// ChangeCommunity implements [commons.CommunityStore].
func (db *DB) ChangeCommunity(ctx context.Context, f func(commons.CommunityTx) error) error {
	return db.change(ctx, "change what is said of entries", func(t *tx) error {
		return f(communityTx{communityReader{t, true}, t})
	})
}

type communityTx struct {
	communityReader
	t *tx
}

func (c communityTx) Now() time.Time           { return c.t.now }
func (c communityTx) NewID() string            { return token()[:16] }
func (c communityTx) Record(r ...audit.Entry)  { c.t.record(r...) }
func (c communityTx) Tell(events ...job.Event) { c.t.tell(events...) }

// kept refuses a row of somebody who is erased, "" for nobody.
func (c communityTx) kept(person string) error {
	if person == "" {
		return nil
	}
	there, err := c.t.there(person)
	if err == nil && !there {
		err = fault.New(fault.Gone, "people.erased")
	}
	return err
}

// PutComment implements [commons.CommunityTx].
func (c communityTx) PutComment(v commons.Comment) error {
	if err := c.kept(v.Author); err != nil {
		return err
	}
	args := []any{v.ID, v.Entry, v.Parent, v.Author, v.Text, string(v.State), v.Reason, v.Moderator, stamp(v.CreatedAt), orNull(v.EditedAt), orNull(v.DecidedAt), v.Version + 1}
	if v.Version == 0 {
		return once(c.t.exec("make a comment", `INSERT INTO commons_comment (`+commentColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING`, args...))
	}
	return once(c.t.exec("change a comment", `UPDATE commons_comment SET entry = $2, parent = $3, author = $4, body = $5, state = $6, reason = $7, moderator = $8,
		created_at = $9, edited_at = $10, decided_at = $11, version = $12 WHERE id = $1 AND version = $12 - 1`, args...))
}

// PutCredit implements [commons.CommunityTx].
func (c communityTx) PutCredit(v commons.Credit) error {
	if err := c.kept(v.Person); err != nil {
		return err
	}
	args := []any{v.ID, v.Entry, v.Person, v.Organisation, v.Did, string(v.State), v.ProposedBy, stamp(v.CreatedAt), orNull(v.DecidedAt), v.Version + 1}
	if v.Version == 0 {
		return once(c.t.exec("make a credit", `INSERT INTO commons_credit (`+creditColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`, args...))
	}
	return once(c.t.exec("change a credit", `UPDATE commons_credit SET entry = $2, person = $3, organisation = $4, did = $5, state = $6, proposed_by = $7,
		created_at = $8, decided_at = $9, version = $10 WHERE id = $1 AND version = $10 - 1`, args...))
}

// PutSearch implements [commons.CommunityTx].
func (c communityTx) PutSearch(v commons.SavedSearch) error {
	if err := c.kept(v.Person); err != nil {
		return err
	}
	args := []any{v.ID, v.Person, v.Name, v.Query, v.Lang, string(v.Often), stamp(v.ToldAt), stamp(v.CreatedAt), v.Version + 1}
	if v.Version == 0 {
		return once(c.t.exec("keep a search", `INSERT INTO commons_search (`+searchColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`, args...))
	}
	return once(c.t.exec("change a search", `UPDATE commons_search SET person = $2, name = $3, query = $4, lang = $5, often = $6, told_at = $7, created_at = $8, version = $9
		WHERE id = $1 AND version = $9 - 1`, args...))
}

// DropSearch implements [commons.CommunityTx].
func (c communityTx) DropSearch(id string) error {
	return once(c.t.exec("drop a search", `DELETE FROM commons_search WHERE id = $1`, id))
}

// SetContributorPage implements [commons.CommunityTx].
func (c communityTx) SetContributorPage(person, page string) error {
	if err := c.kept(person); err != nil {
		return err
	}
	if page == "" {
		_, err := c.t.exec("take a page away", `DELETE FROM commons_contributor WHERE person = $1`, person)
		return err
	}
	_, err := c.t.exec("give a page", `INSERT INTO commons_contributor (person, page, since) VALUES ($1, $2, $3) ON CONFLICT (person) DO UPDATE SET page = $2`, person, page, c.t.now)
	return err
}
