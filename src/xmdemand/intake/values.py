"""One parser per kind of value: what a cell says, as an interval or a value, never more.

Every parser takes a cell of any type, returns a small frozen result and never raises. What cannot
be read is ``kind="missing"`` with a flag that says why; nothing is guessed. Flags are words:

======================  ==========================================================
``unreadable``          not a value of this kind
``broken``              a formula error, or a formula without a stored result
``doubtful``            read, but another reading is possible (``3/5人``)
``summed``              several numbers added (``男5女3``)
``remark``              more text in brackets, left out
``spoilt``              a spreadsheet turned it into a date or a rounded number
``negative``            below zero
``padded``              leading zeros added to a code
``mark``                a green or digital mark split off a code
``zero_word``           a word for none (``无``)
``no_year, ambiguous``  a day that cannot be told
``not_a_district``      a place, but no district
``yearly``              a yearly wage divided by twelve
``implausible``         outside what can be
======================  ==========================================================
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from xmdemand.intake.numerals import NUMBER, read_number
from xmdemand.intake.text import bare, join_cjk, plain, words_of

CountKind = Literal["exact", "range", "at_least", "at_most", "approx", "some", "missing"]
T = TypeVar("T")
NAN = math.nan


@dataclass(frozen=True, slots=True)
class Count:
    """A number of persons: ``low <= n <= high``; ``high`` is NaN if open, both if missing."""

    low: float
    high: float
    kind: CountKind
    flags: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """The number if it is exact, else NaN."""
        return self.low if self.kind == "exact" else NAN


@dataclass(frozen=True, slots=True)
class Wage:
    """Pay in yuan: per month (``kind="month"``), or per ``day`` or ``hour``, kept apart."""

    low: float
    high: float
    kind: Literal["month", "day", "hour", "piece", "missing"]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Value(Generic[T]):
    """One value, or None; ``kind`` says how it was written."""

    value: T | None
    kind: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a cell: its title and, where given, how many persons and which level."""

    title: str
    count: Count | None = None
    level: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell whose value is lost: a formula error, or a formula without a stored result."""

    what: str

    def __str__(self) -> str:
        return self.what


NOTHING = frozenset(
    ["", "/", "\\", "-", "--", "---", "待定", "面议", "不详", "未知", "见附件", "na", "n/a", "nan"]
)
NONE_AT_ALL = frozenset(
    ["无", "暂无", "没有", "无需求", "不需要", "不招", "暂不招聘", "0人", "无缺口", "零"]
)
UNSTATED = frozenset(
    [
        "若干",
        "不限",
        "长期招聘",
        "长期",
        "急招",
        "多名",
        "数名",
        "若干名",
        "若干人",
        "大量",
        "多人",
        "数人",
        "不定",
        "批量",
        "常年招聘",
        "急聘",
        "不限人数",
        "几人",
        "几名",
        "几个",
    ]
)
_SKIPPED = frozenset(["(跳过)", "(空)", "跳过", "空", "-2", "-3"])
_MEASURE = r"\s*(?:人次|人|名|个|位|岗|员)?"
_COUNT = re.compile(rf"({NUMBER}){_MEASURE}")
_RANGE = re.compile(rf"({NUMBER}){_MEASURE}\s?(?:-|~|至|到|—)\s?({NUMBER}){_MEASURE}")
_SLASHED = re.compile(rf"({NUMBER})\s?/\s?({NUMBER}){_MEASURE}")
_OVER = re.compile(
    rf"(?:({NUMBER}){_MEASURE}(?:\+|以上|及以上|起|多){_MEASURE}|(?:≥|>=|>|至少|不少于|不低于|超过|超)\s?({NUMBER}){_MEASURE}(?:以上)?)"
)
_TENS_PLUS = re.compile(rf"({NUMBER})(?:余|多|来){_MEASURE}")
_UNDER = re.compile(
    rf"(?:({NUMBER}){_MEASURE}(?:以内|以下|及以下|之内)|(?:≤|<=|<|不超过|至多|最多|不多于|不高于)\s?({NUMBER}){_MEASURE}(?:以内|以下)?)"
)
_ABOUT = re.compile(
    rf"(?:(?:约|大约|大概|近|将近|约为|接近|预计)\s?({NUMBER}){_MEASURE}(?:左右|上下)?|({NUMBER}){_MEASURE}\s?(?:左右|上下))"
)
_SOME_TENS = re.compile(r"(?:几|数)(十|百|千)(?:余|多)?(?:人|名|个)?")
_SEVERAL = re.compile(rf"(?:[男女]\s?({NUMBER}){_MEASURE}[,、\s]*)+")
_PLUS = re.compile(rf"{NUMBER}{_MEASURE}(?:\s?\+\s?{NUMBER}{_MEASURE})+")
_BRACKET = re.compile(r"\s*[\(\[【][^\)\]】]*[\)\]】]\s*$")
_NEGATIVE = re.compile(rf"[-负]\s?({NUMBER}){_MEASURE}")


def missing(*flags: str) -> Count:
    """A count that is not there, and why."""
    return Count(NAN, NAN, "missing", flags)


def parse_count(cell: object, *, unit: float = 1.0) -> Count:
    """Read a number of persons.

    Parameters
    ----------
    cell
        A cell's value of any type.
    unit
        What the table counts in (10,000 for ``单位：万人``); applied to bare numbers.

    Examples
    --------
    >>> parse_count("１２人").value
    12.0
    >>> [(c.low, c.high, c.kind) for c in (parse_count("10-20人"), parse_count("不超过5人"))]
    [(10.0, 20.0, 'range'), (0.0, 5.0, 'at_most')]
    >>> parse_count("若干").kind, parse_count("焊工").flags
    ('some', ('unreadable',))
    """
    if isinstance(cell, Broken):
        return missing("broken")
    if isinstance(cell, (dt.date, dt.time, dt.timedelta)):
        return missing("spoilt")
    if isinstance(cell, bool):
        return missing("unreadable")
    text = words_of(cell)
    if isinstance(cell, str):
        text = join_cjk(text).lower()
    if text in NOTHING or text in _SKIPPED:
        return missing()
    if text in NONE_AT_ALL:
        return Count(0.0, 0.0, "exact", ("zero_word",))
    if text in UNSTATED:
        return Count(1.0, NAN, "some")
    return _scaled(_read_count(text), unit)


def _scaled(count: Count, unit: float) -> Count:
    flags = count.flags
    if any(math.isfinite(end) and end > 1e9 for end in (count.low, count.high)):
        return missing("implausible")
    if count.kind == "exact" and not float(count.low * unit).is_integer():
        flags = (*flags, "fraction")
    return Count(count.low * unit, count.high * unit, count.kind, flags)


def _read_count(text: str) -> Count:
    stripped = _BRACKET.sub("", text)
    if stripped and stripped != text:
        inner = _read_count(stripped)
        return Count(inner.low, inner.high, inner.kind, (*inner.flags, "remark"))
    if match := _COUNT.fullmatch(text):
        return _ends(match[1], match[1], "exact")
    if match := _RANGE.fullmatch(text):
        return _ends(match[1], match[2], "range")
    if match := _SLASHED.fullmatch(text):
        return _ends(match[1], match[2], "range", "doubtful")
    if match := _OVER.fullmatch(text):
        return _ends(match[1] or match[2], None, "at_least")
    if match := _TENS_PLUS.fullmatch(text):
        return _ends(match[1], None, "at_least")
    if match := _UNDER.fullmatch(text):
        return _ends("0", match[1] or match[2], "at_most")
    if match := _ABOUT.fullmatch(text):
        return _ends(match[1] or match[2], match[1] or match[2], "approx")
    if match := _SOME_TENS.fullmatch(text):
        scale = {"十": 10.0, "百": 100.0, "千": 1000.0}[match[1]]
        return Count(2 * scale, 10 * scale - 1, "some")
    if _SEVERAL.fullmatch(text) or _PLUS.fullmatch(text):
        parts = [read_number(part) for part in re.findall(NUMBER, text)]
        total = float(sum(part for part in parts if part is not None))
        return missing("unreadable") if None in parts else Count(total, total, "exact", ("summed",))
    return missing("negative") if _NEGATIVE.fullmatch(text) else missing("unreadable")


def _ends(low: str, high: str | None, kind: CountKind, *flags: str) -> Count:
    first = read_number(low)
    last = NAN if high is None else read_number(high)
    if first is None or last is None:
        return missing("unreadable")
    if kind == "range" and last < first:
        return missing("unreadable")
    return Count(first, last, kind, flags)


_PAY_TAIL = re.compile(r"[·*xX×,，/;；]?\s?(\d{2})\s?薪.*$")
_PER_DAY = re.compile(r"/\s?(?:天|日)|每天|每日|日薪|一天|(?<!\d)日结")
_PER_HOUR = re.compile(r"/\s?(?:小时|时|h)|每小时|时薪")
_PER_YEAR = re.compile(r"/\s?年|每年|年薪")
_PER_PIECE = re.compile(r"计件|/\s?件|提成")
_PAY_WORDS = re.compile(
    r"(?:/\s?(?:月|天|日|小时|时|h|年|件)|元|人民币|rmb|¥|￥|月薪|年薪|日薪|时薪|每月|每天|每日|每小时|每年|底薪|综合|税前|税后|工资|薪资|"
    r"包吃住|包吃|包住|五险一金|五险|左右|约|[:：\s])",
)
_PAY_RANGE = re.compile(rf"({NUMBER})(?:-|~|至|到)({NUMBER})")
_PAY_OVER = re.compile(rf"(?:({NUMBER})(?:\+|以上|起|及以上)|(?:≥|>=|>|不低于|至少)({NUMBER}))")
_PAY_UNDER = re.compile(rf"(?:({NUMBER})(?:以下|以内)|(?:≤|<=|<|不超过|最高)({NUMBER}))")
_SUFFIX = re.compile(r"[kKwW千万]$")


def parse_wage(cell: object, *, unit: float = 1.0) -> Wage:
    """Read pay; a monthly range unless the cell says otherwise.

    Yearly pay is divided by twelve (flag ``yearly``); daily and hourly pay keep their own kind, for
    how many days a month holds is nobody's guess.

    Examples
    --------
    >>> wage = parse_wage("6-9K·13薪")
    >>> wage.low, wage.high, wage.kind, wage.flags
    (6000.0, 9000.0, 'month', ('13 months',))
    >>> parse_wage("200元/天").kind, parse_wage("面议").kind
    ('day', 'missing')
    """
    if isinstance(cell, Broken):
        return Wage(NAN, NAN, "missing", ("broken",))
    if isinstance(cell, (bool, dt.date, dt.time, dt.timedelta)):
        return Wage(NAN, NAN, "missing", ("spoilt",))
    text = (
        words_of(cell).lower().replace(" ", "") if not isinstance(cell, float) else words_of(cell)
    )
    if text in NOTHING or text in UNSTATED or text in _SKIPPED or text.startswith("面议"):
        return Wage(NAN, NAN, "missing")
    kind: Literal["month", "day", "hour", "piece"] = "month"
    flags: list[str] = []
    if tail := _PAY_TAIL.search(text):
        flags.append(f"{tail[1]} months")
        text = text[: tail.start()]
    if _PER_PIECE.search(text):
        return Wage(NAN, NAN, "piece", tuple(flags))
    if _PER_DAY.search(text):
        kind = "day"
    elif _PER_HOUR.search(text):
        kind = "hour"
    yearly = bool(_PER_YEAR.search(text))
    low, high = _pay_ends(_BRACKET.sub("", _PAY_WORDS.sub("", text)) or text)
    if low is None or high is None:
        return Wage(NAN, NAN, "missing", (*flags, "unreadable"))
    scale = unit / 12 if yearly else unit
    low, high = round(low * scale, 2), round(high * scale, 2)
    if yearly:
        flags.append("yearly")
    if kind == "month" and any(not 500 <= end <= 300_000 for end in (low, high) if end == end):
        flags.append("implausible")
    return Wage(low, high, kind, tuple(flags))


def _pay_ends(text: str) -> tuple[float | None, float | None]:
    if match := _PAY_RANGE.fullmatch(text):
        first, last = match[1], match[2]
        if (suffix := _SUFFIX.search(last)) and not _SUFFIX.search(first):
            first += suffix[0]  # 6-9K counts both ends in thousands
        low, high = read_number(first), read_number(last)
        if low is not None and high is not None and low > high:
            return None, None
        return low, high
    if match := _PAY_OVER.fullmatch(text):
        return read_number(match[1] or match[2]), NAN
    if match := _PAY_UNDER.fullmatch(text):
        number = read_number(match[1] or match[2])
        return (None, None) if number is None else (NAN, number)
    number = read_number(text)
    return number, number


_DAY = re.compile(
    r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?"
    r"(?:[ t]*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?"
)
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?月?份?|(20\d{2})(\d{2})")
_QUARTER = re.compile(r"(\d{4})\s?[-年.]?\s?(?:第?\s?([一二三四1-4])\s?季度?|[qQ]([1-4]))")
_NO_YEAR = re.compile(r"\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?")
_HAN_DATE = re.compile(r"[〇零一二三四五六七八九]{4}年.*")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_EPOCH = dt.datetime(1899, 12, 30)


def _arabic_date(text: str) -> str:
    if not _HAN_DATE.fullmatch(text):
        return text
    return re.sub(r"[〇零一二三四五六七八九十]+", lambda m: f"{read_number(m[0]) or 0:.0f}", text)


def parse_date(cell: object) -> Value[dt.datetime]:
    """Read a day, with its time of day where given.

    Examples
    --------
    >>> parse_date("2026年3月15日").value
    datetime.datetime(2026, 3, 15, 0, 0)
    >>> parse_date("3月15日").flags
    ('no_year',)
    """
    if isinstance(cell, Broken):
        return Value(None, "missing", ("broken",))
    if isinstance(cell, dt.datetime):
        return Value(cell.replace(tzinfo=None), "exact")
    if isinstance(cell, dt.date):
        return Value(dt.datetime(cell.year, cell.month, cell.day), "exact")
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        if 32_000 <= cell <= 70_000:  # a spreadsheet's day number: 1987 to 2091
            return Value(
                _EPOCH + dt.timedelta(seconds=round(float(cell) * 86_400)), "exact", ("serial",)
            )
        cell = words_of(float(cell))
    text = _arabic_date(words_of(cell).lower())
    if text in NOTHING or text in NONE_AT_ALL or text in _SKIPPED:
        return Value(None, "missing")
    match = _DAY.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        try:
            year, month, day = (int(part) for part in match.groups()[:3])
            clock = [int(part or 0) for part in (*match.groups()[3:], 0, 0, 0)][:3]
            return Value(dt.datetime(year, month, day, clock[0], clock[1], clock[2]), "exact")
        except ValueError:
            return Value(None, "missing", ("unreadable",))
    if _NO_YEAR.fullmatch(text):
        return Value(None, "missing", ("no_year",))
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}", text):
        return Value(None, "missing", ("ambiguous",))
    return Value(None, "missing", ("unreadable",))


def parse_month(cell: object) -> Value[dt.date]:
    """Read a month or a quarter as its first day (``kind`` is ``month`` or ``quarter``).

    Examples
    --------
    >>> parse_month("2026年3月").value, parse_month("2025年第三季度").kind
    (datetime.date(2026, 3, 1), 'quarter')
    """
    text = _arabic_date(words_of(cell).lower()) if isinstance(cell, (str, int, float)) else ""
    if match := _QUARTER.fullmatch(text):
        quarter = _QUARTERS.get(match[2] or "") or int(match[2] or match[3])
        return Value(dt.date(int(match[1]), 3 * quarter - 2, 1), "quarter")
    if match := _MONTH.fullmatch(text):
        year, month = int(match[1] or match[3]), int(match[2] or match[4])
        if 1 <= month <= 12 and 1900 <= year <= 2200:
            return Value(dt.date(year, month, 1), "month")
        return Value(None, "missing", ("unreadable",))
    day = parse_date(cell)
    if day.value is None:
        return Value(None, "missing", day.flags)
    return Value(day.value.date().replace(day=1), "month", day.flags)


def parse_district(
    cell: object, names: Mapping[str, str], *, elsewhere: Iterable[str] = ()
) -> Value[str]:
    """Read a district.

    Parameters
    ----------
    cell
        A cell's value of any type.
    names
        Every spelling -> the district's name.
    elsewhere
        Place names that are no district (zones): flagged ``not_a_district``.

    Examples
    --------
    >>> names = {"思明": "思明区", "思明区": "思明区"}
    >>> parse_district("厦门市思明区", names).value
    '思明区'
    >>> parse_district("自贸区", names, elsewhere=["自贸区"]).flags
    ('not_a_district',)
    """
    if isinstance(cell, Broken):
        return Value(None, "missing", ("broken",))
    text = bare(words_of(cell))
    if text in NOTHING or text in NONE_AT_ALL or text in _SKIPPED:
        return Value(None, "missing")
    if text in names:
        return Value(names[text], "exact")
    found = {name for spelling, name in names.items() if len(spelling) > 1 and spelling in text}
    if len(found) == 1:
        return Value(found.pop(), "within")
    if found:
        return Value(None, "missing", ("ambiguous",))
    if any(bare(place) in text for place in elsewhere):
        return Value(None, "missing", ("not_a_district",))
    return Value(None, "missing", ("unreadable",))


_ANY_LEVEL = frozenset(
    [
        "不限",
        "无要求",
        "无",
        "不限等级",
        "无等级要求",
        "均可",
        "不作要求",
        "不要求",
        "暂无",
        "没有",
        "无等级",
        "不限制",
    ]
)
_AND_UP = re.compile(r"(?:及|或|\()?以上\)?$")
_AND_DOWN = re.compile(r"(?:及|或|\()?以下\)?$")
_LEVEL_SPLIT = re.compile(r"[、,;/┋|\n\s]+")


def parse_level(cell: object, levels: Mapping[str, str]) -> Value[tuple[str, ...]]:
    """Read one skill level or a set of them.

    Parameters
    ----------
    cell
        A cell's value of any type.
    levels
        Every spelling -> level key, ordered from the lowest level up; the order is what
        ``及以上`` climbs. Levels outside the ladder come last under a spelling of their own and are
        left out of sets by `ladder` below.

    Returns
    -------
    Value
        ``kind`` is ``exact``, ``set`` or ``any`` (no requirement: an empty tuple).

    Examples
    --------
    >>> spelled = {"五级": "five", "初级": "five", "中级": "four", "三级": "three"}
    >>> parse_level("中级及以上", spelled).value
    ('four', 'three')
    >>> parse_level("不限", spelled)
    Value(value=(), kind='any', flags=())
    """
    if isinstance(cell, Broken):
        return Value(None, "missing", ("broken",))
    text = bare(words_of(cell))
    if text in _ANY_LEVEL:
        return Value((), "any")
    if text in NOTHING or text in _SKIPPED:
        return Value(None, "missing")
    if text in levels:
        return Value((levels[text],), "exact")
    ladder = list(dict.fromkeys(levels.values()))
    keys = _levels_in(text, levels)
    if not keys:
        return Value(None, "missing", ("unreadable",))
    places = sorted(ladder.index(key) for key in keys)
    if _AND_UP.search(text):
        return Value(tuple(ladder[places[0] :]), "set")
    if _AND_DOWN.search(text):
        return Value(tuple(ladder[: places[-1] + 1]), "set")
    if re.search(r"[-~至到]", text) and len(places) == 2:
        return Value(tuple(ladder[places[0] : places[1] + 1]), "set")
    return Value(tuple(ladder[place] for place in places), "exact" if len(places) == 1 else "set")


def _levels_in(text: str, levels: Mapping[str, str]) -> set[str]:
    """The levels named in a text; a longer spelling shadows the shorter ones inside it."""
    keys = set()
    for spelling in sorted(levels, key=len, reverse=True):
        if spelling in text:
            keys.add(levels[spelling])
            text = text.replace(spelling, "#")
    return keys


_CODE = re.compile(r"([1-8])-(\d{1,2})(?:-(\d{1,2})(?:-(\d{1,2}))?)?([ls]{0,2})")
_CODE_AND_NAME = re.compile(r"\(?(\d-\d{1,2}-\d{1,2}-\d{1,2})([ls]{0,2})\)?(?=[^\d-])")


def parse_code(cell: object) -> Value[str]:
    """Read an occupation code in any spelling; one that a spreadsheet turned into a date is lost.

    Examples
    --------
    >>> parse_code("4—10—1—05L")
    Value(value='4-10-01-05', kind='unit', flags=('padded', 'mark'))
    >>> parse_code("2022/4/10").flags
    ('spoilt',)
    """
    if isinstance(cell, Broken):
        return Value(None, "missing", ("broken",))
    if isinstance(cell, (dt.date, dt.time, dt.timedelta)):
        return Value(None, "missing", ("spoilt",))
    text = bare(words_of(cell)).replace("_", "-")
    if text in NOTHING or text in NONE_AT_ALL or text in _SKIPPED:
        return Value(None, "missing")
    if re.fullmatch(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?.*", text):
        return Value(None, "missing", ("spoilt",))
    dashed = re.sub(r"[./·]", "-", text)
    match = _CODE.fullmatch(dashed) or _CODE_AND_NAME.match(dashed)
    if match is None:
        return Value(None, "missing", ("unreadable",))
    groups = match.groups() if match.re is _CODE else (*match[1].split("-"), match[2])
    parts, mark = [part for part in groups[:-1] if part], groups[-1]
    flags = ["padded"] * any(len(part) == 1 for part in parts[1:]) + ["mark"] * bool(mark)
    kind = {2: "sub-major", 3: "minor", 4: "unit"}[len(parts)]
    return Value("-".join([parts[0], *(part.zfill(2) for part in parts[1:])]), kind, tuple(flags))


_POST_SPLIT = re.compile(r"[、,;┋|→\n\r\t]+")
_NUMBERED = re.compile(r"^\s*(?:\(?\d{1,2}\)?\s?[.、)](?!\d)|[①-⑳])\s*")
_POST_COUNT = re.compile(
    r"^(.*?[^\d\s:：(])\s*[:：(]?\s*((?:\d[\d,]*|[一二两三四五六七八九十百]+)\s?(?:人|名|个|位))\)?$"
)
_TRADE = re.compile(r"^[\u3400-\u9fffA-Za-z]{2,12}(?:工|员|师|手|司机)$")
_OTHER = re.compile(r"^(?:其他|其它)\s?[〖(\[]?(.*?)[〗)\]]?$")


def split_posts(cell: object) -> Value[tuple[Post, ...]]:
    """Take several posts in one cell apart.

    Separators inside brackets do not count; a slash or a space parts posts only where both sides
    look like trades. Counts given per post are kept.

    Examples
    --------
    >>> [post.title for post in split_posts("车工(数控)，铣工").value]
    ['车工(数控)', '铣工']
    >>> [(post.title, post.count.low) for post in split_posts("焊工5人，电工3人").value]
    [('焊工', 5.0), ('电工', 3.0)]
    """
    if isinstance(cell, Broken):
        return Value(None, "missing", ("broken",))
    text = words_of(cell)
    if text in NOTHING or text in NONE_AT_ALL or text in _SKIPPED:
        return Value(None, "missing")
    posts = []
    for part in _split_outside_brackets(text):
        part = _NUMBERED.sub("", part).strip(" .。;,、")
        if other := _OTHER.fullmatch(part):
            part = other[1].strip()
        if (
            not part
            or bare(part) in NOTHING
            or bare(part) in _SKIPPED
            or part in ("请补充", "请注明")
        ):
            continue
        count = None
        if match := _POST_COUNT.fullmatch(part):
            count, part = parse_count(match[2]), match[1].strip(" :(")
        posts.append(Post(join_cjk(part), count))
    if not posts:
        return Value(None, "missing", ("unreadable",) if len(text) > 1 else ())
    posts = list(dict.fromkeys(posts))
    return Value(tuple(posts), "single" if len(posts) == 1 else "split")


def _split_outside_brackets(text: str) -> list[str]:
    depth, parts, start = 0, [], 0
    for place, character in enumerate(text):
        if character in "([【〖":
            depth += 1
        elif character in ")]】〗":
            depth = max(0, depth - 1)
        elif depth == 0 and _POST_SPLIT.match(character):
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return [piece for part in parts for piece in _split_trades(part)]


def _split_trades(text: str) -> list[str]:
    for separator in ("/", " "):
        pieces = [piece.strip() for piece in text.split(separator)]
        if len(pieces) > 1 and all(_TRADE.fullmatch(plain(piece)) for piece in pieces):
            return pieces
    return [text]
