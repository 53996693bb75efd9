"""The 2022 book and the dated changes after it, laid over each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd

from xmdemand.errors import InputError
from xmdemand.notes import Note

BOOK = 2022
"""The edition every layer lies on: 中华人民共和国职业分类大典（2022年版）."""

COLUMNS = ["code", "name", "level", "parent", "marks", "lineage", "since", "gbm"]
"""Columns of every classification's frame."""

HISTORY_COLUMNS = ["edition", "code", "name", "lineage"]


@dataclass(frozen=True, eq=False)
class Layers:
    """A classification as it stood in one year, with everything it was called before and since.

    Attributes
    ----------
    frame
        `COLUMNS`, sorted by code.
    history
        Codes and names of other editions: `HISTORY_COLUMNS`; an empty code is not known.
    work_types
        ``code, work_type``.
    year
        The year of the last change that was applied.
    """

    frame: pd.DataFrame
    history: pd.DataFrame
    work_types: pd.DataFrame
    year: int


@cache
def packaged(name: str) -> pd.DataFrame:
    """A table of the package's data folder, all columns as text."""
    source = files("xmdemand.occupations") / "data" / name
    with source.open("r", encoding="utf-8") as handle:
        return pd.read_csv(handle, dtype=str, keep_default_na=False)


def chinese(as_of: int | None) -> Layers:
    """The Chinese classification as it stood at the end of a year; None for all that is known.

    Raises
    ------
    InputError
        For a year before the 2022 book.
    """
    if as_of is not None and as_of < BOOK:
        raise InputError.told(Note("occupations.too_early", fields={"year": as_of, "book": BOOK}))
    changes = packaged("changes.csv")
    since = changes["since"].astype(int)
    applied = since <= as_of if as_of is not None else since > 0
    book = _book()
    frame, left = _apply(book, changes[applied])
    history = pd.concat([left, _later(book, changes[~applied]), _former()], ignore_index=True)
    year = int(since[applied].max()) if applied.any() else BOOK
    return Layers(frame, history[HISTORY_COLUMNS], _work_types(frame, as_of), year)


def _book() -> pd.DataFrame:
    book = packaged("classification_2022.csv")
    return book.assign(lineage=f"{BOOK}:" + book["code"], since=BOOK)[COLUMNS]


def _apply(book: pd.DataFrame, changes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The book with changes made, and the rows that were overwritten."""
    rows: dict[str, dict] = {row["code"]: dict(row) for row in book.to_dict("records")}
    left = []
    for change in changes.to_dict("records"):
        if change["kind"] == "add":
            rows[change["code"]] = _added(change)
            continue
        old = rows.pop(change["old_code"])
        left.append(
            {"edition": str(old["since"]), **{k: old[k] for k in ("code", "name", "lineage")}}
        )
        rows[change["code"]] = {**old, "code": change["code"], "name": change["name"]}
    frame = pd.DataFrame([rows[code] for code in sorted(rows)], columns=COLUMNS)
    return frame, pd.DataFrame(left, columns=HISTORY_COLUMNS)


def _added(change: dict) -> dict[str, object]:
    code, year = change["code"], int(change["since"])
    return {
        "code": code,
        "name": change["name"],
        "level": "unit",
        "parent": code.rpartition("-")[0],
        "marks": change["marks"],
        "lineage": f"{year}:{code}",
        "since": year,
        "gbm": "",
    }


def _later(book: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """What changes that are not applied yet will call an occupation."""
    lineage = dict(zip(book["code"], book["lineage"], strict=True))
    rows = [
        {
            "edition": change["since"],
            "code": change["code"],
            "name": change["name"],
            "lineage": lineage.get(change["old_code"], f"{change['since']}:{change['code']}"),
        }
        for change in changes.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=HISTORY_COLUMNS)


def _former() -> pd.DataFrame:
    former = packaged("former_names.csv")
    return pd.DataFrame(
        {
            "edition": former["edition"],
            "code": former["old_code"],
            "name": former["name"],
            "lineage": f"{BOOK}:" + former["code"],
        }
    )


def _work_types(frame: pd.DataFrame, as_of: int | None) -> pd.DataFrame:
    known = packaged("work_types.csv")
    since = known["since"].replace("", "2025").astype(int)
    if as_of is not None:
        known = known[since <= as_of]
    return (
        known.rename(columns={"occupation_code": "code"})[["code", "work_type"]]
        .loc[lambda t: t["code"].isin(frame["code"])]
        .reset_index(drop=True)
    )
