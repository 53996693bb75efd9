"""Figures as official notices print them: ratio, change, share, entrants; and a check of them."""

from __future__ import annotations

import math
from collections.abc import Sequence


def openings_per_seeker(posts: float, seekers: float) -> float:
    """求人倍率 = posts / seekers; NaN (no ratio, not infinity) where nobody seeks.

    >>> round(openings_per_seeker(65_848, 69_577), 6)  # Sanming, first quarter of 2009
    0.946405
    >>> openings_per_seeker(10, 0)
    nan
    """
    return posts / seekers if seekers > 0 else math.nan


def relative_change(now: float, before: float) -> float:
    """(now - before) / before, as a fraction; NaN where there was nothing before.

    >>> round(relative_change(69.6, 102.1), 4)  # national gap, third quarter of 2021
    -0.3183
    """
    return now / before - 1 if before > 0 else math.nan


def prints_as(value: float, printed: str) -> bool:
    """Whether a value, rounded as a printed figure is, gives that figure.

    The printed figure may be a plain number or a percentage; its decimals say how it was rounded.

    >>> prints_as(19 / 28, "67.9%"), prints_as(5 / 15, "30%"), prints_as(5 / 15, "33.3%")
    (True, False, True)
    """
    text = printed.strip().replace("\N{FULLWIDTH PERCENT SIGN}", "%").replace("\N{MINUS SIGN}", "-")
    percent = text.endswith("%")
    number = text.rstrip("%")
    decimals = len(number.partition(".")[2])
    step = 10.0**-decimals
    return abs(value * (100 if percent else 1) - float(number)) <= step / 2 + 1e-9


def entrants(now: Sequence[str], before: Sequence[str]) -> tuple[list[str], list[str]]:
    """Who is in a list now and was not before, and who left it; in list order.

    >>> entrants(["a", "c"], ["a", "b"])
    (['c'], ['b'])
    """
    return [x for x in now if x not in set(before)], [x for x in before if x not in set(now)]
