"""What one heading means: looked up as it stands, without its trimmings, or by likeness."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache

from xmdemand.intake.columns import KINDS, Column
from xmdemand.intake.identifiers import spelt_out
from xmdemand.intake.text import SIMPLIFIED, bare
from xmdemand.intake.wording import says, tells_period

IGNORE = "-"
"""Stands in `mapping.toml` for a heading that means no column."""
SURE = 0.8
"""Likeness from which an unknown heading is taken for a known one, and said so."""
AS_WORDED = 0.9
"""Likeness given to a heading that is known by its wording, or by what stands below it."""
POSSIBLE = 0.5
"""Likeness from which a known heading is proposed for an unknown one."""

HEADER, SYNONYM, TRIMMED, WORDED, VAGUE = range(5)
"""How well a heading is known; of two headings for one column the lower number wins."""

COUNTS = frozenset(["count", "uncertain"])
"""Kinds of column where a word too many may change what is counted."""

_NUMBERING = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2})+\s?[、.:：)）]?|第?q?\d{1,3}(?:题)?\s?[、.:：)）\-]\s*|[①-⑳]|[*★※]+)+"
)
_QUESTION = re.compile(r"^第\d{1,3}题[(](.+)[)]$")
_POLITE = re.compile(
    r"^(?:请问|请填写|请选择|请)?(?:您|[贵本](?=(?:单位|公司|企业)(?:名称|全称|规模|人数))"
    r"|[贵本](?:单位|公司|企业))的?"
)
_NOW = re.compile(r"^(?:本月|本季度?|本期|当前|目前|现阶段)的?")
"""Of the present period: the same count, unless the column itself speaks of a year."""
_TOTALS = frozenset(["合计", "小计", "总计", "总数", "总人数", "共计"])
_PERIODS = frozenset(["本月", "本期", "本季", "本季度", "当月", "当期", "当季", "本月数", "本期数"])
_TAIL = re.compile(r"[*★:：?？。.]+$")
_BRACKETS = re.compile(r"[(\[【〔]([^)\]】〕]*)[)\]】〕]")
_ORDERS = (
    re.compile(r"[(]?第?[一二三四五六七八九1-9][)]?(?:志愿|意愿)?$"),
    re.compile(r"^第[一二三四五六七八九1-9]个?"),
    re.compile(r"^第[一二三四五六七八九1-9](?:志愿|意愿|选择)的?"),
    re.compile(r"^[首次一二三四五]选的?"),
    re.compile(r"[(](?:第[一二三四五六七八九1-9]|[首次])(?:志愿|意愿|选择|选)[)]$"),
)
_HARMLESS_REMARK = re.compile(
    r"(?:单位[:：]?)?[万千百十]?(?:人次|人|名|个|家|所|位|元)?(?:/月)?|[必选可不多单]{1,2}填|填空|填?(?:整数|数字|数值)|"
    r"合计|总数|总计|含补缺|阿拉伯数字"
)
_WHOLE_YEAR = frozenset(["全年", "年度", "一年", "12个月", "今年", "本年"])
_OTHER_MEANING = re.compile(
    r"上年|去年|往年|前年|同期|上季|上月|上期|半年|环比|同比|增减|增长|增幅|增加|减少|比重|占比|变化|变动|"
    r"比例|百分|%|其中|目标|已|累计|男|女|\d月|季度"
)
_CHANGES = re.compile(r"变动|变化|流动|增减")
_RELATIVE = re.compile(
    r"环比|同比|增减|增长|增幅|比重|占比|变化|变动|百分|%|上月|上季|同期|率$"
    r"|(?:单位|企业|公司|家|户|机构|场次?)(?:总)?(?:数|数量|个数)$"
)
"""Words of figures that only compare with another period or a whole: no column of ours."""
_LEFT_OVER = re.compile(r"上[月期季年]度?末?(?=结转|结存|结余|留存)")
"""What is carried over from a period compares nothing with it."""
_HARMLESS = frozenset("的数人量总名称情况目当前现个所在及与和项栏请填写/()[]·、-")
"""Characters two headings may differ by and still mean the same."""
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


_OF_POSTS = frozenset(["工种", "职业", "岗位", "项目", "专业"])
"""What the place in an order may stand before, below a heading that asks for several."""
_DURATION = re.compile(r"天数|月数|时长|用时|年限|工龄|周期|days$|月份$")
"""How long something lasts: no number of people."""


@dataclass(frozen=True, slots=True)
class Guess:
    """An unknown heading taken for a known one (or only proposed), with its likeness."""

    heading: str
    column: str
    score: float


_PLAIN = {**str.maketrans({"〔": "(", "〕": ")"}), **SIMPLIFIED}
"""Traditional characters of headings, and brackets of one kind."""
_PREFACE = re.compile(r"^.{0,24}(?:排序|多选|选择|勾选|填写):(?=.{3})")
"""``请按意愿排序：希望参加的培训``: what a questionnaire says before its question."""


@lru_cache(maxsize=8192)
def heading_key(text: str) -> str:
    """A heading without numbering, politeness, marks and spaces.

    >>> heading_key("3、您的年龄（周岁）："), heading_key("第1题(您的年龄)")
    ('年龄(周岁)', '年龄')
    """
    key = bare(text).translate(_PLAIN)
    key = _PREFACE.sub("", key)
    if question := _QUESTION.match(key):
        key = question[1]
    return _TAIL.sub("", _POLITE.sub("", _NUMBERING.sub("", key)))


_TWO_ROWS = re.compile(r"(.*)/((?:[^/()]|[(][^()]*[)])*)")
"""The last stroke that stands in no brackets: ``工资(元/月)`` is one row."""


@lru_cache(maxsize=8192)
def spellings(text: str) -> tuple[tuple[str, str, str], ...]:
    """The spellings under which a heading is looked up, the fullest first.

    Each comes with the brackets and the heading above it that it leaves out.

    >>> spellings("2、缺工人数（人）")
    (('缺工人数(人)', '', ''), ('缺工人数', '人', ''))
    """
    full = heading_key(spelt_out(text) or text)
    found = {full: ("", "")}
    remark = "".join(_BRACKETS.findall(full))
    found.setdefault(_TAIL.sub("", _BRACKETS.sub("", full)), (remark, ""))
    if rows := _TWO_ROWS.fullmatch(full):
        group, last = rows[1], rows[2]
        found.setdefault(last, ("", group))
        remark = "".join(_BRACKETS.findall(last))
        found.setdefault(_TAIL.sub("", _BRACKETS.sub("", last)), (remark, group))
    return tuple((key, *lack) for key, lack in found.items() if key)


@cache
def headings(kind: str) -> Mapping[str, Column]:
    """Every heading that means a column of a kind, as `heading_key` writes it."""
    known: dict[str, Column] = {}
    for column in KINDS[kind].columns:
        for text in (column.header, column.name, *column.synonyms, *column.vague):
            known.setdefault(heading_key(text), column)
    return known


@cache
def every_heading() -> frozenset[str]:
    """The headings of all kinds."""
    return frozenset(key for kind in KINDS for key in headings(kind))


@lru_cache(maxsize=8192)
def resembles_heading(label: str) -> bool:
    """Whether a text is a heading of any kind, as it stands, trimmed or by its wording."""
    keys = [key for key, *_ in spellings(label)] + list(order_stems(label))
    if not every_heading().isdisjoint(keys) or holds_heading(label):
        return True
    return any(meaning(kind, label) is not None for kind in KINDS)


@cache
def _long_headings() -> tuple[frozenset[str], tuple[int, ...]]:
    """Headings of some length, and their lengths."""
    long = frozenset(known for known in every_heading() if len(known) > 3)
    return long, tuple({len(known) for known in long})


def holds_heading(label: str) -> bool:
    """Whether a text opens or ends with a heading of some length (``10月招聘人数``)."""
    key = heading_key(label)
    known, lengths = _long_headings()
    return any(n < len(key) <= n + 8 and (key[:n] in known or key[-n:] in known) for n in lengths)


@lru_cache(maxsize=8192)
def meaning(kind: str, label: str) -> tuple[Column, int] | None:
    """The column a heading means and how well it is known, or None.

    What stands in brackets or above a heading may be left out only where that cannot change the
    meaning: ``需求人数（人）`` is the number wanted, ``招聘人数（已到岗）`` is not.

    Examples
    --------
    >>> meaning("employers", "2、缺工人数（人）")[0].name
    'vacancies'
    >>> meaning("employers", "招聘人数（已到岗）") is None
    True
    """
    known = headings(kind)
    for key, remark, group in spellings(label):
        if key in known:
            column = known[key]
            if not remark and not group:
                return column, _rank(column, key)
            if group and group not in _PERIODS | _TOTALS:
                whole = _in_two_rows(kind, label, column)
                known_well = _rank(column, key) != VAGUE
                if whole is not None and not (whole.name == "vacancies" and known_well):
                    return whole, WORDED
            if _may_lack(column, remark, group):
                return column, TRIMMED
    key = heading_key(spelt_out(label) or label)
    if "/" in key and (longer := _longer(known, key)):
        return longer
    if (said := _worded(kind, label)) is not None:
        return said, WORDED
    for stem in order_stems(label):
        if stem in known and known[stem].repeats:
            return known[stem], TRIMMED
        if stem == key.rpartition("/")[0] and (asked := meaning(kind, stem)) and asked[0].repeats:
            return asked[0], TRIMMED
        upper = known.get(key.rpartition("/")[0])
        if upper is not None and upper.repeats and stem in _OF_POSTS:
            return upper, TRIMMED
    return _longer(known, key)


def _in_two_rows(kind: str, label: str, lower: Column) -> Column | None:
    """The other column that both rows of a heading say together; None if they say no other."""
    key = heading_key(label)
    found = [column for column, _ in _patterns(kind) if _says(column, key)]
    return found[0] if len(found) == 1 and found[0] is not lower else None


def _worded(kind: str, label: str) -> Column | None:
    """The one column whose patterns or sayings a whole heading follows; None if two columns' do."""
    found = worded(kind, label)
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=8192)
def worded(kind: str, label: str) -> tuple[Column, ...]:
    """The columns that a heading may mean by its wording.

    >>> [column.name for column in worded("employers", "岗位需求")]
    ['title', 'vacancies']
    """
    for key, remark, group in spellings(label):
        found = tuple(
            column
            for column, pattern in _patterns(kind)
            if _may_lack(column, remark, group)
            and ((pattern and pattern.fullmatch(key)) or _says(column, key))
        )
        if found:
            return found
    return ()


def _says(column: Column, key: str) -> bool:
    counted = column.kind in COUNTS
    compared = counted and _RELATIVE.search(_LEFT_OVER.sub("", key))
    return bool(column.says) and not compared and says(key, column.says)


@cache
def _patterns(kind: str) -> tuple[tuple[Column, re.Pattern[str] | None], ...]:
    return tuple(
        (column, re.compile("|".join(column.patterns)) if column.patterns else None)
        for column in KINDS[kind].columns
        if column.patterns or column.says
    )


def _longer(known: Mapping[str, Column], key: str) -> tuple[Column, int] | None:
    """The column of a count that names its period or stands above its parts as their sum."""
    group, _, last = key.rpartition("/")
    stem = group if last in _TOTALS or last in _PERIODS else _NOW.sub("", key)
    column = known.get(stem) if stem != key else None
    if column is None or column.kind not in COUNTS or "12个月" in column.header:
        return None
    if last in _TOTALS and column.name.endswith("_new"):  # what is new and what is left together
        column = next(c for c in known.values() if c.name == column.name[:-3] + "total")
    return column, TRIMMED


def _rank(column: Column, key: str) -> int:
    if key in map(heading_key, column.vague):
        return VAGUE
    return HEADER if key in (heading_key(column.header), column.name) else SYNONYM


def _may_lack(column: Column, remark: str, group: str) -> bool:
    if column.name in ("past_hires", "leavers"):
        group = _CHANGES.sub("", group)  # who came and who left is what changes
    if _OTHER_MEANING.search(remark + group):
        return False
    if column.name == "planned_hires" and remark in _WHOLE_YEAR:
        return True
    if column.kind in COUNTS and group and tells_period(group):
        return False
    return column.kind not in COUNTS or bool(_HARMLESS_REMARK.fullmatch(remark))


def order_stems(label: str) -> tuple[str, ...]:
    """A heading without its place in an order, if it has one; of two rows that of the lower.

    >>> order_stems("工种2"), order_stems("第二意愿工种"), order_stems("培训意愿/第一意愿工种")
    (('工种',), ('意愿工种', '工种'), ('意愿工种', '工种'))
    """
    key = heading_key(label)
    above, _, last = key.rpartition("/")
    if above and any(order.fullmatch(last) for order in _ORDERS):
        return (above,)
    for text in dict.fromkeys((key, last)):
        stems = (order.sub("", text) for order in _ORDERS)
        if found := tuple(stem.rstrip("/") for stem in stems if stem not in (text, "")):
            return found
    return ()


def find_column(kind: str, label: str, confirmed: Mapping[str, str] | None = None) -> Column | None:
    """The column a heading means, as a person confirmed or as it is known, or None.

    Examples
    --------
    >>> find_column("employers", "2、缺工人数（人）").name
    'vacancies'
    """
    if confirmed and (name := confirmed.get(heading_key(label))):
        return None if name == IGNORE else KINDS[kind].column(name)
    found = meaning(kind, label)
    return found[0] if found else None


@lru_cache(maxsize=8192)
def _likenesses(kind: str, key: str) -> tuple[tuple[float, str, str], ...]:
    """(likeness, known heading, column) of the columns a heading could mean, best first."""
    found = []
    for known, column in headings(kind).items():
        if column.kind == "ignored" or _opposed(key, known):
            continue
        score = SequenceMatcher(None, key, known, autojunk=False).ratio()
        if score >= POSSIBLE:
            found.append((round(score, 2), known, column.name))
    return tuple(sorted(found, key=lambda item: -item[0]))


def likest(kind: str, label: str, used: set[str]) -> Guess | None:
    """The column among those not `used` whose headings resemble this one most, or None.

    A likeness of `SURE` or more is given only where the difference cannot matter (``目前缺工人数``
    and ``缺工人数``); anything else, however alike, stays a question.
    """
    forms = spellings(label)
    if not forms or _RELATIVE.search(forms[0][0]):
        return None
    key, remark, group = forms[-1]
    free = [item for item in _likenesses(kind, key) if item[2] not in used]
    if _DURATION.search(key):
        free = [item for item in free if KINDS[kind].column(item[2]).kind not in COUNTS]
    if key.endswith(("数", "数量")):  # a count is no name
        free = [item for item in free if KINDS[kind].column(item[2]).kind in (*COUNTS, "number")]
    if not free:
        return None
    best = free[0]
    if _may_lack(KINDS[kind].column(best[2]), remark, group):
        for score, known, column in free:
            if score >= SURE and column == best[2] and _differ_harmlessly(key, known):
                return Guess(label, column, score)
    return Guess(label, best[2], min(best[0], SURE - 0.01))


def _differ_harmlessly(one: str, other: str) -> bool:
    """Whether two headings differ only by characters that carry no meaning of their own."""
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    odd = "".join(one[a:b] + other[c:d] for tag, a, b, c, d in blocks if tag != "equal")
    return set(odd) <= _HARMLESS


def _opposed(one: str, other: str) -> bool:
    """Whether two headings differ by a word and its opposite (过去 and 未来)."""
    return any(
        (a in one and a not in other and b in other and b not in one)
        or (b in one and b not in other and a in other and a not in one)
        for a, b in _OPPOSED
    )


_LOWER = re.compile(r"^(?:最低|起始)的?|(?:下限|最低值?|最低|起)$|(?<=/)(?:最低|下限)$")
_UPPER = re.compile(r"^(?:最高|最多)的?|(?:上限|最高值?|最高|止)$|(?<=/)(?:最高|上限)$")


def two_ends(kind: str, labels: Mapping[int, str]) -> tuple[Column, int, int] | None:
    """The column of pay whose lower and upper ends two headings are, with their positions.

    >>> found = two_ends("employers", {3: "最低月薪（元）", 4: "最高月薪（元）"})
    >>> found[0].name, found[1:]
    ('wage', (3, 4))
    >>> two_ends("employers", {7: "待遇/最低月薪", 8: "待遇/最高月薪"})[1:]
    (7, 8)
    """
    ends: list[dict[str, list[int]]] = [{}, {}]
    columns: dict[str, Column] = {}
    for at, label in labels.items():
        key = _BRACKETS.sub("", heading_key(spelt_out(label) or label))
        last = key.rpartition("/")[2]  # what stands above both ends says no more than they
        for side, pattern in enumerate((_LOWER, _UPPER)):
            texts = [text for text in (key, last) if pattern.search(text)]
            stem = pattern.sub("", texts[0]).rstrip("/") if texts else ""
            found = meaning(kind, stem) if stem else None
            if found is not None and found[0].kind == "wage":
                columns[found[0].name] = found[0]
                ends[side].setdefault(found[0].name, []).append(at)
    for name, column in columns.items():
        low, high = ends[0].get(name, []), ends[1].get(name, [])
        if len(low) == 1 and len(high) == 1 and low != high:
            return column, low[0], high[0]
    return None
