"""Which rows below the headings are data: blanks, repeated heads, totals and tails are not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xmdemand.intake.layout import Layout, heading_key
from xmdemand.intake.sources import Grid
from xmdemand.intake.text import bare, words_of

Row = list[object]

TOTALS = frozenset(
    [
        "合计",
        "总计",
        "小计",
        "共计",
        "全市合计",
        "全区合计",
        "全市",
        "累计",
        "本页合计",
        "本页小计",
        "总数",
    ]
)
_OF_WHICH = re.compile(r"^其中[:：]?")
_TAIL = re.compile(
    r"^(?:填表人|填报人|制表人|制表|审核人|审核|单位负责人|负责人|联系人|填报单位|填报日期|填表说明|填表日期|"
    r"注[:：\d(（]|注释|备注[:：]|说明[:：\d]|附注|续表|(?:\d[.、])?本表)"
)
_CONTINUED = re.compile(r"^[(（]?(?:续表|接上页|转下页)")
_EXAMPLE = re.compile(r"^(?:示例|样例|例[:：]|填写示例|例如)")


@dataclass(frozen=True, slots=True)
class Body:
    """The data rows of a sheet.

    Attributes
    ----------
    numbers
        Row numbers as a person counts.
    rows
        Their cells.
    totals
        Rows that only add others up, with their numbers, for the check against the sum.
    skipped
        How many rows were no data, by reason: ``repeated_head, total, tail, example``.
    """

    numbers: list[int]
    rows: list[Row]
    totals: list[tuple[int, Row]]
    skipped: dict[str, int]


def data_rows(grid: Grid, layout: Layout) -> Body:
    """Split the rows below the headings into data and the rest."""
    judge = _Judge(layout)
    body = Body([], [], [], {})
    for number, row in enumerate(grid.rows[layout.first :], layout.first + 1):
        reason = judge(row)
        if reason is None:
            body.numbers.append(number)
            body.rows.append(row)
        elif reason != "blank":
            body.skipped[reason] = body.skipped.get(reason, 0) + 1
            if reason == "total":
                body.totals.append((number, row))
    return body


_TEXT_KINDS = frozenset(
    ["text", "title", "titles", "district", "firm_id", "month", "choice", "ignored", "group"]
)


class _Judge:
    """Tells a row's reason for being no data; every distinct text is looked at once."""

    def __init__(self, layout: Layout) -> None:
        self._width = len(layout.labels)
        self._heads = {heading_key(label) for label in layout.labels if label}
        self._texts = [p for p, column in layout.columns.items() if column.kind in _TEXT_KINDS]
        self._seen: dict[str, str] = {}

    def __call__(self, row: Row) -> str | None:
        first = next((cell for cell in row if cell is not None and cell != ""), None)
        if first is None:
            return "blank"
        if not isinstance(first, str):
            first = next((c for c in row[: self._width] if isinstance(c, str) and c), "")
        says = self._says(first)
        if says == "blank" and not any(words_of(cell) for cell in row):
            return "blank"
        if says in ("total", "example", "continued"):
            return "repeated_head" if says == "continued" else says
        if says == "tail":
            filled = sum(cell is not None and cell != "" for cell in row)
            if filled <= max(2, self._width // 3):
                return "tail"
        if says == "head" and _repeats_head(row, self._heads):
            return "repeated_head"
        for place in self._texts:
            if place < len(row):
                cell = row[place]
                if isinstance(cell, str) and cell and self._says(cell) == "total":
                    return "total" if bare(cell) != "全市" else None
        return None

    def _says(self, cell: str) -> str:
        """What a text means at the start of a row: ``total, tail, head`` ... or ``data``."""
        known = self._seen.get(cell)
        if known is None:
            known = self._seen[cell] = self._look(cell)
        return known

    def _look(self, cell: str) -> str:
        start = bare(cell)
        if not start:
            return "blank"
        if _CONTINUED.match(start):
            return "continued"
        if start in TOTALS or _OF_WHICH.match(start):
            return "total"
        if _TAIL.match(start):
            return "tail"
        if _EXAMPLE.match(start):
            return "example"
        return "head" if heading_key(cell) in self._heads else "data"


def _repeats_head(row: Row, heads: set[str]) -> bool:
    cells = [cell for cell in row if isinstance(cell, str) and cell.strip()]
    return sum(heading_key(cell) in heads for cell in cells) * 2 > len(cells)
