package adminweb

// Paths of the administration, in French words.
const (
	outboxPath   = "/administration/envois"
	healthPath   = "/administration/sante"
	settingsPath = "/administration/reglages"
	auditPath    = "/administration/journal"
	tasksPath    = "/administration/taches"
	dataPath     = "/administration/donnees"
)
