"""Days, months and quarters."""

from __future__ import annotations

import datetime as dt
import re

from xmdemand.intake.numerals import read_number
from xmdemand.intake.parsed import EMPTY, NONE_AT_ALL, Broken, Value
from xmdemand.intake.text import words_of, year_in

_DAY = re.compile(
    r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?"
    r"(?:[ t]*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?"
)
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?月?份?|(20\d{2})(\d{2})")
_QUARTER = re.compile(r"(\d{4})\s?[-年.]?\s?(?:第?\s?([一二三四1-4])\s?季度?|[qQ]([1-4]))")
_SHORT_YEAR = re.compile(r"[1-3]\d年")
_NO_YEAR = re.compile(r"\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?")
_HAN_DATE = re.compile(r"[〇零一二三四五六七八九]{4}年.*")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_EPOCH = dt.datetime(1899, 12, 30)


def _arabic_date(text: str) -> str:
    if not _HAN_DATE.fullmatch(text):
        return text
    return re.sub(r"[〇零一二三四五六七八九十]+", lambda m: f"{read_number(m[0]) or 0:.0f}", text)


def _full_year(text: str) -> str:
    """``26年3月`` with its century; other short years stay what they are."""
    return f"20{text}" if _SHORT_YEAR.match(text) else text


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
    text = _full_year(_arabic_date(words_of(cell).lower()))
    if text in EMPTY or text in NONE_AT_ALL:
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
    text = words_of(cell).lower() if isinstance(cell, (str, int, float)) else ""
    text = _full_year(_arabic_date(text))
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


_NONE: Value = Value(None, "missing")
_DATED = re.compile(
    r"\d{4}\s?年\s?(?:第?\s?[一二三四1-4]\s?季度|\d{1,2}\s?月)"
    r"|20\d{2}[-_.]?(?:0[1-9]|1[0-2])(?!\d)|20\d{2}[qQ][1-4]"
)
_UNDATED = re.compile(
    r"(?<![\d年至-])(?:1[0-2]|0?[1-9])\s?月(?:份)?(?![\d日至-])|第?[一二三四]\s?季度"
)


def period_around(*texts: str) -> Value:
    """The month or quarter that texts around a table name, the first text that names one first.

    A month without a year takes the year that another of the texts names, if they name but one.

    Examples
    --------
    >>> period_around("公共就业服务供求表", "3月", "2025年月度.xlsx").value
    datetime.date(2025, 3, 1)
    """
    year = year_in(*texts)
    for text in texts:
        for words in _DATED.findall(text):
            month = parse_month(words.replace("_", "-").replace(".", "-"))
            if month.value is not None:
                return month
        named = set(_UNDATED.findall(text))
        if len(named) == 1 and (month := with_year(named.pop(), year)).value is not None:
            return month
    return _NONE


_FROM_TO = re.compile(
    r"(20\d\d)[年./-](1[0-2]|0?[1-9])月?(?:份)?\s?[-至到~—]+\s?(20\d\d)[年./-](1[0-2]|0?[1-9])(?!\d)"
)


def span_around(*texts: str) -> tuple[int, int, int, int] | None:
    """From which month to which the texts around a table say it goes: year, month, year, month.

    >>> span_around("2025年6月至2026年5月逐月供求"), span_around("2026年5月供求")
    ((2025, 6, 2026, 5), None)
    """
    for text in texts:
        if found := _FROM_TO.search(text):
            first_year, first, last_year, last = map(int, found.groups())
            return first_year, first, last_year, last
    return None


def year_within(month: str, span: tuple[int, int, int, int] | None) -> str:
    """The year of a month without one among at most twelve months; nothing if it is not sure.

    >>> year_within("6月", (2025, 6, 2026, 5)), year_within("5月份", (2025, 6, 2026, 5))
    ('2025', '2026')
    """
    found = re.fullmatch(r"(1[0-2]|0?[1-9])月份?", month)
    if found is None or span is None:
        return ""
    first_year, first, last_year, last = span
    own = int(found[1])
    years = [
        year
        for year in range(first_year, min(last_year, first_year + 2) + 1)
        if (first_year, first) <= (year, own) <= (last_year, last)
    ]
    return str(years[0]) if len(years) == 1 else ""


def with_year(words: str, year: str) -> Value:
    """A month or quarter without a year, of that year; none if there is no year."""
    if not year or not _UNDATED.fullmatch(words):
        return _NONE
    return parse_month(f"{year}年{words}")
