"""Several tables on one sheet, below each other or side by side: each as a sheet of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest

from xmdemand.intake.captions import caption, is_title, names_post, of_the_first_block
from xmdemand.intake.columnar import ColumnRows
from xmdemand.intake.facts import FACTS
from xmdemand.intake.headings import meaning, resembles_heading
from xmdemand.intake.layout import Layout
from xmdemand.intake.others import other_table
from xmdemand.intake.sources import Cell, Grid, Rows
from xmdemand.intake.text import words_of
from xmdemand.intake.trying import HEAD_ROWS

_BELOW, _BESIDE, _CARD = " 表", " 右", " 户"
_LOOK_AT = 60
"""Rows in which a column that parts two tables is looked for; then it is looked at whole."""


def below(grid: Grid, layout: Layout, start: int) -> Grid:
    """A further table of a sheet, from the row at `start` on.

    What stands above the first table (month, unit, firm) holds for it too, and so stands above it,
    but behind what its own lines say.
    """
    stem, _, number = grid.sheet.partition(_BELOW)
    rows = list(grid.rows)
    own = start
    while own < len(rows) and is_title(rows[own]):
        own += 1
    title = rows[: layout.header_row - 1]
    lines = [[caption(row) or "" for row in part] for part in (title, rows[start:own])]
    gone = of_the_first_block(*lines)
    title = [row for at, row in enumerate(title) if at not in gone]
    moved = own - start + len(title)
    merged = [
        ((top - own + moved, left), (bottom - own + moved, right))
        for (top, left), (bottom, right) in grid.merged
        if top >= own
    ]
    return replace(
        grid,
        sheet=f"{stem}{_BELOW}{int(number or 1) + 1}",
        rows=[*rows[start:own], *title, *rows[own:]],
        merged=merged,
        offset=grid.offset + own - moved,
    )


def apart(grid: Grid, layout_of: Callable[[Grid], Layout | str]) -> Sequence[Grid]:
    """The tables side by side that an empty column or the first heading's coming again parts.

    At least two of them must be tables, if only one of a kind that is of no use.

    Parameters
    ----------
    grid
        A sheet.
    layout_of
        Finds the headings of a part.
    """
    if len(cards := _cards(grid)) > 1:
        return cards
    areas = _areas(grid)
    if len(areas) < 2:
        return [grid]
    parts = [_part(grid, areas, n) for n in range(len(areas))]
    layouts = [layout_of(part) for part in parts]
    found = [layout for layout in layouts if isinstance(layout, Layout)]
    others = (
        isinstance(layout, str) and bool(other_table(part))
        for part, layout in zip(parts, layouts, strict=True)
    )
    if not found or len(found) + sum(others) < 2 or _folded(found):
        return [grid]
    return parts


def _cards(grid: Grid) -> list[Grid]:
    """The forms of several firms below each other, each from the line that names its firm on."""
    if isinstance(grid.rows, ColumnRows) or len(grid.rows) > _CARDS_LOOK_AT:
        return []
    lines = _naming_firms(grid.rows)
    if len(lines) < 2:
        return []
    found: dict[tuple[int, str, bool], dict[int, str]] = {}
    for place in lines:
        row = grid.rows[place]
        texts = [(at, text) for at, cell in enumerate(row) if (text := words_of(cell))]
        said = [(at, *pair, True) for at, text in texts if (pair := _said_in(text))]
        beside = [(at, label, answer, False) for (at, label), (_, answer) in pairwise(texts)]
        for at, label, answer, within in (*said, *beside):
            if _names_firm(label) and not resembles_heading(answer):
                found.setdefault((at, label, within), {})[place] = answer
                break
    for (_, _, within), answers in found.items():
        lines = sorted(answers)
        ends = [*lines[1:], len(grid.rows)]
        heads = [_head(grid.rows[a:b]) for a, b in zip(lines, ends, strict=True)]
        if len(set(answers.values())) < 2 or not _far(lines, 1 if within else 2):
            continue
        if within and not heads[0]:
            continue
        starts = [0, *(_with_title(grid, place) for place in lines[1:])]
        spans = zip(starts, [*starts[1:], len(grid.rows)], heads, strict=True)
        return [
            _card(grid, a, b, n, () if head else heads[0]) for n, (a, b, head) in enumerate(spans)
        ]
    return []


def _naming_firms(rows: Rows) -> list[int]:
    """Rows with a label that may name a firm: one that stands there again, or has its answer."""
    found: set[int] = set()
    for column in zip_longest(*rows):
        for label in set(column):
            if not isinstance(label, str) or not _may_name_firm(label):
                continue
            if _SIGNS.search(label) or column.count(label) > 1:
                found.update(place for place, cell in enumerate(column) if cell == label)
    return sorted(found)


def _may_name_firm(cell: str) -> bool:
    if len(cell) > _LONGEST_LABEL and cell.isalnum():
        return False  # most names of firms: too long for a label, without a sign that parts it
    text = words_of(cell)
    pair = _said_in(text)
    return _names_firm(text) or (pair is not None and _names_firm(pair[0]))


_CARDS_LOOK_AT = 5_000
_SIGNS = re.compile(r"[:：\s]")
_SAID_IN = re.compile(
    r"([^\s:()]{2,12}(?:[(][^\s:()]{2,4}[)][^\s:()]{1,4})?)(?:[(][^)]*[)])?\s?:\s?([^\s:]+)"
)


def _said_in(text: str) -> tuple[str, str] | None:
    """What a cell that holds a label and its answer says: ``企业名称：甲公司``."""
    found = _SAID_IN.match(text)
    return (found[1], found[2]) if found else None


def _head(rows: Rows) -> Sequence[Cell]:
    """The row in which at least two headings of firms' needs stand; nothing if there is none."""
    for row in rows:
        texts = [text for cell in row if (text := words_of(cell)) and len(text) <= _LONGEST_HEAD]
        if sum(map(_is_need, texts)) > 1:
            return row
    return ()


_LONGEST_HEAD = 20


def _is_need(text: str) -> bool:
    found = meaning("employers", text)
    return found is not None and found[0].name not in FACTS


def _names_firm(label: str) -> bool:
    if len(label) > _LONGEST_LABEL:
        return False
    found = meaning("employers", label.rstrip(":"))
    return found is not None and found[0].name == "firm_name"


_LONGEST_LABEL = 12


def _far(starts: Sequence[int], least: int) -> bool:
    """Whether so many rows lie between the firms' lines at least: a form, not a list of firms."""
    return all(later - one > least for one, later in pairwise(starts))


def _with_title(grid: Grid, place: int) -> int:
    while (
        place and len(texts := [t for cell in grid.rows[place - 1] if (t := words_of(cell))]) == 1
    ):
        if names_post(texts[0]):
            break  # the last post of the firm above, left without its number
        place -= 1
    return place


def _card(grid: Grid, start: int, end: int, number: int, head: Sequence[Cell]) -> Grid:
    """The rows of one firm; below its own lines the headings that stand above the first firm's."""
    rows = [*grid.rows[start:end]]
    told = 0
    while head and told < len(rows) and _only_tells(rows[told]):
        told += 1
    if head:
        rows.insert(told, list(head))
        start -= 1
    merged = [
        ((top - start, left), (bottom - start, right))
        for (top, left), (bottom, right) in grid.merged
        if start + told < top < end or (not head and start <= top < end)
    ]
    return replace(
        grid,
        sheet=f"{grid.sheet}{_CARD}{number + 1}" if number else grid.sheet,
        rows=rows,
        merged=merged,
        offset=grid.offset + start,
    )


def _only_tells(row: Sequence[Cell]) -> bool:
    """Whether a row holds nothing but labels with their answers, or one text alone."""
    texts = [text for cell in row if (text := words_of(cell))]
    return len(texts) <= 1 or all(map(_said_in, texts))


def _folded(layouts: Sequence[Layout]) -> bool:
    """Whether the parts have the same headings: one list, folded, which reads as such."""
    heads = {tuple(filter(None, layout.labels)) for layout in layouts}
    return len(layouts) > 1 and len(heads) == 1


def _areas(grid: Grid) -> list[tuple[int, int]]:
    """First column and the one behind the last of every area between wholly empty columns."""
    if isinstance(grid.rows, ColumnRows) or not grid.rows:
        return []
    head = _first_head(grid.rows)
    if head is None:
        return []
    width = max(len(row) for row in grid.rows)
    filled = _filled(grid.rows[head : head + _LOOK_AT], width)
    if not _parted(filled):
        return _from_the_first_heading_on(grid.rows[head])
    filled = _filled(grid.rows[head:], width)
    areas: list[tuple[int, int]] = []
    for at, full in enumerate([*filled, False]):
        if full and (at == 0 or not filled[at - 1]):
            areas.append((at, at))
        if full:
            areas[-1] = (areas[-1][0], at + 1)
    return areas


def _from_the_first_heading_on(head: Sequence[Cell]) -> list[tuple[int, int]]:
    """The areas of headings that begin anew: ``序号 | 缺工岗位 | 序号 | 富余岗位``."""
    first = next((cell for cell in head if cell not in (None, "")), None)
    starts = [at for at, cell in enumerate(head) if cell == first]
    if len(starts) < 2 or min(b - a for a, b in pairwise([*starts, len(head)])) < 3:
        return []
    return list(pairwise([0, *starts[1:], len(head)]))


def _parted(filled: Sequence[bool]) -> bool:
    """Whether an empty column stands between filled ones."""
    full = [at for at, is_filled in enumerate(filled) if is_filled]
    return bool(full) and len(full) <= full[-1] - full[0]


def _filled(rows: Sequence[Sequence[Cell]], width: int) -> list[bool]:
    filled = [False] * width
    for row in rows:
        for at, cell in enumerate(row):
            if not filled[at] and cell not in (None, "") and words_of(cell):
                filled[at] = True
    return filled


def _first_head(rows: Rows) -> int | None:
    """The first of several texts in a row that holds headings, or else the first such row."""
    first = None
    for at, row in enumerate(rows[:HEAD_ROWS]):
        labels = [text for cell in row if isinstance(cell, str) and (text := words_of(cell))]
        if len(labels) > 2:
            first = at if first is None else first
            if sum(resembles_heading(label) for label in labels) > 1:
                return at
    return first


def _texts(row: Sequence[Cell]) -> int:
    return sum(isinstance(cell, str) and bool(words_of(cell)) for cell in row)


def _part(grid: Grid, areas: Sequence[tuple[int, int]], number: int) -> Grid:
    """The columns of one area; what stands above the headings of all holds for each.

    Of a line with a text above every area each has its own.
    """
    first, last = areas[number]
    head = _first_head(grid.rows) or 0
    rows: list[list[Cell]] = []
    for row in grid.rows[:head]:
        own = all(any(words_of(cell) for cell in row[a:b]) for a, b in areas)
        rows.append(list(row[first:last] if own else row))
    rows += [list(row[first:last]) for row in grid.rows[head:]]
    merged = [
        ((top, left - first), (bottom, right - first))
        for (top, left), (bottom, right) in grid.merged
        if top >= head and first <= left and right < last
    ]
    sheet = f"{grid.sheet}{_BESIDE}{number + 1}" if number else grid.sheet
    return replace(grid, sheet=sheet, rows=rows, merged=merged)
