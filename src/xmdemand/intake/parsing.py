"""A sheet whose headings are found -> a sheet whose columns are parsed."""

from __future__ import annotations

from dataclasses import replace

from xmdemand.intake.body import Body, all_data, data_rows, data_rows_in_columns
from xmdemand.intake.cells import Turned, columns_of, decoded_columns
from xmdemand.intake.columnar import ColumnRows
from xmdemand.intake.decode import Decoded, Parsers, odd_texts
from xmdemand.intake.filling import (
    OF_MARKET,
    fill_blank_firms,
    fill_merged,
    holds_dittos,
    leaves_open,
    names_every_firm,
    repeat_dittos,
)
from xmdemand.intake.groupsums import sets_in, without_group_sums
from xmdemand.intake.layout import Layout
from xmdemand.intake.lengthening import lengthened
from xmdemand.intake.names import Names
from xmdemand.intake.sections import with_sections
from xmdemand.intake.sheets import Sheet
from xmdemand.intake.sources import Grid
from xmdemand.intake.staff import staff_of_posts


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
    elif filled and layout.kind == "register" and (named := decoded.keys() & {*OF_MARKET}):
        sheet.flag(filled, min(named), "intake.filled_down")  # the district, if it has one
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
    if not _by_column(layout) or holds_dittos(grid.rows) or leaves_open(layout, grid.rows):
        return None
    rows = grid.rows.body()
    if sets_in(layout, lambda at: rows.columns[at].distinct, len(rows)):
        return None
    body = data_rows_in_columns(rows, layout)
    if body is None or not isinstance(body.rows, ColumnRows):
        return None
    return layout, body, decoded_columns(layout, body.rows.columns, len(body.rows), parsers)[0]


def _parsed_as_it_stands(grid: Grid, layout: Layout, parsers: Parsers) -> _Parsed | None:
    """Parse a sheet of which every row is data and nothing is said by what stands above."""
    rows = grid.rows[layout.first :]
    if grid.merged or layout.wide.blocks or layout.facts or not rows:
        return None
    start = grid.offset + layout.first + 1
    body = Body(range(start, start + len(rows)), rows, [], {})
    layout = staff_of_posts(layout, body)
    columns = columns_of(rows)
    if sets_in(layout, lambda at: columns[at] if at < len(columns) else (), len(rows)):
        return None
    decoded, read = decoded_columns(layout, columns, len(rows), parsers)
    labels = frozenset(layout.labels)
    odd = [
        read[at].odd(labels) if at in read else odd_texts(column, labels)
        for at, column in enumerate(columns)
    ]
    if not all_data(layout, rows, columns, odd) or not names_every_firm(layout, columns):
        return None
    return layout, replace(body, rows=Turned(columns, read, len(rows))), decoded


def _parsed_by_row(
    grid: Grid, layout: Layout, names: Names, parsers: Parsers
) -> tuple[_Parsed, list[int]]:
    """Parse the rows of a sheet that are data; which ones say what stands above them."""
    if isinstance(grid.rows, ColumnRows):
        grid = replace(grid, rows=list(grid.rows))
    body = without_group_sums(layout, data_rows(grid, layout))
    layout, body = with_sections(grid, layout, body, names)
    fill_merged(grid, layout, body)
    repeated = repeat_dittos(body)
    filled = sorted({*repeated, *fill_blank_firms(layout, body)})
    layout = staff_of_posts(layout, body)
    layout, body = lengthened(layout, body)
    columns, n = columns_of(body.rows), len(body.rows)
    decoded, read = decoded_columns(layout, columns, n, parsers)
    return (layout, replace(body, rows=Turned(columns, read, n)), decoded), filled


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
