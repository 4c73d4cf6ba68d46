// Command bassin is the open platform of the digital territories, in one binary.
package main

import (
	"os"

	"bassin/internal/cli"
)

// version is stamped by the build: -ldflags "-X main.version=…".
var version = "dev"

func main() {
	os.Exit(cli.Run(os.Args[1:], cli.Environment{Version: version, Stdout: os.Stdout, Stderr: os.Stderr}))
}
