package cli

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/mail"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/smtptest"
)

// lines is a log that a test reads while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// answered is what matters of an answer besides its page.
type answered struct {
	StatusCode int
	Header     http.Header
}

func ask(t *testing.T, c *http.Client, method, address string, form url.Values) (answered, *goquery.Document) {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	d, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(d.Text(), "⟦") {
		t.Errorf("%s lacks a text: %s", address, d.Find("main").Text())
	}
	return answered{res.StatusCode, res.Header}, d
}

func mandateNotice(person string) notice.Notice {
	return notice.Notice{
		Person: person, Subject: notice.Mandates, At: time.Now(), Link: "/mes-donnees",
		Title: notice.Say("notice.mandate.given", notice.Word("people.role.mediator"), notice.Everywhere),
	}
}

// From a change to a mailbox, and back by one click without a session.
func TestANoticeTravelsAndIsStoppedByOneClick(t *testing.T) {
	relay := smtptest.New(t, smtptest.Options{})
	relay.Start(t)
	s := open(t, func(c *serveCommand) {
		c.Mail = mailing{SMTP: "smtp://" + relay.Host + ":" + relay.Port + "?tls=none", MailFrom: "bassin@example.fr"}
		c.Site.BaseURL = "https://bassin.example.fr"
	})
	log := &lines{}
	s.log = slog.New(slog.NewTextHandler(log, nil))
	zoe := seat(t, s, people.Person{ID: "zoe", Name: "Zoé", Email: "zoe@example.fr"}, false)
	zoe.Transport = carrying{"__Host-" + zoe.Transport.(carrying).cookie} // the public address is https
	event, err := mandateNotice("zoe").Event()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.Leave(t.Context(), event); err != nil {
		t.Fatal(err)
	}
	base := serving(t, s)
	for end := time.Now().Add(30 * time.Second); len(relay.Messages()) == 0 && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	got := relay.Messages()
	if len(got) != 1 {
		t.Fatalf("%d mails arrived, want 1", len(got))
	}
	m, err := mail.ReadMessage(bytes.NewReader(got[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	// RFC 8058, section 3.1.
	link := strings.Trim(m.Header.Get("List-Unsubscribe"), "<>")
	if m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.HasPrefix(link, "https://bassin.example.fr/desabonnement/") {
		t.Fatalf("the headers are %q and %q", m.Header.Get("List-Unsubscribe"), m.Header.Get("List-Unsubscribe-Post"))
	}
	link = base + strings.TrimPrefix(link, "https://bassin.example.fr")
	nobody := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	choice := func() notice.Choice {
		t.Helper()
		c, err := s.db.Choices(t.Context(), "zoe")
		if err != nil {
			t.Fatal(err)
		}
		return c.Of(notice.Mandates)
	}
	// Programs that look through mails follow links: nothing changes.
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
		if res, _ := ask(t, nobody, method, link, nil); res.StatusCode != http.StatusOK || res.Header.Get("Referrer-Policy") != "no-referrer" || res.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s answers %d, %v", method, res.StatusCode, res.Header)
		}
	}
	_, d := ask(t, nobody, http.MethodGet, link, nil)
	action, _ := d.Find("main form[method=post]").Attr("action")
	if choice() != notice.AtOnce || base+action != link || !strings.Contains(d.Find("main").Text(), "Vos mandats") {
		t.Errorf("after looking, the choice is %s; the page says %q and posts to %q", choice(), d.Find("main").Text(), action)
	}
	for range 2 {
		res, d := ask(t, nobody, http.MethodPost, link, url.Values{"List-Unsubscribe": {"One-Click"}})
		if res.StatusCode != http.StatusOK || choice() != notice.Here || d.Find(".notice.done").Length() != 1 {
			t.Errorf("one click answers %d, the choice is %s", res.StatusCode, choice())
		}
	}
	if _, d := ask(t, nobody, http.MethodGet, link, nil); d.Find("main form").Length() != 0 {
		t.Error("what is stopped is offered to be stopped")
	}
	if res, d := ask(t, nobody, http.MethodGet, strings.Replace(link, "/desabonnement/", "/en/unsubscribe/", 1), nil); res.StatusCode != http.StatusOK || !strings.Contains(d.Find("main").Text(), "Your mandates") {
		t.Errorf("in English: %d, %s", res.StatusCode, d.Find("main").Text())
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if res, _ := ask(t, nobody, method, link[:len(link)-1], nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("a token cut short answers %d", res.StatusCode)
		}
	}
	// In the product it is there, once.
	if _, d := ask(t, zoe, http.MethodGet, base+"/mes-notifications", nil); d.Find(".notices .unread").Length() != 1 {
		t.Errorf("the list is %s", d.Find("main").Text())
	}
	if token := link[strings.LastIndex(link, "/")+1:]; strings.Contains(log.String(), token) || strings.Contains(log.String(), "zoe@") {
		t.Error("the log tells a token or an address")
	}
}

func TestPagesOfNotices(t *testing.T) {
	s := open(t, nil)
	base := serving(t, s)
	zoe := seat(t, s, people.Person{ID: "zoe", Name: "Zoé", Email: "zoe@example.fr"}, false)
	ada := seat(t, s, people.Person{ID: "ada", Name: "Ada", Email: "ada@example.fr"}, true, people.Mandate{Role: people.Administrator})
	nobody := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range []string{"/mes-notifications", "/mes-notifications/choix", "/en/my-notices/choices"} {
		if res, _ := ask(t, nobody, http.MethodGet, base+path, nil); res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s answers a visitor %d", path, res.StatusCode)
		}
	}
	if _, d := ask(t, zoe, http.MethodGet, base+"/mes-notifications", nil); d.Find(".state.empty").Length() != 1 {
		t.Errorf("before any notice: %s", d.Find("main").Text())
	}
	const many = 45
	for n := range many {
		a := notice.Arrival{ID: "n" + string(rune('A'+n)), Notice: mandateNotice("zoe"), At: time.Now()}
		if n == 0 {
			a.Notice.Link = ""
		}
		if _, err := s.db.Arrive(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	shown := func(path string) *goquery.Document {
		t.Helper()
		res, d := ask(t, zoe, http.MethodGet, base+path, nil)
		if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" || d.Find("h1").Length() != 1 {
			t.Errorf("%s answers %d, %s", path, res.StatusCode, res.Header.Get("Cache-Control"))
		}
		return d
	}
	d := shown("/mes-notifications")
	if d.Find(".notices > li.unread").Length() != 20 || !strings.Contains(d.Find("main").Text(), "45 notifications à lire") || !strings.Contains(d.Find("main .pages").Text(), "1 à 20 sur 45") {
		t.Errorf("the first page: %s", d.Find("main").Text())
	}
	if d := shown("/mes-notifications?page=3"); d.Find(".notices > li").Length() != 5 || d.Find(".pages a").Length() != 1 {
		t.Errorf("the last page: %s", d.Find("main").Text())
	}
	for path, want := range map[string]int{"?page=0": 404, "?page=x": 404, "?page=9": 303} {
		if res, _ := ask(t, zoe, http.MethodGet, base+"/mes-notifications"+path, nil); res.StatusCode != want {
			t.Errorf("%s answers %d, want %d", path, res.StatusCode, want)
		}
	}
	// One is read, by going where it leads or by saying so; another's cannot be.
	form := d.Find(".notices form").First()
	id, _ := form.Find("input[name=id]").Attr("value")
	post := func(c *http.Client, path string, form url.Values, status int, to string) {
		t.Helper()
		res, _ := ask(t, c, http.MethodPost, base+path, form)
		if res.StatusCode != status || res.Header.Get("Location") != to {
			t.Errorf("%s with %v answers %d to %q, want %d to %q", path, form, res.StatusCode, res.Header.Get("Location"), status, to)
		}
	}
	post(ada, "/mes-notifications/lire", url.Values{"id": {id}}, 404, "")
	post(zoe, "/mes-notifications/lire", url.Values{"id": {id}, "go": {"1"}}, 303, "/mes-donnees")
	post(zoe, "/en/my-notices/read", url.Values{"id": {"nB"}, "go": {"1"}}, 303, "/en/my-data")
	post(zoe, "/mes-notifications/lire", url.Values{"id": {"nA"}, "go": {"1"}, "page": {"3"}}, 303, "/mes-notifications?page=3")
	until, _ := d.Find("main form input[name=until]").Attr("value")
	if _, err := s.db.Arrive(t.Context(), notice.Arrival{ID: "late", Notice: mandateNotice("zoe"), At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	post(zoe, "/mes-notifications/lire", url.Values{"until": {until}}, 303, "/mes-notifications")
	if n, err := s.db.Unread(t.Context(), "zoe"); err != nil || n != 1 {
		t.Errorf("%d are unread, %v, want the one that came after the page was made", n, err)
	}
	post(zoe, "/mes-notifications/lire", url.Values{"until": {"9999-12-31T00:00:00Z"}}, 303, "/mes-notifications")
	if d := shown("/mes-notifications"); !strings.Contains(d.Find("main .lead").Text(), "tout lu") || d.Find("main input[name=until]").Length() != 0 {
		t.Errorf("when all is read: %s", d.Find("main").Text())
	}
	// Choices: what is chosen is shown, what is bound cannot be, what concerns administrators is theirs.
	d = shown("/mes-notifications/choix")
	if v, _ := d.Find("input[name=mandates][checked]").Attr("value"); v != "at_once" || d.Find("input[name=security], input[name=administration]").Length() != 0 || !strings.Contains(d.Find("main").Text(), "8\u00a0h") {
		t.Errorf("the choices are %s", d.Find("main").Text())
	}
	post(zoe, "/mes-notifications/choix", url.Values{"mandates": {"daily"}, "security": {"none"}, "administration": {"none"}}, 303, "/mes-notifications/choix?enregistre=1")
	c, err := s.db.Choices(t.Context(), "zoe")
	if err != nil || len(c) != 1 || c.Of(notice.Mandates) != notice.Daily {
		t.Errorf("chosen: %v, %v", c, err)
	}
	d = shown("/mes-notifications/choix?enregistre=1")
	if v, _ := d.Find("input[name=mandates][checked]").Attr("value"); v != "daily" || d.Find(".notice.done[role=status]").Length() != 1 {
		t.Errorf("after saving: %s", d.Find("main").Text())
	}
	post(zoe, "/mes-notifications/choix", url.Values{"mandates": {"maybe"}}, 400, "")
	if _, d := ask(t, ada, http.MethodGet, base+"/en/my-notices/choices", nil); d.Find("input[name=administration]").Length() != 4 {
		t.Errorf("an administrator chooses among %s", d.Find("main").Text())
	}
	if _, d := ask(t, nobody, http.MethodGet, base+"/donnees-personnelles", nil); !strings.Contains(d.Find("main").Text(), "1\u202f095 jours") {
		t.Errorf("the register does not tell the periods: %s", d.Find("main").Text())
	}
}

// Every task has a name in words, and is planned as the server starts.
func TestTasksHaveNames(t *testing.T) {
	s := open(t, nil)
	serving(t, s)
	want := s.tasks(s.post(), func() bool { return true })
	var known int
	for end := time.Now().Add(30 * time.Second); known < len(want) && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		l, err := s.db.Schedules(context.Background(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		known = len(l)
	}
	if known != len(want) {
		t.Errorf("%d tasks are planned, want %d", known, len(want))
	}
	for _, lang := range s.catalog.Langs() {
		for _, task := range want {
			if l := s.catalog.Localizer(lang); !l.Has(string(notice.TaskName(task.Name))) {
				t.Errorf("the task %s has no name in %s", task.Name, lang)
			}
		}
	}
	if w := s.scopes.name(people.Everywhere); w != notice.Everywhere {
		t.Errorf("everywhere is called %v", w)
	}
	if w := s.scopes.name(people.Over(s.live.Load().France.Level("dep")[0].ID)); w != s.live.Load().France.Level("dep")[0].Name {
		t.Errorf("a territory is called %v", w)
	}
}
