"""The month of every row of the register: from its own cell, or from around the table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmdemand.intake.dates import period_around, span_around, with_year, year_within
from xmdemand.intake.parsed import Value
from xmdemand.intake.sheets import Distinct, Sheet
from xmdemand.intake.text import words_of, year_in

__all__ = ["months", "period_around", "spans"]


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
    year, span = year_in(*around), span_around(*around)
    found = [
        item
        if item.value is not None
        else with_year(text := words_of(cell), year or year_within(text, span))
        for item, cell in zip(column.parsed, column.cells, strict=True)
    ]
    return found, column.codes
