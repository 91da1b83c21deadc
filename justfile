# Every recipe wraps plain cargo commands; nothing needs `just`.

# List the recipes
default:
    @just --list

# Format, lints, documentation, licences
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps
    cargo deny check licenses bans sources

# All tests
test:
    cargo test --workspace

# Review changed snapshots
snap:
    cargo insta review

# Write the data dictionary and the page of commands again
gen:
    cargo run --quiet -- tables > docs/tables.md
    NULMETING_WRITE_DOCS=1 cargo test --quiet -p nulmeting-cli help

# Make the example study again from its seed, then require no difference
example:
    cargo run --release --quiet -- synth --out data/example
    git diff --exit-code data/example

# From raw exports to reports/example and docs/gallery.md, then require that both were as the repository has them
reproduce:
    cargo run --release --quiet -- run data/example/nulmeting.toml --force --out target/reproduce
    cargo run --release --quiet -- report data/example/nulmeting.toml --boards --out target/reproduce
    bash .ci/example target/reproduce
    git add --intent-to-add reports/example docs/gallery.md
    git diff --exit-code --stat -- reports/example docs/gallery.md

# Run the notebooks on the example
notebooks:
    bash notebooks/run

# Benchmarks
bench:
    cargo bench --workspace

# Fuzz a target for so many seconds: `just fuzz xlsx 300`; what it learns stays in target/fuzz
fuzz target seconds="60":
    mkdir -p target/fuzz/{{target}}
    cargo +nightly fuzz run {{target}} target/fuzz/{{target}} fuzz/corpus/{{target}} -- -max_total_time={{seconds}} -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=512

# One file without libraries for any Linux: target/static/nulmeting; then try it in a folder with nothing else (as root)
static:
    bash tests/bare/run

# Rates at which planted change, breaks and mergers are recovered; needs the package duckdb of Python
planted seeds="100":
    python3 tests/simulations/planted.py target/release/nulmeting {{seeds}}

# This program beside another build of it on the example, as ratios: `just against PATH-TO-THE-OTHER`
against other:
    python3 tests/speed/against.py {{other}} target/release/nulmeting

# A flame graph per stage into docs/flames
flames:
    bash tests/speed/flames

# What CI runs
ci:
    bash .ci/run
