"""Measures how time and memory of the scan and of the inference grow with boards and answers, as docs/growth.csv.

Usage: NULMETING=PROGRAM growth.py WORK TO [LIMIT-SECONDS [FIRST]]

WORK gets the made-up studies, one at a time; TO gets growth.csv. A step that takes longer
than LIMIT-SECONDS is stopped and stands empty. FIRST passes over that many of the sizes.
"""

import csv
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time

work, to = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
limit = float(sys.argv[3]) if len(sys.argv) > 3 else 300
first = int(sys.argv[4]) if len(sys.argv) > 4 else 0
program = os.environ["NULMETING"]
here = pathlib.Path(__file__).parent
SIZES = [
    (15, 100_000), (150, 100_000), (150, 1_000_000), (1_000, 1_000_000), (1_000, 10_000_000), (1_000, 100_000_000),
    (10_000, 10_000_000), (10_000, 100_000_000), (100_000, 13_000_000), (100_000, 100_000_000),
]


def measure(command):
    """Seconds, processor seconds and memory in MB; absent when the step was stopped."""
    started = time.perf_counter()
    child = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    stopped = threading.Timer(limit, child.kill)
    stopped.start()
    said = child.stderr.read().decode()
    _, status, used = os.wait4(child.pid, 0)
    stopped.cancel()
    if status:
        print(f"  ended with {status}: {said.strip()[:300]}", file=sys.stderr)
        return None
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


rows = []
stopped_at = {}
for boards, answers in SIZES[first:]:
    study = work / "study"
    shutil.rmtree(study, ignore_errors=True)
    said = subprocess.run([sys.executable, here / "made_up.py", "--boards", str(boards), "--answers", str(answers), study], check=True, capture_output=True, text=True)
    made = int(said.stdout.split()[0])
    size = sum(file.stat().st_size for file in (study / "answers").rglob("*.parquet"))
    sums = [program, "sums", study / "nulmeting.toml", "--answers", study / "answers", "--organisations", study / "organisations.parquet"]
    row = {"boards": boards, "answers": made, "parquet_mb": round(size / 1e6, 1)}
    steps = {"sums": [*sums, "--to", study / "sums", "--threads", "2", "--quiet"]}
    steps["analyze"] = [program, "analyze", study / "nulmeting.toml", "--sufficient", study / "sums", "--threads", "2", "--quiet"]
    for step, command in steps.items():
        # What took too long for so many boards is not tried for more.
        found = measure(command) if boards < stopped_at.get(step, boards + 1) else None
        if found is None:
            stopped_at.setdefault(step, boards)
        for name, value in zip(["seconds", "processor_seconds", "mb"], found or [None] * 3):
            row[f"{step}_{name}"] = None if value is None else round(value, 2)
    rows.append(row)
    print(row, flush=True)
    with open(to / "growth.csv", "w", newline="") as file:
        table = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
shutil.rmtree(work / "study", ignore_errors=True)
