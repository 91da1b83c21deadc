"""Times the built-in engine beside DuckDB and Polars on the same Parquet, on this machine, in turn, and prints ratios.

Usage: NULMETING=PROGRAM grouping.py STUDY-FOLDER [PAIRS]

STUDY-FOLDER is what made_up.py makes. Two tasks: sums per organisation × norm (the table unit_sums), and weighted counts by
wave × norm × level (level_counts). Every run is a process of its own and writes its result as Parquet; of the others the
seconds of starting Python and importing are taken off. A ratio is ours over theirs, the median over pairs; memory is the
largest resident set of the process.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

folder = pathlib.Path(sys.argv[1])
tasks = {
    "sums per organisation × norm": "unit_sums",
    "counts by wave × norm × level": "level_counts",
}
# What each task asks, in one query over the answers, without the step by counts that the shipped queries take.
direct = {
    "unit_sums": """
        SELECT a.wave, o.stratum, a.organisation, a.item, count(*) AS n, sum(o.weight) AS w, sum(o.weight * o.weight) AS ww,
            sum(o.weight * a.level) AS wx, sum(o.weight * a.level * a.level) AS wxx
        FROM answers a JOIN organisations o ON a.wave = o.wave AND a.organisation = o.organisation
        WHERE a.counts AND a.level IS NOT NULL GROUP BY ALL""",
    "level_counts": """
        SELECT a.wave, a.item, a.status, a.level, count(*) AS n, sum(o.weight) AS w
        FROM answers a JOIN organisations o ON a.wave = o.wave AND a.organisation = o.organisation
        WHERE a.counts GROUP BY ALL""",
}


def duckdb_run(table, to):
    import duckdb

    own = duckdb.connect()
    own.execute("SET threads = 2")
    started = time.perf_counter(), time.process_time()
    own.execute(f"CREATE VIEW answers AS SELECT * FROM read_parquet('{folder}/answers/**/*.parquet', hive_types_autocast = false)")
    own.execute(f"CREATE VIEW organisations AS SELECT * FROM '{folder}/organisations.parquet'")
    own.execute(f"COPY ({direct[table]}) TO '{to}' (FORMAT parquet)")
    return started


def polars_run(table, to):
    import polars as pl

    started = time.perf_counter(), time.process_time()
    answers = pl.scan_parquet(f"{folder}/answers/**/*.parquet", hive_partitioning=True, try_parse_hive_dates=False, hive_schema={"wave": pl.String})
    weights = pl.scan_parquet(f"{folder}/organisations.parquet").select("wave", "organisation", "stratum", "weight")
    rows = answers.filter(pl.col("counts"))
    w, x = pl.col("weight"), pl.col("level")
    if table == "unit_sums":
        rows = rows.filter(x.is_not_null()).join(weights, on=["wave", "organisation"]).group_by("wave", "stratum", "organisation", "item")
        rows = rows.agg(pl.len().alias("n"), w.sum().alias("w"), (w * w).sum().alias("ww"), (w * x).sum().alias("wx"), (w * x * x).sum().alias("wxx"))
    else:
        rows = rows.join(weights, on=["wave", "organisation"]).group_by("wave", "item", "status", "level")
        rows = rows.agg(pl.len().alias("n"), w.sum().alias("w"))
    rows.collect(engine="streaming").write_parquet(to)
    return started


if len(sys.argv) > 3 and sys.argv[2] == "--one":
    started = {"duckdb": duckdb_run, "polars": polars_run}[sys.argv[3]](*sys.argv[4:6])
    print(time.perf_counter() - started[0], time.process_time() - started[1])
    sys.exit()


def measure(command):
    """Seconds, processor seconds and largest resident set of a process; its own times where it prints them."""
    before = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said = child.stdout.read().split()
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{' '.join(map(str, command))} failed")
    own = [float(word) for word in said] or [time.perf_counter() - before, used.ru_utime + used.ru_stime]
    return own[0], own[1], used.ru_maxrss / 1024


pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
with tempfile.TemporaryDirectory() as work:
    print("| task | engine | seconds | processor seconds | memory, MB | ours ÷ theirs, seconds | ours ÷ theirs, processor |")
    print("|---|---|---|---|---|---|---|")
    for task, table in tasks.items():
        runs = {"nulmeting": [], "duckdb": [], "polars": []}
        for _ in range(pairs):
            ours = [os.environ["NULMETING"], "sums", folder / "nulmeting.toml", "--answers", folder / "answers", "--only", table]
            ours += ["--organisations", folder / "organisations.parquet", "--to", f"{work}/ours", "--threads", "2", "--quiet"]
            runs["nulmeting"].append(measure(ours))
            for engine in ["duckdb", "polars"]:
                runs[engine].append(measure([sys.executable, __file__, folder, "--one", engine, table, f"{work}/{engine}.parquet"]))
        for engine, measured in runs.items():
            middle = [statistics.median(run[part] for run in measured) for part in range(3)]
            over = [statistics.median(own[part] / run[part] for own, run in zip(runs["nulmeting"], measured)) for part in range(2)]
            ratios = " | ".join("" if engine == "nulmeting" else f"{ratio:.2f}" for ratio in over)
            print(f"| {task} | {engine} | {middle[0]:.2f} | {middle[1]:.2f} | {middle[2]:.0f} | {ratios} |", flush=True)
