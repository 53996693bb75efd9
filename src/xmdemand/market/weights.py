"""How much each candidate counts: a robust likelihood under three weightings.

Three weightings are averaged, none is best everywhere: errors one step ahead; half of them
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

CLIP = 2.5
"""Errors count up to so many robust standard deviations."""
DISCOUNT = 0.97
SLOPE_COST = (0.0, 1.0, 0.5)
"""Parameters a slope costs: none, local, drift."""
SEASON_COST = (0.0, 1.5, 2.5, 3.0)
"""Parameters a season costs (off, fixed, slow, fast); its means are shrunk, so few."""
N_WEIGHTINGS = 3


def robust_limit(errors: NDArray, seen: NDArray[np.bool_]) -> NDArray:
    """Clipping point of every series: 2.5 robust deviations of its typical candidate's errors.

    Parameters
    ----------
    errors
        (T, S, C).
    seen
        (S, T).
    """
    typical = np.where(seen, np.abs(errors).mean(axis=2).T, np.nan)
    typical[~seen.any(axis=1)] = 0.0
    return CLIP * 1.4826 * np.nanmedian(typical, axis=1)


def clipped_mean_square(errors: NDArray, limit: NDArray, share: NDArray) -> NDArray:
    """Weighted mean of squared, clipped errors, (S, C); `share` is (T, S), columns summing to 1."""
    clipped = np.minimum(np.abs(errors), limit[None, :, None])
    np.square(clipped, out=clipped)
    return np.einsum("tsc,ts->sc", clipped, share)


def scores(
    run: Pass, seen: NDArray[np.bool_], grid: Grid
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Log likelihoods less their penalty, (3, S, C), and one-step variances, (S, C)."""
    n = seen.sum(axis=1).astype(np.float64)
    dtype = run.one_step.dtype
    limit = np.maximum(robust_limit(run.one_step, seen), 1e-6).astype(dtype)
    flat = seen.T / np.maximum(n, 1.0)
    age = np.arange(seen.shape[1] - 1, -1, -1)
    faded = seen.T * (DISCOUNT**age)[:, None]
    n_faded = faded.sum(axis=0)
    v_one = clipped_mean_square(run.one_step, limit, flat.astype(dtype)).astype(np.float64)
    v_faded = clipped_mean_square(
        run.one_step, limit, (faded / np.maximum(n_faded, 1e-9)).astype(dtype)
    ).astype(np.float64)
    log_one, log_faded = np.log(v_one + 1e-9), np.log(v_faded + 1e-9)
    log_far = _log_far(run, log_one)
    cost = np.array(SLOPE_COST)[grid.slope] + np.array(SEASON_COST)[grid.season] + 2.0
    penalty = cost[None, :] * n[:, None] / np.maximum(n[:, None] - cost[None, :] - 1.0, 0.5)
    likelihood = -0.5 * np.stack(
        [
            n[:, None] * log_one,
            n[:, None] * (0.5 * log_one + 0.5 * log_far),
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
        counted = (errors[:, :, 0] != 0).astype(errors.dtype)
        n = counted.sum(axis=0)
        limit = np.maximum(robust_limit(errors, (counted > 0).T), 1e-6).astype(errors.dtype)
        value = clipped_mean_square(errors, limit, counted / np.maximum(n, 1))
        parts.append(np.where(n[:, None] >= 3, np.log(value.astype(np.float64) + 1e-9), log_one))
    return np.mean(parts, axis=0) if parts else log_one
