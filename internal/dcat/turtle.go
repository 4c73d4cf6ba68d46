package dcat

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

func itoa(n int) string { return strconv.Itoa(n) }

// turtle reads RDF 1.1 Turtle (W3C Recommendation of 25 February 2014, 6.5 Grammar;
// numbers in brackets are its productions). It is as strict as the grammar but for
// characters that an IRI may not hold, which are mended.
func (s *sink) turtle(base, text string) {
	t := &turtle{sink: s, text: text, base: base, line: 1, prefix: map[string]string{}, labels: map[string]string{}}
	for t.space(); t.at < len(t.text); t.space() {
		t.statement()
	}
}

type turtle struct {
	*sink
	text   string
	at     int
	line   int
	lineAt int // byte where the line begins
	base   string
	prefix map[string]string
	labels map[string]string
	depth  int
}

func (t *turtle) fail(key string, args ...any) {
	refuse(t.line, t.column(), key, args...)
}

func (t *turtle) column() int { return utf8.RuneCountInString(t.text[t.lineAt:t.at]) + 1 }

// unexpected tells what is there instead.
func (t *turtle) unexpected() {
	if t.at >= len(t.text) {
		t.fail("dcat.turtle_end")
	}
	rest := strings.TrimLeft(t.text[t.at:], " \t\r\n")
	if i := strings.IndexAny(rest, " \t\r\n"); i > 0 {
		rest = rest[:i]
	}
	t.fail("dcat.turtle_unexpected", cut(rest, 30))
}

// cut is s in at most n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}

func (t *turtle) peek() byte {
	if t.at < len(t.text) {
		return t.text[t.at]
	}
	return 0
}

// space goes over white space and comments.
func (t *turtle) space() {
	for t.at < len(t.text) {
		switch t.text[t.at] {
		case '\n':
			t.at++
			t.line, t.lineAt = t.line+1, t.at
		case ' ', '\t', '\r':
			t.at++
		case '#':
			if i := strings.IndexByte(t.text[t.at:], '\n'); i >= 0 {
				t.at += i
			} else {
				t.at = len(t.text)
			}
		default:
			return
		}
	}
}

func (t *turtle) want(c byte) {
	t.space()
	if t.peek() != c {
		t.unexpected()
	}
	t.at++
}

// word takes a keyword that no name goes on from.
func (t *turtle) word(w string, fold bool) bool {
	end := t.at + len(w)
	if end > len(t.text) {
		return false
	}
	if got := t.text[t.at:end]; got != w && (!fold || !strings.EqualFold(got, w)) {
		return false
	}
	if end < len(t.text) {
		if r, _ := utf8.DecodeRuneInString(t.text[end:]); nameRune(r) || r == ':' || r == '-' {
			return false
		}
	}
	t.at = end
	return true
}

// statement [2].
func (t *turtle) statement() {
	switch {
	case t.word("@prefix", false):
		t.prefixID()
		t.want('.')
	case t.word("@base", false):
		t.baseID()
		t.want('.')
	case t.word("PREFIX", true):
		t.prefixID()
	case t.word("BASE", true):
		t.baseID()
	default:
		t.triples()
		t.want('.')
	}
}

func (t *turtle) prefixID() {
	t.space()
	i := strings.IndexByte(t.text[t.at:], ':')
	if i < 0 || strings.ContainsAny(t.text[t.at:t.at+i], " \t\r\n<") {
		t.unexpected()
	}
	name := t.text[t.at : t.at+i]
	for j, r := range name {
		if !nameRune(r) && r != '.' && r != '-' || j == 0 && !startRune(r) || j == len(name)-1 && r == '.' {
			t.unexpected()
		}
	}
	t.at += i + 1
	t.space()
	t.prefix[name] = t.iriRef()
}

func (t *turtle) baseID() {
	t.space()
	t.base = t.iriRef()
}

// triples [6].
func (t *turtle) triples() {
	switch t.peek() {
	case '[':
		node, bare := t.properties()
		t.space()
		if t.peek() == '.' && !bare {
			return
		}
		t.predicates(node, false)
	case '(':
		node := t.collection()
		t.predicates(node, false)
	default:
		t.predicates(t.subject(), false)
	}
}

func (t *turtle) subject() string {
	t.space()
	switch t.peek() {
	case '_':
		return t.blankLabel()
	case '<':
		return t.iriRef()
	}
	return t.prefixedName()
}

// predicates is predicateObjectList [7].
func (t *turtle) predicates(s string, mayBeEmpty bool) {
	t.space()
	if mayBeEmpty && t.peek() == ']' {
		return
	}
	for {
		t.space()
		var p string
		switch {
		case t.word("a", false):
			p = rdf + "type"
		case t.peek() == '<':
			p = t.iriRef()
		default:
			p = t.prefixedName()
		}
		for {
			t.space()
			line := t.line
			o := t.object()
			t.add(Triple{s, p, o, int32(line)}) //nolint:gosec // lines are fewer than bytes
			t.space()
			if t.peek() != ',' {
				break
			}
			t.at++
		}
		more := false
		for t.peek() == ';' {
			t.at++
			more = true
			t.space()
		}
		if c := t.peek(); !more || c == '.' || c == ']' {
			return
		}
	}
}

// object [12].
func (t *turtle) object() Term {
	switch c := t.peek(); {
	case c == '<':
		return Term{Value: t.iriRef(), Node: true}
	case c == '_':
		return Term{Value: t.blankLabel(), Node: true}
	case c == '[':
		node, _ := t.properties()
		return Term{Value: node, Node: true}
	case c == '(':
		return Term{Value: t.collection(), Node: true}
	case c == '"' || c == '\'':
		return t.literal()
	case c == '+' || c == '-' || c == '.' || '0' <= c && c <= '9':
		return t.number()
	}
	for _, b := range []string{"true", "false"} {
		if t.word(b, false) {
			return Term{Value: b, Type: xsd + "boolean"}
		}
	}
	return Term{Value: t.prefixedName(), Node: true}
}

func (t *turtle) deeper() {
	if t.depth++; t.depth > t.limits.Depth {
		t.fail("dcat.deep", t.limits.Depth)
	}
}

// properties is blankNodePropertyList [14], or ANON [162] when bare.
func (t *turtle) properties() (node string, bare bool) {
	t.deeper()
	t.at++
	node = t.fresh()
	t.space()
	bare = t.peek() == ']'
	t.predicates(node, true)
	t.want(']')
	t.depth--
	return node, bare
}

// collection [15].
func (t *turtle) collection() string {
	t.deeper()
	t.at++
	head, last := rdf+"nil", ""
	for {
		t.space()
		if t.peek() == ')' {
			t.at++
			break
		}
		if t.at >= len(t.text) {
			t.unexpected()
		}
		line := int32(t.line) //nolint:gosec // lines are fewer than bytes
		o := t.object()
		node := t.fresh()
		if last == "" {
			head = node
		} else {
			t.add(Triple{last, rdf + "rest", Term{Value: node, Node: true}, line})
		}
		t.add(Triple{node, rdf + "first", o, line})
		last = node
	}
	if last != "" {
		t.add(Triple{last, rdf + "rest", Term{Value: rdf + "nil", Node: true}, int32(t.line)}) //nolint:gosec // as above
	}
	t.depth--
	return head
}

// iriRef [18]. What it may not hold is mended, but for an angle bracket and a new line,
// which say that its end is missing.
func (t *turtle) iriRef() string {
	if t.peek() != '<' {
		t.unexpected()
	}
	line, column := t.line, t.column()
	end := strings.IndexAny(t.text[t.at+1:], "<>\n")
	if end < 0 || t.text[t.at+1+end] != '>' {
		t.fail("dcat.turtle_iri")
	}
	v := t.text[t.at+1 : t.at+1+end]
	if strings.IndexByte(v, '\\') >= 0 {
		v = t.unescape(v, false)
	}
	t.at += end + 2
	return t.sink.iri(resolve(t.base, v), line, column)
}

func (t *turtle) blankLabel() string {
	if !strings.HasPrefix(t.text[t.at:], "_:") {
		t.unexpected()
	}
	from := t.at + 2
	end := from
	for end < len(t.text) {
		r, n := utf8.DecodeRuneInString(t.text[end:])
		if !nameRune(r) && (end == from || r != '-' && r != '.') {
			break
		}
		end += n
	}
	for end > from && t.text[end-1] == '.' {
		end--
	}
	if end == from {
		t.unexpected()
	}
	label := t.text[from:end]
	t.at = end
	if t.labels[label] == "" {
		t.labels[label] = t.fresh()
	}
	return t.labels[label]
}

// prefixedName [136s], with the escapes of PN_LOCAL [168s].
func (t *turtle) prefixedName() string {
	from := t.at
	end := from
	for end < len(t.text) {
		r, n := utf8.DecodeRuneInString(t.text[end:])
		if r == ':' || !nameRune(r) && r != '-' && r != '.' || end == from && !startRune(r) {
			break
		}
		end += n
	}
	if end >= len(t.text) || t.text[end] != ':' || end > from && t.text[end-1] == '.' {
		t.unexpected()
	}
	name := t.text[from:end]
	ns, known := t.prefix[name]
	if !known {
		t.fail("dcat.turtle_prefix", name)
	}
	var b strings.Builder
	b.WriteString(ns)
	from = end + 1
	end = from
	escaped := false
	for end < len(t.text) {
		r, n := utf8.DecodeRuneInString(t.text[end:])
		switch {
		case r == '\\' && end+1 < len(t.text) && strings.IndexByte("_~.-!$&'()*+,;=/?#@%", t.text[end+1]) >= 0:
			b.WriteString(t.text[from:end])
			from, escaped = end+1, true
			end += 2
			continue
		case r == '%':
			if end+2 >= len(t.text) || !hexDigit(t.text[end+1]) || !hexDigit(t.text[end+2]) {
				t.at = end
				t.unexpected()
			}
			end += 3
			escaped = true
			continue
		case nameRune(r), r == ':', end > from && (r == '-' || r == '.'), escaped && (r == '-' || r == '.'):
			end += n
			continue
		}
		break
	}
	for end > from && t.text[end-1] == '.' && (end < 2 || t.text[end-2] != '\\') {
		end--
	}
	b.WriteString(t.text[from:end])
	t.at = end
	return resolve(t.base, b.String())
}

func hexDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// literal is RDFLiteral [128s].
func (t *turtle) literal() Term {
	quote := t.text[t.at : t.at+1]
	if strings.HasPrefix(t.text[t.at:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	long := len(quote) == 3
	from := t.at + len(quote)
	end := from
	for {
		i := strings.IndexAny(t.text[end:], "\\\n"+quote[:1])
		if i < 0 {
			t.fail("dcat.turtle_string")
		}
		end += i
		switch c := t.text[end]; {
		case c == '\\':
			end = min(end+2, len(t.text))
			continue
		case c == '\n' && !long:
			t.fail("dcat.turtle_string")
		case c == '\n', !strings.HasPrefix(t.text[end:], quote):
			end++
			continue
		}
		break
	}
	v := t.text[from:end]
	if strings.IndexByte(v, '\\') >= 0 {
		v = t.unescape(v, true)
	}
	if n := strings.Count(t.text[from:end], "\n"); n > 0 {
		t.line += n
		t.lineAt = from + strings.LastIndexByte(t.text[from:end], '\n') + 1
	}
	t.at = end + len(quote)
	switch {
	case t.peek() == '@':
		t.at++
		from := t.at
		for t.at < len(t.text) && (isLetter(t.text[t.at]) || t.at > from && (t.text[t.at] == '-' || '0' <= t.text[t.at] && t.text[t.at] <= '9')) {
			t.at++
		}
		if t.at == from {
			t.fail("dcat.turtle_language")
		}
		return Term{Value: v, Lang: strings.ToLower(t.text[from:t.at])}
	case strings.HasPrefix(t.text[t.at:], "^^"):
		t.at += 2
		t.space()
		return Term{Value: v, Type: datatype(t.subject())}
	}
	return Term{Value: v}
}

// datatype is "" for strings, which need none.
func datatype(iri string) string {
	if iri == xsd+"string" {
		return ""
	}
	return iri
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// unescape reads ECHAR [159s], in strings, and UCHAR [26].
func (t *turtle) unescape(v string, inString bool) string {
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' {
			b.WriteByte(v[i])
			continue
		}
		i++
		if i == len(v) {
			t.fail("dcat.turtle_escape", "\\")
		}
		var n int
		switch c := v[i]; c {
		case 'u':
			n = 4
		case 'U':
			n = 8
		default:
			k := strings.IndexByte("tbnrf\"'\\", c)
			if !inString || k < 0 {
				t.fail("dcat.turtle_escape", "\\"+string(rune(c)))
			}
			b.WriteByte("\t\b\n\r\f\"'\\"[k])
			continue
		}
		if i+n >= len(v) {
			t.fail("dcat.turtle_escape", "\\"+cut(v[i:], 9))
		}
		code, err := strconv.ParseUint(v[i+1:i+1+n], 16, 32)
		if err != nil || code > utf8.MaxRune || !utf8.ValidRune(rune(code)) {
			t.fail("dcat.turtle_escape", "\\"+cut(v[i:], 9))
		}
		b.WriteRune(rune(code))
		i += n
	}
	return b.String()
}

// number is INTEGER [19], DECIMAL [20] or DOUBLE [21].
func (t *turtle) number() Term {
	from := t.at
	digits := func() int {
		n := 0
		for ; '0' <= t.peek() && t.peek() <= '9'; n++ {
			t.at++
		}
		return n
	}
	if c := t.peek(); c == '+' || c == '-' {
		t.at++
	}
	whole, part, kind := digits(), 0, "integer"
	if t.peek() == '.' {
		t.at++
		if part = digits(); part > 0 {
			kind = "decimal"
		} else if c := t.peek(); whole == 0 || c != 'e' && c != 'E' {
			t.at--
		}
	}
	if whole+part == 0 {
		t.unexpected()
	}
	if c := t.peek(); c == 'e' || c == 'E' {
		t.at++
		if c := t.peek(); c == '+' || c == '-' {
			t.at++
		}
		if digits() == 0 {
			t.unexpected()
		}
		kind = "double"
	}
	return Term{Value: t.text[from:t.at], Type: xsd + kind}
}

// startRune is PN_CHARS_BASE [163s].
func startRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || 0xC0 <= r && r <= 0x2FF && r != 0xD7 && r != 0xF7 || 0x370 <= r && r <= 0x1FFF && r != 0x37E ||
		0x200C <= r && r <= 0x200D || 0x2070 <= r && r <= 0x218F || 0x2C00 <= r && r <= 0x2FEF || 0x3001 <= r && r <= 0xD7FF ||
		0xF900 <= r && r <= 0xFDCF || 0xFDF0 <= r && r <= 0xFFFC || 0x10000 <= r && r <= 0xEFFFF
}

// nameRune is PN_CHARS [166s] without the hyphen.
func nameRune(r rune) bool {
	return startRune(r) || r == '_' || '0' <= r && r <= '9' || r == 0xB7 || 0x300 <= r && r <= 0x36F || 0x203F <= r && r <= 0x2040
}
