"""How the workbooks of this room look: fonts, fills, widths, print set-up, text that stays text."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

INK, PALE, WARM, LINE = "1F3864", "DCE6F1", "FFF2CC", "BFBFBF"
TITLE = Font(name="微软雅黑", size=16, bold=True, color=INK)
HEAD = Font(name="微软雅黑", size=10.5, bold=True, color=INK)
BODY = Font(name="微软雅黑", size=10.5)
HINT = Font(name="微软雅黑", size=9.5, color="7F7F7F")
HEAD_FILL = PatternFill("solid", fgColor=PALE)
MUST_FILL = PatternFill("solid", fgColor=WARM)
_SIDE = Side(style="thin", color=LINE)
THIN = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
WRAP = Alignment(wrap_text=True, vertical="center")
CENTRE = Alignment(wrap_text=True, horizontal="center", vertical="center")
UNLOCKED = Protection(locked=False)
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def display_width(text: str) -> float:
    """Cells a text takes, a Chinese character counting two.

    >>> display_width("岗位A")
    5
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def put(cell: Any, value: object) -> None:
    """Write a value; text that looks like a formula stays text."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        if value.startswith(_RISKY):
            cell.quotePrefix = True


def first_sheet(book: Workbook, title: str) -> Worksheet:
    """The sheet a new workbook starts with, named."""
    sheet = book.worksheets[0]
    sheet.title = title
    return sheet


def set_widths(sheet: Worksheet, widths: Sequence[float]) -> None:
    """Column widths in cells."""
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width


def write_row(sheet: Worksheet, row: int, values: Sequence[object], *, head: bool = False) -> None:
    """Write one row of a table with its rules."""
    for place, value in enumerate(values, 1):
        cell = sheet.cell(row, place)
        put(cell, value)
        cell.font = HEAD if head else BODY
        cell.border = THIN
        cell.alignment = CENTRE if head or isinstance(value, (int, float)) else WRAP
        if isinstance(value, int):
            cell.number_format = "#,##0"
        if head:
            cell.fill = HEAD_FILL


def fit_heights(sheet: Worksheet, first: int, widths: Sequence[float]) -> None:
    """Row heights that show every wrapped line; office programs do not grow rows by themselves."""
    for row in sheet.iter_rows(min_row=first):
        lines = max(
            -(-int(display_width(str(cell.value or ""))) // max(1, int(width) - 1))
            for cell, width in zip(row, widths, strict=False)
        )
        sheet.row_dimensions[row[0].row or first].height = 17.0 * max(1, lines)


def print_setup(
    sheet: Worksheet, *, head_row: int, landscape: bool = True, wide: bool = False
) -> None:
    """A4 (A3 for wide tables), one page wide, heading repeated, page numbers below."""
    sheet.page_setup.paperSize = 8 if wide else 9
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if head_row:
        sheet.print_title_rows = f"{head_row}:{head_row}"
    sheet.oddFooter = HeaderFooterItem(center=_HeaderFooterPart("第 &P 页，共 &N 页"))
    sheet.page_margins.left = sheet.page_margins.right = 0.5
