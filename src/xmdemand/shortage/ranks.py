"""Credible ranks from draws: median, interval and P(top k)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xmdemand.draws import check_level

FloatArray = NDArray[np.float64]
_CHUNK = 512


def rank_draws(index: FloatArray) -> NDArray[np.int32]:
    """Rank of every item in every draw, 1 the largest; ties keep the items' order.

    Parameters
    ----------
    index
        (n_draws x items), finite.
    """
    n_draws, n_items = index.shape
    ranks = np.empty((n_draws, n_items), dtype=np.int32)
    places = np.arange(1, n_items + 1, dtype=np.int32)
    for start in range(0, n_draws, _CHUNK):
        block = slice(start, min(start + _CHUNK, n_draws))
        order = np.argsort(-index[block], axis=1, kind="stable")
        np.put_along_axis(ranks[block], order, places[None, :], axis=1)
    return ranks


def credible_ranks(
    index: FloatArray, *, top: int, level: float = 0.9
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Median rank, its equal-tailed interval, and P(top k) = (count + 1/2)/(B + 1).

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
    # Item by item in memory: order statistics of a column are then one partition of a row.
    ranks = np.ascontiguousarray(rank_draws(index).T)
    n_draws = ranks.shape[1]
    p_top = ((ranks <= top).sum(axis=1) + 0.5) / (n_draws + 1)
    low = int(np.floor(tail * (n_draws - 1)))
    high = int(np.ceil((1 - tail) * (n_draws - 1)))
    middle = [(n_draws - 1) // 2, n_draws // 2]
    ranks.partition([low, *middle, high], axis=1)
    return (
        ranks[:, middle].mean(axis=1),
        ranks[:, low].astype(float),
        ranks[:, high].astype(float),
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
    from scipy.stats import rankdata

    return np.asarray(rankdata(-values, nan_policy="omit"), dtype=float)
