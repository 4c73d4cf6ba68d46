package commons

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"bassin/internal/fault"
	"bassin/internal/follow"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/report"
)

// Herald tells people of what happens in the library: authors of the answer to what
// they proposed, followers, moderators. Whatever the number of times an event is
// delivered, each is told once.
type Herald struct {
	Library    *Library
	Store      CommunityStore
	Follows    follow.Store
	Moderators report.Moderators
	// InOrganisation are those who speak for an organisation.
	InOrganisation func(ctx context.Context, organisation string) ([]string, error)
	// Around are the territories whose followers are told of what is in this one: itself,
	// and those that contain it.
	Around func(ctx context.Context, e *Entry) []string
	Post   report.Teller
	Now    func() time.Time
}

// Kinds are the events that the herald delivers.
func (h *Herald) Kinds() map[string]func(context.Context, job.Delivery) error {
	return map[string]func(context.Context, job.Delivery) error{Happened: h.revision, EntryHappened: h.entry, CommentHappened: h.comment, CreditHappened: h.credit}
}

// gone is nil where what an event is about is there no more: nobody is to be told.
func gone(err error) error {
	if fault.CodeOf(err) == fault.NotFound || fault.CodeOf(err) == fault.Gone {
		return nil
	}
	return err
}

func body[T any](d job.Delivery) (v T, err error) {
	if err := json.Unmarshal(d.Body, &v); err != nil {
		return v, job.Permanent(fmt.Errorf("commons: the event %s: %w", d.ID, err))
	}
	return v, nil
}

func (h *Herald) revision(ctx context.Context, d job.Delivery) error {
	event, err := body[Event](d)
	if err != nil {
		return err
	}
	r, err := h.Library.Store.Revision(ctx, event.Revision)
	if err != nil {
		return gone(err)
	}
	e, err := h.Library.about(ctx, r)
	if err != nil {
		return gone(err)
	}
	title := r.Sheet.Get("title")
	if title == "" {
		title = e.Title()
	}
	n := notice.Notice{Subject: notice.Contributions, At: r.UpdatedAt, Link: "/propositions/" + r.ID}
	switch {
	case event.State == Submitted && r.State == Submitted:
		to, err := h.Moderators(ctx, Review, r.Scope())
		if err != nil {
			return err
		}
		n.Subject, n.Title = notice.Moderation, notice.Say("commons.tell.submitted", title)
		return report.TellAll(ctx, h.Post, d.ID, to, []string{r.Author}, n)
	case event.State == Refused:
		n.Title, n.Text = notice.Say("commons.tell.refused", title), notice.Say("commons.tell.said", r.Answer)
		return report.TellAll(ctx, h.Post, d.ID, []string{r.Author}, []string{r.Reviewer}, n)
	case event.State != Accepted:
		return nil
	}
	n.Title, n.Link = notice.Say("commons.tell.accepted", title), "/communs/"+e.ID
	if r.Answer != "" {
		n.Text = notice.Say("commons.tell.said", r.Answer)
	}
	if err := report.TellAll(ctx, h.Post, d.ID, []string{r.Author}, []string{r.Reviewer}, n); err != nil {
		return err
	}
	_, listed := h.Library.Catalogue(ctx).Entry(e.ID)
	n = notice.Notice{Subject: notice.Following, At: r.DecidedAt, Link: "/communs/" + e.ID, Title: notice.Say("commons.tell.revised", title)}
	subjects := []string{follow.Entry(e.ID)}
	if r.Number == 1 && !listed {
		n.Title = notice.Say("commons.tell.new", title)
		subjects = append(subjects, h.around(ctx, &e)...)
	}
	return h.followers(ctx, d.ID, subjects, []string{r.Author, r.Reviewer}, n)
}

// around is where an entry is, and whose it is, as people follow it.
func (h *Herald) around(ctx context.Context, e *Entry) []string {
	out := h.Around(ctx, e)
	sheet, _ := e.Sheet()
	for _, field := range []string{"maintainers", "operator", "publisher", "partners", "wanted_by"} {
		for _, v := range sheet[field] {
			if id, ok := OrganisationOf(v); ok {
				out = append(out, follow.Organisation(id))
			}
		}
	}
	return out
}

// followers tells all who follow one of these, but some.
func (h *Herald) followers(ctx context.Context, id string, subjects, but []string, n notice.Notice) error {
	for part := range slices.Chunk(subjects, 400) { // who follows several is told once all the same
		for after := ""; ; {
			to, err := h.Follows.Followers(ctx, part, after, 200)
			if err != nil {
				return err
			}
			if len(to) == 0 {
				break
			}
			if err := report.TellAll(ctx, h.Post, id, to, but, n); err != nil {
				return err
			}
			after = to[len(to)-1]
		}
	}
	return nil
}

func (h *Herald) entry(ctx context.Context, d job.Delivery) error {
	event, err := body[EntryEvent](d)
	if err != nil {
		return err
	}
	e, err := h.Library.Find(ctx, event.Entry)
	if err != nil {
		return gone(err)
	}
	n := notice.Notice{Subject: notice.Following, At: e.UpdatedAt, Link: "/communs/" + e.ID, Title: notice.Say("commons.tell."+event.What, e.Title())}
	if (event.What == "retire" || event.What == "hide") && e.Reason != "" {
		n.Text = notice.Say("commons.tell.said", e.Reason)
	}
	if n.At.IsZero() {
		n.At = h.Now()
	}
	return h.followers(ctx, d.ID, []string{follow.Entry(e.ID)}, []string{event.By}, n)
}

func (h *Herald) comment(ctx context.Context, d job.Delivery) error {
	event, err := body[struct{ Comment string }](d)
	if err != nil {
		return err
	}
	c, err := h.Store.Comment(ctx, event.Comment)
	if err != nil {
		return gone(err)
	}
	if c.State != CommentShown { // hidden or deleted meanwhile
		return nil
	}
	e, err := h.Library.Find(ctx, c.Entry)
	if err != nil {
		return gone(err)
	}
	n := notice.Notice{Subject: notice.Contributions, At: c.CreatedAt, Link: CommentAddress(c)}
	but := []string{c.Author}
	if c.Parent != "" {
		parent, err := h.Store.Comment(ctx, c.Parent)
		if err != nil && gone(err) != nil {
			return err
		}
		n.Title = notice.Say("commons.tell.reply", e.Title())
		if err := report.TellAll(ctx, h.Post, d.ID, []string{parent.Author}, but, n); err != nil {
			return err
		}
		but = append(but, parent.Author)
	}
	n.Subject, n.Title = notice.Following, notice.Say("commons.tell.comment", e.Title())
	return h.followers(ctx, d.ID, []string{follow.Entry(e.ID)}, but, n)
}

func (h *Herald) credit(ctx context.Context, d job.Delivery) error {
	event, err := body[struct{ Credit string }](d)
	if err != nil {
		return err
	}
	c, err := h.Store.Credit(ctx, event.Credit)
	if err != nil {
		return gone(err)
	}
	if c.State != CreditAsked || c.Organisation == "" {
		return nil
	}
	e, err := h.Library.Find(ctx, c.Entry)
	if err != nil {
		return gone(err)
	}
	to, err := h.InOrganisation(ctx, c.Organisation)
	if err != nil {
		return err
	}
	return report.TellAll(ctx, h.Post, d.ID, to, []string{c.ProposedBy}, notice.Notice{
		Subject: notice.Contributions, At: c.CreatedAt, Link: CreditsPath, Title: notice.Say("commons.tell.body_credit", e.Title()), Text: notice.Say("commons.tell.credit_asked_next"),
	})
}

// EntryHappened is the kind of event of an entry that moderators retired, reopened,
// merged, took apart or moved.
const EntryHappened = "commons.entry"

// EntryEvent is the body of such an event.
type EntryEvent struct {
	Entry string `json:"entry"`
	What  string `json:"what"` // retire, hide, reopen, merge, unmerge, move
	By    string `json:"by"`   // person
}

func entryEvent(ctx context.Context, id, what string) job.Event {
	b, err := json.Marshal(EntryEvent{id, what, people.Of(ctx).Person.ID})
	if err != nil {
		panic(err) // texts only
	}
	return job.Event{Kind: EntryHappened, Body: b}
}
