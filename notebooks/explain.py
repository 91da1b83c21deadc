"""Makes 200 random numbers of a study again, by hand, from what `nulmeting explain` shows of them.

Usage: explain.py PROGRAM STUDY.toml OUT [NUMBERS]

Three things are held against each other, and any difference ends with exit 1:
- the cells of the exports, opened here and now, against the answers that `explain` names with file, sheet, row, column;
- the levels against those answers;
- the number against the sums that DuckDB makes from levels and weights. Nothing of the value that the program
  computed per organisation is used.
"""

import csv
import io
import json
import pathlib
import random
import subprocess
import sys

import duckdb
import openpyxl
import pyarrow as pa

SEED = 20230911
BATCH = 20
TOLERANCE = 1e-9

program, study, out = sys.argv[1:4]
numbers = int(sys.argv[4]) if len(sys.argv) > 4 else 200
root = pathlib.Path(study).parent
tables = pathlib.Path(out) / "tables"


def chosen():
    """Ids of random numbers that were published, from every table that has some."""
    ids = []
    for table, id_of in [
        ("estimates", "id"),
        ("choices", "id"),
        ("attention", "wave || '/attention/' || scope || '/' || item"),
    ]:
        stated = "share_below_target" if table == "attention" else "estimate"
        rows = duckdb.sql(f"SELECT {id_of} FROM '{tables}/{table}.parquet' WHERE {stated} IS NOT NULL ORDER BY 1").fetchall()
        ids.append([row[0] for row in rows])
    draw = random.Random(SEED)
    # Each table has its part, however small it is beside the others.
    parts = [numbers - numbers // 5 - numbers // 10, numbers // 5, numbers // 10]
    return [own for table, part in zip(ids, parts) for own in draw.sample(table, min(part, len(table)))]


def explained(ids):
    for start in range(0, len(ids), BATCH):
        command = [program, "explain", study, "--out", out, "--format", "json", *ids[start : start + BATCH]]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        yield from found if isinstance(found, list) else [found]


class Exports:
    """The cells of exports as they were delivered."""

    def __init__(self):
        self.opened = {}

    def text(self, path):
        data = (root / path).read_bytes()
        for encoding in ("utf-8-sig", "utf-16", "windows-1252"):
            try:
                return data.decode(encoding)
            except UnicodeError:
                continue
        raise SystemExit(f"{path}: no known encoding")

    def cell(self, answer):
        path = answer["source"]
        if path not in self.opened:
            if path.endswith(".xlsx"):
                self.opened[path] = openpyxl.load_workbook(root / path, data_only=True)
            else:
                text = self.text(path)
                delimiter = max(";,\t", key=text.split("\n", 1)[0].count)
                self.opened[path] = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        table = self.opened[path]
        if isinstance(table, list):
            return table[answer["row"] - 1][table[0].index(answer["column"])]
        return table[answer["sheet"]][f"{answer['column']}{answer['row']}"].value


def check_cells(exports, own, answers):
    """The delivered text of each answer stands in its cell; a written level is the level."""
    for answer in answers:
        if answer["value"] is None and answer["status"] == "invalid":
            # Text that may not be kept is withheld from every table; that it is no answer is all that counts.
            continue
        cell = exports.cell(answer)
        cell = "" if cell is None else str(cell).strip()
        stated = answer["value"] or ""
        is_same = cell == stated
        if not is_same:
            try:
                is_same = float(cell) == float(stated)
            except ValueError:
                # A question with several answers in one cell: the option is one of them, or is not.
                is_same = bool(answer.get("option"))
        if not is_same:
            raise SystemExit(f"{own['id']}: the cell holds {len(cell)} letters that are not the answer: {answer}")
        if answer["level"] is not None and cell[:1].isdigit() and float(cell.split()[0].rstrip(".:")) != answer["level"]:
            raise SystemExit(f"{own['id']}: the level is not what the cell says: {answer}")


# One row per number, organisation and norm; the rules of the definitions page, written once more.
BY_HAND = """
WITH per AS (
    SELECT id, organisation, any_value(weight) AS weight, any_value(pupils) AS pupils,
        count(*) FILTER (status <> 'not_applicable') AS applicable,
        count(*) FILTER (status = 'answered') AS answered,
        count(*) FILTER (status = 'answered' AND meets) AS met,
        count(*) FILTER (status = 'answered' AND level IS NOT NULL) AS levelled,
        avg(level) FILTER (status = 'answered') AS mean_level,
        count(*) FILTER (status = 'answered' AND level = wanted) AS at_level,
        count(*) FILTER (status = 'answered' AND level >= wanted) AS at_or_above,
        max(status = 'not_applicable')::INT AS not_applicable,
        any_value(chose) AS chose, any_value(type_is) AS type_is
    FROM under GROUP BY id, organisation
), valued AS (
    SELECT number.id, rule, stated, per.*,
        CASE
            WHEN kind = 'chose' THEN chose
            WHEN kind = 'type' THEN type_is
            WHEN kind = 'below' THEN 1 - met / answered
            WHEN kind = 'share_meeting' THEN met / answered
            WHEN kind = 'share_compliant' THEN (answered = applicable AND met = answered)::INT
            WHEN kind = 'share_not_applicable' THEN not_applicable
            WHEN kind = 'level' THEN mean_level
            WHEN kind = 'plus' AND levelled = 0 THEN met / answered
            WHEN kind = 'plus' THEN at_or_above / levelled
            WHEN kind = 'at' THEN at_level / levelled
        END AS value
    FROM per JOIN number ON per.id = number.id
), ordered AS (
    SELECT *, sum(weight) OVER (PARTITION BY id ORDER BY value, organisation) AS reached, sum(weight) OVER (PARTITION BY id) AS total
    FROM valued
)
SELECT id, any_value(stated) AS stated, any_value(rule) AS rule, count(*) AS n,
    CASE any_value(rule)
        WHEN 'mean' THEN sum(weight * value) / sum(weight)
        WHEN 'ratio' THEN sum(weight * pupils * value) / sum(weight * pupils)
        ELSE min(value) FILTER (reached >= 0.5 * total * (1 - 1e-11))
    END AS by_hand
FROM ordered GROUP BY id
"""


def kind(own):
    """Which rule the value of an organisation follows, and the level that it asks about."""
    statistic = own["number"].get("statistic", "")
    if own["table"] == "choices":
        return "chose", 0
    if own["table"] == "attention":
        return "below", 0
    if statistic.startswith("share_type_"):
        return "type", 0
    if statistic in ("mean_level", "median_level"):
        return "level", 0
    if statistic.startswith("share_level_"):
        level = statistic.removeprefix("share_level_")
        return ("plus", int(level.removesuffix("_plus"))) if level.endswith("_plus") else ("at", int(level))
    return statistic, 0


def main():
    exports, number, under = Exports(), [], []
    types = {}
    if (tables / "types.parquet").exists():
        rows = duckdb.sql(f"SELECT wave, organisation, type FROM '{tables}/types.parquet'").fetchall()
        types = {(wave, organisation): code for wave, organisation, code in rows}
    cells = 0
    for own in explained(chosen()):
        rule, wanted = kind(own)
        number.append({"id": own["id"], "rule": own["rule"], "kind": rule, "stated": own["number"][own["column"]]})
        for organisation in own["organisations"]:
            answers = [answer for level in organisation["levels"] for answer in level["answers"]] + organisation["answers"]
            if not answers:
                raise SystemExit(f"{own['id']}: no answer is under {organisation['organisation']}")
            check_cells(exports, own, answers)
            cells += len(answers)
            chose = [float(answer["holds"]) for answer in organisation["answers"]]
            of = {
                "id": own["id"], "organisation": organisation["organisation"], "weight": organisation["weight"],
                "pupils": organisation["pupils"], "wanted": wanted,
                "chose": (chose[0] - sum(chose[1:])) if chose else None,
                "type_is": None,
            }
            if rule == "type":
                code = types[own["number"]["wave"], organisation["organisation"]]
                of["type_is"] = float(own["number"]["statistic"] == f"share_type_{code}")
            for level in organisation["levels"] or [{"level": None, "status": "", "meets_target": None}]:
                for answer in level.get("answers", []):
                    if level["level"] is not None and len(level["answers"]) == 1 and answer["level"] != level["level"]:
                        raise SystemExit(f"{own['id']}: level and answer differ: {level}")
                under.append(of | {"level": level["level"], "status": level["status"], "meets": level["meets_target"]})
    schema = pa.schema([
        ("id", pa.string()), ("organisation", pa.string()), ("weight", pa.float64()), ("pupils", pa.float64()),
        ("wanted", pa.int64()), ("chose", pa.float64()), ("type_is", pa.float64()),
        ("level", pa.int64()), ("status", pa.string()), ("meets", pa.bool_()),
    ])
    database = duckdb.connect()
    database.register("number", pa.Table.from_pylist(number))
    database.register("under", pa.Table.from_pylist(under, schema=schema))
    found = database.sql(BY_HAND).fetchall()
    wrong = [row for row in found if row[4] is None or abs(row[1] - row[4]) > TOLERANCE]
    for row in wrong[:10]:
        print(f"{row[0]}: stated {row[1]}, by hand {row[4]} ({row[2]}, {row[3]} organisations)")
    if wrong or len(found) != len(number):
        raise SystemExit(f"{len(wrong)} of {len(number)} numbers are not what their answers say")
    worst = max(abs(row[1] - row[4]) for row in found)
    print(f"{len(found)} numbers made again from {cells} cells of {len(exports.opened)} files; largest difference {worst:.1e}")


main()
