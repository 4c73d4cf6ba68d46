package cli

import (
	"context"
	"testing"
	"time"

	"bassin/internal/notice"
	"bassin/internal/smtptest"
)

// What is left in the outbox is sent by the running server, which stops cleanly.
func TestTheServerDeliversMail(t *testing.T) {
	relay := smtptest.New(t, smtptest.Options{})
	relay.Start(t)
	s := open(t, func(c *serveCommand) {
		c.Mail = mailing{SMTP: "smtp://" + relay.Host + ":" + relay.Port + "?tls=none", MailFrom: "bassin@example.fr"}
	})
	e, err := notice.Mail{To: "zoe@example.fr", Subject: "Bonjour", Text: "texte"}.Event("")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.Leave(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	for end := time.Now().Add(30 * time.Second); len(relay.Messages()) == 0 && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	if err := <-served; err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if n := len(relay.Messages()); n != 1 {
		t.Errorf("%d mails were sent, want 1", n)
	}
}
