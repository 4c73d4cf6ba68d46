package accountweb

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/setting"
	"bassin/internal/web"
)

// installation is what the first set-up asks before the administrator's account.
type installation struct {
	Site     setting.Site
	Accounts setting.Accounts
	Mail     setting.Mail
	Password string // of the mail server
	Shown    web.Files
}

// setting reads one setting into v.
func (p *Pages) setting(ctx context.Context, name string, v any) error {
	kept, err := p.Settings.Setting(ctx, name)
	if err != nil || kept.Value == nil {
		return err
	}
	return json.Unmarshal(kept.Value, v)
}

// installed is what is set so far.
func (p *Pages) installed(r *http.Request) (in installation, err error) {
	ctx := r.Context()
	if err = p.setting(ctx, setting.SiteName, &in.Site); err != nil {
		return in, err
	}
	if err = p.setting(ctx, setting.AccountsName, &in.Accounts); err != nil {
		return in, err
	}
	if err = p.setting(ctx, setting.MailName, &in.Mail); err != nil {
		return in, err
	}
	if in.Shown, err = p.Files.Panel(r, setting.LogoSubject, "", nil); err != nil {
		return in, err
	}
	in.Password, err = p.Settings.Secret(ctx, setting.MailName)
	if now := p.Site(); in.Site.Name == "" {
		in.Site.Name = now.Name
	}
	if in.Site.BaseURL == "" {
		scheme := "http://"
		if p.Gate.Kit.Secure(r) || r.Header.Get("X-Forwarded-Proto") == "https" {
			scheme = "https://"
		}
		in.Site.BaseURL = scheme + r.Host
	}
	return in, err
}

func (p *Pages) installForm(r *http.Request, in installation) *form {
	l := p.Gate.Kit.Locale(r.Context())
	text := func(name, value string) web.Field {
		return web.Field{Name: name, Label: l.T("account.setup." + name), Help: l.T("account.setup." + name + ".help"), Value: value}
	}
	name := text("name", in.Site.Name)
	name.Required = true
	base := text("base_url", in.Site.BaseURL)
	base.Required = true
	contact := text("contact", in.Site.Contact)
	contact.Type = "email"
	legal := text("legal", in.Site.Legal)
	legal.Type, legal.Rows = "textarea", 4
	f := &form{
		Upload: true, Title: l.T("account.setup.title"), Lead: []string{l.T("account.setup.lead")}, Action: "/installation/" + r.PathValue("token"), Button: l.T("account.setup.next"),
		Rights: held(l, l.T("account.line.setup")),
		Groups: []group{
			{Title: l.T("account.setup.site"), Fields: []web.Field{name, text("territory", p.named(r.Context(), l, in.Site.Territory)), base}},
			p.logoGroup(l, in),
			{Title: l.T("account.setup.legal_title"), Help: l.T("account.setup.legal_title.help"), Fields: []web.Field{
				text("publisher", in.Site.Publisher), text("address", in.Site.Address), text("director", in.Site.Director), text("host", in.Site.Host), contact, legal,
			}},
			{Title: l.T("account.setup.accounts"), Fields: []web.Field{{
				Name: "accounts", Label: l.T("account.setup.accounts_how"), Type: "radio", Required: true, Options: []web.Option{
					{Value: "invitation", Label: l.T("account.setup.accounts_invitation"), Chosen: !in.Accounts.SelfRegistration},
					{Value: "open", Label: l.T("account.setup.accounts_open"), Chosen: in.Accounts.SelfRegistration},
				},
			}}},
		},
	}
	if p.Fixed.Mail {
		f.Groups = append(f.Groups, group{Title: l.T("account.setup.mail"), Help: l.T("account.setup.mail_fixed")})
		return f
	}
	security := web.Field{Name: "security", Label: l.T("account.setup.security"), Type: "select", Required: true}
	for _, s := range []setting.MailSecurity{setting.StartTLS, setting.TLS, setting.Clear} {
		security.Options = append(security.Options, web.Option{Value: string(s), Label: l.T("account.setup.security." + string(s)), Chosen: in.Mail.Security == s})
	}
	port := text("port", "")
	if in.Mail.Port != 0 {
		port.Value = strconv.Itoa(in.Mail.Port)
	}
	password := text("mail_password", "")
	password.Type, password.Autocomplete = "password", "off"
	if in.Password != "" {
		password.Help = l.T("account.setup.mail_password.kept")
	}
	try := text("try_to", "")
	try.Type = "email"
	f.Groups = append(f.Groups, group{Title: l.T("account.setup.mail"), Help: l.T("account.setup.mail.help"), Fields: []web.Field{
		text("smtp_host", in.Mail.Host), security, port, text("smtp_user", in.Mail.User), password, text("from", in.Mail.From), try,
	}})
	f.Other = l.T("account.setup.try")
	return f
}

// logoGroup asks for the logo, and shows the one there is.
func (p *Pages) logoGroup(l *i18n.Localizer, in installation) group {
	g := group{Title: l.T("account.setup.logo"), File: &fileField{Name: "file", Label: l.T("account.setup.logo_file"), Help: l.T("account.setup.logo_file.help", p.Files.Body()>>20), Accept: "image/png,image/jpeg,image/webp,image/gif"}, Fields: []web.Field{
		{Name: "alt", Label: l.T("account.setup.logo_text"), Help: l.T("account.setup.logo_text.help"), Value: in.Site.LogoText},
	}}
	if in.Site.Logo != "" {
		g.Shown = web.Files{Items: in.Shown.Items[max(0, len(in.Shown.Items)-1):]}
		g.File.Label = l.T("account.setup.logo_other")
	}
	return g
}

// logo keeps the picture that came with the form, if one did. A file that is no picture
// is put in words by the rule of attachments, or refused here.
func (p *Pages) logo(r *http.Request, in *installation) error {
	if r.MultipartForm == nil || len(r.MultipartForm.File["file"]) == 0 || r.MultipartForm.File["file"][0].Size == 0 {
		in.Site.LogoText = strings.TrimSpace(r.PostFormValue("alt"))
		if in.Site.Logo == "" {
			in.Site.LogoText = ""
		}
		return nil
	}
	if !strings.HasPrefix(http.DetectContentType(firstBytes(r)), "image/") {
		return fault.New(fault.Invalid, "account.setup.logo_picture").In("file")
	}
	if err := p.Files.Receive(r, audit.System, setting.LogoSubject, true); err != nil {
		return err
	}
	files, err := p.Files.Panel(r, setting.LogoSubject, "", nil)
	if err != nil {
		return err
	}
	in.Shown = files
	in.Site.Logo, in.Site.LogoText = files.LastPicture()
	return setting.SetLogo(r.Context(), p.Settings, audit.System, in.Site.Logo, in.Site.LogoText)
}

// firstBytes are the beginning of the file of a form, by which its kind shows.
func firstBytes(r *http.Request) []byte {
	f, _, err := r.FormFile("file")
	if err != nil {
		return nil
	}
	defer f.Close()
	b := make([]byte, 512)
	n, _ := io.ReadFull(f, b)
	return b[:n]
}

// named is a territory as it is typed.
func (p *Pages) named(ctx context.Context, l *i18n.Localizer, id string) string {
	s, err := people.ParseScope(id)
	if err != nil || id == "" {
		return ""
	}
	name, _ := p.Where(ctx, l, s)
	return name
}

// renamed are fields whose name in the form is not that of the setting.
var renamed = map[string]string{"host": "smtp_host"}

// read takes what was sent into what is set. What is wrong comes with the field's name.
func (p *Pages) read(r *http.Request, in *installation) (wrong []error) {
	value := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	in.Site.Name, in.Site.Publisher, in.Site.Address, in.Site.Director = value("name"), value("publisher"), value("address"), value("director")
	in.Site.Host, in.Site.Contact, in.Site.Legal = value("host"), value("contact"), value("legal")
	in.Site.BaseURL = strings.TrimRight(value("base_url"), "/")
	in.Accounts.SelfRegistration = value("accounts") == "open"
	if in.Site.Name == "" {
		wrong = append(wrong, fault.New(fault.Invalid, "account.setup.name.missing").In("name"))
	}
	if in.Site.BaseURL == "" {
		wrong = append(wrong, fault.New(fault.Invalid, "setting.site.base_url").In("base_url"))
	}
	l := p.Gate.Kit.Locale(r.Context())
	switch typed := value("territory"); {
	case typed == "":
		in.Site.Territory = ""
	case typed != p.named(r.Context(), l, in.Site.Territory):
		id, err := p.Find(r.Context(), l, typed)
		if err != nil {
			wrong = append(wrong, err)
		}
		in.Site.Territory = id
	}
	wrong = append(wrong, in.Site.Check()...)
	if p.Fixed.Mail {
		return wrong
	}
	in.Mail = setting.Mail{Host: value("smtp_host"), Security: setting.MailSecurity(value("security")), User: value("smtp_user"), From: value("from")}
	if v := value("port"); v == "" {
		in.Mail.Port = in.Mail.Security.Port()
	} else {
		in.Mail.Port, _ = strconv.Atoi(v) // 0 is refused as any other wrong port
	}
	if v := r.PostFormValue("mail_password"); v != "" {
		in.Password = v
	}
	for _, err := range in.Mail.Check() {
		if e, ok := errors.AsType[*fault.Error](err); ok && renamed[e.Field] != "" {
			err = e.In(renamed[e.Field])
		}
		wrong = append(wrong, err)
	}
	if in.Mail.Host == "" {
		in.Mail, in.Password = setting.Mail{}, ""
	}
	return wrong
}

func (p *Pages) setupPage(w http.ResponseWriter, r *http.Request) error {
	if err := p.Accounts.MaySetUp(r.Context(), r.PathValue("token")); err != nil {
		return p.over(w, r, err, []string{p.Gate.Kit.Locale(r.Context()).T("account.over.setup")})
	}
	in, err := p.installed(r)
	if err != nil {
		return err
	}
	return p.page(w, r, p.installForm(r, in), http.StatusOK)
}

func (p *Pages) setup(w http.ResponseWriter, r *http.Request) error {
	ctx, token := r.Context(), r.PathValue("token")
	if err := p.Accounts.MaySetUp(ctx, token); err != nil {
		return p.over(w, r, err, []string{p.Gate.Kit.Locale(ctx).T("account.over.setup")})
	}
	if err := r.ParseMultipartForm(64 << 10); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return err
	}
	in, err := p.installed(r)
	if err != nil {
		return err
	}
	wrong := p.read(r, &in)
	if err := p.logo(r, &in); err != nil {
		wrong = append(wrong, err)
	}
	f := p.installForm(r, in).typed(r)
	if len(wrong) > 0 {
		return p.again(w, r, f, errors.Join(wrong...))
	}
	if err := p.install(ctx, in); err != nil {
		return err
	}
	if r.PostFormValue("essai") != "" {
		return p.try(w, r, f, in)
	}
	return p.Gate.Kit.Redirect(w, r, "/installation/"+token+"/compte", http.StatusSeeOther)
}

// try sends a mail by the server just set, and says how it went.
func (p *Pages) try(w http.ResponseWriter, r *http.Request, f *form, in installation) error {
	l, to := p.Gate.Kit.Locale(r.Context()), strings.TrimSpace(r.PostFormValue("try_to"))
	if in.Mail.Host == "" {
		f.wrong("smtp_host", l.T("account.setup.try_host"))
		return p.page(w, r, f, http.StatusBadRequest)
	}
	if people.CheckEmail(to) != nil {
		f.wrong("try_to", l.T("people.email.wrong"))
		return p.page(w, r, f, http.StatusBadRequest)
	}
	if err := p.Try(r.Context(), in.Mail, in.Password, to, l.Lang()); err != nil {
		why, ok := errors.AsType[*fault.Error](err)
		if !ok {
			return err
		}
		f.wrong("smtp_host", l.T("account.setup.try_failed", l.T(why.Key, why.Args...)))
		return p.page(w, r, f, http.StatusBadRequest)
	}
	f.Notices = append(f.Notices, web.Notice{Kind: web.Done, Text: l.T("account.setup.try_done", to), Role: "status"})
	return p.page(w, r, f, http.StatusOK)
}

// install keeps what was set. Whoever holds the link of the console is the console.
func (p *Pages) install(ctx context.Context, in installation) error {
	for _, s := range []struct {
		name  string
		value any
	}{{setting.SiteName, in.Site}, {setting.AccountsName, in.Accounts}, {setting.MailName, in.Mail}} {
		if s.name == setting.MailName && p.Fixed.Mail {
			continue
		}
		value, err := json.Marshal(s.value)
		if err != nil {
			return err
		}
		if _, err := p.Settings.UpdateSetting(ctx, audit.System, s.name, setting.Any, func(json.RawMessage) (json.RawMessage, error) { return value, nil }); err != nil {
			return err
		}
	}
	if !p.Fixed.Mail {
		if err := p.Settings.SetSecret(ctx, audit.System, setting.MailName, in.Password); err != nil {
			return err
		}
	}
	return p.Changed(ctx)
}

func (p *Pages) setupAccountForm(r *http.Request) *form {
	l := p.Gate.Kit.Locale(r.Context())
	return &form{
		Title: l.T("account.setup.account"), Lead: []string{l.T("account.setup.account_lead")}, Action: "/installation/" + r.PathValue("token") + "/compte", Button: l.T("account.setup.finish"),
		Rights: held(l, l.T("account.line.setup")),
		Groups: fields(nameField(l, ""), emailField(l, ""), newPasswordField(l), keepField(l)),
		Links:  []web.Anchor{{Text: l.T("account.setup.back"), Href: "/installation/" + r.PathValue("token")}},
	}
}

func (p *Pages) setupAccountPage(w http.ResponseWriter, r *http.Request) error {
	if err := p.Accounts.MaySetUp(r.Context(), r.PathValue("token")); err != nil {
		return p.over(w, r, err, []string{p.Gate.Kit.Locale(r.Context()).T("account.over.setup")})
	}
	return p.page(w, r, p.setupAccountForm(r), http.StatusOK)
}

func (p *Pages) setupAccount(w http.ResponseWriter, r *http.Request) error {
	in, err := p.Accounts.SetUp(r.Context(), r.PathValue("token"), r.PostFormValue("name"), r.PostFormValue("email"), r.PostFormValue("password"), p.visit(r))
	if fault.CodeOf(err) == fault.Gone {
		return p.over(w, r, err, []string{p.Gate.Kit.Locale(r.Context()).T("account.over.setup")})
	}
	if err != nil {
		return p.again(w, r, p.setupAccountForm(r).typed(r), err)
	}
	p.Gate.Open(w, r, in)
	// Administering asks for a second factor: better now than at the first need.
	return p.Gate.Kit.Redirect(w, r, "/connexion/second-facteur?retour="+url.QueryEscape(p.Gate.Kit.Href(p.Gate.Kit.Locale(r.Context()).Lang(), "/administration")), http.StatusSeeOther)
}
