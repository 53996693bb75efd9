"""Tables of an earlier year that stand below this year's for comparison: no demand of today."""

from __future__ import annotations

import re
from collections.abc import Sequence

OTHER_YEAR = "intake.other_year"
"""Why such a table is not read."""

_BEFORE = re.compile(
    r"(?:上年|去年|往年|上年度|前年)(?:同期|情况|数据|度)|(?:上|去)年.{0,16}(?:对比|比较|参考|对照)"
)
_NOW = re.compile(r"今年|本年|本期|现")


def says_earlier(lines: Sequence[str]) -> bool:
    """Whether lines above a further table say that its figures are of an earlier year alone.

    >>> says_earlier(["附：上年同期（2025年3月31日）配员情况，仅供对比"])
    True
    >>> says_earlier(["今年与去年同期缺工情况"]), says_earlier(["二、缺工情况"])
    (False, False)
    """
    return any(_BEFORE.search(line) and not _NOW.search(line) for line in lines)


def of_earlier_year(above: str, *, further: bool) -> bool:
    """Whether what stands above a table says so; only of one that stands below another.

    Parameters
    ----------
    above
        The rows above its headings, its own first.
    further
        Whether another table of the sheet stands before it.
    """
    lines = [line for line in above.split("\n") if line.strip()]
    return further and says_earlier(lines[:1])
