package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Browser is a running headless Chromium. Its pages do not share cookies, storage
// nor cache.
type Browser struct {
	ctx  context.Context
	stop func()
}

// Start starts a browser with a user folder of its own. Whoever starts it must
// [Browser.Stop] it; should this process die, so does it.
func Start() (*Browser, error) {
	program, err := program()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "bassin-chromium-")
	if err != nil {
		return nil, fmt.Errorf("browsertest: %w", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.UserDataDir(dir),
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("no-pings", true),
		chromedp.Flag("no-proxy-server", true), // pages come from this machine only
		chromedp.Flag("hide-scrollbars", true),
		// WebGL without a graphics card, for the interactive map.
		chromedp.Flag("use-gl", "angle"),
		chromedp.Flag("use-angle", "swiftshader"),
		chromedp.Flag("enable-unsafe-swiftshader", true),
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	// Lines of the protocol that a newer Chromium adds are not news for a test.
	quiet := func(string, ...any) {}
	ctx, endBrowser := chromedp.NewContext(allocator, chromedp.WithErrorf(quiet), chromedp.WithLogf(quiet))
	b := &Browser{ctx: ctx, stop: func() {
		endBrowser()
		endAllocator()
		// Chromium may still write as it ends, and its folder is only rubbish.
		_ = os.RemoveAll(dir)
	}}
	if err := chromedp.Do(ctx); err != nil {
		b.stop()
		return nil, fmt.Errorf("browsertest: Chromium (%s) does not start: %w", program, err)
	}
	return b, nil
}

// Stop ends the browser and removes its folder.
func (b *Browser) Stop() { b.stop() }

// program finds Chromium.
func program() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p, nil
		}
	}
	return "", errors.New("no Chromium is installed: this test needs a real browser; run `make test`, which installs it, or install the package chromium")
}

// shared is the browser of this test binary, started by the first test that needs
// it and stopped by Run.
var shared struct {
	sync.Mutex
	inRun   bool
	browser *Browser
	err     error
}

// Run runs the tests of a package, then stops the browser if one was started. It
// is what TestMain calls:
//
//	func TestMain(m *testing.M) { os.Exit(browsertest.Run(m)) }
func Run(m *testing.M) int {
	shared.Lock()
	shared.inRun = true
	shared.Unlock()
	status := m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.browser != nil {
		shared.browser.Stop()
	}
	return status
}

// started returns the browser of the test binary.
func started(t testing.TB) *Browser {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.inRun {
		t.Fatal("browsertest: call browsertest.Run from TestMain, so that the browser is stopped")
	}
	if shared.browser == nil && shared.err == nil {
		shared.browser, shared.err = Start()
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.browser
}

// patience is how long one step in the browser may take before the test fails:
// the machine may be busy with other tests.
const patience = 40 * time.Second
