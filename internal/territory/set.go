package territory

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"

	"bassin/internal/fault"
)

// MaxTerms bounds the terms of a set expression; the largest département has
// 890 communes, so that any list of communes people write fits.
const MaxTerms = 4000

// Resolve finds a territory from what an address or a parameter holds: level:code,
// or a set expression such as 22113,bv:22266~commune:22278, where a comma adds
// and a tilde removes, from left to right, and a bare term is a commune code.
// A leading communes= changes nothing: a list can be pasted as a parameter has it.
// Past commune codes are read as today's communes. A lone term is the territory
// that it names. Terms set:code are looked up with find; a nil find knows none.
//
// Errors: fault.Invalid for what cannot be read or comes to nothing,
// fault.TooLarge over MaxTerms, fault.NotFound for a territory that does not
// exist, and what find returns.
func (f *France) Resolve(expr string, find SetFinder) (*Territory, error) {
	terms, err := parseTerms(expr)
	if err != nil {
		return nil, err
	}
	if len(terms) == 1 && !terms[0].remove {
		return f.term(terms[0].text, find)
	}
	in := make([]bool, len(f.communes))
	for _, t := range terms {
		u, err := f.term(t.text, find)
		if err != nil {
			return nil, err
		}
		if !u.Level.Whole() {
			return nil, fault.New(fault.Invalid, "territory.set.smaller_than_commune", t.text)
		}
		for _, n := range u.members {
			in[n] = !t.remove
		}
	}
	var members []int32
	for n, ok := range in {
		if ok {
			members = append(members, int32(n))
		}
	}
	if len(members) == 0 {
		return nil, fault.New(fault.Invalid, "territory.set.empty")
	}
	return f.Set(members), nil
}

// SetFinder returns the commune codes kept under a set's short address, or a
// fault.NotFound error.
type SetFinder func(code string) (communes []string, err error)

// Set makes the custom territory of these communes, given by number in
// increasing order. Its code is its short address, see [SetCode].
func (f *France) Set(members []int32) *Territory {
	t := &Territory{ID: ID{Custom, f.SetCode(members)}, Article: Unknown, members: members}
	f.settle(t)
	return t
}

// SetCode is the short address of a set of communes: the first 50 bits, in
// base 32, of the SHA-256 of its commune codes. The same communes always have
// the same address, whoever drew them and in whichever order.
func (f *France) SetCode(members []int32) string {
	h := sha256.New()
	for _, n := range members {
		h.Write([]byte(f.communes[n].Code))
		h.Write([]byte{'\n'})
	}
	return shortCode.EncodeToString(h.Sum(nil))[:SetCodeLen]
}

// SetCodeLen is the length of a set's short address.
const SetCodeLen = 10

// shortCode has no vowels but a and e, and no l, o, i, u: nothing to misread.
var shortCode = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// IsSetCode says whether s has the form of a short address.
func IsSetCode(s string) bool {
	if len(s) != SetCodeLen {
		return false
	}
	for i := range len(s) {
		if !strings.ContainsRune("0123456789abcdefghjkmnpqrstvwxyz", rune(s[i])) {
			return false
		}
	}
	return true
}

// Codes returns the commune codes of a territory in order.
func (f *France) Codes(t *Territory) []string {
	out := make([]string, len(t.members))
	for i, n := range t.members {
		out[i] = f.communes[n].Code
	}
	return out
}

type term struct {
	text   string
	remove bool
}

func parseTerms(expr string) ([]term, error) {
	var out []term
	expr = strings.TrimPrefix(expr, "communes=")
	remove := false
	for expr != "" {
		i := strings.IndexAny(expr, ",~")
		text, sep := expr, byte(0)
		if i >= 0 {
			text, sep = expr[:i], expr[i]
		}
		if text = strings.TrimSpace(text); text != "" {
			out = append(out, term{text, remove})
		} else if remove || sep == 0 {
			return nil, fault.New(fault.Invalid, "territory.set.unreadable", expr)
		}
		if len(out) > MaxTerms {
			return nil, fault.New(fault.TooLarge, "territory.set.too_many", MaxTerms)
		}
		if i < 0 {
			break
		}
		remove = sep == '~'
		expr = expr[i+1:]
		if remove && expr == "" {
			return nil, fault.New(fault.Invalid, "territory.set.unreadable", "~")
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Invalid, "territory.set.empty")
	}
	return out, nil
}

func (f *France) term(s string, find SetFinder) (*Territory, error) {
	id, ok := ParseID(s)
	if !ok {
		if len(s) != 5 || !validCode(s) {
			return nil, fault.New(fault.Invalid, "territory.set.unreadable", clip(s))
		}
		id = ID{Commune, s}
	}
	if id.Level == Commune {
		id.Code = strings.ToUpper(id.Code)
	}
	if t, ok := f.byID[id]; ok {
		return t, nil
	}
	if id.Level == Custom && find != nil {
		codes, err := find(id.Code)
		if err != nil {
			return nil, err
		}
		return f.Resolve(strings.Join(codes, ","), nil)
	}
	if id.Level == Commune {
		var members []int32
		for _, c := range f.Current(id.Code) {
			if n, ok := f.byCode[c]; ok {
				members = append(members, n)
			}
		}
		slices.Sort(members)
		switch len(members) {
		case 0:
		case 1:
			return f.levels[Commune][members[0]], nil
		default:
			return f.Set(members), nil
		}
	}
	return nil, fault.New(fault.NotFound, "territory.not_found", id.String())
}

// clip shortens what a person typed so that it fits in a message.
func clip(s string) string {
	if len(s) <= 40 {
		return s
	}
	return strings.ToValidUTF8(s[:40], "") + "…"
}
