package notice

import "slices"

// Subject is what notices are about: a person chooses for each how they are told.
type Subject string

// The subjects. A feature that tells people something new adds its own here, its
// line in the table, and its texts notice.subject.NAME and noticeweb.subject.NAME.
const (
	Security       Subject = "security"       // of one's account: password, address, sessions, erasure
	Mandates       Subject = "mandates"       // given to one, ended, about to end
	Contributions  Subject = "contributions"  // answers to what one proposed, wrote or reported, and what credits one
	Following      Subject = "following"      // what happens to what one follows
	Searches       Subject = "searches"       // new entries in searches that one keeps
	Moderation     Subject = "moderation"     // what waits for those who review and moderate
	Commons        Subject = "commons"        // of the library: what an organisation uses is to be confirmed
	Administration Subject = "administration" // what an administrator has to see to: undelivered mails, failed tasks
)

// subjects are all of them, in the order in which people read them.
var subjects = []struct {
	subject Subject
	first   Choice // until the person chooses
	bound   bool   // nobody may choose otherwise
	roles   bool   // concerns administrators only
}{
	{Security, AtOnce, true, false},
	{Mandates, AtOnce, false, false},
	{Contributions, AtOnce, false, false},
	{Following, Daily, false, false},
	{Searches, AtOnce, false, false},
	{Moderation, Daily, false, false},
	{Commons, Daily, false, false},
	{Administration, Daily, false, true},
}

// Subjects are all subjects, in the order in which people read them.
func Subjects() []Subject {
	out := make([]Subject, len(subjects))
	for i, s := range subjects {
		out[i] = s.subject
	}
	return out
}

// Known says whether there is such a subject.
func (s Subject) Known() bool { return slices.Contains(Subjects(), s) }

// Bound says whether the choice is made for everybody: what protects an account
// comes by mail at once, or whoever takes it over would turn the warnings off.
func (s Subject) Bound() bool {
	for _, x := range subjects {
		if x.subject == s {
			return x.bound
		}
	}
	return false
}

// Administrators says whether the subject concerns administrators only.
func (s Subject) Administrators() bool {
	for _, x := range subjects {
		if x.subject == s {
			return x.roles
		}
	}
	return false
}

// Name is the subject in words.
func (s Subject) Name() Text { return Say("notice.subject." + string(s)) }

// Choice is how a person is told of a subject.
type Choice string

// The choices.
const (
	AtOnce Choice = "at_once" // in the product, and by mail at once
	Daily  Choice = "daily"   // in the product, and by mail once a day
	Here   Choice = "here"    // in the product only
	None   Choice = "none"    // not at all
)

// AllChoices are the choices, from most to least told.
func AllChoices() []Choice { return []Choice{AtOnce, Daily, Here, None} }

// Means says what becomes of a notice under the choice: whether it is kept in the
// product, mailed at once, or waits for the digest.
func (c Choice) Means() (kept, mailed, waits bool) {
	return c != None, c == AtOnce, c == Daily
}

// Choices are a person's, by subject.
type Choices map[Subject]Choice

// Of is the choice for a subject: the person's, unless it is bound or was never made.
func (c Choices) Of(s Subject) Choice {
	for _, x := range subjects {
		if x.subject != s {
			continue
		}
		if mine, ok := c[s]; ok && !x.bound && slices.Contains(AllChoices(), mine) {
			return mine
		}
		return x.first
	}
	return None
}

// Check refuses choices of unknown subjects, of bound ones, and unknown ones.
func (c Choices) Check() error {
	for s, choice := range c {
		if !s.Known() || s.Bound() || !slices.Contains(AllChoices(), choice) {
			return invalidChoice(s)
		}
	}
	return nil
}

// Without is the choices to make so that mails of a subject stop: notices stay in
// the product. For [Digest], it is all subjects that come once a day.
func (c Choices) Without(s Subject) Choices {
	out := Choices{}
	for _, x := range subjects {
		if x.bound {
			continue
		}
		now := c.Of(x.subject)
		if s == Digest && now == Daily || x.subject == s && (now == Daily || now == AtOnce) {
			out[x.subject] = Here
		}
	}
	return out
}
