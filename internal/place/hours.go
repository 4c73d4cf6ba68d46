package place

import (
	"fmt"
	"slices"
	"strings"

	"bassin/internal/i18n"
)

// Week is when a place is open, Monday first. A day without spans is closed, or
// not published: the source does not tell them apart.
type Week [7][]Span

// Span is from one minute of the day to another: 540 is nine o'clock.
type Span struct{ From, To int16 }

var dayCodes = [7]string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}

// ParseHours reads hours as France services publishes them:
//
//	Mo 09:00 - 12:00 / 13:30 - 17:00; Tu 09:00 - 12:00
//
// Spans from midnight to midnight are blanks of the form and left out, as are those
// said twice; spans that touch are joined. It is false for anything else, and where nothing is left: the
// text is then to be shown as it was published. See [Week.Sound] too.
func ParseHours(text string) (Week, bool) {
	var w Week
	last, open := -1, false
	for part := range strings.SplitSeq(text, "; ") {
		code, spans, ok := strings.Cut(part, " ")
		day := slices.Index(dayCodes[:], code)
		if !ok || day <= last {
			return Week{}, false
		}
		last = day
		for s := range strings.SplitSeq(spans, " / ") {
			a, b, ok := strings.Cut(s, " - ")
			from, okFrom := minute(a)
			to, okTo := minute(b)
			if !ok || !okFrom || !okTo {
				return Week{}, false
			}
			n := len(w[day])
			switch {
			case from == 0 && to == 0 || slices.Contains(w[day], Span{from, to}):
				continue
			case n > 0 && w[day][n-1].To == from && w[day][n-1].From < from && from < to:
				w[day][n-1].To = to
			default:
				w[day] = append(w[day], Span{from, to})
			}
			open = true
		}
	}
	return w, open
}

// Sound says whether the spans of each day follow one another. Where they do not,
// the published hours contradict themselves: show them, and say so.
func (w Week) Sound() bool {
	for _, spans := range w {
		end := int16(-1)
		for _, s := range spans {
			if s.From <= end || s.To <= s.From {
				return false
			}
			end = s.To
		}
	}
	return true
}

// minute reads 09:30, up to 24:00.
func minute(s string) (int16, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	for _, i := range []int{0, 1, 3, 4} {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	h, m := int16(s[0]-'0')*10+int16(s[1]-'0'), int16(s[3]-'0')*10+int16(s[4]-'0')
	return h*60 + m, m < 60 && h*60+m <= 24*60
}

// String writes the week as [ParseHours] reads it.
func (w Week) String() string {
	var days []string
	for day, spans := range w {
		var out []string
		for _, s := range spans {
			out = append(out, fmt.Sprintf("%02d:%02d - %02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60))
		}
		if len(out) > 0 {
			days = append(days, dayCodes[day]+" "+strings.Join(out, " / "))
		}
	}
	return strings.Join(days, "; ")
}

// Minutes is how long the place is open in a week, in minutes, if the week is sound.
func (w Week) Minutes() int {
	n := 0
	for _, spans := range w {
		for _, s := range spans {
			n += int(s.To - s.From)
		}
	}
	return n
}

// Line is a day, or several in a row with the same hours, in words.
type Line struct{ Days, Times string }

// Lines says the week in the reader's language, without the days that have no hours.
func (w Week) Lines(l *i18n.Localizer) []Line {
	var out []Line
	for day := 0; day < 7; day++ {
		first := day
		for day < 6 && slices.Equal(w[day+1], w[first]) {
			day++
		}
		if len(w[first]) == 0 {
			continue
		}
		var times []string
		for _, s := range w[first] {
			times = append(times, l.T("place.hours.span", clock(l, s.From), clock(l, s.To)))
		}
		days := dayName(l, first)
		switch day - first {
		case 0:
		case 1:
			days = l.T("place.hours.two", days, dayName(l, day))
		default:
			days = l.T("place.hours.days", days, dayName(l, day))
		}
		out = append(out, Line{days, strings.Join(times, ", ")})
	}
	return out
}

func dayName(l *i18n.Localizer, day int) string {
	return l.T("place.day." + strings.ToLower(dayCodes[day]))
}

func clock(l *i18n.Localizer, minute int16) string {
	if minute%60 == 0 {
		return l.T("place.hours.hour", i18n.Plain(minute/60))
	}
	return l.T("place.hours.minute", i18n.Plain(minute/60), fmt.Sprintf("%02d", minute%60))
}
