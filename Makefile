# `make run` starts the bot, `make test` tests it; both begin from a fresh clone.
# Needed: git, make, and any Python 3 with pip.

.DEFAULT_GOAL := help
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory

export OMP_NUM_THREADS := 1
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 3
unexport PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH VIRTUAL_ENV

FRONT := .venv/.installed
DEV := .venv/.installed-dev
RASA := .venv-rasa/.installed
LOCK := scripts/uv pip compile pyproject.toml --quiet --generate-hashes --no-emit-index-url --custom-compile-command 'make lock'

##@ Every day
run: $(FRONT) ## start the bot at http://localhost:5005; the first time it installs and trains too
	@exec scripts/run
test: $(DEV) rest ## run every test of both environments
	@exec scripts/test
conversations: $(DEV) rest ## hold every conversation test, with reports in reports/
	.venv/bin/pytest tests/conversations --conversation-report reports/conversations.html --junitxml reports/conversations.xml
setup: $(FRONT) rest ## install both environments and train, and start nothing

##@ While you write
check: check-front check-rasa ## format, lint, types, import contracts, data
format: $(DEV) ## format the code and put right what ruff can
	.venv/bin/ruff format
	.venv/bin/ruff check --fix
train: $(FRONT) $(RASA) ## train the models whose inputs changed
	@.venv/bin/bot train
bench: $(DEV) rest ## measure this bot against stock Rasa, about 10 minutes
	.venv/bin/python -m bench
bench-web: $(DEV) rest ## measure the web chat in a browser, about 5 minutes
	.venv/bin/python -m bench.web
bench-telegram: $(DEV) rest ## measure Telegram with a thousand chats at once, about 5 minutes
	.venv/bin/python -m bench.telegram
evaluate: $(DEV) ## measure the gate on the test sets: reports/evaluation and docs/evaluation.md
	@.venv/bin/bot train
	.venv/bin/bot evaluate --write-docs
screenshots: $(DEV) rest ## take the screenshots of docs/screenshots anew
	.venv/bin/python -m tests.browser.screenshots
finetune: .venv-finetune/.installed ## fine-tune both encoders; needs PyTorch and hours, or a GPU
	.venv-finetune/bin/python -m bot.training.finetune quick
	.venv-finetune/bin/python -m bot.training.finetune thorough
lock: ## resolve the dependencies of pyproject.toml into requirements/
	$(LOCK) --python-version 3.13 --extra front -o requirements/front.lock
	$(LOCK) --python-version 3.13 --extra front --extra dev -c requirements/front.lock -o requirements/dev.lock
	$(LOCK) --python-version 3.10 --extra rasa -o requirements/rasa.lock
clean: ## remove environments, models, caches and reports; conversations in var/ stay
	rm -rf .venv .venv-rasa .venv-finetune .tools .rasa .*_cache models reports results *.egg-info

help: ## show this
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {print "\n" substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

check-front: $(DEV)
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python scripts/check_data.py
check-rasa: $(RASA)
	.venv-rasa/bin/rasa data validate --data data/stories data/nlu --fail-on-warnings

# What is still missing behind the front: the classifier trains while Rasa installs.
rest:
	@.venv/bin/bot train & first=$$!; make --silent $(RASA) && .venv/bin/bot train; failed=$$?; wait $$first; exit $$failed

$(FRONT): requirements/front.lock
	@scripts/environment .venv 3.13 $<
	@touch $@
$(DEV): requirements/dev.lock $(FRONT)
	@scripts/environment .venv 3.13 $<
	@touch $@
$(RASA): requirements/rasa.lock
	@scripts/environment .venv-rasa 3.10 $<
	@touch $@
.venv-finetune/.installed: pyproject.toml
	scripts/uv venv --quiet --allow-existing --python "$$(scripts/python 3.13)" .venv-finetune
	scripts/uv pip install --python .venv-finetune/bin/python --editable '.[finetune]'
	@touch $@

.PHONY: run test conversations setup check format train bench bench-web bench-telegram evaluate screenshots finetune lock clean help check-front check-rasa rest
