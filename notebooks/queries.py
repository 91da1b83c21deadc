"""Runs every query of docs/queries.md, and requires that every table of the study has one that finds rows.

Usage: queries.py OUT
"""

import json
import os
import pathlib
import re
import sys

import duckdb

text = (pathlib.Path(__file__).parent.parent / "docs/queries.md").read_text()
os.chdir(sys.argv[1])
tables = [resource["name"] for resource in json.loads(pathlib.Path("tables/datapackage.json").read_text())["resources"]]
queries = dict(re.findall(r"^## (\w+)\n.*?```sql\n(.*?)```", text, re.M | re.S))
without = [name for name in tables if name not in queries]
if without:
    sys.exit(f"docs/queries.md has no query of {', '.join(without)}: add one")
ran = 0
for name, query in queries.items():
    if not pathlib.Path(f"tables/{name}.parquet").exists():
        if "-- may be empty" in query:
            continue
        sys.exit(f"tables/{name}.parquet is not there")
    if f"tables/{name}.parquet" not in query:
        sys.exit(f"the query under {name} does not read that table")
    rows = duckdb.sql(query).fetchall()
    if not rows and "-- may be empty" not in query:
        sys.exit(f"the query of {name} finds nothing")
    ran += 1
print(f"{ran} queries ran")
