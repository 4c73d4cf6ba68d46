package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Actor is who made a change: [System], [Visitor], [Person] of an id or [Console] of a command.
type Actor string

const (
	System  Actor = "system"  // Bassin itself: what comes round
	Visitor Actor = "visitor" // somebody who is not signed in
)

// Person is the actor of that id.
func Person(id string) Actor { return Actor("person:" + id) }

// Console is the actor of a command given on the server, such as "user grant".
func Console(command string) Actor { return Actor("console:" + command) }

// Command is what was typed on the server, after the name of the program; false for
// other actors.
func (a Actor) Command() (string, bool) { return strings.CutPrefix(string(a), "console:") }

// Values are what is recorded of a thing, by name. A value is whatever JSON can
// say, or [Personal].
type Values map[string]any

// Personal is a value that tells of a person: it is kept sealed with their key.
type Personal struct {
	Of    string // id of the person
	Value any
}

// Entry is what a feature says of a change it makes.
type Entry struct {
	By      Actor
	Action  string // what was done, such as "perimeter.save"
	Subject string // to what, such as "perimeter:7h2k9m4xq0"
	Was     Values // nil if the thing did not exist
	Became  Values // nil if it exists no more
}

// Row is an entry as it is kept.
type Row struct {
	Seq     int64     // 1, 2, 3, … without a hole
	At      time.Time // UTC, to the microsecond
	By      Actor
	Action  string
	Subject string
	Was     string // canonical JSON, "" for nothing
	Became  string
	Hash    string // of the row before and of this one, in hexadecimal
}

// KeyOf returns the 32 bytes that seal a person's values, nil if they were erased.
type KeyOf func(person string) ([]byte, error)

// Row makes the row that keeps e, without its place in the chain ([Row.After]).
// It refuses a value whose name says that it is a secret: those are never recorded.
func (e Entry) Row(at time.Time, key KeyOf, random io.Reader) (Row, error) {
	r := Row{At: at.UTC().Truncate(time.Microsecond), By: e.By, Action: e.Action, Subject: e.Subject}
	if e.By == "" || e.Action == "" || e.Subject == "" {
		return Row{}, fmt.Errorf("audit: an entry without actor, action or subject: %q, %q, %q", e.By, e.Action, e.Subject)
	}
	for _, s := range []string{string(e.By), e.Action, e.Subject} {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return Row{}, fmt.Errorf("audit: %q cannot be kept as text", s)
		}
	}
	var err error
	if r.Was, err = e.Was.seal(key, random); err != nil {
		return Row{}, err
	}
	if r.Became, err = e.Became.seal(key, random); err != nil {
		return Row{}, err
	}
	return r, nil
}

// secrets are words of names that no recorded value may have.
var secrets = []string{"password", "secret", "token", "passphrase", "private", "ballot"}

func (v Values) seal(key KeyOf, random io.Reader) (string, error) {
	if v == nil {
		return "", nil
	}
	out := make(map[string]any, len(v))
	for name, value := range v {
		for _, s := range secrets {
			if strings.Contains(strings.ToLower(name), s) {
				return "", fmt.Errorf("audit: %q looks like a secret, which is never recorded", name)
			}
		}
		if p, ok := value.(Personal); ok {
			sealed, err := p.seal(name, key, random)
			if err != nil {
				return "", err
			}
			value = sealed
		}
		out[name] = value
	}
	return Canonical(out)
}

// Canonical writes v as JSON in one way only: names in order, no spaces, numbers
// as they are, no character escaped without need. U+0000, which a database
// cannot hold as text, stays escaped.
func Canonical(v any) (string, error) {
	first, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("audit: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(first)) // structs become maps, whose names are put in order
	d.UseNumber()
	var plain any
	if err := d.Decode(&plain); err != nil {
		return "", fmt.Errorf("audit: %w", err)
	}
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false)
	if err := w.Encode(plain); err != nil {
		return "", fmt.Errorf("audit: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}
