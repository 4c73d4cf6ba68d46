package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"

	gomail "github.com/wneessen/go-mail"
)

// Why says in a word why a mail did not leave: name (the server has no address), reach
// (it does not answer), privacy (TLS), password, sender, reader, or other.
func Why(err error) string {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "name"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "privacy"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "privacy"
	}
	if e, ok := errors.AsType[*textproto.Error](err); ok && (e.Code == 530 || e.Code == 534 || e.Code == 535) {
		return "password"
	}
	if e, ok := errors.AsType[*gomail.SendError](err); ok {
		switch e.Reason {
		case gomail.ErrSMTPMailFrom:
			return "sender"
		case gomail.ErrSMTPRcptTo:
			return "reader"
		}
		return "other"
	}
	if _, ok := errors.AsType[*net.OpError](err); ok || errors.Is(err, context.DeadlineExceeded) {
		return "reach"
	}
	return "other"
}
