"""Tables as cells of a workbook: headings of one to three rows, merged areas, what is around."""

from __future__ import annotations

import io
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from openpyxl import Workbook

from office_truth import Choices, Record


@dataclass(frozen=True)
class Column:
    """One column: what its cells are found under, and its headings from the top down."""

    key: Hashable
    path: tuple[str, ...]


@dataclass(eq=False)
class Line:
    """One row below the headings: ``data, total, section, blank`` or ``head``."""

    what: str
    cells: dict[Hashable, object] = field(default_factory=dict)
    records: Sequence[Record] = ()
    text: str = ""
    hidden: bool = False


@dataclass(eq=False)
class Table:
    """Columns and lines; `spans` are merged cells: (key, first line, last line)."""

    columns: list[Column]
    lines: list[Line]
    spans: list[tuple[Hashable, int, int]] = field(default_factory=list)


class Canvas:
    """A sheet while it is filled: cells, merged areas, and in which rows a record stands."""

    def __init__(self, name: str = "Sheet1") -> None:
        self.name = name
        self.cells: dict[tuple[int, int], object] = {}
        self.merged: list[tuple[int, int, int, int]] = []
        self.hidden: set[int] = set()
        self.rows_of: dict[int, set[int]] = {}

    def put(self, row: int, column: int, value: object) -> None:
        """Write a cell; rows and columns count from 1."""
        if value not in (None, ""):
            self.cells[row, column] = value

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Merge an area of more than one cell."""
        if (top, left) != (bottom, right):
            self.merged.append((top, left, bottom, right))

    def note(self, record: Record, row: int) -> None:
        """Remember where a record stands."""
        self.rows_of.setdefault(id(record), set()).add(row)

    def show(self) -> str:
        """The sheet as text, for who reads of a failure."""
        rows = max((row for row, _ in self.cells), default=0)
        width = max((column for _, column in self.cells), default=0)
        lines = [
            "|".join(str(self.cells.get((row, at), "")) for at in range(1, width + 1))
            for row in range(1, rows + 1)
        ]
        return "\n".join(f"{n:>3} {line}" for n, line in enumerate(lines, 1))


def workbook(canvases: Sequence[Canvas]) -> bytes:
    """The sheets as an xlsx file."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for canvas in canvases:
        sheet = book.create_sheet(canvas.name)
        for (row, column), value in canvas.cells.items():
            sheet.cell(row, column, value)
        for top, left, bottom, right in canvas.merged:
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        for row in canvas.hidden:
            sheet.row_dimensions[row].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def paint(table: Table, canvas: Canvas, top: int, left: int, how: Choices) -> int:
    """Draw a table; the row below its last one."""
    row = _head(table.columns, canvas, top, left, how)
    at = {column.key: left + n for n, column in enumerate(table.columns)}
    places: list[int] = []
    for line in table.lines:
        places.append(row)
        if line.what == "head":
            row = _head(table.columns, canvas, row, left, how)
            continue
        if line.what == "section":
            canvas.put(row, left, line.text)
            if how.pick("section_merged", (True, False)):
                canvas.merge(row, left, row, left + len(table.columns) - 1)
        for key, value in line.cells.items():
            if key in at:
                canvas.put(row, at[key], value)
        for record in line.records:
            canvas.note(record, row)
        if line.hidden:
            canvas.hidden.add(row)
        row += 1
    for key, first, last in table.spans:
        if key in at:
            canvas.merge(places[first], at[key], places[last], at[key])
    return row


def _head(columns: Sequence[Column], canvas: Canvas, top: int, left: int, how: Choices) -> int:
    depth = max(len(column.path) for column in columns)
    merged = how.pick("head_merged", (True, False), 0.2)
    for n, column in enumerate(columns):
        for level, text in enumerate(column.path):
            same = n and columns[n - 1].path[: level + 1] == column.path[: level + 1]
            if level < len(column.path) - 1 and same:
                continue  # a group is written above its first column
            canvas.put(top + level, left + n, text)
            end = n
            while (
                level < len(column.path) - 1
                and end + 1 < len(columns)
                and columns[end + 1].path[: level + 1] == column.path[: level + 1]
            ):
                end += 1
            if merged and end > n:
                canvas.merge(top + level, left + n, top + level, left + end)
        if merged and len(column.path) < depth:
            canvas.merge(top + len(column.path) - 1, left + n, top + depth - 1, left + n)
    row = top + depth
    if how.some("numbering_row", 0.08):
        signs = "甲乙丙丁戊"
        texts = how.pick("numbering_signs", ("digits", "signs"))
        for n in range(len(columns)):
            sign = signs[n] if texts == "signs" and n < 2 else n + 1
            canvas.put(row, left + n, sign)
        row += 1
    return row


@dataclass(frozen=True)
class Around:
    """What stands above and below: titles by office and kind."""

    titles: tuple[str, ...]
    corner: str = ""


def titled(canvas: Canvas, around: Around, width: int, left: int, how: Choices) -> int:
    """Write what stands above a table; the row where the table starts."""
    row = 1
    if how.some("annex", 0.15):
        canvas.put(row, left, "附件2")
        row += 1
    title = how.pick("title_row", around.titles, 0.6)
    if title:
        canvas.put(row, left, title)
        if how.pick("title_merged", (True, False), 0.3):
            canvas.merge(row, left, row, left + width - 1)
        row += 1
    sender = how.pick("sender", ("", "line", "cells", "spread"), 0.4)
    office = how.pick("office", ("海沧区人社局", "火炬高新区管委会", "市机械行业协会"))
    if sender == "line":
        canvas.put(row, left, f"报送单位：{office}    报送日期：2026年3月18日")
    elif sender == "cells":
        canvas.put(row, left, "报送单位：")
        canvas.put(row, left + 1, office)
        canvas.put(row, left + max(2, width - 1), "2026年3月18日")
    elif sender == "spread":
        canvas.put(row, left, f"填报单位：{office}")
        canvas.put(row, left + max(1, width - 2), "填报日期：2026-03-18")
    row += bool(sender)
    if how.some("instruction", 0.15):
        canvas.put(
            row, left, "填表说明：请各单位如实填写，人数填整数，岗位名称按职业分类大典填写。"
        )
        row += 1
    if around.corner and how.some("corner", 0.25):
        canvas.put(row, left + width - 1, around.corner)
        row += 1
    return row + how.pick("blank_above", (0, 1), 0.15)


def tail(canvas: Canvas, row: int, left: int, width: int, how: Choices) -> None:
    """Write what stands below a table."""
    row += how.pick("blank_below", (0, 1), 0.3)
    notes = (
        "",
        "注：缺工人数为填报当日尚未招到的人数。",
        "备注：数据截至2026年3月15日",
        "数据来源：公共就业服务信息系统",
        "说明：1.本表由各区汇总后报送；2.如有疑问请与市就业中心联系。",
        "以上数据仅供参考",
    )
    note = how.pick("note", notes, 0.35)
    canvas.put(row, left, note)
    row += bool(note)
    signed = how.pick("signed", ("", "one", "cells", "pairs"), 0.35)
    if signed == "one":
        canvas.put(row, left, "填表人：王小明    审核人：李大为    联系电话：0592-5550123")
    elif signed == "cells":
        for n, text in enumerate(("填表人：王小明", "审核人：李大为", "2026年3月18日")):
            canvas.put(row, left + 2 * n, text)
    elif signed == "pairs":
        for n, text in enumerate(
            ("单位负责人", "张三", "填表人", "王小明", "填表日期", "2026年3月18日")
        ):
            canvas.put(row, left + n, text)
