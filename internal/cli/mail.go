package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/mail"

	"bassin/internal/notice"
)

type mailCommands struct {
	Try tryMailCommand `cmd:"" help:"Send one mail at once and say how it went."`
}

type tryMailCommand struct {
	Mail mailing `embed:""`
	To   string  `required:"" help:"Address to write to."`
}

// Validate refuses to write to nobody.
func (c tryMailCommand) Validate() error {
	if _, err := mail.ParseAddress(c.To); err != nil {
		return fmt.Errorf("--to: %q is not an e-mail address", c.To)
	}
	if c.Mail.SMTP == "" {
		return errors.New("--smtp: the server that sends mail is expected")
	}
	return nil
}

// Run sends a mail past the outbox.
func (c tryMailCommand) Run(ctx context.Context, env Environment) error {
	relay, err := c.Mail.relay()
	if err != nil {
		return err
	}
	err = relay.Send(ctx, rand.Text(), notice.Mail{
		To: c.To, Subject: "Bassin : essai",
		Text: "Ce message prouve que Bassin peut envoyer du courrier.\n\nThis message proves that Bassin can send mail.\n",
	})
	if err != nil {
		return fmt.Errorf("the mail was not sent: %w", err)
	}
	fmt.Fprintf(env.Stdout, "%s:%d took the mail for %s\n", relay.Host, relay.Port, c.To)
	return nil
}
