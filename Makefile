# Every command of the project is here. Each one installs what it needs into .venv.
.PHONY: demo test frameworks stress memory valgrind lint bench docs clean cargo
PYTHON ?= python3
BIN := .venv/bin
export CARGO_TERM_QUIET ?= true

demo: .venv/demo
	@echo "Starting examples/digits.py; it imports scikit-learn first ..."
	@$(BIN)/python examples/digits.py $(ARGS)

test: cargo .venv/test
	cargo test --workspace --all-features
	HYPERPARAMETER_KERNEL=rust $(BIN)/python -m pytest $(ARGS)
	HYPERPARAMETER_KERNEL=python $(BIN)/python -m pytest -m "not one_kernel" $(ARGS)

# The programs of docs/recipes.md, and other libraries together with this one. They are not part of `make test`,
# because the frameworks take 500 MB.
frameworks: cargo .venv/frameworks
	HYPERPARAMETER_KERNEL=rust $(BIN)/python -m pytest tests/frameworks $(ARGS)
	HYPERPARAMETER_KERNEL=python $(BIN)/python -m pytest -m "not one_kernel" tests/frameworks $(ARGS)

# These three take too long for every run. `stress` compares what 10^5 random programs read with the model in
# tests/model; `ARGS="1000 --first=5000"` runs 1000 of them. `memory` repeats each operation 10^7 times and fails
# if the process grows. It interrupts a million steps of each kind. Then it runs the tests with an allocator that
# overwrites freed memory. `valgrind` repeats the operations less often and checks every access to memory. It does
# not report uninitialised values, because the interpreter itself has many of them.
stress: .venv/test
	HYPERPARAMETER_KERNEL=rust $(BIN)/python tests/model/stress.py $(ARGS)

memory: .venv/test
	HYPERPARAMETER_KERNEL=rust $(BIN)/python tests/core/growth.py 10000000
	HYPERPARAMETER_KERNEL=rust $(BIN)/python tests/core/interrupts.py 1000000
	HYPERPARAMETER_KERNEL=rust PYTHONMALLOC=debug $(BIN)/python -m pytest -m "not one_kernel" $(ARGS)

valgrind: .venv/test
	PYTHONMALLOC=malloc HYPERPARAMETER_KERNEL=rust valgrind --quiet --error-exitcode=1 --undef-value-errors=no \
	    $(BIN)/python tests/core/growth.py 2000 1000000

lint: cargo .venv/lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/basedpyright src
	cargo fmt --check
	cargo fmt --check --manifest-path benches/rust/Cargo.toml
	cargo clippy --workspace --all-targets --all-features -- -D warnings
	cargo clippy --package hyperparameter --no-default-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps
	RUSTDOCFLAGS="-D warnings" cargo doc --package hyperparameter --no-default-features --no-deps

bench: cargo .venv/bench .bench/incumbent .bench/peers
	$(BIN)/python benches/run.py $(ARGS)
	$(BIN)/python benches/request_table.py $(ARGS)
	$(BIN)/python benches/web_load.py $(filter --quick,$(ARGS))
	$(BIN)/python benches/config.py $(filter --quick,$(ARGS))
	$(BIN)/python benches/programs.py $(filter --quick,$(ARGS))
	cargo bench --manifest-path benches/rust/Cargo.toml --bench operations -- $(filter --quick,$(ARGS))

# The test builds the site in a temporary folder and checks the reference. It is not part of `make test`, because
# the tools of the site take 100 MB.
docs: cargo .venv/test .venv/docs
	$(BIN)/python -m pytest tests/docs $(ARGS)
	$(BIN)/zensical build --strict --clean
	cargo doc --workspace --all-features --no-deps

clean:
	rm -rf .venv .bench .cache site dist .hypothesis .pytest_cache .mypy_cache .ruff_cache target benches/rust/target

cargo:
	@command -v cargo >/dev/null || { echo "cargo is missing: https://rustup.rs installs it" >&2; exit 1; }

# Put this before a silent command: it prints a line every eight seconds until the command ends.
PRINT_PROGRESS = (while sleep 8 >/dev/null 2>&1; do echo "  still installing ..."; done) & ticker=$$!; \
    trap 'kill $$ticker' EXIT; trap 'exit 130' INT;

# All verbs share one environment. A verb installs its dependency group again if a file that the package is
# built from is newer than the group's mark.
BUILT_FROM := pyproject.toml Cargo.toml Cargo.lock $(wildcard build_backend/*.py) \
    $(wildcard rust/hyperparameter-python/*.toml rust/hyperparameter-python/src/*.rs \
    rust/hyperparameter-python/src/*/*.rs)
.venv/test .venv/frameworks .venv/lint .venv/bench: export HYPERPARAMETER_BUILD = rust
.venv/demo .venv/test .venv/frameworks .venv/lint .venv/bench .venv/docs: $(BUILT_FROM) | .venv/pip
	@echo "Installing what 'make $(notdir $@)' needs into .venv; the first time takes a few minutes ..."
	@$(PRINT_PROGRESS) $(BIN)/pip install --quiet --editable . --group $(notdir $@)
	@touch $@

# pip 25.1 is the first that knows dependency groups.
.venv/pip:
	@echo "Creating the Python environment .venv ..."
	@$(PRINT_PROGRESS) $(PYTHON) -m venv .venv && $(BIN)/pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

# The package of the same name on PyPI, by other authors. The benchmarks compare this project with it.
.bench/incumbent:
	$(PYTHON) -m venv .bench/incumbent.new
	.bench/incumbent.new/bin/pip install --quiet hyperparameter==0.6.0
	mv .bench/incumbent.new $@

# Other libraries that the benchmarks compare this project with. They are not dependencies of it.
.bench/peers: | .venv/pip
	rm -rf .bench/peers.new
	$(BIN)/pip install --quiet --target .bench/peers.new hydra-core==1.3.8 gin-config==0.5.0 ml_collections==1.1.0
	mv .bench/peers.new $@
