"""Draws docs/growth.csv: processor seconds against answers, one line per number of boards, with what is extrapolated dashed.

Usage: growth_figure.py growth.csv growth.svg
"""

import csv
import math
import sys

with open(sys.argv[1], newline="") as file:
    rows = list(csv.DictReader(file))
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 420, 70, 150, 50, 55
COLOURS = {15: "#4c78a8", 150: "#54a24b", 1000: "#b279a2", 10000: "#e45756", 100000: "#9d755d"}
answers, seconds = (4.8, 10), (-2, 4)


def x(value):
    return LEFT + (math.log10(value) - answers[0]) / (answers[1] - answers[0]) * (WIDTH - LEFT - RIGHT)


def y(value):
    return HEIGHT - BOTTOM - (math.log10(value) - seconds[0]) / (seconds[1] - seconds[0]) * (HEIGHT - TOP - BOTTOM)


parts = [
    f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
    f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    '<text x="20" y="26" font-size="15">Processor seconds: scan filled, inference open; both scales logarithmic</text>',
]
for power in range(5, 11):
    label = {5: "0.1 M", 6: "1 M", 7: "10 M", 8: "100 M", 9: "1 billion", 10: "10 billion"}[power]
    parts.append(f'<path d="M{x(10**power):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#e4e4e4"/>')
    parts.append(f'<text x="{x(10**power):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{label}</text>')
for power in range(-2, 5):
    parts.append(f'<path d="M{LEFT} {y(10**power):.1f}H{WIDTH - RIGHT}" stroke="#e4e4e4"/>')
    parts.append(f'<text x="{LEFT - 8}" y="{y(10**power) + 4:.1f}" text-anchor="end">{10**power:g} s</text>')
parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">answers</text>')
for place, (boards, colour) in enumerate(COLOURS.items()):
    own = [row for row in rows if int(row["boards"]) == boards and row["sums_processor_seconds"]]
    points = [(int(row["answers"]), float(row["sums_processor_seconds"])) for row in own]
    path = "L".join(f"{x(a):.1f} {y(s):.1f}" for a, s in points)
    parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
    parts += [f'<circle cx="{x(a):.1f}" cy="{y(s):.1f}" r="4" fill="{colour}"/>' for a, s in points]
    for row in own:
        if row["analyze_processor_seconds"]:
            parts.append(f'<circle cx="{x(int(row["answers"])):.1f}" cy="{y(float(row["analyze_processor_seconds"])):.1f}" r="4" fill="white" stroke="{colour}" stroke-width="2"/>')
    label = f"{boards:,} boards"
    parts.append(f'<rect x="{WIDTH - RIGHT + 14}" y="{TOP + 4 + 22 * place}" width="12" height="12" fill="{colour}"/>')
    parts.append(f'<text x="{WIDTH - RIGHT + 32}" y="{TOP + 14 + 22 * place}">{label}</text>')
    if boards == 10000 and points:
        # In proportion to answers from the largest measured: dashed, because nobody ran it.
        (a, s) = points[-1]
        parts.append(f'<path d="M{x(a):.1f} {y(s):.1f}L{x(1e10):.1f} {y(s * 1e10 / a):.1f}" stroke="{colour}" stroke-width="2" stroke-dasharray="5 4"/>')
        parts.append(f'<text x="{x(1e10) - 24:.1f}" y="{y(s * 1e10 / a) + 4:.1f}" text-anchor="end">extrapolated, not run</text>')
parts.append("</svg>")
with open(sys.argv[2], "w") as file:
    file.write("\n".join(parts) + "\n")
