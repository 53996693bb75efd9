"""Arrays in, mixtures out: the batched forecast of series that stand by themselves.

Nothing here looks across series; what the panel tells (`panel_info`) is added afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from xmdemand.market.candidates import Grid, make_grid
from xmdemand.market.kernel import Pass, smooth
from xmdemand.market.mixture import Mixture, empty
from xmdemand.market.start import fill_gaps, starting_states
from xmdemand.market.weights import N_WEIGHTINGS, scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPENT = 6.0
"""Observations that starting values and weights use up, for the spread of short series."""
CHUNK = 96
"""Series a chunk: a step's states stay in cache, and calls cost little (24 to 128 measured)."""
_LOG = np.repeat([False, True], N_WEIGHTINGS)


@dataclass(frozen=True, eq=False)
class Fit:
    """Mixture of S series, and their standardised one-step errors, (S, T), NaN where none."""

    mixture: Mixture
    residuals: NDArray


@lru_cache(maxsize=8)
def _grid(seasonal: bool, season: int, horizon: int) -> tuple[Grid, NDArray[np.float64]]:
    grid = make_grid(seasonal=seasonal)
    return grid, grid.covariances(horizon, season).reshape(len(grid), -1)


def fit_many(
    values: NDArray[np.float64],
    *,
    season: int,
    horizon: int,
    dtype: type[np.floating] = np.float32,
) -> Fit:
    """Forecast many series, each by itself.

    Parameters
    ----------
    values
        (S, T), aligned at the last observation, NaN before the first and where missing.
    season
        Periods a year.
    """
    first = np.argmax(np.isfinite(values), axis=1)
    length = values.shape[1] - first
    order = np.lexsort((np.arange(len(values)), first))
    mixture = empty(len(values), horizon, _LOG)
    residuals = np.full(values.shape, np.nan, np.float32)
    for seasonal in (True, False):
        chosen = order[(length[order] >= 2 * season) == seasonal]
        for at in range(0, len(chosen), CHUNK):
            rows = chosen[at : at + CHUNK]
            begin = int(first[rows].min())
            part = _fit_chunk(
                values[rows, begin:], first[rows] - begin, season, horizon, seasonal, dtype
            )
            mixture.put(rows, part.mixture)
            residuals[rows, begin:] = part.residuals
    return Fit(mixture=mixture, residuals=residuals)


def _fit_chunk(
    values: NDArray[np.float64],
    first: NDArray[np.int64],
    season: int,
    horizon: int,
    seasonal: bool,
    dtype: type[np.floating],
) -> Fit:
    grid, covariances = _grid(seasonal, season, horizon)
    seen = np.isfinite(values)
    n = seen.sum(axis=1)
    parts, likelihoods = [], []
    for log in (False, True):
        scale = np.log1p(values) if log else values
        centre = np.nanmean(scale, axis=1)
        spread = np.nanstd(scale, axis=1)
        spread = np.where(spread > 1e-9 * (np.abs(centre) + 1e-12), spread, 1.0)
        z = (scale - centre[:, None]) / spread[:, None]
        start = starting_states(fill_gaps(z, first), first, season, seasonal=seasonal)
        run = smooth(
            z.astype(dtype),
            first,
            start,
            grid,
            season=season,
            horizon=horizon,
            leads=(season // 2, season),
        )
        likelihood, variance = scores(run, seen, grid, season)
        likelihood -= (n * np.log(spread))[None, :, None]
        if log:
            likelihood -= np.nansum(scale, axis=1)[None, :, None]
        likelihoods.append(likelihood)
        parts.append((run, variance, centre, spread))
    both = np.concatenate(likelihoods, axis=2)
    both -= both.max(axis=2, keepdims=True)
    weights = np.exp(both)
    weights /= weights.sum(axis=2, keepdims=True)
    return _mix(parts, weights, covariances, values, horizon)


def _mix(
    parts: list[tuple[Pass, NDArray, NDArray, NDArray]],
    weights: NDArray,
    covariances: NDArray,
    values: NDArray,
    horizon: int,
) -> Fit:
    n_series, size = len(values), covariances.shape[0]
    component_weight, mean, sd = [], [], []
    correlation = np.zeros((n_series, horizon, horizon))
    residual = np.zeros(values.shape)
    n = np.isfinite(values).sum(axis=1)
    short = np.sqrt(n / np.maximum(n - SPENT, 0.5 * n))
    for scale, (run, variance, centre, spread) in enumerate(parts):
        own = weights[:, :, scale * size : (scale + 1) * size]
        total = own.sum(axis=2)
        own = own / np.maximum(total, 1e-300)[:, :, None]
        own = np.where(total[:, :, None] > 1e-12, own, 1.0 / size)
        by_series = own.transpose(1, 2, 0).astype(run.forecast.dtype)
        centre_path = run.forecast @ by_series
        second = np.square(run.forecast) @ by_series
        diagonal = covariances[:, :: horizon + 1]
        within = ((own * variance[None]) @ diagonal).transpose(1, 2, 0)
        spread_path = np.sqrt(np.maximum(second - centre_path**2, 0) + within)
        component_weight.append(total.T / N_WEIGHTINGS)
        mean.append(
            (centre[:, None, None] + spread[:, None, None] * centre_path).transpose(0, 2, 1)
        )
        sd.append((spread[:, None, None] * spread_path).transpose(0, 2, 1) * short[:, None, None])
        average = own.mean(axis=0)
        share = total.mean(axis=0)
        correlation += share[:, None, None] * _correlation(
            run.forecast, average, variance, covariances, horizon
        )
        errors = np.einsum("tsc,sc->st", run.one_step, average.astype(run.one_step.dtype))
        deviation = np.sqrt((average * variance).sum(axis=1))
        residual = residual + share[:, None] * errors / np.maximum(deviation, 1e-9)[:, None]
    mixture = Mixture(
        weight=np.concatenate(component_weight, axis=1).astype(np.float32),
        mean=np.concatenate(mean, axis=1).astype(np.float32),
        sd=np.concatenate(sd, axis=1).astype(np.float32),
        log=_LOG,
        correlation=correlation.astype(np.float32),
        cap=np.log1p(np.nanmax(values, axis=1)),
        discrete=_whole(values),
        factor=np.ones((n_series, horizon)),
    )
    return Fit(
        mixture=mixture,
        residuals=np.where(np.isfinite(values), residual, np.nan).astype(np.float32),
    )


def _correlation(
    forecast: NDArray, weight: NDArray, variance: NDArray, covariances: NDArray, horizon: int
) -> NDArray:
    """Between steps: shocks of each candidate, and the candidates' disagreement."""
    within = ((weight * variance) @ covariances).reshape(-1, horizon, horizon)
    weighted = forecast * weight[:, None, :].astype(forecast.dtype)
    centre = weighted.sum(axis=2)
    between = weighted @ forecast.transpose(0, 2, 1) - centre[:, :, None] * centre[:, None, :]
    total = within + between
    deviation = np.sqrt(np.maximum(np.einsum("shh->sh", total), 1e-12))
    return total / (deviation[:, :, None] * deviation[:, None, :])


def _whole(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        return np.nanmax(np.abs(values - np.round(values)), axis=1) < 1e-9
