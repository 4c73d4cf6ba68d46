package people

import "slices"

// Role is what a mandate makes of a person.
type Role string

// The roles, from the widest to the narrowest. What each may do is in [Rights].
const (
	Administrator Role = "administrator" // keeps the installation, or a part of it, in order
	Coordinator   Role = "coordinator"   // leads the digital policy of a territory
	President     Role = "president"     // of a local digital council
	Secretary     Role = "secretary"     // of a local digital council
	Member        Role = "member"        // of a local digital council
	Signatory     Role = "signatory"     // signs for an organisation
	Mediator      Role = "mediator"      // helps people with digital services
	Contributor   Role = "contributor"   // writes and corrects
	Observer      Role = "observer"      // reads what the others prepare
)

// Roles are all roles, in the order in which they are shown.
var Roles = []Role{Administrator, Coordinator, President, Secretary, Member, Signatory, Mediator, Contributor, Observer}

// PublicRoles are those whose holders are named to everyone: the functions by which
// somebody acts for a territory in public. Those who help, write, read or keep the
// installation in order are not.
var PublicRoles = []Role{Coordinator, President, Secretary, Member, Signatory}

// Public says whether r is one of [PublicRoles].
func (r Role) Public() bool { return slices.Contains(PublicRoles, r) }

// Known says whether r is one of [Roles].
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// gives says which mandates a role gives, ends and hands over within its own scope.
var gives = map[Role][]Role{
	Administrator: Roles,
	Coordinator:   {President, Secretary, Member, Signatory, Mediator, Contributor, Observer},
	President:     {Secretary, Member},
}

// Gives says which roles the holder of r may give to others, within the scope of their mandate.
func (r Role) Gives() []Role { return slices.Clone(gives[r]) }
