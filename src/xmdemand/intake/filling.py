"""What a cell leaves to the one above it: merged cells, ditto marks, firms named once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xmdemand.intake.body import Body
from xmdemand.intake.columnar import ColumnRows
from xmdemand.intake.layout import Layout
from xmdemand.intake.parsed import DITTO
from xmdemand.intake.rowkinds import Row
from xmdemand.intake.sources import Grid
from xmdemand.intake.text import words_of

OF_MARKET = ("district", "month")
"""Columns of the register that stand once for several titles."""
FILLED = ("firm", "firm_name", "district", "industry", "size_class", "employees")
"""Columns of a firm, which are filled down also where a cell is only blank."""
MERGED = (*FILLED, "title", "code", "month")
"""Columns whose merged cells are filled down."""


def fill_merged(grid: Grid, layout: Layout, body: Body) -> None:
    """Give every row of a merged cell its value, in columns that say whose or what a row is."""
    if not grid.merged:
        return
    at = {number - 1 - grid.offset: place for place, number in enumerate(body.numbers)}
    for start, end in grid.merged:
        column = layout.columns.get(start[1])
        if column is None or column.name not in MERGED or start[0] not in at:
            continue
        value = body.rows[at[start[0]]][start[1]]
        for row in range(start[0] + 1, end[0] + 1):
            if row in at and start[1] < len(body.rows[at[row]]):
                body.rows[at[row]][start[1]] = value


def holds_dittos(rows: ColumnRows) -> bool:
    """Whether a cell stands for the one above it by a mark."""
    return any(not DITTO.isdisjoint(column.distinct) for column in rows.columns)


def leaves_open(layout: Layout, rows: ColumnRows) -> bool:
    """Whether a cell of a district or month is empty, which may mean the one above."""
    own, _ = _of_firm_and_post(layout)
    open_cells = (None, "")
    return any(
        any(value in open_cells for value in rows.columns[at].distinct)
        for at in own
        if at < len(rows.columns)
    )


def repeat_dittos(body: Body) -> list[int]:
    """Put what stands above in place of a ditto mark; the positions of such rows."""
    found: list[int] = []
    if isinstance(body.rows, ColumnRows):
        return found  # such tables are read by row where they hold a ditto mark
    for place, row in enumerate(body.rows):
        if place and not DITTO.isdisjoint(row):
            above = body.rows[place - 1]
            for at, cell in enumerate(row):
                if cell in DITTO and at < len(above):
                    row[at] = above[at]
            found.append(place)
    return found


def fill_blank_firms(layout: Layout, body: Body) -> list[int]:
    """Fill the firm down where a row names a post but nothing at all about its firm.

    That is what a merged cell leaves behind in a format that does not tell merges.
    """
    own, posts = _of_firm_and_post(layout)
    if not own or not posts:
        return []
    parts = [[p] for p in own] if layout.kind == "register" else [own]
    return sorted({place for part in parts for place in _filled_down(body.rows, part, posts)})


def _filled_down(rows: Sequence[Row], own: Sequence[int], posts: Sequence[int]) -> Iterator[int]:
    """Fill some columns down together; the positions of the rows that were filled."""
    first = own[0]
    for place in range(1, len(rows)):
        row = rows[place]
        if first < len(row) and _says_something(row[first]):
            continue
        above = rows[place - 1]
        if any(_says_something(row[p]) for p in own if p < len(row)):
            continue
        if any(_says_something(row[p]) for p in posts if p < len(row)):
            row.extend([None] * (max(own) + 1 - len(row)))
            for p in own:
                row[p] = above[p] if p < len(above) else None
            yield place


def names_every_firm(layout: Layout, columns: Sequence[Sequence[object]]) -> bool:
    """Whether no row of a list of posts leaves open in its first column of the firm whose it is."""
    own, posts = _of_firm_and_post(layout)
    if not own or not posts:
        return True
    if layout.kind != "register":
        own = own[:1]
    return all(at < len(columns) and all(map(_says_something, columns[at])) for at in own)


def _of_firm_and_post(layout: Layout) -> tuple[list[int], list[int]]:
    """Columns of firms that may be filled down in a list of posts, and of its posts.

    In the register it is the districts and months that stand once for several titles.
    """
    if layout.kind == "register":
        titles = [p for p, column in layout.columns.items() if column.name == "title"]
        return [p for p, column in layout.columns.items() if column.name in OF_MARKET], titles
    if layout.kind != "employers":
        return [], []
    own = [p for p, column in layout.columns.items() if column.name in FILLED]
    return own, [p for p, column in layout.columns.items() if column.name == "title"]


def _says_something(cell: object) -> bool:
    return bool(cell) and (not isinstance(cell, str) or cell[0].isalnum() or bool(words_of(cell)))
