"""Ages: of years, of birth, of bands, and the bands of the known totals they lie in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from xmdemand.intake.amounts import parse_count
from xmdemand.intake.parsed import EMPTY, NONE_AT_ALL, Broken, Value
from xmdemand.intake.text import bare, words_of

Age = float | str | dt.date
"""Years of age or a year of birth; a band ``low-high`` of either; a month of birth."""

_BIRTH = "(?:出生|生人?|的)?"
_BORN_MONTH = re.compile(
    rf"((?:19|20)\d\d|\d\d(?=年))[-/.年](\d{{1,2}})(?:月|[-/.月]\d{{1,2}}日?)?{_BIRTH}"
    rf"|((?:19|20)\d\d)([01]\d)(?:[0-3]\d)?{_BIRTH}"
)
_BORN_YEAR = re.compile(rf"((?:19|20)\d\d)年?{_BIRTH}|(\d\d)年{_BIRTH}")
_DECADE = re.compile(r"(\d)([05])后")
_TENS = re.compile(r"([1-9]0|[二三四五六七]?十)[多几](?:来)?")
_OPTION = re.compile(r"^[a-h][.、:)]")
_YEARS_OLD = re.compile(r"周岁|岁|\(含[^)]*\)|年龄[:：]?")
_NOT_YET = re.compile(r"(?:未满|不满|不到|小于)(\d\d)")
_FIRST = 1920
_TURN = 30
"""Years of two digits below this are of this century: who was born in 1929 no longer works."""
_MOST = 150
"""What is above this is a year of birth."""
_HAN_TENS = {"": 10, "二": 20, "三": 30, "四": 40, "五": 50, "六": 60, "七": 70}
_EPOCH = dt.date(1899, 12, 30)


def parse_age(cell: object, *, last: int = 2099) -> Value[Age]:
    """Read an age, a year or month of birth, or a band of ages.

    ``kind`` is ``exact`` (years of age or year of birth), ``born`` (a month) or ``band``
    (``low-high``, one end may be missing).

    Parameters
    ----------
    cell
        A cell's value of any type.
    last
        Last year in which somebody asked can have been born, such as that of the survey. Without
        it a birth after the day of the answer is found when the age is counted: it lies in no band.

    Examples
    --------
    >>> parse_age("35周岁").value, parse_age("1991.10").value, parse_age("55岁及以上").value
    (35.0, datetime.date(1991, 10, 1), '55-')
    >>> parse_age("90后").value, parse_age("三十多岁").value, parse_age("青年").flags
    ('1990-1999', '30-39', ('unreadable',))
    """
    if isinstance(cell, Broken):
        return Value(None, "missing", ("broken",))
    if isinstance(cell, dt.date):
        return _born(cell.year, cell.month, last)
    if isinstance(cell, (bool, dt.time, dt.timedelta)):
        return Value(None, "missing", ("unreadable",))
    text = _OPTION.sub("", bare(words_of(cell)))
    if text in EMPTY or text in NONE_AT_ALL:
        return Value(None, "missing")
    if isinstance(cell, (int, float)):
        if 14_000 <= cell <= 42_000:  # a spreadsheet's day number
            day = _EPOCH + dt.timedelta(days=int(cell))
            return _born(day.year, day.month, last)
        if re.fullmatch(r"\d{4}\.1", text):  # January or October: the last nought is lost
            text = text[:4]
    return _of_birth(text, last) or _of_years(_YEARS_OLD.sub("", text))


def _born(year: int, month: int, last: int) -> Value[Age]:
    if _FIRST <= year <= last and 1 <= month <= 12:
        return Value(dt.date(year, month, 1), "born")
    return Value(None, "missing", ("implausible",))


def _century(year: str, last: int) -> int:
    number = int(year)
    if len(year) > 2:
        return number
    return number + (2000 if number <= min(last - 2000, _TURN - 1) else 1900)


def _of_birth(text: str, last: int) -> Value[Age] | None:
    if match := _BORN_MONTH.fullmatch(text):
        year = _century(match[1] or match[3], last)
        return _born(year, int(match[2] or match[4]), last)
    if match := _BORN_YEAR.fullmatch(text):
        year = _century(match[1] or match[2], last)
        good = _FIRST <= year <= last
        return Value(float(year), "exact") if good else Value(None, "missing", ("implausible",))
    if match := _DECADE.fullmatch(text):
        first = _century(match[1] + match[2], last)
        return Value(f"{first}-{first + (4 if match[2] == '5' else 9)}", "band")
    return None


def _of_years(text: str) -> Value[Age]:
    if match := _TENS.fullmatch(text):
        low = int(match[1]) if match[1].isdigit() else _HAN_TENS[match[1][:-1]]
        return Value(f"{low}-{low + 9}", "band")
    if match := _NOT_YET.match(text):
        return Value(f"-{int(match[1]) - 1}", "band")
    count = parse_count(text)
    if count.kind in ("exact", "approx"):
        flags = ("approximate",) * (count.kind == "approx")
        if 10 <= count.low <= 100:
            return Value(float(int(count.low)), "exact", flags)
        return Value(None, "missing", ("implausible",))
    if count.kind in ("range", "at_least", "at_most"):
        ends = [f"{end:.0f}" if end == end and end > 0 else "" for end in (count.low, count.high)]
        return Value("-".join(ends), "band")
    return Value(None, "missing", ("unreadable",))


def age_band(age: Age | None, bands: Sequence[str], today: dt.date | None = None) -> str:
    """The band an age, a birth (with `today`) or a band written otherwise lies in.

    A band open at one end is the first or the last of `bands` if it ends or begins where that does:
    among known totals of 16 to 59 years, ``55岁及以上`` is the last.

    Examples
    --------
    >>> bands = ("16-24岁", "25-44岁", "45-59岁")
    >>> age_band(33.0, bands), age_band("45-", bands), age_band("-24", bands)
    ('25-44岁', '45-59岁', '16-24岁')
    >>> age_band(dt.date(1981, 10, 1), bands, dt.date(2026, 4, 13))
    '25-44岁'
    """
    if age is None or age == "" or age != age:
        return ""
    span = _span(age, today)
    if span is None:
        return ""
    known = [(band, ends) for band in bands if (ends := _ends(band)) is not None]
    for band, ends in known:
        if ends[0] <= span[0] and span[1] <= ends[1]:
            return band
    if known and isinstance(age, str):
        by_age = sorted(known, key=lambda item: item[1])
        if span[0] <= 0 and span[1] in (by_age[0][1][1], by_age[0][1][1] + 1):
            return by_age[0][0]
        if span[1] >= 200 and span[0] == by_age[-1][1][0]:
            return by_age[-1][0]
    return ""


def is_birth(age: object) -> bool:
    """Whether an age is one of birth, which needs a day to be counted from."""
    if isinstance(age, str):
        return any(float(end) > _MOST for end in age.split("-") if end)
    return isinstance(age, dt.date) or (isinstance(age, float) and age > _MOST)


def _span(age: Age, today: dt.date | None) -> tuple[float, float] | None:
    """Years of age, from and to."""
    if is_birth(age) and today is None:
        return None
    if isinstance(age, dt.date) and today is not None:
        years = float((today.year * 12 + today.month - age.year * 12 - age.month) // 12)
        return years, years
    if isinstance(age, str):
        first, _, last = age.partition("-")
        low, high = float(first or 0), float(last or 200)
        if is_birth(age) and today is not None:
            return today.year - high, today.year - low
        return low, high
    years = float(age)  # type: ignore[arg-type]
    if years > _MOST and today is not None:
        years = today.year - years
    return years, years


def _ends(band: str) -> tuple[float, float] | None:
    text = band.replace("岁", "").replace("周", "")
    text = f"{text}200" if text.endswith("-") else text
    count = parse_count(text)
    if count.kind == "missing":
        return None
    return count.low, 200.0 if count.high != count.high else count.high
