package indexfile

import (
	"bytes"
	"errors"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/indicator/composite"
)

const fine = `# a method
unit: code
indicators:
  - {key: fibre, parent: networks, denominator: homes, weight: 2, target: 1}
  - key: alone
    column: living_alone
    parent: people
    direction: down
aggregates:
  - {key: index}
  - {key: networks, parent: index, weight: 0.5}
  - {key: people, parent: index, mean: harmonic}
screening: {indicators: 0.5, units: 0.9, on: imputed}
imputation: {by: median, group: region}
treatment: {winsorise: 5, then: log}
normalisation: {by: z-score, centre: 50, spread: 10}
aggregation:
  mean: geometric
  available: 0.6
  levels: {2: arithmetic}
uncertainty:
  draws: 200
  seed: 9
  noise: 0.1
  interval: [0.1, 0.9]
  levels: [1]
  means: [harmonic]
  normalisations:
    - {by: min-max, range: [1, 100]}
    - {by: borda}
  treatments: [{winsorise: 1}]
`

func TestMethodIsRead(t *testing.T) {
	m, err := ReadMethod(strings.NewReader(fine), "m.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if math.IsNaN(m.Recipe.Indicators[0].Target) || !math.IsNaN(m.Recipe.Indicators[1].Target) {
		t.Error("targets are not as written")
	}
	m.Recipe.Indicators[1].Target = 0
	want := composite.Method{
		Indicators: []composite.Indicator{
			{Key: "fibre", Parent: "networks", Denominator: "homes", Weight: 2, Target: 1},
			{Key: "alone", Column: "living_alone", Parent: "people", Weight: 1, Falling: true},
		},
		Aggregates: []composite.Aggregate{
			{Key: "index", Weight: 1}, {Key: "networks", Parent: "index", Weight: 0.5}, {Key: "people", Parent: "index", Weight: 1, Mean: composite.Harmonic},
		},
		Screening:     composite.Screening{Indicators: 0.5, Units: 0.9, Imputed: true},
		Imputation:    composite.Imputation{By: composite.AtMedian, Group: "region"},
		Treatment:     composite.Treatment{Winsorise: 5, Log: true, Skewness: 2, Kurtosis: 3.5},
		Normalisation: composite.Normalisation{By: composite.ZScore, Centre: 50, Spread: 10},
		Mean:          composite.Geometric,
		LevelMeans:    map[int]composite.Mean{2: composite.Arithmetic},
		Available:     0.6,
	}
	if !reflect.DeepEqual(m.Recipe, want) {
		t.Errorf("recipe %+v, want %+v", m.Recipe, want)
	}
	study := &composite.Uncertainty{
		Draws: 200, Seed: 9, Noise: 0.1, Levels: []int{1}, Low: 0.1, High: 0.9, Means: []composite.Mean{composite.Harmonic},
		Normalisations: []composite.Normalisation{{By: composite.MinMax, Low: 1, High: 100}, {By: composite.Borda}},
		Treatments:     []composite.Treatment{{Winsorise: 1, Skewness: 2, Kurtosis: 3.5}},
	}
	if !reflect.DeepEqual(m.Uncertainty, study) {
		t.Errorf("study %+v, want %+v", m.Uncertainty, study)
	}
	if m.Unit != "code" || !slices.Equal(m.Columns(), []string{"fibre", "homes", "living_alone"}) {
		t.Errorf("unit %s, columns %v", m.Unit, m.Columns())
	}
}

// Each mistake is told by its line, its column and its field.
func TestMistakesAreTold(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, place, key string }{
		{"unit: code\n", "", "m.yaml:2:1: unit", "composite.want_key"},
		{"unit: code", "unit: [code]", "m.yaml:2:7: unit", "composite.want_text"},
		{"unit: code", "unit: code\nunits: code", "m.yaml:3:1: units", "composite.unknown_key"},
		{"unit: code", "unit: code\nunit: code", "m.yaml:3:1", "composite.yaml"},
		{"weight: 2", "weight: two", "m.yaml:4:64: indicators[0].weight", "composite.want_number"},
		{"weight: 2", "weight: -2", "m.yaml:4:64: indicators[0].weight", "composite.weight"},
		{"weight: 2", "weight: .inf", "m.yaml:4:64: indicators[0].weight", "composite.want_number"},
		{"weight: 2", "weight: &w 2", "m.yaml:4:64: indicators[0].weight", "composite.want_number"},
		{"    direction: down", "    direction: sideways", "m.yaml:8:16: indicators[1].direction", "composite.choice"},
		{"    parent: people", "    parent: persons", "m.yaml:7:13: indicators[1].parent", "composite.parent"},
		{"    parent: people\n", "", "m.yaml:5:5: indicators[1]", "composite.no_parent"},
		{"    parent: people", "    parent: people\n    colour: red", "m.yaml:8:5: indicators[1].colour", "composite.unknown_key"},
		{"by: median", "by: magic", "m.yaml:14:18: imputation.by", "composite.choice"},
		{"winsorise: 5", "winsorise: 5.5", "m.yaml:15:24: treatment.winsorise", "composite.want_whole"},
		{"winsorise: 5", "winsorise: -5", "m.yaml:15:24: treatment.winsorise", "composite.negative"},
		{"spread: 10", "spread: 0", "m.yaml:16:50: normalisation.spread", "composite.spread"},
		{"spread: 10", "range: [0, 1]", "m.yaml:16:42: normalisation.range", "composite.unknown_key"},
		{"range: [1, 100]", "range: 100", "m.yaml:29:28: uncertainty.normalisations[0].range", "composite.want_pair"},
		{"levels: {2: arithmetic}", "levels: {9: arithmetic}", "m.yaml:20:12: aggregation.levels.9", "composite.level"},
		{"levels: {2: arithmetic}", "levels: {two: arithmetic}", "m.yaml:20:12: aggregation.levels.two", "composite.want_whole"},
		{"available: 0.6", "available: 60", "m.yaml:19:14: aggregation.available", "composite.share"},
		{"seed: 9", "seed: -9", "m.yaml:23:9: uncertainty.seed", "composite.negative"},
		{"draws: 200", "draws: {a: b}", "m.yaml:22:10: uncertainty.draws", "composite.want_whole"},
		{"means: [harmonic]", "means: harmonic", "m.yaml:27:10: uncertainty.means", "composite.want_list"},
		{"treatments: [{winsorise: 1}]", "treatments: [1]", "m.yaml:31:16: uncertainty.treatments[0]", "composite.want_mapping"},
		{"indicators:", "indicators: {", "m.yaml", "composite.yaml"},
		{fine, "", "m.yaml", "composite.one_document"},
		{fine, "a: 1\n---\nb: 2\n", "m.yaml", "composite.one_document"},
		{fine, "- 1\n- 2\n", "m.yaml:1:1", "composite.want_mapping"},
		{fine, "just words", "m.yaml:1:1", "composite.want_mapping"},
		{fine, "unit: code", "m.yaml:1:1: indicators", "composite.want_key"},
		{fine, "unit: code\nindicators: []", "m.yaml:2:13: indicators", "composite.no_indicator"},
		{fine, strings.Repeat("#", MaxMethod+1), "m.yaml", "composite.method_too_large"},
		{fine, strings.Repeat("- ", 60), "m.yaml", "composite.too_deep"},
		{fine, strings.Repeat("[", 60), "m.yaml", "composite.too_deep"},
	} {
		if !strings.Contains(fine, c.from) {
			t.Fatalf("the method has no %q", c.from)
		}
		_, err := ReadMethod(strings.NewReader(strings.Replace(fine, c.from, c.to, 1)), "m.yaml")
		ps, ok := errors.AsType[Problems](err)
		if !ok {
			t.Errorf("%.40q: %v, want %s", c.to, err, c.key)
			continue
		}
		if !slices.ContainsFunc(ps, func(p Problem) bool { return p.Fault.Key == c.key && strings.HasPrefix(p.Place(), c.place) }) {
			t.Errorf("%.40q: %v, want %s at %s", c.to, err, c.key, c.place)
		}
		for _, p := range ps {
			for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
				text := texts.Localizer(lang).T(p.Fault.Key, p.Fault.Args...)
				if strings.ContainsAny(text, "⟦{") && !strings.Contains(c.to, "{") && !strings.Contains(c.to, "[[") {
					t.Errorf("%s in %s says %q", p.Fault.Key, lang, text)
				}
			}
		}
	}
}

func TestSeveralMistakesAreToldAtOnce(t *testing.T) {
	_, err := ReadMethod(strings.NewReader("unit: [x]\nindicators:\n  - {key: a, weight: b}\n  - {key: a, odd: 1}\n"), "m.yaml")
	if ps, ok := errors.AsType[Problems](err); !ok || len(ps) != 3 {
		t.Errorf("%v, want three problems", err)
	}
	if fault.CodeOf(err) != fault.Invalid {
		t.Errorf("the code is %s", fault.CodeOf(err))
	}
}

func FuzzReadMethod(f *testing.F) {
	known, err := os.ReadFile("../testdata/asem/method.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{fine, string(known), "", "a", "- -", "{", "a: &b [*b]", "? {}\n: 1", "unit: !!binary x", "<<: {a: 1}", "unit: |\n  x\nindicators: [~]", "%YAML 1.2\n---\na: 1", "indicators:\n -"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ReadMethod(bytes.NewReader(b), "m.yaml")
		if err != nil {
			if ps, ok := errors.AsType[Problems](err); !ok || len(ps) == 0 {
				t.Errorf("an error that says nothing: %v", err)
			}
			return
		}
		if err := m.Recipe.Check(); err != nil || m.Unit == "" && !bytes.Contains(b, []byte("unit")) {
			t.Errorf("a wrong method was accepted: %v", err)
		}
	})
}
