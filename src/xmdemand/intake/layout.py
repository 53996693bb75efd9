"""Where the headings of a sheet are, which kind of file it is, and what its columns mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from xmdemand.intake.amounts import parse_count
from xmdemand.intake.columns import KINDS, Column
from xmdemand.intake.contents import below, cannot_be, contradict, ticked
from xmdemand.intake.headings import (
    AS_WORDED,
    COUNTS,
    SURE,
    Guess,
    heading_key,
    likest,
    two_ends,
    worded,
)
from xmdemand.intake.names import Names
from xmdemand.intake.posts import split_posts
from xmdemand.intake.sources import Grid, Rows
from xmdemand.intake.text import bare, words_of
from xmdemand.intake.trying import Try, above, is_table, named_so, tries_of
from xmdemand.intake.unknown import META
from xmdemand.intake.wide import Wide

_WORTH_ASKING = 0.6
"""Likeness from which a person is asked about a heading that may be a column but no count."""
_UNIT = re.compile(r"(?:计量)?单位\s?[:：]?\s?([万千百十]?)(?:人次|人|名|个)")
"""A unit of persons in a corner; one of money says nothing of counts."""
_UNIT_IN_HEAD = re.compile(r"[(](?:单位:)?([万千百十]?)(?:人次|人|元|名|个)(?:/月)?[)]")
_MONEY = re.compile(r"([万千])元")
_MONEY_CORNER = re.compile(r"单位\s?[:：]?\s?([万千])元")
_UNIT_IN_TITLE = re.compile(r"[(]\s?([万千百])(?:人次|人)\s?[)]")
_SCALES = {"": 1.0, "十": 10.0, "百": 100.0, "千": 1000.0, "万": 10_000.0}


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read one sheet.

    Attributes
    ----------
    kind
        A key of `KINDS`.
    first
        Position of the first row below the headings.
    header_row
        Number of the (first) heading row, as a person counts.
    columns
        Position -> column; several positions for a column that repeats.
    options
        Position -> the option a 0/1 column of a multiple choice stands for.
    questionnaire
        Whether it is the export of a questionnaire site, where -2 and -3 mean not answered.
    labels
        The headings as they stand, joined over two rows.
    units
        Position -> what to multiply by.
    above
        Text of the rows above the headings.
    facts
        What stands above the headings of one firm's own form: column -> cell.
    wide
        What the headings set side by side.
    taken, proposed, contested
        Headings taken by likeness; those left to a person; those of a column for which another
        heading stands as well.
    unused
        Headings that resemble nothing; their columns are not read.
    ranges
        Position of a column of lower ends -> that of its upper ends.
    ticks
        Position of a column -> what ticks at several positions stand for, if it is read from those.
    parts
        Positions read as parts of another column.
    """

    kind: str
    first: int
    header_row: int
    columns: Mapping[int, Column]
    labels: tuple[str, ...]
    units: Mapping[int, float]
    above: str = ""
    options: Mapping[int, str] = field(default_factory=dict)
    questionnaire: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)
    wide: Wide = field(default_factory=Wide)
    taken: tuple[Guess, ...] = ()
    proposed: tuple[Guess, ...] = ()
    contested: tuple[Guess, ...] = ()
    unused: tuple[str, ...] = ()
    ranges: Mapping[int, int] = field(default_factory=dict)
    ticks: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    parts: frozenset[int] = frozenset()


def find_layout(
    grid: Grid,
    confirmed: Mapping[str, Mapping[str, str]] | None = None,
    *,
    kind: str = "",
    names: Names | None = None,
) -> Layout | str:
    """Find headings, kind and columns, or say by a message code why there are none.

    Every one of the first rows is tried as a heading row, alone and joined with the next one; the
    kind that knows most of the headings wins. Two kinds that know as many are settled by words in
    the names of folder, file and sheet, or else not at all.

    Parameters
    ----------
    grid
        A sheet.
    confirmed
        Kind -> heading -> column, as a person confirmed.
    kind
        What a person said the sheet is.
    names
        The spellings of the profile; without them no districts are known.
    """
    tries = tries_of(grid, confirmed or {}, kind, names)
    if not tries:
        return "intake.no_table"
    first = min(tries, key=lambda found: found.place)
    tries = [t for t in tries if t.place == first.place or not is_table(first, t.place, grid.rows)]
    path = f"{grid.file}/{grid.sheet}/{above(grid.rows, first.place)}"
    rated = [(found.score + 0.3 * named_so(found.kind, path), found) for found in tries]
    rated.sort(key=lambda item: -item[0])
    if len(rated) > 1 and rated[1][0] == rated[0][0]:
        return "intake.ambiguous_kind"
    best = rated[0][1]
    layout = _as_filled_in(_layout(best, grid.rows, names), grid.rows, names)
    layout = _with_parts(_named_with_numbers(layout, grid.rows), grid.rows, names)
    return _with_guesses(layout, (confirmed or {}).get(best.kind.name, {}), grid.rows, names)


def _layout(best: Try, rows: Rows, names: Names | None) -> Layout:
    texts = above(rows, best.place)
    labels, match = best.labels, best.match
    columns = {**match.columns}
    for block in match.wide.blocks:
        columns.update(block.columns)
    units = {at: unit_of(column, labels[at], texts) for at, column in columns.items()}
    keys = {heading_key(label) for label in labels if label}
    first = best.place + best.depth
    wrong = [p for p in match.worded if _misfits(columns[p], below(rows, first, p), names)]
    worded = [p for p in match.worded if p not in wrong and columns[p].kind in COUNTS]
    return Layout(
        best.kind.name,
        first,
        best.place + 1,
        {place: column for place, column in match.columns.items() if place not in wrong},
        labels,
        units,
        texts,
        options=match.options,
        questionnaire=bool(keys & {"提交答卷时间", "来自ip", "来源ip", "所用时间"}),
        facts={name: fact for name, fact in best.facts.items() if name not in match.names},
        wide=match.wide,
        taken=(*match.vague, *(Guess(labels[p], columns[p].name, AS_WORDED) for p in worded)),
        contested=match.contested,
        unused=match.spare,
    )


def _misfits(column: Column, cells: Sequence[object], names: Names | None) -> bool:
    if column.kind == "district":
        return cannot_be(column, cells, names)
    return contradict(column, cells)


def _as_filled_in(layout: Layout, rows: Rows, names: Names | None) -> Layout:
    """Give headings of several meanings the one that what is written below them can be.

    ``岗位需求`` stands above the names of posts or above their numbers.
    """
    columns, taken = dict(layout.columns), list(layout.taken)
    disputed = {guess.heading for guess in layout.contested}.union(layout.unused)
    for at, label in enumerate(layout.labels):
        if not label or at in columns or at in layout.wide.places or label in disputed:
            continue
        said = worded(layout.kind, label)
        used = {column.name for column in columns.values()} | layout.wide.names | set(layout.facts)
        cells = below(rows, layout.first, at)
        fits = [column for column in said if not cannot_be(column, cells, names)]
        if len(fits) == 1 and fits[0].name not in used and any(map(words_of, cells)):
            columns[at] = fits[0]
            taken.append(Guess(label, fits[0].name, AS_WORDED))
    return replace(layout, columns=dict(sorted(columns.items())), taken=tuple(taken))


def _named_with_numbers(layout: Layout, rows: Rows) -> Layout:
    """Take a count's column for that of posts where it names them with their numbers.

    ``用工需求`` may stand above ``焊工5人、电工3人``, where no other column names a post.
    """
    held = {column.name: at for at, column in layout.columns.items()}
    elsewhere = layout.wide.names | set(layout.facts)
    if layout.kind != "employers" or "title" in held.keys() | elsewhere or "vacancies" not in held:
        return layout
    at = held["vacancies"]
    cells = [cell for cell in below(rows, layout.first, at) if words_of(cell)]
    if not cells or not all(map(_counted_posts, cells)):
        return layout
    return replace(layout, columns={**layout.columns, at: KINDS["employers"].column("title")})


def _counted_posts(cell: object) -> bool:
    posts = split_posts(cell).value or ()
    return bool(posts) and parse_count(cell).kind == "missing" and all(p.count for p in posts)


def _with_parts(layout: Layout, rows: Rows, names: Names | None) -> Layout:
    """Columns that stand in parts: pay in its two ends, levels as one column of ticks each."""
    layout = _with_heads_of_ends(layout, rows)
    free = {
        at: label
        for at, label in enumerate(layout.labels)
        if label and at not in layout.columns and at not in layout.wide.places
    }
    held = {column.name for column in layout.columns.values()}
    columns, ranges = dict(layout.columns), {}
    ends = two_ends(layout.kind, free)
    if ends is not None and ends[0].name not in held:
        columns[ends[1]] = ends[0]
        ranges[ends[1]] = ends[2]
    ticks: dict[int, Mapping[int, str]] = {}
    if layout.kind == "trainable" and "levels" not in held and names is not None:
        last = {at: label.rpartition("/")[2] for at, label in free.items()}
        marked = {at: label for at, label in last.items() if bare(label) in names.levels}
        if len(marked) > 1 and ticked([below(rows, layout.first, at) for at in marked]):
            first = min(marked)
            columns[first] = KINDS[layout.kind].column("levels")
            ticks[first] = marked
    taken = {*ranges.values(), *(at for marked in ticks.values() for at in marked)}
    parts = frozenset(at for at in taken if at not in columns)
    return replace(layout, columns=columns, ranges=ranges, ticks=ticks, parts=parts)


def _with_heads_of_ends(layout: Layout, rows: Rows) -> Layout:
    """Put what the row above the headings says of two ends before them: ``待遇/最低``."""
    ends = [at for at, label in enumerate(layout.labels) if heading_key(label) in _ENDS]
    if len(ends) < 2 or layout.header_row < 2:
        return layout
    row = rows[layout.header_row - 2]
    labels = list(layout.labels)
    for at in ends:
        tops = [text for cell in row[: at + 1] if (text := words_of(cell))]
        labels[at] = f"{tops[-1]}/{labels[at]}" if tops else labels[at]
    return replace(layout, labels=tuple(labels))


_ENDS = frozenset(["最低", "最高", "下限", "上限", "最低值", "最高值"])


def unit_of(column: Column, label: str, above: str) -> float:
    """What a column's bare numbers are to be multiplied by: its heading's unit or the corner's."""
    if own := _UNIT_IN_HEAD.search(bare(label)):
        return _SCALES[own[1]]
    if column.kind == "wage":
        money = _MONEY.findall(bare(label)) or _MONEY_CORNER.findall(above)
        return _SCALES[money[0]] if len(set(money)) == 1 else 1.0
    corners = _UNIT.findall(above) + _UNIT_IN_TITLE.findall(above) if column.kind in COUNTS else []
    return _SCALES[corners[0]] if len(set(corners)) == 1 else 1.0


def _with_guesses(
    layout: Layout, confirmed: Mapping[str, str], rows: Rows, names: Names | None
) -> Layout:
    """Look unknown headings up by likeness among the columns that are still free."""
    columns = dict(layout.columns)
    taken, proposed, unused = list(layout.taken), [], list(layout.unused)
    disputed = {guess.heading for guess in layout.contested}.union(unused)
    used = {column.name for column in columns.values()} | layout.wide.names | set(layout.facts)
    used |= {guess.column for guess in layout.contested}
    for place, label in enumerate(layout.labels):
        key = heading_key(label) if label else ""
        if not key or place in columns or place in layout.wide.places or label in disputed:
            continue
        if key in META or key in confirmed or place in layout.parts:
            continue
        guess = likest(layout.kind, label, used)
        if guess is None:
            unused.append(label)
            continue
        column = KINDS[layout.kind].column(guess.column)
        if _needless(layout.kind, guess, used) or cannot_be(
            column, below(rows, layout.first, place), names
        ):
            unused.append(label)
        elif guess.score >= SURE:
            columns[place] = column
            used.add(guess.column)
            taken.append(guess)
        else:
            proposed.append(guess)
    units = {at: unit_of(column, layout.labels[at], layout.above) for at, column in columns.items()}
    return replace(
        layout,
        columns=columns,
        units={**layout.units, **units},
        taken=tuple(taken),
        proposed=tuple(proposed),
        unused=tuple(unused),
    )


def _needless(kind: str, guess: Guess, used: set[str]) -> bool:
    """Whether nobody need be asked about a heading.

    That is so where it hardly resembles a column that is no count, and where a side of the register
    is known already and a doubtful count adds nothing to it.
    """
    counted = KINDS[kind].column(guess.column).kind in COUNTS and guess.column != "employees"
    if guess.score < _WORTH_ASKING and not counted:
        return True
    side = guess.column.partition("_")[0]
    known = {f"{side}_total", f"{side}_new"} & used
    return (
        kind == "register" and guess.score < SURE and side in ("posts", "seekers") and bool(known)
    )
