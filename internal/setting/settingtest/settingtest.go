package settingtest

import (
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"testing"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/setting"
)

// Store is what is under test: each change must show in the record.
type Store interface {
	setting.Store
	setting.Secrets
	audit.Store
}

// Run checks a store against the contract. Open gives an empty store, ready to
// use, and closes it when the test it is given ends.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, c := range []struct {
		name  string
		check func(t *testing.T, s Store)
	}{
		{"never set", never},
		{"set and changed, each in the record", changed},
		{"the second of two sees both versions", stale},
		{"a refusal leaves all as it was", refused},
		{"nothing is lost among many", many},
		{"a secret is kept and never recorded", secret},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, open(t)) })
	}
}

func to(v string) func(json.RawMessage) (json.RawMessage, error) {
	return func(json.RawMessage) (json.RawMessage, error) { return json.RawMessage(v), nil }
}

func set(t *testing.T, s Store, version int64, v string) setting.Setting {
	t.Helper()
	got, err := s.UpdateSetting(t.Context(), audit.Person("ada"), "site", version, to(v))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func want(t *testing.T, s Store, version int64, v string, rows int) {
	t.Helper()
	got, err := s.Setting(t.Context(), "site")
	if err != nil || string(got.Value) != v || got.Version != version || got.Name != "site" {
		t.Errorf("the setting is %s version %d, %v, want %s version %d", got.Value, got.Version, err, v, version)
	}
	if r, err := audit.Verify(t.Context(), s); err != nil || r.Rows != int64(rows) || len(r.Problems) > 0 {
		t.Errorf("the record: %+v, %v, want %d rows", r, err, rows)
	}
}

func never(t *testing.T, s Store) { want(t, s, 0, "", 0) }

func changed(t *testing.T, s Store) {
	if got := set(t, s, 0, `{"b": 1,
		"a": 2}`); got.Version != 1 || string(got.Value) != `{"a":2,"b":1}` {
		t.Errorf("the first is %+v", got)
	}
	set(t, s, 1, `"two"`)
	set(t, s, setting.Any, `3`)
	want(t, s, 3, `3`, 3)
	rows, err := s.Find(t.Context(), audit.Filter{Subject: "setting:site"})
	if err != nil || len(rows) != 3 {
		t.Fatalf("rows %v, %v", rows, err)
	}
	if r := rows[1]; r.Was != `{"value":{"a":2,"b":1}}` || r.Became != `{"value":"two"}` || r.By != audit.Person("ada") || r.Action != "setting.update" {
		t.Errorf("the record says %+v", r)
	}
	if rows[2].Was != "" {
		t.Errorf("before the first there was %s", rows[2].Was)
	}
}

func stale(t *testing.T, s Store) {
	set(t, s, 0, `"base"`)
	set(t, s, 1, `"theirs"`)
	_, err := s.UpdateSetting(t.Context(), audit.Person("bob"), "site", 1, to(`"yours"`))
	clash, ok := errors.AsType[*fault.Stale[setting.Setting]](err)
	if !ok || fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("the second writer gets %v, want both versions and fault.Conflict", err)
	}
	if string(clash.Theirs.Value) != `"theirs"` || clash.Theirs.Version != 2 || string(clash.Yours.Value) != `"yours"` {
		t.Errorf("the versions are %+v", clash)
	}
	want(t, s, 2, `"theirs"`, 2)
}

func refused(t *testing.T, s Store) {
	no := fault.New(fault.Invalid, "store.setting", "site")
	for _, change := range []func(json.RawMessage) (json.RawMessage, error){
		func(json.RawMessage) (json.RawMessage, error) { return nil, no },
		to(`{"open":`),
	} {
		if _, err := s.UpdateSetting(t.Context(), audit.System, "site", setting.Any, change); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("a refused change: %v, want fault.Invalid", err)
		}
	}
	want(t, s, 0, "", 0)
}

func many(t *testing.T, s Store) {
	const people, each = 8, 10
	var all sync.WaitGroup
	for range people {
		all.Go(func() {
			for range each {
				if _, err := s.UpdateSetting(t.Context(), audit.System, "site", setting.Any, addOne); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	want(t, s, people*each, strconv.Itoa(people*each), people*each)
}

func addOne(old json.RawMessage) (json.RawMessage, error) {
	n, err := strconv.Atoi("0" + string(old))
	return json.RawMessage(strconv.Itoa(n + 1)), err
}

func secret(t *testing.T, s Store) {
	if v, err := s.Secret(t.Context(), "mail"); err != nil || v != "" {
		t.Errorf("a secret never set is %q, %v", v, err)
	}
	for _, v := range []string{"sésame", "ouvre-toi", ""} {
		if err := s.SetSecret(t.Context(), audit.Person("ada"), "mail", v); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Secret(t.Context(), "mail"); err != nil || got != v {
			t.Errorf("the secret is %q, %v, want %q", got, err, v)
		}
	}
	rows, err := s.Find(t.Context(), audit.Filter{Subject: "setting:mail"})
	if err != nil || len(rows) != 3 {
		t.Fatalf("rows %v, %v", rows, err)
	}
	for i, r := range rows {
		if want := []string{`{"set":false}`, `{"set":true}`, `{"set":true}`}[i]; r.Was != "" || r.Became != want {
			t.Errorf("the record says %+v, want %s", r, want)
		}
	}
}
