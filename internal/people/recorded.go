package people

import "bassin/internal/audit"

// Recorded is what the record keeps of a person, sealed with their key.
func (p Person) Recorded() audit.Values {
	own := func(v any) audit.Personal { return audit.Personal{Of: p.ID, Value: v} }
	return audit.Values{"name": own(p.Name), "email": own(p.Email), "lang": own(p.Lang), "state": string(p.State)}
}

// Subject is how the record names a person.
func (p Person) Subject() string { return "person:" + p.ID }

// Recorded is what the record keeps of a mandate. Who holds it is an id, which tells
// nothing once the person is erased.
func (m Mandate) Recorded() audit.Values {
	return audit.Values{
		"person": m.Person, "role": string(m.Role), "scope": m.Scope.String(), "from": string(m.From), "to": string(m.To),
		"given_by": m.GivenBy, "act": m.Act, "act_href": m.ActHref, "follows": m.Follows, "ended_by": m.EndedBy, "end_reason": m.EndReason,
	}
}

// Subject is how the record names a mandate.
func (m Mandate) Subject() string { return "mandate:" + m.ID }

// Recorded is what the record keeps of a way in: never what proves it.
func (c Credential) Recorded() audit.Values {
	return audit.Values{"kind": string(c.Kind), "label": audit.Personal{Of: c.Person, Value: c.Label}}
}
