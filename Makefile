# VAE Lab's tasks. Everything is installed into .venv, on first need and when the requirements
# change. Plain POSIX sh and GNU make 3.81, which is what macOS has.

VENV   := .venv
PYTHON := $(VENV)/bin/python
PIP    := $(PYTHON) -m pip --quiet --disable-pip-version-check

# Debian's packages are installed for root only; nobody else is asked for a password.
CAN_APT     := test `id -u` = 0 && command -v apt-get >/dev/null
APT_INSTALL := export DEBIAN_FRONTEND=noninteractive; apt-get -qq update && \
    apt-get -qq install -y --no-install-recommends >/dev/null

# The first of these between 3.11 and 3.13 makes .venv: TensorFlow has wheels for no other.
# To choose: make app BASE_PYTHON=/path/to/python3.12
BASE_PYTHON := python3 python3.13 python3.12 python3.11

# Without its start-up notes from C++; warnings and errors still show.
TF_CPP_MIN_LOG_LEVEL ?= 2
export TF_CPP_MIN_LOG_LEVEL

.PHONY: help app test test-backends test-cluster lint format bench pretrained screenshots clean chromium nginx
.DELETE_ON_ERROR:

help:
	@echo 'make app          install what the app needs and start it; it prints its address'
	@echo 'make test         lint and every test, real browser included'
	@echo 'make test-backends  open exports with PyTorch and the oldest TensorFlow, too'
	@echo 'make test-cluster  sweep on a Ray cluster, too'
	@echo 'make lint         check style and formatting'
	@echo 'make format       fix style and formatting'
	@echo 'make bench        measure speed and quality'
	@echo 'make pretrained   train the models that come with the app, and write their cards'
	@echo 'make screenshots  take the pictures in docs/screenshots'
	@echo 'make clean        remove .venv and caches; your runs stay'

# The prompt is Streamlit asking for an e-mail address on the very first start.
app: $(VENV)/app.stamp
	@$(PYTHON) -m streamlit run app.py --server.showEmailPrompt=false

# Four processes, because some of the suite waits: for a browser, or for a worker that trains. A file
# stays in one of them, with the server or the run that its tests share; tests/collection.py says in
# which order they are taken, tests/scheduling.py by which process. Types take a core for a minute,
# beside the first tests, and are shown below the last one.
test: chromium nginx $(VENV)/oldest.stamp
	@$(CHECK_STYLE)
	@{ $(CHECK_TYPES); } >$(VENV)/types.txt 2>&1 & types=$$!; \
	$(PYTHON) -m pytest -n 4 --dist loadfile --no-loadscope-reorder; tests=$$?; \
	wait $$types; types=$$?; cat $(VENV)/types.txt; \
	test $$tests -eq 0 && test $$types -eq 0

# What is exported, in the oldest Keras on each backend; the script on the oldest TensorFlow. Apart from
# `make test`, which has JAX alone, for the size of these two.
test-backends: $(VENV)/backends.stamp
	@OLDEST_BACKEND=torch $(PYTHON) -m pytest tests/model/test_keras_compat.py
	@OLDEST_BACKEND=tensorflow $(PYTHON) -m pytest tests/model/test_keras_compat.py tests/export/test_keras_code_runs.py

# A sweep on a Ray cluster of this machine, of which one node is killed; apart for its size.
test-cluster: $(VENV)/dev.stamp
	@$(PIP) install -r requirements-cluster.txt
	@$(PYTHON) -m pytest tests/sweeps/test_cluster.py

lint: $(VENV)/dev.stamp
	@$(CHECK_STYLE)
	@$(CHECK_TYPES)

CHECK_STYLE = $(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && \
    $(PYTHON) -c "from importlinter.cli import lint_imports_command as lint; lint()"
CHECK_TYPES = $(PYTHON) -m basedpyright --pythonpath $(PYTHON) && \
    echo "`grep -rno 'pyright: ignore' vae pages app.py | wc -l` types are ignored, each with its reason; 20 are the most"

format: $(VENV)/dev.stamp
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

bench: $(VENV)/bench.stamp
	@$(PYTHON) -m benchmarks

pretrained: $(VENV)/app.stamp
	@$(PYTHON) -m vae.shipped.train
	@$(PYTHON) -m vae.shipped.model_cards

screenshots: $(VENV)/dev.stamp chromium
	@$(PYTHON) -m tests.browser.screenshots

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are newer than the requirements as long as there is nothing to install. They don't
# count once the Python behind .venv is gone, as after a system's upgrade.
ifeq ($(realpath $(PYTHON)),)
.PHONY: $(VENV)/app.stamp
endif

$(VENV)/app.stamp: requirements.txt | $(PYTHON)
	@echo "Installing the app's packages, once: 550 MB to fetch, 2.5 GB on disk, a few minutes"
	@$(PIP) install -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements-search.txt requirements-tensorboard.txt \
    $(VENV)/app.stamp
	@echo "Installing the test tools, once"
	@$(PIP) install -r requirements-dev.txt
	@touch $@

# An environment inside the other one, which `make clean` removes with it.
$(VENV)/oldest.stamp: requirements-oldest.txt $(VENV)/dev.stamp
	@echo "Installing the oldest Keras that opens exported models, once"
	@$(PYTHON) -m venv --clear $(VENV)/oldest
	@$(VENV)/oldest/bin/python -m pip --quiet --disable-pip-version-check install -r requirements-oldest.txt
	@touch $@

$(VENV)/backends.stamp: requirements-backends.txt $(VENV)/oldest.stamp
	@echo "Installing PyTorch and the oldest TensorFlow beside it, once: 2 GB"
	@$(VENV)/oldest/bin/python -m pip --quiet --disable-pip-version-check install -r requirements-backends.txt
	@touch $@

$(VENV)/bench.stamp: requirements-bench.txt $(VENV)/dev.stamp
	@echo "Installing PyTorch, which the benchmarks compare with, once"
	@$(PIP) install -r requirements-bench.txt
	@touch $@

# Debian packs venv apart from Python, so it may be missing: root gets it from apt, anyone else is
# told what to install. A .venv that failed halfway would pass for a whole one, so it is removed.
$(PYTHON):
	@found=; received=; \
	find_python() { \
	    for python in $(BASE_PYTHON); do \
	        version=`"$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null` \
	            || continue; \
	        case $$version in \
	            3.11|3.12|3.13) found=$$python; return 0 ;; \
	            *) received=$${received:-Python $$version} ;; \
	        esac; \
	    done; \
	    return 1; \
	}; \
	has_venv() { "$$found" -c 'import ensurepip, venv' 2>/dev/null; }; \
	if ! { find_python && has_venv; } && $(CAN_APT); then \
	    echo "Installing Debian's python3-venv"; \
	    $(APT_INSTALL) python3-venv; \
	    find_python; \
	fi; \
	if test -z "$$found"; then \
	    echo "VAE Lab needs Python 3.11, 3.12 or 3.13. Received: $${received:-none}" >&2; exit 1; \
	fi; \
	if ! has_venv; then \
	    echo "Python $$version has no venv. Install it first: sudo apt install python$$version-venv" >&2; \
	    exit 1; \
	fi; \
	echo "Creating $(VENV) with Python $$version"; \
	"$$found" -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

# The tests drive a browser of the system if there is one, else Playwright's own; Chromium without
# windows takes a tenth less time. Playwright itself starts only where it finds libatomic, which the
# barest Debian lacks.
chromium: $(VENV)/dev.stamp
	@if $(PYTHON) -m playwright --version >/dev/null 2>&1 && { test -e $(VENV)/chromium.stamp || \
	    command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || \
	    command -v google-chrome; } >/dev/null; \
	then exit 0; fi; \
	echo "Installing Chromium, once"; \
	if $(CAN_APT); then \
	    for name in chromium-headless-shell chromium; do \
	        $(APT_INSTALL) $$name fonts-liberation libatomic1 && exit 0; \
	    done; \
	    $(PYTHON) -m playwright install-deps chromium; \
	fi; \
	$(PYTHON) -m playwright install chromium && touch $(VENV)/chromium.stamp

# tests/deploy runs the proxy of deploy/ with it, and is skipped where it is missing.
nginx:
	@if ! PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null && $(CAN_APT); then \
	    echo "Installing Debian's nginx"; \
	    $(APT_INSTALL) nginx; \
	fi
