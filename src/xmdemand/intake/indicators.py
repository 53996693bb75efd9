"""Tables that name in a column what each row counts: turned so that every count has its column.

``职业 | 指标 | 1月 | 2月`` with 需求人数 and 求职人数 below 指标 in turn,
``企业 | 指标 | 焊工 | 电工``, and the long form ``职业 | 月份 | 指标 | 数值``. Read as they stand,
people who seek work would be counted among those wanted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from xmdemand.intake.columns import KINDS, Column
from xmdemand.intake.dates import span_around, with_year, year_within
from xmdemand.intake.headings import COUNTS, heading_key, meaning, worded
from xmdemand.intake.headrows import labels_at
from xmdemand.intake.names import Names
from xmdemand.intake.parsed import EMPTY
from xmdemand.intake.sources import Cell, Grid
from xmdemand.intake.text import words_of, year_in
from xmdemand.intake.trying import above
from xmdemand.intake.unknown import META
from xmdemand.intake.wide import names_place, names_post, names_time

_LOOK_AT = 12
_WORDS = {
    "heads": "指标 项目 指标名称 统计指标 指标类型 统计项目 数据项 数据类型 内容 统计内容 类型 "
    "类别 科目 栏目 供求类别 供求类型 供需类型 供需类别 供求 供需",
    "seekers": "求职人数 登记求职人数 求职 求职者人数 求职登记人数 登记求职",
    "values": "数值 数量 人数 值 数 数据 数字 本期数 本月数 本期 本月",
    "sums": "累计 合计 总计 小计 共计 总数 全年累计 平均 月均",
}
_HEADS, _SEEKERS, _VALUES, _SUMS = (frozenset(words.split()) for words in _WORDS.values())
"""What stands above the names of counts; what stands below, where nothing does above; what stands
above the only numbers; what above sums of others."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the headings of such a table say: where counts are named, where they stand."""

    head: int
    first: int
    labels: Sequence[str]
    at: int
    across: Mapping[int, str]
    axis: Column | None
    keys: Sequence[int]
    rest: Sequence[int]


def in_columns(grid: Grid, names: Names) -> Grid | None:
    """Such a table with a column for every count; None of any other, and of one not understood.

    A row is one key (a post, a firm, a month) at one heading of those side by side, and bears the
    number of the first row that speaks of it.
    """
    for place, at in _indicators(grid):
        for depth, labels in reversed(labels_at(grid.rows, place, grid.merged)):
            span = (place, place + depth)
            if at < len(labels) and (frame := _frame(grid, span, at, labels, names)):
                return _turned(grid, frame)
    return None


def _indicators(grid: Grid) -> Iterable[tuple[int, int]]:
    """Row of headings and column of what may name counts."""
    rows = grid.rows[:_LOOK_AT]
    for place, row in enumerate(rows):
        if not _HEADS.isdisjoint(row):
            yield from ((place, at) for at, cell in enumerate(row) if cell in _HEADS)
    below = [place for place, row in enumerate(rows) if not _SEEKERS.isdisjoint(row)]
    if len(below) > 1:
        seen = Counter(at for p in below for at, cell in enumerate(rows[p]) if cell in _SEEKERS)
        at, times = seen.most_common(1)[0]
        if times > 1 and at:
            yield from ((place, at) for place in range(below[0]))


def _frame(
    grid: Grid, span: tuple[int, int], at: int, labels: Sequence[str], names: Names
) -> _Frame | None:
    below = grid.rows[span[1] :]
    told = {words_of(row[at]) for row in below if at < len(row)} - {"", labels[at]}
    for kind in ("register", "employers"):
        known = [column for text in told if (column := _count(kind, text))]
        distinct = {column.name for column in known}
        if len(distinct) < 2 or len(distinct) < len(known) or len(known) * 2 < len(told):
            continue
        others = [n for n, label in enumerate(labels) if label and n != at]
        across, axis = _across(kind, labels, others, names)
        rest = [n for n in others if n not in across and heading_key(labels[n]) not in _SUMS]
        meant = {n: found[0] for n in rest if (found := meaning(kind, labels[n]))}
        keys = {n: c.name for n, c in meant.items() if _is_key(c)}
        held = {*keys.values(), axis.name if axis is not None else ""}
        if across and {"title", "code"} & held:
            extra = [n for n in rest if n not in keys and heading_key(labels[n]) not in META]
            return _Frame(*span, labels, at, across, axis, list(keys), extra)
    return None


def _is_key(column: Column) -> bool:
    return column.kind not in (*COUNTS, "ignored", "number", "wage") and column.name != "remark"


def _count(kind: str, text: str) -> Column | None:
    """The count a text names; 岗位需求 is one where it stands among counts."""
    found = meaning(kind, text)
    meant = worded(kind, text) if found is None else (found[0],)
    counts = [column for column in meant if column.kind in (*COUNTS, "number")]
    return counts[0] if len(counts) == 1 else None


def _across(
    kind: str, labels: Sequence[str], others: Sequence[int], names: Names
) -> tuple[dict[int, str], Column | None]:
    """The headings of the numbers, and the column they are values of; none of a lone 数值."""
    keys = {n: heading_key(labels[n]) for n in others}
    for name, tells in (("month", names_time), ("district", names_place), ("title", names_post)):
        declared = next((c for c in KINDS[kind].columns if c.name == name), None)
        found = {n: labels[n].replace("/", "") for n, key in keys.items() if tells(key, names)}
        if found and declared is not None:
            return found, declared
    values = [n for n, key in keys.items() if key in _VALUES]
    return ({values[0]: ""}, None) if len(values) == 1 else ({}, None)


def _turned(grid: Grid, frame: _Frame) -> Grid | None:
    counts: dict[str, int] = {}
    table: dict[tuple[str, ...], dict[str, Sequence[Cell]]] = {}
    opening: dict[tuple[str, ...], tuple[int, list[Cell]]] = {}
    tails: list[tuple[int, list[Cell]]] = []
    before: list[Cell] = [None] * len(frame.keys)
    for place, row in enumerate(grid.rows[frame.first :], frame.first):
        padded = [*row, *[None] * (len(frame.labels) - len(row))]
        named = words_of(padded[frame.at])
        if not named or named == frame.labels[frame.at]:
            if any(words_of(padded[at]) for at in frame.across) and not named:
                return None  # numbers of nothing
            if not named and any(map(words_of, padded)):
                tails.append((place, padded))
            continue
        before = _inherited([padded[at] for at in frame.keys], before)
        key = tuple(map(words_of, before))
        own = table.setdefault(key, {})
        if named in own or not any(key):
            return None  # of whom, nobody says
        counts.setdefault(named, len(counts))
        own[named] = padded
        opening.setdefault(key, (place, [*before, *(padded[at] for at in frame.rest)]))
    axis = [] if frame.axis is None else [frame.axis.header]
    head: list[Cell] = [*(frame.labels[at] for at in (*frame.keys, *frame.rest)), *axis, *counts]
    rows: list[list[Cell]] = [*map(list, grid.rows[: frame.head]), head]
    lines = list(range(1, len(rows)))
    texts = (above(grid.rows, frame.head), grid.sheet, grid.file)
    year, span = year_in(*texts), span_around(*texts)
    across = {
        at: f"{own}年{said}" if with_year(said, own).value is not None else said
        for at, said in frame.across.items()
        for own in [year or year_within(said, span)]
    }
    for key, own in table.items():
        place, start = opening[key]
        for at, said in across.items():
            cells = [own[name][at] if name in own else None for name in counts]
            if all(words_of(cell) in EMPTY for cell in cells):
                continue
            rows.append([*start, *([said] if axis else []), *cells])
            lines.append(place)
    for place, padded in tails:
        rows.append([padded[at] for at in (*frame.keys, *frame.rest)])
        lines.append(place)
    numbers = tuple(grid.offset + place + 1 for place in lines)
    return replace(grid, rows=rows, merged=(), offset=0, lines=numbers)


def _inherited(cells: Sequence[Cell], before: Sequence[Cell]) -> list[Cell]:
    """Cells left blank to the left of the first filled one, or all, are those of the row before."""
    filled = next((n for n, cell in enumerate(cells) if words_of(cell)), len(cells))
    return [*before[:filled], *cells[filled:]]
