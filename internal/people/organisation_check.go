package people

import (
	"cmp"
	"errors"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bassin/internal/fault"
	"bassin/internal/territory"
)

// The most letters that a field may hold, and territories an organisation may name.
const (
	mostName        = 200
	mostShort       = 40
	mostAddress     = 300
	mostWeb         = 300
	mostTerritories = 200
)

// Tidied is an organisation as it is kept: numbers without spaces, the SIREN read
// off the SIRET, texts without stray spaces, territories in order. One that names
// no territory acts in the commune of its address. The error joins a
// [fault.Error] for each field that is wrong; what was typed is returned as it is.
func (o Organisation) Tidied(f *territory.France) (Organisation, error) {
	typed := o
	var faults []error
	wrong := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	lines := func(field string, most int) {
		p := o.text(field)
		*p = tidy(*p)
		if utf8.RuneCountInString(*p) > most {
			wrong(fault.New(fault.Invalid, "organisation.too_long", most).In(field))
		}
	}
	if !o.Kind.Valid() {
		wrong(fault.New(fault.Invalid, "organisation.kind.choose").In("kind"))
	}
	lines("name", mostName)
	if o.Name == "" {
		wrong(fault.New(fault.Invalid, "organisation.name.missing").In("name"))
	}
	lines("short_name", mostShort)
	wrong(o.tidyNumbers())
	lines("address", mostAddress)
	wrong(o.tidyCommune(f))
	lines("email", mostWeb)
	if a, err := mail.ParseAddress(o.Email); o.Email != "" && (err != nil || a.Address != o.Email || a.Name != "") {
		wrong(fault.New(fault.Invalid, "organisation.email.form").In("email"))
	}
	lines("website", mostWeb)
	wrong(o.tidyWebsite())
	wrong(o.tidyTerritories(f))
	if o.State == "" {
		o.State = OrganisationActive
	}
	if o.State != OrganisationActive && o.State != OrganisationClosed {
		wrong(fault.New(fault.Invalid, "organisation.state.choose").In("state"))
	}
	if len(faults) > 0 {
		return typed, errors.Join(faults...)
	}
	o.Vintage = f.Vintage()
	return o, nil
}

func (o *Organisation) tidyNumbers() error {
	siren, e1 := ParseSIREN(o.SIREN)
	siret, e2 := ParseSIRET(o.SIRET)
	rna, e3 := ParseRNA(o.RNA)
	if e1 == nil && e2 == nil && siret != "" {
		if siren != "" && siren != siret[:9] {
			e2 = fault.New(fault.Invalid, "organisation.siret.differs", FormatNumber(siret[:9]), FormatNumber(siren)).In("siret")
		}
		siren = siret[:9]
	}
	if e3 == nil && rna != "" && o.Kind != KindAssociation {
		e3 = fault.New(fault.Invalid, "organisation.rna.kind").In("rna")
	}
	if err := errors.Join(e1, e2, e3); err != nil {
		return err
	}
	o.SIREN, o.SIRET, o.RNA = siren, siret, rna
	return nil
}

// tidyCommune checks that the commune exists. A postal code that no commune
// has is let through if its form is right: large bodies have their own (CEDEX).
func (o *Organisation) tidyCommune(f *territory.France) error {
	o.PostalCode, o.Commune = compact(o.PostalCode), strings.ToUpper(compact(o.Commune))
	var e1, e2 error
	if o.PostalCode != "" && !digits(o.PostalCode, 5) {
		e1 = fault.New(fault.Invalid, "organisation.postal_code.form").In("postal_code")
	}
	if o.Commune != "" {
		if now := f.Current(o.Commune); len(now) == 1 {
			o.Commune = now[0] // a commune that merged leads to today's
		}
		if _, ok := f.CommuneNumber(o.Commune); !ok {
			e2 = fault.New(fault.Invalid, "organisation.commune.unknown", o.Commune).In("commune")
		}
	}
	return errors.Join(e1, e2)
}

func (o *Organisation) tidyWebsite() error {
	if o.Website == "" {
		return nil
	}
	if !strings.Contains(o.Website, "://") {
		o.Website = "https://" + o.Website
	}
	u, err := url.Parse(o.Website)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || !strings.Contains(strings.Trim(u.Hostname(), "."), ".") {
		return fault.New(fault.Invalid, "organisation.website.form").In("website")
	}
	return nil
}

func (o *Organisation) tidyTerritories(f *territory.France) error {
	ids := slices.Clone(o.Territories)
	if len(ids) == 0 && o.Commune != "" {
		ids = []territory.ID{{Level: territory.Commune, Code: o.Commune}}
	}
	slices.SortFunc(ids, func(a, b territory.ID) int {
		return cmp.Or(cmp.Compare(slices.Index(territory.Levels, b.Level), slices.Index(territory.Levels, a.Level)), cmp.Compare(a.Code, b.Code))
	})
	ids = slices.Compact(ids)
	if len(ids) > mostTerritories {
		return fault.New(fault.Invalid, "organisation.territories.many", mostTerritories).In("territories")
	}
	for _, id := range ids {
		if _, ok := f.Territory(id); !ok {
			return fault.New(fault.Invalid, "organisation.territories.unknown", id.String()).In("territories")
		}
	}
	o.Territories = ids
	return nil
}

// tidy takes out control characters and doubled spaces; no name, address or link
// of an organisation has several lines. A non-breaking space alone stays.
func tidy(s string) string {
	var b strings.Builder
	gap := ""
	for _, r := range strings.ToValidUTF8(s, "") {
		switch {
		case unicode.IsSpace(r) && gap == "" && (r == '\u00a0' || r == '\u202f'):
			gap = string(r)
		case unicode.IsSpace(r):
			gap = " "
		case r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200d':
		default:
			if b.Len() > 0 {
				b.WriteString(gap)
			}
			gap = ""
			b.WriteRune(r)
		}
	}
	return b.String()
}
