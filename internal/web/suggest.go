package web

// Suggestions is what the address of suggestions (/suggest?q=) answers in JSON,
// for the combobox of the search box.
type Suggestions struct {
	Groups []SuggestionGroup `json:"groups"`
}

// SuggestionGroup is the suggestions of one level.
type SuggestionGroup struct {
	Label string       `json:"label"`
	Items []Suggestion `json:"items"`
}

// Suggestion is one territory that may be meant.
type Suggestion struct {
	Label  string `json:"label"`
	Detail string `json:"detail,omitempty"` // département, inhabitants
	Why    string `json:"why,omitempty"`    // why it matches, where it is not obvious
	Href   string `json:"href"`             // address in the reader's language
	Value  string `json:"value,omitempty"`  // identifier, for forms that take one: bv:22113
}
