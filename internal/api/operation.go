package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/observatory"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

// Shared are the parameters of every reading.
type Shared struct {
	Format string `query:"format" enum:"json,geojson,csv,parquet"`
	Lang   string `query:"lang" enum:"fr,en"`
}

// builder registers operations.
type builder struct {
	api  *API
	huma huma.API
}

// operation describes a reading.
type operation struct {
	id, path string
	answer   any // zero value of what JSON holds, nil where JSON is not offered
	geojson  bool
	csv      bool
	parquet  bool
}

// query is a request under way.
type query struct {
	ctx     context.Context
	snap    *snapshot.Snapshot
	local   *i18n.Localizer
	format  string
	excel   bool // cells that a spreadsheet would run are made harmless
	service *API
	address string // path and query, to write the next page's
}

// observatory compares the territories of the snapshot that the request sees.
func (q *query) observatory() *observatory.Observatory { return q.service.figures.Of(q.snap) }

func (q *query) france() *territory.France { return q.snap.France }

// resolve finds the territory that a path names.
func (q *query) resolve(id string) (*territory.Territory, error) { return q.resolveIn("id", id) }

// resolveIn finds the territory that a parameter names.
func (q *query) resolveIn(field, id string) (*territory.Territory, error) {
	t, err := q.service.sets.Resolve(q.ctx, q.france(), id)
	return t, in(err, field)
}

// in names the parameter at fault if the error does not.
func in(err error, field string) error {
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Field == "" {
		c := *e
		return c.In(field)
	}
	return err
}

// rename calls the parameter at fault by its name here.
func rename(err error, from, to string) error {
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Field == from {
		c := *e
		return c.In(to)
	}
	return err
}

// reply is an answer in its forms.
type reply struct {
	value    any
	geojson  func(dst []byte) ([]byte, error)
	csv      func(t *table)
	stream   func(w io.Writer) error // instead of these, for what is too long to hold
	file     string                  // name to keep it under, where it is a file
	total    int
	next     string // address of the next page
	status   int
	location string
	fresh    bool // it changes with the database: it is kept no longer than it is the same
}

const (
	jsonMedia    = "application/json"
	geoJSONMedia = "application/geo+json"
	csvMedia     = "text/csv"
	parquetMedia = "application/vnd.apache.parquet"
)

// read registers a reading.
func read[I any](b *builder, op operation, answer func(q *query, in *I) (*reply, error)) {
	o := huma.Operation{OperationID: op.id, Method: http.MethodGet, Path: op.path, Responses: op.responses(b.huma.OpenAPI().Components.Schemas)}
	huma.Register(b.huma, o, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(h huma.Context) {
			a := b.api
			l := a.localizer(h)
			snap := a.snapshot(ctx)
			if snap == nil {
				refuse(h, l, fault.New(fault.Unavailable, "api.error.unready"))
				return
			}
			format, err := op.negotiate(h.Query("format"), h.Header("Accept"))
			if err != nil {
				refuse(h, l, err)
				return
			}
			u := h.URL()
			q := &query{
				ctx: snapshot.WithContext(ctx, snap), snap: snap, local: l, format: format, service: a,
				excel: h.Query("spreadsheet") == "true", address: u.RequestURI(),
			}
			r, err := answer(q, in)
			if err != nil {
				refuse(h, l, err)
				return
			}
			q.write(h, r)
		}}, nil
	})
}

// snapshot is the one that the request sees, or nil if none is loaded.
func (a *API) snapshot(ctx context.Context) *snapshot.Snapshot {
	if s := snapshot.FromContext(ctx); s != nil {
		return s
	}
	return a.live.Load()
}

func (op *operation) media() []string {
	var out []string
	for _, m := range []struct {
		media   string
		offered bool
	}{{jsonMedia, op.answer != nil}, {geoJSONMedia, op.geojson}, {csvMedia, op.csv}, {parquetMedia, op.parquet}} {
		if m.offered {
			out = append(out, m.media)
		}
	}
	return out
}

// formats are the values of the parameter format.
var formats = map[string]string{"json": jsonMedia, "geojson": geoJSONMedia, "csv": csvMedia, "parquet": parquetMedia}

// negotiate chooses the form of an answer: the parameter first, then the first
// media type accepted that is offered, then the first offered.
func (op *operation) negotiate(format, accept string) (string, error) {
	offered := op.media()
	if format != "" {
		media := formats[format]
		if format == "json" && op.answer == nil && op.geojson {
			media = geoJSONMedia
		}
		if slices.Contains(offered, media) {
			return media, nil
		}
		return "", fault.New(fault.Invalid, "api.error.format", format).In("format")
	}
	for one := range strings.SplitSeq(accept, ",") {
		media, _, _ := strings.Cut(one, ";")
		if media = strings.TrimSpace(media); slices.Contains(offered, media) {
			return media, nil
		}
	}
	return offered[0], nil
}

func (op *operation) responses(schemas huma.Registry) map[string]*huma.Response {
	content := map[string]*huma.MediaType{}
	for _, m := range op.media() {
		switch m {
		case jsonMedia:
			content[m] = &huma.MediaType{Schema: schemas.Schema(reflect.TypeOf(op.answer), true, "")}
		case geoJSONMedia:
			content[m] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeObject}}
		case parquetMedia:
			content[m] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
		default:
			content[m] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
		}
	}
	failed := map[string]*huma.MediaType{"application/problem+json": {Schema: schemas.Schema(reflect.TypeFor[Problem](), true, "")}}
	return map[string]*huma.Response{"200": {Content: content}, "304": {}, "default": {Content: failed}}
}

// tag is the ETag of an answer: it changes with all that the answer depends on,
// which is the data, the program, the address, the form and the language. Weak:
// the same content may travel compressed or not.
func (q *query) tag() string {
	sum := sha256.New()
	for _, part := range []string{q.snap.Manifest.Hash, q.service.build, q.address, q.format, string(q.local.Lang())} {
		fmt.Fprintf(sum, "%d:%s", len(part), part) // with their lengths, so that parts cannot run into each other
	}
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:12]) + `"`
}

// holds says whether an If-None-Match header names the tag.
func holds(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(one), "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// kept lets whoever reads an answer use it for an hour without asking again.
const kept = "public, max-age=3600"

func (q *query) write(h huma.Context, r *reply) {
	h.SetHeader("Access-Control-Allow-Origin", "*")
	h.SetHeader("Access-Control-Expose-Headers", "ETag, Link, Bassin-Vintage, Bassin-Snapshot, Bassin-Total")
	h.SetHeader("Bassin-Vintage", strconv.Itoa(q.france().Vintage()))
	h.SetHeader("Bassin-Snapshot", q.snap.Manifest.Hash)
	h.SetHeader("Vary", "Accept, Accept-Language, Accept-Encoding")
	tag, kept := "", kept
	var body []byte
	if r.stream == nil && r.fresh {
		var err error
		if body, err = q.body(r); err != nil {
			refuse(h, q.local, err)
			return
		}
	}
	if r.status == 0 {
		r.status, tag = http.StatusOK, q.tag()
		if r.fresh {
			sum := sha256.Sum256(append([]byte(tag), body...))
			tag, kept = `W/"`+base64.RawURLEncoding.EncodeToString(sum[:12])+`"`, "no-cache"
		}
		if holds(h.Header("If-None-Match"), tag) {
			h.SetHeader("Cache-Control", kept)
			h.SetHeader("ETag", tag)
			h.SetStatus(http.StatusNotModified)
			return
		}
	}
	media := q.format
	if r.stream == nil && body == nil {
		var err error
		if body, err = q.body(r); err != nil {
			refuse(h, q.local, err)
			return
		}
	}
	if media != geoJSONMedia && media != parquetMedia {
		media += "; charset=utf-8"
	}
	if tag != "" {
		h.SetHeader("Cache-Control", kept)
		h.SetHeader("ETag", tag)
	} else {
		h.SetHeader("Cache-Control", "no-store")
	}
	if r.total > 0 {
		h.SetHeader("Bassin-Total", strconv.Itoa(r.total))
	}
	if r.next != "" {
		h.SetHeader("Link", "<"+r.next+`>; rel="next"`)
	}
	if r.location != "" {
		h.SetHeader("Location", r.location)
	}
	h.SetHeader("Content-Type", media)
	h.SetHeader("Content-Language", string(q.local.Lang()))
	if r.file != "" {
		h.SetHeader("Content-Disposition", `attachment; filename="`+r.file+`"`)
	}
	if r.stream == nil {
		h.SetHeader("Content-Length", strconv.Itoa(len(body)))
		h.SetStatus(r.status)
		h.BodyWriter().Write(body)
		return
	}
	h.SetStatus(r.status)
	if err := r.stream(h.BodyWriter()); err != nil {
		panic(http.ErrAbortHandler) // cut short, it must not look whole
	}
}

func (q *query) body(r *reply) ([]byte, error) {
	switch q.format {
	case geoJSONMedia:
		return r.geojson(nil)
	case csvMedia:
		t := &table{harmless: q.excel}
		r.csv(t)
		return t.bytes(), nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(r.value)
	return b.Bytes(), err
}
