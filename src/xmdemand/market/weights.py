"""How much each candidate counts: a robust likelihood under three weightings.

Three weightings are averaged, none is best everywhere: errors one step ahead; up to half of them
replaced by errors half a year and a year ahead (calm times); errors discounted with age (turning
points). Each is a corrected information criterion of the mean squared error, with errors clipped
in the likelihood, so that one freak month does not choose the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmdemand.market.candidates import Grid
    from xmdemand.market.kernel import Pass

CLIP = 2.25
"""Errors count up to so many robust standard deviations."""
DISCOUNT = 0.97
SLOPE_COST = (0.0, 1.0, 2.0)
"""Parameters a slope costs: none, local, drift (which has seen the whole history)."""
FAR_SHARE = 0.5
"""Share of errors several steps ahead in their weighting, in a very long history ..."""
FAR_YEARS = 2.0
"""... half of it after so many years beyond the first: errors a year ahead overlap."""
SEASON_COST = (0.0, 6.0, 5.0, 4.0)
"""Parameters a season costs (off, fixed, slow, fast); its means are shrunk, so few."""
N_WEIGHTINGS = 3


def gaussian_log_likelihood(errors: NDArray) -> float:
    """Log likelihood of normal errors at their best variance, as statsmodels counts it."""
    n = len(errors)
    return float(-0.5 * n * (np.log(2 * np.pi * np.mean(np.square(errors))) + 1))


def clipped_losses(
    errors: NDArray, seen: NDArray[np.bool_], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weighted means of squared errors, clipped at so many robust deviations, (N, S, C).

    The clipping point is a series': `CLIP` times 1.4826 the median over time of its candidates'
    mean absolute error, so that candidates are held to one standard.

    Parameters
    ----------
    errors
        (T, S, C), 0 where nothing was seen.
    seen
        (T, S).
    shares
        Weights of the times, (N, T).
    """
    n_time, n_series, n_candidates = errors.shape
    size = np.abs(errors)
    average = size @ np.full(n_candidates, 1.0 / n_candidates, errors.dtype)
    typical = _masked_median(average, seen)
    limit = np.maximum(CLIP * 1.4826 * typical, 1e-6).astype(errors.dtype)
    np.minimum(size, limit[None, :, None], out=size)
    np.square(size, out=size)
    total = shares.astype(errors.dtype) @ size.reshape(n_time, -1)
    weight = shares @ seen
    means = total.reshape(-1, n_series, n_candidates) / np.maximum(weight, 1e-12)[:, :, None]
    return means.astype(np.float64)


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
    run: Pass, seen: NDArray[np.bool_], grid: Grid, season: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Log likelihoods less their penalty, (3, S, C), and one-step variances, (S, C)."""
    n = seen.sum(axis=1).astype(np.float64)
    faded = DISCOUNT ** np.arange(seen.shape[1] - 1, -1, -1)
    n_faded = seen @ faded
    v_one, v_faded = clipped_losses(run.one_step, seen.T, np.stack([np.ones_like(faded), faded]))
    log_one, log_faded = np.log(v_one + 1e-9), np.log(v_faded + 1e-9)
    log_far = _log_far(run, log_one)
    cost = np.array(SLOPE_COST)[grid.slope] + np.array(SEASON_COST)[grid.season] + 2.0
    penalty = cost[None, :] * n[:, None] / np.maximum(n[:, None] - cost[None, :] - 1.0, 0.5)
    years = np.maximum(n / season - 1.0, 0.0)[:, None]
    far = FAR_SHARE * years / (years + FAR_YEARS)
    likelihood = -0.5 * np.stack(
        [
            n[:, None] * log_one,
            n[:, None] * ((1.0 - far) * log_one + far * log_far),
            n_faded[:, None] * log_faded,
        ]
    )
    return likelihood - penalty[None], v_one


def _log_far(run: Pass, log_one: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean log variance of the errors several steps ahead; one step where there are none."""
    parts = []
    for errors in run.ahead.values():
        if len(errors) < 2:
            continue
        counted = errors[:, :, 0] != 0
        n = counted.sum(axis=0)
        (value,) = clipped_losses(errors, counted, np.ones((1, len(errors))))
        parts.append(np.where(n[:, None] >= 3, np.log(value + 1e-9), log_one))
    return np.mean(parts, axis=0) if parts else log_one
