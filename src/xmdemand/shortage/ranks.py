"""Credible ranks from draws: median, interval and P(top k)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xmdemand.draws import check_level

FloatArray = NDArray[np.float64]
_CHUNK = 128


def rank_draws(index: FloatArray) -> NDArray[np.signedinteger[Any]]:
    """Rank of every item in every draw, 1 the largest; ties keep the items' order.

    Parameters
    ----------
    index
        (n_draws x items), finite.

    Returns
    -------
    (n_draws x items)
        Of the smallest integers that hold them.
    """
    n_draws, n_items = index.shape
    kind: type[np.signedinteger[Any]] = np.int16 if n_items < 2**15 else np.int32
    places = np.arange(1, n_items + 1, dtype=kind)
    ranks = np.empty((n_draws, n_items), dtype=kind)
    for start in range(0, n_draws, _CHUNK):
        block = slice(start, min(start + _CHUNK, n_draws))
        for own, order in zip(ranks[block], _falling(index[block]), strict=True):
            own[order] = places
    return ranks


def _falling(values: FloatArray) -> NDArray[np.int64]:
    """Every row's order, the largest first; ties keep the items' order.

    Integers are sorted several times faster than an order is. Floats are made integers that sort
    alike, the item's number in their lowest bits. Rows where the bits it displaced might have
    decided (relative differences below 1e-12) are sorted the slow way.
    """
    n_items = values.shape[1]
    falling = (0.0 - values).astype(np.float64, copy=False)  # no -0.0
    bits = falling.view(np.int64)
    low = (1 << n_items.bit_length()) - 1
    # Below zero the bits of floats run backwards.
    keys = bits ^ ((bits >> 63) & np.iinfo(np.int64).max)
    keys = (keys & ~low) | np.arange(n_items)
    keys.sort(axis=1)
    order = keys & low
    keys |= low
    close = (keys[:, 1:] == keys[:, :-1]).any(axis=1)
    if close.any():
        order[close] = np.argsort(falling[close], axis=1, kind="stable")
    return order


def credible_ranks(
    index: FloatArray, *, top: int, level: float = 0.9
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Median rank, its equal-tailed interval, and P(top k) = (count + 1/2)/(B + 1).

    How often an item takes each place is counted (items x places); order statistics of its rank
    are read off that table, so no rank is sorted.

    Returns
    -------
    rank, lower, upper, p_top
        By item; lower and upper are ranks some draw has.

    Examples
    --------
    >>> draws = np.array([[3.0, 2.0, 1.0], [3.0, 1.0, 2.0], [3.0, 2.0, 1.0]])
    >>> rank, lower, upper, p_top = credible_ranks(draws, top=1)
    >>> rank.tolist(), p_top.tolist()
    ([1.0, 2.0, 3.0], [0.875, 0.125, 0.125])
    """
    tail = (1 - check_level(level)) / 2
    n_draws, n_items = index.shape
    of_items = np.ascontiguousarray(rank_draws(index).T)
    count = np.stack([np.bincount(ranks, minlength=n_items + 1)[1:] for ranks in of_items])
    reached = count.cumsum(axis=1)
    p_top = (reached[:, min(top, n_items) - 1] + 0.5) / (n_draws + 1)

    def at(position: int) -> FloatArray:
        return np.asarray((reached <= position).sum(axis=1) + 1, dtype=float)

    return (
        (at((n_draws - 1) // 2) + at(n_draws // 2)) / 2,
        at(int(np.floor(tail * (n_draws - 1)))),
        at(int(np.ceil((1 - tail) * (n_draws - 1)))),
        p_top,
    )


def p_top_k(index: FloatArray, top: int) -> FloatArray:
    """P(top k) = (count + 1/2)/(B + 1) by item."""
    k = min(top, index.shape[1])
    best = np.argpartition(-index, k - 1, axis=1)[:, :k]
    count = np.bincount(best.ravel(), minlength=index.shape[1])
    return np.asarray((count + 0.5) / (len(index) + 1))


def point_ranks(values: FloatArray) -> FloatArray:
    """Ranks of one vector, 1 the largest, ties averaged, NaN kept.

    >>> point_ranks(np.array([5.0, np.nan, 7.0, 5.0])).tolist()
    [2.5, nan, 1.0, 2.5]
    """
    import pandas as pd

    return np.asarray(pd.Series(values).rank(ascending=False), dtype=float)
