"""Where the recursion starts: level, slope and seasonal pattern of many series at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


DRIFT_YEARS = 5.0
"""A drift is shrunk towards none as if so many more years had been seen without any."""


@dataclass(frozen=True, eq=False)
class Start:
    """Starting states of S series before their first observation.

    ``slope`` is that of the first two years, ``drift`` the whole history's, shrunk;
    ``pattern[:, p]`` belongs to phase p, the column number modulo the season.
    """

    level: NDArray[np.float64]
    slope: NDArray[np.float64]
    drift: NDArray[np.float64]
    pattern: NDArray[np.float64]


def fill_gaps(values: NDArray[np.float64], first: NDArray[np.int64]) -> NDArray[np.float64]:
    """Missing values inside a series replaced by a straight line (only for starting values)."""
    holes = np.isnan(values) & (np.arange(values.shape[1])[None, :] >= first[:, None])
    if not holes.any():
        return values
    filled = values.copy()
    time = np.arange(values.shape[1])
    for row in np.flatnonzero(holes.any(axis=1)):
        seen = np.isfinite(values[row])
        filled[row, holes[row]] = np.interp(time[holes[row]], time[seen], values[row, seen])
    return filled


def starting_states(
    values: NDArray[np.float64], first: NDArray[np.int64], season: int, *, seasonal: bool
) -> Start:
    """Level of the first year, slope of the first two, shrunk drift and seasonal means.

    Parameters
    ----------
    values
        (S, T), filled (`fill_gaps`); what lies before ``first`` is not looked at.
    first
        Column of every series' first observation.
    season
        Periods a year.
    seasonal
        Whether the series are long enough (two years) for a seasonal pattern.
    """
    n_time = values.shape[1]
    column = np.arange(n_time)[None, :]
    inside = column >= first[:, None]
    clean = np.where(inside, values, 0.0)
    pattern = np.zeros((len(values), season))
    if seasonal:
        pattern = seasonal_pattern(clean, first, season)
        clean = np.where(inside, clean - pattern[:, np.arange(n_time) % season], 0.0)
    length = n_time - first
    span = np.minimum(season, np.maximum(length // 2, 1))
    early = _window_mean(clean, first, span)
    later = _window_mean(clean, first + span, np.minimum(span, np.maximum(length - span, 1)))
    late = _window_mean(clean, n_time - span, span)
    slope = np.where(length >= 6, (later - early) / span, 0.0)
    drift = np.where(length >= 6, (late - early) / np.maximum(length - span, 1), 0.0)
    drift *= length / (length + DRIFT_YEARS * season)
    return Start(level=early, slope=slope, drift=drift, pattern=pattern)


def _window_mean(
    values: NDArray[np.float64], begin: NDArray[np.int64], width: NDArray[np.int64]
) -> NDArray[np.float64]:
    total = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    row = np.arange(len(values))
    begin = np.minimum(begin, values.shape[1] - 1)
    end = np.minimum(begin + width, values.shape[1])
    return (total[row, end] - total[row, begin]) / np.maximum(end - begin, 1)


def seasonal_pattern(
    values: NDArray[np.float64],
    first: NDArray[np.int64],
    season: int,
    *,
    caution: float = 1.0,
) -> NDArray[np.float64]:
    """Mean deviation from the centred moving average by phase, shrunk towards none.

    The shrinkage is that of James and Stein: 1 - (season - 3) v / sum(s^2), at least 0, with v
    the sampling variance of a phase's mean, from the spread of the years about it; `caution`
    multiplies it.
    """
    n_series, n_time = values.shape
    half = season // 2
    total = np.concatenate([np.zeros((n_series, 1)), np.cumsum(values, axis=1)], axis=1)
    column = np.arange(n_time)
    low, high = np.clip(column - half, 0, None), np.clip(column + half, None, n_time - 1)
    window = total[:, high + 1] - total[:, low]
    average = (window - 0.5 * (values[:, low] + values[:, high])) / season
    row = np.arange(n_series)
    left, right = first + half, np.full(n_series, n_time - 1 - half)
    slope = (average[row, right] - average[row, left]) / np.maximum(right - left, 1)
    inner = np.clip(column[None, :], left[:, None], right[:, None])
    trend = average[row[:, None], inner] + 0.5 * slope[:, None] * (column[None, :] - inner)
    inside = column[None, :] >= first[:, None]
    rest = np.where(inside, values - trend, 0.0)
    phases = np.zeros((n_time, season))
    phases[column, column % season] = 1.0
    count = np.maximum(inside @ phases, 1.0)
    mean = rest @ phases / count
    noise = ((rest**2) @ phases - count * mean**2).clip(0.0) / np.maximum(count - 1.0, 1.0)
    sampling = (noise / count).mean(axis=1)
    mean -= mean.mean(axis=1, keepdims=True)
    energy = (mean**2).sum(axis=1)
    shrink = 1.0 - caution * (season - 3) * sampling / np.where(energy > 0, energy, 1.0)
    return mean * np.where(energy > 0, shrink.clip(0.0, 1.0), 0.0)[:, None]
