package commons

import (
	"cmp"
	"context"
	"net/url"
	"strings"

	"bassin/internal/people"
)

// identities are the entries of the library by what tells them apart: a name that two
// entries share leads to none.
type identities struct {
	entry      map[string]string // by identity; "" if several
	repository map[string]string // of entries
}

func newIdentities() *identities {
	return &identities{entry: map[string]string{}, repository: map[string]string{}}
}

// identities reads those of all entries.
func (h *Harvester) identities(ctx context.Context) (*identities, error) {
	out := newIdentities()
	add := func(ids []string) error {
		found, err := h.Library.All(ctx, ids)
		for i := range found {
			e := &found[i]
			if e.State == Merged || e.State == Unpublished {
				continue
			}
			sheet, _ := e.Sheet()
			out.add(e.ID, e.Kind, "", sheet)
			for _, s := range e.Said {
				if s.Source != "" {
					out.name(e.ID, "record:"+string(e.Kind)+":"+s.Record, HarvestedRecord(s))
				}
			}
		}
		return err
	}
	catalogue := h.Library.Catalogue(ctx)
	ids := append([]string{}, catalogue.ids...)
	const page = 1000
	for after := ""; ; {
		rows, err := h.Library.Store.Entries(ctx, EntryFilter{After: after, Limit: page})
		if err != nil {
			return nil, err
		}
		for _, e := range rows {
			if _, listed := catalogue.entries[e.ID]; !listed {
				ids = append(ids, e.ID)
			}
			after = e.ID
		}
		if len(rows) < page {
			break
		}
	}
	for len(ids) > 0 {
		n := min(len(ids), 5_000)
		if err := add(ids[:n]); err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return out, nil
}

// HarvestedRecord says whether the name that a statement's source gives to its record is
// known beyond it: the numbers of the snapshot's catalogues are their own.
func HarvestedRecord(s Statement) bool {
	_, ok := HarvestOf(s.Source)
	return ok
}

// name adds an identity if it is one.
func (i *identities) name(entry, identity string, is bool) {
	if !is {
		return
	}
	if other, there := i.entry[identity]; there && other != entry {
		entry = "" // of several: it says nothing
	}
	i.entry[identity] = entry
}

func (i *identities) add(entry string, k Kind, record string, s Sheet) {
	for _, id := range identitiesOf(k, record, s) {
		i.name(entry, id, true)
	}
	if r := repositoryOf(s); r != "" {
		i.repository[entry] = r
	}
}

// named is the entry that some source calls so, whatever it is.
func (i *identities) named(record string) string {
	for _, k := range Kinds {
		if id := i.entry["record:"+string(k)+":"+record]; id != "" {
			return id
		}
	}
	return ""
}

// identitiesOf are what tells an entry apart, the surest first: how it is named at its
// origin, its repository, its number in Wikidata, where a service answers; then its
// name, for software and services, and for data with the name of who publishes it.
func identitiesOf(k Kind, record string, s Sheet) []string {
	var out []string
	add := func(what, v string) {
		if v != "" {
			out = append(out, what+":"+string(k)+":"+v)
		}
	}
	add("record", record)
	add("repository", repositoryOf(s))
	add("wikidata", strings.ToUpper(s.Get("wikidata")))
	add("endpoint", sameAddress(s.Get("endpoint")))
	add("name", nameOf(k, s))
	return out
}

func nameOf(k Kind, s Sheet) string {
	title := strings.Join(people.Fold(s.Get("title")), " ")
	switch {
	case len([]rune(title)) < 4: // too short to tell anything
		return ""
	case k == Software || k == Service:
		return title
	case k == Data && s.Get("publisher") != "":
		return title + " / " + strings.Join(people.Fold(s.Get("publisher")), " ") + " / " + s.Get("form")
	}
	return ""
}

func repositoryOf(s Sheet) string { return sameAddress(s.Get("repository")) }

// sameAddress is an address without what two ways of writing it differ by.
func sameAddress(v string) string {
	u, err := url.Parse(strings.TrimSpace(v))
	if err != nil || u.Host == "" {
		return ""
	}
	path := strings.TrimSuffix(strings.TrimSuffix(u.EscapedPath(), "/"), ".git")
	out := strings.TrimPrefix(strings.ToLower(u.Host), "www.") + strings.ToLower(path)
	if u.RawQuery != "" {
		out += "?" + u.RawQuery
	}
	return out
}

// same is the entry that a record is about, if it is there already.
func (r *run) same(v read, fresh *identities) (entry string, found bool) {
	if r.src.Kind == OtherBassin { // both have the catalogues of the snapshot
		id := lastSegment(v.name)
		if e, ok := r.Library.Catalogue(context.Background()).Entry(id); ok && e.Kind == v.kind {
			return id, true
		}
	}
	repository := repositoryOf(v.sheet)
	for _, id := range identitiesOf(v.kind, v.name, v.sheet) {
		entry := fresh.entry[id]
		if entry == "" {
			entry = r.index.entry[id]
		}
		if entry == "" {
			continue
		}
		// Two that are called alike and are kept in different places are two.
		if other := cmp.Or(fresh.repository[entry], r.index.repository[entry]); strings.HasPrefix(id, "name:") && repository != "" && other != "" && other != repository {
			continue
		}
		return entry, true
	}
	return "", false
}
