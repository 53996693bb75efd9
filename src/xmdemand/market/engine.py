"""Arrays in, mixtures out: the batched forecast of series that stand by themselves.

Nothing here looks across series; what the panel tells (`panel_info`) is added afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from xmdemand.market.candidates import Grid, make_grid
from xmdemand.market.kernel import Pass, Room, smooth
from xmdemand.market.mixture import Mixture, empty
from xmdemand.market.start import fill_gaps, starting_states
from xmdemand.market.weights import scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPENT = {False: 3.0, True: 6.0}
"""Observations that starting values and weights use up, for the spread of short series: without
and with a season."""
CHUNK = 192
"""Series a chunk: calls cost little, errors stay in cache (96 to 512 measured)."""
PRIOR_WEIGHT = 25.0
"""Series that the even prior counts for beside those the prior is learnt from."""
MIN_PRIOR_SERIES = 5
"""Fewer series teach no prior."""
SURE = 1e-6
"""Variance beside the squared forecast below which single precision holds rounding alone."""
_LOG = np.array([False, True])
_ROOM = Room()


@dataclass(frozen=True, eq=False)
class Prior:
    """How likely each candidate is before a series is looked at, in logs; empty is even.

    Attributes
    ----------
    seasonal, plain
        (2 C,), raw scale and log scale, for series of at least two years and shorter ones.
    """

    seasonal: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    plain: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


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
    prior: Prior | None = None,
    dtype: type[np.floating] = np.float32,
) -> Fit:
    """Forecast many series, each by itself.

    Parameters
    ----------
    values
        (S, T), aligned at the last observation, NaN before the first and where missing.
    season
        Periods a year.
    prior
        Of the candidates (`learn_prior`); even by default.
    """
    prior = prior or Prior()
    mixture = empty(len(values), horizon, _LOG)
    residuals = np.full(values.shape, np.nan, np.float32)
    for seasonal, rows, begin, first in _chunks(values, season):
        chunk = _run_chunk(values[rows, begin:], first, season, horizon, seasonal, dtype)
        likelihood = chunk.likelihood
        known = prior.seasonal if seasonal else prior.plain
        weights = _normalised(likelihood + known if len(known) else likelihood)
        covariances = _grid(seasonal, season, horizon)[1]
        part = _mix(chunk.scales, weights, covariances, chunk.values, spent=SPENT[seasonal])
        mixture.put(rows, part.mixture)
        residuals[rows, begin:] = part.residuals
    return Fit(mixture=mixture, residuals=residuals)


def learn_prior(values: NDArray[np.float64], *, season: int) -> Prior:
    """The candidates' prior from a sample of series, (S, T): their average weights.

    One step of empirical Bayes: what suits most series is likely for another, and a short series
    need not find out alone. The even prior counts for `PRIOR_WEIGHT` more series.
    """
    total: dict[bool, NDArray[np.float64]] = {}
    n = {True: 0, False: 0}
    for seasonal, rows, begin, first in _chunks(values, season):
        chunk = _run_chunk(values[rows, begin:], first, season, 1, seasonal, np.float32)
        total[seasonal] = total.get(seasonal, 0.0) + _normalised(chunk.likelihood).sum(axis=0)
        n[seasonal] += len(rows)
    made = {}
    for seasonal, weight in total.items():
        if n[seasonal] >= MIN_PRIOR_SERIES:
            odds = (weight * len(weight) + PRIOR_WEIGHT) / (n[seasonal] + PRIOR_WEIGHT)
            made["seasonal" if seasonal else "plain"] = np.log(odds)
    return Prior(**made)


def _chunks(
    values: NDArray[np.float64], season: int
) -> Iterator[tuple[bool, NDArray[np.int64], int, NDArray[np.int64]]]:
    """Whether seasonal, rows (longest first), their first column, where each begins in it."""
    first = np.argmax(np.isfinite(values), axis=1)
    length = values.shape[1] - first
    order = np.lexsort((np.arange(len(values)), first))
    for seasonal in (True, False):
        chosen = order[(length[order] >= 2 * season) == seasonal]
        for at in range(0, len(chosen), CHUNK):
            rows = chosen[at : at + CHUNK]
            begin = int(first[rows].min())
            yield seasonal, rows, begin, first[rows] - begin


@dataclass(frozen=True, eq=False)
class _Scale:
    """One pass over a chunk on the raw or the log scale, standardised by centre and spread."""

    run: Pass
    variance: NDArray
    centre: NDArray
    spread: NDArray


@dataclass(frozen=True, eq=False)
class _Chunk:
    """Both scales of a chunk, and the log likelihood of their candidates, (S, 2 C)."""

    values: NDArray[np.float64]
    scales: list[_Scale]
    likelihood: NDArray[np.float64]


def _run_chunk(
    values: NDArray[np.float64],
    first: NDArray[np.int64],
    season: int,
    horizon: int,
    seasonal: bool,
    dtype: type[np.floating],
) -> _Chunk:
    grid, _ = _grid(seasonal, season, horizon)
    seen = np.isfinite(values)
    n = seen.sum(axis=1)
    scales, likelihoods = [], []
    for log in _LOG:
        scale = np.log1p(values) if log else values
        known = np.where(seen, scale, 0.0)
        centre = known.sum(axis=1) / n
        spread = np.sqrt(np.where(seen, (scale - centre[:, None]) ** 2, 0.0).sum(axis=1) / n)
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
            room=_ROOM,
            slot=int(log),
        )
        jacobian = -np.log(spread)[:, None] - (scale if log else 0.0)
        likelihood, variance = scores(run, seen, grid, season, jacobian, _ROOM)
        likelihoods.append(likelihood)
        scales.append(_Scale(run, variance, centre, spread))
    return _Chunk(values, scales, np.concatenate(likelihoods, axis=1))


def _normalised(likelihood: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def _mix(
    scales: list[_Scale],
    weights: NDArray,
    covariances: NDArray,
    values: NDArray,
    *,
    spent: float,
) -> Fit:
    n_series, horizon = len(values), scales[0].run.forecast.shape[1]
    size = covariances.shape[0]
    component_weight, mean, sd = [], [], []
    correlation = np.zeros((n_series, horizon, horizon))
    residual = np.zeros(values.shape)
    n = np.isfinite(values).sum(axis=1)
    short = np.sqrt(n / np.maximum(n - spent, 0.5 * n))
    for at, scale in enumerate(scales):
        run, variance = scale.run, scale.variance
        own = weights[:, at * size : (at + 1) * size]
        share = own.sum(axis=1)
        own = own / np.maximum(share, 1e-300)[:, None]
        own = np.where(share[:, None] > 1e-12, own, 1.0 / size)
        by_series = own[:, :, None].astype(run.forecast.dtype)
        centre_path = (run.forecast @ by_series)[:, :, 0]
        second = (np.square(run.forecast) @ by_series)[:, :, 0]
        within = (own * variance) @ covariances[:, :: horizon + 1]
        spread_path = np.sqrt(np.maximum(second - centre_path**2, 0) + within)
        component_weight.append(share)
        mean.append(scale.centre[:, None] + scale.spread[:, None] * centre_path)
        sd.append((scale.spread * short)[:, None] * spread_path)
        correlation += share[:, None, None] * _correlation(
            run.forecast, own, variance, covariances, horizon
        )
        shares = np.ascontiguousarray(own.T, dtype=run.one_step.dtype)
        errors = np.einsum("tcs,cs->st", run.one_step, shares)
        deviation = np.sqrt((own * variance).sum(axis=1))
        residual = residual + share[:, None] * errors / np.maximum(deviation, 1e-9)[:, None]
    mixture = Mixture(
        weight=np.stack(component_weight, axis=1).astype(np.float32),
        mean=np.stack(mean, axis=1).astype(np.float32),
        sd=np.stack(sd, axis=1).astype(np.float32),
        log=_LOG,
        correlation=correlation.astype(np.float32),
        cap=np.log1p(np.nanmax(values, axis=1)),
        discrete=whole_numbers(values),
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
    spread = np.einsum("shh->sh", total)
    # Where every candidate foretells the same without error, only rounding is left to correlate.
    sure = spread <= SURE * (1 + centre.astype(np.float64) ** 2)
    deviation = np.sqrt(np.maximum(spread, 1e-12))
    correlation = total / (deviation[:, :, None] * deviation[:, None, :])
    if sure.any():
        correlation[sure[:, :, None] | sure[:, None, :]] = 0.0
        np.einsum("shh->sh", correlation)[sure] = 1.0
    return correlation


def whole_numbers(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which series have no fractions."""
    whole = np.empty(len(values), bool)
    for at in range(0, len(values), CHUNK):
        part = values[at : at + CHUNK]
        with np.errstate(invalid="ignore"):
            whole[at : at + CHUNK] = np.nanmax(np.abs(part - np.round(part)), axis=1) < 1e-9
    return whole
