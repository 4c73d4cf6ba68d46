package notice

import (
	"context"

	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/people"
)

// AccountEvent is the event that sends a mail about an account: a link to use once,
// or a warning that something about its safety changed.
func (ls *Letters) AccountEvent(ctx context.Context, m people.Mail) (job.Event, error) {
	key := "notice.account." + m.What
	text := Say(key + ".text")
	if m.Detail != "" {
		text = Say(key+".text", m.Detail)
	}
	l := Letter{Subject: Say(key + ".subject"), Body: []Text{text}, Why: Say("notice.account.why.asked")}
	if m.Path != "" {
		l.Link = Link{Say(key + ".link"), m.Path}
	}
	if !m.Until.IsZero() {
		l.After = append(l.After, Say("notice.account.until", Moment(m.Until)))
	}
	switch {
	case m.Path == "" && m.To.ID != "" && m.What != "taken": // a warning
		l.Body = append(l.Body, Say("notice.account.when", Moment(m.At)))
		l.Link = Link{Say("notice.account.see"), "/mon-compte"}
		l.After = append(l.After, Say("notice.account.not_you"))
		l.Why = Say("notice.account.why.account")
	case m.What == "moved":
		l.Why = Say("notice.account.why.account")
	default:
		l.After = append(l.After, Say("notice.account.ignore"))
	}
	mail, err := ls.Write(ctx, Reader{Email: m.To.Email, Name: m.To.Name, Lang: i18n.Lang(m.To.Lang), Active: m.To.ID != ""}, l)
	if err != nil {
		return job.Event{}, err
	}
	return mail.Event(m.To.ID)
}
