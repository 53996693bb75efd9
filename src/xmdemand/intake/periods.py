"""The month of every row of the register: from its own cell, or from around the table."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from xmdemand.intake.parsed import Value
from xmdemand.intake.sheets import Distinct, Sheet
from xmdemand.intake.text import words_of, year_in
from xmdemand.intake.values import parse_month

_NONE: Value = Value(None, "missing")
_DATED = re.compile(
    r"\d{4}\s?年\s?(?:第?\s?[一二三四1-4]\s?季度|\d{1,2}\s?月)"
    r"|20\d{2}[-_.]?(?:0[1-9]|1[0-2])(?!\d)|20\d{2}[qQ][1-4]"
)
_UNDATED = re.compile(
    r"(?<![\d年至-])(?:1[0-2]|0?[1-9])\s?月(?:份)?(?![\d日至-])|第?[一二三四]\s?季度"
)


def months(sheet: Sheet) -> Distinct:
    """The first day of every row's month or quarter; None where it cannot be told."""
    found, codes = _periods(sheet)
    return [item.value for item in found], codes


def spans(sheet: Sheet) -> Distinct:
    """How many months every row's period has: 1, or 3 for a quarter."""
    found, codes = _periods(sheet)
    return [3.0 if item.kind == "quarter" else 1.0 for item in found], codes


def _periods(sheet: Sheet) -> tuple[Sequence[Value], np.ndarray]:
    around = (sheet.layout.above, sheet.grid.sheet, sheet.grid.file)
    if "month" not in sheet.decoded:
        return [period_around(*around)], np.zeros(sheet.n, dtype=int)
    column = sheet.decoded["month"][0].held()
    year = year_in(*around)
    found = [
        item if item.value is not None else _with_year(words_of(cell), year)
        for item, cell in zip(column.parsed, column.cells, strict=True)
    ]
    return found, column.codes


def period_around(*texts: str) -> Value:
    """The month or quarter that texts around a table name, the first text that names one first.

    A month without a year takes the year that another of the texts names, if they name but one.

    Examples
    --------
    >>> period_around("公共就业服务供求表", "3月", "2025年月度.xlsx").value
    datetime.date(2025, 3, 1)
    """
    year = year_in(*texts)
    for text in texts:
        for words in _DATED.findall(text):
            month = parse_month(words.replace("_", "-").replace(".", "-"))
            if month.value is not None:
                return month
        named = set(_UNDATED.findall(text))
        if len(named) == 1 and (month := _with_year(named.pop(), year)).value is not None:
            return month
    return _NONE


def _with_year(words: str, year: str) -> Value:
    if not year or not _UNDATED.fullmatch(words):
        return _NONE
    return parse_month(f"{year}年{words}")
