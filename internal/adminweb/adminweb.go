package adminweb

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"bassin/internal/audit"
	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/people"
	"bassin/internal/setting"
	"bassin/internal/web"
)

// Pages are the pages of the administration.
type Pages struct {
	Kit       *web.Renderer
	Now       func() time.Time
	Zone      *time.Location // of days and times as people write them
	People    *people.Directory
	Mandates  *people.Mandates
	Covers    people.Covers
	Invited   Invited
	Places    Places
	Record    audit.Store
	Settings  setting.Store
	Secrets   setting.Secrets
	Outbox    job.Outbox
	Keeper    job.Keeper
	Schedules job.Schedules
	Desk      *job.Desk
	Server    Server
	// MoreSettings are settings that have pages of their own elsewhere: a catalogue key,
	// whose .text says more, and a path.
	MoreSettings []web.Link
	Files        Files         // attachments: the logo
	Given        setting.Site  // what the command line says of the installation: nobody can change it here
	GivenMail    *setting.Mail // the mail server that the command line gives; nil for none
	// TryMail sends a test by the server in use; its *fault.Error says why none left, and
	// what the server said.
	TryMail   func(ctx context.Context, to string, lang i18n.Lang) error
	Refreshed func(context.Context) error // reads the settings that are in use again; nil for nothing
}

// Invited is what these pages ask of invitations that nobody has taken up yet.
type Invited interface {
	Invitations(ctx context.Context, a *people.Actor) ([]people.Invited, error)
	InvitationOf(ctx context.Context, a *people.Actor, id string) (people.Invited, error)
	MayManage(ctx context.Context, a *people.Actor, v people.Invited) error
	Withdraw(ctx context.Context, a *people.Actor, id string) (people.Invited, error)
}

//go:embed admin/*.html
var files embed.FS

// Templates are the templates of these pages.
func Templates() web.Templates {
	sub, err := fs.Sub(files, "admin")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return web.Templates{Room: "admin", Files: sub, Examples: examples()}
}

// Routes are the ways in.
func (p *Pages) Routes() []web.Route {
	routes := slices.Concat(p.homeRoutes(), p.peopleRoutes(), p.invitedRoutes(), p.mandateRoutes(), p.outboxRoutes(), p.dataRoutes(), p.healthRoutes(), p.settingRoutes(), p.auditRoutes(), p.taskRoutes())
	for i := range routes {
		routes[i].Who = web.Granted
	}
	return routes
}

func get(pattern, action string, h web.Handler) web.Route {
	return web.Route{Method: http.MethodGet, Pattern: "/administration" + pattern, Action: action, Handler: h}
}

func post(pattern, action string, h web.Handler) web.Route {
	return web.Route{Method: http.MethodPost, Pattern: "/administration" + pattern, Action: action, Handler: h}
}
