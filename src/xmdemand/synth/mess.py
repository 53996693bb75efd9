"""How people write numbers, titles, codes and names when nobody checks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from xmdemand.synth.sheets import Cell

NAMES = (
    "欧阳试样",
    "司徒样本",
    "诸葛示例",
    "上官虚构",
    "慕容假名",
    "端木测试",
    "令狐演示",
    "皇甫模拟",
)
"""Invented persons' names, planted so that tests can look for them."""
PHONE = r"1390000\d{4}"
"""Planted telephone numbers."""
ID_NUMBER = r"110101190001\d{6}"
"""Planted identity numbers."""

_FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")
_DIGITS = "零一二三四五六七八九十"


def count(low: float, high: float, kind: str, exact: float) -> Cell:
    """A count as its respondent stated it, in plain writing.

    >>> count(10, 20, "range", math.nan), count(30, 30, "approx", math.nan), count(5, 5, "exact", 5)
    ('10-20人', '约30', 5)
    """
    words = {
        "range": f"{low:g}-{high:g}人",
        "approx": f"约{low:g}",
        "at_least": f"{low:g}人以上",
        "some": "若干",
    }
    if kind in words:
        return words[kind]
    return None if math.isnan(exact) else int(exact)


def untidy_count(rng: np.random.Generator, cell: Cell) -> Cell:
    """The same count in one of the ways of writing that change nothing of its meaning."""
    if not isinstance(cell, int):
        return cell
    luck = rng.random()
    if luck < 0.04:
        return str(cell).translate(_FULL_WIDTH)
    if luck < 0.10:
        return f"{cell}人"
    if luck < 0.12 and 0 < cell <= 10:
        return _DIGITS[cell]
    if luck < 0.14 and cell == 0:
        return "无"
    if luck < 0.15 and cell >= 1000:
        return f"{cell:,}"
    if luck < 0.16:
        return f" {cell} "
    return cell


def untidy_title(rng: np.random.Generator, title: str, level: str = "") -> str:
    """A title with spaces, full-width brackets or a level, as in postings."""
    luck = rng.random()
    if luck < 0.03 and len(title) == 2:
        return f"{title[0]} {title[1]}"
    if luck < 0.06 and level:
        return f"{title}（{level}）"
    if luck < 0.08:
        return f"{title}\u3000"
    if luck < 0.10:
        return f"急招{title}"
    return title


def untidy_code(rng: np.random.Generator, code: str) -> Cell:
    """A code as spreadsheets and input methods leave it; mostly nothing."""
    luck = rng.random()
    if luck < 0.70:
        return None
    if luck < 0.90:
        return code
    if luck < 0.93:
        return code.translate(_FULL_WIDTH)
    if luck < 0.96:
        return code.replace("-", "—")
    if luck < 0.98:
        return code.replace("-", ".")
    return f" {code} "


def untidy_firm(rng: np.random.Generator, name: str) -> str:
    """A firm's name as its own staff write it."""
    luck = rng.random()
    if luck < 0.05:
        return name.replace("有限公司", "公司")
    if luck < 0.08:
        return f"{name} "
    return name


def wage(low: float, high: float) -> Cell:
    """A monthly wage range, or nothing said.

    >>> wage(5000, 8000), wage(math.nan, math.nan)
    ('5000-8000', None)
    """
    return None if math.isnan(low) else f"{low:.0f}-{high:.0f}"


def untidy_wage(rng: np.random.Generator, low: float, high: float) -> Cell:
    """The same wage as 5k-8k, with its unit, or 面议 where nothing is said."""
    if math.isnan(low):
        return "面议" if rng.random() < 0.5 else None
    luck = rng.random()
    if luck < 0.1:
        return f"{low / 1000:g}k-{high / 1000:g}k"
    if luck < 0.25:
        return f"{low:.0f}-{high:.0f}元/月"
    if luck < 0.3:
        return f"{low:.0f}～{high:.0f}"
    return f"{low:.0f}-{high:.0f}"


def levels(names: Sequence[str]) -> Cell:
    """Levels asked for; none means any.

    >>> levels(["五级", "四级"]), levels([])
    ('五级、四级', '不限')
    """
    return "、".join(names) if names else "不限"


def phone(number: int) -> str:
    """An invented telephone number."""
    return f"1390000{number % 10_000:04d}"


def id_number(number: int) -> str:
    """An invented identity number (born in 1900)."""
    return f"110101190001{number % 1_000_000:06d}"


def person(number: int) -> str:
    """An invented person's name."""
    return NAMES[number % len(NAMES)]
