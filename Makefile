# The commands of the repository. Each one installs what it needs first; `scripts/install.sh` says what that is.

SHELL := /bin/bash
# `make build` promises target/release/farend, whatever the environment says.
export CARGO_TARGET_DIR := $(CURDIR)/target
# Builds from scratch are faster without it, and caches smaller.
export CARGO_INCREMENTAL ?= 0
export PATH := $(CURDIR)/target/tools/bin:$(PATH)

.PHONY: help run build test e2e lab soak openapi bench fuzz clean

help: ## this list
	@grep -hE '^[a-z]+: .*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

run: build ## the demo company on https://localhost:8802
	exec target/release/farend demo --data data/demo

build: ## target/release/farend, web app embedded
	@scripts/install.sh build
	@scripts/web.sh build
	cargo build --release --locked -p farend

test: ## every check and test that CI runs
	@scripts/install.sh test
	@scripts/test.sh

e2e: ## the end-to-end stories alone
	@scripts/install.sh test
	@scripts/web.sh build
	cargo build --release --locked -p farend
	cargo nextest run --locked -p lab --profile ci --status-level all --test-threads 4

lab: ## the network laboratory at full length: every NAT, every cell, calls that lose their network 20 times each (tables in target/lab)
	@scripts/install.sh test
	@scripts/web.sh build
	cargo build --release --locked -p farend
	FAREND_LAB_RUNS=$${FAREND_LAB_RUNS:-20} cargo nextest run --locked -p lab --profile lab -E 'binary(laboratory)'

soak: ## the load tests at their full size: 2,000 phones and 500 calls of a minute; 1,000 calls at once through a trunk, for half an hour
	@scripts/install.sh test
	@scripts/web.sh build
	cargo build --release --locked -p farend
	FAREND_LAB_LOAD=full cargo nextest run --locked -p lab --profile soak -E 'test(load)'

openapi: ## the API's description and the web app's types, from the handlers
	INSTA_UPDATE=always FAREND_UPDATE_SNAPSHOTS=1 cargo test --locked -p farend --quiet -- document
	@scripts/web.sh generate

bench: ## the benchmarks, as a table
	@scripts/install.sh test
	@scripts/web.sh build
	@scripts/bench.sh

fuzz: ## every fuzz target for a minute (FUZZ_SECONDS=600 for ten)
	@scripts/install.sh fuzz
	@scripts/fuzz.sh

clean: ## forget everything that was built
	rm -rf target web/dist web/node_modules
