"""How good forecasts were: scores of points, quantiles and intervals against what came.

Arrays are (series, steps); a NaN in `actual` is not scored. Scores that are scaled divide by the
mean absolute change from the same period a year before, in the history known at the origin
(Hyndman and Koehler 2006), so that series of all sizes count alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def naive_scale(history: NDArray[np.float64], season: int) -> NDArray[np.float64]:
    """Mean absolute seasonal difference of every series; NaN where none or zero.

    Histories shorter than a year and a bit fall back on the difference of one period.

    >>> naive_scale(np.array([[1.0, 2.0, 3.0, 5.0]]), season=2)
    array([2.5])
    """
    n_time = history.shape[1]
    scale = np.full(len(history), np.nan)
    for lag in (season, 1):
        if n_time <= lag:
            continue
        step = np.abs(history[:, lag:] - history[:, :-lag])
        known = np.isfinite(step)
        mean = np.where(known, step, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        scale = np.where(np.isnan(scale) & (mean > 0), mean, scale)
    return scale


def absolute_scaled_error(actual: NDArray, point: NDArray, scale: NDArray) -> NDArray[np.float64]:
    """Mean absolute scaled error of every series (MASE)."""
    return _row_mean(np.abs(actual - point)) / scale


def weighted_percentage_error(actual: NDArray, point: NDArray) -> float:
    """Sum of absolute errors over the sum of what came (WAPE)."""
    known = np.isfinite(actual)
    size = float(np.abs(actual[known]).sum())
    return float(np.abs(actual - point)[known].sum()) / size if size > 0 else float("nan")


def relative_bias(actual: NDArray, point: NDArray) -> float:
    """Sum of (forecast - actual) over the sum of what came."""
    known = np.isfinite(actual)
    size = float(np.abs(actual[known]).sum())
    return float((point - actual)[known].sum()) / size if size > 0 else float("nan")


def ranked_probability_score(
    actual: NDArray, values: NDArray, levels: NDArray
) -> NDArray[np.float64]:
    """Continuous ranked probability score by quantiles, (series, steps).

    Twice the mean pinball loss over levels spread evenly in (0, 1).

    Parameters
    ----------
    values
        (levels, series, steps).
    """
    miss = actual[None] - values
    p = np.asarray(levels)[:, None, None]
    return 2.0 * np.maximum(p * miss, (p - 1) * miss).mean(axis=0)


def interval_score(
    actual: NDArray, lower: NDArray, upper: NDArray, level: float
) -> NDArray[np.float64]:
    """Width plus 2/(1 - level) times how far outside (Gneiting and Raftery 2007)."""
    outside = np.maximum(lower - actual, 0) + np.maximum(actual - upper, 0)
    return (upper - lower) + 2.0 / (1.0 - level) * outside


def coverage(actual: NDArray, lower: NDArray, upper: NDArray) -> float:
    """Share of what came that lay inside."""
    known = np.isfinite(actual)
    inside = (actual >= lower) & (actual <= upper)
    return float(inside[known].mean()) if known.any() else float("nan")


def _row_mean(values: NDArray) -> NDArray[np.float64]:
    known = np.isfinite(values)
    total = np.where(known, values, 0).sum(axis=1)
    return np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)


def scaled_mean(errors: NDArray, scale: NDArray) -> float:
    """Mean over series of (mean error / scale), over those that have a scale."""
    ratio = _row_mean(errors) / scale
    known = np.isfinite(ratio)
    return float(ratio[known].mean()) if known.any() else float("nan")
