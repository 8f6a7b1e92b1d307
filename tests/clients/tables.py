"""Reads exports with pandas, as an analyst does: python tables.py FOLDER XLSX

FOLDER holds the unpacked CSV files, XLSX is the workbook. Prints one JSON document: what pandas makes of both.
"""

import json
import pathlib
import sys

import pandas as pd

folder, workbook = sys.argv[1:]
csv = {path.stem: pd.read_csv(path, parse_dates=["date"] if path.stem == "stories" else None)
       for path in sorted(pathlib.Path(folder).glob("*.csv"))}
xlsx = pd.read_excel(workbook, sheet_name=None)


def told(tables):
    stories, changes, evidence = tables["stories"], tables["changes"], tables["evidence"]
    merged = stories.merge(changes, on="story_id", how="left", validate="one_to_many", suffixes=("", "_change"))
    merged = merged.merge(evidence, on=["story_id", "change_id"], how="left", suffixes=("", "_piece"))
    return {
        "shape": {name: list(table.shape) for name, table in tables.items()},
        "types": {name: {c: str(t) for c, t in table.dtypes.items()} for name, table in tables.items()},
        "columns": {name: list(table.columns) for name, table in tables.items()},
        "merged": len(merged),
        "mean_importance": float(changes["importance"].mean()),
        "by_commune": {k: int(v) for k, v in merged.groupby("commune")["change_id"].nunique().items()},
        "first_day": str(stories["date"].min().date()),
        "people": int(tables["visit"]["visit_people"].sum()),
        "title": stories["title"].dropna().str.strip().iloc[0],
        "quoted": int(stories["consent_quote"].sum()),
        "noise": int(stories["notes_conditions"].fillna("").str.split().apply(lambda words: "noise" in words).sum()),
    }


def equal(a, b):
    """Every cell of a CSV file and of its sheet comes to the same, however each wrote it."""
    differ = []
    for column in a.columns:
        for place, (x, y) in enumerate(zip(a[column], b[column])):
            if pd.isna(x) and pd.isna(y):
                continue
            if isinstance(x, str) and isinstance(y, pd.Timestamp):
                y = y.date().isoformat()
            if isinstance(x, str):
                x, y = x.replace("\u00a0", ""), str(y).replace("\u00a0", "")
            if x != y:
                differ.append([column, place, str(x), str(y)])
    return differ


print(json.dumps({
    "csv": told(csv),
    "xlsx": told(xlsx),
    "differ": {name: equal(csv[name], xlsx[name]) for name in csv},
}))
