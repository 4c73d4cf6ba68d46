package cli

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"bassin/internal/people"
)

// fields are what a form of a page would send if nobody touched it: its inputs, but
// for choices that are not made, and its long texts.
func fields(page, action string) url.Values {
	out := url.Values{}
	_, rest, _ := strings.Cut(page, `action="`+action+`"`)
	body, _, _ := strings.Cut(rest, "</form>")
	for _, tag := range regexp.MustCompile(`<input [^>]*>`).FindAllString(body, -1) {
		of := func(name string) string {
			if m := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(tag); m != nil {
				return html.UnescapeString(m[1])
			}
			return ""
		}
		if kind := of("type"); kind != "radio" && kind != "checkbox" || strings.Contains(tag, " checked") {
			out.Add(of("name"), of("value"))
		}
	}
	for _, m := range regexp.MustCompile(`(?s)<textarea [^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`).FindAllStringSubmatch(body, -1) {
		out.Set(m[1], html.UnescapeString(m[2]))
	}
	return out
}

// Two people open the same setting, and both save: what only one of them changed is
// kept without a question, what both changed is asked and never chosen for them.
func TestTwoPeopleWhoSetTheSameAreJoined(t *testing.T) {
	s := open(t, nil)
	base := serving(t, s)
	ada := seat(t, s, people.Person{ID: "ada", Name: "Ada", Email: "ada@example.fr"}, true, people.Mandate{Role: people.Administrator})
	bob := seat(t, s, people.Person{ID: "bob", Name: "Bob", Email: "bob@example.fr"}, true, people.Mandate{Role: people.Administrator})
	const path = "/administration/reglages/installation"
	read := func(c *http.Client) url.Values {
		t.Helper()
		r, page := send(t, c, http.MethodGet, base+path, nil)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("the form: %d", r.StatusCode)
		}
		return fields(page, path)
	}
	post := func(c *http.Client, f url.Values, want int) string {
		t.Helper()
		r, page := send(t, c, http.MethodPost, base+path, f)
		if r.StatusCode != want {
			t.Fatalf("saving: %d, want %d: %.3000s", r.StatusCode, want, page)
		}
		return page
	}
	says := func(page string, texts ...string) {
		t.Helper()
		for _, x := range texts {
			if !strings.Contains(html.UnescapeString(page), x) {
				t.Errorf("the page does not say %q", x)
			}
		}
	}
	first := read(ada)
	first.Set("publisher", "Lannion")
	first.Set("host", "Chez nous")
	post(ada, first, http.StatusSeeOther)

	// Different things: nothing is asked, and both changes are there.
	hers, his := read(ada), read(bob)
	hers.Set("publisher", "Tréguier")
	post(ada, hers, http.StatusSeeOther)
	his.Set("director", "Bob")
	his.Set("legal", "Un.\r\n\r\nDeux.")
	page := post(bob, his, http.StatusConflict)
	says(page, "Ada a enregistré", "Lannion → Tréguier", "rien → Bob")
	if strings.Contains(page, `type="radio"`) {
		t.Error("something is asked though nothing was changed by both")
	}
	post(bob, fields(page, path), http.StatusSeeOther)
	if now := read(ada); now.Get("publisher") != "Tréguier" || now.Get("director") != "Bob" || now.Get("host") != "Chez nous" || now.Get("legal") != "Un.\n\nDeux." {
		t.Errorf("joined: %v", now)
	}

	// The same thing: asked, not chosen in advance, and refused until it is chosen.
	hers, his = read(ada), read(bob)
	hers.Set("publisher", "Paimpol")
	hers.Set("host", "")
	post(ada, hers, http.StatusSeeOther)
	his.Set("publisher", "Guingamp")
	page = post(bob, his, http.StatusConflict)
	choice := fields(page, path)
	if choice.Has("publisher") || strings.Contains(page, " checked") || choice.Has("host") && choice.Get("host") != "" {
		t.Errorf("chosen in advance: %v", choice)
	}
	page = post(bob, choice, http.StatusConflict)
	says(page, "Choisissez l’une des deux versions.", "Chez nous → rien", "Guingamp", "Paimpol")
	choice = fields(page, path)
	choice.Set("publisher", "Guingamp")
	post(bob, choice, http.StatusSeeOther)
	if now := read(ada); now.Get("publisher") != "Guingamp" || now.Get("host") != "" || now.Get("director") != "Bob" {
		t.Errorf("chosen: %v", now)
	}
}
