"""Which rows below the headings are data: blanks, repeated heads, totals and tails are not."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
    width = len(layout.labels)
    heads = {heading_key(label) for label in layout.labels if label}
    texts = [place for place, column in layout.columns.items() if column.kind in _TEXT_KINDS]
    body = Body([], [], [], {})
    for number, row in enumerate(grid.rows[layout.first :], layout.first + 1):
        if not any(cell is not None and cell != "" and cell == cell for cell in row):
            continue
        reason = _not_data(row, texts, heads, width)
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


def _not_data(row: Row, texts: Sequence[int], heads: set[str], width: int) -> str | None:
    first = next((cell for cell in row[:width] if isinstance(cell, str) and cell.strip()), "")
    start = bare(first) if first else ""
    filled = sum(cell is not None and cell != "" for cell in row)
    if start:
        if _CONTINUED.match(start):
            return "repeated_head"
        if start in TOTALS or _OF_WHICH.match(start):
            return "total"
        if _TAIL.match(start) and filled <= max(2, width // 3):
            return "tail"
        if _EXAMPLE.match(start):
            return "example"
        if heading_key(first) in heads and _repeats_head(row, heads):
            return "repeated_head"
        for place in texts:
            if place < len(row) and isinstance(row[place], str) and bare(str(row[place])) in _SUMS:
                return "total"
    return "blank" if not any(words_of(cell) for cell in row) else None


_SUMS = TOTALS - {"全市"}


def _repeats_head(row: Row, heads: set[str]) -> bool:
    cells = [cell for cell in row if isinstance(cell, str) and cell.strip()]
    return sum(heading_key(cell) in heads for cell in cells) * 2 > len(cells)
