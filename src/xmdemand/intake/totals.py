"""Total rows against the sum of the rows they add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from xmdemand.intake.decode import Decoded
from xmdemand.intake.headings import COUNTS
from xmdemand.intake.rowkinds import TOTALS
from xmdemand.intake.sheets import Sheet
from xmdemand.intake.text import bare, words_of
from xmdemand.intake.values import Count, parse_count

_PARTS = frozenset(["小计", "本页合计", "本页小计"])
_RUNNING = frozenset(["累计"])
_APART = frozenset(["intake.city_total"])


@dataclass(frozen=True, slots=True)
class OffTotal:
    """A printed total that is not the sum: number of its row, heading, what is printed, the sum."""

    row: int
    header: str
    printed: str
    total: float


def differing_totals(sheet: Sheet) -> Iterator[OffTotal]:
    """Printed totals that are neither the sum of all rows nor of those since the last total.

    A sum that would need an uncertain count, a row beside the districts it adds up, or a table
    with its rows set side by side is not checked.
    """
    if not sheet.body.totals or sheet.body.labels:
        return
    numbers = np.asarray(sheet.body.numbers)
    counted = np.ones(sheet.n, dtype=bool)
    counted[[at for at, problem in sheet.refused.items() if problem.code in _APART]] = False
    last = 0
    for number, row in sorted(sheet.body.totals):
        word = next((w for cell in row if (w := bare(words_of(cell))) in TOTALS), "")
        since = counted & (numbers > last) & (numbers < number)
        scopes = [since] if word in _PARTS else [since, counted]
        last = number
        if not word or word in _RUNNING:
            continue
        for position, column in sheet.layout.columns.items():
            if column.kind in COUNTS and position < len(row):
                unit = sheet.layout.units.get(position, 1.0)
                printed = parse_count(row[position], unit=unit)
                own = scopes
                if column.name == "employees":  # once a firm, however many posts it names
                    own = [*scopes, *(scope & _firsts(sheet) for scope in scopes)]
                sums = _sums(sheet.decoded[column.name][0], own)
                if printed.kind == "exact" and sums and not _among(printed.low, sums):
                    yield OffTotal(number, column.header, words_of(row[position]), sums[-1])


def _firsts(sheet: Sheet) -> np.ndarray:
    """Rows that are not of the same firm as the row before."""
    columns = sheet.decoded.get("firm_name") or sheet.decoded.get("firm")
    if not columns:
        return np.ones(sheet.n, dtype=bool)
    return np.diff(columns[0].codes, prepend=-1) != 0


def _sums(column: Decoded, scopes: Sequence[np.ndarray]) -> list[float]:
    """The sum of every scope; none at all if one holds an uncertain count or nothing."""
    values = column.take(_exact, float)
    sums = [float(values[scope].sum()) for scope in scopes if scope.any()]
    return sums if all(np.isfinite(sums)) else []


def _exact(count: Count) -> float:
    return 0.0 if count.kind == "missing" else count.value


def _among(printed: float, sums: Sequence[float]) -> bool:
    return any(abs(printed - total) <= 0.5 for total in sums)


def total_rows(sheet: Sheet) -> Iterator[tuple[object, ...]]:
    """The same as rows of the oddities."""
    for off in differing_totals(sheet):
        where = (sheet.grid.file, sheet.grid.sheet, off.row, off.header, off.printed)
        yield (*where, f"各行之和为{off.total:g}", "intake.total_differs", "", "")
