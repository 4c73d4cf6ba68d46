package cli

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/metrics"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"bassin/internal/adminweb"
	"bassin/internal/atlas"
	"bassin/internal/job"
	"bassin/internal/people"
	"bassin/internal/pipeline"
	"bassin/internal/setting"
	"bassin/internal/snapshot"
	"bassin/internal/web"
)

// administration joins the pages of the administration to what they look after.
func (s *Server) administration(kit *web.Renderer, perimeters *atlas.Service, bodies *people.Organisations, reach people.Reach, zone *time.Location) *adminweb.Pages {
	given := s.command.Site
	p := &adminweb.Pages{
		Kit: kit, Now: s.now, Zone: zone, Covers: reach.Covers,
		People: &people.Directory{Store: s.db, Record: s.db, Now: s.now, Zone: zone},
		Places: adminweb.Places{Resolve: perimeters.Resolve,
			Organisation: func(ctx context.Context, id string) (string, error) {
				o, err := bodies.Find(ctx, id)
				return o.Name, err
			},
			Organisations: func(ctx context.Context, typed string) ([]adminweb.Named, error) {
				found, err := bodies.Search(ctx, typed, 20)
				out := make([]adminweb.Named, len(found))
				for i, o := range found {
					out[i] = adminweb.Named{ID: o.ID, Name: o.Name}
				}
				return out, err
			},
		},
		Mandates: s.accounts.Mandates, Invited: s.accounts, Record: s.db, Settings: s.db, Secrets: s.db, Outbox: s.db, Keeper: s.db, Schedules: s.db, Desk: &job.Desk{Now: s.now},
		Server: &machine{server: s},
		Given: setting.Site{
			Name: given.Name, Publisher: given.Publisher, Address: given.Address, Director: given.Director, Host: given.Host, Contact: given.Contact, BaseURL: given.BaseURL,
		},
		TryMail: s.tryPresentMail,
		Refreshed: func(ctx context.Context) error {
			if err := s.site.refresh(ctx); err != nil {
				return err
			}
			return s.mail.refresh(ctx)
		},
	}
	if m := s.mail.given; m != nil {
		p.GivenMail = &setting.Mail{Host: m.Host, Port: m.Port, Security: setting.MailSecurity(m.Security), User: m.User, From: m.From.String()}
	}
	return p
}

// machine implements [adminweb.Server].
type machine struct {
	server *Server

	mu     sync.Mutex
	looked time.Time // when data was looked at
	data   adminweb.Data
}

// Health implements [adminweb.Server]. What the system does not tell stays 0.
func (m *machine) Health(ctx context.Context) (adminweb.Health, error) {
	s := m.server
	h := adminweb.Health{
		Version: s.version, Folder: s.command.Places.Var, Started: s.started, Mail: s.mail.can(), MemoryLimit: int64(s.command.Service.MemoryLimit) << 20,
	}
	var err error
	if h.Database, h.DatabaseBytes, err = s.db.Size(ctx); err != nil {
		return h, err
	}
	var disk unix.Statfs_t
	if unix.Statfs(s.command.Places.Var, &disk) == nil {
		h.DiskFree, h.DiskTotal = int64(disk.Bavail)*disk.Bsize, int64(disk.Blocks)*disk.Bsize //nolint:gosec // blocks of a disk
	}
	held := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(held)
	h.Memory = int64(held[0].Value.Uint64() - held[1].Value.Uint64()) //nolint:gosec // bytes of this process
	return h, nil
}

// lookAgain is for how long what was found of the data is told again: reading all of
// it takes a moment.
const lookAgain = time.Minute

// Data implements [adminweb.Server].
func (m *machine) Data(context.Context) (adminweb.Data, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	in := m.server.live.Load().Manifest
	if m.data.Edition == in.Hash && time.Since(m.looked) < lookAgain {
		return m.data, nil
	}
	p := m.server.command.Places
	d := adminweb.Data{Edition: in.Hash, Vintage: in.Vintage}
	if dir, err := snapshot.Current(p.Var); err == nil {
		if st, err := os.Stat(dir); err == nil && filepath.Base(dir) == in.Hash {
			d.Built = st.ModTime()
		}
	}
	switch print, err := pipeline.Fingerprint(p.Data); {
	case errors.Is(err, os.ErrNotExist):
		d.Missing = true
	case err != nil:
		return d, err
	case print != in.Inputs:
		d.Stale = true
		for _, source := range in.Sources {
			if sum, err := sumOf(filepath.Join(p.Data, filepath.FromSlash(source.Path))); err != nil || sum != source.SHA256 {
				d.Changed = append(d.Changed, source.Key)
			}
		}
	}
	m.data, m.looked = d, time.Now()
	return d, nil
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Rebuild implements [adminweb.Server].
func (m *machine) Rebuild(ctx context.Context, tell job.Tell) (bool, error) {
	before := m.server.live.Load().Manifest.Hash
	m.mu.Lock()
	m.looked = time.Time{}
	m.mu.Unlock()
	if kept, err := m.server.refreshTelling(ctx, &stepTeller{tell: tell}); err != nil || kept != nil {
		return false, errors.Join(err, kept)
	}
	return m.server.live.Load().Manifest.Hash != before, nil
}

// stepTeller reads the steps that a build writes, one a line: [ 3/27] figures.
type stepTeller struct {
	tell job.Tell
	line bytes.Buffer
}

func (w *stepTeller) Write(b []byte) (int, error) {
	for _, c := range b {
		if c != '\n' {
			w.line.WriteByte(c)
			continue
		}
		var done, total int64
		var step string
		if n, _ := fmt.Sscanf(w.line.String(), "[%d/%d] %s", &done, &total, &step); n >= 2 {
			_, name, _ := bytes.Cut(w.line.Bytes(), []byte("] "))
			w.tell(done, total, cmp.Or(string(name), step))
		}
		w.line.Reset()
	}
	return len(b), nil
}
