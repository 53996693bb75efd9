"""Rows of a printed list that add up the rows set in below them: counted twice if read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from xmdemand.intake.body import Body
from xmdemand.intake.headings import COUNTS
from xmdemand.intake.layout import Layout
from xmdemand.intake.rowkinds import Row
from xmdemand.intake.text import words_of
from xmdemand.intake.values import parse_count

_SET_IN = (" ", "\u3000", "\u00a0", "\t")
_PRINTED = 2000
"""Rows beyond which nobody sets a list out by hand."""


def sets_in(layout: Layout, titles: Callable[[int], Iterable[object]], n: int) -> bool:
    """Whether some titles of a table of n rows are set in and others are not, so that rows tell.

    Parameters
    ----------
    titles
        The cells of the column at a position, or the distinct ones.
    """
    title = _title_of(layout)
    if title is None or not 2 < n <= _PRINTED:
        return False
    return len({text.startswith(_SET_IN) for text in titles(title) if isinstance(text, str)}) > 1


def without_group_sums(layout: Layout, body: Body) -> Body:
    """Leave out rows whose title stands before others set in, and whose counts are their sum.

    ``专业技术人员 | 30`` above ``　　护理人员 | 10`` and ``　　会计 | 20``: only where one count at
    least is the sum of those below, and none is less. Plain texts are tidied of the blanks that set
    titles in, so theirs are not told.
    """
    title = _title_of(layout)
    counts = {at: layout.units.get(at, 1.0) for at, c in layout.columns.items() if c.kind in COUNTS}
    if title is None or not counts or layout.wide.blocks or not 2 < len(body.rows) <= _PRINTED:
        return body
    texts = [row[title] if title < len(row) else "" for row in body.rows]
    set_in = [isinstance(text, str) and text.startswith(_SET_IN) for text in texts]
    if not any(set_in) or all(set_in):
        return body
    sums = {
        at
        for at, below in _groups(set_in)
        if _adds_up(body.rows[at], body.rows[at + 1 : below], counts)
    }
    if not sums:
        return body
    kept = [at for at in range(len(body.rows)) if at not in sums]
    body.totals.extend((int(body.numbers[at]), body.rows[at]) for at in sorted(sums))
    body.skipped["total"] = body.skipped.get("total", 0) + len(sums)
    return replace(
        body,
        numbers=[int(body.numbers[at]) for at in kept],
        rows=[body.rows[at] for at in kept],
    )


def _title_of(layout: Layout) -> int | None:
    return next((at for at, c in layout.columns.items() if c.kind in ("title", "titles")), None)


def _groups(set_in: Sequence[bool]) -> list[tuple[int, int]]:
    """Of every row that others are set in below: its position, and where these end."""
    found = []
    for at, own in enumerate(set_in[:-1]):
        if own or not set_in[at + 1]:
            continue
        end = next((n for n in range(at + 1, len(set_in)) if not set_in[n]), len(set_in))
        found.append((at, end))
    return found


def _adds_up(row: Row, parts: Sequence[Row], counts: Mapping[int, float]) -> bool:
    equal = False
    for at, unit in counts.items():
        own = _exact(row, at, unit)
        each = [_exact(part, at, unit) for part in parts]
        if own is None or None in each:
            continue
        total = sum(value for value in each if value is not None)
        if own < total - 0.5:
            return False
        equal = equal or (total > 0 and own <= total + 0.5)
    return equal


def _exact(row: Row, at: int, unit: float) -> float | None:
    cell = row[at] if at < len(row) else ""
    if not words_of(cell):
        return None
    count = parse_count(cell, unit=unit)
    return count.value if count.kind == "exact" else None
