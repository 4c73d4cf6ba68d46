package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Code says what kind of thing went wrong, independently of any protocol.
type Code string

// The codes that the edges know how to answer.
const (
	Invalid         Code = "invalid"         // the input cannot be understood or breaks a rule
	NotFound        Code = "not_found"       // nothing of that name exists
	Gone            Code = "gone"            // it existed and was withdrawn
	Forbidden       Code = "forbidden"       // the actor may not do this
	Unauthenticated Code = "unauthenticated" // the actor must sign in first
	Conflict        Code = "conflict"        // somebody else changed it meanwhile
	TooLarge        Code = "too_large"       // the input is over a stated limit
	Unavailable     Code = "unavailable"     // a part Bassin rests on does not answer for now
	Internal        Code = "internal"        // a defect of Bassin
)

// Error is an error that may be shown to a person: Key names a text of the i18n
// catalogue and Args fill it; Err, the cause, is for the log only.
type Error struct {
	Code  Code
	Key   string
	Args  []any
	Field string // name of the form field or parameter at fault, if one is
	Err   error
}

// New makes an error whose text is the catalogue entry key, filled with args.
func New(code Code, key string, args ...any) *Error {
	return &Error{Code: code, Key: key, Args: args}
}

// In names the field or parameter at fault.
func (e *Error) In(field string) *Error {
	e.Field = field
	return e
}

// Because attaches the cause, which is logged and never shown.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Code, e.Key)
	if len(e.Args) > 0 {
		fmt.Fprintf(&b, " %v", e.Args)
	}
	if e.Field != "" {
		fmt.Fprintf(&b, " (field %s)", e.Field)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the first Error in err's chain, Internal for any
// other error, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}
