"""Makes a study of any size as exports: LimeSurvey files of 10,000 respondents, a register, and a study file.

Usage: made_exports.py --boards B --answers N DIR

Everything is arithmetic on row numbers: the same bytes wherever it is made. Levels mean nothing. Several respondents
answer for a board, and the middle of their levels is the board's.
"""

import argparse
import csv
import pathlib

arguments = argparse.ArgumentParser()
arguments.add_argument("--boards", type=int, required=True)
arguments.add_argument("--answers", type=int, required=True)
arguments.add_argument("folder", type=pathlib.Path)
asked = arguments.parse_args()
root = pathlib.Path(__file__).parent.parent.parent
framework = "normenkader-ibp-fo-2024"
with open(root / "data/frameworks" / framework / "norms.csv", newline="") as file:
    norms = [row["code"] for row in csv.DictReader(file)]
PER_FILE = 10_000
respondents = round(asked.answers / len(norms))
(asked.folder / "raw").mkdir(parents=True, exist_ok=True)
with open(asked.folder / "register.csv", "w") as register:
    register.write("NUMMER,NAAM,SECTOR,LEERLINGEN\n")
    for board in range(asked.boards):
        register.write(f"{10_000 + board},Stichting {board},{('PO', 'VO', 'SO')[board * 7 % 10 // 4]},{200 + board * 7919 % 30000}\n")
heading = "id,submitdate,lastpage,startlanguage,bestuursnummer," + ",".join(norms) + "\n"
# Rows of answers that come back: a prime number of them, so that no board always has the same.
DRAWN = 9973
rows = [
    ",".join("n.v.t." if (row * 7907 + place * 7919) % 10007 >= 9600 else str(1 + (row * 7907 + place * 104729) % 10007 * 5 // 10007) for place in range(len(norms)))
    for row in range(DRAWN)
]
for number, first in enumerate(range(0, respondents, PER_FILE)):
    with open(asked.folder / f"raw/limesurvey-{number:04}.csv", "w") as file:
        file.write(heading)
        for respondent in range(first, min(first + PER_FILE, respondents)):
            day, hour = 1 + respondent * 13 % 28, respondent * 7 % 24
            file.write(f"{respondent + 1},2024-05-{day:02} {hour:02}:{respondent % 60:02}:00,15,nl,{10_000 + respondent % asked.boards},{rows[respondent % DRAWN]}\n")
(asked.folder / "nulmeting.toml").write_text(
    f"""[study]
title = "A made-up study of {asked.boards} boards"
framework = "{framework}"
seed = 1
date = 2026-01-01
identified = true

[population]
register = "register.csv"
columns = {{ id = "NUMMER", name = "NAAM", sector = "SECTOR", pupils = "LEERLINGEN" }}

[[wave]]
id = "2024"
selection = "random"

[[wave.source]]
path = "raw/*.csv"
organisation = "bestuursnummer"

[scores]
respondents = "median"
"""
)
print(respondents * len(norms), "answers in", len(range(0, respondents, PER_FILE)), "files")
