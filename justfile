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

# Write the data dictionary again
gen:
    cargo run --quiet -- tables > docs/tables.md

# Make the example study again from its seed, then require no difference
example:
    cargo run --release --quiet -- synth --out data/example
    git diff --exit-code data/example

# From raw exports to report, then require the report kept in the repository to be the same
reproduce:
    cargo run --release --quiet -- run data/example/nulmeting.toml --force --out target/reproduce
    cmp target/reproduce/report/report.html reports/example/report.html
    cmp target/reproduce/figures/levels-2024-column.png reports/example/levels.png

# Run the notebooks on the example
notebooks:
    bash notebooks/run

# Benchmarks
bench:
    cargo bench --workspace

# What CI runs
ci:
    bash .ci/run
