# The developer's entry points; `make help` lists them. The build itself is meson's (meson.build).
#
# `make build` works in place: build/ holds the objects, martlet/ gets links to the two modules and
# .venv finds the package in this folder. A second run only asks ninja whether something changed.
#
#   PYTHON=python3.12      the interpreter that .venv is made from
#   LLVM_CONFIG=/path      the LLVM to build against (no root needed)
#   MESON_OPTIONS=…        more for meson, e.g. -Dwerror=true

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
    $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null \
    && echo $$p && break; done)
ifeq ($(PYTHON),)
PYTHON := python3
endif
VENV := .venv
VENV_PYTHON := $(VENV)/bin/python
MESON := $(VENV)/bin/meson
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

llvm_option := $(if $(LLVM_CONFIG),-Dllvm_config=$(LLVM_CONFIG))
options := $(strip $(MESON_OPTIONS) $(llvm_option))

.PHONY: help build test test-c test-python lint format demo bench asan tsan asan-python clean
.DEFAULT_GOAL := build

help:
	@echo 'make build | test | lint | format | demo | bench | asan | tsan | asan-python | clean'

build: build/build.ninja
	@$(VENV)/bin/ninja -C build --quiet
	@$(VENV_PYTHON) tools/link_modules.py build martlet

$(VENV)/.bootstrapped: pyproject.toml tools/bootstrap.py tools/find_llvm.py
	@$(PYTHON) tools/bootstrap.py
	@touch $@

# Configured anew when .venv or the options changed; ninja itself notices changed meson files.
build/build.ninja: $(VENV)/.bootstrapped build/options
	@$(MESON) setup $(if $(wildcard build/build.ninja),--reconfigure) build $(options) \
	    > build/setup.log || { cat build/setup.log; exit 1; }
	@grep -h WARNING build/setup.log || true
	@touch $@

build/options: FORCE
	@mkdir -p build
	@echo '$(options)' | cmp -s - $@ || echo '$(options)' > $@

.PHONY: FORCE
FORCE:

test: test-c test-python

test-c: build
	@$(MESON) test -C build --no-rebuild --print-errorlogs --quiet

test-python: build
	@$(VENV_PYTHON) -m pytest $(PYTEST_OPTIONS)

lint: build
	@$(VENV_PYTHON) tools/lint.py

format: $(VENV)/.bootstrapped
	@$(VENV_PYTHON) tools/lint.py fix

demo: build
	@for example in $(wildcard examples/fractal.py examples/zmumu.py); do \
	    echo "== $$example"; $(VENV_PYTHON) $$example || exit 1; done

bench: build
	@$(VENV_PYTHON) bench/all.py

# The C tests again, in build folders of their own.
asan tsan: sanitize = $(if $(filter asan,$@),address$(,)undefined,thread)
, := ,
asan tsan: $(VENV)/.bootstrapped
	@test -e build-$@/build.ninja || $(MESON) setup build-$@ -Db_sanitize=$(sanitize) \
	    -Db_lundef=false $(llvm_option) > /dev/null
	@$(MESON) test -C build-$@ --print-errorlogs --quiet

# The Python tests with the sanitized modules, from an installed copy of the package. Without
# Python's own allocator each object is a block of its own to the sanitizers.
asan-python: asan
	@rm -rf build-asan/stage
	@$(MESON) install -C build-asan --quiet --destdir $(CURDIR)/build-asan/stage
	@PYTHONPATH=$$(dirname $$(find $(CURDIR)/build-asan/stage -type d -name martlet)) \
	    PYTHONSAFEPATH=1 PYTHONMALLOC=malloc \
	    LD_PRELOAD="$$(cc -print-file-name=libasan.so) $$(cc -print-file-name=libstdc++.so.6)" \
	    ASAN_OPTIONS=allocator_may_return_null=1 \
	    LSAN_OPTIONS=suppressions=$(CURDIR)/tools/lsan.supp:print_suppressions=0 \
	    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	    $(VENV)/bin/pytest $(or $(TESTS),$(filter-out tests/c/ tests/lint/,$(wildcard tests/*/))) \
	    $(PYTEST_OPTIONS)

clean:
	rm -rf build build-* martlet/_core*.so martlet/_llvm.so
