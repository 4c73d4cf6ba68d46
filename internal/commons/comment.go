package commons

import (
	"context"
	"encoding/json"
	"time"
	"unicode/utf8"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/people"
	"bassin/internal/report"
)

// CommentState says whether a comment is to be seen.
type CommentState string

// The states of a comment.
const (
	CommentWaiting CommentState = "waiting" // for a moderator: its author and moderators see it
	CommentShown   CommentState = "shown"
	CommentHidden  CommentState = "hidden"  // by a moderator: its place and the reason stay
	CommentDeleted CommentState = "deleted" // by its author: its place stays
)

// Comment is what somebody says of an entry: plain text.
type Comment struct {
	ID        string
	Entry     string
	Parent    string // comment that it answers, "" for none
	Author    string // person, "" once they are erased
	Text      string
	State     CommentState
	Reason    string // why it is hidden
	Moderator string // person who let it appear or hid it
	CreatedAt time.Time
	EditedAt  time.Time // zero if it never was
	DecidedAt time.Time // zero if no moderator did
	Version   int64
}

// CommentSubject is how the record and reports name a comment.
func CommentSubject(id string) string { return "comment:" + id }

// EditFor is how long after writing its author may change a comment.
const EditFor = 15 * time.Minute

// mostSaid is how many letters a comment may have; mostWaiting how many of a person may wait.
const (
	mostSaid    = 4_000
	mostWaiting = 10
)

// CommentReview says which comments wait for a moderator.
type CommentReview string

// What may wait. The first comment of a person waits until somebody sets otherwise.
const (
	ReviewFirst CommentReview = "first"
	ReviewAll   CommentReview = "all"
	ReviewNone  CommentReview = "none"
)

// CommentReviews are all, in the order in which they are offered.
var CommentReviews = []CommentReview{ReviewFirst, ReviewAll, ReviewNone}

// CommentsName is the name of the setting that holds [CommentSettings].
const CommentsName = "comments"

// CommentSettings is the value of the setting.
type CommentSettings struct {
	Review CommentReview `json:"review"`
}

// ParseCommentSettings reads the setting; nil is that nobody set it.
func ParseCommentSettings(value json.RawMessage) (CommentSettings, error) {
	s := CommentSettings{Review: ReviewFirst}
	if value == nil {
		return s, nil
	}
	err := json.Unmarshal(value, &s)
	return s, err
}

// Comments holds the rules of comments.
type Comments struct {
	Store   CommunityStore
	Library *Library
	Review  func(context.Context) (CommentReview, error)
	Now     func() time.Time
}

// CommentHappened is the kind of event that a comment leaves once it is to be seen.
const CommentHappened = "commons.comment"

func commentEvent(c Comment) job.Event {
	body, err := json.Marshal(map[string]string{"comment": c.ID})
	if err != nil {
		panic(err) // texts only
	}
	return job.Event{Kind: CommentHappened, Body: body}
}

// commented is the entry of the record that a comment leaves. What it says is its author's.
func commented(by audit.Actor, action string, c Comment) audit.Entry {
	v := audit.Values{"entry": c.Entry, "state": string(c.State)}
	if c.Reason != "" {
		v["reason"] = c.Reason
	}
	if c.Author != "" && c.Text != "" {
		v["text"] = audit.Personal{Of: c.Author, Value: c.Text}
	}
	return audit.Entry{By: by, Action: action, Subject: CommentSubject(c.ID), Became: v}
}

// moderates says whether the actor moderates an entry.
func moderates(ctx context.Context, e *Entry) (bool, error) {
	d, err := people.Of(ctx).May(ctx, report.Right, e.Scope())
	return d.May, err
}

func commentText(text string) (string, error) {
	text = clean(text, true)
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return text, fault.New(fault.Invalid, "commons.comment.empty").In("text")
	case n > mostSaid:
		return text, fault.New(fault.Invalid, "commons.too_long", mostSaid).In("text")
	}
	return text, nil
}

// Write adds a comment of the actor to an entry, in answer to another or to none.
// Errors: fault.Unauthenticated, fault.NotFound, fault.Conflict, fault.Invalid.
func (s *Comments) Write(ctx context.Context, entry, parent, text string) (Comment, error) {
	actor := people.Of(ctx)
	if err := actor.RequireSomeone(); err != nil {
		return Comment{}, err
	}
	e, err := s.Library.follow(ctx, entry)
	if err != nil {
		return Comment{}, err
	}
	if text, err = commentText(text); err != nil {
		return Comment{}, err
	}
	if parent != "" {
		to, err := s.Store.Comment(ctx, parent)
		if err == nil && (to.Entry != e.ID || to.State != CommentShown) {
			err = fault.New(fault.NotFound, "commons.comment.not_found")
		}
		if err != nil {
			return Comment{}, err
		}
	}
	state, err := s.first(ctx, &e)
	if err != nil {
		return Comment{}, err
	}
	var kept Comment
	err = s.Store.ChangeCommunity(ctx, func(tx CommunityTx) error {
		c := Comment{ID: tx.NewID(), Entry: e.ID, Parent: parent, Author: actor.Person.ID, Text: text, State: state, CreatedAt: tx.Now()}
		if err := tx.PutComment(c); err != nil {
			return err
		}
		tx.Record(commented(actor.By(), "commons.comment.write", c))
		if c.State == CommentShown {
			tx.Tell(commentEvent(c))
		} else {
			tx.Tell(report.Waits(CommentSubject(c.ID), "comment"))
		}
		c.Version = 1
		kept = c
		return nil
	})
	return kept, err
}

// first is the state of a new comment of the actor.
func (s *Comments) first(ctx context.Context, e *Entry) (CommentState, error) {
	if may, err := moderates(ctx, e); err != nil || may {
		return CommentShown, err
	}
	review, err := s.Review(ctx)
	if err != nil || review == ReviewNone {
		return CommentShown, err
	}
	author := people.Of(ctx).Person.ID
	_, waiting, err := s.Store.Comments(ctx, CommentFilter{Author: author, States: []CommentState{CommentWaiting}, Limit: 1})
	if err != nil {
		return "", err
	}
	if waiting >= mostWaiting {
		return "", fault.New(fault.Invalid, "commons.comment.many", mostWaiting).In("text")
	}
	if review == ReviewAll {
		return CommentWaiting, nil
	}
	_, shown, err := s.Store.Comments(ctx, CommentFilter{Author: author, States: []CommentState{CommentShown}, Limit: 1})
	if err != nil || shown == 0 {
		return CommentWaiting, err
	}
	return CommentShown, nil
}

// MayEdit says whether the actor may still change what they wrote.
func (s *Comments) MayEdit(ctx context.Context, c Comment) bool {
	actor := people.Of(ctx)
	return actor.Known() && c.Author == actor.Person.ID && (c.State == CommentShown || c.State == CommentWaiting) && s.Now().Sub(c.CreatedAt) <= EditFor
}

// Edit changes what the actor wrote a moment ago.
func (s *Comments) Edit(ctx context.Context, id string, version int64, text string) (Comment, error) {
	text, err := commentText(text)
	if err != nil {
		return Comment{}, err
	}
	return s.own(ctx, id, version, "commons.comment.edit", func(tx CommunityTx, c *Comment) error {
		if !s.MayEdit(ctx, *c) {
			return fault.New(fault.Conflict, "commons.comment.late", int(EditFor/time.Minute))
		}
		c.Text, c.EditedAt = text, tx.Now()
		return nil
	})
}

// Delete takes back what the actor wrote: its place stays, for those who answered.
func (s *Comments) Delete(ctx context.Context, id string, version int64) (Comment, error) {
	return s.own(ctx, id, version, "commons.comment.delete", func(_ CommunityTx, c *Comment) error {
		if c.State != CommentShown && c.State != CommentWaiting {
			return fault.New(fault.Conflict, "commons.comment.closed")
		}
		c.State, c.Text = CommentDeleted, ""
		return nil
	})
}

// own applies what the author of a comment decides of it.
func (s *Comments) own(ctx context.Context, id string, version int64, action string, decide func(CommunityTx, *Comment) error) (Comment, error) {
	actor := people.Of(ctx)
	if err := actor.RequireSomeone(); err != nil {
		return Comment{}, err
	}
	return s.moderation(ctx, id, version, action, func(tx CommunityTx, c *Comment) error {
		if c.Author != actor.Person.ID {
			return fault.New(fault.NotFound, "commons.comment.not_found")
		}
		return decide(tx, c)
	})
}

// moderation applies what somebody decides of a comment, and records it.
func (s *Comments) moderation(ctx context.Context, id string, version int64, action string, decide func(CommunityTx, *Comment) error) (Comment, error) {
	var kept Comment
	err := s.Store.ChangeCommunity(ctx, func(tx CommunityTx) error {
		c, err := tx.Comment(ctx, id)
		if err != nil {
			return err
		}
		if version != anyVersion && c.Version != version {
			return fault.New(fault.Conflict, "store.stale")
		}
		if err := decide(tx, &c); err != nil {
			return err
		}
		if err := tx.PutComment(c); err != nil {
			return err
		}
		tx.Record(commented(people.Of(ctx).By(), action, c))
		c.Version++
		kept = c
		return nil
	})
	return kept, err
}

// anyVersion is the version to give when a decision holds for any.
const anyVersion int64 = -1

// moderated is the entry of a comment, if the actor moderates it.
func (s *Comments) moderated(ctx context.Context, id string) error {
	c, err := s.Store.Comment(ctx, id)
	if err != nil {
		return err
	}
	e, err := s.Library.Find(ctx, c.Entry)
	if err != nil {
		return err
	}
	return people.Of(ctx).Require(ctx, report.Right, e.Scope())
}

// Show lets a comment appear that waited or was hidden.
func (s *Comments) Show(ctx context.Context, id string, version int64) (Comment, error) {
	if err := s.moderated(ctx, id); err != nil {
		return Comment{}, err
	}
	return s.moderation(ctx, id, version, "commons.comment.show", func(tx CommunityTx, c *Comment) error {
		if c.State != CommentWaiting && c.State != CommentHidden || c.Text == "" {
			return fault.New(fault.Conflict, "commons.comment.closed")
		}
		if c.State == CommentWaiting {
			tx.Tell(commentEvent(*c))
		}
		c.State, c.Reason, c.Moderator, c.DecidedAt = CommentShown, "", people.Of(ctx).Person.ID, tx.Now()
		return nil
	})
}

// Hide takes a comment from view; the reason stands in its place and its author is told.
// Hiding one that is hidden or deleted already is no error.
func (s *Comments) Hide(ctx context.Context, id string, version int64, reason string) (Comment, error) {
	if err := s.moderated(ctx, id); err != nil {
		return Comment{}, err
	}
	reason, err := words("reason", reason)
	if err == nil && reason == "" {
		err = fault.New(fault.Invalid, "commons.comment.reason").In("reason")
	}
	if err != nil {
		return Comment{}, err
	}
	c, err := s.Store.Comment(ctx, id)
	if err != nil || c.State == CommentHidden || c.State == CommentDeleted {
		return c, err
	}
	title := s.title(ctx, c.Entry)
	return s.moderation(ctx, id, version, "commons.comment.hide", func(tx CommunityTx, c *Comment) error {
		if c.State != CommentShown && c.State != CommentWaiting {
			return fault.New(fault.Conflict, "commons.comment.closed")
		}
		c.State, c.Reason, c.Moderator, c.DecidedAt = CommentHidden, reason, people.Of(ctx).Person.ID, tx.Now()
		if c.Author == "" || c.Author == people.Of(ctx).Person.ID {
			return nil
		}
		return tellOne(tx, c.Author, "commons.tell.comment_hidden", title, reason, CommentAddress(*c))
	})
}

func (s *Comments) title(ctx context.Context, entry string) string {
	if e, err := s.Library.Find(ctx, entry); err == nil {
		return e.Title()
	}
	return entry
}

// CommentAddress is where a comment is read.
func CommentAddress(c Comment) string { return "/communs/" + c.Entry + "/commentaires#c-" + c.ID }

// Seen are the comments of an entry that the actor may see, a page of them, and how
// many there are: those that were shown once, with what they leave, one's own, and for
// moderators those that wait.
func (s *Comments) Seen(ctx context.Context, e *Entry, limit, offset int) (list []Comment, total int, moderate bool, err error) {
	if moderate, err = moderates(ctx, e); err != nil {
		return nil, 0, false, err
	}
	f := CommentFilter{Entries: []string{e.ID}, States: []CommentState{CommentShown, CommentHidden, CommentDeleted}, Limit: limit, Offset: offset}
	if moderate {
		f.States = nil
	}
	list, total, err = s.Store.Comments(ctx, f)
	if actor := people.Of(ctx); err == nil && !moderate && actor.Known() && offset+limit >= total { // one's own that wait, after the others
		own, _, err := s.Store.Comments(ctx, CommentFilter{Entries: f.Entries, Author: actor.Person.ID, States: []CommentState{CommentWaiting}, Limit: mostWaiting})
		return append(list, own...), total, moderate, err
	}
	return list, total, moderate, err
}

// Waiting are the comments that wait for the actor, the oldest first, and their entries.
func (s *Comments) Waiting(ctx context.Context) ([]Comment, map[string]Entry, error) {
	all, _, err := s.Store.Comments(ctx, CommentFilter{States: []CommentState{CommentWaiting}, Limit: 500})
	if err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, c := range all {
		ids = append(ids, c.Entry)
	}
	found, err := s.Library.All(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	entries, may := map[string]Entry{}, map[string]bool{}
	for _, e := range found {
		entries[e.ID] = e
		if may[e.ID], err = moderates(ctx, &e); err != nil {
			return nil, nil, err
		}
	}
	var out []Comment
	for _, c := range all {
		if may[c.Entry] {
			out = append(out, c)
		}
	}
	return out, entries, nil
}
