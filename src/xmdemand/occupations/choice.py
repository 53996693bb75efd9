"""Which of a title's candidates is right, or none: a conditional logit over the evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Choice:
    """Probability that a candidate is right, ``exp(b'x_c) / (exp(b_0) + sum_k exp(b'x_k))``.

    The option "none of these" has utility ``b_0``, so the candidates' probabilities add up to
    less than one (McFadden 1974).

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
    def fit(cls, x: Array, right: NDArray[np.int64], start: Choice, *, strength: float) -> Choice:
        """Penalised maximum likelihood.

        Parameters
        ----------
        x
            Features, shape titles x candidates x features.
        right
            Position of the right candidate; -1 where it is none of them.
        start
            Where the weights are pulled to: what is known before any data.
        strength
            Penalty on squared distance from `start`, in units of titles.
        """
        has = right >= 0
        chosen = np.zeros(x.shape[::2])
        chosen[has] = x[np.flatnonzero(has), right[has]]
        centre = np.append(start.weights, start.none)

        def loss(beta: Array) -> tuple[float, Array]:
            p, nobody, log_sum = _probabilities(x, beta[:-1], beta[-1])
            away = beta - centre
            picked = np.where(has, chosen @ beta[:-1], beta[-1])
            value = float((log_sum - picked).sum() + strength / 2 * away @ away)
            slope = np.append(
                np.einsum("ij,ijk->k", p, x) - chosen.sum(axis=0), nobody.sum() - (~has).sum()
            )
            return value, slope + strength * away

        best = minimize(loss, centre, jac=True, method="L-BFGS-B", options={"maxiter": 200})
        return cls(best.x[:-1], float(best.x[-1]))

    def probabilities(self, x: Array) -> Array:
        """Shape titles x candidates."""
        return _probabilities(x, self.weights, self.none)[0]


def _probabilities(x: Array, weights: Array, none: float) -> tuple[Array, Array, Array]:
    utility = x @ weights
    top = np.maximum(utility.max(axis=1), none)
    each = np.exp(utility - top[:, None])
    nobody = np.exp(none - top)
    total = each.sum(axis=1) + nobody
    return each / total[:, None], nobody / total, np.log(total) + top


def threshold(score: Array, right: NDArray[np.bool_], precision: float) -> float:
    """The lowest score from which on at least a share `precision` of titles was right.

    Ranks titles by score and takes the longest head that keeps the promise; infinity if none does.

    >>> threshold(np.array([0.9, 0.8, 0.3]), np.array([True, True, False]), 0.9)
    0.8
    """
    order = np.argsort(-score, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    kept = np.flatnonzero(share >= precision)
    return float(score[order][kept[-1]]) if len(kept) else float("inf")
