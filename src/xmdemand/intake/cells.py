"""The cells of a table's columns, as they are handed to the parsers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, overload

from xmdemand.intake.columnar import Codes, ColumnRows
from xmdemand.intake.columns import Column
from xmdemand.intake.contents import TICKS
from xmdemand.intake.decode import Decoded, Parsers, decode
from xmdemand.intake.layout import Layout
from xmdemand.intake.parsed import EMPTY, SKIP_NUMBERS
from xmdemand.intake.text import bare, words_of

Columns = Sequence[Sequence[object]] | Sequence[Codes]


def columns_of(rows: Sequence[list[object]]) -> list[tuple[object, ...]]:
    try:
        return list(zip(*rows, strict=True))
    except ValueError:  # some rows are shorter
        return list(zip_longest(*rows))


class Turned(Sequence[list[object]]):
    """Columns that answer as rows would: few objects to keep where rows are many.

    Cells that a parser has read as they stand are among its own; the sheet's are forgotten.
    """

    def __init__(
        self, columns: Sequence[Sequence[object]], read: Mapping[int, Decoded], n: int
    ) -> None:
        self._columns = [read.get(at, column) for at, column in enumerate(columns)]
        self._n = n

    def __len__(self) -> int:
        return self._n

    def cell(self, place: int, position: int) -> object:
        """One cell, or `NO_CELL` beyond the last column."""
        return self._columns[position][place] if position < len(self._columns) else NO_CELL

    def seen_at(self, position: int) -> list[object]:
        """The distinct cells of one column."""
        if position >= len(self._columns):
            return []
        column = self._columns[position]
        return column.held().cells if isinstance(column, Decoded) else list(dict.fromkeys(column))

    @overload
    def __getitem__(self, place: int) -> list[object]: ...

    @overload
    def __getitem__(self, place: slice) -> list[list[object]]: ...

    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(self._n))]
        return [column[place] for column in self._columns]


NO_CELL = object()


def seen_at(rows: Sequence[list[object]], position: int) -> list[object]:
    """The distinct cells of a column, looked at as cheaply as the table is held."""
    if isinstance(rows, Turned):
        return rows.seen_at(position)
    if isinstance(rows, ColumnRows):
        return list(rows.columns[position].distinct) if position < len(rows.columns) else []
    return list(dict.fromkeys(row[position] for row in rows if position < len(row)))


def cell_at(rows: Sequence[list[object]], place: int, position: int) -> object:
    """One cell, without making its whole row where the table is held by column."""
    if isinstance(rows, Turned):
        return rows.cell(place, position)
    row = rows[place]
    return row[position] if position < len(row) else NO_CELL


def _pay_period(labels: Sequence[str], position: int) -> str:
    """Of what pay is for, where the heading alone says that it is not a month."""
    label = labels[position] if position < len(labels) else ""
    if "月" in label or ("年薪" in label) == ("日薪" in label):
        return ""
    return "/年" if "年薪" in label else "/天"


def _per(cell: object, period: str) -> object:
    text = words_of(cell)
    return cell if not text or _SAYS_PERIOD.search(text) else f"{text}{period}"


_SAYS_PERIOD = re.compile(r"[年月天日时件]|面议|hour|day|month|year")


def decoded_columns(
    layout: Layout, columns: Columns, n: int, parsers: Parsers
) -> tuple[dict[str, list[Decoded]], dict[int, Decoded]]:
    """The declared columns parsed, and by position those that were read as they stand."""
    decoded: dict[str, list[Decoded]] = {}
    read: dict[int, Decoded] = {}
    for position, column in layout.columns.items():
        if column.kind == "ignored" and column.name != "number":
            continue
        declared = _as_text(column) if column.kind == "ignored" else column
        cells = _column_cells(columns, layout, position, n)
        if position in layout.ranges:
            lower = _plain_cells(columns, layout, position, n)
            upper = _plain_cells(columns, layout, layout.ranges[position], n)
            cells = [_between(low, high) for low, high in zip(lower, upper, strict=True)]
        if position in layout.ticks:
            cells = _ticked_words(columns, layout, layout.ticks[position], n)
        if column.kind == "wage" and (period := _pay_period(layout.labels, position)):
            plain = _plain_cells(columns, layout, position, n)
            cells = [_per(cell, period) for cell in plain]
        unit = layout.units.get(position, 1.0)
        found = decode(declared, cells, parsers, unit=unit)
        decoded.setdefault(column.name, []).append(found)
        if position < len(columns) and cells is columns[position]:
            read[position] = found
    return decoded, read


def _plain_cells(columns: Columns, layout: Layout, position: int, n: int) -> list[object]:
    cells = _column_cells(columns, layout, position, n)
    return cells.spread() if isinstance(cells, Codes) else list(cells)


def _between(low: object, high: object) -> object:
    """Two ends as one cell; one of them if they are equal or the other says nothing."""
    first, last = words_of(low), words_of(high)
    if bare(first) in EMPTY or bare(last) in EMPTY or first == last:
        return high if bare(first) in EMPTY else low
    return f"{first}-{last}"


def _ticked_words(
    columns: Columns, layout: Layout, ticks: Mapping[int, str], n: int
) -> list[object]:
    """For every row the words whose cells are ticked."""
    cells = [_plain_cells(columns, layout, at, n) for at in ticks]
    return [
        "、".join(
            word
            for word, cell in zip(ticks.values(), row, strict=True)
            if bare(words_of(cell)) in TICKS
        )
        for row in zip(*cells, strict=True)
    ]


def _column_cells(
    columns: Columns, layout: Layout, position: int, n: int
) -> Sequence[object] | Codes:
    """The cells of one column, without codes for not answered, a chosen option as its name."""
    cells = columns[position] if position < len(columns) else (None,) * n
    if isinstance(cells, Codes):
        return cells
    if layout.questionnaire:
        cells = [None if words_of(cell) in SKIP_NUMBERS else cell for cell in cells]
    option = layout.options.get(position)
    if option is None:
        return cells
    other = option.startswith(("其他", "其它"))
    return [_chosen(words_of(cell), option, other=other) for cell in cells]


def _chosen(text: str, option: str, *, other: bool) -> str | None:
    """What a cell under an option says: the option, what was written beside "other", or nothing.

    A ranking question holds places (1, 2, 3) where a choice holds 1 and 0. Words that neither
    choose nor decline stay as they are, for somebody wrote an answer.
    """
    ticked = bare(text) in TICKS or (text.isdigit() and int(text) > 0)
    if other:
        return None if ticked or text in _NOT_CHOSEN else text
    if ticked or bare(text) == bare(option):
        return option
    return text if _ANSWER.match(text) and text not in _NOT_CHOSEN else None


_ANSWER = re.compile(r"(?![未不没无否已选是有])[\u3400-\u9fff]{2}")

_NOT_CHOSEN = frozenset(
    [
        "0",
        "否",
        "×",
        "✗",
        "✘",
        "☐",
        "□",
        "未选",
        "N",
        "n",
        "NO",
        "No",
        "no",
        "false",
        "False",
        "FALSE",
        "",
    ]
)


def _as_text(column: Column) -> Column:
    return Column(column.name, column.header, "text")
