// Command bassin is the open platform of the digital territories, in one binary.
package main

import (
	"os"

	"bassin/internal/cli"
)

// version is stamped by the build: -ldflags "-X main.version=…".
var version = "dev"

func main() {
	self, err := os.Executable()
	if err != nil {
		self = "" // builds then run inside the server
	}
	os.Exit(cli.Run(os.Args[1:], cli.Environment{Version: version, Executable: self, Stdout: os.Stdout, Stderr: os.Stderr}))
}
