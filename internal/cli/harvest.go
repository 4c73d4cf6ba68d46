package cli

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"bassin/internal/commons"
	"bassin/internal/commonsweb"
	"bassin/internal/dcat"
	"bassin/internal/fault"
	"bassin/internal/harvest"
	"bassin/internal/harvest/publiccode"
	"bassin/internal/job"
	"bassin/internal/people"
)

// harvesting is what the command line says of what the library is harvested from.
type harvesting struct {
	HarvestNetworks []string `env:"BASSIN_HARVEST_NETWORKS" help:"Private networks in which sources of the library may be, such as 10.1.0.0/16; none without it (${env})."`
}

func (h harvesting) networks() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range h.HarvestNetworks {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("--harvest-networks: %q is no network such as 10.1.0.0/16", text)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// Bounds of what is asked of the network.
const (
	harvestPause = 300 * time.Millisecond
	harvestTime  = time.Minute
	harvestBytes = 64 << 20
)

// newHarvester joins what is harvested to the network, the formats and the library.
func (s *Server) newHarvester() (*commons.Harvester, error) {
	networks, err := s.command.Harvesting.networks()
	if err != nil {
		return nil, err
	}
	reader, err := publiccode.New()
	if err != nil {
		return nil, err
	}
	client := &harvest.Client{
		Guard: harvest.Guard{Allowed: networks}, Pause: harvestPause, Time: harvestTime, Bytes: harvestBytes,
		Agent: func() string { return harvest.AgentOf(s.version, s.address()) },
	}
	s.client = client
	f := &harvest.Fetcher{Client: client, Publiccode: reader, Catalogue: func(_ context.Context, at, mediaType string, body []byte) ([]commons.Found, string, []commons.Finding) {
		r := dcat.Reader{Format: dcat.FormatOf(mediaType, body), Base: at}
		found, page, findings := r.Page(body)
		out := make([]commons.Finding, len(findings))
		for i, f := range findings {
			out[i] = f.Finding
		}
		return found, page.Next, out
	}}
	return &commons.Harvester{Library: s.library, Store: s.db, Fetcher: f, Own: s.address, Now: s.now}, nil
}

// fetchTime is how long somebody who waits for a file to come is kept waiting.
const fetchTime = 20 * time.Second

// fetch gets a file that somebody wants to read into the library, with the same care as
// what is harvested.
func (s *Server) fetch(ctx context.Context, address string) ([]byte, error) {
	ctx, stop := context.WithTimeout(ctx, fetchTime)
	defer stop()
	answer, err := s.client.Get(ctx, address, "", "")
	return answer.Body, err
}

// address is the public address of this installation.
func (s *Server) address() string {
	if base := s.site.site().BaseURL; base != "" {
		return base
	}
	return "http://" + s.Address()
}

// giver tells other installations what people say of the library here.
func (s *Server) giver(bodies *people.Organisations) *commons.Giver {
	return &commons.Giver{Library: s.library, Record: s.db, Address: func(id string) string { return s.address() + "/communs/" + id }, Body: func(ctx context.Context, v string) (string, error) {
		id, ok := commons.OrganisationOf(v)
		if !ok {
			return v, nil
		}
		o, err := bodies.Find(ctx, id)
		if fault.CodeOf(err) == fault.NotFound {
			return "", nil
		}
		return o.Name, err
	}}
}

// harvestDue is the task that harvests what is due.
func (s *Server) harvestDue(ctx context.Context, _ job.Turn) (job.Counts, error) {
	n, err := s.harvester.Due(ctx)
	return job.Counts(n), err
}

// harvests joins the pages of what is harvested to it.
func (s *Server) harvests() *commonsweb.Harvests {
	return &commonsweb.Harvests{
		Store: s.db, Rules: &commons.Sources{Store: s.db, Check: s.library.Check, Now: s.now}, Try: s.harvester.Try,
		Wake: func(ctx context.Context) error {
			err := s.db.RunNow(ctx, people.Of(ctx).By(), "harvest", s.now())
			if fault.CodeOf(err) == fault.NotFound { // no server has planned it yet: it comes soon
				return nil
			}
			return err
		},
	}
}
