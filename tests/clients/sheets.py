"""Compares a table with what a spreadsheet made of it: python sheets.py OURS THEIRS

OURS is a CSV file of headquarters; THEIRS is what a spreadsheet wrote after it had opened the same table: .csv or .xlsx. Prints
one JSON document: how many cells were looked at, which of them differ, and which of theirs are formulas.
"""

import csv
import datetime
import json
import sys

import openpyxl

ours, theirs = sys.argv[1:]


def plain(cell):
    """A cell as a person reads it: what a spreadsheet shows of numbers, days and yes or no is not a difference."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.strftime("%Y-%m-%d") if cell.time() == datetime.time() else cell.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    text = str(cell).replace("\u00a0", "").replace("\r\n", "\n")
    if text in ("TRUE", "FALSE"):
        return text.lower()
    try:
        return repr(float(text)) if text.strip() == text else text
    except ValueError:
        return text


with open(ours, encoding="utf-8-sig", newline="") as file:
    expected = list(csv.reader(file))
formulas = []
if theirs.endswith(".xlsx"):
    sheet = openpyxl.load_workbook(theirs).worksheets[0]
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    formulas = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
else:
    with open(theirs, encoding="utf-8-sig", newline="") as file:
        found = list(csv.reader(file))
differ, cells = [], 0
for row, wanted in enumerate(expected):
    got = found[row] if row < len(found) else []
    for column, cell in enumerate(wanted):
        cells += 1
        other = got[column] if column < len(got) else None
        if plain(cell) != plain(other):
            differ.append([row, expected[0][column], cell, str(other)])
print(json.dumps({"cells": cells, "rows": [len(expected), len(found)], "differ": differ, "formulas": formulas}))
