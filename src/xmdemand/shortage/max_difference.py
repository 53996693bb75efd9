"""The law of the largest studentised difference: by integration, and over simulated draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, logsumexp, ndtr, ndtri

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

_NODES = 24
"""Standard errors are tabulated at so many values and interpolated between them."""
_GRID = np.linspace(-4.4, 4.4, 45)
_ONE_THREAD = 2**17
"""Multiplications; OpenBLAS begins to share a product out at twice as many."""
_CRITICAL = 14


@dataclass(frozen=True, eq=False)
class MarginalTable:
    """log P(difference within bounds | Z_j) at nodes of both standard errors.

    Given Z_j = s_j u, "k not found larger" means s_k e <= s_j u + c σ_jk with probability
    Φ((s_j u + c σ_jk) / s_k), and likewise below; both at once is their difference. For one j the
    logs are added over k, so counting k's by their standard error is enough.
    """

    level: float
    share: NDArray[np.float32]
    """Each item's weights on the nodes, (items x nodes)."""
    cuts: FloatArray
    above: NDArray[np.float32]
    """(nodes of s_j x u x cuts x nodes of s_k); ``below`` is the same with u reversed."""
    within: NDArray[np.float32]

    @classmethod
    def of(cls, s: FloatArray, level: float) -> MarginalTable:
        """Tabulate for these standard errors."""
        own = np.maximum(s / s.max(), 1e-6)
        nodes = np.unique(own)
        if len(nodes) > _NODES:
            nodes = np.geomspace(nodes[0], nodes[-1], _NODES)
        # One hypothesis alone, and Bonferroni over all of them, bound every critical value.
        cuts = np.linspace(ndtri(level), -ndtri((1 - level) / (2 * len(s))) + 0.05, _CRITICAL)
        sj, u, c, sk = np.ix_(nodes, _GRID, cuts, nodes)
        width = c * np.hypot(sj, sk)
        high, low = (sj * u + width) / sk, (sj * u - width) / sk
        # Φ(high) - Φ(low) from the side where both are small.
        flip = low > 0
        inside = ndtr(np.where(flip, -low, high)) - ndtr(np.where(flip, -high, low))
        return cls(
            level=level,
            share=_spread(own, nodes).astype(np.float32),
            cuts=cuts,
            above=np.maximum(log_ndtr(high), -1e4).astype(np.float32),
            within=np.log(np.maximum(inside, 1e-300)).astype(np.float32),
        )

    def critical(self, larger: BoolArray, smaller: BoolArray, items: IntArray) -> FloatArray:
        """Critical values of some items for the hypotheses still standing.

        Parameters
        ----------
        larger, smaller
            (len(items) x all items): k already found larger (smaller) than j. The hypothesis in the
            other direction still stands.
        items
            Which j the rows are.
        """
        only_above = _product(smaller.astype(np.float32), self.share)
        only_below = _product(larger.astype(np.float32), self.share)
        everyone = self.share.sum(axis=0, dtype=np.float64).astype(np.float32)
        both = np.maximum(everyone - self.share[items] - only_above - only_below, 0.0)
        result = np.zeros(len(items))
        for node in range(self.share.shape[1]):
            own = self.share[items, node]
            rows = np.flatnonzero(own > 0)
            if len(rows):
                logs = (
                    _add(both[rows], self.within[node])
                    + _add(only_above[rows], self.above[node])
                    + _add(only_below[rows], self.above[node][::-1])
                )
                result[rows] += own[rows] * self._solve(logs)
        return result

    def _solve(self, logs: NDArray[np.float32]) -> FloatArray:
        """Where P(max <= c), averaged over u, reaches the level; (rows x u x cuts) -> rows."""
        weight = -0.5 * _GRID**2
        weight = weight - logsumexp(weight)
        p = np.exp(logs + weight[:, None].astype(np.float32)).sum(axis=1)
        # Nearly linear in c on the probit scale: one interpolation is enough.
        probit = ndtri(np.clip(p, 1e-12, 1 - 1e-12)) - ndtri(self.level)
        right = np.clip((probit < 0).sum(axis=1), 1, len(self.cuts) - 1)
        rows = np.arange(len(p))
        low, high = probit[rows, right - 1], probit[rows, right]
        part = np.clip(low / np.minimum(low - high, -1e-9), 0.0, 1.0)
        return np.asarray(self.cuts[right - 1] + part * (self.cuts[right] - self.cuts[right - 1]))


def _add(counts: NDArray[np.float32], table: NDArray[np.float32]) -> NDArray[np.float32]:
    """Counts by node times log probabilities: (rows x nodes), (u x cuts x nodes)."""
    flat = _product(counts, table.reshape(-1, table.shape[-1]).T)
    return np.asarray(flat.reshape(len(counts), *table.shape[:2]))


def _product(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """a @ b in blocks of rows that BLAS gives to one thread.

    On a busy machine threads of such thin products spend three times their work waiting for each
    other.
    """
    rows = max(1, _ONE_THREAD // max(b.size, 1))
    out = np.empty((len(a), b.shape[1]), dtype=np.float32)
    for start in range(0, len(a), rows):
        np.matmul(a[start : start + rows], b, out=out[start : start + rows])
    return out


def _spread(s: FloatArray, nodes: FloatArray) -> FloatArray:
    """Linear weights of each value on its two neighbouring nodes, in logs."""
    share = np.zeros((len(s), len(nodes)))
    rows = np.arange(len(s))
    if len(nodes) == 1:
        share[:, 0] = 1.0
        return share
    right = np.clip(np.searchsorted(nodes, s), 1, len(nodes) - 1)
    span = np.log(nodes[right]) - np.log(nodes[right - 1])
    part = np.clip((np.log(s) - np.log(nodes[right - 1])) / span, 0.0, 1.0)
    share[rows, right] = part
    share[rows, right - 1] += 1 - part
    return share


def max_over(t: NDArray[np.float32], up: BoolArray, down: BoolArray) -> FloatArray:
    """Per draw: the larger of max t over `up` and max -t over `down`, (draws x pairs) -> draws."""
    result = np.full(len(t), -np.inf)
    if up.any():
        result = np.maximum(result, (t if up.all() else t[:, up]).max(axis=1))
    if down.any():
        result = np.maximum(result, -(t if down.all() else t[:, down]).min(axis=1))
    return result


def coarse_range(z: NDArray[np.float32], sigma: FloatArray, n_bins: int = 150) -> FloatArray:
    """An upper bound of max |Z_j - Z_k| / σ_jk per draw, without looking at every pair.

    `sigma` holds the standard deviations of differences (items x items); items that differ little
    from others go into one bin. Between two bins the largest difference is a maximum
    less a minimum, and no pair's σ is below the least one of the two bins.
    """
    order = np.argsort(sigma.mean(axis=1), kind="stable")
    bins = np.array_split(order, min(n_bins, len(order)))
    positive = np.where(sigma > 0, sigma, np.inf)
    width = np.array([[positive[np.ix_(a, b)].min() for b in bins] for a in bins])
    high = np.column_stack([z[:, rows].max(axis=1) for rows in bins])
    low = np.column_stack([z[:, rows].min(axis=1) for rows in bins])
    found = np.zeros(len(z))
    for at in range(len(bins)):
        found = np.maximum(found, ((high[:, [at]] - low) / width[at]).max(axis=1))
    return found
