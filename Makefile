# One place for every command; CI runs the same ones (.ci/run).
# A target's help is the text after its '##'.

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

RELEASE := .build-release/release/backstop
SIMULATE := .build-release/release/simulate
SIMULATED = $(if $(FOR),--seconds $(FOR) --fresh,--seeds $(or $(SEEDS),1000) --from $(or $(FROM),1))
COMMIT = $$(git rev-parse --short HEAD)
WRITES = --corpus Tests/SimulationTests/Corpus --commit $(COMMIT)
SWIFT_SOURCES := Sources Tests Fuzz sql Package.swift

.PHONY: help demo test build build-release bench simulate crash-points mutants safety conformance sanitize coverage fuzz format lint deps clean

help: ## list these targets
	@printf 'Backstop: every filled entry carries its stop-loss and take-profit.\n\n'
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nStart with: make demo\n'

demo: deps build-release ## watch the guardian work: private PostgreSQL, paper venue, bot, faults (under 3 min once built)
	@exec $(RELEASE) demo

test: deps ## build and run every test, with a real PostgreSQL and TLS on loopback (FILTER=Name for some)
	@ops/scripts/build.sh tests
	@ops/scripts/test.sh $(if $(FILTER),--filter '$(FILTER)')

build: deps ## debug build
	@ops/scripts/build.sh debug

build-release: deps ## release build: .build-release/release/backstop
	@ops/scripts/build.sh release --product backstop

bench: deps ## measure the design's budgets, each beside its baseline; table and bench.json
	@ops/scripts/build.sh release --product backstop
	@ops/scripts/build.sh release --product bench
	@exec .build-release/release/bench --output bench.json

simulate: deps ## the core in seeded worlds of faults, held to its promises (SEEDS=1000, FOR=120 seconds of new seeds, ONLY=none, SEED=42)
	@ops/scripts/build.sh release --product simulate
	@exec $(SIMULATE) $(if $(SEED),--seed $(SEED) --trace,$(SIMULATED) $(WRITES) --output simulate.json) $(if $(ONLY),--only $(ONLY))

crash-points: deps ## worlds in which the process dies before each effect in turn (SEEDS=20 scenarios)
	@ops/scripts/build.sh release --product simulate
	@exec $(SIMULATE) --crash-points --pairs --seeds $(or $(SEEDS),20) --shrink 1 --commit $(COMMIT) --output crash-points.json

mutants: deps ## deliberate defects of the core, each of which the simulation, or else a test, must find (SEEDS=20000 tried at most)
	@exec ops/scripts/mutants.py $(if $(SEEDS),--seeds $(SEEDS))

safety: ## SAFETY.md from simulate.json, crash-points.json and mutants.json
	@exec $(SIMULATE) safety SAFETY.md $(if $(wildcard crash-points.json),--crash-points crash-points.json)

conformance: deps build-release ## Autobahn's 301 WebSocket cases against our client, over ws and wss (needs CPython 2.7)
	@ops/scripts/conformance.sh

sanitize: deps ## tests of the light modules under the thread and the address sanitizer
	@ops/scripts/sanitize.sh

coverage: deps ## lines and regions that tests reach, per file and module; the pure modules must reach 95 % (ONLY=pure for those alone)
	@ops/scripts/coverage.sh $(if $(filter pure,$(ONLY)),--pure)

fuzz: deps ## libFuzzer against every reader of foreign bytes (SECONDS=60 for each target, TARGET="frames json events replies settings")
	@SECONDS_EACH=$(or $(SECONDS),60) ops/scripts/fuzz.sh $(TARGET)

format: ## rewrite the Swift files in our format
	@swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

lint: ## check the format, as CI does
	@swift format lint --strict --parallel --recursive $(SWIFT_SOURCES) && echo 'lint: clean'
	@ops/scripts/mutants.py --check

deps: ## check for the Debian packages we build on; install the missing ones when allowed
	@ops/scripts/install-dependencies.sh

clean: ## remove every build folder
	rm -rf .build .build-release .build-tsan .build-asan .build-coverage .build-conformance .build-fuzz .build-mutants bench.json simulate.json crash-points.json mutants.json
