"""Times this program beside another build of it, in turn, and prints ratios: whether a change made something slower.

Usage: against.py OTHER THIS [PAIRS]

OTHER is the program of the last release, or of any commit; THIS the one to judge. Each does the same work on the shipped
example, one after the other, in processes of their own; a ratio is THIS over OTHER, the median over pairs, so that a busy
machine weighs on both alike. Work that OTHER cannot do yet is left out of the table and named below it.
"""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

root = pathlib.Path(__file__).resolve().parent.parent.parent
example = root / "data/example/nulmeting.toml"
programs = {"other": pathlib.Path(sys.argv[1]).resolve(), "this": pathlib.Path(sys.argv[2]).resolve()}
pairs = int(sys.argv[3]) if len(sys.argv) > 3 else 9
# What is timed, and the budget in seconds that docs/speed.md gives it.
TASKS = {
    "start-up": ["--version"],
    "reading (`ingest`)": ["ingest", example],
    "normalizing (`normalize`)": ["normalize", example],
    "estimating (`analyze`)": ["analyze", example],
    "drawing and writing (`report`)": ["report", example],
    "everything (`run --force`)": ["run", example, "--force"],
    "nothing to do (`run`)": ["run", example],
}


def seconds(program, arguments, out):
    where = [] if arguments == ["--version"] else ["--out", out, "--quiet"]
    before = time.perf_counter()
    ended = subprocess.run([program, *arguments, *where], capture_output=True, text=True)
    if ended.returncode:
        raise RuntimeError(ended.stderr.strip())
    return time.perf_counter() - before


left_out = []
print("| work | other, s | this, s | this ÷ other |\n|---|--:|--:|--:|")
with tempfile.TemporaryDirectory() as folder:
    for task, arguments in TASKS.items():
        try:
            # Once each to warm up, and for the stage that follows.
            for name, program in programs.items():
                seconds(program, arguments, f"{folder}/{name}")
            found = [{name: seconds(program, arguments, f"{folder}/{name}") for name, program in programs.items()} for _ in range(pairs)]
        except RuntimeError as fault:
            left_out.append(f"{task}: {fault}")
            continue
        middle = {name: statistics.median(pair[name] for pair in found) for name in programs}
        ratio = statistics.median(pair["this"] / pair["other"] for pair in found)
        print(f"| {task} | {middle['other']:.3f} | {middle['this']:.3f} | {ratio:.2f} |", flush=True)
for line in left_out:
    print(f"\nLeft out: {line}")
