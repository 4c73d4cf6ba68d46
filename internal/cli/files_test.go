package cli

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/blob"
	"bassin/internal/job"
	"bassin/internal/media"
	"bassin/internal/mediaweb"
	"bassin/internal/pgtest"
	"bassin/internal/s3test"
	"bassin/internal/store"
)

// give adds attachments to a database, whose bytes are kept at address.
func give(t *testing.T, dsn, address string, texts ...string) (out []media.Attachment) {
	t.Helper()
	files, err := blob.Open(address, blob.Keys{Access: s3test.Access, Secret: s3test.Secret})
	if err != nil {
		t.Fatal(err)
	}
	with(t, dsn, func(db *store.DB) error {
		s := media.New(db, files, media.DefaultLimits(10<<20), time.Now, blob.Scratch(t.TempDir()))
		for _, text := range texts {
			a, err := s.Add(t.Context(), audit.System, media.Given{Subject: "mandate:1", Name: text + ".txt"}, strings.NewReader(text))
			if err != nil {
				return err
			}
			out = append(out, a)
		}
		return nil
	})
	return out
}

// reads checks that attachments have their bytes.
func reads(t *testing.T, dsn, address string, want ...string) {
	t.Helper()
	files, err := blob.Open(address, blob.Keys{Access: s3test.Access, Secret: s3test.Secret})
	if err != nil {
		t.Fatal(err)
	}
	with(t, dsn, func(db *store.DB) error {
		s := media.New(db, files, media.DefaultLimits(10<<20), time.Now, blob.Scratch(""))
		all, err := s.Of(t.Context(), "mandate:1")
		if err != nil {
			return err
		}
		var got []string
		for _, a := range all {
			r, err := s.Open(t.Context(), a, false)
			if err != nil {
				return err
			}
			b, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			r.Close()
			got = append(got, string(b))
		}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("the attachments read %q, want %q", got, want)
		}
		return nil
	})
}

// From a folder to a server that speaks S3, and back, with another database.
func TestBackupCarriesFiles(t *testing.T) {
	t.Setenv("BASSIN_S3_ACCESS_KEY", s3test.Access)
	t.Setenv("BASSIN_S3_SECRET_KEY", s3test.Secret)
	s3 := s3test.New(t).Bucket(t, "files")
	from, to, back := t.TempDir(), t.TempDir(), t.TempDir()
	one, two := "sqlite:"+filepath.Join(from, "bassin.db"), pgtest.DSN(t)
	text := strings.Repeat("un texte un peu long, ", 100_000)[:1_999_999] + "."
	give(t, one, "dir:"+filepath.Join(from, "files"), "un", text, "un", "deux\nlignes")
	file := filepath.Join(from, "backup.gz")
	if out := runs(t, "backup", "--var", from, "--out", file); !strings.Contains(out, "3 files of attachments, 2000013 bytes") {
		t.Errorf("the backup says %s", out)
	}
	if out := runs(t, "restore", "--var", to, "--store", two, "--files", s3, "--in", file); !strings.Contains(out, "3 files of attachments") {
		t.Errorf("the restore says %s", out)
	}
	reads(t, two, s3, "un", text, "un", "deux\nlignes")
	again := filepath.Join(from, "again.gz")
	runs(t, "backup", "--var", to, "--store", two, "--files", s3, "--out", again)
	runs(t, "restore", "--var", back, "--in", again)
	reads(t, "sqlite:"+filepath.Join(back, "bassin.db"), "dir:"+filepath.Join(back, "files"), "un", text, "un", "deux\nlignes")
}

func TestBackupWithoutFilesSaysSo(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	give(t, "sqlite:"+filepath.Join(from, "bassin.db"), "dir:"+filepath.Join(from, "files"), "un")
	file := filepath.Join(from, "backup.gz")
	if out := runs(t, "backup", "--var", from, "--out", file, "--without-files"); !strings.Contains(out, "without the files") {
		t.Errorf("the backup says %s", out)
	}
	refuses(t, "1 files of its attachments", "restore", "--var", to, "--in", file)
	runs(t, "restore", "--var", to, "--in", file, "--replace", "--files", "dir:"+filepath.Join(from, "files"))
}

// What a disk lost or spoilt is told, and the rest is in the backup.
func TestBackupTellsWhatIsMissing(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	a := give(t, "sqlite:"+filepath.Join(from, "bassin.db"), "dir:"+filepath.Join(from, "files"), "un", "deux", "trois")
	path := func(n int) string { return filepath.Join(from, "files", a[n].SHA256[:2], a[n].SHA256[2:]) }
	if err := os.Remove(path(0)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path(1), []byte("Deux"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(from, "backup.gz")
	refuses(t, "the backup is made, but 2 files", "backup", "--var", from, "--out", file)
	refuses(t, "the database is restored, but 2 files", "restore", "--var", to, "--in", file)
	if _, err := os.Stat(filepath.Join(to, "files", a[2].SHA256[:2], a[2].SHA256[2:])); err != nil {
		t.Errorf("the file that was whole is not restored: %v", err)
	}
}

// Files that are damaged, cut or named otherwise are refused before the database changes.
func TestDamagedFilesAreRefused(t *testing.T) {
	from := t.TempDir()
	a := give(t, "sqlite:"+filepath.Join(from, "bassin.db"), "dir:"+filepath.Join(from, "files"), "un texte à garder", "deux")
	file := filepath.Join(from, "backup.gz")
	runs(t, "backup", "--var", from, "--out", file)
	packed, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	good, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	edit := func(old, new string) []byte {
		i := bytes.LastIndex(good, []byte(old))
		if i < 0 {
			t.Fatalf("the backup has no %q", old)
		}
		return bytes.Join([][]byte{good[:i], []byte(new), good[i+len(old):]}, nil)
	}
	end := bytes.LastIndex(good, []byte(`{"files"`))
	for name, b := range map[string][]byte{
		"another byte":      edit("texte", "texts"),
		"a byte less":       edit("texte", "text"),
		"another name":      edit(`{"file":"`+a[1].SHA256, `{"file":"`+strings.Repeat("0", 64)),
		"a name to climb":   edit(`{"file":"`+a[1].SHA256, `{"file":"../../../../../../../../../../../../../../../../../../../etc/pass`),
		"another size":      edit(`"size":4}`, `"size":5}`),
		"a size below":      edit(`"size":4}`, `"size":-4}`),
		"a size beyond":     edit(`"size":4}`, `"size":9000000000000}`),
		"one file less":     edit(`{"files":2`, `{"files":3`),
		"without its end":   good[:end],
		"cut":               good[:end-3],
		"something else":    edit(`{"files":2`, `{"flies":2`),
		"no line of a kind": edit(`{"files":2`, `"files":2`),
	} {
		t.Run(name, func(t *testing.T) {
			to := t.TempDir()
			var out bytes.Buffer
			w := gzip.NewWriter(&out)
			w.Write(b)
			w.Close()
			bad := filepath.Join(to, "bad.gz")
			if err := os.WriteFile(bad, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			refuses(t, "damaged", "restore", "--var", to, "--in", bad)
			with(t, "sqlite:"+filepath.Join(to, "bassin.db"), func(db *store.DB) error {
				empty, err := db.Empty(t.Context())
				if !empty {
					t.Error("the database was restored all the same")
				}
				return err
			})
		})
	}
}

func TestABadAddressOfFilesIsRefused(t *testing.T) {
	for _, c := range []string{"files", "http://host/bucket", "dir:", "s3://host/bucket"} {
		refuses(t, "--files", "backup", "--var", t.TempDir(), "--out", "x", "--files", c)
		refuses(t, "--files", "serve", "--files", c)
	}
	refuses(t, "--file-limit", "serve", "--file-limit", "0")
}

// The running server serves what was given, from where --files says, and nothing else of it.
func TestTheServerServesFiles(t *testing.T) {
	s3 := s3test.New(t).Bucket(t, "files")
	s := open(t, func(c *serveCommand) {
		c.Attachments = attachments{Files: s3, S3AccessKey: s3test.Access, S3SecretKey: s3test.Secret}
	})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	text := strings.Repeat("Un texte donné.\n", 100)
	for name, public := range map[string]bool{"ouvert.txt": true, "ferme.txt": false} {
		a, err := s.media.Add(t.Context(), audit.System, media.Given{Subject: "mandate:1", Name: name, Public: public}, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := get(t, "http://"+s.Address()+mediaweb.Address(a)); (got == text) != public {
			t.Errorf("%s reads %.80q", name, got)
		}
	}
	for _, task := range s.tasks(s.post(), func() bool { return false }) {
		if task.Name != "orphans" {
			continue
		}
		if n, err := task.Do(t.Context(), job.Turn{}); err != nil || n["removed"] != 0 || n["missing"] != 0 {
			t.Errorf("swept %v, %v", n, err)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
