package signin

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseProviders(t *testing.T) {
	env := func(name string) string { return map[string]string{"SECRET": "un secret"}[name] }
	read := func(file string) ([]byte, error) {
		if file == "/etc/secret" {
			return []byte("un autre\n"), nil
		}
		return nil, os.ErrNotExist
	}
	one := `{"key":"id","name":"Mon compte","issuer":"https://id.example.fr","client_id":"bassin","secret_env":"SECRET"}`
	got, err := ParseProviders([]byte(`{"providers":[
		{"key":"proconnect","kind":"proconnect","issuer":"https://pc.example.fr/api/v2","client_id":"a","secret_file":"/etc/secret","strong_acr":["eidas2"]},
		{"key":"franceconnect","kind":"franceconnect","issuer":"https://fc.example.fr/api/v2","client_id":"b","secret_env":"SECRET"},
		`+one+`]}`), env, read)
	if err != nil {
		t.Fatal(err)
	}
	want := []Provider{
		{Key: "proconnect", Kind: ProConnect, Name: "ProConnect", Issuer: "https://pc.example.fr/api/v2", ClientID: "a", SecretFile: "/etc/secret", Secret: "un autre",
			Scopes: []string{"openid", "given_name", "usual_name", "email", "uid", "siret"}, StrongACR: []string{"eidas2"}},
		{Key: "franceconnect", Kind: FranceConnect, Name: "FranceConnect", Issuer: "https://fc.example.fr/api/v2", ClientID: "b", SecretEnv: "SECRET", Secret: "un secret",
			Scopes: []string{"openid", "given_name", "family_name", "email"}, ACR: []string{"eidas1"}},
		{Key: "id", Name: "Mon compte", Issuer: "https://id.example.fr", ClientID: "bassin", SecretEnv: "SECRET", Secret: "un secret", Scopes: []string{"openid", "profile", "email"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got[0].pkce() || got[1].pkce() || !got[2].pkce() {
		t.Error("PKCE is used with ProConnect or FranceConnect, or is not with another")
	}
	for _, c := range []struct{ file, want string }{
		{``, "is expected"},
		{`[]`, "is expected"},
		{`{"providers":[]}`, "there is no provider"},
		{`{"providers":[` + one + `]} x`, "something follows"},
		{`{"providers":[` + one + `,` + one + `]}`, "twice"},
		{`{"providers":[` + one + `,` + strings.Replace(one, `"id"`, `"id2"`, 1) + `]}`, "twice"},
		{strings.Replace(one, `"key":"id"`, `"key":"Id"`, 1), `provider "Id": key`},
		{strings.Replace(one, `"key":"id"`, `"key":""`, 1), `provider "": key`},
		{strings.Replace(one, `"key":"id"`, `"key":"a/b"`, 1), "key"},
		{strings.Replace(one, `"key":"id"`, `"key":"id","kind":"google"`, 1), "kind"},
		{strings.Replace(one, `Mon compte`, ` `, 1), "name"},
		{strings.Replace(one, `https://id`, `http://id`, 1), "issuer"},
		{strings.Replace(one, `https://id`, `https://u:p@id`, 1), "issuer"},
		{strings.Replace(one, `example.fr`, `example.fr?x=1`, 1), "issuer"},
		{strings.Replace(one, `"bassin"`, `""`, 1), "client_id"},
		{strings.Replace(one, `"secret_env":"SECRET"`, `"secret":"un secret"`, 1), `unknown field "secret"`},
		{strings.Replace(one, `"secret_env":"SECRET"`, `"scopes":[]`, 1), "secret_env and secret_file"},
		{strings.Replace(one, `"secret_env":"SECRET"`, `"secret_env":"SECRET","secret_file":"/etc/secret"`, 1), "secret_env and secret_file"},
		{strings.Replace(one, `"SECRET"`, `"NONE"`, 1), "the variable NONE is empty"},
		{strings.Replace(one, `"secret_env":"SECRET"`, `"secret_file":"/none"`, 1), "secret_file"},
		{strings.Replace(one, `"client_id"`, `"scopes":["a b"],"client_id"`, 1), `"a b"`},
		{strings.Replace(one, `"client_id"`, `"strong_acr":[""],"client_id"`, 1), "one word"},
	} {
		file := c.file
		if strings.HasPrefix(file, `{"key"`) {
			file = `{"providers":[` + file + `]}`
		}
		if _, err := ParseProviders([]byte(file), env, read); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "un secret") {
			t.Errorf("%s: %v, want %q", file, err, c.want)
		}
	}
	if _, err := ParseProviders([]byte(`{"providers":[`+strings.Replace(one, `"secret_env":"SECRET"`, `"secret_file":"/none"`, 1)+`]}`), env, read); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}
