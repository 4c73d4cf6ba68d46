package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/territory"
)

var _ people.OrganisationStore = (*DB)(nil)

const organisationColumns = `id, kind, name, short_name, siren, siret, rna, address, postal_code, commune, email, website, vintage, state, merged_into, version, created_at`

func scanOrganisation(s scanner) (o people.Organisation, err error) {
	err = s.Scan(&o.ID, &o.Kind, &o.Name, &o.ShortName, &o.SIREN, &o.SIRET, &o.RNA, &o.Address, &o.PostalCode, &o.Commune, &o.Email, &o.Website,
		&o.Vintage, &o.State, &o.MergedInto, &o.Version, &o.CreatedAt)
	o.CreatedAt = o.CreatedAt.UTC()
	return o, err
}

// organisationsBy reads organisations, with where they act.
func organisationsBy(ctx context.Context, q asker, query string, args ...any) ([]people.Organisation, error) {
	out, err := each(ctx, q, "read organisations", scanOrganisation, query, args...)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(out))
	for i, o := range out {
		at[o.ID] = i
	}
	const page = 500
	for from := 0; from < len(out); from += page {
		ids := make([]string, 0, page)
		for _, o := range out[from:min(from+page, len(out))] {
			ids = append(ids, o.ID)
		}
		var c conditions
		among(&c, `organisation IN (%s)`, ids)
		acts, err := each(ctx, q, "read where organisations act", scanActs, `SELECT organisation, territory FROM organisation_territory`+c.String()+` ORDER BY organisation, place`, c.args...)
		if err != nil {
			return nil, err
		}
		for _, a := range acts {
			o := &out[at[a.organisation]]
			o.Territories = append(o.Territories, a.in)
		}
	}
	return out, nil
}

// acts says where an organisation acts.
type acts struct {
	organisation string
	in           territory.ID
}

func scanActs(s scanner) (a acts, err error) {
	var text string
	if err = s.Scan(&a.organisation, &text); err != nil {
		return a, err
	}
	var ok bool
	if a.in, ok = territory.ParseID(text); !ok {
		err = fmt.Errorf("%q is no territory", text)
	}
	return a, err
}

// oneOrganisation reads the organisation that a statement returns.
func oneOrganisation(ctx context.Context, q asker, id, query string, args ...any) (people.Organisation, error) {
	found, err := organisationsBy(ctx, q, query, args...)
	if err != nil {
		return people.Organisation{}, err
	}
	if len(found) == 0 {
		return people.Organisation{}, fault.New(fault.NotFound, "organisation.not_found", id)
	}
	return found[0], nil
}

// Organisation implements [people.OrganisationStore].
func (db *DB) Organisation(ctx context.Context, id string) (people.Organisation, error) {
	if !textual(id) {
		return people.Organisation{}, fault.New(fault.NotFound, "organisation.not_found", id)
	}
	return oneOrganisation(ctx, db.read, id, `SELECT `+organisationColumns+` FROM organisation WHERE id = $1`, id)
}

// among adds a condition in which %s stands for a list of values.
func among[T ~string](c *conditions, condition string, list []T) {
	if len(list) == 0 { // PostgreSQL refuses an empty list
		c.and(`1 = 0`)
		return
	}
	values := make([]any, len(list))
	for i, v := range list {
		values[i] = string(v)
	}
	c.and(fmt.Sprintf(condition, strings.TrimSuffix(strings.Repeat("$%d, ", len(values)), ", ")), values...)
}

// mostWords is how many words of a search are looked for: databases bound a question.
const mostWords = 50

// Organisations implements [people.OrganisationStore].
func (db *DB) Organisations(ctx context.Context, f people.OrganisationFilter) ([]people.Organisation, int, error) {
	var c conditions
	if f.State == "" {
		c.and(`state <> 'merged'`)
	} else {
		c.and("state = $%d", string(f.State))
	}
	switch siren, siret, rna := f.Numbers(); {
	case siren != "":
		c.and(`siren = $%d AND siren <> ''`, siren) // so that the index of numbers serves
	case siret != "":
		c.and(`siren = $%d AND siret = $%d AND siren <> ''`, siret[:9], siret)
	case rna != "":
		c.and(`rna = $%d AND rna <> ''`, rna)
	default:
		for i, w := range f.Words() {
			if i == mostWords {
				break
			}
			c.and("folded LIKE $%d", "% "+w+"%") // a folded word holds no sign that LIKE reads
		}
	}
	if f.Kind != "" {
		c.and("kind = $%d", string(f.Kind))
	}
	if f.SIREN != "" {
		c.and(`siren = $%d AND siren <> ''`, f.SIREN)
	}
	if f.RNA != "" {
		c.and(`rna = $%d AND rna <> ''`, f.RNA)
	}
	if f.Communes != nil {
		among(&c, `commune IN (%s)`, f.Communes)
	}
	if f.IDs != nil {
		among(&c, `id IN (%s)`, f.IDs)
	}
	if f.Territories != nil {
		texts := make([]string, len(f.Territories))
		for i, t := range f.Territories {
			texts[i] = t.String()
		}
		among(&c, `id IN (SELECT organisation FROM organisation_territory WHERE territory IN (%s))`, texts)
	}
	var total int
	if err := db.read.QueryRowContext(ctx, `SELECT count(*) FROM organisation`+c.String(), c.args...).Scan(&total); err != nil {
		return nil, 0, failed("count organisations", err)
	}
	limit := min(f.Limit, 1000)
	if limit <= 0 {
		limit = 50
	}
	n := len(c.args)
	out, err := organisationsBy(ctx, db.read, `SELECT `+organisationColumns+` FROM organisation`+c.String()+
		fmt.Sprintf(` ORDER BY sorted, id LIMIT $%d OFFSET $%d`, n+1, n+2), append(c.args, limit, max(f.Offset, 0))...)
	return out, total, err
}

// ActionTerritories implements [people.OrganisationStore].
func (db *DB) ActionTerritories(ctx context.Context) ([]territory.ID, error) {
	return each(ctx, db.read, "read where organisations act", func(s scanner) (territory.ID, error) {
		a, err := scanActs(s)
		return a.in, err
	}, `SELECT DISTINCT '', territory FROM organisation_territory`)
}

// told are the fields of an organisation, as the record keeps them.
func told(o *people.Organisation, fields []string) audit.Values {
	v := audit.Values{}
	for _, f := range fields {
		if text := o.Get(f); text != "" || len(fields) < len(people.OrganisationFields) {
			v[f] = text
		}
	}
	return v
}

// holder finds who has the numbers of an organisation, besides itself.
func (t *tx) holder(o *people.Organisation) error {
	for _, c := range []struct{ field, number, where string }{
		{"siret", o.SIRET, "siren = substr($1, 1, 9) AND siret = $1 AND siren <> ''"},
		{"siren", o.SIREN, "siren = $1 AND siret = '' AND siren <> ''"},
		{"rna", o.RNA, "rna = $1 AND rna <> ''"},
	} {
		if c.number == "" || c.field == "siren" && o.SIRET != "" {
			continue
		}
		found, err := organisationsBy(t.ctx, t, `SELECT `+organisationColumns+` FROM organisation WHERE `+c.where+` AND id <> $2 AND state <> 'merged'`, c.number, o.ID)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return &people.Taken{Field: c.field, Other: found[0]}
		}
	}
	return nil
}

// insertOrganisation writes a new row, or says who has its id or its numbers already.
func (t *tx) insertOrganisation(o *people.Organisation) (made bool, err error) {
	o.Version, o.CreatedAt = 1, t.now
	folded, sorted := o.SearchKeys()
	n, err := t.exec("make an organisation", `INSERT INTO organisation (`+organisationColumns+`, folded, sorted)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT DO NOTHING`,
		o.ID, string(o.Kind), o.Name, o.ShortName, o.SIREN, o.SIRET, o.RNA, o.Address, o.PostalCode, o.Commune, o.Email, o.Website,
		o.Vintage, string(o.State), o.MergedInto, o.Version, o.CreatedAt, folded, sorted)
	if err != nil || n == 0 {
		return false, err
	}
	return true, t.writeTerritories(o)
}

func (t *tx) writeTerritories(o *people.Organisation) error {
	if _, err := t.exec("write where an organisation acts", `DELETE FROM organisation_territory WHERE organisation = $1`, o.ID); err != nil {
		return err
	}
	for i, id := range o.Territories {
		if _, err := t.exec("write where an organisation acts", `INSERT INTO organisation_territory (organisation, place, territory) VALUES ($1, $2, $3)`, o.ID, i, id.String()); err != nil {
			return err
		}
	}
	return nil
}

// CreateOrganisation implements [people.OrganisationStore].
func (db *DB) CreateOrganisation(ctx context.Context, by audit.Actor, o people.Organisation) (people.Organisation, error) {
	made, err := db.CreateOrganisations(ctx, by, []people.NewOrganisation{{Organisation: o}})
	if err != nil {
		return people.Organisation{}, err
	}
	return made[0], nil
}

// CreateOrganisations implements [people.OrganisationStore].
func (db *DB) CreateOrganisations(ctx context.Context, by audit.Actor, list []people.NewOrganisation) ([]people.Organisation, error) {
	var out []people.Organisation
	err := db.change(ctx, "create organisations", func(t *tx) error {
		out = make([]people.Organisation, len(list))
		for i, n := range list {
			o := &out[i]
			*o = n.Organisation
			if err := t.createOrganisation(by, o); err != nil {
				return err
			}
			apart := slices.Clone(n.Apart)
			for _, above := range n.ApartAbove {
				apart = append(apart, out[above].ID)
			}
			for _, other := range apart {
				if err := t.setApart(by, o.ID, other); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (t *tx) createOrganisation(by audit.Actor, o *people.Organisation) error {
	o.ID, o.MergedInto = token()[:16], ""
	made, err := t.insertOrganisation(o)
	if err != nil {
		return err
	}
	if !made {
		if err := t.holder(o); err != nil {
			return err
		}
		return errAgain // they who had the numbers gave them up meanwhile
	}
	t.record(audit.Entry{By: by, Action: "organisation.create", Subject: people.OrganisationSubject(o.ID), Became: told(o, people.OrganisationFields)})
	return nil
}

var errAgain = fault.New(fault.Unavailable, "store.unavailable").Because(errors.New("store: an organisation was taken and given up at once"))

// EnsureOrganisation implements [people.OrganisationStore].
func (db *DB) EnsureOrganisation(ctx context.Context, by audit.Actor, o people.Organisation) (people.Organisation, error) {
	if there, err := db.Organisation(ctx, o.ID); err == nil || fault.CodeOf(err) != fault.NotFound {
		return there, err
	}
	var out people.Organisation
	err := db.change(ctx, "make an organisation", func(t *tx) error {
		fresh := o
		made, err := t.insertOrganisation(&fresh)
		switch {
		case err != nil:
			return err
		case made:
			out = fresh
			t.record(audit.Entry{By: by, Action: "organisation.ensure", Subject: people.OrganisationSubject(o.ID), Became: told(&fresh, people.OrganisationFields)})
			return nil
		}
		// Another has the id, or the numbers: somebody entered the collectivité by hand.
		out, err = oneOrganisation(t.ctx, t, o.ID, `SELECT `+organisationColumns+` FROM organisation WHERE id = $1`, o.ID)
		if fault.CodeOf(err) != fault.NotFound {
			return err
		}
		if taken := t.holder(&o); taken != nil {
			return taken
		}
		return errAgain
	})
	return out, err
}

// lockOrganisation holds the row until the change ends, by an update of nothing.
func (t *tx) lockOrganisation(id string) (people.Organisation, error) {
	return oneOrganisation(t.ctx, t, id, `UPDATE organisation SET version = version WHERE id = $1 RETURNING `+organisationColumns, id)
}

// writeOrganisation writes what changed, under the next version.
func (t *tx) writeOrganisation(o *people.Organisation) error {
	if err := t.holder(o); o.State != people.OrganisationMerged && err != nil {
		return err
	}
	folded, sorted := o.SearchKeys()
	_, err := t.exec("update an organisation", `UPDATE organisation SET kind = $2, name = $3, short_name = $4, siren = $5, siret = $6, rna = $7, address = $8,
		postal_code = $9, commune = $10, email = $11, website = $12, vintage = $13, state = $14, merged_into = $15, version = $16, folded = $17, sorted = $18 WHERE id = $1`,
		o.ID, string(o.Kind), o.Name, o.ShortName, o.SIREN, o.SIRET, o.RNA, o.Address, o.PostalCode, o.Commune, o.Email, o.Website,
		o.Vintage, string(o.State), o.MergedInto, o.Version, folded, sorted)
	if taken(err) { // another took the numbers since they were looked for
		return fault.New(fault.Conflict, "organisation.taken_now").Because(err)
	}
	if err != nil {
		return err
	}
	return t.writeTerritories(o)
}

// UpdateOrganisation implements [people.OrganisationStore].
func (db *DB) UpdateOrganisation(ctx context.Context, by audit.Actor, id string, version int64, change func(people.Organisation) (people.Organisation, error)) (people.Organisation, error) {
	var next people.Organisation
	err := db.change(ctx, "update an organisation", func(t *tx) error {
		old, err := t.lockOrganisation(id)
		if err != nil {
			return err
		}
		if old.State == people.OrganisationMerged {
			return fault.New(fault.Gone, "organisation.merged", old.Name)
		}
		if next, err = change(old); err != nil {
			return err
		}
		next.ID, next.MergedInto, next.Version, next.CreatedAt = old.ID, "", old.Version+1, old.CreatedAt
		if version != old.Version {
			return &fault.Stale[people.Organisation]{Theirs: old, Yours: next}
		}
		changed := old.Differs(&next)
		if len(changed) == 0 && old.Vintage == next.Vintage {
			next = old
			return nil
		}
		if err := t.writeOrganisation(&next); err != nil {
			return err
		}
		t.record(audit.Entry{By: by, Action: "organisation.update", Subject: people.OrganisationSubject(id), Was: told(&old, changed), Became: told(&next, changed)})
		return nil
	})
	if err != nil {
		return people.Organisation{}, err
	}
	return next, nil
}
