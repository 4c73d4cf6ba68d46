package e2e

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bassin/internal/realdata"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScript plays what an installer does with the binary, and does wrong.
func TestScript(t *testing.T) {
	bin := bassin(t)
	snapshots := realdata.Var(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() }) // scenarios go on after this function returns
	testscript.Run(t, testscript.Params{
		Dir:      filepath.Join("testdata", "script"),
		Deadline: time.Now().Add(4 * time.Minute),
		Setup: func(env *testscript.Env) error {
			env.Vars = slices.DeleteFunc(env.Vars, func(v string) bool { return strings.HasPrefix(v, "BASSIN_") })
			env.Setenv("PATH", filepath.Dir(bin)+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("DATA", realdata.Data())
			env.Setenv("VERSION", version)
			env.Setenv("TAKEN", taken.Addr().String())
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"copydata":  scriptCopyData,
			"snapshot":  func(ts *testscript.TestScript, _ bool, args []string) { scriptSnapshot(ts, snapshots, args) },
			"replace":   scriptReplace,
			"cut":       scriptCut,
			"freeport":  scriptFreePort,
			"await":     scriptAwait,
			"jsonlines": scriptJSONLines,
			"samehash":  scriptSameHash,
			"snapshots": scriptSnapshots,
			"stop":      scriptStop,
		},
	})
}

// copydata DIR: a copy of the project's open data, to be damaged.
func scriptCopyData(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: copydata DIR")
	}
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), os.DirFS(realdata.Data())))
}

// snapshot VAR: a var folder with a built snapshot of the project's data.
func scriptSnapshot(ts *testscript.TestScript, from string, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: snapshot VAR")
	}
	ts.Check(linkSnapshots(from, ts.MkAbs(args[0])))
}

// replace DATA FILE OLD NEW: changes the first OLD of a data file, and the
// checksum of the file in the manifest.
func scriptReplace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: replace DATA FILE OLD NEW")
	}
	unquote := strings.NewReplacer(`\n`, "\n").Replace
	ts.Check(edit(ts.MkAbs(args[0]), args[1], func(text string) string {
		return strings.Replace(text, unquote(args[2]), unquote(args[3]), 1)
	}))
}

// cut FILE BYTES: keeps the first bytes of a file.
func scriptCut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cut FILE BYTES")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// freeport NAME: puts a free address in a variable.
func scriptFreePort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: freeport NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], l.Addr().String())
	ts.Check(l.Close())
}

// await ADDRESS PATH: waits until the server answers well.
func scriptAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await ADDRESS PATH")
	}
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		for _, c := range ts.BackgroundCmds() {
			if c.Process.Signal(syscall.Signal(0)) != nil {
				ts.Fatalf("%v has ended: nothing answers at http://%s%s", c.Args, args[0], args[1])
			}
		}
		res, err := client.Get("http://" + args[0] + args[1])
		if err != nil {
			continue
		}
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return
		}
	}
	ts.Fatalf("http://%s%s does not answer", args[0], args[1])
}

// jsonlines FILE FIELD...: every line of a file is a JSON object with these fields.
func scriptJSONLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: jsonlines FILE FIELD...")
	}
	text := strings.TrimSpace(ts.ReadFile(args[0]))
	if text == "" {
		ts.Fatalf("%s is empty", args[0])
	}
	for line := range strings.Lines(text) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			ts.Fatalf("not JSON: %s", line)
		}
		for _, f := range args[1:] {
			if _, ok := fields[f]; !ok {
				ts.Fatalf("no field %s in %s", f, line)
			}
		}
	}
}

// samehash VAR VAR: both folders name the same current snapshot.
func scriptSameHash(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: samehash VAR VAR")
	}
	one := strings.TrimSpace(ts.ReadFile(filepath.Join(args[0], "snapshots", "current")))
	two := strings.TrimSpace(ts.ReadFile(filepath.Join(args[1], "snapshots", "current")))
	if one == "" || one != two {
		ts.Fatalf("%q and %q differ", one, two)
	}
}

// snapshots VAR N: the folder holds so many built snapshots and nothing half done.
func scriptSnapshots(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: snapshots VAR N")
	}
	entries, err := os.ReadDir(filepath.Join(ts.MkAbs(args[0]), "snapshots"))
	if err != nil && !os.IsNotExist(err) {
		ts.Fatalf("%v", err)
	}
	var dirs []string
	for _, e := range entries {
		if e.IsDir() {
			dirs = append(dirs, e.Name())
		}
	}
	if strconv.Itoa(len(dirs)) != args[1] {
		ts.Fatalf("snapshots: %v, expected %s", dirs, args[1])
	}
}

// stop: ends the programs in the background as a service manager does, and waits.
func scriptStop(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: stop")
	}
	for _, c := range ts.BackgroundCmds() {
		ts.Check(c.Process.Signal(os.Interrupt))
	}
}
