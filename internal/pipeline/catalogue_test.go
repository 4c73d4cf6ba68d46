package pipeline

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
)

// The whole catalogue, as a reader meets it: every axis, both languages, no name
// twice, words for what a rate is a rate of, sources that exist and are credited.
func TestCatalogue(t *testing.T) {
	m := manifest(t)
	if n := len(m.indicators); n < 200 {
		t.Errorf("%d indicators", n)
	}
	credits := map[string]bool{}
	for _, s := range m.Sources {
		credits[asName(s.Key)] = s.Credit != "" && s.Licence != ""
	}
	byAxis := map[indicator.Axis]int{}
	names := map[string]string{}
	for i := range m.indicators {
		e := &m.indicators[i]
		byAxis[e.Axis]++
		for lang, text := range map[string]string{"fr": e.Name.FR, "en": e.Name.EN} {
			at := string(e.Axis) + " " + lang + " " + strings.ToLower(text)
			if other := names[at]; other != "" {
				t.Errorf("%s and %s are both called %q", e.Key, other, text)
			}
			names[at] = e.Key
		}
		texts := []i18n.Text{e.Name, e.Definition.Definition}
		if e.Rate() {
			texts = append(texts, e.Numerator, e.Denominator)
		}
		if e.Unit != "percent" {
			texts = append(texts, e.Of)
		}
		for _, text := range append(texts, e.Caveats...) {
			checkText(t, e.Key, text)
		}
		for _, d := range []string{e.Definition.Definition.FR, e.Definition.Definition.EN} {
			if !strings.HasSuffix(d, ".") || strings.Count(d, ". ") > 0 {
				t.Errorf("%s: the definition %q is not one sentence", e.Key, d)
			}
		}
		switch {
		case e.Axis == indicator.Capability && !e.Proxy && !e.Estimate:
			t.Errorf("%s speaks of capability and is neither a proxy nor an estimate", e.Key)
		case e.Rule == indicator.Medians && !strings.Contains(e.Definition.Definition.FR, "Moyenne des"):
			t.Errorf("%s is a mean of medians, and is not called so", e.Key)
		case e.Rule == indicator.Medians && strings.Contains(e.Definition.Definition.FR, "médian") && !strings.Contains(e.Name.FR, "moyenne des médianes"):
			t.Errorf("%s is called %q", e.Key, e.Name.FR)
		case e.Unranked && !strings.Contains(e.Name.FR, "recensé"):
			t.Errorf("%s is an uneven census, and is not called so", e.Key)
		case (e.Proxy || e.Estimate || e.Complete || e.Rule == indicator.Single || e.Rule == indicator.Medians) && len(e.Caveats) == 0:
			t.Errorf("%s has no caveat", e.Key)
		}
		checkSources(t, e, credits)
	}
	for _, a := range indicator.Axes {
		if byAxis[a] < 3 {
			t.Errorf("%d indicators of %s", byAxis[a], a)
		}
	}
}

// elision finds "de" or "le" before a vowel.
var elision = regexp.MustCompile(`(?i)\b(de|le|la|que) [aeiouéèêîô]`)

func checkText(t *testing.T, key string, text i18n.Text) {
	t.Helper()
	if elision.MatchString(text.FR) {
		t.Errorf("%s: %q lacks an elision", key, text.FR)
	}
	for _, s := range []string{text.FR, text.EN} {
		if s == "" || strings.TrimSpace(s) != s || strings.ContainsAny(s, "'\u00a0\u202f") || strings.Contains(s, "  ") {
			t.Errorf("%s: %q is empty or badly typed", key, s)
		}
	}
	if text.FR == text.EN && strings.Contains(text.FR, " ") {
		t.Errorf("%s: %q is the same in both languages", key, text.FR)
	}
}

func checkSources(t *testing.T, e *entry, credits map[string]bool) {
	t.Helper()
	named := slices.Clone(e.Sources)
	for i := range e.Vintages {
		v := &e.Vintages[i]
		for _, n := range slices.Concat(v.num.columns, v.den.columns) {
			if n.source != computedSource {
				named = append(named, n.source)
			}
		}
	}
	if len(named) == 0 {
		t.Errorf("%s has no source", e.Key)
	}
	for _, s := range named {
		if !credits[asName(s)] {
			t.Errorf("%s rests on %q, which is not a credited source", e.Key, s)
		}
	}
}
