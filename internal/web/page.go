package web

import "html/template"

// Page is one page to render. Texts are in the reader's language already;
// addresses are paths in French words, see [Renderer.Href].
type Page struct {
	Title       string   // of the page; the site's name is added in the browser's title
	Description string   // one sentence for search engines
	Template    string   // declared name of the main template: atlas/territory
	View        any      // what the main template shows
	Crumbs      []Crumb  // from the home page (left out) to the page's parent
	Territory   *Context // the territory the reader is in, if any
	Status      int      // 200 if zero
	Canonical   string   // path, where the same content has several addresses
	Query       string   // what the search box of the header shows
	NoIndex     bool
	Wide        bool       // the main part takes the whole width: maps
	Front       bool       // the page has a search box of its own: the header shows none
	Styles      []string   // further assets: map.css
	Scripts     []string   // further assets: map.js
	Links       []HeadLink // the same content in other forms
	Rights      []Right    // what can be done here and by whom; empty for a page that is only read
}

// HeadLink is a link of the head of a page, such as to a feed of it.
type HeadLink struct{ Rel, Type, Title, Href string }

// Right says who may do one thing that a page offers.
type Right struct {
	What string // the thing, in words
	Who  string // who may, in words
	May  bool   // whether the reader may
	Why  string // why they may, or what they lack, in words
}

// Account is the reader who is signed in, as every page shows them.
type Account struct {
	Name   string
	Unread int    // notices they have not read
	Links  []Link // further ways in that their rights open
}

// Crumb is one step of the breadcrumb.
type Crumb struct {
	Text string
	Href string
}

// Context names the territory a page is about, and is repeated on paper.
type Context struct {
	Name string
	Kind string // its level in words: commune, bassin de vie
	Href string
}

// layout is what the layout template shows around a page.
type layout struct {
	*Page
	Site       Site
	Lang       string
	Theme      string // light, dark, or "" for the system's choice
	Path       string // as asked
	Back       string // where the appearance form leads back to
	Canonical  string // absolute where the site knows its public address
	Alternates []alternate
	Hint       *alternate // another language that the reader seems to prefer
	Nav        []navLink
	CSS, JS    []string
	Main       template.HTML
	Printed    string // today in words, for paper
	Accounts   bool   // whether people can sign in
	Account    *Account
	SignIn     string // address of the sign-in page that leads back here
}

type alternate struct {
	Lang string
	Name string // of the language in itself
	Href string
	Abs  string // absolute where the site knows its public address, "" otherwise
	Text string // invitation, in that language
}

type navLink struct {
	Text    string
	Href    string
	Current bool
}

// Link is an entry of the navigation: a catalogue key and a path in French words.
type Link struct {
	Key  string
	Href string
}
