"""Lines within a table that say of the rows below whose they are: a district, a month, a firm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xmdemand.intake.body import Body
from xmdemand.intake.captions import names_firm, section_words
from xmdemand.intake.columnar import ColumnRows
from xmdemand.intake.columns import KINDS
from xmdemand.intake.dates import parse_month, with_year
from xmdemand.intake.layout import Layout
from xmdemand.intake.names import Names
from xmdemand.intake.rowkinds import Row
from xmdemand.intake.sources import Grid
from xmdemand.intake.text import bare, words_of, year_in


def with_sections(grid: Grid, layout: Layout, body: Body, names: Names) -> tuple[Layout, Body]:
    """Give rows the district, month or firm of the line above them, where no column says it.

    That is so only if every row has such a line above it, directly or above the headings.

    Parameters
    ----------
    grid, layout, body
        A sheet, its headings and its data rows.
    names
        The spellings of the profile.
    """
    if isinstance(body.rows, ColumnRows) or not body.rows:
        return layout, body
    lone = {at: text for at, row in enumerate(body.rows) if (text := _lone(row))}
    if not lone:
        return layout, body
    held = {column.name for column in layout.columns.values()} | layout.wide.names
    kind = KINDS[layout.kind]
    year = year_in(layout.above, grid.sheet, grid.file)
    declared = {column.name for column in kind.columns}
    for name in ("district", "month", "firm_name"):
        if name not in declared or name in held or name in layout.facts:
            continue
        said = {
            at: value for at, text in lone.items() if (value := _value(name, text, names, year))
        }
        lines = [section_words(line.strip()) for line in layout.above.split("\n")]
        opening = next(
            (v for line in reversed(lines) if (v := _value(name, line, names, year))), ""
        )
        if not said or (min(said) > 0 and not opening):
            continue
        width = max([len(layout.labels), *(len(row) for row in body.rows)])
        columns = {**layout.columns, width: kind.column(name)}
        return replace(layout, columns=columns), _filled(body, said, opening, width)
    return layout, body


def _lone(row: Row) -> str:
    """The text of a row that holds nothing else, without its numbering."""
    filled = [cell for cell in row if cell not in (None, "")]
    if len(filled) != 1 or not isinstance(filled[0], str):
        return ""
    return section_words(words_of(filled[0]))


def _value(name: str, text: str, names: Names, year: str) -> str:
    """What a line says of the rows below it, if it is nothing but that."""
    if name == "district":
        return names.districts.get(bare(text), "")
    if name == "firm_name":
        return text if names_firm(text) else ""
    if parse_month(text).value is not None:
        return text
    return f"{year}年{bare(text)}" if with_year(bare(text), year).value is not None else ""


def _filled(body: Body, said: Mapping[int, str], opening: str, width: int) -> Body:
    numbers, rows = [], []
    current = opening
    for at, (number, row) in enumerate(zip(body.numbers, body.rows, strict=True)):
        if at in said:
            current = said[at]
            continue
        numbers.append(number)
        rows.append([*row, *[None] * (width - len(row)), current])
    body.skipped["section"] = body.skipped.get("section", 0) + len(said)
    return replace(body, numbers=numbers, rows=rows)
