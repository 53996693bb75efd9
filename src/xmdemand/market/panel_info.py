"""What the panel tells its series: the total's own forecast, the common shock, the spread.

This is the only way series influence each other. It is computed once, can be looked at, given to
another run (blocks of a larger panel) or switched off.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xmdemand.market.engine import Fit, fit_many
from xmdemand.market.mixture import moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmdemand.market.panel import Panel

PULL = 0.5
"""How far a series is drawn to the panel total's own forecast (in logs)."""
MIN_CORRELATION = 0.2
MIN_SERIES = 5
"""Fewer series have no total and no common factor of their own."""


@dataclass(frozen=True, eq=False)
class PanelInfo:
    """Panel information, for every group of series that share one (label -> value).

    Attributes
    ----------
    end
        Last period of the group: only series that end there are pulled.
    pull
        (H,) factors on the forecasts.
    correlation
        Share of the common factor in a series' shocks.
    shared
        Correlation between the groups' factors, (G, G), in the order of ``labels``.
    """

    labels: tuple[str, ...] = ()
    end: dict[str, int] = field(default_factory=dict)
    pull: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    correlation: dict[str, float] = field(default_factory=dict)
    shared: NDArray[np.float64] = field(default_factory=lambda: np.eye(0))


def group_labels(panel: Panel, by: str | None) -> NDArray:
    """The label of every series' group, as text; one group without `by`."""
    if by is None:
        return np.full(len(panel.ids), "all", dtype=object)
    return panel.keys[by].astype(str).to_numpy(dtype=object)


def learn(panel: Panel, fit: Fit, labels: NDArray, horizon: int) -> PanelInfo:
    """Panel information from a panel and the forecasts of its series by themselves."""
    names = tuple(sorted(set(labels)))
    end, pull, correlation, factors = {}, {}, {}, []
    for name in names:
        rows = np.flatnonzero(labels == name)
        end[name] = int(panel.last[rows].max())
        at_end = rows[panel.last[rows] == end[name]]
        pull[name] = np.ones(horizon)
        if len(at_end) >= MIN_SERIES:
            pull[name] = _pull(panel, fit, at_end, horizon)
        correlation[name], factor = _common_factor(panel, fit, rows)
        factors.append(factor)
    frame = pd.concat(factors, axis=1)
    shared = frame.corr(min_periods=12).fillna(0.0).to_numpy(copy=True)
    np.fill_diagonal(shared, 1.0)
    return PanelInfo(
        labels=names, end=end, pull=pull, correlation=correlation, shared=_nearest(shared)
    )


def chained_total(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Total of series aligned in time whose membership changes: growth of those in both periods.

    >>> chained_total(np.array([[1.0, 2.0, 4.0], [np.nan, 6.0, 6.0]]))
    array([ 4.,  8., 10.])
    """
    both = np.isfinite(values[:, 1:]) & np.isfinite(values[:, :-1])
    now = np.where(both, values[:, 1:], 0).sum(axis=0)
    before = np.where(both, values[:, :-1], 0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.where((now > 0) & (before > 0), np.log(now) - np.log(before), 0.0)
    back = np.concatenate([np.cumsum(step[::-1])[::-1], [0.0]])
    return np.nansum(values[:, -1]) * np.exp(-back)


def _pull(panel: Panel, fit: Fit, rows: NDArray, horizon: int) -> NDArray[np.float64]:
    total = chained_total(panel.values[rows])
    if not total[-1] > 0 or len(total) < 6:
        return np.ones(horizon)
    own, _ = moments(fit_many(total[None], season=panel.season, horizon=horizon).mixture)
    bottom_up = moments(fit.mixture.take(rows))[0].sum(axis=0)
    ratio = own[0] / np.maximum(bottom_up, 1e-300)
    return np.clip(ratio, 0.5, 2.0) ** PULL


def _common_factor(panel: Panel, fit: Fit, rows: NDArray) -> tuple[float, pd.Series]:
    """Mean correlation of one-step errors, and their standardised mean by period."""
    n_time = panel.values.shape[1]
    period = panel.last[rows][:, None] - np.arange(n_time - 1, -1, -1)[None, :]
    errors = np.clip(fit.residuals[rows], -4, 4)
    long = pd.DataFrame({"period": period.ravel(), "error": errors.ravel()}).dropna()
    sums = long.groupby("period")["error"].agg(["mean", "size"])
    sums = sums[sums["size"] >= MIN_SERIES]
    if len(sums) < 12:
        return MIN_CORRELATION, pd.Series(dtype=float)
    variance = float((long["error"] ** 2).mean())
    size = sums["size"]
    pairs = (size * sums["mean"] ** 2 / variance - 1) / (size - 1)
    factor = sums["mean"] / max(float(np.sqrt((sums["mean"] ** 2).mean())), 1e-9)
    return float(np.clip(pairs.mean(), MIN_CORRELATION, 0.95)), factor


def _nearest(correlation: NDArray[np.float64]) -> NDArray[np.float64]:
    """The correlation matrix with negative eigenvalues lifted."""
    value, vector = np.linalg.eigh(correlation)
    lifted = (vector * np.maximum(value, 1e-6)) @ vector.T
    scale = np.sqrt(np.diag(lifted))
    return lifted / np.outer(scale, scale)


def pull_of(panel: Panel, labels: NDArray, info: PanelInfo, horizon: int) -> NDArray[np.float64]:
    """Factors of every series, (S, H)."""
    factor = np.ones((len(panel.ids), horizon))
    for name in info.labels:
        if name in info.pull:
            factor[(labels == name) & (panel.last == info.end[name])] = info.pull[name]
    return factor
