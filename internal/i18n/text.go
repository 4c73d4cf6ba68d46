package i18n

// Text is a text that comes with data, in both languages of the interface, not
// from the catalogue.
type Text struct {
	FR string `json:"fr"`
	EN string `json:"en"`
}

// In returns the text in the language, French unless it is English.
func (t Text) In(lang Lang) string {
	if lang == EN {
		return t.EN
	}
	return typeset(t.FR)
}
