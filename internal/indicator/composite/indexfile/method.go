package indexfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"bassin/internal/fault"
	"bassin/internal/indicator/composite"
)

// Method is a method file: how to read the table, the recipe, and the variants.
type Method struct {
	File        string
	Unit        string // column that names the units
	Recipe      composite.Method
	Uncertainty *composite.Uncertainty // nil where the file has none

	places map[string]place
}

// MaxMethod is the most bytes that a method file may have.
const MaxMethod = 256 << 10

// deep says whether a file nests far beyond what a method needs: reading it would
// take a time that grows with the square of its depth.
func deep(b []byte) bool {
	open := 0
	for line := range bytes.Lines(b) {
		if len(line)-len(bytes.TrimLeft(line, " \t-?:")) > 100 {
			return true
		}
		for _, c := range line {
			switch c {
			case '[', '{':
				if open++; open > 50 {
					return true
				}
			case ']', '}':
				open = max(0, open-1)
			}
		}
	}
	return false
}

// ReadMethod reads a method file; name is only for messages. The error is Problems.
func ReadMethod(r io.Reader, name string) (*Method, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxMethod+1))
	if err != nil {
		return nil, err
	}
	whole := func(line, column int, key string, args ...any) error {
		return Problems{{name, line, column, "", fault.New(fault.Invalid, key, args...)}}
	}
	if len(b) > MaxMethod {
		return nil, whole(0, 0, "composite.method_too_large")
	}
	if deep(b) {
		return nil, whole(0, 0, "composite.too_deep")
	}
	file, err := parser.ParseBytes(b, 0)
	if err != nil {
		if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil && e.GetToken().Position != nil {
			at := e.GetToken().Position
			return nil, whole(at.Line, at.Column, "composite.yaml", e.GetMessage())
		}
		return nil, whole(0, 0, "composite.yaml", err.Error())
	}
	docs := slices.DeleteFunc(file.Docs, func(d *ast.DocumentNode) bool { return d == nil || d.Body == nil })
	if len(docs) != 1 {
		return nil, whole(0, 0, "composite.one_document")
	}
	rd := &reader{file: name, places: map[string]place{}}
	m := &Method{File: name, places: rd.places}
	rd.method(docs[0].Body, m)
	if len(rd.problems) > 0 {
		return nil, rd.problems
	}
	if err := m.Recipe.Check(); err != nil {
		return nil, m.Locate(err)
	}
	return m, nil
}

func (r *reader) method(n ast.Node, m *Method) {
	o := r.object(n, "")
	if o == nil {
		return
	}
	m.Unit = o.need("unit")
	if o.values["indicators"] == nil {
		r.fail(n, "indicators", "composite.want_key", "indicators")
	}
	o.list("indicators", func(n ast.Node, path string) {
		if x := r.object(n, path); x != nil {
			m.Recipe.Indicators = append(m.Recipe.Indicators, x.indicator())
			x.done()
		}
	})
	o.list("aggregates", func(n ast.Node, path string) {
		if x := r.object(n, path); x != nil {
			m.Recipe.Aggregates = append(m.Recipe.Aggregates, composite.Aggregate{
				Key: x.need("key"), Parent: x.text("parent"), Weight: x.number("weight", 1),
				Mean: composite.Mean(x.choice("mean", "", means()...)),
			})
			x.done()
		}
	})
	if x := o.object("screening"); x != nil {
		m.Recipe.Screening = composite.Screening{
			Indicators: x.number("indicators", 0), Units: x.number("units", 0),
			Imputed: x.choice("on", "denominated", "denominated", "imputed") == "imputed",
		}
		x.done()
	}
	if x := o.object("imputation"); x != nil {
		by := x.choice("by", "none", "none", "mean", "median")
		if by == "none" {
			by = ""
		}
		m.Recipe.Imputation = composite.Imputation{By: composite.Estimate(by), Group: x.text("group")}
		x.done()
	}
	if x := o.object("treatment"); x != nil {
		m.Recipe.Treatment = x.treatment()
		x.done()
	}
	m.Recipe.Normalisation = composite.Normalisation{By: composite.MinMax, High: 100}
	if x := o.object("normalisation"); x != nil {
		m.Recipe.Normalisation = x.normalisation()
		x.done()
	}
	m.Recipe.Mean = composite.Arithmetic
	if x := o.object("aggregation"); x != nil {
		m.Recipe.Mean = composite.Mean(x.choice("mean", "arithmetic", means()...))
		m.Recipe.Available = x.number("available", 0)
		if levels := x.object("levels"); levels != nil {
			m.Recipe.LevelMeans = map[int]composite.Mean{}
			for _, key := range slices.Clone(levels.keys) {
				level, err := strconv.Atoi(key)
				if err != nil {
					r.fail(levels.keyAt[key], join(levels.path, key), "composite.want_whole", strconv.Quote(key))
					continue
				}
				m.Recipe.LevelMeans[level] = composite.Mean(levels.choice(key, "arithmetic", means()...))
				// The engine names the field by the number, however it is written.
				r.places[fmt.Sprintf("%s.%d", levels.path, level)] = placeOf(levels.keyAt[key])
			}
		}
		x.done()
	}
	if x := o.object("uncertainty"); x != nil {
		m.Uncertainty = x.uncertainty()
		x.done()
	}
	o.done()
}

// object reads a mapping inside o, nil where there is none.
func (o *object) object(key string) *object {
	n, path := o.get(key)
	if n == nil {
		return nil
	}
	return o.r.object(n, path)
}

func means() []string {
	var out []string
	for _, m := range composite.Means() {
		out = append(out, string(m))
	}
	return out
}

func scales() []string {
	var out []string
	for _, s := range composite.Scales() {
		out = append(out, string(s))
	}
	return out
}

func (o *object) indicator() composite.Indicator {
	x := composite.Indicator{
		Key: o.need("key"), Column: o.text("column"), Parent: o.text("parent"),
		Denominator: o.text("denominator"), Weight: o.number("weight", 1), Target: math.NaN(),
	}
	switch o.choice("direction", "up", "up", "down", "1", "-1") {
	case "down", "-1":
		x.Falling = true
	}
	x.Target = o.number("target", math.NaN())
	return x
}

func (o *object) treatment() composite.Treatment {
	return composite.Treatment{
		Winsorise: o.whole("winsorise", 0),
		Log:       o.choice("then", "none", "none", "log") == "log",
		Skewness:  o.number("skewness", 2),
		Kurtosis:  o.number("kurtosis", 3.5),
	}
}

func (o *object) normalisation() composite.Normalisation {
	n := composite.Normalisation{By: composite.Scale(o.choice("by", string(composite.MinMax), scales()...))}
	// Only what the scale reads is asked for, so that the rest is refused as unknown.
	if n.By.Bounded() {
		n.Low, n.High = o.pair("range", 0, 100)
	}
	if n.By.Centred() {
		n.Centre, n.Spread = o.number("centre", 0), o.number("spread", 1)
	}
	return n
}

func (o *object) uncertainty() *composite.Uncertainty {
	u := &composite.Uncertainty{Draws: o.whole("draws", 1000), Noise: o.number("noise", 0.25)}
	seed := o.whole("seed", 1)
	if seed < 0 {
		o.r.fail(o.values["seed"], join(o.path, "seed"), "composite.negative", seed)
	}
	u.Seed = uint64(seed)
	u.Low, u.High = o.pair("interval", 0.05, 0.95)
	o.list("levels", func(n ast.Node, path string) { u.Levels = append(u.Levels, o.r.whole(n, path)) })
	o.list("means", func(n ast.Node, path string) {
		u.Means = append(u.Means, composite.Mean(o.r.choice(n, path, means()...)))
	})
	o.list("normalisations", func(n ast.Node, path string) {
		if x := o.r.object(n, path); x != nil {
			u.Normalisations = append(u.Normalisations, x.normalisation())
			x.done()
		}
	})
	o.list("treatments", func(n ast.Node, path string) {
		if x := o.r.object(n, path); x != nil {
			u.Treatments = append(u.Treatments, x.treatment())
			x.done()
		}
	})
	return u
}

// Columns lists the columns of numbers that the method reads, each once.
func (m *Method) Columns() []string {
	var out []string
	add := func(name string) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, x := range m.Recipe.Indicators {
		if x.Column == "" {
			add(x.Key)
		}
		add(x.Column)
		add(x.Denominator)
	}
	return out
}
