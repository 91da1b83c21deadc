"""The published estimates once more in R `survey`: writes what R needs out of the Parquet, and runs survey.R.

Usage: survey.py TABLES. Says so, and ends well, where R or its package `survey` is not installed; with
NULMETING_R=required it fails instead, so that a machine that should have R cannot pass without it.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import duckdb

TOLERANCE = "1e-9"
tables = pathlib.Path(sys.argv[1])
here = pathlib.Path(__file__).parent


def has_r():
    if not shutil.which("Rscript"):
        return False
    asked = ["Rscript", "-e", "quit(status = !requireNamespace('survey', quietly = TRUE))"]
    return subprocess.run(asked, capture_output=True).returncode == 0


if not has_r():
    print("skipped: R with its package survey is not installed (Debian: apt-get install r-base-core r-cran-survey)")
    sys.exit(1 if os.environ.get("NULMETING_R") == "required" else 0)

QUERIES = {
    # The sample: who answered, with stratum, population and both weights.
    "organisations": """
        SELECT * FROM '{tables}/organisations.parquet'
        WHERE responded AND stratum IS NOT NULL AND design_weight IS NOT NULL ORDER BY wave, organisation
    """,
    # The margins: organisations of the register per sector, where weights were raked at all.
    "margins": """
        SELECT wave, sector AS class, count(*) AS total FROM '{tables}/organisations.parquet' o
        WHERE stratum IS NOT NULL
            AND (wave, sector) IN (SELECT (wave, sector) FROM '{tables}/organisations.parquet' WHERE responded)
        GROUP BY ALL ORDER BY ALL
    """,
    # A value per organisation, from scores and levels alone.
    "values": """
        SELECT wave, organisation, domain AS item, 'mean_level' AS statistic, mean_level AS value FROM '{tables}/scores.parquet'
        UNION ALL SELECT wave, organisation, domain, 'share_meeting', share_meeting FROM '{tables}/scores.parquet'
        UNION ALL SELECT wave, organisation, domain, 'share_compliant', compliant::INT
            FROM '{tables}/scores.parquet' WHERE answered > 0
        UNION ALL SELECT wave, organisation, norm, 'share_meeting', meets_target::INT
            FROM '{tables}/levels.parquet' WHERE used AND status = 'answered'
        UNION ALL SELECT wave, organisation, norm, 'mean_level', level
            FROM '{tables}/levels.parquet' WHERE used AND status = 'answered'
    """,
    "estimates": """
        SELECT id, wave, item, "by", "group", statistic, base, estimate, se FROM '{tables}/estimates.parquet'
        WHERE scope IN ('norm', 'domain', 'all') AND "by" IN ('all', 'sector', 'size')
            AND statistic IN ('mean_level', 'share_meeting', 'share_compliant')
            AND estimate IS NOT NULL AND se IS NOT NULL AND ci_method <> 'census'
            AND (scope <> 'norm' OR ("by" = 'all' AND statistic = 'mean_level'))
        ORDER BY id
    """,
    # Each group against each other: mean levels, or shares of tests passed where a wave has no levels.
    "comparisons": """
        SELECT concat_ws('/', wave, item, "by", "group", against) AS id, wave, item, "by", "group", against, difference, se, df, p FROM '{tables}/comparisons.parquet'
        WHERE test = 't' AND "by" IN ('sector', 'size') ORDER BY ALL
    """,
}

with tempfile.TemporaryDirectory() as folder:
    for name, query in QUERIES.items():
        duckdb.sql(f"COPY ({query.format(tables=tables)}) TO '{folder}/{name}.csv' (HEADER)")
    sys.exit(subprocess.run(["Rscript", here / "survey.R", folder, TOLERANCE]).returncode)
