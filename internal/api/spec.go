package api

import (
	"bytes"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"bassin/internal/i18n"
)

// describe puts words on the OpenAPI document, in one language.
func describe(spec *huma.OpenAPI, l *i18n.Localizer) {
	spec.Info.Title = l.T("api.title")
	spec.Info.Description = l.T("api.intro")
	spec.Info.License = &huma.License{Name: "Licence Ouverte 2.0", Identifier: "etalab-2.0"}
	for _, item := range spec.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post} {
			if op == nil {
				continue
			}
			op.Summary = l.T("api.op." + op.OperationID)
			op.Description = l.T("api.op." + op.OperationID + ".text")
			for _, p := range op.Parameters {
				p.Description = l.T(own(l, "api.param.", op.OperationID, p.Name))
				if p.Name == "format" {
					p.Schema = formatSchema(op)
				}
			}
			for status, r := range op.Responses {
				r.Description = l.T("api.response." + status)
			}
		}
	}
	schemas := spec.Components.Schemas.Map()
	delete(schemas, "ErrorModel") // the library's own form of refusals, which no answer has
	delete(schemas, "ErrorDetail")
	for name, s := range schemas {
		// Answers may gain properties without breaking who reads them.
		if name != "SetInput" {
			s.AdditionalProperties = nil
		}
		if key := "api.schema." + name; l.Has(key) {
			s.Description = l.T(key)
		}
		for property, p := range s.Properties {
			if p.Type == huma.TypeArray {
				p.Nullable = false
			}
			if key := own(l, "api.field.", name, property); p.Ref == "" && l.Has(key) {
				p.Description = l.T(key)
			}
		}
	}
}

// own is the key of a text of one operation or schema where there is one, and else
// that of its name wherever it stands.
func own(l *i18n.Localizer, room, of, name string) string {
	if key := room + of + "." + name; l.Has(key) {
		return key
	}
	return room + name
}

// formatSchema lists the formats that an operation offers.
func formatSchema(op *huma.Operation) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, name := range []string{"json", "geojson", "csv", "parquet"} {
		if _, ok := op.Responses["200"].Content[formats[name]]; ok {
			s.Enum = append(s.Enum, name)
		}
	}
	return s
}

// indented writes the document so that two versions of it can be compared.
func indented(spec *huma.OpenAPI) ([]byte, error) {
	text, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
