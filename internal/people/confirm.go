package people

import "context"

// Confirm makes sure, before something that cannot be undone, that it is still the
// person who sits there: by their password, or by a recent sign-in for those who have
// none. Errors of field "present".
func (s *Accounts) Confirm(ctx context.Context, a *Actor, password string) error {
	return s.confirm(ctx, a, password)
}
