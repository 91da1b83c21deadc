"""A third side of tests/peers/run: tasks that the Python package svy has too, timed after loading. Prints seconds and a checksum."""

import pathlib
import sys
import time

import polars
import svy

folder, task = pathlib.Path(sys.argv[1]), sys.argv[2]
data = polars.read_csv(folder / "survey.csv")
# Labels of clusters start again in every stratum for some packages: one label per cluster serves all.
design = svy.Design(stratum="stratum", psu="cluster", wgt="w")


def errors(found):
    """The sum of the standard errors of an estimate by group."""
    return sum(own.se for own in found.estimates)


sample = svy.Sample(data, design)
started = time.perf_counter()
if task == "design":
    result = errors(svy.Sample(data, design).estimation.mean("y"))
elif task == "domains":
    result = errors(sample.estimation.mean("y", by="group"))
elif task == "share":
    found = sample.estimation.prop("met")
    result = min(own.lci for own in found.estimates if str(own.y_level) in ("1", "1.0", "True", "true"))
else:
    sys.exit(f"no task {task}")
print(f"{time.perf_counter() - started:.6f} {result:.10f}")
