package accountweb

import (
	"encoding/json"
	"html/template"
	"net/http"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/web"
)

// Codes makes the secret of an application's codes, and what shows it to the
// application: an address, drawn.
type Codes struct {
	NewSecret func() string
	Address   func(secret, site, account string) string
	Draw      func(text string) (string, error) // a picture in a data: address
}

// passkeyForm is a form that passkey.js sends.
type passkeyForm struct {
	Title, Text string
	Mode        string // create, get
	Action      string // paths in French words
	Begin       string
	Hidden      []web.Hidden
	Fields      []web.Field
	Button      string
}

// passkeySignIn is the form that signs in by a passkey, nil where passkeys don't work.
func (p *Pages) passkeySignIn(r *http.Request) *passkeyForm {
	if !p.Accounts.HasPasskeys() {
		return nil
	}
	l := p.Gate.Kit.Locale(r.Context())
	return &passkeyForm{
		Title: l.T("account.passkey.sign_in"), Text: l.T("account.passkey.sign_in_text"), Mode: "get",
		Action: "/connexion/cle", Begin: "/connexion/cle/debut", Hidden: kept(r), Fields: []web.Field{passkeyKeepField(l)}, Button: l.T("account.passkey.sign_in_button"),
	}
}

// begun answers the script: the token of a ceremony and what the browser needs.
func begun(w http.ResponseWriter, token string, options []byte) error {
	b, err := json.Marshal(map[string]any{"ceremony": token, "options": json.RawMessage(options)})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b) // a reader who leaves is no error
	return nil
}

func (p *Pages) beginPasskeySignIn(w http.ResponseWriter, r *http.Request) error {
	token, options, err := p.Accounts.BeginPasskeySignIn(r.Context())
	if err != nil {
		return err
	}
	return begun(w, token, options)
}

func (p *Pages) usePasskey(w http.ResponseWriter, r *http.Request) error {
	in, err := p.Accounts.UsePasskey(r.Context(), r.PostFormValue("ceremony"), r.PostFormValue("answer"), p.visit(r))
	if err != nil {
		return p.again(w, r, p.signInForm(r), gone(err))
	}
	return p.enter(w, r, in)
}

// gone makes of a ticket that is over something to say on a form.
func gone(err error) error {
	if fault.CodeOf(err) == fault.Gone {
		return fault.New(fault.Invalid, "people.ticket.gone").Because(err)
	}
	return err
}

func (p *Pages) secondForm(r *http.Request, token string) *form {
	l := p.Gate.Kit.Locale(r.Context())
	f := &form{
		Title: l.T("account.second.title"), Lead: []string{l.T("account.second.lead")}, Action: "/connexion/second-facteur", Button: l.T("account.second.button"), Hidden: kept(r),
		Groups:  fields(web.Field{Name: "code", Label: l.T("account.field.code"), Help: l.T("account.field.code_help"), Autocomplete: "one-time-code", Required: true}),
		Passkey: p.passkeySignIn(r),
	}
	if token != "" {
		f.Hidden = append(f.Hidden, web.Hidden{Name: "ticket", Value: token})
		f.Links = []web.Anchor{{Text: l.T("account.sign_in.back"), Href: with(r, "/connexion")}}
	}
	return f
}

// secondPage confirms who is there by a second factor, or leads to have one.
func (p *Pages) secondPage(w http.ResponseWriter, r *http.Request) error {
	a := people.Of(r.Context())
	if a.Session.Strong {
		http.Redirect(w, r, p.back(r), http.StatusSeeOther)
		return nil
	}
	creds, err := p.Gate.Store.Credentials(r.Context(), a.Person.ID)
	if err != nil {
		return err
	}
	if people.HasSecond(creds) {
		return p.page(w, r, p.secondForm(r, ""), http.StatusOK)
	}
	l := p.Gate.Kit.Locale(r.Context())
	f := &form{
		Title: l.T("account.second.none"), Lead: []string{l.T("account.second.none_lead"), l.T("account.second.none_how")},
		Links: []web.Anchor{{Text: l.T("account.codes.title"), Href: with(r, "/mon-compte/code"), Strong: true}},
	}
	if p.Accounts.HasPasskeys() {
		f.Links = append([]web.Anchor{{Text: l.T("account.passkey.title"), Href: with(r, "/mon-compte/cle"), Strong: true}}, f.Links...)
		f.Links[1].Strong = false
	}
	return p.page(w, r, f, http.StatusOK)
}

func (p *Pages) second(w http.ResponseWriter, r *http.Request) error {
	token, a := r.PostFormValue("ticket"), people.Of(r.Context())
	if token == "" && !a.Known() {
		return p.Gate.Kit.Redirect(w, r, with(r, "/connexion"), http.StatusSeeOther)
	}
	var in people.Entered
	var err error
	if token != "" {
		in, err = p.Accounts.Second(r.Context(), token, r.PostFormValue("code"), p.visit(r))
	} else {
		in, err = p.Accounts.Elevate(r.Context(), a, r.PostFormValue("code"), p.visit(r))
	}
	if fault.CodeOf(err) == fault.Gone { // too late: from the start
		return p.again(w, r, p.signInForm(r), gone(err))
	}
	if err != nil {
		return p.again(w, r, p.secondForm(r, token), err)
	}
	return p.enter(w, r, in)
}

func (p *Pages) codesForm(r *http.Request, secret string) (*form, error) {
	l, a := p.Gate.Kit.Locale(r.Context()), people.Of(r.Context())
	present, err := p.confirming(r)
	if err != nil {
		return nil, err
	}
	site := p.Site().Name
	picture, err := p.Codes.Draw(p.Codes.Address(secret, site, a.Person.Email))
	if err != nil {
		return nil, err
	}
	var spaced []string
	for i := 0; i < len(secret); i += 4 {
		spaced = append(spaced, secret[i:min(i+4, len(secret))])
	}
	return &form{
		Title: l.T("account.codes.title"), Lead: []string{l.T("account.codes.lead"), l.T("account.codes.apps")}, Action: "/mon-compte/code", Button: l.T("account.codes.button"),
		Hidden: append(kept(r), web.Hidden{Name: "secret", Value: secret}), Crumbs: within(l),
		//nolint:gosec // a data: address of our own drawing
		Picture: template.URL(picture), Key: strings.Join(spaced, " "),
		Groups: fields(append([]web.Field{{Name: "code", Label: l.T("account.field.first_code"), Help: l.T("account.field.first_code_help"), Autocomplete: "one-time-code", Required: true}}, present...)...),
	}, nil
}

func (p *Pages) codesPage(w http.ResponseWriter, r *http.Request) error {
	f, err := p.codesForm(r, p.Codes.NewSecret())
	if err != nil {
		return err
	}
	return p.page(w, r, f, http.StatusOK)
}

// sane says whether a secret is one that we made: base32 of at least 128 bits.
func sane(secret string) bool {
	return len(secret) >= 26 && len(secret) <= 64 && strings.Trim(secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

func (p *Pages) codes(w http.ResponseWriter, r *http.Request) error {
	secret := r.PostFormValue("secret")
	if !sane(secret) {
		secret = p.Codes.NewSecret()
	}
	f, err := p.codesForm(r, secret)
	if err != nil {
		return err
	}
	in, recovery, err := p.Accounts.AddCodes(r.Context(), people.Of(r.Context()), secret, r.PostFormValue("code"), r.PostFormValue("present"))
	if err != nil {
		return p.again(w, r, f, err)
	}
	p.Gate.Open(w, r, in)
	return p.recovery(w, r, recovery)
}

// recovery shows recovery codes, once, and leads on.
func (p *Pages) recovery(w http.ResponseWriter, r *http.Request, codes []string) error {
	if len(codes) == 0 {
		http.Redirect(w, r, p.back(r), http.StatusSeeOther)
		return nil
	}
	l := p.Gate.Kit.Locale(r.Context())
	return p.page(w, r, &form{Title: l.T("account.recovery.title"), Lead: []string{l.T("account.recovery.lead")}, Codes: codes, Next: p.back(r)}, http.StatusOK)
}

func (p *Pages) renewForm(r *http.Request) (*form, error) {
	l := p.Gate.Kit.Locale(r.Context())
	present, err := p.confirming(r)
	return &form{
		Title: l.T("account.recovery.renew"), Lead: []string{l.T("account.recovery.renew_lead")}, Action: "/mon-compte/secours", Button: l.T("account.recovery.renew_button"),
		Groups: fields(present...), Crumbs: within(l),
	}, err
}

func (p *Pages) renewPage(w http.ResponseWriter, r *http.Request) error {
	f, err := p.renewForm(r)
	if err != nil {
		return err
	}
	return p.page(w, r, f, http.StatusOK)
}

func (p *Pages) renew(w http.ResponseWriter, r *http.Request) error {
	f, err := p.renewForm(r)
	if err != nil {
		return err
	}
	codes, err := p.Accounts.NewRecovery(r.Context(), people.Of(r.Context()), r.PostFormValue("present"))
	if err != nil {
		return p.again(w, r, f, err)
	}
	return p.recovery(w, r, codes)
}

func (p *Pages) passkeyForm(r *http.Request) (*form, error) {
	l := p.Gate.Kit.Locale(r.Context())
	f := &form{Title: l.T("account.passkey.title"), Lead: []string{l.T("account.passkey.lead")}, Crumbs: within(l)}
	if !p.Accounts.HasPasskeys() {
		f.Lead = []string{l.T("people.passkey.off")}
		return f, nil
	}
	present, err := p.confirming(r)
	if err != nil {
		return nil, err
	}
	f.Passkey = &passkeyForm{
		Mode: "create", Action: "/mon-compte/cle", Begin: "/mon-compte/cle/debut", Hidden: kept(r), Button: l.T("account.passkey.button"),
		Fields: append([]web.Field{{Name: "label", Label: l.T("account.field.label"), Help: l.T("account.field.label_help")}}, present...),
	}
	return f, nil
}

func (p *Pages) passkeyPage(w http.ResponseWriter, r *http.Request) error {
	f, err := p.passkeyForm(r)
	if err != nil {
		return err
	}
	return p.page(w, r, f, http.StatusOK)
}

func (p *Pages) beginPasskey(w http.ResponseWriter, r *http.Request) error {
	token, options, err := p.Accounts.BeginPasskey(r.Context(), people.Of(r.Context()), r.PostFormValue("present"))
	if err != nil {
		return err
	}
	return begun(w, token, options)
}

func (p *Pages) passkey(w http.ResponseWriter, r *http.Request) error {
	in, recovery, err := p.Accounts.AddPasskey(r.Context(), people.Of(r.Context()), r.PostFormValue("ceremony"), r.PostFormValue("answer"), r.PostFormValue("label"))
	if err != nil {
		f, wrong := p.passkeyForm(r)
		if wrong != nil {
			return wrong
		}
		return p.again(w, r, f, gone(err))
	}
	p.Gate.Open(w, r, in)
	return p.recovery(w, r, recovery)
}

func (p *Pages) dropForm(r *http.Request) (*form, error) {
	l, a := p.Gate.Kit.Locale(r.Context()), people.Of(r.Context())
	creds, err := p.Gate.Store.Credentials(r.Context(), a.Person.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range creds {
		if c.ID != r.PathValue("id") || c.Kind == people.Recovery {
			continue
		}
		present, err := p.confirming(r)
		return &form{
			Title: l.T("account.drop.title"), Lead: []string{l.T("account.drop.lead", way(l, c))}, Action: "/mon-compte/acces/" + c.ID, Button: l.T("account.drop.button"),
			Groups: fields(present...), Crumbs: within(l), Links: []web.Anchor{{Text: l.T("account.drop.keep"), Href: "/mon-compte"}},
		}, err
	}
	return nil, fault.New(fault.NotFound, "people.second.none")
}

func (p *Pages) dropPage(w http.ResponseWriter, r *http.Request) error {
	f, err := p.dropForm(r)
	if err != nil {
		return err
	}
	return p.page(w, r, f, http.StatusOK)
}

func (p *Pages) drop(w http.ResponseWriter, r *http.Request) error {
	f, err := p.dropForm(r)
	if err != nil {
		return err
	}
	if err := p.Accounts.Drop(r.Context(), people.Of(r.Context()), r.PathValue("id"), r.PostFormValue("present")); err != nil {
		return p.again(w, r, f, err)
	}
	return p.done(w, r, "acces")
}
