package territory

import (
	"cmp"
	"slices"
	"strings"
)

// Kinds of parts of a commune, as the COG names them.
const (
	PartDeleguee       = "commune-deleguee"
	PartAssociee       = "commune-associee"
	PartArrondissement = "arrondissement-municipal"
)

// EventKind groups INSEE's codes of commune changes by what a reader wants told.
type EventKind string

// The kinds of change, from the column MOD of INSEE's log.
const (
	Renamed       EventKind = "renamed"        // 10
	Created       EventKind = "created"        // 20
	Restored      EventKind = "restored"       // 21
	Suppressed    EventKind = "suppressed"     // 30
	Merged        EventKind = "merged"         // 31 fusion simple, 32 commune nouvelle, 33 fusion-association
	Absorbed      EventKind = "absorbed"       // 34 fusion-association becomes simple, 35 suppression of a commune déléguée
	Recoded       EventKind = "recoded"        // 41 change of code because of a change of département
	SeatMoved     EventKind = "seat_moved"     // 50 change of code because of a transfer of the seat
	StatusChanged EventKind = "status_changed" // 70, 71, 72
)

// Kind tells what sort of change the event is.
func (e EventRow) Kind() EventKind {
	switch e.Mod {
	case 10:
		return Renamed
	case 20:
		return Created
	case 21:
		return Restored
	case 30:
		return Suppressed
	case 31, 32, 33:
		return Merged
	case 34, 35:
		return Absorbed
	case 41:
		return Recoded
	case 50:
		return SeatMoved
	}
	return StatusChanged
}

type history struct {
	events   []EventRow
	from, to map[string][]int32
	passage  map[string][]string
}

// followed completes the log where INSEE notes the end of a commune without what
// became of it: the communes of Guadeloupe that became collectivities of their
// own go on under a code of the collectivity and the same name.
func followed(events []EventRow, communes []CommuneRow) []EventRow {
	collectivities := map[string]string{}
	for _, c := range communes {
		if c.Zone == "com" {
			collectivities[c.Name] = c.Code
		}
	}
	out := slices.Clone(events)
	for i, e := range out {
		to, ok := collectivities[e.FromName]
		if !ok || e.Kind() != Suppressed || e.ToCode != "" || !strings.HasPrefix(e.FromCode, "97") {
			continue
		}
		out[i].Mod, out[i].ToType, out[i].ToCode, out[i].ToName = 41, e.FromType, to, e.FromName
	}
	return out
}

func newHistory(events []EventRow, passages []PassageRow) history {
	h := history{events: events, from: map[string][]int32{}, to: map[string][]int32{}, passage: map[string][]string{}}
	for i, e := range events {
		if e.FromType == "COM" {
			h.from[e.FromCode] = append(h.from[e.FromCode], int32(i))
		}
		if e.ToType == "COM" {
			h.to[e.ToCode] = append(h.to[e.ToCode], int32(i))
		}
	}
	for _, p := range passages {
		h.passage[p.Old] = append(h.passage[p.Old], p.New)
	}
	return h
}

// History returns the changes of full communes that a code took part in, on
// either side, oldest first. Lines that only restate an unchanged commune are
// left out.
func (f *France) History(code string) []EventRow {
	at := slices.Concat(f.history.from[code], f.history.to[code])
	slices.Sort(at)
	var out []EventRow
	for _, i := range slices.Compact(at) {
		e := f.history.events[i]
		if e.FromType != "COM" || e.ToType != "COM" {
			continue
		}
		if e.FromCode == e.ToCode && e.FromName == e.ToName {
			continue
		}
		out = append(out, e)
	}
	slices.SortStableFunc(out, func(a, b EventRow) int { return cmp.Compare(a.Date, b.Date) })
	return out
}

// Current leads from any commune code, past or present, to the codes of today's
// communes: itself when it still exists, several when it was split. It is empty
// when the code was never one, or is one of the few that INSEE's passage table
// does not lead anywhere.
func (f *France) Current(code string) []string {
	if _, ok := f.byCode[code]; ok {
		return []string{code}
	}
	if to := f.history.passage[code]; len(to) > 0 {
		return to
	}
	return f.successors(code)
}

// successors follows the log of changes for the codes that the passage table
// leaves out, and stops at current communes.
func (f *France) successors(code string) []string {
	var out []string
	seen, queue := map[string]bool{code: true}, []string{code}
	for len(queue) > 0 {
		c := queue[0]
		queue = queue[1:]
		if _, ok := f.byCode[c]; ok {
			out = append(out, c)
			continue
		}
		for _, i := range f.history.from[c] {
			e := f.history.events[i]
			if e.ToType == "COM" && !seen[e.ToCode] {
				seen[e.ToCode] = true
				queue = append(queue, e.ToCode)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Former is a commune code of the past that leads to a current commune.
type Former struct {
	Code string
	Name string // its last name, "" if the log does not tell
	Date string // the day it ceased to be a commune, ISO 8601, "" if not told
}

// Formers lists the past communes that the commune of that code took in,
// including through intermediate mergers, by date then code.
func (f *France) Formers(code string) []Former {
	var out []Former
	seen, queue := map[string]bool{code: true}, []string{code}
	for len(queue) > 0 {
		c := queue[0]
		queue = queue[1:]
		for _, i := range f.history.to[c] {
			e := f.history.events[i]
			if e.FromType != "COM" || seen[e.FromCode] {
				continue
			}
			seen[e.FromCode] = true
			if _, alive := f.byCode[e.FromCode]; alive {
				continue
			}
			out = append(out, Former{e.FromCode, e.FromName, e.Date})
			queue = append(queue, e.FromCode)
		}
	}
	slices.SortFunc(out, func(a, b Former) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Code, b.Code))
	})
	return out
}
