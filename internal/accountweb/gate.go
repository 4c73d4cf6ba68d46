package accountweb

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

// Gate finds who makes a request and keeps routes to whom they are open.
type Gate struct {
	Kit    *web.Renderer // set once made: it needs the gate's guard
	Store  people.Store
	Covers people.Covers
	Now    func() time.Time
	Zone   *time.Location // where days begin
	Unread func(ctx context.Context, person string) (int, error)
}

// The cookies of accounts: of the session, and of the device, by which one that signed
// in before is known.
const (
	sessionCookie = "bassin_session"
	deviceCookie  = "bassin_device"
)

// cookieName is how a cookie is named to this reader: the prefix makes browsers refuse
// one set by another host or without https.
func (g *Gate) cookieName(r *http.Request, name string) string {
	if g.Kit.Secure(r) {
		return "__Host-" + name
	}
	return name
}

// cookie is one of them as it is set: no script reads it, no other site sends it with a form.
func (g *Gate) cookie(r *http.Request, name, value string) *http.Cookie {
	return &http.Cookie{Name: g.cookieName(r, name), Value: value, Path: "/", HttpOnly: true, Secure: g.Kit.Secure(r), SameSite: http.SameSiteLaxMode}
}

// set gives a cookie for that many seconds, or takes it back where age is below zero.
func (g *Gate) set(w http.ResponseWriter, r *http.Request, name, value string, age int) {
	c := g.cookie(r, name, value)
	c.MaxAge = age
	http.SetCookie(w, c)
}

// Seat puts the actor of each request in its context. A session that cannot be
// looked up, because the database is away, makes a visitor: public pages go on.
func (g *Gate) Seat(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie(g.cookieName(r, sessionCookie))
		if err != nil || c.Value == "" || len(c.Value) > 100 {
			next.ServeHTTP(w, r)
			return
		}
		now := g.Now()
		a, err := g.Store.Seated(r.Context(), people.HashToken(c.Value), now, people.DateOf(now, g.Zone))
		switch {
		case err == nil:
			a.Covers = g.Covers
			if now.Sub(a.Session.SeenAt).Abs() > 5*time.Minute {
				_ = g.Store.Touch(r.Context(), a.Session.ID, now) // shown to its owner only; the next request tries again
			}
			r = r.WithContext(people.WithActor(r.Context(), &a))
		case fault.CodeOf(err) == fault.NotFound:
			g.forget(w, r)
		default:
			r = r.WithContext(context.WithValue(r.Context(), unknownKey{}, err))
		}
		next.ServeHTTP(w, r)
	})
}

// unknownKey marks a request whose session could not be looked up.
type unknownKey struct{}

// Guard implements [web.Guard].
func (g *Gate) Guard(route web.Route, next web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err, ok := r.Context().Value(unknownKey{}).(error); ok {
			return err
		}
		a := people.Of(r.Context())
		if !a.Known() {
			return g.signIn(w, r)
		}
		if route.Who == web.Granted {
			d := a.MaySomewhere(route.Action)
			if d.Why == people.SecondFactor && r.Method == http.MethodGet {
				return g.send(w, r, "/connexion/second-facteur")
			}
			if err := d.Err(); err != nil {
				return err
			}
		}
		return next(w, r)
	}
}

// signIn sends a reader to the sign-in page, which leads back. What a form sent
// without a session cannot be kept: it gets the error.
func (g *Gate) signIn(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return people.Of(r.Context()).RequireSomeone()
	}
	return g.send(w, r, "/connexion")
}

func (g *Gate) send(w http.ResponseWriter, r *http.Request, to string) error {
	return g.Kit.Redirect(w, r, to+"?retour="+url.QueryEscape(g.Kit.Asked(r)), http.StatusSeeOther)
}

// Open gives the device the session that has begun, and by what it is known again.
func (g *Gate) Open(w http.ResponseWriter, r *http.Request, in people.Entered) {
	c := g.cookie(r, sessionCookie, in.Token)
	if in.Keep { // otherwise it ends with the browser
		c.Expires = in.Session.ExpiresAt
	}
	http.SetCookie(w, c)
	if in.Device == "" { // it has it already
		return
	}
	known := g.cookie(r, deviceCookie, in.Device)
	known.Expires = g.Now().AddDate(1, 1, 0)
	http.SetCookie(w, known)
}

// forget takes the cookie back.
func (g *Gate) forget(w http.ResponseWriter, r *http.Request) {
	g.set(w, r, sessionCookie, "", -1)
}

// administration are rights that open the administration, widest first.
var administration = []string{"admin.home", "admin.people"}

// Account is the reader as the layout shows them: nil for a visitor.
func (g *Gate) Account(ctx context.Context, _ *i18n.Localizer) *web.Account {
	a := people.Of(ctx)
	if !a.Known() {
		return nil
	}
	out := &web.Account{Name: a.Person.Name}
	for _, action := range administration {
		if d := a.MaySomewhere(action); d.May || d.Why == people.SecondFactor {
			out.Links = append(out.Links, web.Link{Key: "account.nav.admin", Href: "/administration"})
			break
		}
	}
	if g.Unread != nil {
		out.Unread, _ = g.Unread(ctx, a.Person.ID) // a header without a count rather than no page
	}
	return out
}
