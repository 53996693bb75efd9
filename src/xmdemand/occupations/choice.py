"""Which of a title's candidates is right, or none: a conditional logit over the evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Choice:
    """Probability that a candidate is right, ``exp(b'x_c) / (exp(b_0) + sum_k exp(b'x_k))``.

    The option "none of these" has utility ``b_0``, so a title's candidates have probabilities
    that add up to less than one (McFadden 1974). Titles may have different numbers of candidates,
    so candidates are rows and `of` tells whose they are.

    Attributes
    ----------
    weights
        One per feature.
    none
        Utility of "none of these".
    """

    weights: Array
    none: float

    @classmethod
    def fit(
        cls,
        x: Array,
        of: Index,
        right: NDArray[np.bool_],
        n: int,
        start: Choice,
        *,
        strength: float,
    ) -> Choice:
        """Penalised maximum likelihood.

        Parameters
        ----------
        x
            Features, shape candidates x features.
        of
            Title of each candidate, from 0 to ``n - 1``.
        right
            Whether a candidate is its title's right one; a title may have none.
        n
            How many titles there are.
        start
            Where the weights are pulled to: what is known before any data.
        strength
            Penalty on squared distance from `start`, in units of titles.
        """
        has = np.bincount(of[right], minlength=n) > 0
        chosen = x[right].sum(axis=0)
        centre = np.append(start.weights, start.none)

        def loss(beta: Array) -> tuple[float, Array]:
            p, nobody, log_sum = _probabilities(x, of, n, beta[:-1], beta[-1])
            away = beta - centre
            value = log_sum.sum() - chosen @ beta[:-1] - (~has).sum() * beta[-1]
            slope = np.append(p @ x - chosen, nobody.sum() - (~has).sum())
            return float(value + strength / 2 * away @ away), slope + strength * away

        best = minimize(loss, centre, jac=True, method="L-BFGS-B", options={"maxiter": 200})
        return cls(best.x[:-1], float(best.x[-1]))

    def probabilities(self, x: Array, of: Index, n: int) -> Array:
        """One per candidate."""
        return _probabilities(x, of, n, self.weights, self.none)[0]


def _probabilities(
    x: Array, of: Index, n: int, weights: Array, none: float
) -> tuple[Array, Array, Array]:
    utility = x @ weights
    top = np.full(n, none)
    np.maximum.at(top, of, utility)
    each = np.exp(utility - top[of])
    nobody = np.exp(none - top)
    total = np.bincount(of, each, minlength=n) + nobody
    return each / total[of], nobody / total, np.log(total) + top


def best_first(of: Index, chance: NDArray[np.float32]) -> Index:
    """Order of candidates: by title, then the more probable first, equal ones as they stand.

    As ``np.lexsort((-chance, of))``, but one sort of whole numbers: title, bits of the
    probability (in the order of positive numbers) turned round, place. Up to 2,048 titles and
    4 million candidates at a time.

    >>> best_first(np.array([0, 0, 0, 1]), np.array([0.1, 0.7, 0.1, 1], dtype=np.float32)).tolist()
    [1, 0, 2, 3]
    """
    falling = np.uint64(1 << 30) - chance.view(np.uint32)
    place = np.arange(len(of), dtype=np.uint64)
    key = (of.astype(np.uint64) << np.uint64(53)) | (falling << np.uint64(22)) | place
    return (np.sort(key) & np.uint64((1 << 22) - 1)).astype(np.int64)


def threshold(score: Array, right: NDArray[np.bool_], precision: float) -> float:
    """The lowest score from which on at least a share `precision` of titles was right.

    Ranks titles by score and takes the longest head whose share right is `precision` and half a
    standard error more, ``sqrt(precision (1 - precision) / n) / 2``: the longest of many heads is
    a lucky one (on other titles 0.003 less was right without it). Infinity if none is.

    >>> threshold(np.array([0.9, 0.8, 0.3]), np.array([True, True, False]), 0.6)
    0.8
    """
    order = np.argsort(-score, kind="stable")
    n = np.arange(1, len(order) + 1)
    needed = precision + np.sqrt(precision * (1 - precision) / n) / 2
    kept = np.flatnonzero(np.cumsum(right[order]) / n >= np.minimum(needed, 1))
    return float(score[order][kept[-1]]) if len(kept) else float("inf")
