package cli

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/personal"
	"bassin/internal/setting"
	"bassin/internal/store"
)

type userCommands struct {
	Add     userAdd     `cmd:"" help:"Make an account, and the link by which its password is chosen."`
	List    userList    `cmd:"" help:"List accounts and their mandates of today."`
	Invite  userInvite  `cmd:"" help:"Make the link of an invitation."`
	Reset   userReset   `cmd:"" help:"Make the link by which somebody chooses a new password."`
	Grant   userGrant   `cmd:"" help:"Give a mandate."`
	End     userEnd     `cmd:"" help:"End a mandate."`
	Suspend userSuspend `cmd:"" help:"Keep somebody from signing in, and end their sessions."`
	Resume  userResume  `cmd:"" help:"Let somebody who was suspended sign in again."`
	Erase   userErase   `cmd:"" help:"Erase the personal data of an account for good."`
}

// desk is what commands about people work with.
type desk struct {
	Kept    kept   `embed:""`
	BaseURL string `env:"BASSIN_BASE_URL" help:"Public address with which links begin (${env})."`
}

// on runs a command on the database.
func (d desk) on(ctx context.Context, do func(ctx context.Context, db *store.DB, a *people.Accounts) error) (err error) {
	catalog, err := i18n.Load()
	if err != nil {
		return err
	}
	db, err := openExisting(ctx, catalog, "--store", d.Kept.dsn())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Migrate(ctx); err != nil {
		return said(catalog, "--store", err)
	}
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return err
	}
	a, err := newAccounts(db, db, scopesIn(db, d.Kept.Var).mandates(zone))
	if err != nil {
		return err
	}
	if err := do(ctx, db, a); err != nil {
		return said(catalog, "user", err)
	}
	return nil
}

// link is an address of the product, as whole as it is known.
func (d desk) link(ctx context.Context, db *store.DB, path string) string {
	base := d.BaseURL
	if base == "" {
		var set setting.Site
		if kept, err := db.Setting(ctx, setting.SiteName); err == nil && kept.Value != nil && json.Unmarshal(kept.Value, &set) == nil {
			base = set.BaseURL
		}
	}
	return cmp.Or(strings.TrimRight(base, "/"), "http://ADDRESS-OF-THE-SERVER") + path
}

// who finds a person by address or id.
func who(ctx context.Context, db *store.DB, name string) (people.Person, error) {
	if strings.Contains(name, "@") {
		p, err := db.PersonByEmail(ctx, people.EmailKey(name))
		if fault.CodeOf(err) == fault.NotFound {
			return p, fmt.Errorf("nobody has the address %s", name)
		}
		return p, err
	}
	return db.Person(ctx, name)
}

// mandate is a role in a scope, as commands take it.
type mandate struct {
	Role    string `help:"Role of the mandate: administrator, coordinator, president, secretary, member, signatory, mediator, contributor or observer."`
	Scope   string `help:"Where it holds: a territory such as bv:22113, organisation:ID, or nothing for the whole installation."`
	From    string `help:"First day, such as 2026-11-26; today without it."`
	To      string `help:"Last day; without it, no term."`
	Act     string `help:"Act on which it rests."`
	ActHref string `help:"Address where the act can be read."`
}

func (m mandate) grant() (people.Grant, error) {
	scope, err := people.ParseScope(m.Scope)
	if err != nil {
		catalog, none := i18n.Load()
		if none != nil {
			return people.Grant{}, none
		}
		return people.Grant{}, said(catalog, "--scope", err)
	}
	if m.Role != "" && !people.Role(m.Role).Known() {
		err = fmt.Errorf("--role %s: there is no such role", m.Role)
	}
	return people.Grant{Role: people.Role(m.Role), Scope: scope, From: people.Date(m.From), To: people.Date(m.To), Act: m.Act, ActHref: m.ActHref}, err
}

type userAdd struct {
	Desk          desk    `embed:""`
	Email         string  `required:"" help:"E-mail address of the account."`
	Name          string  `required:"" help:"Name of the person."`
	Lang          string  `enum:"fr,en" default:"fr" help:"Language of their mails: fr or en."`
	PasswordStdin bool    `help:"Read the password from the standard input instead of making a link."`
	Mandate       mandate `embed:""`
}

// Run makes the account.
func (c userAdd) Run(ctx context.Context, env Environment) error {
	g, err := c.Mandate.grant()
	if err != nil {
		return err
	}
	password := ""
	if c.PasswordStdin {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if password = strings.TrimRight(line, "\r\n"); password == "" {
			return errors.Join(errors.New("--password-stdin: a password is expected"), err)
		}
	}
	return c.Desk.on(ctx, func(ctx context.Context, db *store.DB, a *people.Accounts) error {
		p, err := a.Add(ctx, audit.Console("user add"), c.Name, c.Email, i18n.Lang(c.Lang), password)
		if err != nil {
			return err
		}
		fmt.Fprintf(env.Stdout, "%s  %s\n", p.ID, p.Email)
		if g.Role != "" {
			g.Person = p.ID
			if _, err := a.Mandates.GiveAs(ctx, audit.Console("user add"), "", g); err != nil {
				return err
			}
		}
		if password != "" {
			return nil
		}
		return c.Desk.resetLink(ctx, env, db, a, audit.Console("user add"), p)
	})
}

// resetLink prints the link by which somebody chooses a password.
func (d desk) resetLink(ctx context.Context, env Environment, db *store.DB, a *people.Accounts, by audit.Actor, p people.Person) error {
	token, err := a.ResetFor(ctx, by, p.ID)
	if err == nil {
		fmt.Fprintf(env.Stdout, "to choose a password, within 24 hours:\n  %s\n", d.link(ctx, db, "/mot-de-passe/nouveau/"+token))
	}
	return err
}

type userList struct {
	Desk desk `embed:""`
	JSON bool `help:"Write JSON, a person a line."`
}

// Run lists everybody.
func (c userList) Run(ctx context.Context, env Environment) error {
	return c.Desk.on(ctx, func(ctx context.Context, db *store.DB, a *people.Accounts) error {
		w := tabwriter.NewWriter(env.Stdout, 0, 4, 2, ' ', 0)
		after, today := "", a.Mandates.Today()
		for {
			page, err := db.People(ctx, people.PeopleQuery{On: today, After: after, Limit: 500})
			if err != nil {
				return err
			}
			for _, p := range page {
				mandates, err := db.MandatesOf(ctx, p.ID)
				if err != nil {
					return err
				}
				var held []string
				for _, m := range mandates {
					if m.Holds(today) {
						held = append(held, fmt.Sprintf("%s %s (%s)", m.Role, cmp.Or(m.Scope.String(), "everywhere"), m.ID))
					}
				}
				if c.JSON {
					if err := json.NewEncoder(env.Stdout).Encode(map[string]any{"id": p.ID, "email": p.Email, "name": p.Name, "state": p.State, "mandates": held}); err != nil {
						return err
					}
					continue
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.ID, p.Email, p.Name, p.State, strings.Join(held, ", "))
			}
			if len(page) < 500 {
				return w.Flush()
			}
			after = page[len(page)-1].ID
		}
	})
}

type userInvite struct {
	Desk    desk    `embed:""`
	Email   string  `required:"" help:"E-mail address to invite."`
	Name    string  `help:"Name of the person, if it is known."`
	Lang    string  `enum:"fr,en" default:"fr" help:"Language: fr or en."`
	Mandate mandate `embed:""`
}

// Run makes the invitation.
func (c userInvite) Run(ctx context.Context, env Environment) error {
	g, err := c.Mandate.grant()
	if err != nil {
		return err
	}
	return c.Desk.on(ctx, func(ctx context.Context, db *store.DB, a *people.Accounts) error {
		v := people.Invitation{Email: c.Email, Name: c.Name, Lang: i18n.Lang(c.Lang)}
		if g.Role != "" {
			v.Grant = &g
		}
		token, err := a.InviteAs(ctx, audit.Console("user invite"), v)
		if err == nil {
			fmt.Fprintf(env.Stdout, "give this link to %s, within 14 days:\n  %s\n", c.Email, c.Desk.link(ctx, db, "/invitation/"+token))
		}
		return err
	})
}

type userReset struct {
	Desk         desk   `embed:""`
	Who          string `arg:"" help:"Address or id of the person."`
	SecondFactor bool   `help:"Take their second factors away too: they lost them and their recovery codes."`
}

// Run makes the link.
func (c userReset) Run(ctx context.Context, env Environment) error {
	return c.Desk.on(ctx, func(ctx context.Context, db *store.DB, a *people.Accounts) error {
		p, err := who(ctx, db, c.Who)
		if err != nil {
			return err
		}
		if c.SecondFactor {
			if err := a.Unsecond(ctx, audit.Console("user reset"), p.ID); err != nil {
				return err
			}
		}
		return c.Desk.resetLink(ctx, env, db, a, audit.Console("user reset"), p)
	})
}

type userGrant struct {
	Desk    desk    `embed:""`
	Who     string  `arg:"" help:"Address or id of the person."`
	Mandate mandate `embed:""`
}

// Run gives the mandate.
func (c userGrant) Run(ctx context.Context, env Environment) error {
	g, err := c.Mandate.grant()
	if err != nil {
		return err
	}
	return c.Desk.on(ctx, func(ctx context.Context, db *store.DB, a *people.Accounts) error {
		p, err := who(ctx, db, c.Who)
		if err != nil {
			return err
		}
		g.Person = p.ID
		m, err := a.Mandates.GiveAs(ctx, audit.Console("user grant"), "", g)
		if err == nil {
			fmt.Fprintf(env.Stdout, "%s  %s %s from %s\n", m.ID, m.Role, cmp.Or(m.Scope.String(), "everywhere"), m.From)
		}
		return err
	})
}

type userEnd struct {
	Desk    desk   `embed:""`
	Mandate string `arg:"" help:"Id of the mandate, as user list prints it."`
	Last    string `help:"Last day, such as 2026-11-26; yesterday without it."`
	Reason  string `help:"Why it ends."`
}

// Run ends the mandate.
func (c userEnd) Run(ctx context.Context, env Environment) error {
	return c.Desk.on(ctx, func(ctx context.Context, _ *store.DB, a *people.Accounts) error {
		last := people.Date(c.Last)
		if last == "" {
			last = a.Mandates.Today().Before()
		}
		m, err := a.Mandates.EndAs(ctx, audit.Console("user end"), c.Mandate, last, c.Reason)
		if err == nil {
			fmt.Fprintf(env.Stdout, "%s  %s ends on %s\n", m.ID, m.Role, m.To)
		}
		return err
	})
}

type userSuspend struct {
	Desk desk   `embed:""`
	Who  string `arg:"" help:"Address or id of the person."`
}

// Run suspends.
func (c userSuspend) Run(ctx context.Context, env Environment) error {
	return suspend(ctx, env, c.Desk, c.Who, true)
}

type userResume struct {
	Desk desk   `embed:""`
	Who  string `arg:"" help:"Address or id of the person."`
}

// Run lets sign in again.
func (c userResume) Run(ctx context.Context, env Environment) error {
	return suspend(ctx, env, c.Desk, c.Who, false)
}

func suspend(ctx context.Context, env Environment, d desk, name string, suspended bool) error {
	return d.on(ctx, func(ctx context.Context, db *store.DB, a *people.Accounts) error {
		state, command := people.Active, "user resume"
		if suspended {
			state, command = people.Suspended, "user suspend"
		}
		p, err := who(ctx, db, name)
		if err != nil {
			return err
		}
		if err := a.Suspend(ctx, audit.Console(command), p.ID, suspended); err != nil {
			return err
		}
		fmt.Fprintf(env.Stdout, "%s is %s\n", p.Email, state)
		return nil
	})
}

type userErase struct {
	Desk desk   `embed:""`
	Who  string `arg:"" help:"Address or id of the person."`
	Yes  bool   `required:"" help:"Say that it is meant: nothing brings the data back."`
}

// Run erases.
func (c userErase) Run(ctx context.Context, env Environment) error {
	return c.Desk.on(ctx, func(ctx context.Context, db *store.DB, a *people.Accounts) error {
		p, err := who(ctx, db, c.Who)
		if err != nil {
			return err
		}
		if _, err := db.KeepErasures(ctx, erasureLog(c.Desk.Kept.Var)); err != nil {
			return err
		}
		own := &personal.Service{Store: db, Now: a.Now, Zone: a.Mandates.Zone}
		if err := own.Erase(ctx, audit.Console("user erase"), p.ID); err != nil {
			return err
		}
		fmt.Fprintf(env.Stdout, "%s was erased\n", p.ID)
		return nil
	})
}
