package notice

import (
	"context"
	"encoding/json"
	"fmt"

	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/setting"
)

// SettingName is the name of the setting that holds [Settings].
const SettingName = "notices"

// Settings are what an administrator sets of notices.
type Settings struct {
	DigestHour int `json:"digest_hour"` // 0 to 23, in Paris
}

// Check refuses an hour that no clock tells.
func (s Settings) Check() error {
	if s.DigestHour < 0 || s.DigestHour > 23 {
		return fault.New(fault.Invalid, "notice.settings.hour").In("digest_hour")
	}
	return nil
}

// ParseSettings reads the value of the setting; the digest leaves at 8 until
// somebody sets it otherwise.
func ParseSettings(value json.RawMessage) (Settings, error) {
	s := Settings{DigestHour: 8}
	if value == nil {
		return s, nil
	}
	if err := json.Unmarshal(value, &s); err != nil {
		return s, fmt.Errorf("notice: %w", err)
	}
	return s, s.Check()
}

// ReadSettings reads the setting.
func ReadSettings(ctx context.Context, store setting.Store) (Settings, error) {
	v, err := store.Setting(ctx, SettingName)
	if err != nil {
		return Settings{}, err
	}
	return ParseSettings(v.Value)
}

// DigestPlan says when digests leave.
func DigestPlan(ctx context.Context, store setting.Store) (job.Plan, error) {
	s, err := ReadSettings(ctx, store)
	return job.DailyAt(s.DigestHour, 0), err
}
