package orgweb

import (
	"context"
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/audit"
	"bassin/internal/blob"
	"bassin/internal/browsertest"
	"bassin/internal/i18n"
	"bassin/internal/media"
	"bassin/internal/mediaweb"
	"bassin/internal/people"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/store"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/assets"
)

func TestMain(m *testing.M) { os.Exit(browsertest.Run(m)) }

// site serves the pages of organisations on the real territories and a database of
// its own; readers choose who they are by a cookie.
type site struct {
	http.Handler
	t     testing.TB
	db    *store.DB
	rules *people.Organisations
	kit   *web.Renderer
	who   map[string]*people.Actor
	cards []web.Section
}

func open(t testing.TB) *site {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := assets.Load()
	if err != nil {
		t.Fatal(err)
	}
	guard := func(route web.Route, next web.Handler) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			if err := people.Of(r.Context()).MaySomewhere(route.Action).Err(); route.Who == web.Granted && err != nil {
				return err
			}
			return next(w, r)
		}
	}
	kit, err := web.New(web.Config{Site: web.Always(web.Site{Name: "Bassin"}), Catalog: c, Assets: files, Templates: []web.Templates{Templates()}, Now: time.Now, Guard: guard})
	if err != nil {
		t.Fatal(err)
	}
	x := &site{t: t, db: db, kit: kit, rules: &people.Organisations{Store: db}, who: map[string]*people.Actor{}}
	folder, err := blob.Open("dir:"+t.TempDir(), blob.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	attached := &mediaweb.Pages{Kit: kit, Media: media.New(db, folder, media.DefaultLimits(1<<20), time.Now, blob.Scratch(t.TempDir())), May: mediaweb.Public, Now: time.Now}
	pages := &Pages{Kit: kit, Rules: x.rules, Record: db, People: db, Files: attached, Now: time.Now, Zone: time.UTC}
	x.cards = pages.Sections()
	router, err := kit.Router(append(kit.Routes(), pages.Routes()...))
	if err != nil {
		t.Fatal(err)
	}
	s := realdata.Snapshot(t)
	reach := people.Reach{ActsIn: x.rules.ActsIn, Resolve: func(_ context.Context, f *territory.France, expr string) (*territory.Territory, error) {
		return f.Resolve(expr, nil)
	}}
	for id, m := range map[string]people.Mandate{
		"root": {Role: people.Administrator}, "ada": {Role: people.Coordinator, Scope: people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22266"})},
	} {
		x.person(id, "Nom de "+id)
		x.who[id] = &people.Actor{Person: people.Person{ID: id}, Session: people.Session{Strong: true}, Mandates: []people.Mandate{m}, Covers: reach.Covers}
	}
	seeing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := snapshot.WithContext(r.Context(), s)
		if who, err := r.Cookie("who"); err == nil {
			ctx = people.WithActor(ctx, x.who[who.Value])
		}
		if r.URL.Path == "/favicon.svg" {
			w.Header().Set("Content-Type", "image/svg+xml")
			w.Write([]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`))
			return
		}
		router.ServeHTTP(w, r.WithContext(ctx))
	})
	x.Handler = kit.Stack(seeing, web.NewMetrics(), time.Now, web.Limits{})
	return x
}

func (x *site) person(id, name string) {
	x.t.Helper()
	err := x.db.ChangePeople(x.t.Context(), "add", func(tx people.Tx) error {
		return tx.AddPerson(people.Person{ID: id, Name: name, Email: id + "@example.fr", Lang: "fr", State: people.Active, CreatedAt: time.Now()})
	})
	if err != nil {
		x.t.Fatal(err)
	}
}

func (x *site) ask(who, method, address string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if who != "" {
		r.AddCookie(&http.Cookie{Name: "who", Value: who})
	}
	w := httptest.NewRecorder()
	x.ServeHTTP(w, r)
	return w
}

// page is the page at an address, which must answer so and lack no text.
func (x *site) page(who, address string, status int) *goquery.Document {
	x.t.Helper()
	return x.read(x.ask(who, http.MethodGet, address, nil), status)
}

func (x *site) read(w *httptest.ResponseRecorder, status int) *goquery.Document {
	x.t.Helper()
	if w.Code != status {
		x.t.Fatalf("answers %d, want %d: %.300s", w.Code, status, w.Body.String())
	}
	d, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	if text := d.Text(); strings.Contains(text, "⟦") || d.Find("h1").Length() != 1 {
		x.t.Errorf("a text is missing, or there is not one title: %.2000s", text)
	}
	return d
}

// sent posts a form and follows where it leads.
func (x *site) sent(who, address string, form url.Values) *goquery.Document {
	x.t.Helper()
	w := x.ask(who, http.MethodPost, address, form)
	if w.Code != http.StatusSeeOther {
		x.t.Fatalf("%s %v answers %d: %.2000s", address, form, w.Code, w.Body.String())
	}
	return x.page(who, w.Header().Get("Location"), http.StatusOK)
}

func has(t *testing.T, d *goquery.Document, in string, texts ...string) {
	t.Helper()
	text := strings.Join(strings.Fields(d.Find(in).Text()), " ")
	for _, want := range texts {
		if !strings.Contains(text, strings.Join(strings.Fields(want), " ")) {
			t.Errorf("%s does not say %q: %.1500s", in, want, text)
		}
	}
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// idOf is the id in the address of the page.
func idOf(t *testing.T, d *goquery.Document) string {
	t.Helper()
	href, _ := d.Find("link[rel=canonical]").Attr("href")
	return href[strings.LastIndexByte(href, '/')+1:]
}

func TestCollectivitesAreThereAlready(t *testing.T) {
	x := open(t)
	d := x.page("", "/organisations", http.StatusOK)
	has(t, d, "main", "Aucune organisation enregistrée", "cherchez-les par leur nom")
	d = x.page("", "/organisations?q=mairie+de+rostrenen", http.StatusOK)
	if d.Find("#collectivites tbody tr").Length() != 1 {
		t.Error("not the one commune")
	}
	has(t, d, "#collectivites", "Commune de Rostrenen", "212\u202f202\u202f667")
	d = x.page("", "/organisations?territoire=bv:22266", http.StatusOK)
	has(t, d, "#collectivites", "Communauté de communes du Kreiz-Breizh", "Département des Côtes-d'Armor", "Département du Morbihan", "Région Bretagne")
	has(t, d, "#communes", "Commune de Rostrenen", "Commune de Mellionnec")
	has(t, d, ".crumbs", "Bassin de vie de Rostrenen")
	d = x.page("", "/en/organisations/commune-22266", http.StatusOK)
	has(t, d, "main", "Commune de Rostrenen", "comes from the official list", "Nobody holds a mandate")
	if _, total, err := x.db.Organisations(t.Context(), people.OrganisationFilter{}); err != nil || total != 0 {
		t.Errorf("looking made %d rows, %v", total, err)
	}
	d = x.page("", "/organisations?ou=saint-denis", http.StatusOK)
	if d.Find("#choisir + ul li").Length() < 3 {
		t.Error("the territories of that name are not offered")
	}
	if w := x.ask("", http.MethodGet, "/organisations?ou=bassin+de+vie+de+rostrenen&q=x", nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/organisations?q=x&territoire=bv%3A22266" {
		t.Errorf("a territory typed leads to %d %q", w.Code, w.Header().Get("Location"))
	}
	for _, wrong := range []string{"/organisations/commune-99999", "/organisations/x", "/organisations/%00", "/organisations?territoire=bv:1", "/organisations/csv?territoire=x"} {
		x.page("", wrong, http.StatusNotFound)
	}
	for _, wide := range []string{"/organisations?territoire=pays:FR", "/organisations?territoire=reg:94", "/organisations?territoire=dep:69", "/organisations?territoire=dep:984", "/organisations?territoire=reg:53", "/organisations?type=commune", "/organisations?q=%25", "/organisations?page=99"} {
		x.page("", wide, http.StatusOK)
	}
}

func TestCreateStepByStep(t *testing.T) {
	x := open(t)
	const sheet = "/organisations/nouvelle/fiche"
	for who, status := range map[string]int{"": http.StatusUnauthorized, "root": http.StatusOK} {
		x.page(who, "/organisations/nouvelle", status)
	}
	d := x.page("ada", "/organisations/nouvelle?numero=212+202+667", http.StatusOK)
	has(t, d, "#connues", "Commune de Rostrenen")
	d = x.page("ada", "/organisations/nouvelle?numero=443157723", http.StatusUnprocessableEntity)
	has(t, d, ".field.wrong", "un chiffre est faux")
	d = x.page("ada", "/organisations/nouvelle?ou=mairie+de+rostrenen", http.StatusOK)
	has(t, d, "#connues", "Commune de Rostrenen")
	d = x.page("ada", "/organisations/nouvelle?numero=443+157+722+00010", http.StatusOK)
	next, _ := d.Find(".state a").Attr("href")
	d = x.page("ada", next, http.StatusOK)
	if v, _ := d.Find("#siret").Attr("value"); v != "443\u202f157\u202f722\u202f00010" {
		t.Errorf("the number was not taken along: %q", v)
	}

	// What is wrong is said on top and beside, nothing typed is lost.
	w := x.ask("ada", http.MethodPost, sheet, form("kind", "", "name", " ", "siret", "44315772200012", "email", "ici", "commune", "Saint-Denis", "more", "xyzzy", "website", "javascript:alert(1)"))
	d = x.read(w, http.StatusUnprocessableEntity)
	for _, field := range []string{"kind", "name", "siret", "email", "commune", "more", "website"} {
		if d.Find(".summary a[href='#"+field+"']").Length() != 1 || d.Find("#"+field+"-help .error").Length() != 1 {
			t.Errorf("%s: the fault is not told on top and beside", field)
		}
	}
	for field, want := range map[string]string{"email": "ici", "more": "xyzzy", "website": "javascript:alert(1)"} {
		if v, _ := d.Find("#" + field).Attr("value"); v != want {
			t.Errorf("%s typed %q, given back %q", field, want, v)
		}
	}
	if n := d.Find("#commune input[type=radio]").Length(); n < 4 {
		t.Errorf("%d communes called Saint-Denis to choose from", n)
	}
	// A territory is added without saving.
	w = x.ask("ada", http.MethodPost, sheet, form("name", "Le Cap", "more", "bassin de vie de Rostrenen", "ajouter", "1"))
	d = x.read(w, http.StatusOK)
	if d.Find("#territories input[value='bv:22266'][checked]").Length() != 1 || d.Find("#name").AttrOr("value", "") != "Le Cap" {
		t.Error("the territory was not added to the form")
	}
	d = x.sent("ada", sheet, form("kind", "association", "name", "Centre social Le Cap", "siret", "443 157 722 00010", "commune", "rostrenen", "territories", "bv:22266"))
	has(t, d, "main", "est enregistrée", "443\u202f157\u202f722\u202f00010", "Bassin de vie de Rostrenen", "Enregistrée · Nom de ada")
	cap := idOf(t, d)

	w = x.ask("ada", http.MethodPost, sheet, form("kind", "association", "name", "Autre", "siret", "44315772200010", "commune", "Rostrenen"))
	d = x.read(w, http.StatusUnprocessableEntity)
	if d.Find(".notice a[href='/organisations/"+cap+"']").Length() != 1 {
		t.Error("no link to the one that is there")
	}
	another := form("kind", "association", "name", "Le Cap, centre social", "commune", "Rostrenen (22266)")
	d = x.read(x.ask("ada", http.MethodPost, sheet, another), http.StatusUnprocessableEntity)
	has(t, d, ".notice", "Une organisation lui ressemble", "Centre social Le Cap", "même commune")
	another.Set("autre", d.Find("input[name=autre]").AttrOr("value", ""))
	x.sent("ada", sheet, another)

	d = x.read(x.ask("ada", http.MethodPost, sheet, form("kind", "association", "name", "Partout", "territories", "reg:53")), http.StatusUnprocessableEntity)
	has(t, d, ".summary", "dépasse celui de votre mandat")
	if w := x.ask("", http.MethodPost, sheet, form("kind", "association", "name", "Personne")); w.Code != http.StatusUnauthorized {
		t.Errorf("a visitor's form answers %d", w.Code)
	}
}

func (x *site) made(o people.Organisation) people.Organisation {
	x.t.Helper()
	o.State = people.OrganisationActive
	if o.Kind == "" {
		o.Kind = people.KindAssociation
	}
	if o.Territories == nil {
		o.Territories = []territory.ID{{Level: territory.Commune, Code: "22266"}}
	}
	out, err := x.db.CreateOrganisation(x.t.Context(), audit.Person("root"), o)
	if err != nil {
		x.t.Fatal(err)
	}
	return out
}

// fields are what the form of a page would send as it stands.
func fields(d *goquery.Document) url.Values {
	v := url.Values{}
	d.Find("main form[method=post]").First().Find("input, select, textarea").Each(func(_ int, s *goquery.Selection) {
		name, kind := s.AttrOr("name", ""), s.AttrOr("type", "")
		_, checked := s.Attr("checked")
		switch {
		case (kind == "radio" || kind == "checkbox") && !checked:
		case s.Is("select"):
			v.Add(name, s.Find("option[selected]").AttrOr("value", ""))
		case s.Is("textarea"):
			v.Add(name, s.Text())
		default:
			v.Add(name, s.AttrOr("value", ""))
		}
	})
	return v
}

func TestTwoWhoEditSeeBothVersions(t *testing.T) {
	x := open(t)
	o := x.made(people.Organisation{Name: "Le Cap", Commune: "22266", Email: "cap@example.fr", Address: "1 rue A"})
	edit := address(o.ID) + "/modifier"
	mine, theirs := fields(x.page("ada", edit, http.StatusOK)), fields(x.page("root", edit, http.StatusOK))
	theirs.Set("name", "Le Cap, Rostrenen")
	theirs.Set("short_name", "LC")
	x.sent("root", edit, theirs)
	mine.Set("name", "Le Cap social")
	mine.Set("email", "accueil@example.fr")
	d := x.read(x.ask("ada", http.MethodPost, edit, mine), http.StatusConflict)
	has(t, d, "main", "Nom de root a modifié", "C’était : Le Cap", "Le Cap, Rostrenen", "Le Cap social", "cap@example.fr → accueil@example.fr", "Sigle ou nom court : LC (ajouté)")
	if d.Find("fieldset").Length() != 2 { // one field to choose, and the theme of the page
		t.Errorf("%d fields to choose from", d.Find("fieldset").Length()-1)
	}
	choice := fields(d)
	choice.Set("pick.name", "theirs")
	d = x.sent("ada", edit, choice)
	has(t, d, "main", "Le Cap, Rostrenen", "accueil@example.fr", "LC", "Modifiée · Nom de ada")
	now, err := x.db.Organisation(t.Context(), o.ID)
	if err != nil || now.Name != "Le Cap, Rostrenen" || now.ShortName != "LC" || now.Email != "accueil@example.fr" || now.Address != "1 rue A" || now.Version != 3 {
		t.Errorf("kept as %+v, %v", now, err)
	}
	// A collectivité gets its row with the first edit, and keeps its kind.
	v := fields(x.page("ada", "/organisations/commune-22266/modifier", http.StatusOK))
	if v.Has("kind") && v.Get("kind") != "" {
		t.Error("the kind of a commune can be chosen")
	}
	v.Set("email", "mairie@example.fr")
	v.Set("kind", "entreprise")
	d = x.sent("ada", "/organisations/commune-22266/modifier", v)
	has(t, d, "main", "mairie@example.fr", "Reprise de la liste officielle")
	if o, err := x.db.Organisation(t.Context(), "commune-22266"); err != nil || o.Kind != people.KindCommune {
		t.Errorf("the commune: %+v, %v", o, err)
	}
	x.page("ada", "/organisations/commune-22113/modifier", http.StatusForbidden)
	if w := x.ask("ada", http.MethodPost, "/organisations/commune-22113/modifier", v); w.Code != http.StatusForbidden {
		t.Errorf("the form of another territory answers %d", w.Code)
	}
}

func TestMergeAndUndo(t *testing.T) {
	x := open(t)
	a := x.made(people.Organisation{Name: "Centre social Le Cap", Commune: "22266", SIREN: "443157722", Email: "a@example.fr"})
	b := x.made(people.Organisation{Name: "Le Cap (centre social)", Commune: "22266", Email: "b@example.fr", Website: "https://cap.example.fr"})
	for _, who := range []string{"ada", "root"} {
		m := people.Mandate{ID: "m" + who, Person: who, Role: people.Signatory, Scope: people.In(b.ID), From: "2020-01-01", CreatedAt: time.Now()}
		if err := x.db.ChangePeople(t.Context(), "give", func(tx people.Tx) error { return tx.AddMandate(m) }); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"statuts.txt", "bilan.txt"} {
		if w := x.give("root", address(b.ID)+"/documents", name, "Contenu de "+name, ""); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d", name, w.Code)
		}
	}
	d := x.page("", address(b.ID), http.StatusOK)
	has(t, d, "main", "Signataire", "Les noms se voient une fois connecté")
	if strings.Contains(d.Text(), "Nom de") {
		t.Error("a visitor reads names")
	}
	has(t, x.page("ada", address(b.ID), http.StatusOK), "#mandats", "Nom de ada", "Nom de root")

	x.page("ada", "/organisations/doublons", http.StatusForbidden)
	d = x.page("root", "/organisations/doublons", http.StatusOK)
	has(t, d, "main", "1 paire à regarder", "même commune")
	sheet, _ := d.Find(".orgs-list a.button").Attr("href")
	if sheet != address(b.ID)+"/fusionner?dans="+a.ID {
		t.Errorf("the pair leads to %s: the one with a number is to be kept", sheet)
	}
	has(t, x.page("root", address(b.ID)+"/fusionner", http.StatusOK), ".orgs-list", "Centre social Le Cap")
	has(t, x.page("root", address(b.ID)+"/fusionner?q=rostrenen", http.StatusOK), ".orgs-list", "Commune de Rostrenen")
	d = x.page("root", sheet, http.StatusOK)
	has(t, d, "main", "disparaît dans « Centre social Le Cap »", "2 mandats passent", "2 documents passent", "Site internet : https://cap.example.fr", "Vous pourrez annuler cette fusion")
	v := fields(d)
	v.Set("pick.email", "yours")
	d = x.sent("root", address(b.ID)+"/fusionner", v)
	has(t, d, "main", "n’en font plus qu’une", "b@example.fr", "cap.example.fr", "443\u202f157\u202f722", "Nom de ada", "Fusion avec « Le Cap (centre social) »")
	has(t, x.page("", address(a.ID), http.StatusOK), ".files", "statuts.txt", "bilan.txt")
	if got := idOf(t, d); got != a.ID {
		t.Errorf("kept is %s", got)
	}
	w := x.ask("", http.MethodGet, address(b.ID), nil)
	if w.Code != http.StatusFound {
		t.Fatalf("the address of what was merged answers %d", w.Code)
	}
	has(t, x.page("", w.Header().Get("Location"), http.StatusOK), "main", "Vous avez suivi l’adresse de « Le Cap (centre social) »")
	if w := x.ask("root", http.MethodPost, address(b.ID)+"/fusionner", v); w.Code < 400 || w.Code >= 500 {
		t.Errorf("merged twice: %d", w.Code)
	}
	undo := fields(d)
	d = x.sent("root", address(a.ID)+"/annuler-la-fusion", undo)
	has(t, d, "main", "La fusion est annulée", "ses documents", "Nom de ada", "b@example.fr")
	has(t, x.page("", address(b.ID), http.StatusOK), ".files", "statuts.txt", "bilan.txt")
	if d := x.page("", address(a.ID), http.StatusOK); d.Find(".files").Length() != 0 {
		t.Error("the documents stayed with the kept one")
	}
	now, err := x.db.Organisation(t.Context(), a.ID)
	if err != nil || now.Email != "a@example.fr" || now.Website != "" {
		t.Errorf("the kept one: %+v, %v", now, err)
	}
	d = x.page("root", "/organisations/doublons", http.StatusOK)
	d = x.sent("root", "/organisations/doublons", fields(d))
	has(t, d, "main", "ce sont deux organisations", "Aucun doublon possible")
}

func TestListIsFilteredPagedAndTakenAway(t *testing.T) {
	x := open(t)
	for i := range 60 {
		x.made(people.Organisation{Name: "Radio " + string(rune('a'+i%26)) + strings.Repeat("z", i/26), Commune: "22266"})
	}
	evil := x.made(people.Organisation{Name: `=HYPERLINK("x")<script>alert(1)</script>`, ShortName: `"><img src=x onerror=alert(1)>`, Address: "+1", Kind: people.KindCompany, Territories: []territory.ID{{Level: territory.Departement, Code: "29"}}})
	d := x.page("", "/organisations?q=radio", http.StatusOK)
	has(t, d, ".pages", "1 à 50 sur 60")
	next, _ := d.Find("a[rel=next]").Attr("href")
	d = x.page("", next, http.StatusOK)
	if n := d.Find("#organisations tbody tr").Length(); n != 10 {
		t.Errorf("the second page has %d", n)
	}
	if d := x.page("", "/organisations?territoire=commune:29019", http.StatusOK); d.Find("#organisations tbody tr").Length() != 1 {
		t.Error("not the one that acts in the département of Brest")
	}
	d = x.page("", "/organisations?type=entreprise", http.StatusOK)
	if d.Find("main script, main img").Length() != 0 || d.Find("#organisations tbody tr").Length() != 1 {
		t.Error("a name became a tag")
	}
	if d := x.page("root", address(evil.ID), http.StatusOK); d.Find("main script, main img").Length() != 0 {
		t.Error("a name became a tag")
	}
	w := x.ask("", http.MethodGet, "/organisations/csv", nil)
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 62 {
		t.Fatalf("the CSV has %d rows, %v", len(rows), err)
	}
	at := slices.Index(rows[0], "Nom")
	for _, row := range rows[1:] {
		if strings.HasPrefix(row[at], "=") || strings.ContainsAny(row[6+1], "\n") {
			t.Errorf("a spreadsheet would run %q", row[at])
		}
	}
}

func TestSectionOfTerritoryPages(t *testing.T) {
	x := open(t)
	s := realdata.Snapshot(t)
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]string{"commune:22266": "Commune de Rostrenen", "dep:69": "Métropole de Lyon", "bv:22266": "territoire=bv:22266"} {
		id, _ := territory.ParseID(code)
		u, _ := s.France.Territory(id)
		out := x.kit.Sections(t.Context(), x.cards, web.SectionRequest{Territory: u, France: s.France, Self: u.Path(), Localizer: c.Localizer(i18n.FR)})
		if len(out) != 1 || out[0].Failed || !strings.Contains(string(out[0].Body), want) {
			t.Errorf("%s: %+v, want %s", code, out, want)
		}
	}
}

// Of many that hold the words, the one of the very name is offered first, and those of
// one name are told apart by where they are.
func TestTheOtherOneIsFound(t *testing.T) {
	x := open(t)
	for i := range 30 {
		x.made(people.Organisation{Name: "Amicale Radio " + string(rune('a'+i%26)) + strings.Repeat("z", i/26), Commune: "22266"})
	}
	x.made(people.Organisation{Name: "Radio", Commune: "22266"})
	one := x.made(people.Organisation{Name: "Tout autre nom", Commune: "22278"})
	names := func(q string) (out, told []string) {
		for _, li := range x.page("root", address(one.ID)+"/fusionner?q="+url.QueryEscape(q), http.StatusOK).Find(".orgs-list > li").EachIter() {
			out = append(out, li.Find("a").First().Text())
			told = append(told, li.Find("small").Text())
		}
		return out, told
	}
	if found, told := names("radio"); len(found) != 20 || found[0] != "Radio" || !strings.Contains(told[0], "Rostrenen (Côtes-d'Armor)") {
		t.Errorf("radio: %d, first %q %q", len(found), found, told)
	}
	found, told := names("saint-denis")
	if len(found) < 2 || found[0] != "Commune de Saint-Denis" || found[1] != "Commune de Saint-Denis" {
		t.Fatalf("saint-denis: %q", found)
	}
	all := strings.Join(told, "\n")
	for _, want := range []string{"Saint-Denis (Seine-Saint-Denis)", "Saint-Denis (La Réunion)", "Saint-Denis (Aude)"} {
		if !strings.Contains(all, want) {
			t.Errorf("saint-denis: %q is not told: %s", want, all)
		}
	}
	if found, _ := names("Saint-Denis-en-Val"); len(found) == 0 || found[0] != "Commune de Saint-Denis-en-Val" {
		t.Errorf("Saint-Denis-en-Val: %q", found)
	}
}
