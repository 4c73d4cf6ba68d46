package cli

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"time"

	"bassin/internal/setting"
	"bassin/internal/web"
)

// liveSite is how the installation names itself: what the command line says, else
// what administrators set in the product.
type liveSite struct {
	given   site
	version string
	store   setting.Store
	now     atomic.Pointer[web.Site]
	edition atomic.Int64 // of the setting: pages kept before it changed are not given
}

// refresh reads the setting again.
func (s *liveSite) refresh(ctx context.Context) error {
	kept, err := s.store.Setting(ctx, setting.SiteName)
	if err != nil {
		return err
	}
	var set setting.Site
	if kept.Value != nil {
		if err := json.Unmarshal(kept.Value, &set); err != nil {
			return err
		}
	}
	or := func(given, set string) string {
		if given != "" {
			return given
		}
		return set
	}
	next := web.Site{
		Name: or(s.given.Name, set.Name), Publisher: or(s.given.Publisher, set.Publisher), Address: or(s.given.Address, set.Address),
		Director: or(s.given.Director, set.Director), Host: or(s.given.Host, set.Host), Contact: or(s.given.Contact, set.Contact),
		BaseURL: or(s.given.BaseURL, set.BaseURL), Version: s.version, LogoText: set.LogoText, Legal: set.Legal,
	}
	if set.Logo != "" {
		next.Logo = "/apercus/" + set.Logo
	}
	if next.Name == "" {
		next.Name = "Bassin"
	}
	s.now.Store(&next)
	s.edition.Store(kept.Version)
	return nil
}

// follow reads settings again as they may be changed through another server.
func (s *Server) follow(ctx context.Context) {
	tick := time.NewTicker(15 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := errors.Join(s.site.refresh(ctx), s.mail.refresh(ctx)); err != nil && ctx.Err() == nil {
				s.log.Warn("the settings cannot be read again", "error", err)
			}
		}
	}
}

// site is the installation as it names itself now.
func (s *liveSite) site() web.Site { return *s.now.Load() }
