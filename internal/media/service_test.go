package media_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/blob"
	"bassin/internal/fault"
	"bassin/internal/media"
	"bassin/internal/pgtest"
	"bassin/internal/store"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

// kit is a service on real parts, with a clock of its own.
type kit struct {
	*media.Service
	db   *store.DB
	dir  string // of the bytes
	temp string
	now  time.Time
}

var ada = audit.Person("ada")

func onEach(t *testing.T, test func(t *testing.T, k *kit)) {
	for name, dsn := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "bassin.db") },
		"postgres": func(t *testing.T) string { return pgtest.DSN(t) },
	} {
		t.Run(name, func(t *testing.T) {
			db, err := store.Open(t.Context(), dsn(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			k := &kit{db: db, dir: t.TempDir(), temp: t.TempDir(), now: time.Now()}
			bytes, err := blob.Open("dir:"+k.dir, blob.Keys{})
			if err != nil {
				t.Fatal(err)
			}
			limits := media.DefaultLimits(1 << 20)
			limits.Each = 5
			k.Service = media.New(db, bytes, limits, func() time.Time { return k.now }, blob.Scratch(k.temp))
			test(t, k)
		})
	}
}

// files are the names of the files that keep bytes.
func (k *kit) files(t *testing.T) (out []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(k.dir, "??", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		out = append(out, filepath.Base(filepath.Dir(f))+filepath.Base(f))
	}
	return out
}

func (k *kit) add(t *testing.T, subject, name, body string) media.Attachment {
	t.Helper()
	a, err := k.Add(t.Context(), ada, media.Given{Subject: subject, Name: name}, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (k *kit) read(t *testing.T, a media.Attachment, small bool) string {
	t.Helper()
	r, err := k.Open(t.Context(), a, small)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func photo(t *testing.T, w, h int, alpha uint8) string {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = uint8(i / 1000)
		if i%4 == 3 {
			m.Pix[i] = alpha
		}
	}
	var b bytes.Buffer
	encode := func() error { return png.Encode(&b, m) }
	if alpha == 255 {
		encode = func() error { return jpeg.Encode(&b, m, nil) }
	}
	if err := encode(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestADocument(t *testing.T) {
	onEach(t, func(t *testing.T, k *kit) {
		a, err := k.Add(t.Context(), ada, media.Given{Subject: "mandate:1", Name: "../Délib.PDF.txt", Alt: " deux \n mots ", Public: true}, strings.NewReader("commune;pop\nLannion;20040\n"))
		if err != nil {
			t.Fatal(err)
		}
		if a.Type != media.CSV || a.Name != "Délib.PDF.csv" || a.Alt != "deux mots" || a.Size != 26 || a.By != ada || !a.Public || a.Version != 1 || a.Width != 0 || a.Small != "" {
			t.Errorf("added %+v", a)
		}
		if got, err := k.Get(t.Context(), a.ID); err != nil || got != a {
			t.Errorf("kept %+v, %v", got, err)
		}
		if got := k.read(t, a, true); got != "commune;pop\nLannion;20040\n" {
			t.Errorf("its bytes are %q", got)
		}
		if left, err := os.ReadDir(k.temp); err != nil || len(left) > 0 {
			t.Errorf("receiving left %v, %v", left, err)
		}
	})
}

func TestAPicture(t *testing.T) {
	onEach(t, func(t *testing.T, k *kit) {
		a := k.add(t, "mandate:1", "photo.webp", photo(t, 1200, 600, 255))
		if a.Type != media.JPEG || a.Name != "photo.jpg" || a.Width != 1200 || a.Height != 600 || a.Small == "" {
			t.Errorf("added %+v", a)
		}
		if c, err := jpeg.DecodeConfig(strings.NewReader(k.read(t, a, true))); err != nil || c.Width != 800 || c.Height != 400 {
			t.Errorf("the smaller one is %+v, %v", c, err)
		}
		if c, err := jpeg.DecodeConfig(strings.NewReader(k.read(t, a, false))); err != nil || c.Width != 1200 || c.ColorModel != color.YCbCrModel {
			t.Errorf("the larger one is %+v, %v", c, err)
		}
		b := k.add(t, "mandate:1", "logo.png", photo(t, 300, 100, 100))
		if b.Type != media.PNG || b.Small != "" || k.read(t, b, true) != k.read(t, b, false) {
			t.Errorf("a small one is %+v", b)
		}
		if len(k.files(t)) != 3 {
			t.Errorf("kept are %v", k.files(t))
		}
	})
}

func TestTheSameBytesAreKeptOnce(t *testing.T) {
	onEach(t, func(t *testing.T, k *kit) {
		var all sync.WaitGroup
		for n := range 5 {
			all.Go(func() {
				if _, err := k.Add(t.Context(), ada, media.Given{Subject: string(rune('a' + n))}, strings.NewReader("the same text")); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if len(k.files(t)) != 1 {
			t.Errorf("kept are %v", k.files(t))
		}
	})
}

func TestRefusalsLeaveNothing(t *testing.T) {
	onEach(t, func(t *testing.T, k *kit) {
		for name, c := range map[string]struct {
			g    media.Given
			body io.Reader
			want fault.Code
		}{
			"a program":        {media.Given{Subject: "a"}, strings.NewReader("\x7fELF"), fault.Invalid},
			"too large":        {media.Given{Subject: "a"}, io.LimitReader(endless{}, 1<<40), fault.TooLarge},
			"too long a text":  {media.Given{Subject: "a", Alt: strings.Repeat("a", 501)}, strings.NewReader("text"), fault.Invalid},
			"to nothing":       {media.Given{}, strings.NewReader("text"), fault.Internal},
			"a broken picture": {media.Given{Subject: "a"}, strings.NewReader(photo(t, 100, 100, 255)[:500]), fault.Invalid},
		} {
			if a, err := k.Add(t.Context(), ada, c.g, c.body); fault.CodeOf(err) != c.want {
				t.Errorf("%s: %+v, %v, want %s", name, a, err, c.want)
			}
		}
		if _, err := k.Add(t.Context(), ada, media.Given{Subject: "a"}, io.MultiReader(strings.NewReader("half"), cut{})); !errors.Is(err, errCut) {
			t.Errorf("a line cut: %v", err)
		}
		ctx, leave := context.WithCancel(t.Context())
		leave()
		if _, err := k.Add(ctx, ada, media.Given{Subject: "a"}, strings.NewReader("text")); err == nil {
			t.Error("added for one who had left")
		}
		for range 5 {
			k.add(t, "full", "a", "text")
		}
		if _, err := k.Add(t.Context(), ada, media.Given{Subject: "full"}, strings.NewReader("text")); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("one too many: %v", err)
		}
		if len(k.files(t)) != 1 {
			t.Errorf("kept are %v", k.files(t))
		}
		if left, err := os.ReadDir(k.temp); err != nil || len(left) > 0 {
			t.Errorf("receiving left %v, %v", left, err)
		}
		if r, err := audit.Verify(t.Context(), k.db); err != nil || r.Rows != 5 {
			t.Errorf("the record: %+v, %v, want 5 rows", r, err)
		}
	})
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

var errCut = errors.New("cut")

type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, errCut }

func TestNoRoomIsSaid(t *testing.T) {
	onEach(t, func(t *testing.T, k *kit) {
		if err := os.RemoveAll(k.temp); err != nil {
			t.Fatal(err)
		}
		_, err := k.Add(t.Context(), ada, media.Given{Subject: "a"}, strings.NewReader("text"))
		if e, ok := errors.AsType[*fault.Error](err); !ok || e.Key != "media.disk" {
			t.Errorf("without a folder to receive it: %v", err)
		}
	})
}

func TestWords(t *testing.T) {
	onEach(t, func(t *testing.T, k *kit) {
		a := k.add(t, "a", "a", "text")
		b, err := k.Describe(t.Context(), ada, a.ID, 1, " La\tsalle ")
		if err != nil || b.Alt != "La salle" || b.Version != 2 {
			t.Errorf("described %+v, %v", b, err)
		}
		if _, err := k.Describe(t.Context(), ada, a.ID, 1, "x"); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("described again from before: %v, want fault.Conflict", err)
		}
		if b, err = k.Publish(t.Context(), ada, a.ID, 2, true); err != nil || !b.Public || b.Alt != "La salle" {
			t.Errorf("published %+v, %v", b, err)
		}
		if _, err := k.Describe(t.Context(), ada, a.ID, 3, strings.Repeat("x", 501)); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("too long: %v", err)
		}
	})
}

// Bytes stay as long as somebody has them, then a day more; strays too.
func TestSweep(t *testing.T) {
	onEach(t, func(t *testing.T, k *kit) {
		a, b := k.add(t, "a", "a", "the same"), k.add(t, "b", "b", "the same")
		other := k.add(t, "a", "c", "another")
		picture := k.add(t, "a", "d", photo(t, 1000, 1000, 255))
		stray := filepath.Join(k.dir, "ab", strings.Repeat("cd", 31))
		if err := os.MkdirAll(filepath.Dir(stray), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(stray, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		sweep := func(want media.Swept, files int) {
			t.Helper()
			got, err := k.Sweep(t.Context())
			if err != nil || got != want {
				t.Errorf("swept %+v, %v, want %+v", got, err, want)
			}
			if n := len(k.files(t)); n != files {
				t.Errorf("%d files are left, want %d", n, files)
			}
		}
		sweep(media.Swept{}, 5)
		for _, id := range []string{a.ID, other.ID} {
			if err := k.Remove(t.Context(), ada, id); err != nil {
				t.Fatal(err)
			}
		}
		sweep(media.Swept{}, 5)
		k.now = k.now.Add(media.Grace + time.Minute)
		sweep(media.Swept{Orphans: 1, Strays: 1}, 3)
		if got := k.read(t, b, false); got != "the same" {
			t.Errorf("what another has is %q", got)
		}
		if err := k.Remove(t.Context(), ada, picture.ID); err != nil {
			t.Fatal(err)
		}
		k.now = k.now.Add(media.Grace + time.Minute)
		sweep(media.Swept{Orphans: 2}, 1)
		if err := os.Remove(filepath.Join(k.dir, b.SHA256[:2], b.SHA256[2:])); err != nil {
			t.Fatal(err)
		}
		sweep(media.Swept{Missing: 1}, 0)
		k.add(t, "a", "a", "the same") // heals
		sweep(media.Swept{}, 1)
	})
}

// An upload cut between its bytes and its row leaves nothing for long.
func TestSweepAfterAnUploadThatNeverEnded(t *testing.T) {
	onEach(t, func(t *testing.T, k *kit) {
		a := k.add(t, "a", "a", "text")
		if err := k.db.ClaimBlobs(t.Context(), media.Blob{Sum: strings.Repeat("ab", 32), Size: 9}); err != nil {
			t.Fatal(err)
		}
		k.now = k.now.Add(media.Grace + time.Minute)
		if got, err := k.Sweep(t.Context()); err != nil || got != (media.Swept{Orphans: 1}) {
			t.Errorf("swept %+v, %v", got, err)
		}
		if got := k.read(t, a, false); got != "text" {
			t.Errorf("what is used reads %q", got)
		}
	})
}
