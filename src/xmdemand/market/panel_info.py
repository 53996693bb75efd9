"""What the panel tells its series: what they share, the total's own forecast, the common shock.

This is the only way series influence each other. It is computed once, can be looked at, given to
another run or switched off. It rests on sums over series (`Evidence`), so blocks of a panel too
large for one machine give the same information as the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xmdemand.errors import InputError
from xmdemand.market.common import (
    MIN_SERIES,
    SAMPLE,
    Common,
    learn_common,
    look,
    sample_rows,
)
from xmdemand.market.mixture import Mixture, medians, moments, quantile
from xmdemand.market.own import Own, fit_own
from xmdemand.market.relative import (
    YEARS,
    Relative,
    WindowSums,
    judge_share,
    merge_windows,
    past_rows,
    regress,
    relative_shift,
    standing,
    window_sums,
)
from xmdemand.market.weights import SPREAD_DISCOUNT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmdemand.market.panel import Panel

PULL = 0.5
"""Series are drawn to their total's own forecast as far as they move together, at most so far."""
PULL_CAP = 0.5
"""... but by no more than this many of their standard deviations."""
MIN_CORRELATION = 0.2
FEW = 5.0
"""Forecast counts below this are too coarse to judge a spread by."""
SPREAD_SHARE = 0.75
"""How far the spread follows its past calibration (in logs): calm years would narrow too much."""
SPREAD_BOUNDS = (0.8, 1.25)
CHAIN_LIMIT = 20.0
"""A chained total is never further than this from its end, in logs: numbers must stay numbers."""
_TAIL = 1.2815515655446004


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


@dataclass(frozen=True, eq=False)
class Evidence:
    """Sums over a block of series that panel information follows from.

    Attributes
    ----------
    periods
        By ``label, period``: ``now, before`` (sums of series seen in the period and the one
        before), ``last`` (sum of series that end there), ``error, square, n`` (one-step errors).
    ahead
        By ``label, period`` (the series' last): ``n`` and forecast sums ``mean_1 .. sd_H``.
    judged
        ``hash, miss``: absolute normal scores of what came after past origins.
    past
        ``hash`` and what `judge_share` needs, a row a series and past origin.
    standing
        By ``label, period`` (the series' last): ``weight`` and weighted sums of the last lags
        ``lag_0 ..``, of own forecasts ``own_1 .. own_H`` and of moves to quarters ``move_1 ..
        move_H``, in logs.
    windows
        Sums that the regression of relative movements follows from.
    """

    periods: pd.DataFrame
    ahead: pd.DataFrame
    judged: pd.DataFrame
    past: pd.DataFrame
    standing: pd.DataFrame
    windows: WindowSums


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


def gather(panel: Panel, own: Own, labels: NDArray, common: Common) -> Evidence:
    """Evidence of a block: a panel, and the forecasts of its series by themselves."""
    horizon = own.moves.shape[1]
    names, codes = np.unique(labels.astype(str), return_inverse=True)
    n_time = panel.values.shape[1]
    origin = int(panel.last.min()) - n_time + 1
    width = int(panel.last.max()) - origin + 1
    cell = (codes * width + panel.last - origin)[:, None] - np.arange(n_time - 1, -1, -1)[None, :]
    flat = cell.ravel()

    def sums(values: NDArray) -> NDArray[np.float64]:
        return np.bincount(flat, values.ravel(), minlength=len(names) * width).astype(float)

    before = np.concatenate([np.full((len(cell), 1), np.nan), panel.values[:, :-1]], axis=1)
    both = np.isfinite(panel.values) & np.isfinite(before)
    error = np.clip(np.nan_to_num(own.residuals), -4, 4)
    size = len(names) * width
    periods = pd.DataFrame(
        {
            "now": sums(np.where(both, panel.values, 0)),
            "before": sums(np.where(both, before, 0)),
            "last": np.bincount(cell[:, -1], panel.values[:, -1], minlength=size),
            "error": sums(error),
            "square": sums(error**2),
            "n": sums(np.isfinite(own.residuals)),
        },
        index=pd.MultiIndex.from_product(
            [names, np.arange(origin, origin + width)], names=["label", "period"]
        ),
    )
    mean, variance = moments(own.mixture)
    table = {f"mean_{h + 1}": mean[:, h] for h in range(horizon)}
    table |= {f"sd_{h + 1}": np.sqrt(variance[:, h]) for h in range(horizon)}
    ahead = pd.DataFrame({"label": names[codes], "period": panel.last, "n": 1.0, **table})
    judged, past = _judge_past(panel, labels, horizon, common)
    return Evidence(
        periods=periods,
        ahead=ahead.groupby(["label", "period"]).sum(),
        judged=judged,
        past=past,
        standing=_standing_sums(panel, own, labels),
        windows=window_sums(panel.values, panel.last, labels, panel.season),
    )


def _standing_sums(panel: Panel, own: Own, labels: NDArray) -> pd.DataFrame:
    stands = standing(panel.values, panel.season)
    said = np.log1p(medians(own.mixture)) - stands.base[:, None]
    columns = {f"lag_{k}": stands.weight * lag for k, lag in enumerate(stands.lags.T)}
    columns |= {f"own_{h + 1}": stands.weight * one for h, one in enumerate(said.T)}
    columns |= {f"move_{h + 1}": stands.weight * one for h, one in enumerate(own.moves.T)}
    table = pd.DataFrame({"weight": stands.weight, **columns})
    # An index, not an array: pandas would first look for a column by that name and print it.
    return table.groupby([pd.Index(labels.astype(str), name="label"), pd.Index(panel.last)]).sum()


def merge(parts: Sequence[Evidence]) -> Evidence:
    """Evidence of several blocks as one."""
    if len(parts) == 1:
        return parts[0]
    judged = pd.concat([part.judged for part in parts])
    kept = np.sort(judged["hash"].unique())[:SAMPLE]
    past = pd.concat([part.past for part in parts])
    few = np.sort(past["hash"].unique())[:SAMPLE]

    def added(tables: list[pd.DataFrame]) -> pd.DataFrame:
        return pd.concat(tables).groupby(level=[0, 1]).sum()

    return Evidence(
        periods=added([part.periods for part in parts]),
        ahead=added([part.ahead for part in parts]),
        judged=judged[judged["hash"].isin(kept)],
        past=past[past["hash"].isin(few)],
        standing=added([part.standing for part in parts]),
        windows=merge_windows([part.windows for part in parts]),
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


def _judge_past(
    panel: Panel, labels: NDArray, horizon: int, common: Common
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What came against forecasts a year and two ago: in their deviations, and in logs."""
    chosen, hashes = sample_rows(panel.ids)
    values, steps = panel.values[chosen], min(horizon, panel.season)
    misses = [pd.DataFrame({"hash": [], "miss": []})]
    pasts = [pd.DataFrame({"hash": [], "label": [], "years": [], "weight": []})]
    for years in range(1, YEARS + 1):
        cut = values.shape[1] - years * panel.season
        if cut < 2 * panel.season:
            break
        before, came = values[:, :cut], values[:, cut : cut + steps]
        enough = np.isfinite(before).sum(axis=1) >= 2 * panel.season
        varied = np.ptp(np.nan_to_num(before), axis=1) > 0
        rows = np.flatnonzero(enough & varied & np.isfinite(before[:, -1]))
        if not len(rows):
            continue
        before, came, chosen_now = before[rows], came[rows], chosen[rows]
        own = fit_own(
            before,
            panel.last[chosen_now] - years * panel.season,
            labels[chosen_now],
            season=panel.season,
            horizon=steps,
            common=common,
            quarters=False,
        )
        mixture, name = own.mixture, hashes[chosen_now]
        miss = _normal_misses(mixture, came)
        misses.append(pd.DataFrame({"hash": np.repeat(name, steps), "miss": miss.ravel()}))
        past = past_rows(standing(before, panel.season), medians(mixture), came)
        pasts.append(past.assign(hash=name, label=labels[chosen_now], years=years))
    past = pd.concat(pasts, ignore_index=True).dropna()
    return pd.concat(misses, ignore_index=True).dropna(), past[past["weight"] > 0]


def _normal_misses(mixture: Mixture, came: NDArray) -> NDArray[np.float64]:
    """How far what came lay from the median, as normal scores; NaN where counts are coarse."""
    lower, middle, upper = quantile(mixture, np.array([-_TAIL, 0, _TAIL])[:, None, None])
    half = np.where(came > middle, upper - middle, middle - lower)
    miss = _TAIL * np.abs(came - middle) / np.maximum(half, 1e-9)
    return np.where(mixture.discrete[:, None] & (middle < FEW), np.nan, miss)


def _spread(judged: pd.DataFrame) -> float:
    """Factor on the deviations: part of the way (in logs) to what would have held 80% before."""
    if judged["hash"].nunique() < 2 * MIN_SERIES:
        return 1.0
    ratio = max(float(np.quantile(judged["miss"], 0.8)) / _TAIL, 1e-3)
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
