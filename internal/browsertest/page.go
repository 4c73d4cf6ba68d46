package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Options says how a reader looks at a page.
type Options struct {
	Width, Height int    // in CSS pixels; 1280 × 900 if zero
	NoScript      bool   // JavaScript is switched off
	Dark          bool   // the reader's system prefers dark colours
	Accept        string // Accept-Language header, if any
}

func (o Options) String() string {
	script, theme := "js", "light"
	if o.NoScript {
		script = "nojs"
	}
	if o.Dark {
		theme = "dark"
	}
	return fmt.Sprintf("%dpx-%s-%s", o.Width, script, theme)
}

// Request is one thing a page asked for.
type Request struct {
	URL    string
	Type   string // Document, Stylesheet, Script, Image, …
	Status int    // 0 while there is no answer
	Bytes  int    // received, headers included
	Failed string // why there was no answer
}

// Page is one tab in a private context of the browser.
type Page struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	order    []network.RequestID
	requests map[network.RequestID]*Request
	open     map[network.RequestID]bool
	noises   []string
	changed  time.Time
}

// Open opens a new page in a private context, closed when the test ends, and goes
// to the address.
func Open(t testing.TB, o Options, url string) *Page {
	t.Helper()
	p := New(t, o)
	p.Go(url)
	return p
}

// New opens an empty page in a private context, closed when the test ends.
func New(t testing.TB, o Options) *Page {
	t.Helper()
	if o.Width == 0 {
		o.Width = 1280
	}
	if o.Height == 0 {
		o.Height = 900
	}
	b := started(t)
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &Page{t: t, ctx: ctx, requests: map[network.RequestID]*Request{}, open: map[network.RequestID]bool{}}
	if err := p.prepare(o); err != nil {
		t.Fatalf("browsertest: a page does not open: %v", err)
	}
	return p
}

// prepare listens to the page and makes it look at things as the reader does.
func (p *Page) prepare(o Options) error {
	if err := chromedp.Listen(p.ctx, p.hear); err != nil {
		return err
	}
	theme := "light"
	if o.Dark {
		theme = "dark"
	}
	steps := []chromedp.Action[chromedp.Void]{
		command(network.Enable, network.EnableParams{}),
		command(log.Enable, cdp.Empty{}),
		command(audits.Enable, cdp.Empty{}),
		command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(o.Width), Height: int64(o.Height), DeviceScaleFactor: 1, Mobile: o.Width < 600,
		}),
		command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: theme},
			{Name: "prefers-reduced-motion", Value: "reduce"}, // no wait for what moves
		}}),
		scripts(!o.NoScript),
	}
	if o.Accept != "" {
		headers := network.Headers{"Accept-Language": o.Accept}
		steps = append(steps, command(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: headers}))
	}
	return p.try(steps...)
}

// command makes a step of a command of the protocol whose answer does not matter.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, c, params)
		return chromedp.Void{}, err
	}
}

// scripts allows or forbids the scripts of the page.
func scripts(allowed bool) chromedp.Action[chromedp.Void] {
	return command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !allowed})
}

// hear keeps what the browser tells of the page.
func (p *Page) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch event.(type) {
	case *network.EventRequestWillBeSent, *network.EventResponseReceived, *network.EventLoadingFinished, *network.EventLoadingFailed:
		p.changed = time.Now()
	}
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if strings.HasPrefix(e.Request.URL, "data:") || strings.HasPrefix(e.Request.URL, "blob:") {
			return
		}
		if r := p.requests[e.RequestID]; r != nil { // redirected
			r.URL = e.Request.URL
			return
		}
		p.order = append(p.order, e.RequestID)
		p.requests[e.RequestID] = &Request{URL: e.Request.URL, Type: string(e.Type)}
		p.open[e.RequestID] = true
	case *network.EventResponseReceived:
		if r := p.requests[e.RequestID]; r != nil {
			r.Status = int(e.Response.Status)
		}
	case *network.EventLoadingFinished:
		if r := p.requests[e.RequestID]; r != nil {
			r.Bytes += int(e.EncodedDataLength)
			delete(p.open, e.RequestID)
		}
	case *network.EventLoadingFailed:
		if r := p.requests[e.RequestID]; r != nil {
			if !e.Canceled {
				r.Failed = e.ErrorText
			}
			delete(p.open, e.RequestID)
		}
	case *log.EventEntryAdded:
		if e.Entry.Source == log.EntrySourceRendering && e.Entry.Level == log.EntryLevelWarning {
			return // what the software that stands for a graphics card says of itself
		}
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning || e.Entry.Source == log.EntrySourceSecurity {
			p.noises = append(p.noises, fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var b strings.Builder
			for _, a := range e.Args {
				fmt.Fprintf(&b, " %s%s", a.Value, a.Description)
			}
			p.noises = append(p.noises, fmt.Sprintf("console %s:%s", e.Type, b.String()))
		}
	case *runtime.EventExceptionThrown:
		p.noises = append(p.noises, "exception: "+(&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error())
	case *audits.EventIssueAdded:
		if e.Issue.Code == audits.InspectorIssueCodeContentSecurityPolicyIssue {
			d, _ := json.Marshal(e.Issue.Details)
			p.noises = append(p.noises, "content security policy: "+string(d))
		}
	}
}

// Do runs actions on the page and fails the test if one does not end well in time.
func (p *Page) Do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := p.try(steps...); err != nil {
		p.t.Fatalf("%s: %v (at %s)", what, err, p.where())
	}
}

func (p *Page) try(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

// get runs an action that gives something.
func get[T any](p *Page, what string, a chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		p.t.Fatalf("%s: %v (at %s)", what, err, p.where())
	}
	return v
}

func (p *Page) where() string {
	url, err := p.location()
	if err != nil {
		return "an unknown address"
	}
	return url
}

func (p *Page) location() (string, error) {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Location())
}

// Go goes to an address and waits until the page is there with all it asks for.
// What was heard before is forgotten.
func (p *Page) Go(url string) {
	p.t.Helper()
	p.mu.Lock()
	p.order, p.noises = nil, nil
	clear(p.requests)
	clear(p.open)
	p.changed = time.Now()
	p.mu.Unlock()
	p.Do("open "+url, chromedp.Navigate(url))
	p.Settle()
}

// Cookie gives the page's context a cookie for an address.
func (p *Page) Cookie(url, name, value string) {
	p.t.Helper()
	p.Do("set a cookie", command(network.SetCookie, network.SetCookieParams{URL: url, Name: name, Value: value}))
}

// Settle waits until the page has asked for nothing more for a moment. What a
// worker asks for is not told to its page, not even how its own script came: after
// a long silence such a request is no longer waited for, and keeps status 0.
func (p *Page) Settle() {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		p.mu.Lock()
		silence := time.Since(p.changed)
		calm := len(p.open) == 0 && silence > 120*time.Millisecond || silence > 3*time.Second
		p.mu.Unlock()
		if calm {
			return
		}
	}
	p.t.Fatalf("the page still loads after %v: %v", patience, p.Requests())
}

// Requests lists what the page has asked for since the last [Page.Go], the
// document first.
func (p *Page) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]Request, 0, len(p.order))
	for _, id := range p.order {
		out = append(out, *p.requests[id])
	}
	return out
}

// Noises lists the errors, the warnings and the refusals of the security policy
// since the last [Page.Go].
func (p *Page) Noises() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.noises...)
}

// URL is the address of the page.
func (p *Page) URL() string {
	p.t.Helper()
	return get(p, "read the address", chromedp.Location())
}

// WaitURL waits until the address of the page is as wanted.
func (p *Page) WaitURL(what string, ok func(url string) bool) {
	p.t.Helper()
	url := ""
	for end := time.Now().Add(patience / 2); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		now, err := p.location()
		if err != nil {
			continue // a page that is being left has no address to tell
		}
		if url = now; ok(url) {
			p.Settle()
			return
		}
	}
	p.t.Fatalf("%s: the page is still at %s", what, url)
}

// Eval evaluates an expression in the page, even where scripts of the page are
// switched off; promises are awaited. The result is decoded from JSON.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	return get(p, "evaluate "+clip(expression), chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// WaitFor waits until an expression is true in the page.
func (p *Page) WaitFor(what, expression string) {
	p.t.Helper()
	for end := time.Now().Add(patience / 2); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		cancel()
		if err == nil && ok { // a page that is leaving cannot answer
			return
		}
	}
	p.t.Fatalf("%s: %s is still false at %s", what, clip(expression), p.where())
}

// Resize changes the size of the window, in CSS pixels.
func (p *Page) Resize(width, height int) {
	p.t.Helper()
	p.Do("resize", command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(width), Height: int64(height), DeviceScaleFactor: 1, Mobile: width < 600,
	}))
}

// Overflow returns by how many pixels the page is wider than its window, and the
// elements that stick out of it.
func (p *Page) Overflow() (pixels int, culprits string) {
	p.t.Helper()
	type width struct {
		Pixels   int    `json:"pixels"`
		Culprits string `json:"culprits"`
	}
	found := Eval[width](p, `(() => {
	const width = document.documentElement.clientWidth;
	const out = [];
	const scrolls = e => { for (e = e.parentElement; e && e !== document.body; e = e.parentElement) if (getComputedStyle(e).overflowX !== 'visible') return true; return false; };
	for (const e of document.body.querySelectorAll('*')) {
		const r = e.getBoundingClientRect();
		if (r.right > width + 1 && r.width > 0 && !scrolls(e)) out.push(e.tagName.toLowerCase() + (e.className.baseVal ?? e.className ? '.' + (e.className.baseVal ?? e.className) : '') + ' ' + Math.round(r.right));
	}
	return {pixels: document.documentElement.scrollWidth - width, culprits: out.slice(0, 5).join('; ')};
})()`)
	return found.Pixels, found.Culprits
}

// PDF prints the page as a reader would, on A4.
func (p *Page) PDF() []byte {
	p.t.Helper()
	return get(p, "print", chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
}

// Screenshot returns what the window shows, as a PNG picture.
func (p *Page) Screenshot() []byte {
	p.t.Helper()
	return get(p, "take a picture", chromedp.CaptureScreenshot())
}

// Click clicks the first visible element that a CSS selector names.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.Do("click "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Keys types on the keyboard, wherever the focus is. The browser makes the letter
// out of the key going down, as it does for a person, so that a script that takes
// the key for itself keeps the letter away.
func (p *Page) Keys(keys string) {
	p.t.Helper()
	var steps []chromedp.Action[chromedp.Void]
	for _, r := range keys {
		var down, up *input.DispatchKeyEventParams
		text := ""
		for _, e := range kb.Encode(r) {
			switch e.Type {
			case input.DispatchKeyEventTypeChar:
				text = e.Text
			case input.DispatchKeyEventTypeKeyUp:
				up = e
			default:
				down = e
			}
		}
		if down != nil {
			down.Type, down.Text = input.DispatchKeyEventTypeRawKeyDown, text
			if text != "" {
				down.Type = input.DispatchKeyEventTypeKeyDown
			}
			steps = append(steps, command(input.DispatchKeyEvent, *down))
		}
		if up != nil {
			steps = append(steps, command(input.DispatchKeyEvent, *up))
		}
	}
	p.Do("type", steps...)
}

// ClickAt clicks a point of the window, in CSS pixels.
func (p *Page) ClickAt(x, y float64) {
	p.t.Helper()
	p.Do("click a point", chromedp.MouseClickXY(x, y))
}

// Hover moves the pointer to a point of the window, in CSS pixels.
func (p *Page) Hover(x, y float64) {
	p.t.Helper()
	p.Do("move the pointer", chromedp.MouseEvent(chromedp.MouseMoved, x, y))
}

func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
