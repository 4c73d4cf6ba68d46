package setting

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

// AccountsName is the name of the setting that holds [Accounts].
const AccountsName = "accounts"

// Accounts says how people get an account.
type Accounts struct {
	// SelfRegistration lets anybody sign up; without it, accounts come by invitation.
	SelfRegistration bool `json:"self_registration"`
}
