# The front door. PORT, HOST, SITE_URL, DATABASE_URL, REDIS_URL and DATA may be given on the command line.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
VAR_DIR ?= var
PIP_FLAGS ?=

venv = .venv/bin/python
secrets = $(VAR_DIR)/local.env
# One more than the cores of a small machine: browser and worker tests wait as long as they compute.
TEST_PROCESSES ?= 3
# Everything that touches the database runs again on PostgreSQL; models, drawings, texts and the browser do not.
ON_POSTGRES = tests/accounts tests/catalog tests/recommender tests/test_database.py tests/test_worker.py \
	tests/test_health.py tests/test_query_counts.py --ignore=tests/recommender/ml --ignore=tests/catalog/test_posters.py \
	--ignore=tests/catalog/test_markdown.py --ignore=tests/catalog/test_design.py --ignore=tests/catalog/test_link_cards.py

.DEFAULT_GOAL := help
.PHONY: help run install shell install-dev install-bench lint test bench messages

help: ## list what there is to do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install $(secrets) ## install, import films, train, and start the whole site
	@$(venv) manage.py prepare
	@exec $(venv) manage.py up

install: python-version ## make .venv and install the pinned requirements
	@key="$$(cat requirements.txt constraints.txt | cksum)"; \
	if [ ! -x $(venv) ] || [ "$$(cat $(VAR_DIR)/.installed 2>/dev/null)" != "$$key" ]; then \
		echo "== packages" && mkdir -p $(VAR_DIR) && \
		$(PYTHON) -m venv .venv && \
		$(venv) -m pip install --quiet $(PIP_FLAGS) -r requirements.txt && \
		echo "$$key" > $(VAR_DIR)/.installed; \
	fi

shell: install $(secrets) ## a Python shell with the site's models
	@$(venv) manage.py shell

install-dev: install ## what the tests and checks need beside
	@key="$$(cat requirements-dev.txt constraints.txt | cksum)"; \
	if [ "$$(cat $(VAR_DIR)/.installed-dev 2>/dev/null)" != "$$key" ]; then \
		echo "== packages for tests" && \
		$(venv) -m pip install --quiet $(PIP_FLAGS) -r requirements-dev.txt && \
		echo "$$key" > $(VAR_DIR)/.installed-dev; \
	fi

lint: install-dev ## format, lint, types, import contracts, migrations, container files
	@.venv/bin/ruff format --check --quiet . && .venv/bin/ruff check --quiet .
	@git ls-files 'templates/*.html' | xargs .venv/bin/djade --check --target-version 5.2
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@SECRET_KEY=lint $(venv) manage.py makemigrations --check --dry-run
	@.venv/bin/hadolint Dockerfile
	@SECRET_KEY=lint POSTGRES_PASSWORD=lint .venv/bin/docker-compose config --quiet

test: lint chromium real-data ## all checks, and the tests on SQLite and PostgreSQL with a worker and a browser
	@.venv/bin/pytest -n $(TEST_PROCESSES) --dist loadscope
	@$(venv) -m tests.on_postgres .venv/bin/pytest -n $(TEST_PROCESSES) --dist loadscope $(ON_POSTGRES)

bench: install-dev install-bench ## our models beside the known libraries and as served, search, pages, into docs/ (QUICK=1: a small set)
	@$(venv) -m tests.bench $(if $(QUICK),--quick) $(if $(AGAIN),--again $(AGAIN))

messages: install-dev $(secrets) ## take new texts into the translations and compile them; needs GNU gettext
	@$(venv) manage.py makemessages --all --add-location=file --no-obsolete \
		--ignore=.venv --ignore=var --ignore=tests
	@$(venv) manage.py compilemessages --ignore=.venv --ignore=var

# The known libraries need other versions than the site does, so they live apart.
install-bench: python-version
	@key="$$(cksum < requirements-bench.txt)"; \
	if [ "$$(cat $(VAR_DIR)/.installed-bench 2>/dev/null)" != "$$key" ]; then \
		echo "== packages for the bench" && mkdir -p $(VAR_DIR) && \
		$(PYTHON) -m venv var/bench-venv && \
		var/bench-venv/bin/python -m pip install --quiet $(PIP_FLAGS) -r requirements-bench.txt && \
		echo "$$key" > $(VAR_DIR)/.installed-bench; \
	fi

# The models are tested on real ratings: a folder of data sets beside this one, or what `make run` takes.
.PHONY: real-data
real-data: install-dev $(secrets)
	@[ -d ../shared/data ] || $(venv) manage.py get_films >/dev/null

.PHONY: chromium
chromium: install-dev
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || sh tests/browser/install_chromium.sh

.PHONY: python-version
python-version:
	@$(PYTHON) -c 'import sys, ensurepip, sqlite3, ssl, venv; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	|| { echo "Marquee needs Python 3.11 with venv, ssl and sqlite3, and $(PYTHON) is not that: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }

# The key that signs sessions is made once for this machine and readable by its owner alone.
$(secrets):
	@mkdir -p $(VAR_DIR)
	@umask 077 && $(PYTHON) -c 'import secrets; print("SECRET_KEY=" + secrets.token_urlsafe(50))' > $@
