"""Classifications of any country as CSV tables: reading and checking the tree."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from xmdemand.errors import InputError, NotFoundError, name_some

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
            raise NotFoundError(f"{path}: no such file") from None
        except pd.errors.ParserError as error:
            raise InputError(f"{path}: not a CSV table ({error})") from None
    raise InputError(f"{path}: neither UTF-8 nor GB 18030; save it as UTF-8")


def check_tree(table: pd.DataFrame, where: str) -> None:
    """Refuse a table that is no tree, naming everything that is wrong with it."""
    known = set(table["code"])
    rank = {level: depth for depth, level in enumerate(LEVELS)}
    told_with = (
        table["code"] + " (" + table["level"] + ")",
        table["code"] + " (" + table["parent"] + ")",
    )
    problems = {
        "codes given twice": table.loc[table["code"].duplicated(), "code"],
        "codes without a name": table.loc[table["name"].str.strip() == "", "code"],
        f"levels other than {', '.join(LEVELS)}": told_with[0][~table["level"].isin(LEVELS)],
        "parents that are not in the table": told_with[1][~table["parent"].isin(known | {""})],
    }
    level = dict(zip(table["code"], table["level"].map(rank), strict=True))
    below = table["level"].map(rank) <= table["parent"].map(level).fillna(-1)
    problems["codes not below their parent's level"] = table.loc[below, "code"]
    told = [f"{what}: {name_some(rows)}" for what, rows in problems.items() if len(rows)]
    if told:
        raise InputError(f"{where}: " + "; ".join(told))
