"""Writes the fixtures of this folder. All data is invented.

book.xlsx by openpyxl 3.1, then saved as XLS and ODS by LibreOffice; run it in this folder: python3 make.py
"""
import datetime
import subprocess
import openpyxl

book = openpyxl.Workbook()
cover = book.active
cover.title = "Voorblad"
cover["B3"], cover["C3"] = "Bestuursnummer", "01234"
cover["B4"], cover["C4"] = "Datum", datetime.datetime(2024, 5, 1, 13, 4, 59)
cover["C4"].number_format = "dd-mm-yyyy hh:mm:ss"
sheet = book.create_sheet("Bestuur")
for row in [["Code", "Norm", "Niveau", "Toelichting"], ["GO.01", "Frysl\u00e2n \u20ac", 3, None], ["GO.02", "b", "n.v.t.", None],
            ["GO.03", "c", 2.5, "omdat"], ["GO.04", "d", "=C2+1", None], ["GO.05", "e", "=IF(C2>1,\"4 - Beheerst\",\"\")", None],
            ["GO.06", "f", True, None]]:
    sheet.append(row)
sheet.merge_cells("D2:D4")
hidden = book.create_sheet("Verborgen")
hidden.sheet_state = "hidden"
hidden.append(["Code", "Niveau"])
hidden.append(["GO.07", 5])
hidden.column_dimensions["B"].hidden = True
far = book.create_sheet("Ver")
far["IV65536"] = "ver weg"
book.save("raw.xlsx")
for kind in ["ods", "xls", "xlsx"]:
    subprocess.run(["soffice", "--headless", "--convert-to", kind, "--outdir", "out", "raw.xlsx"], check=True, capture_output=True)
    subprocess.run(["mv", f"out/raw.{kind}", f"book.{kind}"], check=True)
subprocess.run(["mv", "raw.xlsx", "uncomputed.xlsx"], check=True)
subprocess.run(["rmdir", "out"], check=True)
