package people

import (
	"slices"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/i18n"
)

// Right says who may do one thing: the holders of a mandate of one of these roles
// whose scope holds the thing. It covers the actions of its name and those below it:
// organisation.create covers organisation.create.form.
type Right struct {
	Name  string
	Roles []Role
	Whole bool // a mandate over the whole installation only
}

// Rights is the one table of who may do what. What is not in it needs no mandate
// (reading what is public, one's own account) or nobody may do it. A row's words are the
// catalogue key people.right.NAME.
var Rights = []Right{
	{Name: "admin.home", Roles: []Role{Administrator, Coordinator, President}},
	{Name: "admin.people", Roles: []Role{Administrator, Coordinator}},
	{Name: "admin.mandates", Roles: []Role{Administrator, Coordinator, President}},
	{Name: "person.invite", Roles: []Role{Administrator, Coordinator}},
	{Name: "person.reset", Roles: []Role{Administrator}, Whole: true},
	{Name: "person.suspend", Roles: []Role{Administrator}, Whole: true},
	{Name: "person.erase", Roles: []Role{Administrator}, Whole: true},
	{Name: "mandate.give", Roles: []Role{Administrator, Coordinator, President}},
	{Name: "mandate.end", Roles: []Role{Administrator, Coordinator, President}},
	{Name: "mandate.handover", Roles: []Role{Administrator, Coordinator, President}},
	{Name: "organisation.create", Roles: []Role{Administrator, Coordinator}},
	{Name: "organisation.update", Roles: []Role{Administrator, Coordinator, Signatory}},
	{Name: "organisation.merge", Roles: []Role{Administrator}},
	{Name: "commons.review", Roles: []Role{Administrator, Coordinator}},
	{Name: "adoption.declare", Roles: []Role{Administrator, Coordinator, President, Secretary, Member, Signatory, Mediator, Contributor}},
	{Name: "commons.join", Roles: []Role{Administrator, Coordinator, President, Secretary, Member, Signatory, Mediator, Contributor}},
	{Name: "report", Roles: []Role{Administrator, Coordinator}},
	{Name: "media.add", Roles: []Role{Administrator, Coordinator, President, Secretary, Member, Signatory, Mediator, Contributor}},
	{Name: "setting", Roles: []Role{Administrator}, Whole: true},
	{Name: "outbox", Roles: []Role{Administrator}, Whole: true},
	{Name: "task", Roles: []Role{Administrator}, Whole: true},
	{Name: "audit", Roles: []Role{Administrator}, Whole: true},
	{Name: "health", Roles: []Role{Administrator}, Whole: true},
	{Name: "harvest", Roles: []Role{Administrator}, Whole: true},
	{Name: "data.manage", Roles: []Role{Administrator}, Whole: true},
}

// RightOf finds the right that covers an action.
func RightOf(action string) (Right, bool) {
	var best Right
	for _, r := range Rights {
		if (action == r.Name || strings.HasPrefix(action, r.Name+".")) && len(r.Name) > len(best.Name) {
			best = r
		}
	}
	return best, best.Name != ""
}

// Why says on what a [Decision] rests.
type Why string

const (
	ByMandate    Why = "mandate"     // a mandate grants it
	NoAccount    Why = "no_account"  // nobody is signed in
	NoMandate    Why = "no_mandate"  // none of the person's mandates has the role
	OutOfScope   Why = "scope"       // a mandate has the role, elsewhere
	SecondFactor Why = "strong"      // a mandate would grant it once a second factor is shown
	NotInTable   Why = "not_granted" // nobody may
)

// Decision is the answer to "may they": yes or no, and why.
type Decision struct {
	May     bool
	Why     Why
	Right   Right
	Mandate Mandate // that grants it, or would
}

// Err is nil if they may, else the fault to answer with.
func (d Decision) Err() error {
	switch {
	case d.May:
		return nil
	case d.Why == NoAccount:
		return fault.New(fault.Unauthenticated, "people.may.no_account")
	}
	return fault.New(fault.Forbidden, "people.refused."+string(d.Why))
}

// Who says in words who has the right, as a line of a list.
func (r Right) Who(l *i18n.Localizer) string { return i18n.Upper(r.who(l)) }

func (r Right) who(l *i18n.Localizer) string {
	names := make([]string, len(r.Roles))
	for i, role := range r.Roles {
		names[i] = l.T("people.roles." + string(role))
	}
	if r.Whole {
		return l.T("people.may.who_whole", l.List(names))
	}
	return l.List(names)
}

// grants says whether a role has the right, whatever the scope.
func (r Right) grants(role Role) bool { return slices.Contains(r.Roles, role) }
