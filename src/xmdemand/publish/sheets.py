"""Workbooks: one way to set a sheet, so that every workbook looks and prints alike.

Text is always text: a cell that begins like a formula is stored as a string with the quote mark
Excel itself uses, so nothing from an input is ever evaluated.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import math
import unicodedata
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from xmdemand.ooxml import normalise_ooxml
from xmdemand.publish.sheet_rows import Value, clean, rows_xml, with_rows

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.styles import Border
    from openpyxl.styles.cell_style import StyleArray
    from openpyxl.worksheet.worksheet import Worksheet

FONT = "宋体"
HEAD_FILL = "DCE6F1"
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
_WIDEST = 44
_NARROWEST = 6
_LINE = 13.5
_TALLEST = 400
_A3, _A4 = 8, 9


@dataclass(frozen=True)
class Field:
    """A column of a sheet.

    Parameters
    ----------
    heading
        The words above it.
    align
        ``left, center, right``.
    style
        Number format, where its values are numbers.
    width
        In characters; none means as wide as the content, within bounds.
    """

    heading: str
    align: str = "left"
    style: str = "General"
    width: float | None = None


@dataclass(frozen=True)
class Layout:
    """How a sheet is set and printed.

    Parameters
    ----------
    title
        Line above the table; empty for none.
    under
        Lines under the title, before the table.
    after
        Lines below the table.
    landscape
        Orientation on paper.
    frozen
        How many columns stay in view.
    table
        Name of the Excel table; empty for a plain filter.
    header
        Printed at the head of every page (who may read it, that data are made up).
    pages_wide
        Over how many sheets of paper the columns go; above one, on A3.
    """

    title: str = ""
    under: Sequence[str] = ()
    after: Sequence[str] = ()
    landscape: bool = True
    frozen: int = 0
    table: str = ""
    header: str = ""
    pages_wide: int = 1


@dataclass(frozen=True)
class Book:
    """A workbook in the making: what openpyxl keeps, and the rows that go in as text.

    Attributes
    ----------
    laid_out
        Sheets with styles, sizes and print set-up, of every table its head and last row.
    rows
        By a sheet's place (from 1), the number of its last row and the rows before it as XML.
    """

    laid_out: Workbook
    rows: dict[int, tuple[int, bytes]] = dataclasses.field(default_factory=dict)


def new_workbook(title: str, creator: str) -> Book:
    """An empty workbook with its properties set."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title = title
    book.properties.creator = creator
    book.properties.lastModifiedBy = creator
    book.properties.language = "zh-CN"
    return Book(book)


def workbook_bytes(book: Book, when: dt.datetime) -> bytes:
    """The workbook as a file that is the same on every day."""
    buffer = io.BytesIO()
    book.laid_out.save(buffer)
    made = normalise_ooxml(buffer.getvalue(), when)
    return with_rows(made, book.rows, when) if book.rows else made


def add_sheet(
    book: Book,
    name: str,
    fields: Sequence[Field],
    rows: Sequence[Sequence[Value]],
    layout: Layout,
) -> Worksheet:
    """Add a table on a sheet of its own, ready to filter, freeze and print."""
    from openpyxl.utils import get_column_letter

    sheet: Worksheet = book.laid_out.create_sheet(name)
    head = _write_lines(sheet, layout, len(fields))
    _write_head(sheet, head, fields)
    widths = [_width(field, [row[at] for row in rows]) for at, field in enumerate(fields)]
    _set_widths(sheet, widths)
    if rows:
        last = head + len(rows)
        heights = [_height(row, widths) for row in rows]
        styles = _Styles(sheet, fields, last)
        between = rows_xml(rows[:-1], head + 1, heights[:-1], styles)
        book.rows[len(book.laid_out.worksheets)] = last, between
        _write_row(sheet, last, rows[-1], styles)
        sheet.row_dimensions[last].height = heights[-1]
    _filter(sheet, head, len(fields), len(rows), layout.table)
    _write_after(sheet, head + len(rows) + 2, layout.after, len(fields))
    _set_print(sheet, head, layout)
    sheet.freeze_panes = f"{get_column_letter(layout.frozen + 1)}{head + 1}"
    return sheet


def put(cell: Any, value: Value) -> None:
    """Put a value into a cell; text stays text whatever it looks like."""
    if isinstance(value, str):
        cell.value = clean(value)
        cell.data_type = "s"
        if value.startswith(_RISKY):
            cell.quotePrefix = True
    elif isinstance(value, float) and not math.isfinite(value):
        cell.value = None
    else:
        cell.value = value


@lru_cache(maxsize=20_000)
def display_width(text: str) -> int:
    """Width in columns, where a Chinese character takes two.

    >>> display_width("电工 A")
    6
    """
    longest = 0
    for line in text.split("\n"):
        wide = sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line)
        longest = max(longest, wide)
    return longest


def _write_lines(sheet: Worksheet, layout: Layout, width: int) -> int:
    """Title and the lines under it; returns the row of the table's head."""
    from openpyxl.styles import Alignment, Font

    row = 1
    if layout.title:
        put(sheet.cell(row, 1), layout.title)
        sheet.cell(row, 1).font = Font(name=FONT, size=16, bold=True)
        sheet.cell(row, 1).alignment = Alignment(
            horizontal="center", vertical="center", wrap_text=True
        )
        _span(sheet, row, width)
        sheet.row_dimensions[row].height = 34
        row += 1
    for line in layout.under:
        put(sheet.cell(row, 1), line)
        sheet.cell(row, 1).font = Font(name=FONT, size=10, color="555555")
        sheet.cell(row, 1).alignment = Alignment(vertical="center", wrap_text=True)
        _span(sheet, row, width)
        sheet.row_dimensions[row].height = 20
        row += 1
    return row


def _span(sheet: Worksheet, row: int, width: int) -> None:
    """Let a line run over the whole table; a merge of one cell is a fault to Excel."""
    if width > 1:
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)


def _write_head(sheet: Worksheet, row: int, fields: Sequence[Field]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for at, field in enumerate(fields, start=1):
        cell = sheet.cell(row, at)
        put(cell, field.heading)
        cell.font = Font(name=FONT, size=10, bold=True)
        cell.fill = PatternFill("solid", start_color=HEAD_FILL)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = _border()
    sheet.row_dimensions[row].height = 32


class _Styles:
    """Numbers of the styles of a table's cells, each set up once, when it is first needed.

    To set fonts and borders cell by cell takes openpyxl ten times as long. Text that begins like a
    formula has a style of its own, with Excel's quote mark.
    """

    def __init__(self, sheet: Worksheet, fields: Sequence[Field], row: int) -> None:
        self._sheet, self._fields, self._row = sheet, fields, row
        self._found: dict[tuple[int, bool, bool], tuple[int, StyleArray]] = {}

    def __call__(self, column: int, value: Value) -> int:
        return self.of(column, value)[0]

    def of(self, column: int, value: Value) -> tuple[int, StyleArray]:
        """The number and openpyxl's own form of it."""
        risky = isinstance(value, str) and value.startswith(_RISKY)
        key = column, isinstance(value, str), risky
        if key not in self._found:
            self._found[key] = self._set(*key)
        return self._found[key]

    def _set(self, column: int, words: bool, risky: bool) -> tuple[int, StyleArray]:
        from openpyxl.styles import Alignment, Font

        field, cell = self._fields[column], cast("Any", self._sheet.cell(self._row, column + 1))
        cell.font, cell.border = Font(name=FONT, size=10), _border()
        cell.alignment = Alignment(horizontal=field.align, vertical="center", wrap_text=True)
        cell.number_format = "General" if words else field.style
        cell.quotePrefix = risky
        number, style = cell.style_id, cell._style
        cell._style = copy(style)  # the numbered one must not change with the cell
        return number, style


def _write_row(sheet: Worksheet, row: int, values: Sequence[Value], styles: _Styles) -> None:
    for at, value in enumerate(values):
        cell: Any = sheet.cell(row, at + 1)
        cell._style = styles.of(at, value)[1]
        put(cell, value)


def _border() -> Border:
    from openpyxl.styles import Border, Side

    thin = Side(style="thin", color="A6A6A6")
    return Border(left=thin, right=thin, top=thin, bottom=thin)


def _width(field: Field, values: Sequence[Value]) -> float:
    if field.width is not None:
        return field.width
    texts = [str(value) for value in values if isinstance(value, str | int)]
    longest = max((display_width(text) for text in texts), default=0)
    head = display_width(field.heading) / (2 if len(field.heading) > 6 else 1)
    return min(max(longest * 1.1 + 2, head + 3, _NARROWEST), _WIDEST)


def _set_widths(sheet: Worksheet, widths: Sequence[float]) -> None:
    from openpyxl.utils import get_column_letter

    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width


def _height(row: Sequence[Value], widths: Sequence[float]) -> float:
    """A row's height for its wrapped text (not every program fits it itself)."""
    texts = zip(row, widths, strict=True)
    lines = max((lines_of(text, w) for text, w in texts if isinstance(text, str)), default=1)
    return min(_LINE * lines + 5, _TALLEST)


@lru_cache(maxsize=20_000)
def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of a width in characters.

    >>> lines_of("失业人员、退役军人", 10)
    2
    """
    return sum(max(1, math.ceil(display_width(part) / (width - 1))) for part in text.split("\n"))


def _filter(sheet: Worksheet, head: int, width: int, length: int, table: str) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.table import Table, TableStyleInfo

    where = f"A{head}:{get_column_letter(width)}{head + length}"
    if table and length:
        found = Table(displayName=table, ref=where)
        found.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
        sheet.add_table(found)
    elif length:
        sheet.auto_filter.ref = where


def _write_after(sheet: Worksheet, row: int, lines: Sequence[str], width: int) -> None:
    from openpyxl.styles import Alignment, Font

    for down, line in enumerate(lines, start=row):
        cell = sheet.cell(down, 1)
        put(cell, line)
        cell.font = Font(name=FONT, size=10)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        _span(sheet, down, width)


def _set_print(sheet: Worksheet, head: int, layout: Layout) -> None:
    from openpyxl.utils import get_column_letter

    setup = sheet.page_setup
    setup.paperSize = _A4 if layout.pages_wide == 1 else _A3
    setup.orientation = "landscape" if layout.landscape else "portrait"
    setup.fitToWidth, setup.fitToHeight = layout.pages_wide, 0
    if layout.pages_wide > 1 and layout.frozen:
        sheet.print_title_cols = f"A:{get_column_letter(layout.frozen)}"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.print_title_rows = f"{head}:{head}"
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"  # type: ignore[union-attr]
    if layout.header:
        sheet.oddHeader.right.text = layout.header  # type: ignore[union-attr]
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top = margins.bottom = 0.7
    sheet.print_options.horizontalCentered = True
