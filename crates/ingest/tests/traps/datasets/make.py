"""Writes the fixtures of this folder. All data is invented.

Made with pyreadstat 1.3.7 (ReadStat) and pandas; run it in this folder: python3 make.py
"""
import pandas as pd
import pyreadstat as p

levels = {1: "Ad hoc", 2: "Herhaalbaar", 3: "Bepaald", 4: "Beheerst", 5: "Continu verbeteren"}
aside = {98: "weet niet", 99: "n.v.t.", -1: "geen antwoord"}
frame = pd.DataFrame({
    "id": [1.0, 2.0, 3.0],
    "bestuursnummer": ["40001", "40002", "01234"],
    "submitdate": pd.to_datetime(["2024-05-01 13:04:59", None, "1980-01-01 00:00:00"]),
    "GO.01": [3.0, 98.0, None],
    "GO.02": [99.0, -1.0, 5.0],
    "GO.03_een_heel_lange_naam_van_een_variabele": [1.0, 7.0, 2.0],
    "toelichting": ["Frysl\u00e2n " + "x" * 470, "", "kort"],
    "taal": ["nl", "fy", "WN"],
})
labels = {"GO.01": {**levels, **aside}, "GO.02": {**levels, **aside}, "taal": {"nl": "Nederlands", "fy": "Frysk", "WN": "weet niet"},
          "GO.03_een_heel_lange_naam_van_een_variabele": levels}
ranges = {"GO.01": [{"lo": 98, "hi": 99}, -1], "GO.02": [{"lo": 98, "hi": 99}, -1],
          "GO.03_een_heel_lange_naam_van_een_variabele": [7], "taal": ["WN"]}
columns = ["", "Wat is uw bestuursnummer?", "", "GO.01 titel", "GO.02 titel", "GO.03 titel", "", "Taal"]
for name, compress in [("labels.sav", False), ("labels.zsav", True)]:
    p.write_sav(frame, name, column_labels=columns, variable_value_labels=labels, missing_ranges=ranges, compress=compress,
                row_compress=not compress)
p.write_sav(frame, "plain.sav", column_labels=columns, variable_value_labels=labels, missing_ranges=ranges, row_compress=False)

stata = pd.DataFrame({
    "id": [1, 2, 3],
    "bestuursnummer": ["40001", "40002", "01234"],
    "GO_01": [3, "a", 2],
    "GO_02": ["b", 4, 5],
    "datestamp": pd.to_datetime(["2024-05-01 13:04:59", None, "2024-05-03 00:00:00"]),
    "toelichting": ["Frysl\u00e2n", "", "kort"],
})
labels = {"GO_01": {**levels, "a": "weet niet"}, "GO_02": {**levels, "b": "n.v.t."}}
columns = ["", "Wat is uw bestuursnummer?", "GO.01 titel", "GO.02 titel", "", ""]
for version, name in [(10, "v114.dta"), (12, "v115.dta"), (13, "v117.dta"), (14, "v118.dta"), (15, "v119.dta")]:
    p.write_dta(stata, name, column_labels=columns, variable_value_labels=labels, missing_user_values={"GO_01": ["a"], "GO_02": ["b"]},
                version=version)
