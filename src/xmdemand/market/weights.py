"""How much each candidate counts: a robust likelihood, discounted with age.

A corrected information criterion of the mean squared error one step ahead, with errors clipped in
the likelihood, so that one freak month does not choose the model. What lies years back counts
less; the spread is that of recent errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmdemand.market.start import DRIFT_YEARS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmdemand.market.candidates import Grid
    from xmdemand.market.kernel import Pass, Room

CLIP = 2.25
"""Errors count up to so many robust standard deviations."""
DISCOUNT = 0.985
"""Of an error's weight in the likelihood, a step."""
SPREAD_DISCOUNT = 0.97
"""... and in the variance: how wide it is now is seen in fewer errors."""
LOCAL_COST = 1.0
"""Parameters a local slope costs. A drift, which has seen the years it is scored on, costs
`DRIFT_YEARS` by the years seen: what two years show may be a turn of the cycle."""
SEASON_COST = (0.0, 6.0, 5.0, 4.0)
"""Parameters a season of twelve costs (off, fixed, slow, fast); its means are shrunk, so few."""


def gaussian_log_likelihood(errors: NDArray) -> float:
    """Log likelihood of normal errors at their best variance, as statsmodels counts it."""
    n = len(errors)
    return float(-0.5 * n * (np.log(2 * np.pi * np.mean(np.square(errors))) + 1))


def clipped_losses(
    errors: NDArray, seen: NDArray[np.bool_], shares: NDArray[np.float64], room: Room
) -> NDArray[np.float64]:
    """Weighted means of squared errors, clipped at so many robust deviations, (N, S, C).

    The clipping point is a series': `CLIP` times 1.4826 the median over time of its candidates'
    mean absolute error, so that candidates are held to one standard.

    Parameters
    ----------
    errors
        (T, C, S), 0 where nothing was seen.
    seen
        (T, S).
    shares
        Weights of the times, (N, T).
    room
        For what is as large as the errors.
    """
    n_time, n_candidates, n_series = errors.shape
    size = np.abs(errors, out=room.array("size", errors.shape, errors.dtype))
    typical = _masked_median(size.mean(axis=1), seen)
    limit = np.maximum(CLIP * 1.4826 * typical, 1e-6).astype(errors.dtype)
    np.minimum(size, limit, out=size)
    np.square(size, out=size)
    total = shares.astype(errors.dtype) @ size.reshape(n_time, -1)
    means = total.reshape(-1, n_candidates, n_series).transpose(0, 2, 1).astype(np.float64)
    return means / np.maximum(shares @ seen, 1e-12)[:, :, None]


def _masked_median(values: NDArray, seen: NDArray[np.bool_]) -> NDArray:
    """Median over the first axis of what was seen; 0 where nothing was."""
    ordered = np.sort(np.where(seen, values, np.inf), axis=0)
    n = seen.sum(axis=0)
    column = np.arange(values.shape[1])
    last = np.maximum(n - 1, 0)
    low, high = ordered[last // 2, column], ordered[np.minimum(n // 2, last), column]
    low, high = np.where(n > 0, low, 0.0), np.where(n > 0, high, 0.0)
    return 0.5 * (low + high)


def scores(
    run: Pass,
    seen: NDArray[np.bool_],
    grid: Grid,
    season: int,
    log_jacobian: NDArray[np.float64],
    room: Room,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Log likelihoods less their penalty, and one-step variances, both (S, C).

    Parameters
    ----------
    log_jacobian
        (S, T), of the scale's values by the series' own, so that scales can be compared.
    room
        For what is as large as the errors.
    """
    n = seen.sum(axis=1).astype(np.float64)
    age = np.arange(seen.shape[1] - 1, -1, -1)
    discounts = np.array([DISCOUNT, SPREAD_DISCOUNT])[:, None] ** age
    loss, variance = clipped_losses(run.one_step, seen.T, discounts, room)
    season_cost = np.array(SEASON_COST) * season / 12
    drift_cost = DRIFT_YEARS * season / n
    slope_cost = np.stack([np.zeros_like(n), np.full_like(n, LOCAL_COST), drift_cost], axis=1)
    cost = slope_cost[:, grid.slope] + season_cost[grid.season] + 2.0
    penalty = cost * n[:, None] / np.maximum(n[:, None] - cost - 1.0, 0.5)
    counted = seen * discounts[0]
    likelihood = -0.5 * counted.sum(axis=1)[:, None] * np.log(loss + 1e-9)
    likelihood += (counted * np.where(seen, log_jacobian, 0.0)).sum(axis=1)[:, None]
    return likelihood - penalty, variance
