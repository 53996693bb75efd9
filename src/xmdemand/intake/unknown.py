"""Sheets without known headings: whether they are tables at all, and what they could be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from xmdemand.intake.columns import KINDS
from xmdemand.intake.headings import COUNTS, Guess, heading_key, likest, meaning
from xmdemand.intake.headrows import NUMBER
from xmdemand.intake.sources import Grid
from xmdemand.intake.text import words_of
from xmdemand.intake.trying import HEAD_ROWS

META = frozenset(
    [
        "序号",
        "编号",
        "来源",
        "来源详情",
        "来自ip",
        "来源ip",
        "ip地址",
        "答卷id",
        "开始时间",
        "交卷时间",
        "耗时(秒)",
        "耗时",
        "机构编码",
        "内部职业码",
        "订单人数",
        "累计流失",
        "ip",
        "总分",
        "所用时间",
        "提交答卷时间",
        "用户id",
        "填写时间",
    ]
)
"""Headings of numbering and of questionnaire sites that mean no column of ours."""


def holds_numbers(grid: Grid) -> bool:
    """Whether a sheet is a table of numbers rather than a text: names beside numbers, twice."""
    if _GUIDE.search(grid.sheet):
        return False
    rows = grid.rows[:HEAD_ROWS]
    for row in rows:
        labels = [text for cell in row if isinstance(cell, str) and (text := words_of(cell))]
        if len(labels) > 1 and any(_tells(kind, labels) for kind in KINDS):
            return True
    sides = [words_of(row[0]) for row in rows if row and isinstance(row[0], str)]
    if any(_tells(kind, [text for text in sides if text]) for kind in ("employers", "workers")):
        return True
    return sum(_has_number(row) and _has_text(row) for row in rows) > 1


_TELLING: Mapping[str, frozenset[str]] = {
    name: frozenset(kind.marks).union(
        column.name for column in kind.columns if column.required or column.kind in COUNTS
    )
    for name, kind in KINDS.items()
}
"""Columns of which a table of a kind has one at least."""
_GUIDE = re.compile(r"说明|指南|须知|封面|目录|字典|解释")


def _tells(kind: str, labels: Sequence[str]) -> bool:
    """Whether two texts are headings of one kind, and one of them such as tells the kind."""
    found = (meaning(kind, label) for label in labels if len(label) <= 20)
    names = {column[0].name for column in found if column}
    return len(names) > 1 and not names.isdisjoint(_TELLING[kind])


def _has_number(row: Sequence[object]) -> bool:
    return any(
        (isinstance(cell, (int, float)) and not isinstance(cell, bool))
        or (isinstance(cell, str) and NUMBER.fullmatch(words_of(cell)) is not None)
        for cell in row[1:]
    )


def _has_text(row: Sequence[object]) -> bool:
    texts = (words_of(cell) for cell in row if isinstance(cell, str))
    return any(text and len(text) <= 20 and not NUMBER.fullmatch(text) for text in texts)


def propose_kind(grid: Grid) -> list[tuple[str, Guess]]:
    """For a sheet without known headings: which kind its likest row could be, column by column.

    Nothing is proposed unless at least two headings of one row resemble columns of one kind.
    """
    best: list[tuple[str, Guess]] = []
    for row in grid.rows[:HEAD_ROWS]:
        labels = [text for cell in row if isinstance(cell, str) and (text := words_of(cell))]
        labels = [label for label in labels if len(label) <= 20 and heading_key(label) not in META]
        if len(labels) < 3:
            continue
        for kind in KINDS:
            used: set[str] = set()
            guesses: list[tuple[str, Guess]] = []
            for label in labels:
                guess = likest(kind, label, used)
                if guess is not None:
                    used.add(guess.column)
                    guesses.append((kind, guess))
            telling = {guess.column for _, guess in guesses}
            if not telling & _TELLING[kind]:
                continue  # a time and a place make no table of ours
            if len(guesses) >= 2 and sum(g.score for _, g in guesses) > sum(
                g.score for _, g in best
            ):
                best = guesses
    return best
