package orgweb

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/people"
	"bassin/internal/territory"
)

// give sends a document by the form of the page.
func (x *site) give(who, address, name, body, alt string) *httptest.ResponseRecorder {
	x.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		x.t.Fatal(err)
	}
	part.Write([]byte(body)) // to memory
	if err := w.WriteField("alt", alt); err != nil {
		x.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		x.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, address, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(&http.Cookie{Name: "who", Value: who})
	out := httptest.NewRecorder()
	x.ServeHTTP(out, r)
	return out
}

func TestDocuments(t *testing.T) {
	x := open(t)
	add := func(bv string) string {
		o, err := x.db.CreateOrganisation(t.Context(), audit.System, people.Organisation{Kind: people.KindAssociation, Name: "Association " + bv,
			Territories: []territory.ID{{Level: territory.BassinDeVie, Code: bv}}, State: people.OrganisationActive, CreatedAt: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		return address(o.ID)
	}
	own, other := add("22266"), add("22113")
	if d := x.page("", own, http.StatusOK); d.Find("main form").Length() != 0 {
		t.Error("a visitor is offered a form")
	}
	if w := x.give("ada", other+"/documents", "a.txt", "Article 1", ""); w.Code != http.StatusForbidden {
		t.Errorf("elsewhere: answers %d", w.Code)
	}
	d := x.read(x.give("ada", own+"/documents", "statuts.pdf", "\x7fELF", "Les statuts"), http.StatusUnprocessableEntity)
	has(t, d, "#file-help .error", "genre de fichier")
	if d.Find("#alt").AttrOr("value", "") != "Les statuts" {
		t.Error("what was typed is lost")
	}
	if w := x.give("ada", own+"/documents", "statuts.txt", "Article 1", ""); w.Code != http.StatusSeeOther {
		t.Fatalf("added: answers %d: %.500s", w.Code, w.Body)
	}
	has(t, x.page("", own, http.StatusOK), ".files", "statuts.txt")
	id := x.page("ada", own, http.StatusOK).Find(".files [name=id]").AttrOr("value", "")
	if w := x.ask("ada", http.MethodPost, other+"/documents", form("do", "remove", "id", id)); w.Code != http.StatusForbidden {
		t.Errorf("removed from elsewhere: answers %d", w.Code)
	}
	d = x.sent("ada", own+"/documents", form("do", "remove", "id", id))
	has(t, d, "main", "Les documents sont à jour.")
	if d.Find(".files").Length() != 0 {
		t.Error("it is still there")
	}
}
