"""Classifications of any country as CSV tables: reading and checking the tree."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from xmdemand.errors import InputError, NotFoundError, name_some
from xmdemand.notes import Note

LEVELS = ("major", "sub-major", "minor", "unit")
"""Levels of the tree: 大类, 中类, 小类, 细类（职业）."""


def read_table(path: str | Path) -> pd.DataFrame:
    """A CSV as text columns, in UTF-8 (with or without mark) or GB 18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return pd.read_csv(path, dtype=str, keep_default_na=False, encoding=encoding)
        except UnicodeDecodeError:
            continue
        except FileNotFoundError:
            raise NotFoundError.told(Note("occupations.no_table", str(path))) from None
        except pd.errors.ParserError as error:
            raise InputError.told(
                Note("occupations.not_csv", str(path), fields={"foreign": str(error)})
            ) from None
    raise InputError.told(Note("occupations.table_encoding", str(path)))


def check_tree(table: pd.DataFrame, where: str) -> None:
    """Refuse a table that is no tree, naming everything that is wrong with it."""
    known = set(table["code"])
    rank = {level: depth for depth, level in enumerate(LEVELS)}
    told_with = (
        table["code"] + " (" + table["level"] + ")",
        table["code"] + " (" + table["parent"] + ")",
    )
    problems = {
        "twice": table.loc[table["code"].duplicated(), "code"],
        "nameless": table.loc[table["name"].str.strip() == "", "code"],
        "levels": told_with[0][~table["level"].isin(LEVELS)],
        "parents": told_with[1][~table["parent"].isin(known | {""})],
    }
    level = dict(zip(table["code"], table["level"].map(rank), strict=True))
    below = table["level"].map(rank) <= table["parent"].map(level).fillna(-1)
    problems["upside_down"] = table.loc[below, "code"]
    told = tuple(
        Note(f"occupations.tree_{what}", name_some(rows), fields={"known": ", ".join(LEVELS)})
        for what, rows in problems.items()
        if len(rows)
    )
    if told:
        raise InputError.told(Note("occupations.no_tree", where, fields={"told": told}))
