"""The headings that a row can be: alone, or joined with the row below."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from xmdemand.intake.columns import KINDS
from xmdemand.intake.headings import VAGUE, heading_key, headings, meaning
from xmdemand.intake.sources import Rows
from xmdemand.intake.text import words_of

NUMBER = re.compile(r"(?!20\d\d[-.]?(?:0[1-9]|1[0-2])$)[\d.,%-]+")
"""A cell that is a number, and no month."""


def labels_at(
    rows: Rows, place: int, merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> list[tuple[int, tuple[str, ...]]]:
    """The headings at a row: alone, and joined with the row below."""
    row = [words_of(cell).replace("\n", "") for cell in rows[place]]
    found = [(1, tuple(row))]
    if place + 1 >= len(rows):
        return found
    below = [words_of(cell).replace("\n", "") for cell in rows[place + 1]]
    spans = _spans(merged, place)
    numbers = [] if _numbers_parts(below, spans) else below
    if not any(below) or any(NUMBER.fullmatch(cell) for cell in (*row, *numbers)):
        return found
    if any(map(_OF_THE_SHEET.match, row)):
        return found
    third = [words_of(cell) for cell in rows[place + 2]] if place + 2 < len(rows) else []
    if not spans and third and not any(map(NUMBER.fullmatch, third)):
        lower = _spans(merged, place + 1)
        if _is_continued(below, third, lower):
            return found  # the row below is the first of two heading rows
    joined, top, top_at = [], "", -1
    if any(map(NUMBER.fullmatch, third)):  # only a title above may be merged
        merged = [area for area in merged if area[0][0] <= place + 1 and area[1][0] >= place]
    for column in range(max(len(row), len(below))):
        here = row[column] if column < len(row) else ""
        under = below[column] if column < len(below) else ""
        if here:
            top, top_at = here, column
        spanned = here or (top if under and (not merged or (top_at, column) in spans) else "")
        joined.append(f"{spanned}/{under}" if spanned and under else spanned or under)
    spread = _spreading(row, below, spans)
    width = min(len(row), len(below))
    if any(row[at] and not below[at] for at in range(width)):  # of two rows, not of a list
        spread |= {at for at in range(width) if row[at] and row.count(row[at]) > 1}
    if any(
        _clash(*label.split("/", 1))
        for at, label in enumerate(joined)
        if label.count("/") == 1 and at not in spread
    ):
        return found
    two = (2, tuple(joined))
    if lowest := _third_row(joined, below, third, _spans(merged, place + 1)):
        return [(3, lowest)]
    return [two] if _is_continued(row, below, spans) else [*found, two]


def _third_row(
    joined: Sequence[str],
    below: Sequence[str],
    third: Sequence[str],
    spans: Mapping[tuple[int, int], bool],
) -> tuple[str, ...]:
    """The headings of three rows: below merged cells of the second one stand texts only."""
    parted = {at for _, at in spans} | {top for top, _ in spans}
    under = {at for at, text in enumerate(third) if text}
    alone = {at for at, text in enumerate(below) if text}
    if not under & parted or not under <= parted | alone or any(map(NUMBER.fullmatch, third)):
        return ()
    if sum(bool(text) for text in below) < 2:
        return ()  # one text over the whole table: a title
    labels, top = [], ""
    for at in range(max(len(joined), len(third))):
        here = joined[at] if at < len(joined) else ""
        top = here if at < len(below) and below[at] else top
        text = third[at] if at < len(third) else ""
        labels.append(f"{top}/{text}" if text else here)
    return tuple(labels)


_OF_THE_SHEET = re.compile(r"(?:填报|填表|制表|报送|计量|统计)?(?:单位|日期|时间)\s?:")
"""What stands above a table's headings and is none."""


def _spans(
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]], place: int
) -> dict[tuple[int, int], bool]:
    """Of the merged areas at a row: (first column, column it spans too)."""
    return {
        (start[1], column): True
        for start, end in merged
        if start[0] <= place <= end[0]
        for column in range(start[1] + 1, end[1] + 1)
    }


def _numbers_parts(below: Sequence[str], spans: Mapping[tuple[int, int], bool]) -> bool:
    """Whether a row holds nothing but ``1 | 2 | 3`` below one merged heading: places in an order.

    >>> _numbers_parts(["", "1", "2"], {(1, 2): True}), _numbers_parts(["1", "2", "3"], {})
    (True, False)
    """
    filled = [(at, text) for at, text in enumerate(below) if text]
    if len(filled) < 2 or [text for _, text in filled] != [
        str(n) for n in range(1, len(filled) + 1)
    ]:
        return False
    first = filled[0][0]
    return all((first, at) in spans for at, _ in filled[1:])


def _spreading(
    row: Sequence[str], below: Sequence[str], spans: Mapping[tuple[int, int], bool]
) -> set[int]:
    """Positions whose upper text stands over several lower ones: those are its parts."""
    found: set[int] = set()
    for at, text in enumerate(row):
        end = at + 1
        while end < len(below) and not (end < len(row) and row[end]) and below[end]:
            end += 1
        if text and end > at + 1 and (not spans or (at, at + 1) in spans):
            found.update(range(at, end))
    return found


@lru_cache(maxsize=4096)
def _clash(top: str, under: str) -> bool:
    """Whether two texts are headings of two columns, and so cannot be one heading in two rows."""
    if top.endswith(("情况", "信息")):
        return False  # what a group of columns is about
    apart = []
    for kind in KINDS:
        one, other = meaning(kind, top), meaning(kind, under)
        if one and other and VAGUE not in (one[1], other[1]):
            apart.append(
                one[0] is not other[0] and heading_key(f"{top}/{under}") not in headings(kind)
            )
    return bool(apart) and all(apart)


def _is_continued(row: list[str], below: list[str], spans: Mapping[tuple[int, int], bool]) -> bool:
    """Whether the row below can only be the second row of the headings.

    That is so where a heading spreads over texts below it, and most other headings have nothing
    below them.
    """
    width = max(len(row), len(below))
    row, below = ([*texts, *[""] * (width - len(texts))] for texts in (row, below))
    again = {at for at in range(width) if below[at] and row[at] and row.count(row[at]) > 1}
    if len({row[at] for at in again}) == 1 and len(again) > 1:  # one group, parted by a column
        return sum(bool(below[at]) for at in range(width) if row[at] and at not in again) == 0
    under = [at for at in range(width) if below[at] and not row[at]]
    if spans:
        under = [at for at in under if any((top, at) in spans for top in range(at))]
    tops = {max((top for top in range(at) if row[top]), default=-1) for at in under}
    others = [bool(below[at]) for at in range(width) if row[at] and at not in tops]
    return bool(tops - {-1}) and bool(others) and sum(others) * 2 < len(others)
