package pipeline

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"bassin/internal/territory/shape"
)

func itoa(n int) string { return strconv.Itoa(n) }

type properties map[string]json.RawMessage

// readFeatures reads the properties of a map's features as the rows of a table.
// Their outlines are read apart, see readOutlines.
func readFeatures(content []byte, s *Source, ps *sourceProblems) *table {
	var all []properties
	var err error
	type feature struct{ Properties properties }
	if s.Format == "topojson" {
		var file struct {
			Objects map[string]struct{ Geometries []feature }
		}
		if err = json.Unmarshal(content, &file); err == nil {
			for _, g := range file.Objects[s.Object].Geometries {
				all = append(all, g.Properties)
			}
		}
	} else {
		var file struct{ Features []feature }
		if err = json.Unmarshal(content, &file); err == nil {
			for _, f := range file.Features {
				all = append(all, f.Properties)
			}
		}
	}
	if err != nil {
		tellJSON(err, ps)
		return nil
	}
	t := &table{source: s, at: map[string]int{}, rows: make([][]string, len(all)), lines: make([]int, len(all))}
	for i, c := range s.Columns {
		t.at[c.Name] = i
	}
	for i, p := range all {
		t.rows[i], t.lines[i] = make([]string, len(s.Columns)), i+1
		for k, c := range s.Columns {
			raw, ok := p[c.Name]
			if !ok {
				ps.at(i+1, c.Name, "", "the property is missing")
				continue
			}
			if t.rows[i][k], ok = c.text(raw); !ok {
				ps.at(i+1, c.Name, "", "%s is not a text%s", shorten(string(raw)), map[bool]string{true: " list"}[c.List])
			}
		}
		for name := range p {
			if s.column(name) == nil {
				ps.at(i+1, name, "describe it in the manifest", "the property is not in the manifest")
			}
		}
	}
	return t
}

// text reads a property: a text, a list of texts where the column is one, or a number.
func (c *Column) text(raw json.RawMessage) (string, bool) {
	if c.List {
		var vs []string
		if json.Unmarshal(raw, &vs) != nil {
			return "", false
		}
		return strings.Join(vs, list), true
	}
	if c.Type == "int" || c.Type == "decimal" {
		var n json.Number
		err := json.Unmarshal(raw, &n)
		return n.String(), err == nil
	}
	var v string
	err := json.Unmarshal(raw, &v)
	return v, err == nil
}

func tellJSON(err error, ps *sourceProblems) {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		ps.whole("put the whole file back", "the file is not valid JSON: %v, at byte %d", e, e.Offset)
		return
	}
	ps.whole("", "%s", strings.TrimPrefix(err.Error(), "json: "))
}

func readOutlines(content []byte, s *Source, ps *sourceProblems) *shape.Topology {
	var t *shape.Topology
	var err error
	if s.Format == "topojson" {
		t, err = shape.ReadTopoJSON(bytes.NewReader(content), s.Object, "code")
	} else {
		t, err = shape.FromGeoJSON(bytes.NewReader(content), "code")
	}
	if err != nil {
		ps.whole("", "%v", err)
		return nil
	}
	return t
}

// shorten keeps a value readable in a message.
func shorten(v string) string {
	const most = 60
	r := []rune(v)
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return v
}
