"""The weighted mixture of all candidates: a few components a series, and their quantiles."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

COUNT_LIMIT = 25.0
"""Series of whole numbers with a mean forecast below this have discrete quantiles."""
SPREAD_LIMIT = 50.0
"""... unless their standard deviation is above this: then rounded continuous ones."""
LOG_CAP = 2.5
"""On the log scale nothing rises more than this above the largest value seen."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """Forecasts of S series, H steps ahead, in K components (scales).

    A component's quantile at p is ``g(mean + sd z_p)``, g the identity or exp(.) - 1, never below
    zero; the mixture's is the weighted average of its components' (Vincent's average).

    Attributes
    ----------
    weight
        (S, K), rows summing to 1.
    mean, sd
        (S, K, H) on the component's scale.
    log
        (K,), which components live on the log scale.
    correlation
        (S, H, H) between steps.
    cap
        (S,) largest value on the log scale.
    discrete
        (S,) whether a small count.
    factor
        (S, H) the pull to the panel's total.
    """

    weight: NDArray
    mean: NDArray
    sd: NDArray
    log: NDArray[np.bool_]
    correlation: NDArray
    cap: NDArray
    discrete: NDArray[np.bool_]
    factor: NDArray

    def take(self, rows: NDArray | slice) -> Mixture:
        """Some series."""
        kept = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "log"}
        return Mixture(log=self.log, **kept)

    def put(self, rows: NDArray, part: Mixture) -> None:
        """Write a chunk into its rows."""
        for f in fields(self):
            if f.name != "log":
                getattr(self, f.name)[rows] = getattr(part, f.name)

    def widened(self, spread: NDArray) -> Mixture:
        """Standard deviations times `spread`, (H,) or (S, H)."""
        spread = np.broadcast_to(spread, self.factor.shape)
        return replace(self, sd=self.sd * spread[:, None, :].astype(self.sd.dtype))

    def shifted(self, scores: NDArray) -> Mixture:
        """Moved by so many standard deviations, (S, H)."""
        return replace(self, mean=self.mean + self.sd * scores[:, None, :].astype(self.sd.dtype))

    def pulled(self, factor: NDArray) -> Mixture:
        """Everything times `factor`, (S, H)."""
        return replace(self, factor=self.factor * factor)


def empty(n_series: int, horizon: int, log: NDArray[np.bool_]) -> Mixture:
    """Room for so many series, to `Mixture.put` chunks into."""
    shape = (n_series, len(log), horizon)
    return Mixture(
        weight=np.empty(shape[:2], np.float32),
        mean=np.empty(shape, np.float32),
        sd=np.empty(shape, np.float32),
        log=log,
        correlation=np.empty((n_series, horizon, horizon), np.float32),
        cap=np.empty(n_series),
        discrete=np.empty(n_series, bool),
        factor=np.empty((n_series, horizon)),
    )


def continuous_quantile(mixture: Mixture, z: NDArray) -> NDArray[np.float64]:
    """Quantiles at standard normal scores.

    Parameters
    ----------
    z
        (..., S, H): one score a series and step, any number in front. Computed in the precision
        of the mixture's means.
    """
    dtype, horizon = mixture.mean.dtype, mixture.factor.shape[1]
    z = np.asarray(z, dtype=dtype)
    total = np.zeros(np.broadcast_shapes(z.shape, mixture.factor.shape), dtype)
    value, spare = np.empty_like(total), np.empty_like(total)
    ceiling = np.repeat((mixture.cap[:, None] + LOG_CAP).astype(dtype), horizon, axis=1)
    for k, log in enumerate(mixture.log):
        # Laid side by side, so that numpy runs through series and steps in one go.
        np.multiply(np.ascontiguousarray(mixture.sd[:, k]), z, out=value)
        value += np.ascontiguousarray(mixture.mean[:, k])
        np.maximum(value, 0.0, out=value)
        if log:
            np.minimum(value, ceiling, out=value)
            _expm1(value, spare)
        value *= np.repeat(mixture.weight[:, k, None].astype(dtype), horizon, axis=1)
        total += value
    return total * mixture.factor


def _expm1(x: NDArray, spare: NDArray) -> None:
    """exp(x) - 1 in place, as tanh(x / 2) (exp(x) + 1): as exact near 0, vectorised by numpy."""
    np.exp(x, out=spare)
    spare += 1.0
    x *= 0.5
    np.tanh(x, out=x)
    x *= spare


def quantile(mixture: Mixture, z: NDArray) -> NDArray[np.float64]:
    """Quantiles at standard normal scores, discrete for small counts; z is (..., S, H)."""
    z = np.broadcast_to(z, np.broadcast_shapes(z.shape, mixture.factor.shape))
    values = continuous_quantile(mixture, z)
    small = np.flatnonzero(mixture.discrete)
    if len(small):
        mean, variance = moments(mixture.take(small))
        picked = values[..., small, :]
        rare = (mean < COUNT_LIMIT) & (variance < SPREAD_LIMIT**2)
        picked[..., ~rare] = np.round(picked[..., ~rare])
        p = special.ndtr(z[..., small, :][..., rare])
        picked[..., rare] = count_quantile(mean[rare], variance[rare], p)
        values[..., small, :] = picked
    return values


def medians(mixture: Mixture) -> NDArray[np.float64]:
    """Medians before they are made discrete, (S, H)."""
    return continuous_quantile(mixture, np.zeros((1, 1)))


_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(15)

_AT_ONCE = 500
"""Series whose values at all nodes stay in the processor's cache."""


def moments(mixture: Mixture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance of the (clipped, capped) mixture by Gauss-Hermite quadrature, (S, H)."""
    share = _NODE_WEIGHTS / _NODE_WEIGHTS.sum()
    mean, square = np.empty(mixture.factor.shape), np.empty(mixture.factor.shape)
    for at in range(0, len(mean), _AT_ONCE):
        part = slice(at, at + _AT_ONCE)
        value = continuous_quantile(mixture.take(part), _NODES[:, None, None])
        mean[part] = np.tensordot(share, value, 1)
        square[part] = np.tensordot(share, np.square(value, out=value), 1)
    return mean, np.maximum(square - mean**2, 0.0)


_CELLS = 50_000
"""Numbers of a block of distribution functions: they stay in the processor's cache."""
_MANY = 50
"""From so many quantiles on a table is searched, not counted through."""


def count_quantile(
    mean: NDArray[np.float64], variance: NDArray[np.float64], p: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Quantiles of a negative binomial with given mean and variance (Poisson if less spread).

    The smallest k with P(X <= k) >= p, looked up in tables of the distribution function.

    Parameters
    ----------
    mean, variance
        Of one shape.
    p
        Probabilities, (..., *mean.shape).

    >>> count_quantile(np.array([2.0]), np.array([2.0]), np.array([0.5]))
    array([2.])
    """
    if not mean.size:
        return np.zeros(p.shape)
    shape = mean.shape
    asked = np.ascontiguousarray(np.minimum(p.reshape(-1, mean.size), 1 - 1e-9).T)
    mean = np.maximum(mean.ravel(), 1e-9)
    variance = np.maximum(variance.ravel(), mean * (1 + 1e-6))
    largest = int((mean + 12 * np.sqrt(variance) + 20).max())
    # No quantile at p lies more than sqrt(p / (1 - p)) deviations above the mean (Cantelli).
    top = asked.max(axis=1, initial=0.0)
    reach = np.minimum(mean + np.sqrt(variance * top / (1 - top)) + 1, largest).astype(np.int64)
    order = np.argsort(-reach, kind="stable")
    found = np.empty(asked.shape)
    at = 0
    while at < len(order):
        width = int(reach[order[at]])
        rows = order[at : at + max(1, _CELLS // width)]
        at += len(rows)
        below = _negative_binomial(mean[rows], variance[rows], width)
        _look_up(below, asked, rows, found)
    return np.minimum(found, largest).T.reshape(*p.shape[: p.ndim - len(shape)], *shape)


def _look_up(tables: NDArray, asked: NDArray, rows: NDArray[np.intp], found: NDArray) -> None:
    """How many of each row's ascending values lie below what is asked, (rows, n)."""
    if asked.shape[1] < _MANY:
        for at, scores in enumerate(asked[rows].T):
            found[rows, at] = (tables < scores[:, None]).sum(axis=1)
        return
    for table, row in zip(tables, rows, strict=True):
        found[row] = np.searchsorted(table, asked[row])


def _negative_binomial(
    mean: NDArray[np.float64], variance: NDArray[np.float64], largest: int
) -> NDArray[np.float64]:
    """Distribution functions at 0..largest, (N, largest + 1)."""
    size = np.minimum(mean**2 / (variance - mean), 1e6)[:, None]
    failure = mean[:, None] / (size + mean[:, None])
    k = np.arange(1, largest + 1)
    ratio = np.empty((len(mean), largest + 1))
    ratio[:, :1] = np.exp(size * np.log1p(-failure))
    ratio[:, 1:] = failure * (size + k - 1) / k
    return np.cumsum(np.cumprod(ratio, axis=1), axis=1)
