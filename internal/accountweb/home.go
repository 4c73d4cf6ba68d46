package accountweb

import (
	"net/http"
	"slices"

	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

// homeView is the overview of one's account.
type homeView struct {
	Name     string
	Done     *web.Notice
	Facts    web.Facts
	Held     []mandateView
	Past     []mandateView
	Ways     []wayView
	Add      web.Links
	Sessions []sessionView
	Others   int // sessions on other devices
}

// mandateView is a mandate as its holder reads it.
type mandateView struct {
	Role, Where, Href string
	When              string // from a day to a day, in words
	Act, ActHref      string
	Note              string
	Can               []string // what it lets do
}

// wayView is a way in.
type wayView struct {
	ID, Title, Text string
	Change          string // path, "" if there is nothing to change
	ChangeText      string // what it says, "" for the usual
	Drop            bool
}

// sessionView is a device that is signed in.
type sessionView struct {
	ID, Device, Method string
	Since, Seen        string
	Here               bool
}

// done are the things that pages lead back from, and their texts.
var done = map[string]string{
	"mot-de-passe": "account.done.password", "nom": "account.done.name", "adresse": "account.done.email",
	"adresse-demandee": "account.done.email_asked", "appareils": "account.done.sessions", "appareil": "account.done.session", "acces": "account.done.way", "lie": "account.done.linked", "mandat": "account.done.mandate",
}

func (p *Pages) home(w http.ResponseWriter, r *http.Request) error {
	ctx, l := r.Context(), p.Gate.Kit.Locale(r.Context())
	a := people.Of(ctx)
	v := &homeView{Name: a.Person.Name}
	if key := done[r.FormValue("fait")]; key != "" {
		v.Done = &web.Notice{Kind: web.Done, Text: l.T(key), Role: "status"}
	}
	v.Facts.Items = []web.Fact{
		{Term: l.T("account.field.name"), Text: a.Person.Name}, {Term: l.T("account.field.email"), Text: a.Person.Email},
		{Term: l.T("account.field.lang"), Text: l.T("account.lang." + a.Person.Lang)},
	}
	today := people.DateOf(p.Gate.Now(), p.Gate.Zone)
	mandates, err := p.Gate.Store.MandatesOf(ctx, a.Person.ID)
	if err != nil {
		return err
	}
	for _, m := range mandates {
		if m.Past(today) || m.NeverBegan() {
			v.Past = append(v.Past, p.mandate(r, l, a, m))
		} else {
			v.Held = append(v.Held, p.mandate(r, l, a, m))
		}
	}
	creds, err := p.Gate.Store.Credentials(ctx, a.Person.ID)
	if err != nil {
		return err
	}
	v.Ways = p.ways(l, creds)
	v.Add = web.Links{Label: l.T("account.way.add")}
	if !slices.ContainsFunc(creds, func(c people.Credential) bool { return c.Kind == people.TOTP }) {
		v.Add.Items = append(v.Add.Items, web.Anchor{Text: l.T("account.codes.title"), Href: "/mon-compte/code"})
	}
	if p.Accounts.HasPasskeys() {
		v.Add.Items = append(v.Add.Items, web.Anchor{Text: l.T("account.passkey.title"), Href: "/mon-compte/cle"})
	}
	for _, x := range p.names() {
		v.Add.Items = append(v.Add.Items, web.Anchor{Text: l.T("account.provider.link", x.Name), Href: "/mon-compte/fournisseur/" + x.Key})
	}
	sessions, err := p.Gate.Store.Sessions(ctx, a.Person.ID)
	if err != nil {
		return err
	}
	now := p.Gate.Now()
	for _, s := range sessions {
		if !people.Holds(s.CreatedAt, s.ExpiresAt, now) {
			continue
		}
		x := sessionView{ID: s.ID, Device: s.Device, Method: l.T("account.method." + s.Method), Since: l.Moment(s.CreatedAt), Seen: l.Moment(s.SeenAt), Here: s.ID == a.Session.ID}
		if x.Device == "" {
			x.Device = l.T("account.session.unknown")
		}
		if !x.Here {
			v.Others++
		}
		v.Sessions = append(v.Sessions, x)
	}
	return p.Gate.Kit.Page(w, r, &web.Page{Title: l.T("account.home.title"), Template: "account/home", View: v, NoIndex: true, Rights: lines(r, l)})
}

// mandate puts a mandate in words.
func (p *Pages) mandate(r *http.Request, l *i18n.Localizer, a *people.Actor, m people.Mandate) mandateView {
	v := mandateView{Role: i18n.Upper(l.T("people.role." + string(m.Role))), When: term(l, m, people.DateOf(p.Gate.Now(), p.Gate.Zone)), Act: m.Act, ActHref: m.ActHref}
	v.Where, v.Href = p.Where(r.Context(), l, m.Scope)
	if m.Past(people.DateOf(p.Gate.Now(), p.Gate.Zone)) || m.NeverBegan() {
		return v
	}
	for _, right := range people.Rights {
		if slices.Contains(right.Roles, m.Role) && (!right.Whole || m.Scope == people.Everywhere) {
			v.Can = append(v.Can, l.T("people.right."+right.Name))
		}
	}
	if m.Role == people.Administrator && !a.Session.Strong {
		v.Note = l.T("account.mandate.strong")
	}
	return v
}

// term is how long a mandate holds, in words.
func term(l *i18n.Localizer, m people.Mandate, today people.Date) string {
	from, to := l.Day(string(m.From)), l.Day(string(m.To))
	switch {
	case m.NeverBegan():
		return l.T("account.mandate.never_began", from)
	case m.To != "":
		return l.T("account.mandate.from_to", from, to)
	case m.From > today:
		return l.T("account.mandate.to_come", from)
	}
	return l.T("account.mandate.from", from)
}

// ways are the ways in that somebody has, in words.
func (p *Pages) ways(l *i18n.Localizer, creds []people.Credential) []wayView {
	var out []wayView
	has := map[people.CredentialKind]bool{}
	alone := 0 // ways that open the account by themselves
	for _, c := range creds {
		if c.Kind == people.Password || c.Kind == people.Passkey || c.Kind == people.External {
			alone++
		}
	}
	for _, c := range creds {
		has[c.Kind] = true
		x := wayView{ID: c.ID, Title: way(l, c), Text: l.T("account.way.since", l.Date(c.CreatedAt)), Drop: alone > 1 || c.Kind == people.TOTP}
		if !c.UsedAt.IsZero() {
			x.Text = l.T("account.way.used", l.Date(c.CreatedAt), l.Moment(c.UsedAt))
		}
		switch c.Kind {
		case people.Password:
			x.Change = "/mon-compte/mot-de-passe"
		case people.TOTP:
			x.Change, x.ChangeText = "/mon-compte/code", l.T("account.way.totp_change")
		case people.Recovery:
			x.Change, x.ChangeText, x.Drop = "/mon-compte/secours", l.T("account.recovery.renew_button"), false
			x.Text = l.T("account.way.recovery_text", people.RecoveryLeft(c), l.Date(c.CreatedAt))
		}
		out = append(out, x)
	}
	if !has[people.Password] {
		out = append(out, wayView{Title: l.T("account.way.password"), Text: l.T("account.way.no_password"), Change: "/mon-compte/mot-de-passe"})
	}
	if p.Accounts.CanMail() {
		out = append(out, wayView{Title: l.T("account.way.link"), Text: l.T("account.way.link_text")})
	}
	return out
}

// way is a way in, in words.
func way(l *i18n.Localizer, c people.Credential) string {
	name := l.T("account.way." + string(c.Kind))
	if c.Label != "" {
		name += " – " + c.Label
	}
	return name
}

// rightsView is the table of who may do what.
type rightsView struct {
	Known bool
	Rows  []rightRow
	Roles []roleView
}

type rightRow struct{ What, Who, Why string }

type roleView struct {
	Name  string
	Can   []string
	Whole []string // only with a mandate over the whole installation
	Gives string
}

func (p *Pages) rights(w http.ResponseWriter, r *http.Request) error {
	l, a := p.Gate.Kit.Locale(r.Context()), people.Of(r.Context())
	v := &rightsView{Known: a.Known()}
	for _, right := range people.Rights {
		row := rightRow{What: l.T("people.right." + right.Name), Who: right.Who(l)}
		if a.Known() {
			row.Why = a.MaySomewhere(right.Name).In(l)
		}
		v.Rows = append(v.Rows, row)
	}
	for _, role := range people.Roles {
		x := roleView{Name: i18n.Upper(l.T("people.role." + string(role)))}
		for _, right := range people.Rights {
			if !slices.Contains(right.Roles, role) {
				continue
			}
			text := l.T("people.right." + right.Name)
			if right.Whole {
				x.Whole = append(x.Whole, text)
			} else {
				x.Can = append(x.Can, text)
			}
		}
		var gives []string
		for _, g := range role.Gives() {
			gives = append(gives, l.T("people.role."+string(g)))
		}
		if len(gives) > 0 {
			x.Gives = l.T("account.rights.gives", l.List(gives))
		}
		v.Roles = append(v.Roles, x)
	}
	return p.Gate.Kit.Page(w, r, &web.Page{Title: l.T("account.rights.title"), Description: l.T("account.rights.description"), Template: "account/rights", View: v})
}
