# Two commands matter: make report, make test. Both begin by making .venv, once.
PYTHON ?= python3

# What a user's shell may have set must decide neither what is imported nor how a chart looks.
unexport PYTHONHOME PYTHONPATH PYTHONWARNINGS PYTEST_ADDOPTS VIRTUAL_ENV MPLBACKEND MATPLOTLIBRC
unexport JUPYTER_PATH JUPYTER_CONFIG_PATH JUPYTER_RUNTIME_DIR

# The same for settings of Jupyter, IPython and matplotlib that lie in the home folder: kernels, start-up
# files, styles. Runs of the notebooks see empty folders instead, and hash in one order.
ALONE = report test test-all fuzz check app refresh bench
$(ALONE): export PYTHONHASHSEED = 0
$(ALONE): export PYTHONNOUSERSITE = 1
$(ALONE): export JUPYTER_NO_CONFIG = 1
$(ALONE): export JUPYTER_CONFIG_DIR = $(CURDIR)/.venv/var/jupyter
$(ALONE): export JUPYTER_DATA_DIR = $(CURDIR)/.venv/var/jupyter
$(ALONE): export IPYTHONDIR = $(CURDIR)/.venv/var/ipython
$(ALONE): export MPLCONFIGDIR = $(CURDIR)/.venv/var/matplotlib

# Relative, so that a checkout may lie in a folder with spaces in its name.
RUN = .venv/bin/python -m
# JupyterLab asks its makers for news and for newer versions, unless it is told not to.
ALOOF = --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate

.DEFAULT_GOAL = help
.PHONY: help report test test-all fuzz check lab app refresh bench lock install clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

report: install  ## the reports of both plans, into reports/ (PLAN=folder: of that one alone)
ifdef PLAN
	@.venv/bin/scenarios report --all --plan "$(PLAN)" --out "reports/$$(basename "$(PLAN)")"
else
	@.venv/bin/scenarios report --all
	@.venv/bin/scenarios report --all --plan eu_digital_decade --out reports/eu_digital_decade
endif

test: check  ## every check and test that needs neither a browser nor a built wheel nor minutes
	$(RUN) pytest -q -n 2 -m "not wheel and not browser and not long"
	@if ls notebooks/*.ipynb >/dev/null 2>&1; then set -x; \
	    JUPYTER_DEFAULT_PROVISIONER_NAME=scenarios-warm $(RUN) pytest -q -n 2 --nbval --nbval-current-env -p model.review.nbval_plugin \
	    -o filterwarnings=default notebooks; fi

# Where no such test is there, pytest says so by its status 5: nothing failed.
test-all: install  ## what make test leaves out: the built wheel, a real browser, what takes minutes
	$(RUN) pytest -q -m "wheel or browser or long" || [ $$? -eq 5 ]

fuzz: install  ## 10,000 spoilt inputs over all readers (FUZZ=… for another number)
	FUZZ=$(or $(FUZZ),10000) $(RUN) pytest -q -n 2 --dist=load tests/test_fuzz.py

check: install  ## style, types and import rules only
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	@.venv/bin/lint-imports >.venv/imports.txt || { cat .venv/imports.txt; exit 1; }
	@tail -n 1 .venv/imports.txt

lab: install  ## the notebooks in JupyterLab
	$(RUN) jupyterlab --ServerApp.jpserver_extensions="{'model.explorer.server': True}" --KernelRestarter.time_to_dead=1 $(ALOOF) notebooks

app: install  ## the explorer in the browser, without Lab (Voila; this machine only)
	$(RUN) model.explorer.server $(if $(PLAN),--plan "$(PLAN)")

refresh: install  ## run the notebooks again and save them as they are committed
	@$(RUN) model.review.refresh notebooks .github/baseline.svg

bench: install  ## measure, against what benchmarks/ states
	@if [ -d benchmarks ]; then $(RUN) benchmarks; else echo "There is nothing to measure yet."; fi

lock: install  ## renew requirements.lock (needs uv; UPGRADE=1: the newest of everything)
	@sh .ci/lock .venv/bin/python

install:  ## make .venv (PYTHON=python3.12 chooses the interpreter), where it is not there already
	@sh .ci/install "$(PYTHON)"

clean:  ## remove .venv, caches and what builds leave behind; reports stay
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} + -o -name .ipynb_checkpoints -prune -exec rm -rf {} + \
	    -o -name '*.egg-info' -prune -exec rm -rf {} +
