package api

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"bassin/internal/fault"
	"bassin/internal/territory"
)

// SetInput asks for a set of communes to be kept.
type SetInput struct {
	Communes   []string `json:"communes,omitempty" maxItems:"40000"`
	Expression string   `json:"expression,omitempty" maxLength:"60000" example:"22113,bv:22266~commune:22278"`
}

type setRequest struct {
	Lang string `query:"lang" enum:"fr,en"`
	Body SetInput
}

// keepSet registers the one writing: a set of communes gets a short address.
func (b *builder) keepSet() {
	schemas := b.huma.OpenAPI().Components.Schemas
	op := operation{answer: Detail{}}
	o := huma.Operation{
		OperationID: "keepSet", Method: http.MethodPost, Path: "/sets", DefaultStatus: http.StatusCreated,
		Responses: op.responses(schemas), MaxBodyBytes: 1 << 20,
	}
	delete(o.Responses, "304")
	o.Responses["201"] = &huma.Response{Content: map[string]*huma.MediaType{jsonMedia: {Schema: schemas.Schema(reflect.TypeFor[Detail](), true, "")}}}
	huma.Register(b.huma, o, func(ctx context.Context, in *setRequest) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(h huma.Context) {
			a := b.api
			q := &query{ctx: ctx, snap: a.snapshot(ctx), local: a.localizer(h), format: jsonMedia, service: a}
			if q.snap == nil {
				refuse(h, q.local, fault.New(fault.Unavailable, "api.error.unready"))
				return
			}
			r, err := q.keep(&in.Body)
			if err != nil {
				refuse(h, q.local, err)
				return
			}
			q.write(h, r)
		}}, nil
	})
}

func (q *query) keep(in *SetInput) (*reply, error) {
	expr := strings.TrimSpace(in.Expression)
	switch {
	case expr != "" && len(in.Communes) > 0, expr == "" && len(in.Communes) == 0:
		return nil, fault.New(fault.Invalid, "api.error.set").In("expression")
	case expr == "":
		for _, c := range in.Communes {
			if len(c) != 5 {
				return nil, fault.New(fault.Invalid, "api.error.commune", clip(c)).In("communes")
			}
		}
		expr = strings.Join(in.Communes, ",")
	}
	t, err := q.service.sets.Keep(q.ctx, q.france(), expr)
	if err != nil {
		return nil, blame(err, in)
	}
	status := http.StatusCreated
	if t.Level != territory.Custom {
		status = http.StatusOK // a published territory has its address already
	}
	return &reply{value: q.detail(t), status: status, location: Prefix + "/territories/" + t.ID.String()}, nil
}

// blame names the field at fault.
func blame(err error, input *SetInput) error {
	if len(input.Communes) > 0 {
		return in(err, "communes")
	}
	return in(err, "expression")
}

// clip shortens what a person typed so that it fits in a message.
func clip(s string) string {
	if len(s) <= 40 {
		return s
	}
	return strings.ToValidUTF8(s[:40], "") + "…"
}
