# Every target sets up what it needs on a machine with nothing but Python 3.11 or later.
# The environment stands in .venv and is renewed when a lock file changes.

PYTHON ?= python3
PYTEST_ARGS ?=
ARGS ?=
# make mutate: how many mutants of valid forms, and which ones.
N ?= 10000
SEED ?= 1
# make benchmark: numbers of workbooks, rounds, and where the generated ones are kept.
SIZES ?= 9 100 1000
ROUNDS ?= 5
FOLDER ?=
# make lock keeps the present versions; make lock UPGRADE=1 takes the newest allowed ones.
UPGRADE ?=

VENV := .venv
LOCK_VENV := .venv-lock
BENCHMARK_VENV := .venv-benchmark
PY := $(VENV)/bin/python
CREATED := $(VENV)/pyvenv.cfg
RUNTIME := $(VENV)/runtime.stamp
DEV := $(VENV)/dev.stamp
# Twice quiet: errors only.
INSTALL := $(PY) -m pip install -qq --disable-pip-version-check --require-hashes
UV := $(LOCK_VENV)/bin/python -m uv --no-config
# One version of a package for all Pythons and platforms, and no address of any index in the file.
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-annotate --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

# Shell text that sets $python to the first interpreter that is new enough and can make a virtual
# environment ($(PYTHON) first, then the names that stand beside an older python3), or says what
# is missing and stops.
define find_python
python=; without_venv=; \
for name in "$(PYTHON)" python3.13 python3.12 python3.11 python3.14 python3 python; do \
  "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
  "$$name" -c 'import ensurepip, venv' >/dev/null 2>&1 && { python=$$name; break; }; \
  without_venv=$${without_venv:-$$name}; \
done; \
if [ -z "$$python" ]; then \
  if [ -n "$$without_venv" ]; then \
    echo "$$without_venv には仮想環境を作る機能（venv）がありません。Debian・Ubuntuでは「sudo apt install python3-venv」を実行してから、もう一度お試しください。"; \
  else \
    echo "Python 3.11以上が見つかりません（$(PYTHON)：$$("$(PYTHON)" --version 2>&1 | head -n 1)）。インストールするか、「make merge PYTHON=/usr/local/bin/python3.13」のように場所を指定してください。"; \
  fi >&2; \
  exit 1; \
fi
endef

OFFLINE := { echo '必要なパッケージを準備できませんでした。上の表示と、インターネットへの接続を確認してから、もう一度お試しください。' >&2; exit 1; }

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help merge test lint examples docs mutate benchmark reliability lock clean

# An environment whose Python was removed or upgraded, or that was left half-made, is made anew.
ifneq ($(shell $(PY) -c 'import pip; print("usable")' 2>/dev/null),usable)
.PHONY: $(CREATED)
endif

help: ## この一覧を表示します
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s%s\n", $$1, $$2 }' Makefile

merge: $(RUNTIME) ## inbox/ の提出ファイルを統合し、outbox/ に別紙を作成します
# Status 1 means "done, but still a draft": the result stands, so make does not fail.
	@$(PY) -m sousei_xl merge $(ARGS) || { status=$$?; [ $$status -eq 1 ] || exit $$status; }

test: $(DEV) ## 自動テストを実行します
	@$(PY) -m pytest -n auto $(PYTEST_ARGS)

lint: $(DEV) ## 書式と型を検査します（Windows向けの分岐を含む）
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(PY) -m mypy --platform win32 --cache-dir .mypy_cache/win32

examples: $(RUNTIME) ## templates/ と inbox/ の例を作り直します
	$(PY) -m sousei_xl.scaffold

docs: $(DEV) ## docs/ の指摘の一覧と、汚れたファイルの一覧を作り直します
	$(PY) -m sousei_xl.catalogue.page
	$(PY) -m tests.dirty.page

mutate: $(DEV) ## 壊した様式を大量に読み、落ちず失わないことを確かめます（N=件数 SEED=種）
	$(PY) -m tests.mutate $(N) --seed $(SEED)

benchmark: $(BENCHMARK_VENV)/stamp ## 速さとメモリを他の方法と並べて測り、docs/performance.md に書きます
	$(BENCHMARK_VENV)/bin/python -m benchmarks $(SIZES) --rounds $(ROUNDS) $(if $(FOLDER),--folder $(FOLDER))

reliability: $(DEV) ## docs/reliability.md の数字を、すべて測り直します（十数分）
	$(PY) -m tests.reliability $(ARGS)

lock: $(LOCK_VENV)/bin/python ## パッケージの版を固定し直します（UPGRADE=1 で最新版へ）
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) pyproject.toml --extra cluster --constraint requirements.txt \
		--output-file requirements-cluster.txt
	$(COMPILE) pyproject.toml --extra benchmark --constraint requirements.txt \
		--output-file requirements-benchmark.txt
	$(COMPILE) pyproject.toml --extra dev --constraint requirements-cluster.txt \
		--output-file requirements-dev.txt

clean: ## 仮想環境とキャッシュを消します（inbox/ と outbox/ は残ります）
	rm -rf $(VENV) $(LOCK_VENV) $(BENCHMARK_VENV) build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(CREATED):
	@$(find_python); \
	echo "初回の準備をしています（$$("$$python" --version)、1～2分）" >&2; \
	"$$python" -m venv --clear $(VENV)

$(RUNTIME): requirements.txt $(CREATED)
	@$(INSTALL) -r requirements.txt || $(OFFLINE)
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	@$(INSTALL) -r requirements-dev.txt || $(OFFLINE)
	@touch $@

# An environment of its own: pandera imports hypothesis where it is installed, and takes longer.
$(BENCHMARK_VENV)/stamp: requirements-benchmark.txt
	@$(find_python); "$$python" -m venv --clear $(BENCHMARK_VENV)
	@$(BENCHMARK_VENV)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r $< || $(OFFLINE)
	@touch $@

$(LOCK_VENV)/bin/python:
	@$(find_python); "$$python" -m venv --clear $(LOCK_VENV)
	@$@ -m pip install -qq --disable-pip-version-check 'uv>=0.9,<1' || $(OFFLINE)
