package commons

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/github/go-spdx/v2/spdxexp"
	"golang.org/x/text/language"

	"bassin/internal/fault"
	"bassin/internal/territory"
)

// mostValues is how many values a field may hold.
const mostValues = 200

// Checking is the [Checker] that knows the territories of the snapshot, and asks which
// entries and indicators there are.
type Checking struct {
	France    func(context.Context) *territory.France
	Entry     func(ctx context.Context, id string) (bool, error)
	Indicator func(ctx context.Context, id string) bool
}

// Check implements [Checker]: texts without stray spaces or characters that do not
// show, known choices, addresses that begin by http, days that exist, licences of the
// SPDX list, territories that exist. Fields that the kind does not have are refused.
func (c Checking) Check(ctx context.Context, k Kind, s Sheet) (Sheet, error) {
	out := Sheet{}
	var faults []error
	for name, values := range s {
		f, ok := FieldNamed(name)
		if !ok || !f.Of(k) {
			if len(values) > 0 {
				faults = append(faults, fault.New(fault.Invalid, "commons.field_unknown", name).In(name))
			}
			continue
		}
		var kept []string
		for _, v := range values {
			v, err := c.value(ctx, k, f, v)
			if e, ok := errors.AsType[*fault.Error](err); ok {
				faults = append(faults, e.In(name))
			} else if err != nil {
				return s, err
			}
			if v != "" && !slices.Contains(kept, v) {
				kept = append(kept, v)
			}
		}
		switch {
		case len(kept) > 1 && !f.Many:
			faults = append(faults, fault.New(fault.Invalid, "commons.one_value").In(name))
		case len(kept) > mostValues:
			faults = append(faults, fault.New(fault.Invalid, "commons.many_values", mostValues).In(name))
		}
		if len(kept) > 0 {
			out[name] = kept
		}
	}
	if len(faults) > 0 {
		place := map[string]int{}
		for i, f := range Fields {
			place[f.Name] = i + 1
		}
		slices.SortStableFunc(faults, func(a, b error) int {
			x, _ := errors.AsType[*fault.Error](a)
			y, _ := errors.AsType[*fault.Error](b)
			return place[x.Field] - place[y.Field]
		})
		return s, errors.Join(faults...)
	}
	return out, nil
}

// value is a value as it is kept.
func (c Checking) value(ctx context.Context, k Kind, f Field, v string) (string, error) {
	v = clean(v, f.Type == Text)
	if v == "" {
		return "", nil
	}
	if most := f.most(); utf8.RuneCountInString(v) > most {
		return v, fault.New(fault.Invalid, "commons.too_long", most)
	}
	switch f.Type {
	case Choice:
		if !slices.Contains(f.Choices(k), v) {
			return v, fault.New(fault.Invalid, "commons.choice_unknown", v)
		}
	case Link:
		return link(v)
	case Day:
		if !day(v) {
			return v, fault.New(fault.Invalid, "commons.day_form", v)
		}
	case Number:
		v = strings.ReplaceAll(v, " ", "")
		if n, err := strconv.ParseInt(v, 10, 64); err != nil || n < 0 {
			return v, fault.New(fault.Invalid, "commons.number_form", v)
		}
	case Yes:
		if v != "yes" && v != "no" {
			return v, fault.New(fault.Invalid, "commons.choice_unknown", v)
		}
	case SPDX:
		return licence(v)
	case Language:
		tag, err := language.Parse(v)
		if err != nil {
			return v, fault.New(fault.Invalid, "commons.language_unknown", v)
		}
		return tag.String(), nil
	case Place:
		return c.place(ctx, v)
	case Reference:
		there, err := c.Entry(ctx, v)
		if err == nil && !there {
			err = fault.New(fault.Invalid, "commons.entry_unknown", v)
		}
		return v, err
	case Indicator:
		m, err := ParseMeasure(v)
		if err == nil && !c.Indicator(ctx, m.Indicator) {
			err = fault.New(fault.Invalid, "commons.indicator_unknown", m.Indicator)
		}
		return m.String(), err
	case Line, Text, Body:
	}
	return v, nil
}

func (f Field) most() int {
	switch {
	case f.Most > 0:
		return f.Most
	case f.Type == Link:
		return 500
	}
	return 200
}

// clean takes away what does not show, and spaces that say nothing.
func clean(v string, lines bool) string {
	v = strings.ToValidUTF8(v, "")
	v = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(v)
	v = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines:
			return r
		case unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff':
			return -1
		}
		return r
	}, v)
	if !lines {
		return strings.Join(strings.FieldsFunc(v, func(r rune) bool { return r == ' ' }), " ")
	}
	return strings.TrimSpace(v)
}

func link(v string) (string, error) {
	if !strings.Contains(v, "://") {
		v = "https://" + v
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Host == "" || strings.ContainsAny(v, " <>\"\\") {
		return v, fault.New(fault.Invalid, "commons.link_form", v)
	}
	return v, nil
}

// day says whether v is a year, a month or a day that exists.
func day(v string) bool {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		if _, err := time.Parse(layout, v); err == nil {
			return true
		}
	}
	return false
}

// licence is an SPDX expression as the list writes its names. Licence Ouverte is
// etalab-2.0 there.
func licence(v string) (string, error) {
	kept, wrong := spdxexp.ValidateAndNormalizeLicensesWithOptions([]string{v}, spdxexp.ValidateLicensesOptions{})
	if len(wrong) > 0 || len(kept) != 1 {
		return v, fault.New(fault.Invalid, "commons.licence_unknown", v)
	}
	return kept[0], nil
}

// place is a territory that exists: a commune that merged is that of today.
func (c Checking) place(ctx context.Context, v string) (string, error) {
	id, ok := territory.ParseID(v)
	if !ok {
		return v, fault.New(fault.Invalid, "commons.territory_unknown", v)
	}
	f := c.France(ctx)
	if id.Level == territory.Commune {
		if now := f.Current(id.Code); len(now) == 1 {
			id.Code = now[0]
		}
	}
	if _, ok := f.Territory(id); !ok && id.Level != territory.Custom {
		return v, fault.New(fault.Invalid, "commons.territory_unknown", v)
	}
	return id.String(), nil
}

// Measure is an indicator of the observatory before and after an experiment.
type Measure struct {
	Indicator     string
	Before, After string // decimal number, "" if not known
	From, To      string // day, month or year of each
}

var decimal = regexp.MustCompile(`^-?[0-9]+([.][0-9]+)?$`)

// ParseMeasure reads what [Measure.String] writes: indicator;before;after;from;to.
func ParseMeasure(s string) (Measure, error) {
	part := strings.Split(s, ";")
	for i, p := range part {
		part[i] = strings.TrimSpace(p)
	}
	if len(part) != 5 || part[0] == "" {
		return Measure{}, fault.New(fault.Invalid, "commons.measure_form")
	}
	m := Measure{part[0], strings.ReplaceAll(part[1], ",", "."), strings.ReplaceAll(part[2], ",", "."), part[3], part[4]}
	for _, n := range []string{m.Before, m.After} {
		if n != "" && !decimal.MatchString(n) {
			return m, fault.New(fault.Invalid, "commons.number_form", n)
		}
	}
	for _, d := range []string{m.From, m.To} {
		if d != "" && !day(d) {
			return m, fault.New(fault.Invalid, "commons.day_form", d)
		}
	}
	return m, nil
}

// String is the measure as a sheet keeps it.
func (m Measure) String() string {
	return strings.Join([]string{m.Indicator, m.Before, m.After, m.From, m.To}, ";")
}
