package notice

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"

	"bassin/internal/i18n"
)

// Text is a text of the catalogue and what fills it, kept until somebody reads it
// in their language. The zero value is no text.
type Text struct {
	Key  string
	Args []any // string, int, [Day], [Moment], [Word]
}

// Say is the text of a key, filled with args: string, int, [Day], [Moment], [Word].
func Say(key string, args ...any) Text { return Text{key, args} }

type (
	// Day is a day to be written in the reader's words: 2026-12-01.
	Day string
	// Moment is a day and an hour to be written so.
	Moment time.Time
	// Word is the key of a text that fills another.
	Word string
)

// DayOf is the day of a moment, as calendars in Paris tell it.
func DayOf(t time.Time) Day { return Day(t.In(i18n.Paris()).Format(time.DateOnly)) }

// In is the text in a language, on one line.
func (t Text) In(l *i18n.Localizer) string {
	if t.Key == "" {
		return ""
	}
	args := make([]any, len(t.Args))
	for i, a := range t.Args {
		switch a := a.(type) {
		case string:
			args[i] = oneLine(a)
		case Day:
			args[i] = l.Day(oneLine(string(a)))
		case Moment:
			args[i] = l.Moment(time.Time(a))
		case Word:
			args[i] = l.T(string(a))
		default:
			args[i] = a
		}
	}
	return l.T(t.Key, args...)
}

// oneLine keeps what people wrote from making lines of its own in a letter.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f':
			return ' '
		case unicode.IsControl(r), r == unicode.ReplacementChar:
			return -1
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1 // they turn the writing of what follows around
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// arg is how an argument is kept.
type arg struct {
	Text   *string    `json:"text,omitempty"`
	Number *int       `json:"number,omitempty"`
	Day    Day        `json:"day,omitempty"`
	Moment *time.Time `json:"moment,omitempty"`
	Word   Word       `json:"word,omitempty"`
}

type kept struct {
	Key  string `json:"key"`
	Args []arg  `json:"args,omitempty"`
}

// MarshalJSON keeps the kind of each argument.
func (t Text) MarshalJSON() ([]byte, error) {
	k := kept{Key: t.Key}
	for _, a := range t.Args {
		switch a := a.(type) {
		case string:
			k.Args = append(k.Args, arg{Text: &a})
		case int:
			k.Args = append(k.Args, arg{Number: &a})
		case Day:
			k.Args = append(k.Args, arg{Day: a})
		case Moment:
			at := time.Time(a).UTC()
			k.Args = append(k.Args, arg{Moment: &at})
		case Word:
			k.Args = append(k.Args, arg{Word: a})
		default:
			return nil, fmt.Errorf("notice: %s cannot be filled with a %T", t.Key, a)
		}
	}
	return json.Marshal(k)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Text) UnmarshalJSON(b []byte) error {
	var k kept
	if err := json.Unmarshal(b, &k); err != nil {
		return err
	}
	*t = Text{Key: k.Key}
	for _, a := range k.Args {
		switch {
		case a.Number != nil:
			t.Args = append(t.Args, *a.Number)
		case a.Moment != nil:
			t.Args = append(t.Args, Moment(*a.Moment))
		case a.Day != "":
			t.Args = append(t.Args, a.Day)
		case a.Word != "":
			t.Args = append(t.Args, a.Word)
		case a.Text != nil:
			t.Args = append(t.Args, *a.Text)
		default:
			return fmt.Errorf("notice: an argument of %s says nothing", k.Key)
		}
	}
	return nil
}
