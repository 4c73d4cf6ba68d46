package adminweb

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"bassin/internal/audit"
	"bassin/internal/job"
	"bassin/internal/people"
)

// Long work is done by the server that was asked. That it began and how it ended is in
// the record, where the other servers read it; how far it is, only that server knows.

// recordedAs is the action under which long work is recorded when it ends. When it
// begins, [begun] is added.
var recordedAs = map[string]string{dataWork: "data.build", verifyWork: "audit.verify"}

const begun = ".begin"

// longest is how long work may take: of what began earlier, the server died.
const longest = 15 * time.Minute

// look is work as it stands: this server's, or another's that is newer.
func (p *Pages) look(ctx context.Context, name string) (job.Work, error) {
	w, _ := p.Desk.Look(name)
	if w.Running() {
		return w, nil
	}
	rows, err := p.Record.Find(ctx, audit.Filter{Action: recordedAs[name], Limit: 1})
	if err != nil || len(rows) == 0 || !rows[0].At.After(w.Ended) {
		return w, err
	}
	last := rows[0]
	if strings.HasSuffix(last.Action, begun) {
		if since := p.Now().Sub(last.At); since < longest && since > -job.Skew {
			return job.Work{Name: name, Started: last.At}, nil
		}
		return w, nil
	}
	var said struct {
		New, Failed bool
		Rows        int64
		Problems    int
		Found       []audit.Problem
	}
	if last.Action != recordedAs[name] || json.Unmarshal([]byte(last.Became), &said) != nil {
		return w, nil // it does not say how it ended
	}
	w = job.Work{Name: name, Started: last.At, Ended: last.At}
	switch {
	case said.Failed:
		w.Err = errElsewhere
	case name == dataWork:
		w.Result = said.New
	case said.Problems == len(said.Found):
		w.Result = audit.Report{Rows: said.Rows, Problems: said.Found}
	}
	return w, nil
}

// errElsewhere is that work failed on a server whose log says why.
var errElsewhere = errors.New("")

// start begins long work, unless it goes on here or elsewhere. What f did it records itself.
func (p *Pages) start(r *http.Request, name, subject string, f func(context.Context, job.Tell) (any, error)) error {
	w, err := p.look(r.Context(), name)
	if err != nil || w.Running() {
		return err
	}
	actor := people.Of(r.Context())
	if err := p.Record.Record(r.Context(), audit.Entry{By: actor.By(), Action: recordedAs[name] + begun, Subject: subject}); err != nil {
		return err
	}
	p.Desk.Start(r.Context(), name, actor.Person.ID, f)
	return nil
}
