"""Numbers as people write them: Arabic, Chinese, mixed, with thousands marks and 万, 千, 百."""

from __future__ import annotations

import re

_DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "两": 2,
    "俩": 2,
    "廿": 20,
    "卅": 30,
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG = {"万": 10**4, "亿": 10**8}
_SCALES = {**_TENS, **_BIG, "k": 1000, "w": 10**4}

CHINESE = "".join([*_DIGITS, *_TENS, *_BIG])
ARABIC = r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
NUMBER = rf"(?:(?:{ARABIC})\s?[百千万亿kwKW]?|[{CHINESE}]+)"
"""A regular expression for one number, in plain text (`xmdemand.intake.text.plain`)."""

_ARABIC = re.compile(rf"({ARABIC})\s?([百千万亿kwKW]?)")
_ROUGH = re.compile(r"[一二两三四五六七八九]{2}[十百千]?|十[一二三四五六七八九]{2}")
"""Two digits side by side are a rough number: 两三 is 2 or 3, 二三十 is 20 to 30."""
_YEAR_STYLE = re.compile(rf"[{''.join(k for k, v in _DIGITS.items() if v < 10)}]{{2,}}")


def read_number(text: str) -> float | None:
    """The value of one number, or None if the text is not exactly one.

    Examples
    --------
    >>> [read_number(x) for x in ("1,200", "1.2万", "一百二十", "十五", "两", "二〇二六", "5k")]
    [1200.0, 12000.0, 120.0, 15.0, 2.0, 2026.0, 5000.0]
    >>> read_number("三三两两人") is None
    True
    """
    text = text.strip()
    if match := _ARABIC.fullmatch(text):
        number = float(re.sub(r"[, ]", "", match[1]))
        scaled = number * _SCALES.get(match[2].lower(), 1)
        return round(scaled, 6)
    if text and all(character in CHINESE for character in text):
        return None if _ROUGH.fullmatch(text) else _chinese(text)
    return None


def read_rough(text: str) -> tuple[float, float] | None:
    """The ends of a rough number of two digits side by side, or None if the text is none.

    Examples
    --------
    >>> [read_rough(x) for x in ("两三", "二三十", "十七八", "五三")]
    [(2.0, 3.0), (20.0, 30.0), (17.0, 18.0), None]
    """
    if not _ROUGH.fullmatch(text):
        return None
    ten = 10.0 if text[0] == "十" else 0.0
    digits = text.removeprefix("十") if ten else text
    scale = float(_TENS[digits[2]]) if len(digits) > 2 else 1.0
    low, high = (ten + _DIGITS[digit] * scale for digit in digits[:2])
    return (low, high) if low < high else None


def _chinese(text: str) -> float | None:
    if _YEAR_STYLE.fullmatch(text):
        return float("".join(str(_DIGITS[character]) for character in text))
    total, section, digit = 0, 0, None
    for character in text:
        if character in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[character]
            if digit >= 20:
                section, digit = section + digit, None
        elif character in _TENS:
            section += (1 if digit is None else digit) * _TENS[character]
            digit = None
        else:
            total = (total + section + (digit or 0) or 1) * _BIG[character]
            section, digit = 0, None
    return float(total + section + (digit or 0))
