package cli

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/media"
	"bassin/internal/notice"
	"bassin/internal/store"
)

type backupCommand struct {
	Kept kept    `embed:""`
	Out  string  `required:"" help:"File to make; one that exists is never overwritten."`
	Key  sealing `embed:""`
	Mail mailing `embed:""`

	Attachments  attachments `embed:""`
	WithoutFiles bool        `help:"Leave the files of attachments out, for instance where the server that keeps them copies them itself."`

	MailHead string `help:"Also mail the head of the record to this address, out of reach of whoever holds the server."`
}

// Validate refuses to mail to nobody, or without a server.
func (c backupCommand) Validate() error {
	if c.MailHead == "" {
		return nil
	}
	if _, err := mail.ParseAddress(c.MailHead); err != nil {
		return fmt.Errorf("--mail-head: %q is not an e-mail address", c.MailHead)
	}
	if c.Mail.SMTP == "" {
		return errors.New("--mail-head: --smtp is needed to send it")
	}
	return nil
}

// Run makes a backup of one moment, while others write, and prints the head of
// the record: noted elsewhere, it proves later that nothing before was altered.
func (c backupCommand) Run(ctx context.Context, env Environment) (err error) {
	catalog, err := i18n.Load()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(c.Out); err == nil {
		return fmt.Errorf("--out: %s exists and is not overwritten", c.Out)
	}
	db, err := openExisting(ctx, catalog, "--store", c.Kept.dsn())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	files, err := c.Attachments.open(c.Kept.Var)
	if err != nil {
		return said(catalog, "--files", err)
	}
	s, with, size, err := c.write(ctx, db, files)
	if err != nil {
		if _, ok := errors.AsType[*fault.Error](err); ok {
			return said(catalog, "backup", err)
		}
		return err
	}
	rows := int64(0)
	for _, t := range s.Tables {
		rows += t.Rows
	}
	how := "encrypted"
	if c.Key.Key == "" {
		how = "not encrypted: whoever reads it reads personal data; give --key"
	}
	fmt.Fprintf(env.Stdout, "%s: %d rows, %s; %d bytes, %s\nhead of the record: %s\n", c.Out, rows, with, size, how, s.Head)
	if s.Version < 2 { // tables of before the record, not brought to today's by a backup
		return nil
	}
	// That a copy was made is part of the record; a database that can only be read
	// still has its backup.
	if err := db.Record(ctx, audit.Entry{By: audit.Console("backup"), Action: "store.backup", Subject: "store", Became: audit.Values{"encrypted": c.Key.Key != "", "head": s.Head.String(), "files": with.files}}); err != nil {
		fmt.Fprintf(env.Stderr, "the backup is made, but could not be recorded: %v\n", err)
	}
	if err := c.mailHead(ctx, s); err != nil {
		return err
	}
	if n := len(with.missing); n > 0 {
		return fmt.Errorf("the backup is made, but %d files of attachments are missing or damaged where --files says, such as %s: bring them back from an earlier backup", n, with.missing[0])
	}
	return nil
}

// mailHead sends the head past the outbox: it must not wait where it may be altered.
func (c backupCommand) mailHead(ctx context.Context, s store.Summary) error {
	if c.MailHead == "" {
		return nil
	}
	relay, err := c.Mail.relay()
	if err != nil {
		return err
	}
	err = relay.Send(ctx, rand.Text(), notice.Mail{
		To: c.MailHead, Subject: "Bassin : tête du registre " + s.Head.String()[:min(16, len(s.Head.String()))],
		Text: "Tête du registre des changements au " + s.At.Format(time.RFC3339) + " :\n\n" + s.Head.String() +
			"\n\nGardez ce message : « bassin audit verify --head … » prouve avec elle que rien de ce qui précède n’a changé.\n" +
			"\nHead of the record of changes. Keep this message: “bassin audit verify --head …” proves with it that nothing before has changed.\n",
	})
	if err != nil {
		return fmt.Errorf("the backup is made, but the head was not mailed: %w", err)
	}
	return nil
}

// write makes the file under another name first: a backup cut short is never
// taken for one.
func (c backupCommand) write(ctx context.Context, db *store.DB, files media.Blobs) (s store.Summary, with carried, size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(c.Out), filepath.Base(c.Out)+".part-*") // readable by its owner only
	if err != nil {
		return s, with, 0, fmt.Errorf("--out: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	s, with, err = c.fill(ctx, db, files, f)
	if err == nil {
		err = f.Sync()
	}
	if st, e := f.Stat(); e == nil {
		size = st.Size()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return s, with, 0, err
	}
	return s, with, size, os.Rename(f.Name(), c.Out)
}

func (c backupCommand) fill(ctx context.Context, db *store.DB, files media.Blobs, w io.Writer) (s store.Summary, with carried, err error) {
	sealed, err := c.Key.seal(w)
	if err != nil {
		return s, with, err
	}
	packed := gzip.NewWriter(sealed)
	if s, err = db.Dump(ctx, packed); err == nil && hasFiles(s) {
		with, err = writeFiles(ctx, packed, db, files, c.WithoutFiles)
	}
	if err == nil {
		err = packed.Close()
	}
	if err == nil {
		err = sealed.Close()
	}
	return s, with, err
}

type restoreCommand struct {
	Kept    kept    `embed:""`
	In      string  `required:"" help:"File made by bassin backup."`
	Key     sealing `embed:""`
	Replace bool    `help:"Replace what the database holds."`

	Erasures string `placeholder:"FILE" help:"Log of erasures (erasures.log) of the lost server, if it is not in the var folder: whoever is in it is erased again."`

	Attachments attachments `embed:""`
}

// erasures puts the log of erasures where the server looks for it, or says what its
// absence means.
func (c restoreCommand) erasures(env Environment) error {
	log := erasureLog(c.Kept.Var)
	if c.Erasures == "" {
		if _, err := os.Stat(log); errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(env.Stderr, "There is no log of erasures at %s: whoever was erased since this backup was made is back. If you still have that file, restore again with --erasures FILE.\n", log)
		}
		return nil
	}
	lines, err := os.ReadFile(c.Erasures)
	if err != nil {
		return fmt.Errorf("--erasures: %w", err)
	}
	f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("--var: %w", err)
	}
	_, err = f.Write(lines)
	return errors.Join(err, f.Sync(), f.Close())
}

// Run puts a backup in the place of the database. It is read, checked, brought to
// today's tables and rid of whoever was erased since, beside the database; only
// then does it take its place, in one transaction.
func (c restoreCommand) Run(ctx context.Context, env Environment) (err error) {
	catalog, err := i18n.Load()
	if err != nil {
		return err
	}
	f, err := os.Open(c.In)
	if err != nil {
		return fmt.Errorf("--in: %w", err)
	}
	defer f.Close()
	sealed, err := c.Key.unseal(f)
	if err != nil {
		return err
	}
	packed, err := gzip.NewReader(sealed)
	if err != nil {
		return said(catalog, "--in", fault.New(fault.Invalid, "store.copy_foreign").Because(err))
	}
	if err := os.MkdirAll(c.Kept.Var, 0o750); err != nil {
		return fmt.Errorf("--var: %w", err)
	}
	db, err := openDatabase(ctx, catalog, "--store", c.Kept.dsn())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := c.free(ctx, db); err != nil {
		return said(catalog, "--store", err)
	}
	files, err := c.Attachments.open(c.Kept.Var)
	if err != nil {
		return said(catalog, "--files", err)
	}
	dir, err := os.MkdirTemp(c.Kept.Var, "restore-")
	if err != nil {
		return fmt.Errorf("--var: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	beside, err := openDatabase(ctx, catalog, "--var", "sqlite:"+filepath.Join(dir, "bassin.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, beside.Close()) }()
	in := bufio.NewReaderSize(packed, store.Ahead)
	s, err := beside.Prepare(ctx, in)
	if err != nil {
		return said(catalog, "--in", err)
	}
	// Files first: should this end halfway, there are some that nobody has, and they
	// are swept away in time.
	with, err := readFiles(ctx, in, files)
	if err != nil {
		return said(catalog, "--in", err)
	}
	if err := c.erasures(env); err != nil {
		return err
	}
	again, err := beside.KeepErasures(ctx, erasureLog(c.Kept.Var))
	if err != nil {
		return said(catalog, "--var", err)
	}
	entry := audit.Entry{By: audit.Console("restore"), Action: "store.restore", Subject: "store", Became: audit.Values{"head": s.Head.String(), "of": s.At.Format(time.RFC3339)}}
	if err := beside.Record(ctx, entry); err != nil {
		return said(catalog, "--var", err)
	}
	now, err := db.Replace(ctx, beside)
	if err != nil {
		return said(catalog, "--store", err)
	}
	sums(env.Stdout, now)
	fmt.Fprintf(env.Stdout, "restored as of %s, %s, head of the record then: %s\n", s.At.Format(time.RFC3339), with, s.Head)
	if again > 0 {
		fmt.Fprintf(env.Stdout, "erased again, as they were since: %d people\n", again)
	}
	fmt.Fprintf(env.Stdout, "head of the record: %s\n", now.Head)
	n, err := lacking(ctx, db, files)
	if err != nil {
		return said(catalog, "--files", err)
	}
	if n > 0 {
		return fmt.Errorf("the database is restored, but %d files of its attachments are neither in the backup nor where --files says", n)
	}
	return nil
}

// free makes the tables of a new database, refuses one that holds something
// unless told, and notes whom it erased: the restored one must not bring them back.
func (c restoreCommand) free(ctx context.Context, db *store.DB) error {
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	empty, err := db.Empty(ctx)
	if err != nil {
		return err
	}
	if !empty && !c.Replace {
		return errors.New("this database holds something; add --replace to put the backup in its place")
	}
	if !empty {
		_, err = db.KeepErasures(ctx, erasureLog(c.Kept.Var))
	}
	return err
}
