"""The rows of a sheet that may be its headings, each tried for every kind of file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from xmdemand.intake.captions import leads_with_firm
from xmdemand.intake.columns import KINDS, Kind
from xmdemand.intake.contents import agencies, below, firms
from xmdemand.intake.dates import period_around, span_around
from xmdemand.intake.facts import facts_above, signed_above
from xmdemand.intake.headings import (
    AS_WORDED,
    Guess,
    meaning,
    order_stems,
    resembles_heading,
    spellings,
    worded,
)
from xmdemand.intake.headrows import labels_at
from xmdemand.intake.implied import implied, measure_around, wanted_around
from xmdemand.intake.matching import Match, match_headings
from xmdemand.intake.names import Names
from xmdemand.intake.sources import Grid, Rows
from xmdemand.intake.text import words_of, year_in
from xmdemand.intake.wide import Around, stands_alone

HEAD_ROWS = 40
"""How far down headings are looked for."""
OF_FIRMS = ("firm", "firm_name", "hard_reason", "train_persons", "headcount", "employees")
"""Columns of a return that no table of a whole market has."""


@dataclass(frozen=True, slots=True)
class Try:
    """One row taken for the headings of one kind, with its score."""

    score: float
    kind: Kind
    place: int
    depth: int
    labels: tuple[str, ...]
    match: Match
    facts: Mapping[str, object]


def tries_of(
    grid: Grid, confirmed: Mapping[str, Mapping[str, str]], kind: str, names: Names | None
) -> list[Try]:
    """The best heading row of every kind that has one."""
    best: dict[str, Try] = {}
    rows = grid.rows[:HEAD_ROWS]
    for place, row in enumerate(rows):
        if sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) < 2:
            continue
        for depth, labels in labels_at(rows, place, grid.merged):
            if not kind and not _has_headings(labels, confirmed, names):
                continue
            texts = (above(rows, place), grid.sheet, grid.file)
            around = Around(
                year_in(*texts),
                span_around(*texts),
                measure_around(*texts),
                wanted_around(*texts),
            )
            of_firm, of_office = facts_above(rows[:place]), signed_above(rows[:place])
            for candidate in [KINDS[kind]] if kind else KINDS.values():
                said = implied(candidate.name, labels, " ".join(texts))
                told = {**said.told, **confirmed.get(candidate.name, {})}
                match = match_headings(candidate.name, labels, told, names, around)
                if candidate.name == "employers":
                    match = _of_employers(match, labels, rows, place + depth)
                facts = of_firm if candidate.name == "employers" else said.facts
                if candidate.name == "decisions":
                    facts = of_office
                led = not of_firm and leads_with_firm(rows, place, depth)
                score = _score(candidate, match, facts, labels, led=led) - 0.01 * depth
                if facts is of_firm and of_firm and not _mostly_headings(labels):
                    score = 0.0  # a line of a form
                if candidate.name == "register" and score <= 0 and not of_firm and not led:
                    cells = partial(below, rows, place + depth)
                    score = _posts_only(candidate, match, labels, texts, cells) - 0.01 * depth
                if candidate.name == "firms" and score <= 0:
                    score = _frame_only(match, labels, (grid.file, *texts)) - 0.01 * depth
                if candidate.name == "trainable" and _wants_people(labels):
                    score = 0.0
                if kind and score <= 0 and len(match.names) > 1:
                    score = 0.1  # a person said so
                held = best.get(candidate.name)
                if score > 0 and (held is None or _better(score, place, held, rows)):
                    best[candidate.name] = Try(score, candidate, place, depth, labels, match, facts)
        if best and place > max(found.place for found in best.values()) + 3:
            break
    return list(best.values())


def _of_employers(match: Match, labels: Sequence[str], rows: Rows, first: int) -> Match:
    """Headings of a return without those above names of agencies: they are no employers.

    Where posts and numbers are wanted and no heading names the firm, the one column of firms does.
    """
    if {"title", "vacancies"} <= match.names and not match.names & {"firm", "firm_name"}:
        named = [
            at
            for at, label in enumerate(labels)
            if label and at not in match.columns and at not in match.wide.places
            if firms(cells := below(rows, first, at)) and not agencies(cells)
        ]
        if len(named) == 1:
            column = KINDS["employers"].column("firm_name")
            guess = Guess(labels[named[0]], "firm_name", AS_WORDED)
            columns = dict(sorted({**match.columns, named[0]: column}.items()))
            return replace(match, columns=columns, vague=(*match.vague, guess))
    others = {
        place: column
        for place, column in match.columns.items()
        if column.name != "firm_name" or not agencies(below(rows, first, place))
    }
    return match if len(others) == len(match.columns) else replace(match, columns=others)


def _better(score: float, place: int, held: Try, rows: Rows) -> bool:
    """Whether a row is more likely the headings than one above it.

    Headings with data below them are a table of their own, however little they say.
    """
    return score > held.score and not is_table(held, place, rows)


def is_table(held: Try, end: int, rows: Rows) -> bool:
    """Whether headings have data below them, before the row at `end`."""
    between = rows[held.place + held.depth : end]
    data = any(sum(cell not in (None, "") for cell in row) > 1 for row in between)
    return data and _mostly_headings(held.labels)


_OF_NO_COLUMN = re.compile(r"^(?:序号|行次|编号|科室|院区|校区|班组)$|/其中[:：]?[男女]")
"""Headings beside others that tell nothing of a table: numbering, parts of a firm or of a count."""


def _mostly_headings(labels: Sequence[str]) -> bool:
    filled = [label for label in labels if label and not _OF_NO_COLUMN.search(label)]
    return sum(map(resembles_heading, filled)) * 3 >= len(filled) * 2


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
        if alone or resembles_heading(label) or (told and not told.isdisjoint(_keys(label))):
            hits += 1
            if hits == 2:
                return True
    return False


def _keys(label: str) -> list[str]:
    return [key for key, *_ in spellings(label)] + list(order_stems(label))


def above(rows: Rows, place: int) -> str:
    """The text of the rows above the headings."""
    return "\n".join(
        " ".join(text for cell in row if (text := words_of(cell))) for row in rows[:place]
    )


def named_so(kind: Kind, path: str) -> bool:
    return any(word in path for word in kind.words)


_POSTS_AND_COUNTS = re.compile(
    r"(?:岗位|工种|职位|职业)(?:[(].*[)])?(?:及|和|与|、|/|以及).{0,6}(?:人数|数量)"
    r"|(?:缺|招|要)(?:什么|哪些|哪种).{0,4}(?:几|多少)"
)


def _score(
    kind: Kind,
    match: Match,
    facts: Mapping[str, object],
    labels: Sequence[str],
    *,
    led: bool = False,
) -> float:
    """How many of a kind's columns the headings name; 0 if they cannot be that kind's.

    Rows led by a line that names a firm have a firm.
    """
    names = match.names
    useful = {name for name in names if kind.column(name).kind != "ignored"}
    names = names | set(facts)
    if "firm" in names or (led and kind.name == "employers"):
        names = names | {"firm_name"}
    counted = kind.name == "employers" and any(map(_may_count, labels))
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


@lru_cache(maxsize=8192)
def _may_count(label: str) -> bool:
    """Whether a heading speaks of posts with their numbers, or may mean either (``岗位需求``)."""
    if _POSTS_AND_COUNTS.search(label):
        return True
    meant = worded("employers", label) if label else ()
    return len(meant) > 1 and any(column.name == "vacancies" for column in meant)


@lru_cache(maxsize=1024)
def _wants_people(labels: tuple[str, ...]) -> bool:
    """Whether a heading counts people wanted: no table of what can be assessed does."""
    meant = (meaning("employers", label) for label in labels if label)
    return any(found and found[0].name in ("vacancies", "planned_hires") for found in meant)


_FRAME = re.compile(r"名录|名册|名单|企业库|单位库|样本框|抽样框|清单|一览|台账")


def _frame_only(match: Match, labels: Sequence[str], texts: Sequence[str]) -> float:
    """The score of a list of firms that says of none whether it was asked or replied; else 0.

    It must be called a list, say how many people work there, and name no posts.
    """
    known = {"firm_name", "employees"} <= match.names and len(match.names) > 3
    posts = any(
        (found := meaning("employers", label)) and found[0].name in ("title", "vacancies")
        for label in labels
        if label
    )
    about = " ".join(texts)
    if not known or posts or not (_FRAME.search(about) or _ABOUT_FIRMS.search(about)):
        return 0.0
    return len(match.names) - 0.5


_ABOUT_FIRMS = re.compile(r"四上单位|规上(?:单位|企业)|(?:单位|企业)基本情况")


def _posts_only(
    kind: Kind,
    match: Match,
    labels: Sequence[str],
    texts: Sequence[str],
    names_below: Callable[[int], Sequence[object]],
) -> float:
    """The score of a table of posts by month without seekers, as agencies send them; else 0.

    It must be dated and name no firm: the same headings are a firm's return where one is named.
    """
    names = match.names
    posts = names & {"posts_total", "posts_new"}
    if not posts or "title" not in names:
        return 0.0
    dated = "month" in names or period_around(*texts).value is not None
    named = any(
        (found := meaning("employers", label))
        and found[0].name in OF_FIRMS
        and not (found[0].name == "firm_name" and agencies(names_below(at)))
        for at, label in enumerate(labels)
        if label
    )
    if not dated or named:
        return 0.0
    return len({name for name in names if kind.column(name).kind != "ignored"}) - 0.5
