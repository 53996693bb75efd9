"""Sums over a block of series that panel information follows from (`panel_info`).

Every block of a panel gives its own, in a pass before any forecast; blocks add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xmdemand.market.common import SAMPLE, Common, sample_rows
from xmdemand.market.mixture import Mixture, medians, moments, quantile
from xmdemand.market.own import Own, fit_own
from xmdemand.market.relative import (
    YEARS,
    WindowSums,
    merge_windows,
    past_rows,
    standing,
    window_sums,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmdemand.market.panel import Panel

_CHUNK = 5000
FEW = 5.0
"""Forecast counts below this are too coarse to judge a spread by."""
TAIL = 1.2815515655446004
"""Score of the 90% quantile."""


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


def gather(panel: Panel, own: Own, labels: NDArray, common: Common) -> Evidence:
    """Evidence of a block: a panel, and the forecasts of its series by themselves."""
    horizon = own.moves.shape[1]
    mean, variance = moments(own.mixture)
    table = {f"mean_{h + 1}": mean[:, h] for h in range(horizon)}
    table |= {f"sd_{h + 1}": np.sqrt(variance[:, h]) for h in range(horizon)}
    ahead = pd.DataFrame({"label": labels.astype(str), "period": panel.last, "n": 1.0, **table})
    judged, past = _judge_past(panel, labels, horizon, common)
    return Evidence(
        periods=_period_sums(panel, own.residuals, labels),
        ahead=ahead.groupby(["label", "period"]).sum(),
        judged=judged,
        past=past,
        standing=_standing_sums(panel, own, labels),
        windows=window_sums(panel.values, panel.last, labels, panel.season),
    )


def _period_sums(panel: Panel, residuals: NDArray, labels: NDArray) -> pd.DataFrame:
    """`Evidence.periods`, a few thousand series at a time: one copy of a panel is enough."""
    names, codes = np.unique(labels.astype(str), return_inverse=True)
    n_time = panel.values.shape[1]
    origin = int(panel.last.min()) - n_time + 1
    width = int(panel.last.max()) - origin + 1
    index = pd.MultiIndex.from_product(
        [names, np.arange(origin, origin + width)], names=["label", "period"]
    )
    total = np.zeros((6, len(index)))
    for at in range(0, len(codes), _CHUNK):
        part = slice(at, at + _CHUNK)
        values, error = panel.values[part], residuals[part]
        end = codes[part] * width + panel.last[part] - origin
        cell = end[:, None] - np.arange(n_time - 1, -1, -1)
        both = np.isfinite(values)
        both[:, 1:] &= both[:, :-1].copy()
        both[:, 0] = False
        before = np.concatenate([values[:, :1], values[:, :-1]], axis=1)
        clipped = np.clip(np.nan_to_num(error), -4, 4)
        sums = (
            (cell, np.where(both, values, 0)),
            (cell, np.where(both, before, 0)),
            (end, values[:, -1]),
            (cell, clipped),
            (cell, clipped**2),
            (cell, np.isfinite(error)),
        )
        for row, (where, what) in zip(total, sums, strict=True):
            row += np.bincount(where.ravel(), what.ravel(), minlength=len(index))
    columns = ["now", "before", "last", "error", "square", "n"]
    return pd.DataFrame(total.T, columns=columns, index=index)


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
    lower, middle, upper = quantile(mixture, np.array([-TAIL, 0, TAIL])[:, None, None])
    half = np.where(came > middle, upper - middle, middle - lower)
    miss = TAIL * np.abs(came - middle) / np.maximum(half, 1e-9)
    return np.where(mixture.discrete[:, None] & (middle < FEW), np.nan, miss)
