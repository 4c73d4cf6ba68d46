package adminweb

// Paths of the administration, in French words.
const (
	outboxPath   = "/administration/envois"
	healthPath   = "/administration/sante"
	dataPath     = "/administration/donnees"
)
