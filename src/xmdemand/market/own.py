"""Every series by itself, given what the panel shares (`common`): months, and quarters beside them.

The common shape of the year is taken out before the engine runs and put back after it. The same
engine forecasts quarters, and the months are moved half-way to them: sums of three months are
calmer and show better where a series goes (temporal aggregation, Athanasopoulos et al. 2017). Where
all go together, months show sooner, so only moves relative to the other series count (`moved`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xmdemand.market.common import Common, quarter_sums, shape_at, year_shape
from xmdemand.market.engine import fit_many, whole_numbers
from xmdemand.market.mixture import Mixture, medians

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUARTER_SHARE = 0.5
"""How far forecasts move to those of quarters, in logs, relative to the other series."""
LIMIT = 0.5
"""No quarter lies further than this from its months, in logs."""
SLOWER = 0.1
"""Deviations grow with the horizon less than the candidates say, by this power of it: errors of
their average, moved to what quarters and panel say, grow less than each candidate's own."""
QUARTERS = 8
"""Fewer quarters say nothing beside their months."""


@dataclass(frozen=True, eq=False)
class Own:
    """Forecasts of S series by themselves.

    Attributes
    ----------
    mixture
        Of the periods.
    residuals
        Standardised one-step errors, (S, T), NaN where none.
    moves
        (S, H) logs of the quarters' forecasts over those of their months; 0 where not asked for.
    """

    mixture: Mixture
    residuals: NDArray
    moves: NDArray[np.float64]


def fit_own(
    values: NDArray[np.float64],
    last: NDArray[np.int64],
    labels: NDArray,
    *,
    season: int,
    horizon: int,
    common: Common,
    quarters: bool = True,
) -> Own:
    """Forecast series aligned at their last observations, which fall in periods `last`."""
    shape = year_shape(common.year, values, labels, season)
    flat = values
    if shape.any():
        flat = values / np.exp(shape_at(shape, last, np.arange(1 - values.shape[1], 1)))
    fit = fit_many(flat, season=season, horizon=horizon, prior=common.prior)
    moves = np.zeros((len(values), horizon))
    if quarters:
        moves = _quarter_moves(flat, fit.mixture, season, common)
    mixture = fit.mixture.pulled(np.exp(shape_at(shape, last, np.arange(1, horizon + 1))))
    mixture = replace(mixture, discrete=whole_numbers(values))
    # A third of a year ahead it is what the candidates say.
    mixture = mixture.widened((np.arange(1, horizon + 1) * 3 / season) ** -SLOWER)
    return Own(mixture=mixture, residuals=fit.residuals, moves=moves)


def _quarter_moves(
    values: NDArray[np.float64], mixture: Mixture, season: int, common: Common
) -> NDArray[np.float64]:
    """Log ratio of the median of each quarter to the sum of its months' medians, (S, H).

    Months beyond the last whole quarter move with it.
    """
    n_series, horizon = mixture.factor.shape
    moves, width = np.zeros((n_series, horizon)), season // 4
    sums = quarter_sums(values, season)
    n = horizon // width
    if sums.shape[1] < QUARTERS or not n:
        return moves
    rows = np.flatnonzero(np.isfinite(sums[:, -1]) & (np.isfinite(sums).sum(axis=1) >= QUARTERS))
    if not len(rows):
        return moves
    said = fit_many(sums[rows], season=4, horizon=n, prior=common.quarter_prior).mixture
    months = medians(mixture)[rows, : n * width].reshape(len(rows), n, width).mean(axis=2)
    gap = np.log1p(medians(said) / width) - np.log1p(months)
    moves[rows, : n * width] = np.repeat(np.clip(gap, -LIMIT, LIMIT), width, axis=1)
    moves[:, n * width :] = moves[:, [n * width - 1]]
    return moves


def moved(mixture: Mixture, gaps: NDArray[np.float64]) -> Mixture:
    """Forecasts moved half-way to those of their quarters, given moves less the common one.

    The common one is left out: at turning points months know it sooner.
    """
    return mixture.pulled(np.exp(QUARTER_SHARE * gaps))
