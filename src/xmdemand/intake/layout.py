"""Where the headings of a sheet are, which kind of file it is, and what its columns mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cache, lru_cache

from xmdemand.intake.columns import KINDS, Column, Kind
from xmdemand.intake.sources import Grid, Rows
from xmdemand.intake.text import bare, plain, words_of

IGNORE = "-"
"""Stands in `mapping.toml` for a heading that means no column."""
HEAD_ROWS = 40
"""How far down headings are looked for."""
SURE = 0.8
"""Likeness from which an unknown heading is taken for a known one, and said so."""
POSSIBLE = 0.5
"""Likeness from which a known heading is proposed for an unknown one."""

_NUMBERING = re.compile(r"^(?:第?q?\d{1,3}(?:题)?\s?[、.:：)）\-]\s*|[①-⑳]|[*★※]+)")
_POLITE = re.compile(
    r"^(?:请问|请填写|请选择|请)?(?:您|贵(?:单位|公司|企业)|本(?:单位|公司|企业))的?"
)
_TAIL = re.compile(r"[*★:：?？。.]+$")
_BRACKETS = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")
_REPEAT = re.compile(r"[(]?(?:第?[一二三四五六七八九1-9][)]?(?:志愿|意愿)?)$")
_UNIT = re.compile(r"(?:单位|计量单位)\s?[:：]?\s?((?:[万千百十])?(?:人次|人|元|个))")
_UNIT_IN_HEAD = re.compile(r"[(]([万千百十]?)(?:人次|人|元|名|个)(?:/月)?[)]")
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
_FIRM_ABOVE = re.compile(
    r"(?:填报单位|填表单位|单位名称|企业名称|报送单位)(?:[(][^)]*[)])?\s?[:：]\s?([^\s(:：]{4,40})"
)
_OPTION = re.compile(r"^(.+?)[(]([^()]+(?:[(][^()]*[)][:：]?)?)[)]$")
_OPPOSED = (
    ("过去", "未来"),
    ("上期", "本期"),
    ("结转", "新增"),
    ("招聘", "求职"),
    ("需求", "求职"),
    ("空缺", "现有"),
    ("计划", "实际"),
    ("招用", "离职"),
    ("增加", "减少"),
    ("培训", "招聘"),
    ("入职", "离职"),
    ("男", "女"),
)


@dataclass(frozen=True, slots=True)
class Guess:
    """An unknown heading taken for a known one (or only proposed), with its likeness."""

    heading: str
    column: str
    score: float


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
    taken, proposed
        Headings taken by likeness, and those left to a person.
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
    taken: tuple[Guess, ...] = ()
    proposed: tuple[Guess, ...] = ()


@lru_cache(maxsize=8192)
def heading_key(text: str) -> str:
    """A heading without numbering, politeness, marks and spaces.

    >>> heading_key("3、您的年龄（周岁）：")
    '年龄(周岁)'
    """
    key = _NUMBERING.sub("", bare(text).replace("〔", "(").replace("〕", ")"))
    return _TAIL.sub("", _POLITE.sub("", key))


@lru_cache(maxsize=8192)
def _keys(text: str) -> tuple[str, ...]:
    """The spellings under which a heading is looked up, the fullest first."""
    full = heading_key(text)
    short = _TAIL.sub("", _BRACKETS.sub("", full))
    last = full.rsplit("/", 1)[-1]
    return tuple(dict.fromkeys(key for key in (full, short, last) if key))


@cache
def _headings(kind: str) -> Mapping[str, Column]:
    known: dict[str, Column] = {}
    for column in KINDS[kind].columns:
        for text in (column.header, column.name, *column.synonyms):
            known.setdefault(heading_key(text), column)
    return known


def find_column(kind: str, label: str, confirmed: Mapping[str, str] | None = None) -> Column | None:
    """The column a heading means, or None.

    Examples
    --------
    >>> find_column("employers", "2、缺工人数（人）").name
    'vacancies'
    """
    if confirmed and (name := confirmed.get(heading_key(label))):
        return None if name == IGNORE else KINDS[kind].column(name)
    known = _headings(kind)
    for key in _keys(label):
        if key in known:
            return known[key]
        stem = _REPEAT.sub("", key)
        if stem != key and stem in known and known[stem].repeats:
            return known[stem]
    return None


def find_layout(
    grid: Grid,
    confirmed: Mapping[str, Mapping[str, str]] | None = None,
    *,
    kind: str = "",
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
    """
    best: dict[str, tuple[float, int, int, tuple[str, ...], dict[int, Column]]] = {}
    kinds = [KINDS[kind]] if kind else list(KINDS.values())
    rows = grid.rows[:HEAD_ROWS]
    for place, row in enumerate(rows):
        if sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) < 2:
            continue
        above = _above(rows, place)
        for depth, labels in _labels_at(rows, place, grid.merged):
            if not kind and not _has_headings(labels, confirmed):
                continue
            for candidate in kinds:
                names = (confirmed or {}).get(candidate.name, {})
                columns = _match(candidate, labels, names)
                score = _score(candidate, columns, above) - 0.01 * depth
                if score > 0 and (candidate.name not in best or score > best[candidate.name][0]):
                    best[candidate.name] = (score, place, depth, labels, columns)
        if best and place > max(found[1] for found in best.values()) + 3:
            break
    if not best:
        return "intake.no_table"
    path = f"{grid.file}/{grid.sheet}/{_above(rows, min(f[1] for f in best.values()))}"
    ranked = sorted(
        best, key=lambda name: best[name][0] + 0.3 * _named(KINDS[name], path), reverse=True
    )
    first = best[ranked[0]]
    if len(ranked) > 1 and best[ranked[1]][0] + 0.3 * _named(KINDS[ranked[1]], path) == (
        first[0] + 0.3 * _named(KINDS[ranked[0]], path)
    ):
        return "intake.ambiguous_kind"
    _, place, depth, labels, columns = first
    names = (confirmed or {}).get(ranked[0], {})
    layout = _layout(KINDS[ranked[0]], place, depth, labels, columns, rows)
    options = {
        at: found[1] for at in columns if (found := _option_of(ranked[0], labels[at], names))
    }
    return _with_guesses(replace(layout, options=options), names)


@cache
def _every_heading() -> frozenset[str]:
    return frozenset(key for kind in KINDS for key in _headings(kind))


def _has_headings(
    labels: tuple[str, ...], confirmed: Mapping[str, Mapping[str, str]] | None
) -> bool:
    """Whether at least two of the texts are headings of any kind."""
    told = {key for headings in (confirmed or {}).values() for key in headings}
    known = _every_heading()
    hits = 0
    for label in labels:
        if label and any(key in known or key in told for key in _keys(label)):
            hits += 1
            if hits == 2:
                return True
    return False


def _above(rows: Rows, place: int) -> str:
    """The text of the rows above the headings."""
    return "\n".join(
        " ".join(text for cell in row if (text := words_of(cell))) for row in rows[:place]
    )


def _named(kind: Kind, path: str) -> bool:
    return any(word in path for word in kind.words)


def firm_above(above: str) -> str:
    """The firm named above the headings, where a file is one firm's own return.

    >>> firm_above("填报单位（盖章）：示例电子有限公司 填报日期：2026年3月15日")
    '示例电子有限公司'
    """
    found = _FIRM_ABOVE.search(plain(above))
    return found[1] if found and not found[1].startswith(("填报", "填表", "盖章")) else ""


def _labels_at(
    rows: Rows, place: int, merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> list[tuple[int, tuple[str, ...]]]:
    """The headings at a row: alone, and joined with the row below."""
    row = [words_of(cell).replace("\n", "") for cell in rows[place]]
    found = [(1, tuple(row))]
    if place + 1 >= len(rows):
        return found
    below = [words_of(cell).replace("\n", "") for cell in rows[place + 1]]
    if not any(below) or any(re.fullmatch(r"[\d.,%-]+", cell) for cell in below):
        return found
    spans = {
        (start[1], column): True
        for start, end in merged
        if start[0] <= place <= end[0]
        for column in range(start[1] + 1, end[1] + 1)
    }
    joined, top, top_at = [], "", -1
    for column in range(max(len(row), len(below))):
        here = row[column] if column < len(row) else ""
        under = below[column] if column < len(below) else ""
        if here:
            top, top_at = here, column
        spanned = here or (top if under and (not merged or (top_at, column) in spans) else "")
        joined.append(f"{spanned}/{under}" if spanned and under else spanned or under)
    found.append((2, tuple(joined)))
    return found


def _match(kind: Kind, labels: tuple[str, ...], names: Mapping[str, str]) -> dict[int, Column]:
    columns: dict[int, Column] = {}
    taken: set[str] = set()
    for place, label in enumerate(labels):
        column = find_column(kind.name, label, names) if label else None
        if label and (option := _option_of(kind.name, label, names)):
            column = option[0]
        if column is not None and (column.repeats or column.name not in taken):
            columns[place] = column
            taken.add(column.name)
    return columns


def _option_of(kind: str, label: str, names: Mapping[str, str]) -> tuple[Column, str] | None:
    """The column and the option of a heading like ``3、希望参加的培训(电工)``."""
    found = _OPTION.match(bare(label))
    if found is None or heading_key(label) in _headings(kind):
        return None
    base = heading_key(found[1])
    column = _headings(kind).get(base)
    if base in names and names[base] != IGNORE:
        column = KINDS[kind].column(names[base])
    if column is None or not column.repeats:
        return None
    return column, found[2].rstrip(":：")


def _score(kind: Kind, columns: Mapping[int, Column], above: str) -> float:
    """How many of a kind's columns the headings name; 0 if they cannot be that kind's."""
    names = {column.name for column in columns.values()}
    useful = {column.name for column in columns.values() if column.kind != "ignored"}
    if "firm" in names or (kind.name == "employers" and firm_above(above)):
        names = names | {"firm_name"}
    if not names & set(kind.marks) or len(useful) < 2:
        return 0.0
    required = [column.name for column in kind.columns if column.required]
    if required and not names.intersection(required):
        return 0.0
    return (
        len(useful)
        + 0.4 * (len(names) - len(useful))
        + 0.5 * sum(name in names for name in required)
    )


def _layout(
    kind: Kind,
    place: int,
    depth: int,
    labels: tuple[str, ...],
    columns: dict[int, Column],
    rows: Rows,
) -> Layout:
    above = _above(rows, place)
    corner = _UNIT.search(above)
    general = _SCALES[corner[1][0]] if corner and corner[1][0] in _SCALES else 1.0
    units = {}
    for position, column in columns.items():
        own = _UNIT_IN_HEAD.search(bare(labels[position]))
        if column.kind in ("count", "uncertain"):
            units[position] = _SCALES[own[1]] if own else general
        elif column.kind == "wage":
            units[position] = _SCALES[own[1]] if own else 1.0
    keys = {heading_key(label) for label in labels if label}
    return Layout(
        kind.name,
        place + depth,
        place + 1,
        columns,
        labels,
        units,
        above,
        questionnaire=bool(keys & {"提交答卷时间", "来自ip", "所用时间"}),
    )


def _with_guesses(layout: Layout, confirmed: Mapping[str, str]) -> Layout:
    """Look unknown headings up by likeness among the columns that are still free."""
    columns = dict(layout.columns)
    taken, proposed = [], []
    used = {column.name for column in columns.values()}
    for place, label in enumerate(layout.labels):
        key = heading_key(label) if label else ""
        if not key or place in columns or key in _META or key in confirmed:
            continue
        guess = _likest(layout.kind, label, used)
        if guess is None:
            continue
        if guess.score >= SURE:
            columns[place] = KINDS[layout.kind].column(guess.column)
            used.add(guess.column)
            taken.append(guess)
        else:
            proposed.append(guess)
    units = {place: layout.units.get(place, 1.0) for place in columns}
    return replace(
        layout, columns=columns, units=units, taken=tuple(taken), proposed=tuple(proposed)
    )


def propose_kind(grid: Grid) -> list[tuple[str, Guess]]:
    """For a sheet without known headings: which kind its likest row could be, column by column.

    Nothing is proposed unless at least two headings of one row resemble columns of one kind.
    """
    best: list[tuple[str, Guess]] = []
    for row in grid.rows[:HEAD_ROWS]:
        labels = [text for cell in row if isinstance(cell, str) and (text := words_of(cell))]
        labels = [label for label in labels if len(label) <= 20]
        if len(labels) < 3:
            continue
        for kind in KINDS:
            used: set[str] = set()
            guesses: list[tuple[str, Guess]] = []
            for label in labels:
                guess = _likest(kind, label, used)
                if guess is not None:
                    used.add(guess.column)
                    guesses.append((kind, guess))
            if len(guesses) >= 2 and sum(g.score for _, g in guesses) > sum(
                g.score for _, g in best
            ):
                best = guesses
    return best


def _likest(kind: str, label: str, used: set[str]) -> Guess | None:
    key = _keys(label)[-1] if _keys(label) else ""
    best: Guess | None = None
    for known, column in _headings(kind).items():
        if column.name in used or column.kind == "ignored" or _opposed(key, known):
            continue
        score = SequenceMatcher(None, key, known, autojunk=False).ratio()
        if best is None or score > best.score:
            best = Guess(label, column.name, round(score, 2))
    return best if best is not None and best.score >= POSSIBLE else None


def _opposed(one: str, other: str) -> bool:
    """Whether two headings differ by a word and its opposite (过去 and 未来)."""
    return any(
        (a in one and a not in other and b in other and b not in one)
        or (b in one and b not in other and a in other and a not in one)
        for a, b in _OPPOSED
    )
