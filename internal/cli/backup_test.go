package cli

import (
	"bytes"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"filippo.io/age"

	"bassin/internal/atlas"
	"bassin/internal/audit"
	"bassin/internal/browsertest"
	"bassin/internal/pgtest"
	"bassin/internal/smtptest"
	"bassin/internal/store"
)

func TestMain(m *testing.M) {
	if args := os.Getenv("BASSIN_TEST_RUN"); args != "" { // a test starts the program as another process
		signal.Ignore(syscall.SIGXFSZ) // a write over a limit fails rather than kill
		os.Exit(Run(strings.Split(args, "\n"), Environment{Version: "test", Stdout: os.Stdout, Stderr: os.Stderr}))
	}
	os.Exit(pgtest.Run(withBrowser{m}))
}

// withBrowser runs tests that may start a browser.
type withBrowser struct{ m *testing.M }

func (b withBrowser) Run() int { return browsertest.Run(b.m) }

// bassin runs a command as from a console.
func bassin(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = Run(args, Environment{Version: "test", Stdout: &o, Stderr: &e})
	return status, o.String(), e.String()
}

// runs is a command that must succeed; it returns what it printed.
func runs(t *testing.T, args ...string) string {
	t.Helper()
	status, out, errs := bassin(t, args...)
	if status != 0 {
		t.Fatalf("bassin %s: status %d: %s", strings.Join(args, " "), status, errs)
	}
	return out
}

// refuses is a command that must fail, saying what is wrong.
func refuses(t *testing.T, want string, args ...string) {
	t.Helper()
	status, out, errs := bassin(t, args...)
	if status == 0 || !strings.Contains(out+errs, want) {
		t.Errorf("bassin %s: status %d, %s%s, want a refusal with %q", strings.Join(args, " "), status, out, errs, want)
	}
}

// with opens a database for a moment.
func with(t *testing.T, dsn string, do func(db *store.DB) error) {
	t.Helper()
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	if err = db.Migrate(t.Context()); err == nil {
		err = do(db)
	}
	if err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

func tellsOf(of string) audit.Entry {
	return audit.Entry{By: audit.System, Action: "a", Subject: of, Became: audit.Values{"mail": audit.Personal{Of: of, Value: of + "@example.fr"}}}
}

// fill writes a perimeter and two people's values.
func fill(t *testing.T, dsn string) {
	with(t, dsn, func(db *store.DB) error {
		if err := db.SavePerimeter(t.Context(), atlas.Perimeter{Code: "0123456789", Communes: []string{"22113"}, Vintage: 2026}); err != nil {
			return err
		}
		return db.Record(t.Context(), tellsOf("ada"), tellsOf("bob"))
	})
}

var headLine = regexp.MustCompile(`(?m)^head of the record: (\d+-[0-9a-f]{64})$`)

func headOf(t *testing.T, out string) string {
	t.Helper()
	m := headLine.FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("no head in %q", out)
	}
	return m[1]
}

// stores gives a var folder and a database of each kind.
func onEachStore(t *testing.T, test func(t *testing.T, dir, dsn string)) {
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		test(t, dir, "sqlite:"+filepath.Join(dir, "bassin.db"))
	})
	t.Run("postgres", func(t *testing.T) { test(t, t.TempDir(), pgtest.DSN(t)) })
}

// The whole story: a backup, an erasure, a change, the old copy back.
func TestBackupAndRestore(t *testing.T) {
	onEachStore(t, func(t *testing.T, dir, dsn string) {
		fill(t, dsn)
		at := func(args ...string) []string { return append(args, "--var", dir, "--store", dsn) }
		file := filepath.Join(dir, "backup.gz")
		out := runs(t, at("backup", "--out", file)...)
		head := headOf(t, out)
		if !strings.Contains(out, "not encrypted") {
			t.Errorf("a backup in clear does not say so: %s", out)
		}
		if st, err := os.Stat(file); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("the backup can be read by others: %v, %v", st.Mode(), err)
		}
		runs(t, at("audit", "verify", "--head", head)...)
		with(t, dsn, func(db *store.DB) error {
			if _, err := db.KeepErasures(t.Context(), filepath.Join(dir, "erasures.log")); err != nil {
				return err
			}
			if err := db.Erase(t.Context(), audit.System, "ada"); err != nil {
				return err
			}
			return db.SavePerimeter(t.Context(), atlas.Perimeter{Code: "1111111111"})
		})
		later := headOf(t, runs(t, at("audit", "verify", "--head", head)...))

		refuses(t, "--replace", at("restore", "--in", file)...)
		refuses(t, "not overwritten", at("backup", "--out", file)...)
		out = runs(t, at("restore", "--in", file, "--replace")...)
		if !strings.Contains(out, "1 people") {
			t.Errorf("the restore does not tell of the erasure: %s", out)
		}
		runs(t, at("audit", "verify", "--head", head)...)
		refuses(t, "noted outside", at("audit", "verify", "--head", later)...) // what came after is gone, and that is seen
		with(t, dsn, func(db *store.DB) error {
			if k, err := db.Key(t.Context(), "ada"); k != nil || err != nil {
				t.Errorf("the erased person's key is back: %v", err)
			}
			if k, err := db.Key(t.Context(), "bob"); k == nil || err != nil {
				t.Errorf("another's key is gone: %v", err)
			}
			if _, err := db.Perimeter(t.Context(), "1111111111"); err == nil {
				t.Error("what was written after the backup is still there")
			}
			_, err := db.Perimeter(t.Context(), "0123456789")
			return err
		})
		if left, err := filepath.Glob(filepath.Join(dir, "restore-*")); err != nil || len(left) > 0 {
			t.Errorf("the restore left %v, %v", left, err)
		}
	})
}

// A new machine: nothing there yet but the backup and the log of erasures.
func TestRestoreOntoTheOtherKind(t *testing.T) {
	from := t.TempDir()
	fill(t, "sqlite:"+filepath.Join(from, "bassin.db"))
	file := filepath.Join(from, "backup.gz")
	head := headOf(t, runs(t, "backup", "--var", from, "--out", file))
	to := t.TempDir()
	if err := os.WriteFile(filepath.Join(to, "erasures.log"), []byte("2026-11-26T09:00:00Z bob\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	dsn := pgtest.DSN(t)
	runs(t, "restore", "--var", to, "--store", dsn, "--in", file)
	runs(t, "audit", "verify", "--store", dsn, "--head", head)
	with(t, dsn, func(db *store.DB) error {
		k, err := db.Key(t.Context(), "bob")
		if k != nil {
			t.Error("the erased person's key is back")
		}
		return err
	})
}

// The log of erasures of a lost server comes with its backup; without it, that is said.
func TestRestoreElsewhereErasesAgain(t *testing.T) {
	from := t.TempDir()
	fill(t, "sqlite:"+filepath.Join(from, "bassin.db"))
	file, log := filepath.Join(from, "backup.gz"), filepath.Join(from, "kept.log")
	runs(t, "backup", "--var", from, "--out", file)
	if err := os.WriteFile(log, []byte("2026-11-26T09:00:00Z bob\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if status := Run([]string{"restore", "--var", t.TempDir(), "--in", file}, Environment{Version: "1", Stdout: &out, Stderr: &errs}); status != 0 || !strings.Contains(errs.String(), "--erasures") {
		t.Errorf("status %d, %s: the missing log is not said", status, errs.String())
	}
	to := t.TempDir()
	if got := runs(t, "restore", "--var", to, "--in", file, "--erasures", log); !strings.Contains(got, "erased again") {
		t.Errorf("nobody was erased again: %s", got)
	}
	with(t, "sqlite:"+filepath.Join(to, "bassin.db"), func(db *store.DB) error {
		k, err := db.Key(t.Context(), "bob")
		if k != nil {
			t.Error("the erased person's key is back")
		}
		return err
	})
}

func TestEncryptedBackups(t *testing.T) {
	dir := t.TempDir()
	fill(t, "sqlite:"+filepath.Join(dir, "bassin.db"))
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	identity := file("identity", "# made for tests\n"+id.String()+"\n")
	stranger := file("stranger", other.String()+"\n")
	phrase, wrong := file("phrase", "correct horse battery staple\n"), file("wrong", "incorrect horse battery\n")
	for n, c := range []struct{ seal, open, not string }{
		{id.Recipient().String(), identity, stranger},
		{identity, identity, stranger},
		{file("recipients", id.Recipient().String()+"\n"), identity, phrase},
		{phrase, phrase, wrong},
	} {
		out := filepath.Join(dir, "backup"+string(rune('0'+n)))
		if said := runs(t, "backup", "--var", dir, "--out", out, "--key", c.seal); !strings.Contains(said, "bytes, encrypted") {
			t.Errorf("it says %s", said)
		}
		b, err := os.ReadFile(out)
		if err != nil || !bytes.HasPrefix(b, []byte("age-encryption.org/v1\n")) {
			t.Errorf("the file is not encrypted: %.40q, %v", b, err)
		}
		refuses(t, "--key", "restore", "--var", t.TempDir(), "--in", out)
		refuses(t, "--key", "restore", "--var", t.TempDir(), "--in", out, "--key", c.not)
		refuses(t, "only encrypts", "restore", "--var", t.TempDir(), "--in", out, "--key", id.Recipient().String())
		runs(t, "restore", "--var", t.TempDir(), "--in", out, "--key", c.open)
		b[len(b)/2] ^= 1
		damaged := file("damaged", string(b))
		refuses(t, "", "restore", "--var", t.TempDir(), "--in", damaged, "--key", c.open)
	}
	refuses(t, "12 characters", "backup", "--var", dir, "--out", filepath.Join(dir, "x"), "--key", file("short", "hunter2"))
	refuses(t, "--key", "backup", "--var", dir, "--out", filepath.Join(dir, "x"), "--key", filepath.Join(dir, "none"))
	if left, err := filepath.Glob(filepath.Join(dir, "x*")); err != nil || len(left) > 0 {
		t.Errorf("a backup that failed left %v, %v", left, err)
	}
}

func TestStoreCopyThereAndBack(t *testing.T) {
	dir := t.TempDir()
	one, two := "sqlite:"+filepath.Join(dir, "one.db"), "sqlite:"+filepath.Join(dir, "two.db")
	between := pgtest.DSN(t)
	fill(t, one)
	there := runs(t, "store", "copy", "--from", one, "--to", between)
	back := runs(t, "store", "copy", "--from", between, "--to", two)
	if there != back || !strings.Contains(there, "audit_row") {
		t.Errorf("sums there:\n%s\nback:\n%s", there, back)
	}
	refuses(t, "--replace", "store", "copy", "--from", one, "--to", between)
	if again := runs(t, "store", "copy", "--from", one, "--to", between, "--replace"); again != there {
		t.Errorf("sums again:\n%s", again)
	}
	refuses(t, "--from", "store", "copy", "--from", "sqlite:"+filepath.Join(dir, "none.db"), "--to", two)
	refuses(t, "same database", "store", "copy", "--from", one, "--to", one)
	if _, err := os.Stat(filepath.Join(dir, "none.db")); err == nil {
		t.Error("a database that was only to be read was made")
	}
}

func TestVerifyTellsTampering(t *testing.T) {
	dir := t.TempDir()
	dsn := "sqlite:" + filepath.Join(dir, "bassin.db")
	refuses(t, "no database", "audit", "verify", "--var", dir)
	fill(t, dsn)
	head := headOf(t, runs(t, "audit", "verify", "--var", dir))
	refuses(t, "--head", "audit", "verify", "--var", dir, "--head", "12")
	forged := strings.Split(head, "-")[0] + "-" + strings.Repeat("0", 64)
	refuses(t, "noted outside", "audit", "verify", "--var", dir, "--head", forged)
}

func TestMailTry(t *testing.T) {
	s := smtptest.New(t, smtptest.Options{})
	s.Start(t)
	at := []string{"mail", "try", "--smtp", "smtp://" + s.Host + ":" + s.Port + "?tls=none", "--mail-from", "Bassin <bassin@example.fr>"}
	runs(t, append(at, "--to", "zoe@example.fr")...)
	if got := s.Messages(); len(got) != 1 || got[0].Recipients[0] != "zoe@example.fr" {
		t.Errorf("received %+v", got)
	}
	refuses(t, "550", append(at, "--to", "refused@example.fr")...)
	refuses(t, "--to", append(at, "--to", "nobody")...)
	refuses(t, "--mail-from", "serve", "--smtp", "smtp://host")
	refuses(t, "--smtp", "serve", "--smtp", "host:25", "--mail-from", "a@example.fr")

	dir := t.TempDir()
	fill(t, "sqlite:"+filepath.Join(dir, "bassin.db"))
	send := []string{"--smtp", at[3], "--mail-from", at[5]}
	out := runs(t, append([]string{"backup"}, append(slices.Clone(send), "--var", dir, "--out", filepath.Join(dir, "b1"), "--mail-head", "zoe@example.fr")...)...)
	if got := s.Messages(); len(got) != 2 || !strings.Contains(strings.ReplaceAll(string(got[1].Data), "=\r\n", ""), headOf(t, out)) {
		t.Errorf("the head %s was not mailed: %s", headOf(t, out), got[len(got)-1].Data)
	}
	refuses(t, "the backup is made", append([]string{"backup"}, append(slices.Clone(send), "--var", dir, "--out", filepath.Join(dir, "b2"), "--mail-head", "refused@example.fr")...)...)
	refuses(t, "--smtp", "backup", "--var", dir, "--out", filepath.Join(dir, "b3"), "--mail-head", "zoe@example.fr")
}
