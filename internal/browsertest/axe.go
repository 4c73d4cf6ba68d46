package browsertest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"
)

// Violation is one rule of axe-core that a page breaks.
type Violation struct {
	ID     string
	Impact string
	Help   string
	Nodes  []struct {
		HTML           string
		FailureSummary string
	}
}

func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", v.ID, v.Impact, v.Help)
	for i, n := range v.Nodes {
		if i == 3 {
			fmt.Fprintf(&b, "\n\t… and %d more", len(v.Nodes)-i)
			break
		}
		fmt.Fprintf(&b, "\n\t%s\n\t\t%s", clip(n.HTML), strings.ReplaceAll(n.FailureSummary, "\n", " "))
	}
	return b.String()
}

// axe reads axe-core once.
var axe = sync.OnceValues(func() (string, error) {
	_, file, _, _ := goruntime.Caller(0)
	path := filepath.Join(filepath.Dir(file), "..", "..", "node_modules", "axe-core", "axe.min.js")
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("axe-core is not installed: run `make test`, which installs it, or `npm ci` (%w)", err)
	}
	return string(b), nil
})

// Axe runs every rule of axe-core on the page as it is now. Where the page was
// loaded without scripts they are allowed from then on, as axe needs them; the
// page has no chance to use them.
func (p *Page) Axe() []Violation {
	p.t.Helper()
	source, err := axe()
	if err != nil {
		p.t.Fatal(err)
	}
	p.Do("load axe-core", scripts(true), chromedp.Evaluate[chromedp.Void](source+";true"))
	found := Eval[string](p, `axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations))`)
	var violations []Violation
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		p.t.Fatalf("axe-core answers what cannot be read: %v", err)
	}
	return violations
}
