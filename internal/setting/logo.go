package setting

import (
	"context"
	"encoding/json"

	"bassin/internal/audit"
)

// LogoSubject is what the pictures of the logo belong to, as attachments. The last
// that was added is shown.
const LogoSubject = "site:logo"

// SetLogo names the attachment that is the logo, as id/name, and what it says; "" for
// none. All else of [Site] stays as it is.
func SetLogo(ctx context.Context, s Store, by audit.Actor, logo, text string) error {
	_, err := s.UpdateSetting(ctx, by, SiteName, Any, func(old json.RawMessage) (json.RawMessage, error) {
		var site Site
		if old != nil {
			if err := json.Unmarshal(old, &site); err != nil {
				return nil, err
			}
		}
		site.Logo, site.LogoText = logo, text
		return json.Marshal(site)
	})
	return err
}
