package fault

import "errors"

// Split lays apart the errors that err joins, at any depth: the faults that mine
// accepts, in order, and the rest, joined if they are several; nil if there is none.
func Split(err error, mine func(*Error) bool) (faults []*Error, rest error) {
	var others []error
	var walk func(error)
	walk = func(err error) {
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range many.Unwrap() {
				walk(e)
			}
			return
		}
		if e, ok := errors.AsType[*Error](err); ok && mine(e) {
			faults = append(faults, e)
		} else if err != nil {
			others = append(others, err)
		}
	}
	walk(err)
	if len(others) == 1 {
		return faults, others[0]
	}
	return faults, errors.Join(others...)
}

// Mendable says whether whoever sent the input can mend it and send it again.
func Mendable(e *Error) bool { return e.Code == Invalid || e.Code == Conflict }
