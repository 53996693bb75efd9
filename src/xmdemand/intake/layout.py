"""Where the headings of a sheet are, which kind of file it is, and what its columns mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from xmdemand.intake.columns import KINDS, Column, Kind
from xmdemand.intake.contents import below, cannot_be, contradict, ticked
from xmdemand.intake.dates import period_around
from xmdemand.intake.facts import facts_above, signed_above
from xmdemand.intake.headings import (
    COUNTS,
    SURE,
    Guess,
    every_heading,
    heading_key,
    holds_heading,
    likest,
    meaning,
    order_stems,
    spellings,
    two_ends,
)
from xmdemand.intake.headrows import NUMBER, labels_at
from xmdemand.intake.implied import implied, measure_around
from xmdemand.intake.matching import Match, match_headings
from xmdemand.intake.names import Names
from xmdemand.intake.sources import Grid, Rows
from xmdemand.intake.text import bare, words_of, year_in
from xmdemand.intake.wide import Around, Wide, stands_alone

_WORTH_ASKING = 0.6
"""Likeness from which a person is asked about a heading that may be a column but no count."""
_AS_WORDED = 0.9
"""Likeness given to a heading that is known by its wording."""
HEAD_ROWS = 40
"""How far down headings are looked for."""
_UNIT = re.compile(r"(?:计量)?单位\s?[:：]?\s?([万千百十]?)(?:人次|人|名|个)")
"""A unit of persons in a corner; one of money says nothing of counts."""
_UNIT_IN_HEAD = re.compile(r"[(](?:单位:)?([万千百十]?)(?:人次|人|元|名|个)(?:/月)?[)]")
_UNIT_IN_TITLE = re.compile(r"[(]\s?([万千百])(?:人次|人)\s?[)]")
_SCALES = {"": 1.0, "十": 10.0, "百": 100.0, "千": 1000.0, "万": 10_000.0}
_META = frozenset(
    [
        "序号",
        "编号",
        "来源",
        "来源详情",
        "来自ip",
        "ip",
        "总分",
        "所用时间",
        "提交答卷时间",
        "用户id",
        "填写时间",
    ]
)
"""Headings of numbering and of questionnaire sites that mean no column of ours."""
OF_FIRMS = ("firm", "firm_name", "hard_reason", "train_persons", "headcount", "employees")
"""Columns of a return that no table of a whole market has."""


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


@dataclass(frozen=True, slots=True)
class _Try:
    """One row taken for the headings of one kind, with its score."""

    score: float
    kind: Kind
    place: int
    depth: int
    labels: tuple[str, ...]
    match: Match
    facts: Mapping[str, object]


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
    tries = _tries(grid, confirmed or {}, kind, names)
    if not tries:
        return "intake.no_table"
    first = min(tries, key=lambda found: found.place)
    tries = [t for t in tries if t.place == first.place or not _is_table(first, t.place, grid.rows)]
    path = f"{grid.file}/{grid.sheet}/{_above(grid.rows, first.place)}"
    rated = [(found.score + 0.3 * _named(found.kind, path), found) for found in tries]
    rated.sort(key=lambda item: -item[0])
    if len(rated) > 1 and rated[1][0] == rated[0][0]:
        return "intake.ambiguous_kind"
    best = rated[0][1]
    layout = _with_parts(_layout(best, grid.rows), grid.rows, names)
    return _with_guesses(layout, (confirmed or {}).get(best.kind.name, {}), grid.rows, names)


def _tries(
    grid: Grid, confirmed: Mapping[str, Mapping[str, str]], kind: str, names: Names | None
) -> list[_Try]:
    """The best heading row of every kind that has one."""
    best: dict[str, _Try] = {}
    rows = grid.rows[:HEAD_ROWS]
    for place, row in enumerate(rows):
        if sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) < 2:
            continue
        for depth, labels in labels_at(rows, place, grid.merged):
            if not kind and not _has_headings(labels, confirmed, names):
                continue
            texts = (_above(rows, place), grid.sheet, grid.file)
            around = Around(year_in(*texts), measure_around(*texts))
            of_firm, of_office = facts_above(rows[:place]), signed_above(rows[:place])
            for candidate in [KINDS[kind]] if kind else KINDS.values():
                said = implied(candidate.name, labels, " ".join(texts))
                told = {**said.told, **confirmed.get(candidate.name, {})}
                match = match_headings(candidate.name, labels, told, names, around)
                facts = of_firm if candidate.name == "employers" else said.facts
                if candidate.name == "decisions":
                    facts = of_office
                score = _score(candidate, match, facts, labels) - 0.01 * depth
                if facts is of_firm and of_firm and not _mostly_headings(labels):
                    score = 0.0  # a line of a form
                if candidate.name == "register" and score <= 0 and not of_firm:
                    score = _posts_only(candidate, match, labels, texts) - 0.01 * depth
                if candidate.name == "trainable" and _wants_people(labels):
                    score = 0.0
                if kind and score <= 0 and len(match.names) > 1:
                    score = 0.1  # a person said so
                held = best.get(candidate.name)
                if score > 0 and (held is None or _better(score, place, held, rows)):
                    best[candidate.name] = _Try(
                        score, candidate, place, depth, labels, match, facts
                    )
        if best and place > max(found.place for found in best.values()) + 3:
            break
    return list(best.values())


def _better(score: float, place: int, held: _Try, rows: Rows) -> bool:
    """Whether a row is more likely the headings than one above it.

    Headings with data below them are a table of their own, however little they say.
    """
    return score > held.score and not _is_table(held, place, rows)


def _is_table(held: _Try, end: int, rows: Rows) -> bool:
    """Whether headings have data below them, before the row at `end`."""
    between = rows[held.place + held.depth : end]
    data = any(sum(cell not in (None, "") for cell in row) > 1 for row in between)
    return data and _mostly_headings(held.labels)


def _mostly_headings(labels: Sequence[str]) -> bool:
    filled = [label for label in labels if label]
    return sum(map(_resembles_heading, filled)) * 3 >= len(filled) * 2


def _has_headings(
    labels: tuple[str, ...], confirmed: Mapping[str, Mapping[str, str]], names: Names | None
) -> bool:
    """Whether at least two of the texts are headings of any kind, or places or months."""
    told = {key for columns in confirmed.values() for key in columns}
    hits = 0
    for label in labels:
        if not label:
            continue
        alone = stands_alone(label, names)
        if alone or _resembles_heading(label) or (told and not told.isdisjoint(_keys(label))):
            hits += 1
            if hits == 2:
                return True
    return False


def _keys(label: str) -> list[str]:
    return [key for key, *_ in spellings(label)] + list(order_stems(label))


@lru_cache(maxsize=8192)
def _resembles_heading(label: str) -> bool:
    if not every_heading().isdisjoint(_keys(label)) or holds_heading(label):
        return True
    return any(meaning(kind, label) is not None for kind in KINDS)


def _above(rows: Rows, place: int) -> str:
    """The text of the rows above the headings."""
    return "\n".join(
        " ".join(text for cell in row if (text := words_of(cell))) for row in rows[:place]
    )


def _named(kind: Kind, path: str) -> bool:
    return any(word in path for word in kind.words)


_POSTS_AND_COUNTS = re.compile(
    r"(?:岗位|工种|职位|职业)(?:[(].*[)])?(?:及|和|与|、|/|以及).{0,6}(?:人数|数量)"
)


def _score(kind: Kind, match: Match, facts: Mapping[str, object], labels: Sequence[str]) -> float:
    """How many of a kind's columns the headings name; 0 if they cannot be that kind's."""
    names = match.names
    useful = {name for name in names if kind.column(name).kind != "ignored"}
    names = names | set(facts)
    if "firm" in names:
        names = names | {"firm_name"}
    counted = kind.name == "employers" and any(map(_POSTS_AND_COUNTS.search, labels))
    if not (names & set(kind.marks) or counted) or len(useful) < 2:
        return 0.0
    required = [column.name for column in kind.columns if column.required]
    if required and not names.intersection(required):
        return 0.0
    return (
        len(useful)
        + 0.4 * (len(names) - len(useful))
        + 0.5 * sum(name in names for name in required)
    )


@lru_cache(maxsize=1024)
def _wants_people(labels: tuple[str, ...]) -> bool:
    """Whether a heading counts people wanted: no table of what can be assessed does."""
    meant = (meaning("employers", label) for label in labels if label)
    return any(found and found[0].name in ("vacancies", "planned_hires") for found in meant)


def _posts_only(kind: Kind, match: Match, labels: Sequence[str], texts: Sequence[str]) -> float:
    """The score of a table of posts by month without seekers, as agencies send them; else 0.

    It must be dated and name no firm: the same headings are a firm's return where one is named.
    """
    names = match.names
    posts = names & {"posts_total", "posts_new"}
    if not posts or "title" not in names:
        return 0.0
    dated = "month" in names or period_around(*texts).value is not None
    named = any(
        (found := meaning("employers", label)) and found[0].name in OF_FIRMS
        for label in labels
        if label
    )
    if not dated or named:
        return 0.0
    return len({name for name in names if kind.column(name).kind != "ignored"}) - 0.5


def _layout(best: _Try, rows: Rows) -> Layout:
    above = _above(rows, best.place)
    labels, match = best.labels, best.match
    columns = {**match.columns}
    for block in match.wide.blocks:
        columns.update(block.columns)
    units = {at: _unit(column, labels[at], above) for at, column in columns.items()}
    keys = {heading_key(label) for label in labels if label}
    first = best.place + best.depth
    wrong = [p for p in match.worded if contradict(columns[p], below(rows, first, p))]
    worded = [p for p in match.worded if p not in wrong and columns[p].kind in COUNTS]
    return Layout(
        best.kind.name,
        first,
        best.place + 1,
        {place: column for place, column in match.columns.items() if place not in wrong},
        labels,
        units,
        above,
        options=match.options,
        questionnaire=bool(keys & {"提交答卷时间", "来自ip", "所用时间"}),
        facts={name: fact for name, fact in best.facts.items() if name not in match.names},
        wide=match.wide,
        taken=(*match.vague, *(Guess(labels[p], columns[p].name, _AS_WORDED) for p in worded)),
        contested=match.contested,
        unused=match.spare,
    )


def _with_parts(layout: Layout, rows: Rows, names: Names | None) -> Layout:
    """Columns that stand in parts: pay in its two ends, levels as one column of ticks each."""
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


def _unit(column: Column, label: str, above: str) -> float:
    """What a column's bare numbers are to be multiplied by: its heading's unit or the corner's."""
    if own := _UNIT_IN_HEAD.search(bare(label)):
        return _SCALES[own[1]]
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
        if key in _META or key in confirmed or place in layout.parts:
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
    units = {at: _unit(column, layout.labels[at], layout.above) for at, column in columns.items()}
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
    if guess.score < _WORTH_ASKING and KINDS[kind].column(guess.column).kind not in COUNTS:
        return True
    side = guess.column.partition("_")[0]
    known = {f"{side}_total", f"{side}_new"} & used
    return (
        kind == "register" and guess.score < SURE and side in ("posts", "seekers") and bool(known)
    )


def holds_numbers(grid: Grid) -> bool:
    """Whether a sheet is a table of numbers rather than a text: names beside numbers, twice."""
    if _GUIDE.search(grid.sheet):
        return False
    rows = grid.rows[:HEAD_ROWS]
    for row in rows:
        labels = [text for cell in row if isinstance(cell, str) and (text := words_of(cell))]
        if len(labels) > 2 and any(_tells(kind, labels) for kind in KINDS):
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
        labels = [label for label in labels if len(label) <= 20 and heading_key(label) not in _META]
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
