package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
)

// sealing is with what a backup is encrypted.
type sealing struct {
	Key string `env:"BASSIN_BACKUP_KEY" help:"Key of the backup: an age recipient (age1…), or a file that holds one, an age identity, or a passphrase (${env})."`
}

// keyFile is the content of the file named by --key, and what it is.
type keyFile struct {
	text string
	kind string // recipients, identities, passphrase
}

func (s sealing) read() (keyFile, error) {
	if strings.HasPrefix(s.Key, "age1") {
		return keyFile{s.Key, "recipients"}, nil
	}
	b, err := os.ReadFile(s.Key)
	if err != nil {
		return keyFile{}, fmt.Errorf("--key: %w", err)
	}
	text := strings.TrimSpace(string(b))
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "AGE-SECRET-KEY-"):
			return keyFile{text, "identities"}, nil
		case strings.HasPrefix(line, "age1"):
			return keyFile{text, "recipients"}, nil
		}
	}
	if len(text) < 12 || strings.ContainsAny(text, "\r\n") {
		return keyFile{}, errors.New("--key: the file holds neither age keys nor a passphrase of one line and at least 12 characters")
	}
	return keyFile{text, "passphrase"}, nil
}

// seal encrypts what is written to w, if there is a key.
func (s sealing) seal(w io.Writer) (io.WriteCloser, error) {
	if s.Key == "" {
		return unsealed{w}, nil
	}
	k, err := s.read()
	if err != nil {
		return nil, err
	}
	var to []age.Recipient
	switch k.kind {
	case "recipients":
		to, err = age.ParseRecipients(strings.NewReader(k.text))
	case "identities":
		var ids []age.Identity
		ids, err = age.ParseIdentities(strings.NewReader(k.text))
		for _, id := range ids {
			switch id := id.(type) {
			case *age.X25519Identity:
				to = append(to, id.Recipient())
			case *age.HybridIdentity:
				to = append(to, id.Recipient())
			}
		}
	default:
		var r *age.ScryptRecipient
		r, err = age.NewScryptRecipient(k.text)
		to = append(to, r)
	}
	if err != nil {
		return nil, fmt.Errorf("--key: %w", err)
	}
	return age.Encrypt(w, to...)
}

// unseal reads what seal wrote.
func (s sealing) unseal(r io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	start, err := in.Peek(len("age-encryption.org/"))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !bytes.Equal(start, []byte("age-encryption.org/")) {
		return in, nil
	}
	if s.Key == "" {
		return nil, errors.New("--key: this backup is encrypted; give the key it was made with")
	}
	k, err := s.read()
	if err != nil {
		return nil, err
	}
	var ids []age.Identity
	switch k.kind {
	case "recipients":
		return nil, errors.New("--key: a recipient only encrypts; give the file of the identity (AGE-SECRET-KEY-…) that goes with it")
	case "identities":
		ids, err = age.ParseIdentities(strings.NewReader(k.text))
	default:
		var id *age.ScryptIdentity
		id, err = age.NewScryptIdentity(k.text)
		ids = append(ids, id)
	}
	if err != nil {
		return nil, fmt.Errorf("--key: %w", err)
	}
	out, err := age.Decrypt(in, ids...)
	if err != nil {
		return nil, fmt.Errorf("--key: it does not open this backup: %w", err)
	}
	return out, nil
}

// unsealed is a backup without key.
type unsealed struct{ io.Writer }

func (unsealed) Close() error { return nil }
