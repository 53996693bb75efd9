"""Exports of questionnaire sites in numbers, whose file holds a sheet that says what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from xmdemand.intake.columnar import ColumnRows
from xmdemand.intake.headings import heading_key
from xmdemand.intake.parsed import EMPTY, SKIP_NUMBERS
from xmdemand.intake.sources import Cell, Grid, Unread
from xmdemand.intake.text import bare, words_of

Book = Mapping[str, Mapping[str, str]]
"""Question, as `heading_key` writes it or by its number -> code -> what it means."""

_QUESTION = re.compile(r"题目|问题|题干|变量|变量名|字段|字段名|题目内容")
_NUMBER = re.compile(r"题号|问题编号|题目编号|题目序号")
_CODE = re.compile(r"编码|代码|值|取值|选项编号|选项编码|选项代码|选项值|选项序号|数值")
_MEANING = re.compile(r"选项|选项内容|选项文本|选项名称|含义|标签|释义|说明|内容|文本")
_OF_SITE = frozenset(["提交答卷时间", "来自ip", "所用时间", "答题编号", "结束答题时间", "填写时间"])
_OPENING = re.compile(r"^q?(\d{1,3})\s?[、.:：．]", re.IGNORECASE)


def spelt_out(found: Iterable[Grid | Unread]) -> Iterator[Grid | Unread]:
    """The sheets of a file, coded answers replaced by what a sheet of codes says they mean.

    Only exports of questionnaire sites wait for the other sheets; all others pass at once.
    """
    waiting: list[Grid] = []
    book: dict[str, dict[str, str]] = {}
    for item in found:
        if isinstance(item, Grid) and _is_export(item):
            waiting.append(item)
            continue
        if isinstance(item, Grid):
            book.update(book_of(item))
        yield item
    for grid in waiting:
        yield decoded(grid, book) if book else grid


def _is_export(grid: Grid) -> bool:
    if isinstance(grid.rows, ColumnRows) or not grid.rows:
        return False
    return any(heading_key(words_of(cell)) in _OF_SITE for cell in grid.rows[0])


def book_of(grid: Grid) -> dict[str, dict[str, str]]:
    """What a sheet of codes says; nothing if it is none.

    >>> rows = [["题号", "题目", "编码", "选项"], [2, "您居住在哪个区", 1, "思明区"]]
    >>> book_of(Grid("a.xlsx", "选项编码", rows, ""))
    {'居住在哪个区': {'1': '思明区'}, '2': {'1': '思明区'}}
    """
    if isinstance(grid.rows, ColumnRows):
        return {}
    for place, row in enumerate(grid.rows[:5]):
        labels = [heading_key(words_of(cell)) for cell in row]
        at = [_first(pattern, labels) for pattern in (_QUESTION, _NUMBER, _CODE, _MEANING)]
        question, number, code, meaning = at
        if code is None or meaning is None or (question is None and number is None):
            continue
        book: dict[str, dict[str, str]] = {}
        asked, numbered = "", ""
        for cells in grid.rows[place + 1 :]:
            texts = [words_of(cell) for cell in cells] + [""] * len(labels)
            if question is not None:
                asked = heading_key(texts[question]) or asked
            if number is not None:
                numbered = texts[number].strip("第题Qq.、") or numbered
            if texts[code] and texts[meaning]:
                for key in filter(None, (asked, numbered)):
                    book.setdefault(key, {})[texts[code]] = texts[meaning]
        return book
    return {}


def _first(pattern: re.Pattern[str], labels: list[str]) -> int | None:
    return next((at for at, label in enumerate(labels) if pattern.fullmatch(label)), None)


def decoded(grid: Grid, book: Book) -> Grid:
    """An export with its codes spelt out, in every column that holds nothing but codes."""
    rows = [list(row) for row in grid.rows]
    for at, cell in enumerate(rows[0]):
        label = words_of(cell)
        opening = _OPENING.match(label)
        codes = book.get(heading_key(label))
        if codes is None and opening and not label.endswith(")"):  # no option of the question
            codes = book.get(opening[1])
        if not codes:
            continue
        cells = [row[at] if at < len(row) else None for row in rows[1:]]
        if all(_silent(cell) or words_of(cell) in codes for cell in cells):
            for row in rows[1:]:
                if at < len(row):
                    row[at] = _meant(row[at], codes)
    return replace(grid, rows=rows)


def _silent(cell: Cell) -> bool:
    text = words_of(cell)
    return bare(text) in EMPTY or text in SKIP_NUMBERS


def _meant(cell: Cell, codes: Mapping[str, str]) -> Cell:
    return cell if _silent(cell) else codes[words_of(cell)]
