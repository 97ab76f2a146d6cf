# SPDX-License-Identifier: MIT
# A thin front of meson. Every target first makes sure that what it needs is on
# this machine (tools/need), then calls meson in $(BUILD).

BUILD = build
PREFIX = /usr/local
# Passed on to `meson test`: make test TESTS='--suite value'
TESTS =

.POSIX:
.PHONY: help demo test check-all bench docs install format clean

help:
	@echo 'make demo       score the sample book; make a report of it for people'
	@echo 'make test       build everything and run every test'
	@echo 'make check-all  the same under sanitizers, valgrind, clang, aarch64; coverage'
	@echo 'make bench      measure speed'
	@echo 'make docs       reference pages, in $(BUILD)/docs/html'
	@echo 'make install    install under PREFIX ($(PREFIX)); DESTDIR is honoured'
	@echo 'make format     put all C sources in the house style'
	@echo 'make clean      remove $(BUILD)'

demo:
	@sh tools/need build examples
	@sh tools/setup $(BUILD) -Dexamples=enabled
	@meson compile -C $(BUILD)
	@sh examples/demo.sh $(BUILD)

test:
	@sh tools/need build examples test python
	@sh tools/setup $(BUILD) -Dexamples=enabled -Dtests=enabled
	@meson compile -C $(BUILD)
	@sh tools/venv $(BUILD) venv bindings/python/requirements-test.txt
	@python3 tools/run-tests $(BUILD) $(TESTS)

check-all: test
	@sh tools/need check-all docs format
	@sh tools/check-all $(BUILD)

bench:
	@sh tools/need build bench
	@sh tools/setup $(BUILD)
	@meson compile -C $(BUILD)
	@sh benchmarks/run.sh $(BUILD)

docs:
	@sh tools/need build docs
	@sh tools/setup $(BUILD) -Ddocs=enabled
	@meson compile -C $(BUILD) reference

install:
	@sh tools/need build
	@sh tools/setup $(BUILD) -Dprefix=$(PREFIX)
	@meson compile -C $(BUILD)
	@meson install -C $(BUILD) --no-rebuild

format:
	@sh tools/need format
	@sh tools/format

clean:
	rm -rf $(BUILD)
