package accountweb

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"net/netip"
	"sync"

	"bassin/internal/audit"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/setting"
	"bassin/internal/web"
)

//go:embed templates/*.html
var files embed.FS

// Pages are the pages of one's account.
type Pages struct {
	Gate     *Gate
	Accounts *people.Accounts
	Settings Settings
	Codes    Codes
	Site     func() web.Site
	Proxies  []netip.Prefix // whose word on where a request comes from is taken
	Base     func() string  // address with which links begin that are copied
	// Where says a scope in words, with the path of its page.
	Where func(ctx context.Context, l *i18n.Localizer, s people.Scope) (name, href string)
	// Find is the id of the territory that was typed; an error in the field "territory" if none is meant, or several.
	Find func(ctx context.Context, l *i18n.Localizer, typed string) (string, error)
	// Changed takes new settings up at once.
	Changed func(context.Context) error
	// Try sends a mail through a server.
	Try func(ctx context.Context, m setting.Mail, password, to string, lang i18n.Lang) error
	// Files keeps the logo.
	Files Files
	// Fixed says which settings the command line gives: those are not for the set-up page.
	Fixed Fixed

	undeclared sync.Once // said once that a proxy was not declared
}

// Settings keeps what the first set-up asks.
type Settings interface {
	setting.Store
	setting.Secrets
}

// Files is what the set-up asks of attachments.
type Files interface {
	// Panel is what a page shows of a subject's attachments.
	Panel(r *http.Request, subject, action string, failed error) (web.Files, error)
	// Receive keeps the file of a form, named file and described in alt.
	Receive(r *http.Request, by audit.Actor, subject string, public bool) error
	// Body is how many bytes such a form may take.
	Body() int64
}

// Fixed says what the command line gives.
type Fixed struct {
	Mail bool
}

// Templates are the templates of these pages.
func Templates() web.Templates {
	sub, err := fs.Sub(files, "templates")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return web.Templates{Room: "account", Files: sub, Examples: examples()}
}

// Routes are the ways in.
func (p *Pages) Routes() []web.Route {
	get := func(pattern, action string, who web.Who, h web.Handler) web.Route {
		return web.Route{Method: http.MethodGet, Pattern: pattern, Action: action, Who: who, Handler: private(h)}
	}
	post := func(pattern, action string, who web.Who, h web.Handler) web.Route {
		return web.Route{Method: http.MethodPost, Pattern: pattern, Action: action, Who: who, Handler: private(h)}
	}
	return []web.Route{
		get("/connexion", "account.sign_in", web.Everyone, p.signInPage),
		post("/connexion", "account.sign_in.do", web.Everyone, p.signIn),
		post("/deconnexion", "account.sign_out", web.SignedIn, p.signOut),
		get("/connexion/second-facteur", "account.second", web.SignedIn, p.secondPage),
		post("/connexion/second-facteur", "account.second.do", web.Everyone, p.second),
		post("/connexion/cle/debut", "account.passkey.begin", web.Everyone, p.beginPasskeySignIn),
		post("/connexion/cle", "account.passkey.use", web.Everyone, p.usePasskey),
		get("/connexion/fournisseur/{key}", "account.provider", web.Everyone, p.leave),
		{Method: http.MethodGet, Pattern: "/connexion/fournisseur/{key}/retour", Action: "account.provider.back", Who: web.Everyone, Single: true, Handler: private(p.arrive)},
		get("/mon-compte/fournisseur/{key}", "account.provider.link", web.SignedIn, p.linkProviderPage),
		post("/mon-compte/fournisseur/{key}", "account.provider.link.do", web.SignedIn, p.linkProvider),
		get("/connexion/lien", "account.link", web.Everyone, p.linkPage),
		post("/connexion/lien", "account.link.send", web.Everyone, p.sendLink),
		get("/connexion/lien/{token}", "account.link.open", web.Everyone, p.openLink),
		post("/connexion/lien/{token}", "account.link.use", web.Everyone, p.useLink),
		get("/inscription", "account.sign_up", web.Everyone, p.signUpPage),
		post("/inscription", "account.sign_up.do", web.Everyone, p.signUp),
		get("/verification/{token}", "account.verify", web.Everyone, p.verifyPage),
		post("/verification/{token}", "account.verify.do", web.Everyone, p.verify),
		get("/invitation/{token}", "account.invitation", web.Everyone, p.verifyPage),
		post("/invitation/{token}", "account.invitation.do", web.Everyone, p.verify),
		get("/mot-de-passe/oublie", "account.forgot", web.Everyone, p.forgotPage),
		post("/mot-de-passe/oublie", "account.forgot.do", web.Everyone, p.forgot),
		get("/mot-de-passe/nouveau/{token}", "account.reset", web.Everyone, p.resetPage),
		post("/mot-de-passe/nouveau/{token}", "account.reset.do", web.Everyone, p.reset),
		get("/mon-compte", "account.home", web.SignedIn, p.home),
		get("/mon-compte/mot-de-passe", "account.password", web.SignedIn, p.passwordPage),
		post("/mon-compte/mot-de-passe", "account.password.do", web.SignedIn, p.password),
		get("/mon-compte/nom", "account.name", web.SignedIn, p.namePage),
		post("/mon-compte/nom", "account.name.do", web.SignedIn, p.name),
		get("/mon-compte/adresse", "account.email", web.SignedIn, p.emailPage),
		post("/mon-compte/adresse", "account.email.do", web.SignedIn, p.email),
		get("/mon-compte/code", "account.codes", web.SignedIn, p.codesPage),
		post("/mon-compte/code", "account.codes.do", web.SignedIn, p.codes),
		get("/mon-compte/cle", "account.key", web.SignedIn, p.passkeyPage),
		post("/mon-compte/cle/debut", "account.key.begin", web.SignedIn, p.beginPasskey),
		post("/mon-compte/cle", "account.key.do", web.SignedIn, p.passkey),
		get("/mon-compte/secours", "account.recovery", web.SignedIn, p.renewPage),
		post("/mon-compte/secours", "account.recovery.do", web.SignedIn, p.renew),
		get("/mon-compte/acces/{id}", "account.way", web.SignedIn, p.dropPage),
		post("/mon-compte/acces/{id}", "account.way.drop", web.SignedIn, p.drop),
		post("/mon-compte/appareils", "account.sessions.end", web.SignedIn, p.endSessions),
		get("/administration/personnes/inviter", "person.invite", web.Granted, p.invitePage),
		post("/administration/personnes/inviter", "person.invite.do", web.Granted, p.invite),
		post("/administration/invitations/{id}/renvoyer", "person.invite.again", web.Granted, p.inviteAgain),
		get("/administration/personnes/{id}/mot-de-passe", "person.reset", web.Granted, p.resetOther),
		post("/administration/personnes/{id}/mot-de-passe", "person.reset.do", web.Granted, p.resetOther),
		get("/droits", "account.rights", web.Everyone, p.rights),
		get("/installation/{token}", "account.setup", web.Everyone, p.setupPage),
		{Method: http.MethodPost, Pattern: "/installation/{token}", Action: "account.setup.do", Who: web.Everyone, Body: p.Files.Body(), Handler: private(p.setup)},
		get("/installation/{token}/compte", "account.setup.account", web.Everyone, p.setupAccountPage),
		post("/installation/{token}/compte", "account.setup.account.do", web.Everyone, p.setupAccount),
	}
}

// private keeps a page out of every cache, and its address, which may hold a token,
// from the sites that it links to.
func private(next web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "same-origin")
		return next(w, r)
	}
}
