"""Tables that set side by side what belongs below each other: posts, places or months.

``岗位1 | 需求人数1 | 岗位2 | 需求人数2``, ``思明区/需求人数 | 湖里区/需求人数``,
``10月/招聘人数 | 11月/招聘人数`` and ``缺工人数(焊工) | 缺工人数(电工)`` are read as one row a
post, place or month, and so is a list folded into several columns. Taking the first of such
columns for the whole would be a silent error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from xmdemand.intake.columns import KINDS, Column, choice
from xmdemand.intake.dates import year_within
from xmdemand.intake.firmsacross import firms_across
from xmdemand.intake.following import following_blocks
from xmdemand.intake.headings import (
    COUNTS,
    every_heading,
    heading_key,
    meaning,
    resembles_heading,
)
from xmdemand.intake.names import Names

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of one post, place or month, and what their headings say of it."""

    columns: Mapping[int, Column]
    said: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Wide:
    """What a table sets side by side; `totals` are columns that only add others up."""

    blocks: tuple[Block, ...] = ()
    totals: frozenset[int] = frozenset()

    @property
    def places(self) -> frozenset[int]:
        """Positions of all columns that belong to a block or add blocks up."""
        return self.totals.union(*(block.columns for block in self.blocks))

    @property
    def names(self) -> frozenset[str]:
        """Names of the columns that blocks hold or their headings say."""
        held = (column.name for block in self.blocks for column in block.columns.values())
        return frozenset(held).union(*(block.said for block in self.blocks))


@dataclass(frozen=True, slots=True)
class Around:
    """What the texts around a table say of it.

    Attributes
    ----------
    year
        The year of months that name none; nothing if it is not known.
    span
        The months, each with its year, from and to which the table goes, where the texts say so.
    measure
        The column of which headings that name only a place or a month are the counts.
    wanted
        Whether headings that name only a post are counts of people firms want.
    """

    year: str = ""
    span: tuple[int, int, int, int] | None = None
    measure: str = ""
    wanted: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """One column's share in a block: which block, which column; no column in a total."""

    key: str
    column: Column | None
    said: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


_Axis = Callable[[str, str, "Names | None", Around], "_Part | None"]

_TOTALS = frozenset(["合计", "总计", "小计", "全市", "全区", "共计", "全市合计", "总数"])
_NUMBERS = {word: str(n) for n, word in enumerate("一二三四五六七八九", 1)}
_DIGIT = "[1-9一二三四五六七八九]"
_IN_NEED = "最?(?:紧缺|急缺|短缺|稀缺|缺工|缺员|空缺|急需|急招|招聘|招工|用工|主要|需求)的?"
"""What a questionnaire calls a post before it numbers it: ``紧缺岗位一：``."""
_NUMBERED = (
    re.compile(
        rf"(?:.{{2,10}}[/:：、_-])?第?(?P<n>{_DIGIT})[)]?(?:行|项|条|组)(?P<a>)[/:：、_-](?P<b>.+)"
    ),
    re.compile(
        rf"(?:{_IN_NEED})?(?P<a>岗位|工种|职位|职业|需求)"
        rf"[(]?(?P<n>{_DIGIT})[)]?[/:：、_的-]?(?P<b>.*)"
    ),
    re.compile(
        rf"第(?P<n>{_DIGIT})个?(?:{_IN_NEED})?(?P<a>岗位|工种|职位|职业)?[/:、_的-]?(?P<b>.*)"
    ),
    re.compile(rf"(?P<a>)(?P<b>.*[^\d十百千.(/-])[(]?(?P<n>{_DIGIT})[)]?"),
)
_PERIOD = re.compile(
    r"20\d{2}年(?:1[0-2]|0?[1-9])月份?|20\d{2}[-.](?:1[0-2]|0?[1-9])(?!\d)|20\d{2}(?:1[0-2]|0[1-9])(?!\d)|(?:1[0-2]|[1-9])月份?"
    r"|(?:20\d{2}年)?第?[一二三四1-4]季度|20\d{2}q[1-4]"
)
_YEAR = re.compile(r"(?<!\d)20\d{2}(?!\d)")
_IN_BRACKETS = re.compile(r"(.+?)[(]([^()]+)[)]")
_TITLE_BEHIND = re.compile(r"(.+?)\s*[/:_-]\s*([^/:_-]+)")
_TRADE = re.compile(
    r"[\u3400-\u9fffa-z]{1,10}(?:工|员|师|手|司机|接待|客服|保安|保洁|导购|会计|出纳|护士|月嫂|领班|店长|主播)"
)
_NO_TRADE = frozenset(
    [
        "职工",
        "员工",
        "联络员",
        "用工",
        "招工",
        "缺工",
        "人员",
        "新员工",
        "老员工",
        "农民工",
        "临时工",
        "实习生",
    ]
)


def find_blocks(kind: str, labels: Sequence[str], names: Names | None, around: Around) -> Wide:
    """The blocks that headings form, or none.

    Parameters
    ----------
    kind
        A key of `KINDS`.
    labels
        The headings, joined over two rows.
    names
        The spellings of the profile.
    around
        What the texts around the table say.

    Examples
    --------
    >>> labels = ("单位名称", "岗位1", "人数1", "岗位2", "人数2")
    >>> wide = find_blocks("employers", labels, None, Around())
    >>> [sorted(block.columns) for block in wide.blocks]
    [[1, 2], [3, 4]]
    """
    folded = _again(kind, labels)
    if folded.blocks:
        return folded
    if asked := following_blocks(kind, labels):
        return Wide(tuple(map(Block, asked)))
    if around.wanted and (firms := firms_across(kind, labels)):
        wanted = KINDS[kind].column("vacancies")
        sums = frozenset(at for at, label in enumerate(labels) if heading_key(label) in _TOTALS)
        said = firms.items()
        return Wide(tuple(Block({at: wanted}, {"firm_name": firm}) for at, firm in said), sums)
    for axis, enough in _AXES:
        parts = {
            place: part
            for place, label in enumerate(labels)
            if label and (part := axis(kind, label, names, around))
        }
        if axis is _titled:
            parts = _with_neighbours(labels, parts)
        keys = [part.key for part in parts.values() if part.column is not None]
        if not keys or not enough(kind, labels, parts):
            continue
        blocks = tuple(_block(parts, key) for key in dict.fromkeys(keys))
        if all(block is not None for block in blocks):
            totals = frozenset(place for place, part in parts.items() if part.column is None)
            return Wide(tuple(block for block in blocks if block is not None), totals)
    return Wide()


def _block(parts: Mapping[int, _Part], key: str) -> Block | None:
    """The columns of one block; None if a column would stand in it twice."""
    own = {place: part for place, part in parts.items() if part.key == key and part.column}
    columns = {place: part.column for place, part in own.items() if part.column is not None}
    if len({column.name for column in columns.values()}) < len(columns):
        return None
    return Block(columns, next(iter(own.values())).said)


def _numbered(kind: str, label: str, names: Names | None, around: Around) -> _Part | None:
    """``岗位1``, ``需求人数1``, ``第2个岗位/人数``: of a firm's first, second, ... post."""
    if kind != "employers":
        return None
    key = heading_key(label)
    for pattern in _NUMBERED:
        if match := pattern.fullmatch(key):
            for stem in (f"{match['a'] or ''}{match['b']}", match["b"]):
                if stem and (found := meaning(kind, stem)):
                    return _Part(_NUMBERS.get(match["n"], match["n"]), found[0])
    return None


def _numbered_enough(kind: str, labels: Sequence[str], parts: Mapping[int, _Part]) -> bool:
    """Two posts at least, each with its title, and a count beside one."""
    held: dict[str, set[str]] = {}
    for part in parts.values():
        if part.column is not None:
            held.setdefault(part.key, set()).add(part.column.kind)
    return (
        len(held) > 1
        and all("titles" in kinds for kinds in held.values())
        and any(kinds & COUNTS for kinds in held.values())
    )


def _again(kind: str, labels: Sequence[str]) -> Wide:
    """Blocks of the same headings over and over, as they stand where a long list is folded.

    ``职业 | 需求人数 | 职业 | 需求人数``: the headings before the first block hold for all of them.
    """
    filled = [(at, label) for at, label in enumerate(labels) if label]
    texts = [label for _, label in filled]
    for start in range(len(texts)):
        for width in range(2, (len(texts) - start) // 2 + 1):
            block = texts[start : start + width]
            times = (len(texts) - start) // width
            if texts[start:] != block * times or len(set(block)) < width:
                continue
            found = [meaning(kind, label) for label in block]
            columns = [item[0] if item else None for item in found]
            names = [column.name for column in columns if column is not None]
            kinds = {column.kind for column in columns if column is not None}
            if len(set(names)) < len(names) or not kinds & _TITLES or not kinds & COUNTS:
                continue
            places = [[at for at, _ in filled[start + n * width :][:width]] for n in range(times)]
            blocks = tuple(
                Block({at: c for at, c in zip(own, columns, strict=True) if c is not None})
                for own in places
            )
            unknown = (
                at for own in places for at, c in zip(own, columns, strict=True) if c is None
            )
            return Wide(blocks, frozenset(unknown))
    return Wide()


_TITLES = frozenset(["title", "titles"])


def _titled(kind: str, label: str, names: Names | None, around: Around) -> _Part | None:
    """``缺工人数(焊工)`` and ``缺工人数/焊工``: the count of one post."""
    key = heading_key(label)
    bare_of = {"employers": "vacancies" if around.wanted else "", "register": around.measure}
    if (measure := bare_of.get(kind, "")) and (key in _TOTALS or _is_title(key, names)):
        column = None if key in _TOTALS else KINDS[kind].column(measure)
        return _Part(key, column, {"title": label})
    if kind == "employers" and _OTHERS_NAMED.fullmatch(key):
        return _Part(key, KINDS[kind].column("title"))
    match = _IN_BRACKETS.fullmatch(key)
    split = _TITLE_BEHIND.fullmatch(key)
    if match:
        stem, title = match[1], match[2]
    else:
        stem, title = (split[1], split[2]) if split else ("", "")
    if split and kind in ("employers", "register") and _is_title(split[1], names):
        under = meaning(kind, split[2])
        if under is not None and under[0].kind in (*COUNTS, "wage", "level", "levels"):
            return _Part(split[1], under[0], {"title": split[1]})
    if kind != "employers":
        return None
    if _SUM_OF_POSTS.fullmatch(key):
        return _Part(key, None)
    found = meaning(kind, stem) if stem else None
    counted = found[0] if found is not None else None
    if _POSTS_WITH_COUNTS.fullmatch(stem):
        counted = KINDS[kind].column("vacancies")
    if counted is None or counted.kind not in COUNTS:
        return None
    if title in _TOTALS:
        return _Part(title, None)
    if not _is_title(title, names):
        return None
    return _Part(title, counted, {"title": title})


def _with_neighbours(labels: Sequence[str], parts: dict[int, _Part]) -> dict[int, _Part]:
    """Posts by name, and what stands in one row with them and is no heading: posts as well.

    ``会计`` does not look like a trade, but stands for one between ``焊工`` and ``质检员``.
    """
    named = {at: part for at, part in parts.items() if part.column and part.said}
    if len(named) < 2:
        return parts
    tops = {labels[at].rpartition("/")[0] for at in named}
    columns = {part.column.name: part.column for part in named.values() if part.column}
    if len(tops) > 1 or len(columns) > 1:
        return parts
    top, column = tops.pop(), next(iter(columns.values()))
    found = dict(parts)
    for run in (range(min(named), -1, -1), range(min(named), len(labels))):
        for at in run:
            over, _, text = labels[at].rpartition("/")
            if at in found:
                continue
            if over != top or not text or len(text) > _LONGEST_POST or resembles_heading(text):
                break
            found[at] = _Part(heading_key(text), column, {"title": text})
    return dict(sorted(found.items()))


_LONGEST_POST = 12
_POSTS_WITH_COUNTS = re.compile(
    r"(?:缺工|缺员|空缺|紧缺|招聘|招工|需求|用工)(?:岗位|工种|职位)(?:及|和|与|、|/)(?:人数|数量)"
)
"""What stands above posts whose numbers stand below them."""
_OTHERS_NAMED = re.compile(
    r"(?:.*/)?其[他它](?:工种|岗位|职位|职业)?[(]?请?(?:注明|写明|列明|列出|说明)(?:工种|岗位|名称)?(?:[及和、](?:人数|数量))?[)]?"
)
"""What stands beside such posts above others, written out with their numbers."""
_SUM_OF_POSTS = re.compile(r"(?:缺工|缺员|空缺|招聘|招工|需求)(?:人数)?(?:合计|总计|小计|总数)")


def _is_title(text: str, names: Names | None) -> bool:
    if names is not None and text in names.titles:
        return True
    trade = _TRADE.fullmatch(text) is not None
    known = text in _NO_TRADE or text in every_heading()
    return trade and not known and meaning("employers", text) is None


def _titled_enough(kind: str, labels: Sequence[str], parts: Mapping[int, _Part]) -> bool:
    own = any(
        place not in parts and (found := meaning(kind, label)) and found[0].name == "title"
        for place, label in enumerate(labels)
        if label
    )
    return not own and len({part.key for part in parts.values() if part.column}) > 1


def _placed(kind: str, label: str, names: Names | None, around: Around) -> _Part | None:
    """``思明区/需求人数``, ``需求人数/思明区``, ``思明区需求人数``: the count of one district."""
    if names is None or kind != "register":
        return None
    if around.measure and (said := _place_alone(label, names)) is not None:
        column = KINDS[kind].column(around.measure)
        return _Part(said, column, {"district": said}) if said else _Part(label, None)
    for place, rest in _halves(label, names.districts):
        found = meaning(kind, rest)
        if found is None or found[0].kind not in (*COUNTS, "number"):
            continue
        if place in names.districts:
            district = names.districts[place]
            return _Part(district, found[0], {"district": district})
        if place in _TOTALS:
            return _Part(place, None)
    return None


def stands_alone(label: str, names: Names | None) -> bool:
    """Whether a heading is nothing but a month, a quarter, a district or the sum of such."""
    key = heading_key(label)
    return (
        key in _TOTALS or _counts_of_a_time(key) or (names is not None and key in names.districts)
    )


def _counts_of_a_time(key: str) -> bool:
    """Whether a heading is a month or a quarter, alone or with a count of the register."""
    opening = _PERIOD.match(key)
    if opening is None:
        return False
    rest = key[opening.end() :]
    return not rest or (
        (found := meaning("register", rest)) is not None and found[0].kind in COUNTS
    )


def names_time(key: str, names: Names) -> bool:
    """Whether a heading, as `heading_key` writes it, is nothing but a month or a quarter."""
    return _PERIOD.fullmatch(key.replace("/", "")) is not None


def names_place(key: str, names: Names) -> bool:
    """Whether it is nothing but a district."""
    return key in names.districts


def names_post(key: str, names: Names) -> bool:
    """Whether it is an occupation's name, or ends as trades do and is no heading."""
    return _is_title(key, names)


def _place_alone(label: str, names: Names) -> str | None:
    """The district a heading consists of, nothing for their total, None for anything else."""
    key = heading_key(label)
    return "" if key in _TOTALS else names.districts.get(key)


def _halves(label: str, openings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    key = heading_key(label)
    if "/" in key:
        first, _, last = key.partition("/")
        yield first, last
        yield last, first
    elif match := _IN_BRACKETS.fullmatch(key):
        yield match[2], match[1]
    for opening in (*openings, *_TOTALS):
        if key.startswith(opening) and len(key) > len(opening):
            yield opening, key[len(opening) :]


def _placed_enough(kind: str, labels: Sequence[str], parts: Mapping[int, _Part]) -> bool:
    own = any(label and _is(kind, label, "district") for label in labels)
    return not own and len({part.key for part in parts.values() if part.column}) > 1


def _dated(kind: str, label: str, names: Names | None, around: Around) -> _Part | None:
    """``2025年10月/招聘人数``, ``10月招聘人数``: the count of one month or quarter."""
    if kind != "register":
        return None
    key = heading_key(label)
    if around.measure and _PERIOD.fullmatch(key):
        month = _with_its_year(key, around)
        return _Part(month, KINDS[kind].column(around.measure), {"month": month})
    if around.measure and key in _TOTALS:
        return _Part(key, None)
    halves = [key.partition("/")[::2], key.rpartition("/")[::-2]] if "/" in key else []
    if opening := _PERIOD.match(key):
        halves.append((opening[0], key[opening.end() :]))
    for period, rest in halves:
        found = meaning(kind, rest) if rest else None
        if found and found[0].kind in (*COUNTS, "number") and _PERIOD.fullmatch(period):
            month = _with_its_year(period, around)
            return _Part(month, found[0], {"month": month})
    return None


def _with_its_year(period: str, around: Around) -> str:
    """A month with its year, where it names none and the texts around the table tell."""
    year = around.year or year_within(period, around.span)
    return period if not year or _YEAR.search(period) else f"{year}年{period}"


def _dated_enough(kind: str, labels: Sequence[str], parts: Mapping[int, _Part]) -> bool:
    return not any(label and _is(kind, label, "month") for label in labels)


def _sourced(kind: str, label: str, names: Names | None, around: Around) -> _Part | None:
    """``人数/毕业生``, ``毕业生人数`` beside ``在训人数``: the people of one source."""
    if kind != "pipeline":
        return None
    key = heading_key(label)
    found = _of_source(key)
    halves = [key.partition("/")[::2], key.rpartition("/")[::-2]] if "/" in key else [(key, key)]
    for source, rest in halves:
        column = meaning(kind, rest)
        if found and column and column[0].name == "persons" and _of_source(source) == found:
            said = choice("pipeline", "kind", found)
            return _Part(said, column[0], {"kind": said})
    return None


def _of_source(text: str) -> str:
    graduates, trainees = "毕业" in text, _TRAINEES.search(text) is not None
    if graduates == trainees:
        return ""
    return "graduates" if graduates else "trainees"


_TRAINEES = re.compile(r"在训|在培|学员|学徒|结业")


def _sourced_enough(kind: str, labels: Sequence[str], parts: Mapping[int, _Part]) -> bool:
    own = any(label and _is(kind, label, "kind") for label in labels)
    return not own and len({part.key for part in parts.values()}) > 1


def _is(kind: str, label: str, name: str) -> bool:
    found = meaning(kind, label)
    return found is not None and found[0].name == name


_AXES: tuple[tuple[_Axis, Callable[[str, Sequence[str], Mapping[int, _Part]], bool]], ...] = (
    (_numbered, _numbered_enough),
    (_titled, _titled_enough),
    (_placed, _placed_enough),
    (_dated, _dated_enough),
    (_sourced, _sourced_enough),
)
