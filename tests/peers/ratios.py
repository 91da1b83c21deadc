"""Runs every task on both sides in turn and prints medians, the median ratio of pairs, and both results.

Usage: ratios.py FOLDER ROUNDS [R] [svy]   (svy: by the Python that runs this, which has the package)
"""
import statistics
import subprocess
import sys

FOLDER, ROUNDS = sys.argv[1], int(sys.argv[2])
# Rounds that take minutes on one side are fewer; one in which results differ by chance is marked.
TASKS = [
    ("design", "design and mean, 1 M rows, 2,000 clusters", ROUNDS, 1e-9),
    ("domains", "means of 10 domains", ROUNDS, 1e-9),
    ("share", "share with logit interval", ROUNDS, 1e-6),
    ("quantiles", "three quantiles with Woodruff intervals", ROUNDS, 1e-6),
    ("bootstrap", "1,000 bootstrap replicates of a mean, 200,000 rows", max(1, ROUNDS // 2), 0.15),
    ("pam-1000", "distances and medoids, 1,000 boards, 94 norms", ROUNDS, 1e-9),
    ("pam-3000", "distances and medoids, 3,000 boards, 94 norms", ROUNDS, 1e-9),
    ("silhouettes-3000", "silhouettes, 3,000 boards", ROUNDS, 1e-9),
    ("gap-300", "gap statistic, 300 boards, 6 numbers, 20 tables", max(1, ROUNDS // 2), 0.2),
]


def once(command):
    seconds, result = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), float(result)


# The tasks that the Python package svy has too.
OF_SVY = ("design", "domains", "share")


def compare(peer, command, tasks):
    """A table of ours beside one peer; stops when results differ by more than they may."""
    print(f"| task | ours, s | {peer}, s | {peer} / ours | ours gives | {peer} gives |")
    print("|---|--:|--:|--:|--:|--:|")
    for task, name, rounds, tolerance in tasks:
        pairs = []
        for _ in range(rounds):
            ours = once(["target/release/examples/peers", "time", FOLDER, task])
            theirs = once([*command, FOLDER, task])
            pairs.append((ours, theirs))
        ratio = statistics.median(theirs[0] / max(ours[0], 1e-6) for ours, theirs in pairs)
        median = [statistics.median(pair[side][0] for pair in pairs) for side in (0, 1)]
        results = [pairs[0][side][1] for side in (0, 1)]
        shown = f"{ratio:.1f}" if ratio < 10 else f"{ratio:.0f}"
        print(f"| {name} | {median[0]:.4f} | {median[1]:.3f} | {shown} | {results[0]:.6g} | {results[1]:.6g} |", flush=True)
        if abs(results[0] - results[1]) > tolerance * abs(results[1]):
            sys.exit(f"{task}: {results[0]} and {results[1]} differ by more than {tolerance:g}")
    print()


asked = sys.argv[3:] or ["R"]
if "R" in asked:
    compare("R", ["Rscript", "tests/peers/peers.R"], TASKS)
if "svy" in asked:
    compare("svy", [sys.executable, "tests/peers/peer_svy.py"], [row for row in TASKS if row[0] in OF_SVY])
