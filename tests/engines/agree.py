"""Holds the sums of two engines against each other: keys and counts equal, weighted sums within 1e-9 of each other.

Usage: agree.py OURS THEIRS
"""

import pathlib
import sys

import duckdb

TOLERANCE = 1e-9
# Per table: the key, what must be equal, what may differ by rounding.
question = ["item", "option", "assessor", "kind"]
outcome = ["status", "level", "holds"]
tables = {
    "answer_counts": (["wave", "organisation", *question, *outcome], ["answers"], []),
    "unit_sums": (["wave", "organisation", *question], ["stratum", "sector", "size", "n"], ["w", "ww", "wx", "wxx"]),
    "level_counts": (["wave", "variable", "class", *question, *outcome], ["organisations", "answers"], ["w", "ww"]),
}


def source(folder, table):
    folder = pathlib.Path(folder)
    file = folder / f"{table}.parquet"
    return f"'{file}'" if file.is_file() else f"read_parquet('{file if file.is_dir() else folder / table}/*.parquet')"


faults = 0
for table, (key, equal, close) in tables.items():
    ours, theirs = (source(folder, table) for folder in sys.argv[1:3])
    same_key = " AND ".join(f"a.{column} IS NOT DISTINCT FROM b.{column}" for column in key)
    differs = [f"a.{column} IS DISTINCT FROM b.{column}" for column in equal]
    differs += [
        f"coalesce(abs(a.{column} - b.{column}) > {TOLERANCE} * greatest(abs(a.{column}), abs(b.{column})), true)" for column in close
    ]
    joined = f"(SELECT *, 1 AS here FROM {ours}) a FULL JOIN (SELECT *, 1 AS here FROM {theirs}) b ON {same_key}"
    wrong = f"a.here IS NULL OR b.here IS NULL OR {' OR '.join(differs)}"
    rows, off = duckdb.sql(f"SELECT count(*), count(*) FILTER ({wrong}) FROM {joined}").fetchall()[0]
    largest = [f"max(abs(a.{column} - b.{column}) / nullif(abs(a.{column}), 0))" for column in close]
    far = duckdb.sql(f"SELECT greatest({', '.join(largest)}) FROM {joined}").fetchall()[0][0] if close else 0
    print(f"{table}: {rows} rows, {off} differ, largest relative difference {far:.1e}")
    if off or not rows:
        faults += 1
        print(duckdb.sql(f"SELECT * FROM {joined} WHERE {wrong} LIMIT 3"))
sys.exit(1 if faults else 0)
