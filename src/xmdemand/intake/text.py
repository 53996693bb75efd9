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

_PAIRS = (
    "業业 稱称 統统 會会 碼码 區区 職职 數数 聯联 絡络 電电 話话 歲岁 齡龄 學学 "
    "歷历 資资 標标 準准 間间 級级 證证 書书 廠厂 員员 單单 總总 計计 際际 實实 "
    "現现 機机 構构 號号 時时 報报 備备 註注 說说 類类 別别 勞劳 動动 務务 產产 "
    "範范 圍围 願愿 參参 訓训 練练 習习 對对 應应 徵征 僱雇 戶户 滄沧 廈厦 縣县 "
    "鎮镇 鄉乡 門门 東东 陽阳 興兴 寧宁 龍龙 灣湾 島岛 豐丰 長长 蓮莲 裡里"
)
SIMPLIFIED = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
"""Traditional characters of headings and of places."""


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
