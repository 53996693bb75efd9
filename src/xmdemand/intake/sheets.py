"""One sheet -> rows with parsed columns, what is refused and what is odd."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import zip_longest
from typing import Any, overload

import numpy as np

from xmdemand.intake.body import (
    Body,
    all_data,
    data_rows,
    data_rows_in_columns,
    lengthened,
)
from xmdemand.intake.columnar import Codes, ColumnRows, row_names
from xmdemand.intake.columns import KINDS, Column, Kind
from xmdemand.intake.contents import TICKS
from xmdemand.intake.decode import Decoded, Parsers, decode, odd_texts
from xmdemand.intake.filling import (
    fill_blank_firms,
    fill_merged,
    holds_dittos,
    names_every_firm,
    repeat_dittos,
)
from xmdemand.intake.layout import Layout
from xmdemand.intake.names import Names
from xmdemand.intake.parsed import EMPTY, SKIP_NUMBERS
from xmdemand.intake.personal import MASK, mask
from xmdemand.intake.sections import with_sections
from xmdemand.intake.sources import Grid
from xmdemand.intake.staff import staff_of_posts
from xmdemand.intake.text import bare, words_of

Distinct = tuple[list[object], np.ndarray]
"""Distinct values, and for every row the place of its own among them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that is refused or odd: position of its row, heading, what stands there, why."""

    place: int
    column: str
    found: str
    expected: str
    code: str


@dataclass(eq=False)
class Sheet:
    """A sheet whose columns are parsed. `refused` and `odd` grow while the sheet is read."""

    grid: Grid
    layout: Layout
    body: Body
    names: Names
    decoded: dict[str, list[Decoded]]
    refused: dict[int, Problem] = field(default_factory=dict)
    odd: list[Problem] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        """What kind of table it is."""
        return KINDS[self.layout.kind]

    def place_of(self, label: str) -> int:
        """Position among the data rows of the row with that name."""
        if self.body.labels:
            return self._places[label]
        return bisect_left(self.body.numbers, int(label))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {label: place for place, label in enumerate(self.body.labels)}

    @property
    def n(self) -> int:
        """Number of data rows."""
        return len(self.body.rows)

    def distinct(self, name: str, read: Callable[[Any], object], empty: object) -> Distinct:
        """An attribute of a column's distinct values, and which every row has; else `empty`."""
        columns = self.decoded.get(name)
        if not columns:
            return [empty], np.zeros(self.n, dtype=int)
        column = columns[0].held()
        return [read(item) for item in column.parsed], column.codes

    def source(self) -> Any:
        """``file!sheet!row`` of every row."""
        start = f"{self.grid.file}!{self.grid.sheet}!"
        if isinstance(self.body.numbers, np.ndarray):
            return row_names(start, self.body.numbers)
        labels = self.body.labels or map(str, self.body.numbers)
        return np.array([start + label for label in labels], dtype=object)

    def cell(self, place: int, column: str) -> str:
        """What stands in a row's cell of a column, personal data masked."""
        for position, declared in self.layout.columns.items():
            if declared.name == column:
                found = cell_at(self.body.rows, place, position)
                if found is not _NO_CELL:
                    return mask(words_of(found))
        return ""

    def refuse(self, places: Iterable[int], column: str, code: str) -> None:
        """Refuse rows; the first reason of a row stays."""
        declared = self.kind.column(column)
        for place in places:
            self.refused.setdefault(
                int(place),
                Problem(
                    int(place),
                    declared.header,
                    self.cell(int(place), column),
                    declared.expected,
                    code,
                ),
            )

    def flag(self, places: Iterable[int], column: str, code: str) -> None:
        """Name cells a reader should look at; their rows stay."""
        declared = self.kind.column(column)
        self.odd.extend(
            Problem(int(p), declared.header, self.cell(int(p), column), declared.expected, code)
            for p in places
        )

    def kept(self) -> np.ndarray:
        """Which rows are not refused."""
        keep = np.ones(self.n, dtype=bool)
        keep[list(self.refused)] = False
        return keep

    def subject(self, place: int) -> str:
        """Whose row it is: a firm's credit code or name; nothing for persons."""
        if self.layout.kind not in ("firms", "employers"):
            return ""
        return self.cell(place, "firm") or self.cell(place, "firm_name")

    def masked_row(self, place: int) -> str:
        """A row as read, personal columns blanked and personal data in free text masked."""
        cells = []
        named = False  # whether the cell before announces a person
        for position, cell in enumerate(self.body.rows[place]):
            text = words_of(cell)
            if text and (self._personal(position) or named):
                text = MASK
            named = bool(_NAMES_SOMEBODY.search(text)) or (named and not text)
            cells.append(mask(text))
        return "|".join(cells).rstrip("|")

    def _personal(self, position: int) -> bool:
        """Whether a column holds personal data: as declared, or else by its heading's words."""
        if column := self.layout.columns.get(position):
            return column.personal
        labels = self.layout.labels
        label = labels[position] if position < len(labels) else ""
        return bool(_PERSONAL_HEAD.search(bare(label)))


_PERSONAL_HEAD = re.compile(
    r"(?:姓名|签名|签字|(?:联系|填表|填报|制表|经办|负责|审核|走访|调查|登记)人员?|电话(?:号码)?|手机(?:号码?)?"
    r"|联系方式|身份证号?码?|证件号码?|微信号?|qq号?|邮箱|住址|来自ip|ip地址)(?:[(].*)?$"
)
_NAMES_SOMEBODY = re.compile(r"(?:人|签字|签章|签名|姓名|电话|手机)[)）]?\s*[:：]\s*$")


def parse_sheet(grid: Grid, layout: Layout, names: Names, parsers: Parsers) -> Sheet:
    """Parse every declared column of a sheet."""
    filled: list[int] = []
    found = _parsed_by_column(grid, layout, parsers)
    if found is None:
        found, filled = _parsed_by_row(grid, layout, names, parsers)
    layout, body, decoded = found
    if grid.lines:
        body = _as_written(grid, body)
    sheet = Sheet(replace(grid, rows=()), layout, body, names, decoded)
    for name, own in decoded.items():
        for item in own:
            for place, _, flag in item.doubts():
                sheet.flag([place], name, f"intake.{flag}")
    if filled and layout.kind == "employers":
        sheet.flag(filled, "firm_name", "intake.filled_down")
    return sheet


def _as_written(grid: Grid, body: Body) -> Body:
    """Rows of a form turned over, named by the row they stem from; posts of one row are parts."""
    first = grid.offset + 2
    numbers = [grid.lines[int(number) - first] for number in body.numbers]
    parts = [numbers[:at].count(number) + 1 for at, number in enumerate(numbers)]
    labels = [
        f"{number}.{part}" if part > 1 else str(number)
        for number, part in zip(numbers, parts, strict=True)
    ]
    return replace(body, numbers=numbers, labels=labels)


_Parsed = tuple[Layout, Body, dict[str, list[Decoded]]]


def _parsed_by_column(grid: Grid, layout: Layout, parsers: Parsers) -> _Parsed | None:
    """Parse a sheet without a look at its rows; None where some of them need one."""
    if not isinstance(grid.rows, ColumnRows):
        return _parsed_as_it_stands(grid, layout, parsers)
    if not _by_column(layout) or holds_dittos(grid.rows):
        return None
    body = data_rows_in_columns(grid.rows.body(), layout)
    if body is None or not isinstance(body.rows, ColumnRows):
        return None
    return layout, body, _decoded(layout, body.rows.columns, len(body.rows), parsers)[0]


def _parsed_as_it_stands(grid: Grid, layout: Layout, parsers: Parsers) -> _Parsed | None:
    """Parse a sheet of which every row is data and nothing is said by what stands above."""
    rows = grid.rows[layout.first :]
    if grid.merged or layout.wide.blocks or layout.facts or not rows:
        return None
    start = grid.offset + layout.first + 1
    body = Body(range(start, start + len(rows)), rows, [], {})
    layout = staff_of_posts(layout, body)
    columns = _columns_of(rows)
    decoded, read = _decoded(layout, columns, len(rows), parsers)
    labels = frozenset(layout.labels)
    odd = [
        read[at].odd(labels) if at in read else odd_texts(column, labels)
        for at, column in enumerate(columns)
    ]
    if not all_data(layout, rows, columns, odd) or not names_every_firm(layout, columns):
        return None
    return layout, replace(body, rows=_Turned(columns, read, len(rows))), decoded


def _parsed_by_row(
    grid: Grid, layout: Layout, names: Names, parsers: Parsers
) -> tuple[_Parsed, list[int]]:
    """Parse the rows of a sheet that are data; which ones say what stands above them."""
    if isinstance(grid.rows, ColumnRows):
        grid = replace(grid, rows=list(grid.rows))
    layout, body = with_sections(grid, layout, data_rows(grid, layout), names)
    fill_merged(grid, layout, body)
    repeated = repeat_dittos(body)
    filled = sorted({*repeated, *fill_blank_firms(layout, body)})
    layout = staff_of_posts(layout, body)
    layout, body = lengthened(layout, body)
    columns, n = _columns_of(body.rows), len(body.rows)
    decoded, read = _decoded(layout, columns, n, parsers)
    return (layout, replace(body, rows=_Turned(columns, read, n)), decoded), filled


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

Columns = Sequence[Sequence[object]] | Sequence[Codes]


def _columns_of(rows: Sequence[list[object]]) -> list[tuple[object, ...]]:
    try:
        return list(zip(*rows, strict=True))
    except ValueError:  # some rows are shorter
        return list(zip_longest(*rows))


class _Turned(Sequence[list[object]]):
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
        """One cell, or `_NO_CELL` beyond the last column."""
        return self._columns[position][place] if position < len(self._columns) else _NO_CELL

    @overload
    def __getitem__(self, place: int) -> list[object]: ...

    @overload
    def __getitem__(self, place: slice) -> list[list[object]]: ...

    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(self._n))]
        return [column[place] for column in self._columns]


_NO_CELL = object()


def cell_at(rows: Sequence[list[object]], place: int, position: int) -> object:
    """One cell, without making its whole row where the table is held by column."""
    if isinstance(rows, _Turned):
        return rows.cell(place, position)
    row = rows[place]
    return row[position] if position < len(row) else _NO_CELL


def _decoded(
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


def _by_column(layout: Layout) -> bool:
    """Whether a table needs no look at whole rows: no firm to fill down, nothing side by side."""
    plain = layout.first == 1 and not (
        layout.wide.blocks
        or layout.facts
        or layout.options
        or layout.questionnaire
        or layout.ranges
        or layout.ticks
    )
    return plain and layout.kind != "employers"


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

    A ranking question holds places (1, 2, 3) where a choice holds 1 and 0.
    """
    ticked = text in _CHOSEN or (text.isdigit() and int(text) > 0)
    if other:
        return None if ticked or text in _NOT_CHOSEN else text
    return option if ticked or bare(text) == bare(option) else None


_CHOSEN = frozenset(
    [
        "是",
        "√",
        "✓",
        "✔",
        "☑",
        "✅",
        "●",
        "■",
        "选中",
        "已选",
        "对",
        "Y",
        "y",
        "YES",
        "Yes",
        "yes",
        "true",
        "True",
        "TRUE",
    ]
)
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


def problem_rows(sheet: Sheet, problems: Iterable[Problem]) -> Iterator[tuple[object, ...]]:
    """Problems as rows of the quarantine or of the oddities."""
    for problem in problems:
        yield (
            sheet.grid.file,
            sheet.grid.sheet,
            int(sheet.body.numbers[problem.place]),
            problem.column,
            problem.found,
            problem.expected,
            problem.code,
            sheet.masked_row(problem.place) if problem.place in sheet.refused else "",
            sheet.subject(problem.place),
        )


PROBLEM_COLUMNS = ("file", "sheet", "row", "column", "found", "expected", "code", "text", "subject")
