package web

// Site is how an installation names itself. The zero value of a text means that
// the installer has not filled it in: pages then say so plainly.
type Site struct {
	Name      string // of the installation: "Bassin", "Bassin des Côtes-d'Armor"
	Publisher string // body that publishes it
	Address   string // postal address of the publisher
	Director  string // director of publication
	Host      string // name and address of the hosting provider
	Contact   string // e-mail address
	BaseURL   string // public address without a slash at the end, for links that leave the site; may be empty
	Version   string // of the program
	Legal     string // further legal text: plain paragraphs, parted by empty lines
	Logo      string // path of its picture, "" for the mark of Bassin
	LogoText  string // what the picture says, for those who don't see it
}

// Always is a site that nobody changes while it serves.
func Always(s Site) func() Site { return func() Site { return s } }
