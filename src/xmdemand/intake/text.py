"""Cleaning of cells before anything is read from them: width, spaces, invisible characters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffe]"
)
_SPACE = re.compile(r"[ \t\u00a0\u3000]+")
_HYPHENS = re.compile("[‐‑‒–—―−－﹣─━]")
_YEAR = re.compile(r"(?<!\d)20\d{2}(?!\d)")
_CJK_GAP = re.compile(r"(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff])")


@lru_cache(maxsize=65536)
def tidy(text: str) -> str:
    """Take out what nobody sees, keep what was written.

    >>> tidy(" 厦门\\u200b电子　公司 ")
    '厦门电子 公司'
    """
    if text.isprintable() and " " not in text:  # nothing unseen is printable
        return text
    return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Half-width form for comparing and parsing: NFKC, one kind of hyphen, single spaces.

    >>> plain("１２人（含实习生３人）")
    '12人(含实习生3人)'
    """
    if text.isascii():
        return tidy(text)
    return tidy(_HYPHENS.sub("-", unicodedata.normalize("NFKC", tidy(text))))


def words_of(cell: object) -> str:
    """A cell of any type as plain text; nothing for an empty one.

    >>> words_of(12.0), words_of(None), words_of("　合　计 ")
    ('12', '', '合 计')
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        return plain(cell)
    if isinstance(cell, float):
        if cell != cell:
            return ""
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell)


def join_cjk(text: str) -> str:
    """Take spaces between Chinese characters out.

    >>> join_cjk("电 工")
    '电工'
    """
    return _CJK_GAP.sub("", text)


def bare(text: str) -> str:
    """For comparing names: plain, lower case, without any space.

    >>> bare("合　 计")
    '合计'
    """
    return plain(text).replace(" ", "").replace("\n", "").replace("\r", "").casefold()


def year_in(*texts: str) -> str:
    """The year that texts name, if they name but one; else nothing.

    >>> year_in("2025年月报", "3月"), year_in("2024年和2025年")
    ('2025', '')
    """
    years = {year for text in texts for year in _YEAR.findall(text)}
    return years.pop() if len(years) == 1 else ""
