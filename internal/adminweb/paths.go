package adminweb

// Paths of the administration, in French words.
const (
	outboxPath   = "/administration/envois"
	auditPath    = "/administration/journal"
	healthPath   = "/administration/sante"
	settingsPath = "/administration/reglages"
	dataPath     = "/administration/donnees"
)
