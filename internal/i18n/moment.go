package i18n

import (
	"fmt"
	"strconv"
	"time"
	_ "time/tzdata" // a machine may come without time zones
)

// Paris is the time of Metropolitan France, by which clocks and days are told.
func Paris() *time.Location { return paris }

var paris = func() *time.Location {
	l, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err) // it is part of the program
	}
	return l
}()

// Moment writes a day and an hour as clocks in Paris tell it: 26 novembre 2026 à
// 14 h 05, 26 November 2026 at 14:05.
func (l *Localizer) Moment(t time.Time) string {
	t = t.In(paris)
	return l.T("i18n.moment", l.Date(t), strconv.Itoa(t.Hour()), fmt.Sprintf("%02d", t.Minute()))
}
