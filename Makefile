# Bassin. `make` alone lists what there is. Nothing is needed but Go and Node.

RELEASE := 0.1.0
COMMIT  := $(shell git rev-parse --short=10 HEAD 2>/dev/null)
VERSION := $(RELEASE)$(if $(COMMIT),+$(COMMIT))
LISTEN  := 127.0.0.1:8080

SHELL       := /bin/sh
TOOL        := go tool -modfile=tools/go.mod
.DEFAULT_GOAL := help
.PHONY: help run build assets test soak lint bench screenshots clean FORCE

help: ## list these commands
	@echo "Bassin $(VERSION)"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build all that is missing and serve on http://localhost:8080
	@echo "Starting Bassin on http://$(LISTEN) (data in var/, stop with Ctrl-C)"
	@exec bin/bassin serve --listen $(LISTEN) --var var

build: bin/bassin ## build bin/bassin

# Everything the binary is made of, so that a second start builds nothing.
SOURCES := $(shell find cmd internal go.mod go.sum -type f ! -path '*/dist/*' ! -name '*_test.go' ! -path '*/testdata/*')
STYLES  := $(filter %.js %.mjs %.ts %.css internal/web/assets/build/%,$(SOURCES))

bin/bassin: $(SOURCES) bin/.assets bin/.version
	@echo "Building bin/bassin $(VERSION)"
	@CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o $@ ./cmd/bassin

# Touched only when the version changes.
bin/.version: FORCE
	@mkdir -p bin
	@echo "$(VERSION)" | cmp -s - $@ || echo "$(VERSION)" > $@
FORCE:

assets: bin/.assets # scripts and styles, into internal/web/assets/dist

bin/.assets: $(STYLES) node_modules/.installed
	@echo "Building scripts and styles"
	@go run ./internal/web/assets/build
	@mkdir -p bin && touch $@

# npm ci only when what it installs has changed.
node_modules/.installed: package.json package-lock.json
	@command -v npm >/dev/null || { echo "Bassin needs Node and npm to build its pages: install Node 18 or later." >&2; exit 1; }
	@echo "Installing npm packages"
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

test: ## install what the tests need, run them all, clean up
	@scripts/test-deps
	@$(MAKE) --no-print-directory build
	@echo "Testing (a few minutes)"
	@go vet ./...
	@start=$$(date +%s); go test -p 2 -timeout 20m ./... && echo "All tests passed in $$(($$(date +%s) - start)) s."

soak: ## kill the program and PostgreSQL 200 times each while they write
	@scripts/test-deps
	@BASSIN_SOAK=200 go test -v -count=1 -timeout 60m -run Killed ./internal/store

lint: assets ## check form, common mistakes and known vulnerabilities
	@out=$$(gofmt -l bench cmd internal scripts 2>/dev/null); [ -z "$$out" ] || { echo "Not in gofmt's form:"; echo "$$out"; exit 1; }
	@go vet ./...
	@echo "golangci-lint (the first time, it is built: some minutes)"
	@$(TOOL) golangci-lint run ./...
	@echo "govulncheck"
	@scripts/vulnerabilities $(TOOL) govulncheck ./...

bench: build ## measure speed, side by side with PostgreSQL and what the disk allows
	@scripts/bench-deps
	@go build -modfile=tools/go.mod -o bin/vegeta github.com/tsenart/vegeta/v12
	@go run ./bench

screenshots: build ## take the pictures of the documentation
	@scripts/test-deps
	@go run ./scripts/screenshots

clean: ## remove what was built; var/, where people's data is, stays
	@rm -rf bin node_modules
	@find internal/web/assets/dist -type f ! -name .keep -delete 2>/dev/null || true
