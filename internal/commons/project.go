package commons

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"bassin/internal/territory"
)

// Project is an experiment as the schema projets-territoire 0.1.0 has it. What the schema
// asks of people (the referent's name, e-mail, telephone) is left out.
type Project struct {
	ID          string   `json:"id"`        // UUID
	CreatedAt   string   `json:"createdAt"` // RFC 3339, UTC
	UpdatedAt   string   `json:"updatedAt"`
	Name        string   `json:"nom"`
	Description string   `json:"description,omitempty"`
	Budget      int64    `json:"budgetPrevisionnel,omitempty"` // euros
	Begins      string   `json:"dateDebutPrevisionnelle,omitempty"`
	Phase       string   `json:"phase,omitempty"`
	Status      string   `json:"phaseStatut,omitempty"`
	Places      []string `json:"collectiviteIds"`
}

// Collectivite is a row of collectivites 0.1.0, which projects refer to.
type Collectivite struct {
	ID        string `json:"id"` // UUID
	Name      string `json:"nom"`
	Type      string `json:"type"`
	INSEE     string `json:"codeInsee,omitempty"`
	EPCI      string `json:"codeEpci,omitempty"`
	CreatedAt string `json:"createdAt"`
	UpdatedAt string `json:"updatedAt"`
}

// The words of the schema.
var (
	projectPhase  = map[string]string{"idea": "Idée", "study": "Étude", "operation": "Opération"}
	projectStatus = map[string]string{"running": "En cours", "late": "En retard", "paused": "En pause", "blocked": "Bloqué", "abandoned": "Abandonné", "done": "Terminé"}
	projectPlace  = map[territory.Level]string{territory.Commune: "Commune", territory.EPCI: "EPCI", territory.Departement: "Département", territory.Region: "Région"}
)

// ProjectsOf are the experiments among entries, with the collectivités that they name.
// The schema has no bassin de vie nor quartier: they are given as their communes, and the
// EPCI where at least half of their inhabitants live. Base is the address of this
// installation: with it, ids are the same each time and nobody else's. Experiments
// without a date of publication here cannot be written.
func ProjectsOf(f *territory.France, base string, entries []Entry) ([]Project, []Collectivite) {
	var out []Project
	places := map[string]Collectivite{}
	var order []string
	for i := range entries {
		e := &entries[i]
		if e.Kind != Experiment || e.CreatedAt.IsZero() || e.UpdatedAt.IsZero() {
			continue
		}
		s, _ := e.Sheet()
		p := Project{ID: uuid(base + "/communs/" + e.ID), CreatedAt: e.CreatedAt.UTC().Format(time.RFC3339), UpdatedAt: e.UpdatedAt.UTC().Format(time.RFC3339),
			Name: s.Get("title"), Description: strings.TrimSpace(s.Get("summary") + "\n\n" + s.Get("description")), Phase: projectPhase[s.Get("phase")], Status: projectStatus[s.Get("phase_status")], Places: []string{}}
		p.Budget, _ = strconv.ParseInt(s.Get("budget"), 10, 64)
		if day, err := time.Parse(time.DateOnly, s.Get("begun_on")); err == nil { // a month or a year is no day
			p.Begins = day.Format(time.DateOnly)
		}
		for _, id := range s.Territories() {
			t, ok := f.Territory(id)
			if !ok {
				continue
			}
			for _, u := range asCollectivites(f, t) {
				c := Collectivite{ID: uuid(base + u.Path()), Name: u.Name, Type: projectPlace[u.ID.Level], CreatedAt: strconv.Itoa(f.Vintage()) + "-01-01T00:00:00Z"}
				c.UpdatedAt = c.CreatedAt // as the official geography was on that day
				switch u.ID.Level {       //nolint:exhaustive // the others have no code there
				case territory.Commune:
					c.INSEE = u.ID.Code
				case territory.EPCI:
					c.EPCI = u.ID.Code
				}
				if _, known := places[c.ID]; !known {
					places[c.ID] = c
					order = append(order, c.ID)
				}
				if !slices.Contains(p.Places, c.ID) {
					p.Places = append(p.Places, c.ID)
				}
			}
		}
		out = append(out, p)
	}
	cs := make([]Collectivite, len(order))
	for i, id := range order {
		cs[i] = places[id]
	}
	return out, cs
}

// asCollectivites is a territory as those that the schema knows.
func asCollectivites(f *territory.France, t *territory.Territory) []*territory.Territory {
	if projectPlace[t.ID.Level] != "" {
		return []*territory.Territory{t}
	}
	if t.ID.Level == territory.Pays {
		return nil
	}
	var out []*territory.Territory
	for _, n := range t.Communes() {
		if c, ok := f.Territory(territory.ID{Level: territory.Commune, Code: f.Commune(n).Code}); ok {
			out = append(out, c)
		}
	}
	for _, r := range f.Relations(t, territory.EPCI) {
		if r.Known && r.OfThis >= 0.5 {
			out = append(out, r.Other)
		}
	}
	return out
}

// uuid is an identifier made of a name: version 8 of RFC 9562, from its SHA-256.
func uuid(name string) string {
	sum := sha256.Sum256([]byte(name))
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
