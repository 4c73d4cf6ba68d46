package i18n

import "strings"

// typeset puts the spaces that French asks for before tall punctuation, before % and inside
// quotation marks: no line breaks there. Texts are written with plain spaces.
func typeset(s string) string { return frenchSpaces.Replace(s) }

var frenchSpaces = strings.NewReplacer(" :", nbsp+":", " ;", nbsp+";", " ?", nbsp+"?", " !", nbsp+"!", " »", nbsp+"»", "« ", "«"+nbsp, " %", nbsp+"%")
