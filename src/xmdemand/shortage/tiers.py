"""Tiers of urgency with memory: cuts, entering and leaving."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xmdemand.profile import TierRule

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def set_cut(index: FloatArray, quota: float) -> float:
    """The cut c at which the expected number of rows, Σ P(index >= c), is `quota`.

    That number times n_draws is a count of index values, so the cut is an order statistic.

    Parameters
    ----------
    index
        (n_draws x rows) of the rows that may carry the tier.
    quota
        Rows aimed at; at least as many as there are gives minus infinity.
    """
    n_draws, n_rows = index.shape
    if quota >= n_rows:
        return float("-inf")
    values = np.sort(index, axis=None)[::-1]
    at = round(quota * n_draws)
    if at <= 0:
        return float(np.nextafter(values[0], np.inf))
    return float((values[at - 1] + values[at]) / 2)


def tier_probabilities(index: FloatArray, cuts: FloatArray) -> FloatArray:
    """P(index >= cut), (rows x tiers); rows without an index get NaN."""
    known: BoolArray = np.asarray(np.isfinite(index).all(axis=0))
    p = np.array([(index >= cut).mean(axis=0) for cut in cuts]).reshape(len(cuts), -1).T
    return np.where(known[:, None], p, np.nan)


def place(
    p: FloatArray,
    *,
    last: IntArray,
    p_last: FloatArray,
    rule: TierRule,
    first: bool,
) -> IntArray:
    """Stars of every row, with last edition's in the rule.

    A row enters a tier at P >= enter and leaves it at P < leave, or at P < leave_twice in two
    editions running. The first edition is plain: P >= first. Rows without an index have none.

    Parameters
    ----------
    p
        P(index >= cut), (rows x tiers), tiers rising.
    last
        Stars in the last edition, -1 where the row was not in it.
    p_last
        Last edition's P, (rows x tiers), NaN where unknown.
    rule
        The profile's thresholds.
    first
        Whether there is no edition to remember (or the cuts were set anew).

    Examples
    --------
    >>> p = np.array([[0.6], [0.6], [0.4], [0.4]])
    >>> last, p_last = np.array([0, 1, 1, 1]), np.array([[0.6], [0.8], [0.8], [0.45]])
    >>> place(p, last=last, p_last=p_last, rule=TierRule(), first=False).tolist()
    [0, 1, 1, 0]
    """
    p = np.nan_to_num(p, nan=-1.0)
    if first:
        return _count(p >= rule.first)
    held = last[:, None] > np.arange(p.shape[1])
    twice = (p < rule.leave_twice) & (np.nan_to_num(p_last, nan=1.0) < rule.leave_twice)
    stays = held & (p >= rule.leave) & ~twice
    return _count((~held & (p >= rule.enter)) | stays)


def threshold(rule: TierRule, *, held: bool, p_last: float, first: bool) -> float:
    """The P at or above which `place` puts a row into a tier.

    >>> rule = TierRule()
    >>> [threshold(rule, held=h, p_last=p, first=False) for h, p in ((0, 0.6), (1, 0.6), (1, 0.4))]
    [0.7, 0.3, 0.5]
    """
    if first:
        return rule.first
    if not held:
        return rule.enter
    weak = p_last < rule.leave_twice
    return max(rule.leave, rule.leave_twice) if weak else rule.leave


def _count(inside: BoolArray) -> IntArray:
    """Tiers are nested: a row is in a tier only if it is in every lower one."""
    return np.asarray(np.cumprod(inside, axis=1).sum(axis=1), dtype=np.int64)
