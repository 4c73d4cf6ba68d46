package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"bassin/internal/accountweb"
	"bassin/internal/atlas"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/setting"
	"bassin/internal/signin"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
	"bassin/internal/web/naming"
)

// hashesAtOnce bounds the memory that people who sign in together take: 19 MB each.
const hashesAtOnce = 2

// newAccounts joins the rules of accounts to their parts. What needs the pages is
// joined once there are some.
func newAccounts(db people.Store, settings setting.Store, mandates *people.Mandates) (*people.Accounts, error) {
	passwords, err := signin.NewPasswords(signin.DefaultCost(), hashesAtOnce)
	if err != nil {
		return nil, err
	}
	return &people.Accounts{
		Store: db, Passwords: passwords, Codes: codes{}, Now: time.Now,
		Mandates: mandates,
		CanMail:  func() bool { return false },
		SiteName: func() string { return "Bassin" },
		SelfRegistration: func(ctx context.Context) (bool, error) {
			var set setting.Accounts
			kept, err := settings.Setting(ctx, setting.AccountsName)
			if err == nil && kept.Value != nil {
				err = json.Unmarshal(kept.Value, &set)
			}
			return set.SelfRegistration, err
		},
	}, nil
}

// accountPages joins the pages of accounts.
func (s *Server) accountPages(gate *accountweb.Gate, perimeters *atlas.Service) *accountweb.Pages {
	place := s.place(perimeters)
	s.accounts.Letter, s.accounts.CanMail = s.letters().AccountEvent, s.mail.can
	s.accounts.Passkeys = s.passkeysOf
	s.accounts.Covers = gate.Covers
	s.accounts.SiteName = func() string { return s.site.site().Name }
	return &accountweb.Pages{
		Gate: gate, Accounts: s.accounts, Settings: s.db, Site: s.site.site, Base: s.base, Proxies: s.command.Service.proxies(),
		Where: func(ctx context.Context, l *i18n.Localizer, in people.Scope) (name, href string) {
			name, href, err := place(ctx, l, in)
			if err != nil { // it exists no more
				return in.String(), ""
			}
			return name, href
		},
		Find: findTerritory, Codes: accountweb.Codes{NewSecret: signin.NewCodeSecret, Address: signin.CodeAddress, Draw: signin.QRCode},
		Changed: func(ctx context.Context) error {
			if err := s.site.refresh(ctx); err != nil {
				return err
			}
			return s.mail.refresh(ctx)
		},
		Try:   s.tryMail,
		Fixed: accountweb.Fixed{Mail: s.mail.given != nil},
	}
}

// placeName says a scope in words: what exists no more by its code.
func (s *Server) placeName(perimeters *atlas.Service) func(context.Context, *i18n.Localizer, people.Scope) string {
	place := s.place(perimeters)
	return func(ctx context.Context, l *i18n.Localizer, in people.Scope) string {
		name, _, err := place(ctx, l, in)
		if err != nil {
			return in.String()
		}
		return name
	}
}

// place says a scope in words, with the path of its page; fault.NotFound if there is none.
func (s *Server) place(perimeters *atlas.Service) func(context.Context, *i18n.Localizer, people.Scope) (string, string, error) {
	return func(ctx context.Context, l *i18n.Localizer, in people.Scope) (name, href string, err error) {
		switch {
		case in == people.Everywhere:
			return l.T("account.everywhere"), "", nil
		case in.Organisation != "":
			o, err := s.db.Organisation(ctx, in.Organisation)
			return o.Name, "", err
		}
		france := s.live.Load().France
		t, err := perimeters.Resolve(ctx, france, in.Territory.String())
		if err != nil {
			return "", "", err
		}
		return naming.Named(l, france, t), t.Path(), nil
	}
}

// findTerritory is the id of the territory that was typed, by its name or its code.
func findTerritory(ctx context.Context, l *i18n.Localizer, typed string) (string, error) {
	s := snapshot.FromContext(ctx)
	if id, ok := territory.ParseID(typed); ok {
		if _, ok := s.France.Territory(id); ok {
			return id.String(), nil
		}
	}
	same := func(a, b string) bool { return strings.Join(people.Fold(a), " ") == strings.Join(people.Fold(b), " ") }
	var exact []string
	var may []string
	for _, m := range s.Names.Search(typed, names.Options{Limit: 8}) {
		t, ok := s.France.Territory(m.ID)
		if !ok {
			continue
		}
		if named := naming.Named(l, s.France, t); same(named, typed) {
			exact = append(exact, m.ID.String())
		}
		may = append(may, fmt.Sprintf("%s (%s %s)", m.ID, naming.Kind(l, t), t.Name))
	}
	switch {
	case len(exact) == 1:
		return exact[0], nil
	case len(may) == 0:
		return "", fault.New(fault.Invalid, "account.setup.territory.none", typed).In("territory")
	}
	return "", fault.New(fault.Invalid, "account.setup.territory.several", strings.Join(may, " ; ")).In("territory")
}

// announceSetup prints the link of the first set-up while nobody administers.
func (s *Server) announceSetup(ctx context.Context) error {
	token, err := s.accounts.NewSetup(ctx)
	if err != nil || token == "" {
		return err
	}
	fmt.Fprintf(s.out, "Nobody administers this installation yet. Open this link within 24 hours to set it up:\n  %s/installation/%s\n", s.base(), token)
	return nil
}

// base is the address by which links reach the server.
func (s *Server) base() string {
	if b := s.site.site().BaseURL; b != "" {
		return b
	}
	return "http://" + s.Address()
}

// codes joins one-time and recovery codes.
type codes struct{}

func (codes) Check(secret, code string, now time.Time, last int64) (int64, bool) {
	return signin.CheckCode(secret, code, now, last)
}
func (codes) NewRecovery() (plain, hashes []string) { return signin.NewRecoveryCodes() }
func (codes) CheckRecovery(code string, hashes []string) int {
	return signin.CheckRecovery(code, hashes)
}

// passkeys joins the protocol of passkeys.
type passkeys struct{ *signin.Passkeys }

func (p passkeys) BeginRegistration(h people.Holder) (people.Ceremony, error) {
	c, err := p.Passkeys.BeginRegistration(holder(h))
	return people.Ceremony(c), err
}

func (p passkeys) Register(h people.Holder, kept, answer []byte) (people.KeptPasskey, error) {
	k, err := p.Passkeys.Register(holder(h), kept, answer)
	return people.KeptPasskey{ID: k.ID, Record: k.Record}, err
}

func (p passkeys) BeginSignIn() (people.Ceremony, error) {
	c, err := p.Passkeys.BeginSignIn()
	return people.Ceremony(c), err
}

func (p passkeys) SignIn(kept, answer []byte, find func([]byte) (people.Holder, error)) (people.Holder, people.KeptPasskey, error) {
	var found people.Holder
	_, k, err := p.Passkeys.SignIn(kept, answer, func(handle []byte) (h signin.Holder, err error) {
		if found, err = find(handle); err != nil {
			return h, err
		}
		return holder(found), nil
	})
	return found, people.KeptPasskey{ID: k.ID, Record: k.Record}, err
}

func holder(h people.Holder) signin.Holder {
	out := signin.Holder{Handle: h.Handle, Name: h.Name, Display: h.Display}
	for _, k := range h.Passkeys {
		out.Passkeys = append(out.Passkeys, signin.Passkey{ID: k.ID, Record: k.Record})
	}
	return out
}

// passkeysOf is the protocol for the address that the site has now; nil where none can
// be bound to it.
func (s *Server) passkeysOf() people.Passkeys {
	now := s.site.site()
	p, err := signin.NewPasskeys(now.Name, s.now, s.base())
	if err != nil {
		return nil
	}
	return passkeys{p}
}

// providers joins the protocol of OpenID Connect.
type providers struct{ *signin.Connect }

func (p providers) Names() (out []people.ProviderName) {
	for _, x := range p.Providers() {
		out = append(out, people.ProviderName{Key: x.Key, Name: x.Name})
	}
	return out
}

func (p providers) Begin(ctx context.Context, key string) (to string, kept []byte, err error) {
	d, err := p.Connect.Begin(ctx, key)
	return d.URL, d.Kept, err
}

func (p providers) Finish(ctx context.Context, key string, kept []byte, query url.Values) (people.Identity, error) {
	who, err := p.Connect.Finish(ctx, key, kept, query)
	return people.Identity{
		Issuer: who.Issuer, Subject: who.Subject, Email: who.Email, Verified: who.EmailVerified,
		Name: strings.TrimSpace(who.GivenName + " " + who.FamilyName), Strong: who.StrongAuth, SIRET: who.SIRET,
	}, err
}

// providersOf are those that the command line names; nil for none.
func (s *Server) providersOf() (people.Providers, error) {
	given, err := s.command.Connecting.providers()
	if err != nil || len(given) == 0 {
		return nil, err
	}
	callback := func(key string) string { return s.base() + "/connexion/fournisseur/" + key + "/retour" }
	return providers{signin.NewConnect(given, callback, s.now)}, nil
}
