package cli

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bassin/internal/audit"
	"bassin/internal/people"
	"bassin/internal/setting"
)

// Pending invitations are listed, sent again and withdrawn.
func TestPendingInvitations(t *testing.T) {
	s, base := product(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"), nil)
	zoe := adds(t, s, "Zoé", "zoe@example.fr")
	scope, err := people.ParseScope("bv:22113")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.accounts.Mandates.GiveAs(t.Context(), audit.System, "", people.Grant{Person: zoe.ID, Role: people.Coordinator, Scope: scope}); err != nil {
		t.Fatal(err)
	}
	v := comes(t, base)
	v.signsIn("zoe@example.fr", goodPassword)
	const list = "/administration/invitations"
	v.get(list).sees(http.StatusOK, "Aucune invitation en attente", "Inviter une personne")
	v.post("/administration/personnes/inviter", "email", "lea@example.fr", "name", "Léa", "role", "mediator", "where", "territory", "territory", "bv:22113", "act", "Délibération 12", "confirme", "1").sees(http.StatusOK, "peut créer son compte", "Invitations en attente")
	link := regexp.MustCompile(`/invitation/[a-z0-9]+`)
	first := link.FindString(v.doc().Find(".account-link").Text())
	v.get("/administration/personnes").sees(http.StatusOK, "Invitations en attente")
	v.get(list).sees(http.StatusOK, "lea@example.fr", "Médiateur", "bassin de vie de Lannion", "Zoé")
	one, _ := v.doc().Find("main table a").First().Attr("href")
	v.get(one).sees(http.StatusOK, "lea@example.fr", "Délibération 12", "Retirer l’invitation")
	v.post(one+"/renvoyer").sees(http.StatusOK, "peut créer son compte")
	second := link.FindString(v.doc().Find(".account-link").Text())
	x := comes(t, base)
	x.get(first).sees(http.StatusGone, "Ce lien ne sert plus", "inviter de nouveau")
	x.get(second).sees(http.StatusOK, "lea@example.fr")
	v.get(one).sees(http.StatusGone, "n’attend plus")
	v.get(list).sees(http.StatusOK, "lea@example.fr")
	one, _ = v.doc().Find("main table a").First().Attr("href")
	v.get(one+"/retirer").sees(http.StatusOK, "Retirer l’invitation de lea@example.fr", "ne servira plus")
	x.get(second).sees(http.StatusOK) // looking at it ended nothing
	v.post(one+"/retirer").sees(http.StatusOK, "L’invitation est retirée.", "Aucune invitation en attente")
	x.post(second, "name", "Léa", "password", goodPassword).sees(http.StatusGone, "Ce lien ne sert plus")
	verified(t, s)
}

// A link that holds no more leads on.
func TestLinksThatAreOverLeadOn(t *testing.T) {
	s := posts(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	if _, err := s.db.UpdateSetting(t.Context(), audit.System, setting.AccountsName, setting.Any, to(`{"self_registration":true}`)); err != nil {
		t.Fatal(err)
	}
	v := comes(t, s.base)
	for path, next := range map[string]string{
		"/mot-de-passe/nouveau/none": "/mot-de-passe/oublie", "/connexion/lien/none": "/connexion/lien", "/verification/none": "/inscription", "/invitation/none": "/inscription",
		"/installation/none": "/connexion", "/connexion/fournisseur/essai/retour": "/connexion",
	} {
		v.get(path).sees(http.StatusGone, "Ce lien ne sert plus")
		if v.doc().Find("main a.strong[href='"+next+"'], main .strong a[href='"+next+"'], main a[href='"+next+"']").Length() == 0 {
			t.Errorf("%s does not lead to %s", path, next)
		}
		if strings.HasPrefix(path, "/installation") || strings.HasSuffix(path, "retour") {
			continue
		}
		v.post(path, "password", goodPassword, "name", "Ève").sees(http.StatusGone, "Ce lien ne sert plus")
	}
}

// What went wrong is on top, where the focus goes, and leads to the first field.
func TestAFailedSignInTakesTheFocus(t *testing.T) {
	s, base := product(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"), nil)
	adds(t, s, "Zoé", "zoe@example.fr")
	v := comes(t, base)
	v.signsIn("zoe@example.fr", "autre chose du tout").sees(http.StatusBadRequest)
	summary := v.doc().Find("main [data-focus][tabindex='-1']")
	if href, _ := summary.Find("a").Attr("href"); summary.Length() != 1 || !strings.Contains(summary.Text(), "n’est pas le bon") || href != "#email" || v.doc().Find("main input#email").Length() != 1 {
		t.Errorf("%d summaries, that leads to %q", summary.Length(), href)
	}
}

// Where mails leave, an administrator hands no reset link over: nobody but the owner of
// the address sees it.
func TestAResetLinkIsForItsOwnerAlone(t *testing.T) {
	s := posts(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	zoe := adds(t, s.Server, "Zoé", "zoe@example.fr")
	root := seat(t, s.Server, people.Person{ID: people.NewID(), Name: "Root", Email: "root@example.fr"}, true, people.Mandate{Role: people.Administrator})
	form := "/administration/personnes/" + zoe.ID + "/mot-de-passe"
	r, err := root.Post(s.base+form, "application/x-www-form-urlencoded", strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var page bytes.Buffer
	if _, err := page.ReadFrom(r.Body); err != nil {
		t.Fatal(err)
	}
	if r.StatusCode != http.StatusOK || !strings.Contains(page.String(), "Un message est parti") || strings.Contains(page.String(), "/mot-de-passe/nouveau/") {
		t.Errorf("the answer (%d) shows the link, or does not say that it was sent", r.StatusCode)
	}
	link := s.mail(t, "zoe@example.fr", "mot de passe", "/mot-de-passe/nouveau/")
	if token := link[strings.LastIndex(link, "/")+1:]; strings.Contains(page.String(), token) {
		t.Error("the answer shows the token")
	}
	comes(t, s.base).get(link).sees(http.StatusOK, "zoe@example.fr")
}

// Devices that signed in are known no more once the password changes: somebody else may
// hold them.
func TestDevicesAreForgotten(t *testing.T) {
	s, base := product(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"), nil)
	zoe := adds(t, s, "Zoé", "zoe@example.fr")
	mine, other := comes(t, base), comes(t, base)
	other.signsIn("zoe@example.fr", goodPassword).sees(http.StatusOK, "Mon compte")
	mine.signsIn("zoe@example.fr", goodPassword).sees(http.StatusOK, "Mon compte")
	known := func(want int, when string) {
		t.Helper()
		parts, err := s.db.DataOf(t.Context(), zoe.ID)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, part := range parts {
			for _, row := range part.Values {
				if part.Table == "ticket" && row[0] == any("device") {
					n++
				}
			}
		}
		if n != want {
			t.Errorf("%s: %d devices are known, want %d", when, n, want)
		}
	}
	known(2, "after two signed in")
	other.signsIn("zoe@example.fr", goodPassword)
	known(2, "after one did again")
	const next = "un tout autre secret bien long"
	mine.post("/mon-compte/mot-de-passe", "present", goodPassword, "password", next).sees(http.StatusOK, "Votre mot de passe a changé.")
	known(0, "after the password changed")
	mine.signsIn("zoe@example.fr", next)
	mine.post("/deconnexion")
	mine.signsIn("zoe@example.fr", next).sees(http.StatusOK, "Mon compte")
	known(1, "after one signed in by the new password")
}

// Whoever has an account that is linked takes no invitation up by it, and is told why.
func TestALinkedAccountTakesUpNoInvitation(t *testing.T) {
	provider, s, base := withProvider(t)
	zoe := adds(t, s, "Zoé", "zoe@example.fr")
	v := comes(t, base)
	v.signsIn("zoe@example.fr", goodPassword)
	v.post("/mon-compte/fournisseur/essai", "present", goodPassword)
	href, _ := v.doc().Find("main a[href^='" + provider.Issuer + "']").Attr("href")
	v.get(provider.Consent(t, href, "zoe").RequestURI()).sees(http.StatusOK, "Le compte extérieur est lié.")
	token, err := s.accounts.InviteAs(t.Context(), audit.System, people.Invitation{Email: "zoe.pro@example.fr", Grant: &people.Grant{Role: people.Observer}})
	if err != nil {
		t.Fatal(err)
	}
	x := comes(t, base)
	leaves(x, provider, "/connexion/fournisseur/essai?invitation="+token, "zoe").sees(http.StatusBadRequest, "Cette personne a déjà un compte ici", "L’invitation n’a pas servi.")
	comes(t, base).get("/invitation/"+token).sees(http.StatusOK, "zoe.pro@example.fr")
	if held, err := s.db.MandatesOf(t.Context(), zoe.ID); err != nil || len(held) != 0 {
		t.Errorf("the mandate went to %v, %v", held, err)
	}
}

// The first set-up takes a logo with the rest.
func TestTheFirstSetUpTakesALogo(t *testing.T) {
	s, base := product(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"), nil)
	token, err := s.accounts.NewSetup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	path := "/installation/" + token
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 300, 100))); err != nil {
		t.Fatal(err)
	}
	v := comes(t, base)
	v.get(path).sees(http.StatusOK, "Image du logo", "Ce que dit le logo")
	if got, _ := v.doc().Find("main form[enctype='multipart/form-data'] input[type=file]").Attr("name"); got != "file" {
		t.Errorf("the form takes a file named %q", got)
	}
	rest := []string{"name", "Bassin du Trégor", "base_url", base, "accounts", "invitation", "alt", "Lannion-Trégor"}
	v.sends(path, "logo.txt", []byte("no picture"), rest...).sees(http.StatusBadRequest, "Ce fichier n’est pas une image.")
	if got, _ := v.doc().Find("#name").Attr("value"); got != "Bassin du Trégor" {
		t.Errorf("what was typed is lost: %q", got)
	}
	if v.doc().Find("header img, .top img").Length() != 0 {
		t.Error("a text is the logo")
	}
	// What else is wrong loses neither the logo nor what was typed.
	v.sends(path, "logo.png", picture.Bytes(), "name", "", "base_url", base, "publisher", "LTC", "alt", "Lannion-Trégor").sees(http.StatusBadRequest, "Donnez un nom à l’installation.", "Une autre image")
	v.sends(path, "", nil, rest...).sees(http.StatusOK, "Votre compte d’administrateur")
	if alt, _ := v.doc().Find(".top .brand img").Attr("alt"); alt != "Lannion-Trégor" {
		t.Errorf("the logo says %q", alt)
	}
	src, _ := v.doc().Find(".top .brand img").Attr("src")
	if r, _ := fetch(t, v.c, base+src); r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Header.Get("Content-Type"), "image/") {
		t.Errorf("the logo answers %d", r.StatusCode)
	}
	comes(t, base).sends("/installation/none", "logo.png", picture.Bytes(), rest...).sees(http.StatusGone)
	verified(t, s)
}
