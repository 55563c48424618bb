# Everything a person runs. Needs Python 3.11, 3.12 or 3.13 and make; the rest goes into .venv.

.DEFAULT_GOAL := help
.PHONY: help run test trial check lint lock bench bench-pages bench-data bench-search bench-score bench-pictures bench-queue bench-spam storm python

# The first Python that fits; PYTHON=… on the command line wins.
FITS   := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON := $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(shell $(p) -c '$(FITS)' 2>/dev/null && echo $(p))))
VENV   := .venv
PY     := $(VENV)/bin/python

# A stamp names the interpreter and the lock it was installed from: when either changes, so does the
# stamp, and the packages are installed again; when neither does, there is nothing to do.
VERSION := $(if $(PYTHON),$(shell $(PYTHON) -c 'import platform; print(platform.python_version())' 2>/dev/null))
RUN     := $(VENV)/.run-$(VERSION)-$(shell cksum < requirements.txt | cut -d' ' -f1)
DEV     := $(VENV)/.dev-$(VERSION)-$(shell cksum < requirements-dev.txt | cut -d' ' -f1)
# The lock's hashes are what is trusted, whatever index they come from.
INSTALL := $(PY) -m pip install --disable-pip-version-check --no-input --require-hashes

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(RUN) ## set up, bring the database up to date, fill an empty one with the demo, and serve it
	@$(PY) -m portal migrate
	@$(PY) -m portal demo --if-empty
	@exec $(PY) -m portal serve --with-worker

test: $(DEV) ## every test, on SQLite and on PostgreSQL, browser journeys included; the fast ones with Redis and a bucket too
	@sh tests/system/install.sh
	@PY=$(PY) sh tests/system/run.sh

trial: $(DEV) ## two machines as network namespaces, of which one loses its power under load (root; two minutes)
	@$(PY) -m tests.bench.two_machines

check: lint ## the fast inner loop: lint, types, and the tests that need neither browser nor PostgreSQL
	@$(PY) -m pytest -q -n 2 -m "not browser and not slow"

lint: $(DEV) ## lint and types alone
	@$(PY) -m ruff check .
	@$(PY) -m mypy

bench: $(DEV) ## the portal beside nginx, an empty page and FlaskBB, on 100,000 posts (ten minutes; more the first time)
	@command -v wrk >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get install -y -qq wrk >/dev/null 2>&1; } || true
	@$(PY) -m tests.bench.side_by_side

bench-pages: $(DEV) ## what each page costs: queries, bytes, milliseconds, and of what: database, ORM, template, framework
	@$(PY) -m tests.bench.pages --parts

bench-data: $(DEV) ## fill an empty database with a generated community, to measure on
	@$(PY) -m tests.bench.data

bench-search: $(DEV) ## how well and how fast search finds
	@$(PY) -m tests.bench.search

bench-score: $(DEV) ## how well the help score withstands those who game it
	@$(PY) -m tests.bench.score

bench-pictures: $(DEV) ## how long pictures take beside libvips, what they weigh, and what a wall of 100 costs in a browser
	@$(PY) -m tests.bench.pictures
	@$(PY) -m tests.bench.wall

bench-queue: $(DEV) ## what the moderators' queue costs with 100,000 decided and 5,000 waiting items
	@$(PY) -m tests.bench.queue

bench-spam: $(DEV) ## how much spam the learned score finds, and what it holds for nothing
	@$(PY) -m tests.bench.spam

storm: $(DEV) ## an hour of a busy community in ten minutes, with faults; nothing may be lost (MINUTES, DATABASE, SEED, REDIS=1)
	@$(PY) -m tests.bench.storm --minutes $(or $(MINUTES),10) --database $(or $(DATABASE),sqlite) --seed $(or $(SEED),1) $(if $(REDIS),--redis)

lock: python ## make the locks anew from requirements.in and requirements-dev.in
	@sh tests/system/lock.sh $(PYTHON)

$(RUN): | python
	@sh tests/system/venv.sh $(PYTHON) $(VENV)
	@echo "Installing what the portal needs into $(VENV) (a minute, the first time) …"
	@$(INSTALL) -r requirements.txt
	@rm -f $(VENV)/.run-* && touch $@

$(DEV): | python
	@sh tests/system/venv.sh $(PYTHON) $(VENV)
	@echo "Installing what tests need into $(VENV) (two minutes, the first time) …"
	@$(INSTALL) -r requirements-dev.txt
	@rm -f $(VENV)/.dev-* && touch $@

python:
	@test -n "$(PYTHON)" || { echo "This needs Python 3.11, 3.12 or 3.13 as python3, and there is none. Install one, \
	or name it: make PYTHON=/path/to/python3.12 …"; exit 1; }
