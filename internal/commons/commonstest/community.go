package commonstest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/follow"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/report"
)

// CommunityStore is what is under test.
type CommunityStore interface {
	Store
	commons.CommunityStore
	follow.Store
}

// RunCommunity tries what people say around entries on a store.
func RunCommunity(t *testing.T, open func(t *testing.T) CommunityStore) {
	for _, c := range []struct {
		name string
		try  func(*village)
	}{
		{"a first comment waits, later ones appear", firstComment},
		{"a comment is edited for a while, and deleted by its author", ownComment},
		{"a hidden comment leaves its place and the reason", hiddenComment},
		{"comments before and after publication", commentReviews},
		{"nobody is credited without consent", creditConsent},
		{"an organisation consents by those who speak for it", bodyCredit},
		{"whom an address belongs to is not told", creditGuess},
		{"one's own page", contributorPage},
		{"saved searches", savedSearches},
		{"new entries are told once, by whichever server", searchesOnce},
		{"what happens is told to whom it concerns", heralded},
		{"who follows what", followed},
		{"erased", erasedVillager},
		{"what was hidden is forgotten", forgotten},
	} {
		t.Run(c.name, func(t *testing.T) { c.try(newVillage(t, open(t))) })
	}
}

// village is a library with people who talk.
type village struct {
	*world
	s        CommunityStore
	now      time.Time
	review   commons.CommentReview
	comments *commons.Comments
	credits  *commons.Credits
	herald   *commons.Herald
	post     *postbox
}

// postbox keeps what people were told: by id, so that twice is once.
type postbox struct {
	mu   sync.Mutex
	told map[string]notice.Notice
}

func (p *postbox) Tell(_ context.Context, id string, n notice.Notice) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := n.Check(); err != nil {
		return false, err
	}
	_, before := p.told[id]
	p.told[id] = n
	return !before, nil
}

func newVillage(t *testing.T, s CommunityStore) *village {
	w := newWorld(t, s)
	v := &village{world: w, s: s, now: time.Now(), review: commons.ReviewFirst, post: &postbox{told: map[string]notice.Notice{}}}
	v.comments = &commons.Comments{Store: s, Library: w.l, Review: func(context.Context) (commons.CommentReview, error) { return v.review, nil }, Now: func() time.Time { return v.now }}
	v.credits = &commons.Credits{Store: s, Library: w.l,
		Person: func(_ context.Context, email string) (string, error) {
			return strings.TrimSuffix(email, "@example.fr"), nil
		},
		Organisation: func(_ context.Context, id string) (people.Organisation, error) {
			if id != "org" {
				return people.Organisation{}, fault.New(fault.NotFound, "organisation.not_found", id)
			}
			return people.Organisation{ID: id, Name: "Le Cap"}, nil
		}}
	v.herald = &commons.Herald{Library: w.l, Store: s, Follows: s, Post: v.post, Now: func() time.Time { return v.now },
		Moderators: func(_ context.Context, right string, in people.Scope) ([]string, error) {
			return []string{"eve", "root"}, nil
		},
		InOrganisation: func(context.Context, string) ([]string, error) { return []string{"org-zoe"}, nil },
		Around:         func(_ context.Context, e *commons.Entry) []string { return []string{bassin.String()} }}
	return v
}

func (v *village) zoe() context.Context { // speaks for an organisation
	return v.as("org-zoe", people.Mandate{Role: people.Signatory, Scope: people.In("org")})
}

func (v *village) published() commons.Revision {
	v.Helper()
	return v.propose(v.eve(), commons.Proposal{Kind: commons.Software, Home: bassin, Submit: true, Sheet: commons.Sheet{"title": {"Pad"}, "summary": {"Écrire ensemble."}}})
}

func (v *village) write(ctx context.Context, entry, parent, text string) commons.Comment {
	v.Helper()
	c, err := v.comments.Write(ctx, entry, parent, text)
	v.must(err)
	return c
}

// sees are the texts of the comments that somebody sees.
func (v *village) sees(ctx context.Context, entry string, want ...string) {
	v.Helper()
	e := v.entry(entry)
	list, _, _, err := v.comments.Seen(ctx, &e, 50, 0)
	v.must(err)
	var got []string
	for _, c := range list {
		got = append(got, c.Text+"/"+string(c.State))
	}
	if !slices.Equal(got, want) {
		v.Errorf("seen: %q, want %q", got, want)
	}
}

// ring delivers all that waits, twice each, and returns what each was told, by person.
func (v *village) ring() map[string][]string {
	v.Helper()
	v.post.told = map[string]notice.Notice{}
	kinds := v.herald.Kinds()
	var names []string
	for k := range kinds {
		names = append(names, k)
	}
	bell := report.Bell{Things: things{v}, Moderators: v.herald.Moderators, Post: v.post, Now: v.herald.Now}
	kinds[report.WaitsKind] = bell.Deliver
	now := time.Now().Add(time.Hour)
	d, err := v.s.Claim(v.Context(), append(names, report.WaitsKind, notice.Kind), 200, now, now.Add(24*time.Hour))
	v.must(err)
	for _, x := range d {
		for range 2 {
			if x.Kind == notice.Kind {
				v.must((&direct{v.post}).Deliver(v.Context(), x))
				continue
			}
			v.must(kinds[x.Kind](v.Context(), x))
		}
		v.must(v.s.Delivered(v.Context(), x, now))
	}
	out := map[string][]string{}
	for _, n := range v.post.told {
		out[n.Person] = append(out[n.Person], strings.TrimPrefix(n.Title.Key, "commons.tell."))
		slices.Sort(out[n.Person])
	}
	return out
}

func (v *village) toldTo(want map[string][]string) {
	v.Helper()
	if got := v.ring(); fmt.Sprint(got) != fmt.Sprint(want) {
		v.Errorf("told: %v, want %v", got, want)
	}
}

type things struct{ v *village }

func (t things) Thing(ctx context.Context, subject string) (report.Thing, error) {
	return report.Thing{Title: subject, Href: "/", Scope: bassin}, nil
}
func (t things) Hide(context.Context, string, string) error { return nil }

type direct struct{ post *postbox }

func (d *direct) Deliver(ctx context.Context, x job.Delivery) error {
	n, err := readNotice(x)
	if err == nil {
		_, err = d.post.Tell(ctx, x.ID, n)
	}
	return err
}

func firstComment(v *village) {
	e := v.published().Entry
	_, err := v.comments.Write(v.Context(), e, "", "Sans compte")
	v.is("a visitor", err, fault.Unauthenticated)
	_, err = v.comments.Write(v.ada(), e, "", " \u202e\n ")
	v.is("nothing", err, fault.Invalid)
	_, err = v.comments.Write(v.ada(), e, "", strings.Repeat("é", 4001))
	v.is("too long", err, fault.Invalid)
	_, err = v.comments.Write(v.ada(), "nowhere", "", "Bonjour")
	v.is("on nothing", err, fault.NotFound)
	c := v.write(v.ada(), e, "", "Bonjour\r\n<b>gras</b>\x00")
	if c.State != commons.CommentWaiting || c.Text != "Bonjour\n<b>gras</b>" {
		v.Fatalf("the first: %+v", c)
	}
	v.sees(v.bob(), e)
	v.sees(v.ada(), e, c.Text+"/waiting")
	v.sees(v.eve(), e, c.Text+"/waiting")
	_, err = v.comments.Write(v.bob(), e, c.ID, "Je réponds")
	v.is("an answer to what is not shown", err, fault.NotFound)
	if list, entries, err := v.comments.Waiting(v.eve()); err != nil || len(list) != 1 || entries[e].ID != e {
		v.Errorf("waiting for the coordinator: %v, %v", list, err)
	}
	if list, _, err := v.comments.Waiting(v.bob()); err != nil || len(list) != 0 {
		v.Errorf("waiting for nobody: %v, %v", list, err)
	}
	_, err = v.comments.Show(v.bob(), c.ID, c.Version)
	v.is("let appear by anybody", err, fault.Forbidden)
	if c, err = v.comments.Show(v.eve(), c.ID, c.Version); err != nil || c.State != commons.CommentShown || c.Moderator != "eve" {
		v.Fatalf("let appear: %+v, %v", c, err)
	}
	if second := v.write(v.ada(), e, "", "Encore"); second.State != commons.CommentShown {
		v.Errorf("the second: %+v", second)
	}
	v.sees(v.Context(), e, c.Text+"/shown", "Encore/shown")
	v.actions(commons.CommentSubject(c.ID), "comment.write", "comment.show")
}

func ownComment(v *village) {
	e := v.published().Entry
	c := v.write(v.eve(), e, "", "Un") // who moderates needs nobody
	if c.State != commons.CommentShown {
		v.Fatalf("a moderator's: %+v", c)
	}
	_, err := v.comments.Edit(v.root(), c.ID, c.Version, "Deux")
	v.is("edited by another", err, fault.NotFound)
	_, err = v.comments.Edit(v.eve(), c.ID, c.Version+1, "Deux")
	v.is("edited on another version", err, fault.Conflict)
	c, err = v.comments.Edit(v.eve(), c.ID, c.Version, "Deux")
	v.must(err)
	v.sees(v.bob(), e, "Deux/shown")
	v.now = v.now.Add(commons.EditFor + time.Minute)
	_, err = v.comments.Edit(v.eve(), c.ID, c.Version, "Trois")
	v.is("edited too late", err, fault.Conflict)
	_, err = v.comments.Delete(v.ada(), c.ID, c.Version)
	v.is("deleted by another", err, fault.NotFound)
	c, err = v.comments.Delete(v.eve(), c.ID, c.Version)
	v.must(err)
	v.sees(v.bob(), e, "/deleted")
	_, err = v.comments.Show(v.eve(), c.ID, c.Version)
	v.is("shown again", err, fault.Conflict)
}

func hiddenComment(v *village) {
	e := v.published().Entry
	v.review = commons.ReviewNone
	c := v.write(v.ada(), e, "", "Insulte")
	v.ring()
	_, err := v.comments.Hide(v.bob(), c.ID, c.Version, "Parce que")
	v.is("hidden by anybody", err, fault.Forbidden)
	_, err = v.comments.Hide(v.eve(), c.ID, c.Version, " ")
	v.is("hidden without a reason", err, fault.Invalid)
	c, err = v.comments.Hide(v.eve(), c.ID, c.Version, "Injure")
	v.must(err)
	if c.State != commons.CommentHidden || c.Reason != "Injure" || c.Text == "" {
		v.Errorf("hidden: %+v", c)
	}
	v.toldTo(map[string][]string{"ada": {"comment_hidden"}})
	_, err = v.comments.Edit(v.ada(), c.ID, c.Version, "Autre")
	v.is("edited while hidden", err, fault.Conflict)
	_, err = v.comments.Delete(v.ada(), c.ID, c.Version)
	v.is("deleted while hidden", err, fault.Conflict)
	if again, err := v.comments.Hide(v.eve(), c.ID, -1, "Encore"); err != nil || again.Reason != "Injure" {
		v.Errorf("hidden twice: %+v, %v", again, err)
	}
	if c, err = v.comments.Show(v.eve(), c.ID, c.Version); err != nil || c.State != commons.CommentShown || c.Reason != "" {
		v.Errorf("back: %+v, %v", c, err)
	}
}

func commentReviews(v *village) {
	e := v.published().Entry
	v.review = commons.ReviewAll
	c := v.write(v.ada(), e, "", "Un")
	if _, err := v.comments.Show(v.eve(), c.ID, c.Version); err != nil {
		v.Fatal(err)
	}
	for range 10 {
		if c := v.write(v.ada(), e, "", "Deux"); c.State != commons.CommentWaiting {
			v.Errorf("all wait: %+v", c)
		}
	}
	_, err := v.comments.Write(v.ada(), e, "", "Trop")
	v.is("too many wait", err, fault.Invalid)
	v.review = commons.ReviewNone
	if c := v.write(v.bob(), e, "", "Un"); c.State != commons.CommentShown {
		v.Errorf("none waits: %+v", c)
	}
}

func (v *village) credited(f commons.CreditFilter) []commons.Credit {
	v.Helper()
	list, err := v.s.Credits(v.Context(), f)
	v.must(err)
	return list
}

func creditConsent(v *village) {
	e := v.published().Entry
	v.ring()
	v.is("a visitor", v.credits.Propose(v.Context(), commons.ProposedCredit{Entry: e, Own: true, Did: "wrote"}), fault.Unauthenticated)
	v.is("nobody", v.credits.Propose(v.ada(), commons.ProposedCredit{Entry: e, Did: "wrote"}), fault.Invalid)
	v.is("an unknown deed", v.credits.Propose(v.ada(), commons.ProposedCredit{Entry: e, Own: true, Did: "won"}), fault.Invalid)
	v.must(v.credits.Propose(v.ada(), commons.ProposedCredit{Entry: e, Email: "bob@example.fr", Did: "tested"}))
	list := v.credited(commons.CreditFilter{Entry: e})
	if len(list) != 1 || list[0].Person != "bob" || list[0].State != commons.CreditAsked || list[0].ProposedBy != "ada" {
		v.Fatalf("asked: %+v", list)
	}
	c := list[0]
	v.toldTo(map[string][]string{"bob": {"credit_asked"}})
	v.is("accepted by another", v.credits.Decide(v.ada(), c.ID, c.Version, true), fault.NotFound)
	v.is("accepted by a visitor", v.credits.Decide(v.Context(), c.ID, c.Version, true), fault.Unauthenticated)
	v.must(v.credits.Decide(v.bob(), c.ID, c.Version, true))
	if got := v.credited(commons.CreditFilter{Entry: e, States: []commons.CreditState{commons.CreditShown}}); len(got) != 1 {
		v.Errorf("shown: %+v", got)
	}
	v.is("decided on another version", v.credits.Decide(v.bob(), c.ID, c.Version, false), fault.Conflict)
	v.must(v.credits.Decide(v.bob(), c.ID, c.Version+1, false))
	v.must(v.credits.Propose(v.ada(), commons.ProposedCredit{Entry: e, Email: "bob@example.fr", Did: "tested"})) // and is not asked again
	v.toldTo(map[string][]string{})
	if got := v.credited(commons.CreditFilter{Person: "bob"}); len(got) != 1 || got[0].State != commons.CreditRefused {
		v.Errorf("taken back: %+v", got)
	}
	v.must(v.credits.Propose(v.bob(), commons.ProposedCredit{Entry: e, Own: true, Did: "tested"})) // oneself may come back
	c = v.credited(commons.CreditFilter{Person: "bob"})[0]
	if c.State != commons.CreditShown {
		v.Errorf("said of oneself: %+v", c)
	}
	v.is("removed by anybody", v.credits.Remove(v.ada(), c.ID, c.Version), fault.Forbidden)
	v.must(v.credits.Remove(v.eve(), c.ID, c.Version))
	v.is("accepted once removed", v.credits.Decide(v.bob(), c.ID, c.Version+1, true), fault.Conflict)
	v.must(v.credits.Propose(v.bob(), commons.ProposedCredit{Entry: e, Own: true, Did: "tested"}))
	if c = v.credited(commons.CreditFilter{Person: "bob"})[0]; c.State != commons.CreditRemoved {
		v.Errorf("removed, and back: %+v", c)
	}
	v.actions(commons.CreditSubject(c.ID), "credit.propose", "credit.accept", "credit.refuse", "credit.propose", "credit.remove")
}

func bodyCredit(v *village) {
	e := v.published().Entry
	v.ring()
	v.is("an unknown organisation", v.credits.Propose(v.ada(), commons.ProposedCredit{Entry: e, Organisation: "no", Did: "wrote"}), fault.Invalid)
	v.must(v.credits.Propose(v.ada(), commons.ProposedCredit{Entry: e, Organisation: "org", Did: "wrote"}))
	v.toldTo(map[string][]string{"org-zoe": {"body_credit"}})
	c := v.credited(commons.CreditFilter{Organisations: []string{"org"}})[0]
	observer := v.as("o", people.Mandate{Role: people.Observer, Scope: people.In("org")})
	v.is("accepted by an observer", v.credits.Decide(observer, c.ID, c.Version, true), fault.NotFound)
	v.is("accepted by a coordinator of the place", v.credits.Decide(v.eve(), c.ID, c.Version, true), fault.NotFound)
	v.must(v.credits.Decide(v.zoe(), c.ID, c.Version, true))
	v.must(v.credits.Propose(v.zoe(), commons.ProposedCredit{Entry: e, Organisation: "org", Did: "taught"}))
	if got := v.credited(commons.CreditFilter{Organisations: []string{"org"}, States: []commons.CreditState{commons.CreditShown}}); len(got) != 2 {
		v.Errorf("shown: %+v", got)
	}
}

func creditGuess(v *village) {
	e := v.published().Entry
	v.must(v.credits.Propose(v.ada(), commons.ProposedCredit{Entry: e, Email: "@example.fr", Did: "wrote"})) // nobody's
	if got := v.credited(commons.CreditFilter{Entry: e}); len(got) != 0 {
		v.Errorf("kept of nobody: %+v", got)
	}
}

func contributorPage(v *village) {
	_, err := v.s.Contributor(v.Context(), "none")
	v.is("no page", err, fault.NotFound)
	v.is("a visitor's", v.credits.OpenPage(v.Context(), true), fault.Unauthenticated)
	v.must(v.credits.OpenPage(v.ada(), true))
	v.must(v.credits.OpenPage(v.ada(), true))
	page, err := v.s.ContributorPage(v.Context(), "ada")
	v.must(err)
	if who, err := v.s.Contributor(v.Context(), page); err != nil || who != "ada" || page == "" {
		v.Errorf("the page %q is of %q, %v", page, who, err)
	}
	v.must(v.credits.OpenPage(v.ada(), false))
	_, err = v.s.Contributor(v.Context(), page)
	v.is("closed", err, fault.NotFound)
	v.actions("person:ada", "contributor.open", "contributor.close")
}

// searches looks for entries whose id holds a letter.
func (v *village) searches(all ...string) *commons.Searches {
	return &commons.Searches{Store: v.s,
		Everything: func(context.Context) ([]string, error) { return all, nil },
		Matching: func(_ context.Context, query, _ string, among []string) (out []string, _ error) {
			if query == "q=gone" {
				return nil, fault.New(fault.NotFound, "territory.not_found", "x")
			}
			for _, id := range among {
				if strings.Contains(id, strings.TrimPrefix(query, "q=")) {
					out = append(out, id)
				}
			}
			return out, nil
		},
		Title: func(_ context.Context, id string) (string, error) { return id, nil }}
}

func savedSearches(v *village) {
	s := v.searches()
	v.is("a visitor", s.Save(v.Context(), "Pads", "q=pad", "fr", commons.EachDay), fault.Unauthenticated)
	v.is("no name", s.Save(v.ada(), " ", "q=pad", "fr", commons.EachDay), fault.Invalid)
	v.is("no pace", s.Save(v.ada(), "Pads", "q=pad", "fr", "hourly"), fault.Invalid)
	v.must(s.Save(v.ada(), " Pads ", "type=software&q=pad", "fr", commons.EachWeek))
	list, err := v.s.Searches(v.Context(), "ada")
	v.must(err)
	if len(list) != 1 || list[0].Name != "Pads" || list[0].Query != "q=pad&type=software" || list[0].Often != commons.EachWeek || list[0].Lang != "fr" {
		v.Fatalf("kept: %+v", list)
	}
	v.is("dropped by another", s.Drop(v.bob(), list[0].ID), fault.NotFound)
	v.must(s.Drop(v.ada(), list[0].ID))
	v.is("dropped twice", s.Drop(v.ada(), list[0].ID), fault.NotFound)
	v.actions(commons.SearchSubject(list[0].ID), "search.save", "search.drop")
}

func searchesOnce(v *village) {
	s := v.searches("old-pad")
	v.must(s.Save(v.ada(), "Pads", "q=pad", "fr", commons.EachDay))
	v.must(s.Save(v.bob(), "Pads", "q=pad", "fr", commons.EachWeek))
	v.must(s.Save(v.bob(), "Parti", "q=gone", "fr", commons.EachDay))
	v.must(s.Save(v.eve(), "Jamais", "q=pad", "fr", commons.Never))
	now := time.Now().Add(25 * time.Hour)
	if n, err := s.Tell(v.Context(), now); n != 0 || err != nil {
		v.Errorf("what was there before is not new: %d, %v", n, err)
	}
	now = now.Add(24 * time.Hour)
	s = v.searches("old-pad", "new-pad", "other")
	var told [4]int
	var going sync.WaitGroup
	for i := range told { // as many servers
		going.Go(func() {
			var err error
			if told[i], err = s.Tell(v.Context(), now); err != nil {
				v.Error(err)
			}
		})
	}
	going.Wait()
	if sum := told[0] + told[1] + told[2] + told[3]; sum != 1 {
		v.Errorf("told %v, want one in all", told)
	}
	v.toldTo(map[string][]string{"ada": {"search"}})
	if n, err := s.Tell(v.Context(), now.Add(24*time.Hour)); n != 0 || err != nil {
		v.Errorf("told again: %d, %v", n, err)
	}
	if n, err := s.Tell(v.Context(), now.Add(6*24*time.Hour)); n != 1 || err != nil {
		v.Errorf("told of the week: %d, %v", n, err)
	}
	v.toldTo(map[string][]string{"bob": {"search"}})
}

func heralded(v *village) {
	for person, subject := range map[string]string{"f-entry": follow.Entry(sill), "f-place": bassin.String(), "ada": follow.Entry(sill)} {
		v.must(v.s.Follow(v.Context(), audit.System, person, subject))
	}
	r := v.fresh(v.ada(), true)
	v.toldTo(map[string][]string{"eve": {"submitted"}, "root": {"submitted"}})
	no, err := v.l.Decide(v.eve(), commons.Decision{Revision: r.ID, Version: r.Version, Answer: "Trop court."})
	v.must(err)
	v.toldTo(map[string][]string{"ada": {"refused"}})
	r = v.propose(v.ada(), commons.Proposal{Revision: no.ID, Version: no.Version, Submit: true, Sheet: commons.Sheet{"title": {"Pad"}, "summary": {"Écrire ensemble."}}})
	_, err = v.l.Decide(v.eve(), commons.Decision{Revision: r.ID, Version: r.Version, Accept: true})
	v.must(err)
	v.toldTo(map[string][]string{"ada": {"accepted"}, "f-place": {"new"}})
	v.edit(v.root(), sill, "summary", "Mieux dit.")
	v.toldTo(map[string][]string{"ada": {"revised"}, "f-entry": {"revised"}})
	e := v.entry(sill)
	v.must(v.l.Retire(v.root(), sill, e.Version, "Abandonné", ""))
	v.toldTo(map[string][]string{"ada": {"retire"}, "f-entry": {"retire"}})
	v.must(v.l.Reopen(v.root(), sill, e.Version+1))
	v.toldTo(map[string][]string{"ada": {"reopen"}, "f-entry": {"reopen"}})
	v.review = commons.ReviewNone
	c := v.write(v.bob(), sill, "", "Qui l’utilise ?")
	v.toldTo(map[string][]string{"ada": {"comment"}, "f-entry": {"comment"}})
	v.write(v.ada(), sill, c.ID, "Nous.")
	v.toldTo(map[string][]string{"bob": {"reply"}, "f-entry": {"comment"}})
	v.review = commons.ReviewAll
	v.write(v.bob(), sill, "", "Merci.")
	if got := v.ring(); len(got) != 2 || got["eve"] == nil || got["root"] == nil {
		v.Errorf("moderators: %v", got)
	}
}

func followed(v *village) {
	for range 2 {
		v.must(v.s.Follow(v.Context(), audit.Person("ada"), "ada", "entry:1"))
	}
	v.must(v.s.Follow(v.Context(), audit.Person("ada"), "ada", "bv:22266"))
	v.must(v.s.Follow(v.Context(), audit.Person("bob"), "bob", "entry:1"))
	mine, err := v.s.Follows(v.Context(), "ada")
	v.must(err)
	if len(mine) != 2 || mine[0].Person != "ada" || mine[0].At.IsZero() {
		v.Errorf("followed: %+v", mine)
	}
	who, err := v.s.Followers(v.Context(), []string{"entry:1", "bv:22266"}, "", 1)
	v.must(err)
	rest, err := v.s.Followers(v.Context(), []string{"entry:1", "bv:22266", "a\x00b"}, "ada", 9)
	v.must(err)
	if !slices.Equal(who, []string{"ada"}) || !slices.Equal(rest, []string{"bob"}) {
		v.Errorf("followers: %v, then %v", who, rest)
	}
	if none, err := v.s.Followers(v.Context(), nil, "", 9); err != nil || len(none) != 0 {
		v.Errorf("followers of nothing: %v, %v", none, err)
	}
	if yes, err := follow.Following(v.ada(), v.s, "entry:1"); err != nil || !yes {
		v.Errorf("following: %v, %v", yes, err)
	}
	for range 2 {
		v.must(v.s.Unfollow(v.Context(), audit.Person("ada"), "ada", "entry:1"))
	}
	v.actions("entry:1", "follow.start", "follow.start", "follow.stop")
}

func erasedVillager(v *village) {
	e := v.published().Entry
	v.review = commons.ReviewNone
	v.write(v.ada(), e, "", "Mon numéro")
	v.must(v.credits.Propose(v.ada(), commons.ProposedCredit{Entry: e, Own: true, Did: "wrote"}))
	v.must(v.credits.Propose(v.ada(), commons.ProposedCredit{Entry: e, Email: "bob@example.fr", Did: "wrote"}))
	v.must(v.credits.OpenPage(v.ada(), true))
	v.must(v.s.Follow(v.Context(), audit.Person("ada"), "ada", follow.Entry(e)))
	v.must(v.searches().Save(v.ada(), "Pads", "q=pad", "fr", commons.EachDay))
	page, err := v.s.ContributorPage(v.Context(), "ada")
	v.must(err)
	v.must(v.s.Erase(v.Context(), audit.System, "ada"))
	v.sees(v.eve(), e, "/deleted")
	if list := v.credited(commons.CreditFilter{Entry: e}); len(list) != 1 || list[0].Person != "bob" || list[0].ProposedBy != "" {
		v.Errorf("credits: %+v", list)
	}
	_, err = v.s.Contributor(v.Context(), page)
	v.is("the page", err, fault.NotFound)
	mine, err := v.s.Follows(v.Context(), "ada")
	kept, failed := v.s.Searches(v.Context(), "ada")
	if err != nil || failed != nil || len(mine)+len(kept) != 0 {
		v.Errorf("left: %v, %v", mine, kept)
	}
	_, err = v.comments.Write(v.ada(), e, "", "Encore moi")
	v.is("written once erased", err, fault.Gone)
	v.is("followed once erased", v.s.Follow(v.Context(), audit.System, "ada", "entry:1"), fault.Gone)
}

func forgotten(v *village) {
	e := v.published().Entry
	v.review = commons.ReviewNone
	c := v.write(v.ada(), e, "", "Insulte")
	v.write(v.ada(), e, "", "Politesse")
	_, err := v.comments.Hide(v.eve(), c.ID, c.Version, "Injure")
	v.must(err)
	if n, err := v.s.ForgetHidden(v.Context(), time.Now().Add(-time.Hour)); n != 0 || err != nil {
		v.Errorf("forgotten too early: %d, %v", n, err)
	}
	for _, want := range []int{1, 0} {
		if n, err := v.s.ForgetHidden(v.Context(), time.Now().Add(time.Hour)); n != want || err != nil {
			v.Errorf("forgotten: %d, %v, want %d", n, err, want)
		}
	}
	v.sees(v.bob(), e, "/hidden", "Politesse/shown")
	_, err = v.comments.Show(v.eve(), c.ID, -1)
	v.is("shown without its words", err, fault.Conflict)
}

func readNotice(d job.Delivery) (n notice.Notice, err error) {
	err = json.Unmarshal(d.Body, &n)
	return n, err
}
