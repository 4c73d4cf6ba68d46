package cli

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/mail"
	"sync/atomic"
	"time"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/job"
	mailer "bassin/internal/mail"
	"bassin/internal/notice"
	"bassin/internal/setting"
)

// liveMail is who takes our mails: what the command line says, else what
// administrators set in the product.
type liveMail struct {
	given *mailer.Relay // nil if the command line says nothing
	store interface {
		setting.Store
		setting.Secrets
	}
	now atomic.Pointer[mailer.Relay]
}

// refresh reads the setting again.
func (m *liveMail) refresh(ctx context.Context) error {
	if m.given != nil {
		m.now.Store(m.given)
		return nil
	}
	kept, err := m.store.Setting(ctx, setting.MailName)
	if err != nil {
		return err
	}
	var set setting.Mail
	if kept.Value != nil {
		if err := json.Unmarshal(kept.Value, &set); err != nil {
			return err
		}
	}
	if set.Host == "" {
		m.now.Store(nil)
		return nil
	}
	secret, err := m.store.Secret(ctx, setting.MailName)
	if err != nil {
		return err
	}
	relay, err := relayOf(set, secret)
	if err != nil {
		return err
	}
	m.now.Store(relay)
	return nil
}

// relayOf is the relay that a setting describes.
func relayOf(set setting.Mail, secret string) (*mailer.Relay, error) {
	from, err := mail.ParseAddress(set.From)
	if err != nil {
		return nil, err
	}
	r := &mailer.Relay{
		Host: set.Host, Port: set.Port, Security: mailer.Security(set.Security), User: set.User, From: *from, Now: time.Now,
	}
	if set.User != "" && r.Security != mailer.Clear { // never in clear
		r.Password = secret
	}
	return r, nil
}

// can says whether mails leave at all.
func (m *liveMail) can() bool { return m.now.Load() != nil }

// deliver delivers a mail of the outbox by the relay of the moment.
func (m *liveMail) deliver(ctx context.Context, d job.Delivery) error {
	relay := m.now.Load()
	if relay == nil {
		return errors.New("no mail server is set")
	}
	return relay.Deliver(ctx, d)
}

// try sends a mail at once through a server that is being set.
func (s *Server) tryMail(ctx context.Context, set setting.Mail, secret, to string, lang i18n.Lang) error {
	relay, err := relayOf(set, secret)
	if err != nil {
		return err
	}
	return s.sendTest(ctx, relay, to, lang)
}

// tryPresentMail sends a mail at once through the server in use.
func (s *Server) tryPresentMail(ctx context.Context, to string, lang i18n.Lang) error {
	relay := s.mail.now.Load()
	if relay == nil {
		return fault.New(fault.Conflict, "admin.setting.courriel.test_none")
	}
	return s.sendTest(ctx, relay, to, lang)
}

// sendTest says why no mail left as a fault in words, with what the server said.
func (s *Server) sendTest(ctx context.Context, relay *mailer.Relay, to string, lang i18n.Lang) error {
	m, err := s.letters().Write(ctx, notice.Reader{Email: to, Lang: lang}, notice.Letter{
		Subject: notice.Say("account.setup.try_subject"), Body: []notice.Text{notice.Say("account.setup.try_text")}, Why: notice.Say("account.setup.try_why"),
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := relay.Send(ctx, rand.Text(), m); err != nil {
		return fault.New(fault.Unavailable, "setting.mail.why_"+mailer.Why(err)).Because(err)
	}
	return nil
}
