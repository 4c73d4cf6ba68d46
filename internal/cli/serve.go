package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"bassin/internal/api/geo"
	"bassin/internal/atlasweb"
	"bassin/internal/blob"
	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/harvest"
	"bassin/internal/i18n"
	"bassin/internal/media"
	"bassin/internal/people"
	"bassin/internal/pipeline"
	"bassin/internal/snapshot"
	"bassin/internal/store"
	"bassin/internal/web"
)

type serveCommand struct {
	Places   places   `embed:""`
	Database database `embed:""`
	Mail     mailing  `embed:""`
	Site     site     `embed:""`
	Service  service  `embed:""`

	Connecting connecting `embed:""`

	Harvesting  harvesting  `embed:""`
	Attachments attachments `embed:""`
	FileLimit   int         `env:"BASSIN_FILE_LIMIT" default:"10" help:"Largest attachment that is accepted, in MB (${env})."`
}

// Validate refuses settings that don't go together.
func (c serveCommand) Validate() error {
	if c.Connecting.OIDC != "" && c.Site.BaseURL == "" {
		return errors.New("--oidc: providers send people back to the public address of the site: set --base-url too")
	}
	if c.FileLimit < 1 || c.FileLimit > 100 {
		return fmt.Errorf("--file-limit: %d is not a number of MB from 1 to 100", c.FileLimit)
	}
	return nil
}

// Run serves until the context ends, then finishes the requests in progress.
func (c serveCommand) Run(ctx context.Context, env Environment) error {
	log := c.Service.logger(env.Stderr)
	s := &Server{command: c, version: env.Version, executable: env.Executable, log: log, out: env.Stdout}
	if c.Service.MemoryLimit > 0 {
		debug.SetMemoryLimit(int64(c.Service.MemoryLimit) << 20)
	}
	err := s.Open(ctx)
	if err == nil {
		err = s.Serve(ctx)
	}
	return errors.Join(err, s.Close())
}

func (s service) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// Server is the whole product, running: end-to-end tests start it as the
// command does.
type Server struct {
	command serveCommand
	version string
	// executable is the program itself, to run it as a child; "" to do without.
	executable string
	log        *slog.Logger
	out        io.Writer
	// now is the clock of everything that is kept or falls due; nil for the machine's.
	now func() time.Time
	// pause lies between two looks at what is to be done behind the requests; 0 for a second.
	pause time.Duration

	live      snapshot.Live
	catalogue snapshot.Bound[*commons.Catalogue]
	geo       *geo.Handler
	pages     *atlasweb.Pages
	site      *liveSite
	edition   *edition
	mail      *liveMail
	accounts  *people.Accounts
	scopes    scopes
	catalog   *i18n.Catalog
	kit       *web.Renderer
	routes    []web.Route
	db        *store.DB
	media     *media.Service
	library   *commons.Library
	shelf     *commons.Shelf
	community *community
	covers    people.Covers // whether a scope is inside another
	harvester *commons.Harvester
	bodies    *people.Organisations
	client    *harvest.Client // of the network
	listener  net.Listener
	http      *http.Server
	started   time.Time
	renewing  sync.Mutex // held while the data is looked at again
}

// Open prepares everything a first visitor needs: database, snapshot, listener.
func (s *Server) Open(ctx context.Context) error {
	p := s.command.Places
	if s.now == nil {
		s.now = time.Now
	}
	if err := os.MkdirAll(p.Var, 0o750); err != nil {
		return fmt.Errorf("--var: %w", err)
	}
	catalog, err := i18n.Load()
	if err != nil {
		return err
	}
	s.catalog = catalog
	// First what can be refused at once; visitors wait in line while the rest is prepared.
	s.listener, err = net.Listen("tcp", s.command.Service.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if err := s.refresh(ctx); err != nil {
		return err
	}
	if s.db, err = openDatabase(ctx, catalog, "--store", s.command.Database.dsn(p.Var)); err != nil {
		return err
	}
	s.db.Clock(s.now)
	if err := s.db.Migrate(ctx); err != nil {
		return said(catalog, "--store", err)
	}
	again, err := s.db.KeepErasures(ctx, erasureLog(p.Var))
	if err != nil {
		return said(catalog, "--var", err)
	}
	if again > 0 {
		s.log.Warn("an old copy of the database was brought back: whoever was erased since was erased again", "people", again)
	}
	if s.media, err = s.attachments(); err != nil {
		return said(catalog, "--files", err)
	}
	handler, err := s.wire(ctx, catalog)
	if err != nil {
		return err
	}
	s.started = s.now()
	s.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: min(5*time.Second, s.command.Service.RequestTimeout),
		ReadTimeout:       s.command.Service.RequestTimeout,
		WriteTimeout:      s.command.Service.RequestTimeout + 5*time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	return nil
}

// said names the setting at fault, in the words of the catalogue where the error
// has some. The console speaks English, as the command line does.
func said(catalog *i18n.Catalog, setting string, err error) error {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		text := catalog.Localizer(i18n.EN).T(e.Key, e.Args...)
		if e.Err != nil {
			return fmt.Errorf("%s: %s (%w)", setting, text, e.Err)
		}
		return fmt.Errorf("%s: %s", setting, text)
	}
	return fmt.Errorf("%s: %w", setting, err)
}

// Address is where the server listens, known once it is open.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Routes is the table of every way in, for the documentation and for the tests
// that walk it. It is known once the server is open.
func (s *Server) Routes() []web.Route { return s.routes }

// Serve answers until the context ends, then lets the requests in progress
// finish. SIGHUP makes it look at the data again.
func (s *Server) Serve(ctx context.Context) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	behind, stop := context.WithCancel(ctx)
	working, err := s.work(behind)
	if err != nil {
		stop()
		return err
	}
	defer working.Wait()
	defer stop() // before waiting
	done := make(chan error, 1)
	go func() { done <- s.http.Serve(s.listener) }()
	fmt.Fprintf(s.out, "Bassin is ready on http://%s\n", s.Address())
	if err := s.announceSetup(ctx); err != nil {
		s.log.Error("the first set-up cannot be offered", "error", err)
	}
	for {
		select {
		case err := <-done:
			return err
		case <-hup:
			if err := s.refresh(ctx); err != nil {
				s.log.Error("the snapshot in use is kept", "error", err)
			}
		case <-ctx.Done():
			s.log.Info("stopping: requests in progress finish first")
			late, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.command.Service.ShutdownTimeout)
			defer cancel()
			err := s.http.Shutdown(late)
			if served := <-done; !errors.Is(served, http.ErrServerClosed) {
				err = errors.Join(err, served)
			}
			return err
		}
	}
}

// Close releases what Open took.
func (s *Server) Close() error {
	var errs []error
	if s.listener != nil {
		if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	return errors.Join(errs...)
}

// refresh builds the snapshot if the data changed or there is none, and puts it
// in use. It fails only when no snapshot at all can be had; data that cannot be
// built leaves the one in use, or the last one built, in place.
func (s *Server) refresh(ctx context.Context) error {
	_, err := s.refreshTelling(ctx, io.Discard)
	return err
}

// refreshTelling is [Server.refresh], which also writes the steps of a build to w and
// says why a snapshot could not be built, where the last one stays.
func (s *Server) refreshTelling(ctx context.Context, w io.Writer) (kept, err error) {
	s.renewing.Lock()
	defer s.renewing.Unlock()
	p := s.command.Places
	dir, stale, err := s.needed(p)
	if err != nil || stale {
		if err == nil {
			s.log.Info("building the snapshot from the open data", "data", p.Data)
			err = s.build(ctx, p, w)
		}
		if err != nil {
			if dir == "" && s.live.Load() == nil {
				return nil, err
			}
			kept = err
			s.log.Error("the open data cannot be built into a snapshot; the last one is kept", "error", err)
		} else if dir, err = snapshot.Current(p.Var); err != nil {
			return nil, err
		}
	}
	if in := s.live.Load(); in != nil && filepath.Base(dir) == in.Manifest.Hash {
		s.log.Info("the snapshot in use is up to date", "snapshot", in.Manifest.Hash)
		return kept, nil
	}
	next, err := snapshot.Open(dir)
	if err != nil {
		return kept, err
	}
	if s.geo != nil {
		s.geo.Prepare(next)
		s.pages.Prepare(next)
	}
	s.live.Swap(next)
	debug.FreeOSMemory() // loading leaves as much behind as it keeps
	s.log.Info("snapshot in use", "snapshot", next.Manifest.Hash, "vintage", next.France.Vintage())
	return kept, nil
}

// build builds the snapshot, in a process of its own where the program is known:
// reading all the open data takes more memory than serving it, for a few seconds.
func (s *Server) build(ctx context.Context, p places, w io.Writer) error {
	if s.executable == "" {
		seen, told := steps(s.out), steps(w)
		_, _, err := pipeline.Build(ctx, p.Data, p.Var, func(x pipeline.Step) { seen(x); told(x) })
		return err
	}
	//nolint:gosec // this very program, with the operator's folders
	cmd := exec.CommandContext(ctx, s.executable, "data", "build", "--data", p.Data, "--var", p.Var)
	var errs bytes.Buffer
	cmd.Stderr = io.MultiWriter(s.out, &errs, w)
	if terminal(s.out) && w == io.Discard {
		cmd.Stderr = s.out // progress is drawn on the terminal itself
	}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("building the snapshot: %w: %s", err, withoutSteps(errs.String()))
	}
	return nil
}

// withoutSteps leaves of what a build wrote the reasons why it failed.
func withoutSteps(s string) string {
	var kept []string
	for line := range strings.Lines(s) {
		if line = strings.TrimRight(line, "\n"); line != "" && !strings.HasPrefix(line, "[") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// needed returns the folder of the current snapshot, "" if there is none, and
// whether the data has changed since it was built. An installation without the
// data folder serves the snapshot it was given.
func (s *Server) needed(p places) (dir string, stale bool, err error) {
	dir, err = snapshot.Current(p.Var)
	if err != nil {
		dir = ""
	}
	if _, err := os.Stat(p.Data); err != nil && dir != "" {
		s.log.Warn("no open data there: the last snapshot is served as it is", "data", p.Data)
		return dir, false, nil
	}
	print, err := pipeline.Fingerprint(p.Data)
	if err != nil {
		return dir, false, err
	}
	if dir == "" {
		return "", true, nil
	}
	m, err := snapshot.ReadManifest(dir)
	if err != nil {
		return "", true, nil
	}
	return dir, m.Inputs != print, nil
}

// attachments are the files that people give.
func (s *Server) attachments() (*media.Service, error) {
	c := s.command
	files, err := c.Attachments.open(c.Places.Var)
	if err != nil {
		return nil, err
	}
	arriving := filepath.Join(c.Places.Var, "arriving")
	if err := os.MkdirAll(arriving, 0o750); err != nil {
		return nil, fault.New(fault.Unavailable, "media.files_folder", arriving).Because(err)
	}
	return media.New(s.db, files, media.DefaultLimits(int64(cmp.Or(c.FileLimit, 10))<<20), s.now, blob.Scratch(arriving)), nil
}
