package notice

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/mail"
	"strings"

	"bassin/internal/i18n"
)

// Reader is somebody whom letters are for.
type Reader struct {
	Email  string
	Name   string // as they are greeted, "" for somebody we don't know yet
	Lang   i18n.Lang
	Active bool // they have an account that is verified and open: notices come by mail
}

// Site is what letters say of the installation.
type Site struct {
	Name    string // signs every letter
	BaseURL string // public address without a slash at the end: links need it
}

// Letter is a mail before it is put in its reader's words: what is to be said, in
// the order in which it is read. Every mail of Bassin is one.
type Letter struct {
	Subject Text
	Body    []Text // paragraphs before the link
	Link    Link   // the one thing to do
	Groups  []Group
	After   []Text // paragraphs after it: how long the link holds, what to do if it was not you
	Why     Text   // one sentence: why the reader gets this
	// Stop is the token ([StopToken]) that ends such letters, "" for those that a
	// person asked for and those that protect an account.
	Stop string
}

// Link leads to a page of the installation.
type Link struct {
	Text Text
	Path string // in French words, such as /mon-compte; "" for no link
}

// Group is lines under a title: a subject of a digest.
type Group struct {
	Title Text
	Lines []Line
}

// Line is a line of a group, with the page it leads to if it has one.
type Line struct {
	Text Text
	Link string // path in French words
}

// Letters puts letters in their readers' words.
type Letters struct {
	Catalog *i18n.Catalog
	Site    func(context.Context) (Site, error)
	Href    func(i18n.Lang, string) string // writes a path given in French words in a language
}

// Paths of the pages that letters speak of, in French words.
const (
	ChoicesPath = "/mes-notifications/choix"
	stopPath    = "/desabonnement/"
)

// Write puts a letter in its reader's words: the whole as plain text, and the same
// as a quiet page beside it. Its errors are defects: a letter without subject,
// text or reason, an installation that does not know its address.
func (ls *Letters) Write(ctx context.Context, to Reader, l Letter) (Mail, error) {
	site, err := ls.Site(ctx)
	if err != nil {
		return Mail{}, err
	}
	local := ls.Catalog.Localizer(to.Lang)
	site.Name = oneLine(site.Name)
	if l.Subject.Key == "" || len(l.Body) == 0 || l.Why.Key == "" {
		return Mail{}, fmt.Errorf("notice: the letter %q lacks a subject, a text or a reason", l.Subject.Key)
	}
	if site.BaseURL == "" || site.Name == "" {
		return Mail{}, errors.New("notice: letters need the name and the public address of the installation")
	}
	address := func(path string) string {
		if path == "" {
			return ""
		}
		return site.BaseURL + ls.Href(local.Lang(), path)
	}
	v := letterView{
		Lang: string(local.Lang()), Subject: l.Subject.In(local), Hello: hello(local, to.Name),
		Body: all(local, l.Body), After: all(local, l.After), Name: site.Name, Home: address("/"),
		Why: l.Why.In(local),
	}
	if l.Link.Path != "" {
		v.Link = anchor{l.Link.Text.In(local), address(l.Link.Path)}
	}
	for _, g := range l.Groups {
		lines := make([]anchor, len(g.Lines))
		for i, x := range g.Lines {
			lines[i] = anchor{x.Text.In(local), address(x.Link)}
		}
		v.Groups = append(v.Groups, groupView{g.Title.In(local), lines})
	}
	m := Mail{To: (&mail.Address{Name: greeted(to.Name), Address: to.Email}).String(), Subject: v.Subject}
	if l.Stop != "" {
		v.Stop = anchor{local.T("notice.letter.stop"), address(stopPath + l.Stop)}
		v.Choices = anchor{local.T("notice.letter.choices"), address(ChoicesPath)}
		if strings.HasPrefix(v.Stop.Href, "https://") { // RFC 8058 wants no other
			m.Unsubscribe = v.Stop.Href
		}
	}
	m.Text = v.plain(local)
	var b strings.Builder
	if err := page.Execute(&b, v); err != nil {
		return Mail{}, fmt.Errorf("notice: %w", err)
	}
	m.HTML = b.String()
	return m, nil
}

func all(l *i18n.Localizer, texts []Text) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = t.In(l)
	}
	return out
}

// greeted is a name as it may stand in a letter. Whoever signs up chooses a name and an
// address that may be another's: a name that could pass for a message is left out.
func greeted(name string) string {
	name = oneLine(name)
	if len(name) > 100 || strings.ContainsAny(name, "/:@<>[]\\|") || strings.Contains(strings.ToLower(name), "www.") {
		return ""
	}
	return name
}

func hello(l *i18n.Localizer, name string) string {
	if name = greeted(name); name != "" {
		return l.T("notice.letter.hello_name", name)
	}
	return l.T("notice.letter.hello")
}

type anchor struct{ Text, Href string }

type groupView struct {
	Title string
	Lines []anchor
}

type letterView struct {
	Lang, Subject, Hello string
	Body, After          []string
	Link                 anchor
	Groups               []groupView
	Name, Home           string
	Why                  string
	Stop, Choices        anchor
}

// plain is the letter as text: a paragraph a line, an address alone on its line.
func (v *letterView) plain(l *i18n.Localizer) string {
	var b strings.Builder
	paragraph := func(lines ...string) {
		b.WriteString(strings.Join(lines, "\n"))
		b.WriteString("\n\n")
	}
	labelled := func(a anchor) { paragraph(l.T("notice.letter.label", a.Text), a.Href) }
	paragraph(v.Hello)
	for _, p := range v.Body {
		paragraph(p)
	}
	for _, g := range v.Groups {
		lines := []string{g.Title}
		for _, x := range g.Lines {
			lines = append(lines, "- "+x.Text)
			if x.Href != "" {
				lines = append(lines, "  "+x.Href)
			}
		}
		paragraph(lines...)
	}
	if v.Link.Href != "" {
		labelled(v.Link)
	}
	for _, p := range v.After {
		paragraph(p)
	}
	paragraph(v.Name, v.Home)
	paragraph("---", v.Why)
	if v.Stop.Href != "" {
		labelled(v.Stop)
		labelled(v.Choices)
	}
	return strings.TrimSpace(b.String()) + "\n"
}

// page is the same letter for those who read mails as pages: no picture, nothing
// from elsewhere, the reader's own font and colours.
var page = template.Must(template.New("letter").Parse(`<!doctype html>
<html lang="{{.Lang}}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>{{.Subject}}</title></head>
<body style="max-width:36em;margin:1.5em auto;padding:0 1em;line-height:1.5">
<p>{{.Hello}}</p>
{{range .Body}}<p>{{.}}</p>
{{end}}{{range .Groups}}<h2 style="font-size:1.1em;margin:1.5em 0 .5em">{{.Title}}</h2>
<ul style="padding-left:1.2em">
{{range .Lines}}<li>{{if .Href}}<a href="{{.Href}}">{{.Text}}</a>{{else}}{{.Text}}{{end}}</li>
{{end}}</ul>
{{end}}{{with .Link}}{{if .Href}}<p style="margin:1.5em 0"><a href="{{.Href}}" style="font-weight:bold">{{.Text}}</a></p>
{{end}}{{end}}{{range .After}}<p>{{.}}</p>
{{end}}<p><a href="{{.Home}}">{{.Name}}</a></p>
<hr style="border:0;border-top:1px solid #888;margin:1.5em 0">
<p style="font-size:.875em">{{.Why}}</p>
{{if .Stop.Href}}<p style="font-size:.875em"><a href="{{.Stop.Href}}">{{.Stop.Text}}</a> · <a href="{{.Choices.Href}}">{{.Choices.Text}}</a></p>
{{end}}</body>
</html>
`))
