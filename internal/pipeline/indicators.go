package pipeline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/territory"
)

// indicatorsName is the manifest of the indicators, in the data folder.
const indicatorsName = "indicators.json"

// indicatorManifest says what is measured of territories, and how.
type indicatorManifest struct {
	Format     int     `json:"format"`
	Indicators []entry `json:"indicators"`
}

// entry is an indicator as the manifest writes it: with formulas.
type entry struct {
	indicator.Definition
	Vintages []vintage `json:"vintages"`
	Quarters *quarters `json:"quarters,omitempty"`

	file string // manifest it is in, for problems
}

// vintage is one time of an indicator, by the formulas that its rule asks for.
type vintage struct {
	Period      string          `json:"period"`
	Value       string          `json:"value,omitempty"`
	Weight      string          `json:"weight,omitempty"`
	Numerator   string          `json:"numerator,omitempty"`
	Denominator string          `json:"denominator,omitempty"`
	Years       float64         `json:"years,omitempty"`
	Level       territory.Level `json:"level,omitempty"`

	num, den formula // den is empty for a sum
}

// readIndicators reads a list of indicators. What is wrong is told by line.
func readIndicators(content []byte, name string) ([]entry, error) {
	var m indicatorManifest
	if err := strict(content, name, &m); err != nil {
		return nil, err
	}
	if m.Format != manifestFormat {
		return nil, Problem{File: name, What: fmt.Sprintf("the manifest is in format %d and this program reads format %d", m.Format, manifestFormat)}
	}
	for i := range m.Indicators {
		m.Indicators[i].file = name
	}
	return m.Indicators, nil
}

// checkIndicators reads the formulas of all indicators.
func checkIndicators(entries []entry) Problems {
	var ps Problems
	seen := map[string]bool{}
	for i := range entries {
		e := &entries[i]
		err := e.check()
		if err == nil && seen[e.Key] {
			err = errors.New("its key is given twice")
		}
		seen[e.Key] = true
		if err != nil {
			ps = append(ps, Problem{File: e.file, What: fmt.Sprintf("indicator %q: %v", e.Key, err)})
		}
	}
	return ps
}

var (
	indicatorKey = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	periodText   = regexp.MustCompile(`^\d{4}(-T[1-4])?$`)
)

func (e *entry) check() error {
	for _, f := range []struct {
		name string
		text i18n.Text
		need bool
	}{{"name", e.Name, true}, {"definition", e.Definition.Definition, true}, {"numerator", e.Numerator, e.Rate()}, {"denominator", e.Denominator, e.Rate()}} {
		if f.need && (f.text.FR == "" || f.text.EN == "") {
			return fmt.Errorf("%s is missing in French or in English", f.name)
		}
	}
	switch {
	case !indicatorKey.MatchString(e.Key):
		return errors.New("the key is not small letters, digits and _, beginning with a letter")
	case !slices.Contains(indicator.Axes, e.Axis):
		return fmt.Errorf("axis %q is not one of %v", e.Axis, indicator.Axes)
	case !slices.Contains(indicator.Units, e.Unit):
		return fmt.Errorf("unit %q is not one of %v", e.Unit, indicator.Units)
	case !slices.Contains([]indicator.Polarity{indicator.Worse, indicator.Better, indicator.Neutral}, e.Polarity):
		return fmt.Errorf("polarity %q is not worse, better or neutral", e.Polarity)
	case !slices.Contains(indicator.Rules, e.Rule):
		return fmt.Errorf("rule %q is not one of %v", e.Rule, indicator.Rules)
	case len(e.Vintages) == 0:
		return errors.New("it has no vintage")
	}
	for i := range e.Vintages {
		v := &e.Vintages[i]
		if err := v.check(e.Rule, e.Unit); err != nil {
			return fmt.Errorf("vintage %q: %w", v.Period, err)
		}
		if i > 0 && e.Vintages[i-1].Period >= v.Period {
			return errors.New("vintages are not in order, the oldest first")
		}
	}
	if e.Quarters != nil {
		if err := e.Quarters.check(&e.Definition); err != nil {
			return fmt.Errorf("quarters: %w", err)
		}
	}
	return nil
}

// check makes the numerator and the denominator of a vintage.
func (v *vintage) check(rule indicator.Rule, unit indicator.Unit) (err error) {
	if !periodText.MatchString(v.Period) {
		return errors.New("the period is not a year or a quarter, as 2022 or 2024-T4")
	}
	given := map[string]bool{"value": v.Value != "", "weight": v.Weight != "", "numerator": v.Numerator != "", "denominator": v.Denominator != "", "years": v.Years > 0}
	asked := map[indicator.Rule][]string{
		indicator.Sum: {"value"}, indicator.Single: {"value"}, indicator.Ratio: {"numerator", "denominator"},
		indicator.Mean: {"value", "weight"}, indicator.Medians: {"value", "weight"}, indicator.Growth: {"numerator", "denominator", "years"},
	}[rule]
	for name, is := range given {
		if is != slices.Contains(asked, name) {
			return fmt.Errorf("the rule %s asks for %s, and for nothing else", rule, strings.Join(asked, " and "))
		}
	}
	if v.Level != "" && (rule != indicator.Single || !v.Level.Valid()) {
		return errors.New("a level goes with the rule single, and is one of those of territories")
	}
	num, den := v.Numerator, v.Denominator
	switch rule {
	case indicator.Sum, indicator.Single:
		num = v.Value
	case indicator.Mean, indicator.Medians:
		// A rate is kept as what was counted: the sum of these gives it back.
		num, den = "("+v.Value+") * ("+v.Weight+")", v.Weight
		if scale := unit.Scale(); scale != 1 {
			num += fmt.Sprintf(" / %g", scale)
		}
	}
	if v.num, err = parseFormula(num); err != nil {
		return err
	}
	if den != "" {
		v.den, err = parseFormula(den)
	}
	return err
}

// strict reads JSON whose every field is known, and tells a mistake by its line.
func strict(content []byte, name string, into any) error {
	d := json.NewDecoder(bytes.NewReader(content))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		at := d.InputOffset()
		if e, ok := errors.AsType[*json.SyntaxError](err); ok {
			at = e.Offset
		} else if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			at = e.Offset
		} else if i := unknownField(content, err); i >= 0 {
			at = i
		}
		return Problem{File: name, Place: "line", Number: lineOf(content, at), What: strings.TrimPrefix(err.Error(), "json: ")}
	}
	if rest := bytes.TrimSpace(content[d.InputOffset():]); len(rest) > 0 {
		return Problem{File: name, Place: "line", Number: lineOf(content, int64(len(content)-len(rest)+1)), What: "something follows the end of the manifest"}
	}
	return nil
}
