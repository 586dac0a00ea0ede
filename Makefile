# Pelayanan Tamu. `make run` and `make test` do all that is needed on a fresh machine.

PYTHON ?= python3
PORT ?=
INSTANCE ?= instance
ONLY ?=
README ?=
N ?= 100000
MINUTES ?= 10
DAYS ?= 250
VISITS ?= 60
SEED ?= 1

BIN := .venv/bin
READY := .venv/ready
READY_TEST := .venv/ready-test
# What decides what is installed, front-end files included.
SOURCES := pyproject.toml hatch_build.py package.json package-lock.json \
	$(wildcard static/icons.txt) static/vendor/stamp.txt

.DEFAULT_GOAL := help
.PHONY: help run test check bench simulate soak screenshots clean

help: ## Tampilkan bantuan ini
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 13

run: $(READY) ## Jalankan server (pilihan: PORT=9000 INSTANCE=/data/tamu)
	@$(BIN)/tamu run --instance '$(INSTANCE)' $(if $(PORT),--port '$(PORT)')

test: check ## Jalankan semua pemeriksaan dan uji
	$(BIN)/pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: $(READY_TEST) ## Periksa gaya, tipe, lapisan impor dan keamanan
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml app hatch_build.py

bench: $(READY_TEST) ## Ukur kecepatan, tulis benchmarks/RESULTS.md (N=1000000)
	$(BIN)/python -m benchmarks --visits '$(N)' --only '$(ONLY)'

simulate: $(READY_TEST) ## Jalani satu tahun kerja, cocokkan bukunya (DAYS=250 VISITS=60 SEED=1)
	$(BIN)/python -m tools.simulate --days '$(DAYS)' --visits '$(VISITS)' --seed '$(SEED)'

soak: $(READY_TEST) ## Tiga puluh perangkat, server dimatikan tiap menit (MINUTES=10)
	$(BIN)/python -m tools.soak --minutes '$(MINUTES)'

screenshots: $(READY_TEST) ## Gambar setiap halaman demo (ONLY=ringkasan README=1)
	$(BIN)/python -m tools.screenshots --only '$(ONLY)' $(if $(README),--readme)

clean: ## Hapus hasil pemasangan; data kantor di instance/ tetap ada
	rm -rf .venv static/vendor tests/vendor build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(READY): $(SOURCES)
	$(call install,.)

$(READY_TEST): $(SOURCES) tests/vendor/stamp.txt
	$(call install,.[test])

# Nothing makes them but an installation: while one is missing, make installs again.
static/vendor/stamp.txt tests/vendor/stamp.txt: ;

# A stamp is written only when the installation came through.
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Perlu Python 3.11 atau lebih baru.")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '$(1)'
	@touch $@
endef
