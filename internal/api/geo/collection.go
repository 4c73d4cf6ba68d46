package geo

import "strconv"

// collection holds what is made once of the items of one kind: the answer to the
// standard fields whole, and each stored field apart.
//
// Standard answers lie side by side in one text, [{…},{…}], a new list starting
// where a run does, so that a whole département is one slice.
type collection struct {
	scheme  *scheme
	columns [fieldCount]int8 // of a stored field; -1 for the others
	width   int              // stored fields
	text    []byte           // standard answers
	more    []byte           // the other stored fields of each item, ,"name":value
	at      []uint32         // by item: where its standard answer starts in text
	moreAt  []uint32         // by item: where its other fields start in more
	ends    []uint16         // width by item: end of each field, from at or moreAt
	codes   []string
	byCode  map[string]int32
	groups  []uint8   // by item: its group
	members [][]int32 // by group: its items in order
}

func newCollection(s *scheme, items, groups int) *collection {
	c := &collection{
		scheme: s, width: len(s.standard) + len(s.stored),
		at: make([]uint32, 0, items), moreAt: make([]uint32, 0, items), codes: make([]string, 0, items),
		byCode: make(map[string]int32, items), groups: make([]uint8, 0, items), members: make([][]int32, groups),
	}
	c.ends = make([]uint16, 0, items*c.width)
	for i := range c.columns {
		c.columns[i] = -1
	}
	for i, f := range s.standard {
		c.columns[f] = int8(i)
	}
	for i, f := range s.stored {
		c.columns[f] = int8(len(s.standard) + i)
	}
	return c
}

// add appends an item. value appends the JSON of a field, or nothing if the item
// has none. run says that the item starts a new run.
func (c *collection) add(itemCode string, group uint8, run bool, value func(dst []byte, f field) []byte) {
	n := int32(len(c.codes))
	c.codes = append(c.codes, itemCode)
	c.groups = append(c.groups, group)
	c.members[group] = append(c.members[group], n)
	if _, known := c.byCode[itemCode]; !known {
		c.byCode[itemCode] = n
	}
	switch {
	case n == 0:
		c.text = append(c.text, '[')
	case run:
		c.text = append(c.text, "]["...)
	default:
		c.text = append(c.text, ',')
	}
	start := len(c.text)
	c.at = append(c.at, uint32(start))
	for _, f := range c.scheme.standard {
		separator := byte(',')
		if len(c.text) == start {
			separator = '{'
		}
		c.text = appendField(c.text, separator, f, value)
		c.ends = append(c.ends, uint16(len(c.text)-start))
	}
	c.text = append(c.text, '}')
	start = len(c.more)
	c.moreAt = append(c.moreAt, uint32(start))
	for _, f := range c.scheme.stored {
		c.more = appendField(c.more, ',', f, value)
		c.ends = append(c.ends, uint16(len(c.more)-start))
	}
}

func appendField(dst []byte, separator byte, f field, value func([]byte, field) []byte) []byte {
	start := len(dst)
	dst = append(dst, separator)
	dst = appendKey(dst, f)
	empty := len(dst)
	if dst = value(dst, f); len(dst) == empty {
		return dst[:start]
	}
	return dst
}

func appendKey(dst []byte, f field) []byte {
	dst = append(dst, '"')
	dst = append(dst, named[f]...)
	return append(dst, `":`...)
}

// close ends the last run.
func (c *collection) close() {
	if len(c.text) > 0 {
		c.text = append(c.text, ']')
	}
}

func (c *collection) len() int { return len(c.codes) }

// answer is the answer to the standard fields of item n.
func (c *collection) answer(n int32) []byte {
	i := int(n)*c.width + len(c.scheme.standard) - 1
	return c.text[c.at[n] : c.at[n]+uint32(c.ends[i])+1]
}

// run is the list of the standard answers of items lo to hi, which must be a run.
func (c *collection) run(lo, hi int32) []byte {
	last := c.answer(hi)
	return c.text[c.at[lo]-1 : int(c.at[hi])+len(last)+1]
}

// field is a stored field of item n with its name, nothing if it has none.
func (c *collection) field(n int32, column int) []byte {
	row := int(n) * c.width
	lo, base, text := uint16(0), c.at[n], c.text
	if column >= len(c.scheme.standard) {
		base, text = c.moreAt[n], c.more
		if column > len(c.scheme.standard) {
			lo = c.ends[row+column-1]
		}
	} else if column > 0 {
		lo = c.ends[row+column-1]
	}
	hi := c.ends[row+column]
	if lo == hi {
		return nil
	}
	return text[base+uint32(lo)+1 : base+uint32(hi)] // without the separator
}

// appendString appends a text as JSON, as JSON.stringify writes it.
func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := range len(s) {
		switch b := s[i]; {
		case b == '"' || b == '\\':
			dst = append(dst, '\\', b)
		case b < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
		default:
			dst = append(dst, b)
		}
	}
	return append(dst, '"')
}

func appendStrings(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, s)
	}
	return append(dst, ']')
}

func appendText(dst []byte, s string) []byte {
	if s == "" {
		return dst
	}
	return appendString(dst, s)
}

func appendCount(dst []byte, n int, known bool) []byte {
	if !known {
		return dst
	}
	return strconv.AppendInt(dst, int64(n), 10)
}
