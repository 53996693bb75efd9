"""Forms that set headings beside their answers instead of above them: read as a table turned over.

``企业名称 | 甲公司 | 所属区 | 思明`` in one row, ``缺工岗位 | 焊工 | 电工`` in another: a heading,
and to its right one answer or one for every post.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from xmdemand.intake.amounts import parse_count, parse_wage
from xmdemand.intake.columns import KINDS
from xmdemand.intake.facts import firm_in_title, is_office
from xmdemand.intake.headings import meaning
from xmdemand.intake.sources import Cell, Grid
from xmdemand.intake.text import words_of

_UNITS = frozenset(["人", "人次", "万人", "元", "万元", "个", "名", "户"])
_ROWS = 60
"""A form is no longer than this."""
_LEAST = 4
"""Headings a form has at least."""
_OF_ONE = frozenset(
    ["firm", "firm_name", "district", "industry", "size_class", "employees", "submitted"]
)
"""Columns whose one answer holds for all posts."""

_Line = tuple[int, str, dict[int, Cell]]


def turned(grid: Grid) -> Grid | None:
    """A form as a table: headings in the first row, a row a post; None if it is no form.

    Parameters
    ----------
    grid
        A sheet in which no row of headings was found.
    """
    if len(grid.rows) > _ROWS or _explains(grid):
        return None
    if sum(_tells_nothing(row) for row in grid.rows) > 1:
        return None  # rows of a list whose headings are not known
    for kind in ("employers", "workers"):
        lines = list(_lines(grid, kind))
        names = {_name(kind, label) for _, label, _ in lines}
        firm = firm_in_title(grid.rows) if kind == "employers" and "firm_name" not in names else ""
        if firm:
            lines = [(0, "单位名称", {0: firm}), *lines]
            names |= {"firm_name"}
        needed = {"title", "firm_name"} if kind == "employers" else {"title", "age"}
        marked = kind == "workers" or bool(names & set(KINDS[kind].marks))
        apart = kind == "employers" and len({place for place, *_ in lines}) == len(lines)
        if len(names) >= _LEAST - apart and needed <= names and marked:
            if _heads_rows(grid, kind, lines):
                return None
            return _table(grid, kind, lines)
    return None


def _tells_nothing(row: Sequence[Cell]) -> bool:
    """Whether several cells of a row are filled and none is a heading of a return or a person."""
    texts = [text for cell in row if (text := words_of(cell))]
    labels = [text.partition(":")[0] for text in texts]
    labels += [text for text in texts if ":" in text]
    return len(texts) > 2 and not any(
        _name(kind, label)
        for label in labels
        if len(label) <= 25
        for kind in ("employers", "workers")
    )


def _explains(grid: Grid) -> bool:
    """Whether a sheet tells how to fill in another one."""
    if _GUIDE.search(grid.sheet):
        return True
    return any(sum(words_of(cell) in _GUIDE_HEADS for cell in row) > 1 for row in grid.rows)


_GUIDE = re.compile(r"说明|指南|须知|字典|指标解释|示例")
_GUIDE_HEADS = frozenset(
    [
        "栏目",
        "字段",
        "列名",
        "必填",
        "是否必填",
        "填写要求",
        "填写说明",
        "填报说明",
        "说明",
        "示例",
        "举例",
    ]
)


def _name(kind: str, label: str) -> str:
    found = meaning(kind, label) or meaning(kind, _PLACE_OF_POST.sub(r"\1", label))
    return found[0].name if found else ""


_PLACE_OF_POST = re.compile(r"(岗位|工种|职位)[1-9一二三四五六七八九]")
"""``岗位1缺工人数``: of the first post."""


def _lines(grid: Grid, kind: str) -> Sequence[_Line]:
    """Every heading with what stands to its right, by column, up to the next heading."""
    found: list[_Line] = []
    for place, row in enumerate(grid.rows):
        answers: dict[int, Cell] | None = None
        for column, cell in enumerate(row):
            text = words_of(cell)
            label, _, rest = text.partition(":")
            if not _name(kind, label) and len(text) <= 25 and _name(kind, text):
                label, rest = text, ""  # ``其中：空缺超过3个月``
            if isinstance(cell, str) and len(label) <= 25 and (name := _name(kind, label)):
                if label == "单位" and rest.strip() in _UNITS:
                    continue
                if name == "firm_name" and _sends(row, column, rest):
                    answers = None  # the office the form goes to is not the firm it is of
                    continue
                answers = {column: rest.strip()} if rest.strip() else {}
                found.append((place, label, answers))
            elif answers is not None and text:
                answers[column] = cell
    return found


def _sends(row: Sequence[Cell], column: int, rest: str) -> bool:
    """Whether what stands behind a label of a firm's name, or beside it, is an office."""
    beside = (text for cell in row[column + 1 :] if (text := words_of(cell)))
    named = (rest.strip() or next(beside, "")).partition(" ")[0]
    return is_office(named)


def _table(grid: Grid, kind: str, lines: Sequence[_Line]) -> Grid | None:
    """One row a post: several answers to a heading, or a heading that comes again, are posts."""
    shared: dict[str, Cell] = {}
    blocks: list[dict[str, dict[int, Cell]]] = [{}]
    labels: dict[str, str] = {}
    starts = [0]
    for place, label, answers in lines:
        name = _name(kind, label)
        known = meaning(kind, label) is not None
        labels.setdefault(name, label if known else KINDS[kind].column(name).header)
        if name in _OF_ONE or kind == "workers":
            shared.setdefault(name, next(iter(answers.values()), None))
            continue
        if name == "title":
            if name in blocks[-1]:
                blocks.append({})
                starts.append(place)
            starts[-1] = place
        if name in blocks[-1]:
            return None  # which post it belongs to is not known
        blocks[-1][name] = answers
    records: list[dict[str, Cell]] = []
    numbers: list[int] = []
    for start, block in zip(starts, blocks, strict=True):
        own = _records(block)
        records += [{**shared, **record} for record in own]
        numbers += [grid.offset + start + 1] * len(own)
    rows: list[list[Cell]] = [list(labels.values())]
    rows += [[record.get(name) for name in labels] for record in records]
    return replace(grid, rows=rows, merged=(), offset=0, lines=tuple(numbers))


def _heads_rows(grid: Grid, kind: str, lines: Sequence[_Line]) -> bool:
    """Whether a post's heading stands above rows of posts: those a form's lines would leave out.

    Below it stands a text that is no heading, and beside that a number of people or pay.
    """
    read = {place for place, *_ in lines}
    for place, label, _ in lines:
        if _name(kind, label) != "title" or place + 1 in read or place + 1 >= len(grid.rows):
            continue
        head, row = grid.rows[place], grid.rows[place + 1]
        at = next(at for at, cell in enumerate(head) if words_of(cell).startswith(label))
        beside = [cell for cell in row[at + 1 :] if words_of(cell)]
        numbers = any(
            parse_count(cell).kind != "missing" or parse_wage(cell).kind != "missing"
            for cell in beside
        )
        if at < len(row) and words_of(row[at]) and numbers:
            return True
    return False


def _records(block: dict[str, dict[int, Cell]]) -> list[dict[str, Cell]]:
    """The posts of a block: one for every column in which a title stands."""
    columns = list(block.get("title", {}))
    if len(columns) < 2:
        return [{name: next(iter(answers.values()), None) for name, answers in block.items()}]
    return [{name: answers.get(at) for name, answers in block.items()} for at in columns]
