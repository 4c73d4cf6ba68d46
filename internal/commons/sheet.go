package commons

import (
	"maps"
	"slices"
	"strings"
)

// Sheet is what is said of an entry: values by field, in order. A field that is
// there with no value says that there is none; one that is not there says nothing.
type Sheet map[string][]string

// Get is the first value of a field, "" if there is none.
func (s Sheet) Get(field string) string {
	if v := s[field]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Set gives a field its values; blank ones are left out.
func (s Sheet) Set(field string, values ...string) {
	kept := make([]string, 0, len(values))
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" {
			kept = append(kept, v)
		}
	}
	s[field] = kept
}

// Has says whether a field holds a value, among others.
func (s Sheet) Has(field, value string) bool { return slices.Contains(s[field], value) }

// Clone is a copy that shares nothing with s.
func (s Sheet) Clone() Sheet {
	out := make(Sheet, len(s))
	for f, v := range s {
		out[f] = slices.Clone(v)
	}
	return out
}

// Over lays s over what it corrects: it wins field by field.
func (s Sheet) Over(below Sheet) Sheet {
	out := below.Clone()
	for f, v := range s {
		out[f] = slices.Clone(v)
	}
	return out
}

// Change is a field that two sheets say differently.
type Change struct {
	Field    string
	Was, Now []string
}

// Changes lists the fields that differ from s to next, in the order of [Fields].
func (s Sheet) Changes(next Sheet) []Change {
	var out []Change
	for _, f := range Fields {
		if !slices.Equal(s[f.Name], next[f.Name]) {
			out = append(out, Change{f.Name, s[f.Name], next[f.Name]})
		}
	}
	return out
}

// Rebase carries what was changed from base to s over to a sheet that others have
// changed since. Clashes are the fields that both changed, each its own way: they
// keep what s says.
func (s Sheet) Rebase(base, present Sheet) (out Sheet, clashes []string) {
	out = present.Clone()
	for _, f := range Fields {
		if base.as(s, f.Name) {
			continue
		}
		if !base.as(present, f.Name) && !present.as(s, f.Name) {
			clashes = append(clashes, f.Name)
		}
		if v, said := s[f.Name]; said {
			out[f.Name] = slices.Clone(v)
		} else {
			delete(out, f.Name)
		}
	}
	return out, clashes
}

// as says whether two sheets say the same of a field: that there is no value is not
// the same as nothing.
func (s Sheet) as(other Sheet, field string) bool {
	a, said := s[field]
	b, too := other[field]
	return said == too && slices.Equal(a, b)
}

// Beyond is what s says otherwise than below: the part to keep of a form that was
// filled with below and sent back.
func (s Sheet) Beyond(below Sheet) Sheet {
	out := Sheet{}
	for f, v := range s {
		if !s.as(below, f) {
			out[f] = slices.Clone(v)
		}
	}
	return out
}

// Equal says whether two sheets say the same.
func (s Sheet) Equal(other Sheet) bool {
	return maps.EqualFunc(s, other, slices.Equal[[]string])
}

// organisationPrefix begins a value of type [Body] that is an organisation known here.
const organisationPrefix = "organisation:"

// OrganisationValue is an organisation as a value of type [Body].
func OrganisationValue(id string) string { return organisationPrefix + id }

// OrganisationOf is the id of the organisation that a value of type [Body] is, if it
// is not a name.
func OrganisationOf(v string) (id string, ok bool) {
	id, ok = strings.CutPrefix(v, organisationPrefix)
	return id, ok && id != ""
}
