package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"bassin/internal/fault"
)

const themeCookie = "apparence"

// themeOf reads the reader's choice: light, dark, or "" for the system's.
func themeOf(r *http.Request) string {
	if c, err := r.Cookie(themeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return ""
}

// Routes are the routes of the kit itself: assets, the choice of appearance and
// the design system.
func (k *Renderer) Routes() []Route {
	return []Route{
		{Method: http.MethodGet, Pattern: "/assets/{file}", Action: "web.asset", Who: Everyone, Handler: k.asset, Single: true},
		{Method: http.MethodPost, Pattern: "/apparence", Action: "web.appearance", Who: Everyone, Handler: k.appearance},
		{Method: http.MethodGet, Pattern: "/design", Action: "web.design", Who: Everyone, Handler: k.design},
	}
}

func (k *Renderer) asset(w http.ResponseWriter, r *http.Request) error {
	if !k.assets.Serve(w, r, r.PathValue("file")) {
		return fault.New(fault.NotFound, "web.error.address")
	}
	return nil
}

// appearance keeps the reader's choice of colours in a cookie of one year.
func (k *Renderer) appearance(w http.ResponseWriter, r *http.Request) error {
	c := &http.Cookie{Name: themeCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	switch v := r.PostFormValue("theme"); v {
	case "light", "dark":
		c.Value, c.MaxAge = v, int((365 * 24 * time.Hour).Seconds())
	case "auto":
		c.MaxAge = -1
	default:
		return fault.New(fault.Invalid, "web.error.400.text")
	}
	c.Secure = k.Secure(r)
	http.SetCookie(w, c)
	http.Redirect(w, r, k.Inside(r, r.PostFormValue("back")), http.StatusSeeOther)
	return nil
}

// Secure says whether cookies may be kept to https.
func (k *Renderer) Secure(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(k.site().BaseURL, "https:")
}

// Inside is where a form asks to go back to, if it is a path of this site; the home
// page otherwise: a link must not send people elsewhere.
func (k *Renderer) Inside(r *http.Request, back string) string {
	u, err := url.Parse(back)
	if err != nil || !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsFunc(back, func(c rune) bool { return c < ' ' || c == '\\' || c == 0x7f }) {
		return k.paths.in(k.Locale(r.Context()).Lang(), "/")
	}
	return u.String() // escaped where it was not
}
