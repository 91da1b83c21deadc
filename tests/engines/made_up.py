"""Makes a study of any size: answers by wave as Parquet, organisations with strata and weights, and a study file.

Usage: made_up.py --boards B --answers N [--waves W] DIR

Everything is arithmetic on row numbers: the same numbers in the same order wherever it is made. Levels mean nothing.
At least one respondent per board, so that few answers and many boards give more answers than asked.
"""

import argparse
import csv
import pathlib

import duckdb

arguments = argparse.ArgumentParser()
arguments.add_argument("--boards", type=int, required=True)
arguments.add_argument("--answers", type=int, required=True)
arguments.add_argument("--waves", type=int, default=2)
arguments.add_argument("folder", type=pathlib.Path)
asked = arguments.parse_args()
root = pathlib.Path(__file__).parent.parent.parent
framework = "normenkader-ibp-fo-2024"
with open(root / "data/frameworks" / framework / "norms.csv", newline="") as file:
    norms = [row["code"] for row in csv.DictReader(file)]
respondents = max(1, round(asked.answers / asked.boards / len(norms) / asked.waves))
waves = [str(2024 + number) for number in range(asked.waves)]
asked.folder.mkdir(parents=True, exist_ok=True)
engine = duckdb.connect()
# What does not fit in memory spills beside the data, never into the folder that it is run from.
engine.execute(f"SET preserve_insertion_order = true; SET memory_limit = '4GB'; SET threads = 2; SET temp_directory = '{asked.folder}/spill'")
engine.execute("CREATE TABLE norms AS SELECT unnest(?) AS item, unnest(range(len(?))) AS place", [norms, norms])

engine.execute(
    """
    CREATE TABLE boards AS
    SELECT b, 'B' || lpad(CAST(b AS VARCHAR), 7, '0') AS organisation,
        ['PO', 'VO', 'SO'][1 + (b * 7) % 10 // 4] AS sector, 1 + (b * 13) % 9 // 3 AS class, 200 + (b * 7919) % 30000 AS pupils
    FROM range(?) t(b)
    """,
    [asked.boards],
)
for wave in waves:
    (asked.folder / "answers" / f"wave={wave}").mkdir(parents=True, exist_ok=True)
    engine.execute(
        f"""
        COPY (
            SELECT organisation, organisation || '-' || r AS respondent, item, '' AS option, 'level' AS kind,
                CASE WHEN drawn < 9300 THEN 1 + drawn // 1860 END AS level, CAST(NULL AS BOOLEAN) AS holds,
                CASE WHEN drawn < 9300 THEN 'answered' WHEN drawn < 9600 THEN 'not_applicable'
                    WHEN drawn < 9800 THEN 'dont_know' ELSE 'skipped' END AS status,
                'self' AS assessor, drawn < 9990 AS counts, 'wave-{wave}.csv' AS source
            FROM (
                SELECT organisation, r, item,
                    ((CAST(b AS BIGINT) * 7919 + r * 104729 + place * 15485863 + CAST({wave} AS BIGINT) * 32452843) % 1000003 * 7907 % 10007) AS drawn
                FROM boards, range({respondents}) t(r), norms
            )
        ) TO '{asked.folder}/answers/wave={wave}/part-0.parquet' (FORMAT parquet, COMPRESSION zstd)
        """
    )
# Too few boards for strata of two: one stratum.
stratum = "sector || ' / ' || class" if asked.boards >= 100 else "'all'"
years = " UNION ALL ".join(f"SELECT '{wave}' AS wave" for wave in waves)
engine.execute(
    f"""
    COPY (
        SELECT wave, organisation, sector, 'class ' || class AS size, pupils, {stratum} AS stratum,
            3 * count(*) OVER stratum + 1 AS population, true AS sampled, true AS responded,
            round((3 * count(*) OVER stratum + 1) / count(*) OVER stratum, 11) AS design_weight,
            round((3 * count(*) OVER stratum + 1) / count(*) OVER stratum, 11) AS weight
        FROM boards, ({years})
        WINDOW stratum AS (PARTITION BY wave, {stratum})
        ORDER BY wave, organisation
    ) TO '{asked.folder}/organisations.parquet' (FORMAT parquet, COMPRESSION zstd)
    """
)
study = f"""[study]
title = "A made-up study of {asked.boards} boards"
framework = "{framework}"
seed = 1
date = 2026-01-01
identified = true

[population]
register = "register.csv"
columns = {{ id = "id", name = "name", sector = "sector", pupils = "pupils" }}
strata = ["sector", "size"]
size = [1000, 5000, 20000]

[scores]
respondents = "median"
"""
for wave in waves:
    study += f'\n[[wave]]\nid = "{wave}"\nselection = "random"\n[[wave.source]]\npath = "none.csv"\norganisation = "id"\n'
(asked.folder / "nulmeting.toml").write_text(study)
made = respondents * asked.boards * len(norms) * asked.waves
print(f"{made} answers of {respondents} respondents of each of {asked.boards} boards to {len(norms)} norms, {asked.waves} waves")
