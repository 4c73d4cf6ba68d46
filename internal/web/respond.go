package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/i18n"
)

// Page renders a page and writes it, or answers 304 where the reader has it.
// Nothing is written when it returns an error.
func (k *Renderer) Page(w http.ResponseWriter, r *http.Request, p *Page) error {
	q, r := k.state(r)
	b := buffers.Get().(*bytes.Buffer)
	defer recycle(b)
	var reader *Account
	if k.account != nil {
		reader = k.account(r.Context(), q.local)
	}
	if err := k.render(b, q, r, p, reader); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(q.local.Lang()))
	// The theme is a cookie; the language hint comes from a header.
	h.Set("Vary", "Accept-Encoding, Accept-Language, Cookie")
	if p.Status != 0 && p.Status != http.StatusOK {
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Length", strconv.Itoa(b.Len()))
		w.WriteHeader(p.Status)
		_, err := w.Write(b.Bytes())
		return gone(err)
	}
	switch {
	case h.Get("Cache-Control") != "": // said by who guards the route
	case reader != nil:
		h.Set("Cache-Control", "private, no-cache")
	default:
		h.Set("Cache-Control", "no-cache")
	}
	return Respond(w, r, b.Bytes())
}

// Respond writes a body with its ETag, or 304. Headers that describe the body
// are set before. A reader who leaves is no error.
func Respond(w http.ResponseWriter, r *http.Request, body []byte) error {
	sum := sha256.Sum256(body)
	// Weak: the same content may travel compressed or not.
	tag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	w.Header().Set("ETag", tag)
	if (r.Method == http.MethodGet || r.Method == http.MethodHead) && matches(r.Header.Get("If-None-Match"), tag) {
		w.Header().Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, err := w.Write(body)
	return gone(err)
}

// gone drops the error of a write: the reader has left, there is no one to tell.
func gone(error) error { return nil }

// matches compares weakly, as RFC 9110 asks of If-None-Match.
func matches(header, tag string) bool {
	if header == "" {
		return false
	}
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

func (k *Renderer) render(b *bytes.Buffer, q *request, r *http.Request, p *Page, reader *Account) error {
	l := q.local
	main, err := k.Fragment(l.Lang(), p.Template, p.View)
	if err != nil {
		return err
	}
	v := layout{
		Page: p, Site: k.site(), Lang: string(l.Lang()), Theme: q.theme, Path: q.path, Back: q.path, Main: main,
	}
	v.Accounts, v.Account = k.account != nil, reader
	if v.Accounts && reader == nil {
		v.SignIn = k.paths.in(l.Lang(), "/connexion")
		if french := k.paths.french(k.paths.split(q.path)); french != "/" && french != "/connexion" {
			v.SignIn += "?retour=" + url.QueryEscape(q.path)
		}
	}
	if k.now != nil {
		v.Printed = l.Date(k.now())
	}
	query := ""
	if r.Method == http.MethodGet && r.URL.RawQuery != "" {
		query = "?" + r.URL.RawQuery
		v.Back += query
	}
	lang, path := k.paths.split(q.path)
	french := k.paths.french(lang, path)
	v.Canonical = k.paths.in(lang, french)
	if p.Canonical != "" {
		v.Canonical = k.paths.in(lang, p.Canonical)
		query = ""
	}
	v.Canonical = v.Site.BaseURL + v.Canonical
	for _, other := range k.paths.langs {
		if other == lang {
			continue
		}
		o := k.catalog.Localizer(other)
		target := french
		if p.Canonical != "" {
			target = p.Canonical
		}
		a := alternate{Lang: string(other), Name: o.Name(), Href: k.paths.in(other, target) + query, Text: o.T("web.hint")}
		if v.Site.BaseURL != "" {
			a.Abs = v.Site.BaseURL + a.Href
		}
		v.Alternates = append(v.Alternates, a)
		if other == q.hint {
			v.Hint = &v.Alternates[len(v.Alternates)-1]
		}
	}
	for _, n := range k.nav {
		v.Nav = append(v.Nav, navLink{l.T(n.Key), k.paths.in(lang, n.Href), n.Href == french})
	}
	for _, name := range slices.Concat([]string{"site.css"}, p.Styles) {
		if u := k.assets.URL(name); u != "" {
			v.CSS = append(v.CSS, u)
		}
	}
	for _, name := range slices.Concat([]string{"site.js"}, p.Scripts) {
		if u := k.assets.URL(name); u != "" {
			v.JS = append(v.JS, u)
		}
	}
	return k.sets[i18n.Lang(v.Lang)].ExecuteTemplate(b, "web/layout", &v)
}
