package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed wrk.lua
var script []byte

// loader drives the load generators, each a program of its own.
type loader struct {
	dir    string // for their files
	vegeta string // path of the program
	runs   int
}

func newLoader(dir, vegeta string) (*loader, error) {
	if _, err := exec.LookPath("wrk"); err != nil {
		return nil, fmt.Errorf("wrk is not installed: run `make bench`, which installs it: %w", err)
	}
	return &loader{dir: dir, vegeta: vegeta}, os.WriteFile(filepath.Join(dir, "wrk.lua"), script, 0o644)
}

// file writes lines to a new file and returns its path.
func (l *loader) file(lines []string) (string, error) {
	l.runs++
	path := filepath.Join(l.dir, "questions-"+strconv.Itoa(l.runs))
	return path, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}

// closed asks as fast as answers come, on a number of connections, with wrk in
// one thread: a second one would take what is left to the server on two cores.
func (l *loader) closed(ctx context.Context, base string, paths []string, connections int, d time.Duration) (loaded, error) {
	file, err := l.file(paths)
	if err != nil {
		return loaded{}, err
	}
	cmd := exec.CommandContext(ctx, "wrk", "-t1", "-c"+strconv.Itoa(connections), "-d"+strconv.Itoa(max(1, int(d.Seconds())))+"s",
		"-s", filepath.Join(l.dir, "wrk.lua"), base, "--", file, strconv.Itoa(l.runs*997%len(paths)))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return loaded{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var m struct {
		Requests, Bytes, Errors int
		Microseconds            float64
		P50, P99                float64
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &m); err != nil {
		return loaded{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	if m.Requests == 0 {
		return loaded{}, fmt.Errorf("wrk got no answer:\n%s", out)
	}
	return loaded{
		Requests: m.Requests, PerSecond: float64(m.Requests) / (m.Microseconds / 1e6), P50: m.P50 / 1e3, P99: m.P99 / 1e3,
		KB: float64(m.Bytes) / float64(m.Requests) / 1e3, Errors: m.Errors, Connections: connections,
	}, nil
}

// constant asks at a constant rate, whether answers come or not, with vegeta.
func (l *loader) constant(ctx context.Context, base string, paths []string, headers []string, rate int, d time.Duration) (loaded, error) {
	targets := make([]string, len(paths))
	for i, p := range paths {
		targets[i] = strings.Join(append([]string{"GET " + base + p}, headers...), "\n") + "\n"
	}
	file, err := l.file(targets)
	if err != nil {
		return loaded{}, err
	}
	results := file + ".bin"
	attack := exec.CommandContext(ctx, l.vegeta, "attack", "-targets="+file, "-rate="+strconv.Itoa(rate)+"/1s",
		"-duration="+d.String(), "-connections=64", "-max-workers=256", "-output="+results)
	if out, err := attack.CombinedOutput(); err != nil {
		return loaded{}, fmt.Errorf("vegeta: %w\n%s", err, out)
	}
	defer os.Remove(results)
	var complaints bytes.Buffer
	report := exec.CommandContext(ctx, l.vegeta, "report", "-type=json", results)
	report.Stderr = &complaints
	out, err := report.Output()
	if err != nil {
		return loaded{}, fmt.Errorf("vegeta: %w\n%s", err, &complaints)
	}
	var m struct {
		Requests  int     `json:"requests"`
		Rate      float64 `json:"throughput"`
		Success   float64 `json:"success"`
		Latencies struct {
			P50 float64 `json:"50th"`
			P99 float64 `json:"99th"`
		} `json:"latencies"`
		BytesIn struct {
			Mean float64 `json:"mean"`
		} `json:"bytes_in"`
	}
	if err := json.Unmarshal(out, &m); err != nil {
		return loaded{}, fmt.Errorf("vegeta: %w\n%s", err, out)
	}
	return loaded{
		Requests: m.Requests, PerSecond: m.Rate, P50: m.Latencies.P50 / 1e6, P99: m.Latencies.P99 / 1e6,
		KB: m.BytesIn.Mean / 1e3, Errors: int(float64(m.Requests)*(1-m.Success) + 0.5),
	}, nil
}
