"""Makes the sums of a study on another engine, from the SQL that `nulmeting sql` prints.

Usage: sums.py ENGINE ANSWERS ORGANISATIONS TO

ENGINE: duckdb, datafusion, or the address of a Spark cluster (spark://… or local[2]). ANSWERS: a Parquet file, or a folder
by wave. TO gets what `nulmeting analyze --sufficient TO` reads.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import time

engine, answers, organisations, to = sys.argv[1:]
root = pathlib.Path(__file__).parent.parent.parent
program = os.environ.get("NULMETING")
folder = pathlib.Path(to).resolve()
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
by_wave = pathlib.Path(answers).is_dir()


def query(name):
    """The text of a query: the program's, or where there is none the file that it ships."""
    if program:
        return subprocess.run([program, "sql", name], check=True, capture_output=True, text=True).stdout
    return (root / "data/sql" / f"{name}.sql").read_text()


def duckdb_engine():
    import duckdb

    own = duckdb.connect()
    own.execute("SET threads = 2")
    own.execute(f"CREATE VIEW answers AS SELECT * FROM read_parquet('{answers}{'/**/*.parquet' if by_wave else ''}')")
    own.execute(f"CREATE VIEW organisations AS SELECT * FROM '{organisations}'")

    def run(name):
        own.execute(f"COPY ({query(name)}) TO '{folder}/{name}.parquet' (FORMAT parquet)")
        own.execute(f"CREATE VIEW {name} AS SELECT * FROM '{folder}/{name}.parquet'")

    return run


def datafusion_engine():
    import datafusion
    import pyarrow

    own = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(2))
    if by_wave:
        own.register_listing_table("answers", f"{answers}/", table_partition_cols=[("wave", pyarrow.string())])
    else:
        own.register_parquet("answers", answers)
    own.register_parquet("organisations", organisations)

    def run(name):
        own.sql(query(name)).write_parquet(f"{folder}/{name}.parquet")
        own.register_parquet(name, f"{folder}/{name}.parquet")

    return run


def spark_engine():
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(engine).appName("nulmeting").config("spark.driver.host", "127.0.0.1")
    # Settings of the cluster are the cluster's; only what keeps a small study from 200 small files is set here.
    own = builder.config("spark.sql.shuffle.partitions", "8").config("spark.ui.showConsoleProgress", "false").getOrCreate()
    own.read.parquet(answers).createOrReplaceTempView("answers")
    own.read.parquet(organisations).createOrReplaceTempView("organisations")

    def run(name):
        own.sql(query(name)).write.parquet(f"{folder}/{name}")
        own.read.parquet(f"{folder}/{name}").createOrReplaceTempView(name)

    return run


run = {"duckdb": duckdb_engine, "datafusion": datafusion_engine}.get(engine, spark_engine)()
for name in ["answer_counts", "unit_sums", "level_counts"]:
    started = time.perf_counter()
    run(name)
    print(f"{engine} {name}: {time.perf_counter() - started:.2f} s")
shutil.copy(organisations, folder / "organisations.parquet")
