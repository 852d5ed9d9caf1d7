# Every target sets up what it needs; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help
help: ## what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

.PHONY: run
run: ## build the release, start it with a private PostgreSQL and a demo practice
	@scripts/run.sh

.PHONY: dev
dev: ## rebuild and reload while you edit
	@scripts/dev.sh

.PHONY: check
check: ## formatting, lints, code-base rules: quick
	@scripts/check.sh

.PHONY: test
test: ## everything: checks, unit, integration and browser tests
	@scripts/test.sh

.PHONY: bench
bench: ## measure, and write docs/benchmarks.md
	@scripts/bench.sh

.PHONY: pictures
pictures: ## take pictures of every page, to be looked at
	@scripts/pictures.sh

.PHONY: guides
guides: ## take the pictures of the guides in docs/user
	@scripts/guides.sh

.PHONY: prepare
prepare: ## write .sqlx after changing a query or a migration
	@scripts/prepare.sh
