// Package smtptest gives tests a real SMTP server, Debian's python3-aiosmtpd, and
// what it received. It sends nothing further. Only tests import it.
package smtptest
