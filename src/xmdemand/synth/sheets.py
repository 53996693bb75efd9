"""Plain sheets and how they become xlsx and csv files, the same bytes on any day."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xmdemand.ooxml import normalise_ooxml

LABEL = "示例数据，非真实统计"
"""Stands in every file that is made here."""

Cell = str | int | float | dt.date | None
Row = Sequence[Cell]


@dataclass(frozen=True)
class Sheet:
    """What one sheet holds: rows above the head, the head (one or two rows), data, a tail.

    `merges` are cell ranges such as ``A1:H1``; they concern xlsx only.
    """

    name: str
    above: Sequence[Row]
    head: Sequence[Row]
    rows: Sequence[Row]
    tail: Sequence[Row] = ()
    merges: Sequence[str] = ()

    @property
    def every(self) -> list[Row]:
        """All rows from top to bottom."""
        return [*self.above, *self.head, *self.rows, *self.tail]


def titled(text: str) -> str:
    """A title that says the data are made up.

    >>> titled("用工需求调查表")
    '用工需求调查表（示例数据，非真实统计）'
    """
    return f"{text}（{LABEL}）"


def write_xlsx(path: Path, sheets: Sequence[Sheet], when: dt.date) -> Path:
    """Write sheets as a workbook stamped `when`."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    book.properties.title = LABEL
    book.properties.creator = "xmdemand"
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        for at in range(1, max(map(len, sheet.every), default=0) + 1):
            page.column_dimensions[get_column_letter(at)].width = 14
        for row in sheet.every:
            page.append(list(row))
        for area in sheet.merges:
            page.merged_cells.add(area)
    stream = io.BytesIO()
    book.save(stream)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(normalise_ooxml(stream.getvalue(), when))
    return path


def write_csv(path: Path, sheet: Sheet, encoding: str) -> Path:
    """Write one sheet as comma-separated text, dates as 2026-03-15."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_csv(sheet, encoding))
    return path


def as_csv(sheet: Sheet, encoding: str) -> bytes:
    """One sheet as comma-separated text."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(
        ["" if cell is None else cell for cell in row] for row in sheet.every
    )
    return stream.getvalue().encode(encoding)
