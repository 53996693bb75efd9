"""Numbers of persons and pay."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Literal

from xmdemand.intake.numerals import NUMBER, read_number, read_rough
from xmdemand.intake.parsed import (
    EMPTY,
    NAN,
    NONE_AT_ALL,
    UNSTATED,
    Broken,
    Count,
    CountKind,
    Wage,
)
from xmdemand.intake.text import join_cjk, words_of

_MEASURE = r"\s*(?:人次|人|名|个|位|岗|员)?"
_OWN_UNIT = re.compile(r"[百千万亿kw人名个位岗员]")
_COUNT = re.compile(rf"({NUMBER}){_MEASURE}")
_ROUGHLY = re.compile(rf"([一二两三四五六七八九十]{{2,3}}[百千]?){_MEASURE}")
_RANGE = re.compile(rf"({NUMBER}){_MEASURE}\s?(?:-|~|至|到|—)\s?({NUMBER}){_MEASURE}")
_SLASHED = re.compile(rf"({NUMBER})\s?/\s?({NUMBER}){_MEASURE}")
_OVER = re.compile(
    rf"(?:({NUMBER}){_MEASURE}(?:\+|以上|及以上|起|多){_MEASURE}|(?:≥|>=|>|至少|不少于|不低于|超过|超)\s?({NUMBER}){_MEASURE}(?:以上)?)"
)
_TENS_PLUS = re.compile(rf"({NUMBER})(?:余|多){_MEASURE}")
_TENS_OR_SO = re.compile(rf"({NUMBER})来{_MEASURE}")
_TELEPHONE = re.compile(r"0\d{2,3}-?\d{7,8}")
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
_LACKING = re.compile(r"(?:还|尚|仍|共|约)?缺(?:口|工|员|人)?[:：\s]?(?=.)")
_WANTED = re.compile(r"(?:急招|急聘|急需|招聘|招)(?:聘|工)?[:：\s]?(?=.)")
"""What may stand before a number of people wanted, and before no other number."""


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
        What the table counts in (10,000 for ``单位：万人``); applied to bare numbers, not to cells
        that bear their own (``0.5万``, ``3500人``).

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
    if isinstance(cell, (int, float)) and abs(cell) > 1e9:
        return missing("implausible")
    text = words_of(cell)
    if isinstance(cell, str):
        text = join_cjk(text).lower()
    if text in EMPTY:
        return missing()
    if text in NONE_AT_ALL:
        return Count(0.0, 0.0, "exact", ("zero_word",))
    if text in UNSTATED:
        return Count(1.0, NAN, "some")
    return _scaled(_read_count(text), 1.0 if _OWN_UNIT.search(text) else unit)


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
    if (match := _COUNT.fullmatch(text)) and read_number(match[1]) is not None:
        return _ends(match[1], match[1], "exact")
    if _TELEPHONE.fullmatch(text):
        return missing("unreadable")
    if match := _RANGE.fullmatch(text):
        return _ends(match[1], match[2], "range")
    if (match := _ROUGHLY.fullmatch(text)) and (ends := read_rough(match[1])):
        return Count(*ends, "range")
    if match := _SLASHED.fullmatch(text):
        return _ends(match[1], match[2], "range", "doubtful")
    if match := _OVER.fullmatch(text):
        return _ends(match[1] or match[2], None, "at_least")
    if match := _TENS_PLUS.fullmatch(text):
        return _ends(match[1], None, "at_least")
    if match := _TENS_OR_SO.fullmatch(text):
        return _ends(match[1], match[1], "approx")
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
    if wanted := _WANTED.match(text):
        rest = text[wanted.end() :]
        return Count(1.0, NAN, "some") if rest in UNSTATED else _read_count(rest)
    if lacking := _LACKING.match(text):  # in a column of those who are there it would be wrong
        count = _read_count(text[lacking.end() :])
        return Count(count.low, count.high, count.kind, (*count.flags, "doubtful"))
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
_NO_PAY = re.compile(
    r"(?:(?:薪资|工资|薪酬|待遇|月薪|薪水|报酬|薪金|收入)(?:待遇|福利)?)?[:：]?(?:可)?(?:面议|面谈|详谈|另议|电议|协商|商议)(?:[/、,(].*)?"
    r"|(?:按|依|依据|根据|参照|执行).{0,12}(?:规定|标准|制度|政策|能力|经验)(?:执行|确定|定薪|发放)?"
)
"""Pay left open: nothing can be read, nothing is spoilt."""
_SETTLED = re.compile(
    rf".*?转正(?:后|工资|薪资|月薪)*[:：]?({NUMBER}(?:[-~至到]{NUMBER})?)(?:元(?:/月)?)?(?:以上|起)?"
)
"""Pay after the trial period is the post's."""
_BASE = re.compile(
    rf"(?:无责)?(?:保底|底薪|基本工资|基础工资|固定工资|固定薪资|月薪|基薪)?[:：]?(?P<base>{NUMBER}(?:[-~至到]{NUMBER})?)(?:元)?(?:/月)?[+加]"
    r"(?:高额|高|月度|年终|业务|销售|个人|全勤|岗位|计件)*(?:绩效|奖金|奖励|补贴|津贴|补助|分红|加班费|全勤|年终奖|业绩|五险|社保|包吃|包住)[\u3400-\u9fff+/、,]*"
)
"""A stated part of pay and one nobody states: at least the former."""
_BY_PIECE = re.compile(
    r"(?:计件(?:工资|制)?|提成)[,，、/:：;；(]?(?:约|月薪|月均|综合)*:?"
    r"([1-9]\d{3,4}(?:-|~|至|到)[1-9]\d{3,4})(?:元)?(?:/月)?(?:左右)?[)]?"
)
"""What piece work brings in a month: a range of thousands is no price of a piece."""
_FLOOR = re.compile(rf"(?:保底|无责底薪)[:：]?({NUMBER})(?:元)?(?:/月)?(?:以上|起)?")
_PAY_RANGE = re.compile(rf"({NUMBER})(?:-|~|至|到)({NUMBER})")
_PAY_OVER = re.compile(
    rf"(?:({NUMBER})(?:\+|以上|起|及以上)|(?:≥|>=|>|不低于|不少于|至少)({NUMBER}))"
)
_PAY_UNDER = re.compile(rf"(?:({NUMBER})(?:以下|以内)|(?:≤|<=|<|不超过|最高)({NUMBER}))")
_SUFFIX = re.compile(r"[kKwW千万]$")
_OWN_SCALE = re.compile(r"[kw千万元]")


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
    if text in EMPTY or text in UNSTATED or text.startswith("面议") or _NO_PAY.fullmatch(text):
        return Wage(NAN, NAN, "missing")
    kind: Literal["month", "day", "hour", "piece"] = "month"
    flags: list[str] = []
    if tail := _PAY_TAIL.search(text):
        flags.append(f"{tail[1]} months")
        text = text[: tail.start()]
    if (apart := _in_parts(text)) is not None:
        text, open_ended = apart
        flags += ["plus"] * open_ended
    elif by_piece := _BY_PIECE.fullmatch(text):
        text = by_piece[1]
    elif _PER_PIECE.search(text):
        return Wage(NAN, NAN, "piece", tuple(flags))
    if _PER_DAY.search(text):
        kind = "day"
    elif _PER_HOUR.search(text):
        kind = "hour"
    yearly = bool(_PER_YEAR.search(text))
    low, high = _pay_ends(_BRACKET.sub("", _PAY_WORDS.sub("", text)) or text)
    if "plus" in flags and low is not None:
        high = NAN
    if low is None or high is None:
        return Wage(NAN, NAN, "missing", (*flags, "unreadable"))
    unit = 1.0 if _OWN_SCALE.search(text) else unit
    scale = unit / 12 if yearly else unit
    low, high = round(low * scale, 2), round(high * scale, 2)
    if yearly:
        flags.append("yearly")
    if kind == "month" and any(not 500 <= end <= 300_000 for end in (low, high) if end == end):
        flags.append("implausible")
    return Wage(low, high, kind, tuple(flags))


def _in_parts(text: str) -> tuple[str, bool] | None:
    """What a cell that tells pay in parts states, and whether more comes on top; else None."""
    if not _PER_PIECE.search(text) and (match := _BASE.fullmatch(text)):
        return match["base"], True
    if match := _FLOOR.fullmatch(text):
        return match[1], True
    match = _SETTLED.fullmatch(text)
    return (match[1], False) if match else None


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
