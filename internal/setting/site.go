package setting

import (
	"net/mail"
	"net/url"
	"strings"
	"unicode/utf8"

	"bassin/internal/fault"
)

// SiteName is the name of the setting that holds a [Site].
const SiteName = "site"

// Site is how administrators name their installation. Flags of the command line win
// over it, field by field; an empty text is one that nobody has filled in.
type Site struct {
	Name      string `json:"name,omitempty"`
	Territory string `json:"territory,omitempty"` // level:code that the installation is about, "" for France
	Publisher string `json:"publisher,omitempty"` // body that publishes it
	Address   string `json:"address,omitempty"`   // postal address of the publisher
	Director  string `json:"director,omitempty"`  // director of publication
	Host      string `json:"host,omitempty"`      // name and address of the hosting provider
	Contact   string `json:"contact,omitempty"`   // e-mail address
	BaseURL   string `json:"base_url,omitempty"`  // public address, without a slash at the end
	Legal     string `json:"legal,omitempty"`     // further legal text, plain paragraphs
	Logo      string `json:"logo,omitempty"`      // attachment that is the logo: id/name
	LogoText  string `json:"logo_text,omitempty"` // what it says
}

// longest is how many letters a line about the installation may have, and its legal text.
const (
	longest      = 300
	longestLegal = 20000
)

// Check refuses what could not be shown or followed, field by field, by the names of
// the JSON.
func (s Site) Check() []error {
	var wrong []error
	for _, f := range []struct{ name, value string }{
		{"name", s.Name}, {"publisher", s.Publisher}, {"address", s.Address}, {"director", s.Director}, {"host", s.Host}, {"contact", s.Contact}, {"base_url", s.BaseURL}, {"logo_text", s.LogoText},
	} {
		if utf8.RuneCountInString(f.value) > longest || strings.ContainsAny(f.value, "\x00\r\n") {
			wrong = append(wrong, fault.New(fault.Invalid, "setting.site.long", longest).In(f.name))
		}
	}
	if utf8.RuneCountInString(s.Legal) > longestLegal {
		wrong = append(wrong, fault.New(fault.Invalid, "setting.site.long", longestLegal).In("legal"))
	}
	if s.Contact != "" {
		if a, err := mail.ParseAddress(s.Contact); err != nil || a.Address != s.Contact {
			wrong = append(wrong, fault.New(fault.Invalid, "setting.site.contact").In("contact"))
		}
	}
	if s.BaseURL != "" {
		u, err := url.Parse(s.BaseURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil || u.Fragment != "" {
			wrong = append(wrong, fault.New(fault.Invalid, "setting.site.base_url").In("base_url"))
		}
	}
	return wrong
}

// AccountsName is the name of the setting that holds [Accounts].
const AccountsName = "accounts"

// Accounts says how people get an account.
type Accounts struct {
	// SelfRegistration lets anybody sign up; without it, accounts come by invitation.
	SelfRegistration bool `json:"self_registration"`
}
