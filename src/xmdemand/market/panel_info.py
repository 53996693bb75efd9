"""What the panel tells its series: what they share, the total's own forecast, the common shock.

This is the only way series influence each other. It is computed once, can be looked at, given to
another run or switched off. It rests on sums over series (`Evidence`), so blocks of a panel too
large for one machine give the same information as the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xmdemand.errors import InputError
from xmdemand.market.common import MIN_SERIES, Common, learn_common, look
from xmdemand.market.evidence import TAIL, Evidence, gather
from xmdemand.market.mixture import Mixture, medians, moments
from xmdemand.market.own import Own, fit_own
from xmdemand.market.relative import Relative, judge_share, regress, relative_shift, standing
from xmdemand.market.weights import SPREAD_DISCOUNT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmdemand.market.panel import Panel

PULL = 0.5
"""Series are drawn to their total's own forecast as far as they move together, at most so far."""
PULL_CAP = 0.5
"""... but by no more than this many of their standard deviations."""
MIN_CORRELATION = 0.2
SPREAD_SHARE = 0.75
"""How far the spread follows its past calibration (in logs): calm years would narrow too much."""
SPREAD_BOUNDS = (0.7, 1.25)
CHAIN_LIMIT = 20.0
"""A chained total is never further than this from its end, in logs: numbers must stay numbers."""


@dataclass(frozen=True, eq=False)
class PanelInfo:
    """Panel information, by group of series that share one (label -> value).

    Attributes
    ----------
    labels
        The groups.
    end
        Last period of the group: only series that end there are pulled.
    pull
        (H,) shifts in standard deviations towards the total's own forecast.
    correlation
        Share of the common factor in a series' shocks.
    shared
        Correlation between the groups' factors, (G, G), in the order of ``labels``.
    spread
        Factor on all standard deviations.
    relative
        What series' standing among the others tells.
    common
        What series share before any is forecast: the shape of the year, which candidates suit.
    quarters
        (H,) the average log move from months to quarters; series move by their own less this.
    """

    labels: tuple[str, ...] = ()
    end: dict[str, int] = field(default_factory=dict)
    pull: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    correlation: dict[str, float] = field(default_factory=dict)
    shared: NDArray[np.float64] = field(default_factory=lambda: np.eye(0))
    spread: float = 1.0
    relative: Relative = field(default_factory=Relative)
    common: Common = field(default_factory=Common)
    quarters: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    def with_correlation(self, share: float) -> PanelInfo:
        """The same, with a given share of the common factor in every group (0: none)."""
        if not 0 <= share < 1:
            raise InputError(f"correlation is a share in [0, 1), got {share}")
        return replace(self, correlation=dict.fromkeys(self.labels, float(share)))


def group_labels(panel: Panel, by: str | None) -> NDArray:
    """The label of every series' group, as text; one group without `by`."""
    if by is None:
        return np.full(len(panel.ids), "all", dtype=object)
    return panel.keys[by].astype(str).to_numpy(dtype=object)


def forecast_own(
    panel: Panel, labels: NDArray, horizon: int, common: Common, *, quarters: bool = True
) -> Own:
    """Forecasts of a panel's series by themselves."""
    return fit_own(
        panel.values,
        panel.last,
        labels,
        season=panel.season,
        horizon=horizon,
        common=common,
        quarters=quarters,
    )


def conclude(evidence: Evidence, horizon: int, season: int, common: Common) -> PanelInfo:
    """Panel information from evidence."""
    names = tuple(str(name) for name in evidence.periods.index.unique(0))
    end, pull, correlation, factors = {}, {}, {}, []
    for name in names:
        periods = pd.DataFrame(evidence.periods.xs(name, level="label"))
        periods = periods[periods["n"] > 0]
        ahead = pd.DataFrame(evidence.ahead.xs(name, level="label"))
        end[name] = int(periods.index.max())
        pull[name] = _pull(name, periods, ahead.loc[[end[name]]].iloc[0], horizon, season, common)
        correlation[name], factor = _common_factor(periods)
        factors.append(factor)
    shared = pd.concat(factors, axis=1).corr(min_periods=12).fillna(0.0).to_numpy(copy=True)
    np.fill_diagonal(shared, 1.0)
    return PanelInfo(
        labels=names,
        end=end,
        pull=pull,
        correlation=correlation,
        shared=_positive(shared),
        spread=_spread(evidence.judged),
        relative=_relative(evidence, end),
        common=common,
        quarters=_centres(evidence, end, "^move_"),
    )


def _centres(
    evidence: Evidence, end: dict[str, int], columns: str
) -> dict[str, NDArray[np.float64]]:
    """By label, weighted means of some columns (a pattern) of `Evidence.standing`."""
    sums = evidence.standing.filter(regex=columns)
    centre = {}
    for label, last in end.items():
        weight = float(evidence.standing["weight"].loc[[(label, last)]].iloc[0])
        if weight > 0:
            centre[label] = sums.loc[[(label, last)]].to_numpy(dtype=float)[0] / weight
    return centre


def _relative(evidence: Evidence, end: dict[str, int]) -> Relative:
    share = judge_share(evidence.past, evidence.windows)
    coefficients = regress(evidence.windows)
    if not share or coefficients is None:
        return Relative()
    centre = _centres(evidence, end, "^(lag|own)_")
    return Relative(share=share, coefficients=coefficients, centre=centre)


def learn(panel: Panel, labels: NDArray, horizon: int) -> tuple[PanelInfo, Own]:
    """Panel information of a whole panel, and the forecasts of its series by themselves."""
    common = learn_common(look(panel, labels), panel.season)
    own = forecast_own(panel, labels, horizon, common)
    evidence = gather(panel, own, labels, common)
    return conclude(evidence, horizon, panel.season, common), own


def chained_total(now: NDArray, before: NDArray, last: float) -> NDArray[np.float64]:
    """A total whose membership changes: growth of the series in both periods, level of the end.

    >>> chained_total(np.array([0.0, 8.0, 10.0]), np.array([0.0, 4.0, 8.0]), 10.0)
    array([ 4.,  8., 10.])
    """
    known = (now > 0) & (before > 0)
    step = np.where(known, np.log(np.where(known, now, 1) / np.where(known, before, 1)), 0.0)[1:]
    back = np.concatenate([np.cumsum(step[::-1])[::-1], [0.0]])
    return last * np.exp(-np.clip(back, -CHAIN_LIMIT, CHAIN_LIMIT))


def _pull(
    label: str,
    periods: pd.DataFrame,
    ahead: pd.Series,
    horizon: int,
    season: int,
    common: Common,
) -> NDArray[np.float64]:
    """Shift of all series in standard deviations that moves the sum towards the total's own.

    A common shock moves a series in proportion to its standard deviation; so does the pull. It
    goes by the weight of the common factor in a series' recent errors, the root of their mean
    correlation: the total of series that do not move together tells none of them anything.
    """
    full = periods.reindex(np.arange(periods.index.min(), periods.index.max() + 1), fill_value=0)
    last = float(full["last"].iloc[-1])
    if ahead["n"] < MIN_SERIES or not last > 0 or len(full) < 6:
        return np.zeros(horizon)
    total = chained_total(full["now"].to_numpy(), full["before"].to_numpy(), last)
    own = fit_own(
        total[None],
        np.array([full.index[-1]]),
        np.array([label]),
        season=season,
        horizon=horizon,
        common=Common(year=common.year),
        quarters=False,
    )
    said, _ = moments(own.mixture)
    mean = ahead[[f"mean_{h + 1}" for h in range(horizon)]].to_numpy(dtype=float)
    deviation = ahead[[f"sd_{h + 1}" for h in range(horizon)]].to_numpy(dtype=float)
    gap = np.clip(said[0], 0.5 * mean, 2.0 * mean) - mean
    shift = np.divide(gap, deviation, out=np.zeros(horizon), where=deviation > 0)
    together = np.sqrt(max(mean_correlation(periods, SPREAD_DISCOUNT), 0.0))
    return np.clip(min(PULL, together) * shift, -PULL_CAP, PULL_CAP)


def mean_correlation(periods: pd.DataFrame, discount: float = 1.0) -> float:
    """Mean correlation of one-step errors of one period; 0 where too little is known.

    Of n errors with mean m and variance v, n m^2 / v - 1 is the sum of all pairs' correlations
    by n - 1. Periods count `discount` times less a step back.
    """
    used = periods[periods["n"] >= MIN_SERIES]
    weight = discount ** (used.index.max() - used.index.to_numpy(dtype=float))
    square = float((weight * used["square"]).sum())
    if len(used) < 12 or not square > 0:
        return 0.0
    variance = square / float((weight * used["n"]).sum())
    pairs = (used["error"] ** 2 / used["n"] / variance - 1) / (used["n"] - 1)
    return float((weight * pairs).sum() / weight.sum())


def _common_factor(periods: pd.DataFrame) -> tuple[float, pd.Series]:
    """Mean correlation of one-step errors, and their standardised mean by period."""
    share = float(np.clip(mean_correlation(periods), MIN_CORRELATION, 0.95))
    used = periods[periods["n"] >= MIN_SERIES]
    if len(used) < 12 or not used["square"].sum() > 0:
        return share, pd.Series(dtype=float)
    mean = used["error"] / used["n"]
    return share, mean / max(float(np.sqrt((mean**2).mean())), 1e-9)


def _spread(judged: pd.DataFrame) -> float:
    """Factor on the deviations: part of the way (in logs) to what would have held 80% before."""
    if judged["hash"].nunique() < 2 * MIN_SERIES:
        return 1.0
    ratio = max(float(np.quantile(judged["miss"], 0.8)) / TAIL, 1e-3)
    return float(np.clip(ratio**SPREAD_SHARE, *SPREAD_BOUNDS))


def _positive(correlation: NDArray[np.float64]) -> NDArray[np.float64]:
    """The correlation matrix with negative eigenvalues lifted."""
    value, vector = np.linalg.eigh(correlation)
    lifted = (vector * np.maximum(value, 1e-6)) @ vector.T
    scale = np.sqrt(np.diag(lifted))
    return lifted / np.outer(scale, scale)


def pull_of(panel: Panel, labels: NDArray, info: PanelInfo, horizon: int) -> NDArray[np.float64]:
    """Shifts of every series in standard deviations, (S, H)."""
    shift = np.zeros((len(panel.ids), horizon))
    for name in info.labels:
        if name in info.pull:
            shift[(labels == name) & (panel.last == info.end[name])] = info.pull[name]
    return shift


def quarter_gaps(panel: Panel, own: Own, labels: NDArray, info: PanelInfo) -> NDArray[np.float64]:
    """Log moves from months to quarters less the common ones, (S, H)."""
    gaps = np.zeros(own.moves.shape)
    weight = standing(panel.values, panel.season).weight
    for label, centre in info.quarters.items():
        rows = (labels == label) & (panel.last == info.end[label]) & (weight > 0)
        gaps[rows] = own.moves[rows] - centre
    return gaps


def shift_of(
    panel: Panel, mixture: Mixture, labels: NDArray, info: PanelInfo
) -> NDArray[np.float64]:
    """Log factors of the relative movement on every series, (S, H), from their own forecasts."""
    shift = relative_shift(
        standing(panel.values, panel.season), medians(mixture), labels, info.relative
    )
    end = np.array([info.end.get(label, -1) for label in labels])
    return np.where((panel.last == end)[:, None], shift, 0.0)
