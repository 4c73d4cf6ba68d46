package cli

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func get(t *testing.T, url string) string {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestABadSettingIsRefusedByName(t *testing.T) {
	for _, c := range []struct{ flag, value string }{
		{"--listen", "8080"}, {"--listen", "nowhere"}, {"--store", "mysql://x"}, {"--log-level", "loud"}, {"--log-format", "xml"},
		{"--memory-limit", "-5"}, {"--request-timeout", "0s"}, {"--request-timeout", "soon"}, {"--shutdown-timeout", "-1s"},
		{"--contact", "not an address"}, {"--base-url", "bassin.example"}, {"--base-url", "https://a.example/path"}, {"--var", "/dev/null"},
	} {
		var out, errs bytes.Buffer
		status := Run([]string{"serve", c.flag, c.value}, Environment{Version: "1", Stdout: &out, Stderr: &errs})
		if status != 2 || !strings.Contains(errs.String(), c.flag) {
			t.Errorf("%s %q: status %d, message %q", c.flag, c.value, status, errs.String())
		}
	}
}

func TestProvidersAreRefusedByName(t *testing.T) {
	t.Setenv("PROVIDER_SECRET", "un secret")
	file := filepath.Join(t.TempDir(), "oidc.json")
	good := `{"providers":[{"key":"id","name":"Mon compte","issuer":"https://id.example.fr","client_id":"bassin","secret_env":"PROVIDER_SECRET"}]}`
	for _, c := range []struct{ text, base, want string }{
		{good, "", "--base-url"},
		{"{", "https://bassin.example.fr", "oidc.json"},
		{strings.Replace(good, "https://id", "http://id", 1), "https://bassin.example.fr", `provider "id": issuer`},
		{strings.Replace(good, "PROVIDER_SECRET", "PROVIDER_NONE", 1), "https://bassin.example.fr", "the variable PROVIDER_NONE is empty"},
	} {
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		status := Run([]string{"serve", "--oidc", file, "--base-url", c.base}, Environment{Version: "1", Stdout: &out, Stderr: &errs})
		if status != 2 || !strings.Contains(errs.String(), "--oidc") || !strings.Contains(errs.String(), c.want) || strings.Contains(errs.String(), "un secret") {
			t.Errorf("%s: status %d, message %q, want %q", c.text, status, errs.String(), c.want)
		}
	}
	if err := os.WriteFile(file, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := (connecting{OIDC: file}).providers(); err != nil || len(got) != 1 || got[0].Secret != "un secret" {
		t.Errorf("%d providers, %v", len(got), err)
	}
	if _, err := (connecting{OIDC: file + ".none"}).providers(); err == nil {
		t.Error("a file that is not there is accepted")
	}
}

func TestSettingsComeFromTheEnvironment(t *testing.T) {
	t.Setenv("BASSIN_LISTEN", "nonsense")
	var out, errs bytes.Buffer
	if status := Run([]string{"serve"}, Environment{Version: "1", Stdout: &out, Stderr: &errs}); status != 2 || !strings.Contains(errs.String(), "nonsense") {
		t.Errorf("status %d, message %q", status, errs.String())
	}
}

func TestHelpNamesEverySettingAndItsVariable(t *testing.T) {
	var out bytes.Buffer
	if status := Run([]string{"serve", "--help"}, Environment{Version: "1", Stdout: &out, Stderr: &out}); status != 0 {
		t.Fatalf("status %d: %s", status, out.String())
	}
	for _, want := range []string{"BASSIN_LISTEN", "BASSIN_VAR", "BASSIN_DATA", "BASSIN_STORE", "BASSIN_NAME", "BASSIN_LOG_LEVEL", "BASSIN_BASE_URL", "BASSIN_OIDC"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("help does not name %s", want)
		}
	}
}

func TestVersionIsPrinted(t *testing.T) {
	var out bytes.Buffer
	if status := Run([]string{"--version"}, Environment{Version: "1.2.3+abc", Stdout: &out, Stderr: &out}); status != 0 || strings.TrimSpace(out.String()) != "1.2.3+abc" {
		t.Errorf("status %d: %q", status, out.String())
	}
}

func TestPasswordsOfTheStoreAreNotShown(t *testing.T) {
	for _, dsn := range []string{"mysql://me:secret@host/db", "oracle:secret"} {
		if got := redacted(dsn); strings.Contains(got, "secret") && strings.HasPrefix(dsn, "mysql") {
			t.Errorf("redacted(%q) = %q", dsn, got)
		}
	}
}
