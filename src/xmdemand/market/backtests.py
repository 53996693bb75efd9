"""`backtest`: the forecast made again at past origins, held against what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from xmdemand.draws import check_level
from xmdemand.errors import InputError, NotFoundError
from xmdemand.market import scores
from xmdemand.market.forecasts import Forecast, check_horizon, forecast_panel
from xmdemand.market.mixture import quantile
from xmdemand.market.panel import Frequency, Panel, read_panel
from xmdemand.notes import Note, Notes
from xmdemand.results import Result

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

LEVELS = np.round(np.arange(0.05, 0.96, 0.05), 2)
MEASURES = ("mase", "wape", "crps", "interval_score", "coverage", "bias")
_PATHS = 500


@dataclass(frozen=True, eq=False)
class Backtest(Result):
    """Scores of past forecasts.

    Attributes
    ----------
    frame
        ``origin, target, method, measure, value, n``: target ``periods`` (every period by itself),
        ``sum`` (of the horizon, a series) or the key column asked for by `by` (sum of a group);
        method ``xmdemand``, or ``naive`` and ``seasonal_naive`` for comparison (points only). mase,
        crps and interval_score are scaled by the seasonal naive error of the history.
    series
        ``origin, unique_id, target, mase, covered``.
    level
        Of the intervals that interval_score and coverage judge.
    """

    frame: pd.DataFrame
    series: pd.DataFrame
    level: float
    notes: Notes = ()


def backtest(
    panel: pd.DataFrame,
    origins: int | Sequence[str | dt.date] = 3,
    horizon: int = 12,
    *,
    level: float = 0.8,
    by: str | None = None,
    seed: int = 0,
    freq: Frequency | None = None,
    total: str | bool = True,
) -> Backtest:
    """Forecast from past origins and score what came after.

    Parameters
    ----------
    panel
        As for `xmdemand.forecast`.
    origins
        Last periods known (dates), or how many origins, a year apart, ending `horizon` before
        the panel's end.
    by
        Key column whose groups' sums are judged too.

    Returns
    -------
    Backtest

    Raises
    ------
    InputError
        If no series can be judged at any origin.

    Examples
    --------
    >>> import pandas as pd
    >>> ds = pd.date_range("2020-01-01", periods=48, freq="MS")
    >>> panel = pd.DataFrame({"unique_id": "cooks", "ds": ds, "y": [20, 22, 24] * 16})
    >>> result = backtest(panel, origins=["2022-12"])
    >>> sorted(result.frame["target"].unique())
    ['periods', 'sum']
    """
    level, horizon = check_level(level), check_horizon(horizon)
    checked = read_panel(panel, freq=freq)
    if by is not None and by not in checked.keys.columns:
        raise NotFoundError(f"by={by!r} is not a key column; there are {list(checked.keys)}")
    group = total if isinstance(total, str) else None
    frames, series = [], []
    notes: Notes = ()
    for origin in _origin_periods(checked, origins, horizon):
        known = checked.cut(origin)
        at = checked.ids.get_indexer(known.ids)
        actual = _after(checked, at, origin, horizon)
        # A series that ended before the origin is forecast from its own end: not comparable.
        rows = np.flatnonzero((known.last == origin) & np.isfinite(actual).any(axis=1))
        if not len(rows):
            continue
        fc = forecast_panel(known, horizon, seed=seed, by=group, pull=total is not False)
        frame, each = _judge(fc, rows, actual[rows], level, by)
        label = checked.dates(np.array([origin]))[0]
        frames.append(frame.assign(origin=label))
        series.append(each.assign(origin=label))
    if not frames:
        raise InputError(
            "no origin leaves both a history and something to judge; give earlier `origins`"
        )
    asked = origins if isinstance(origins, int) else len(origins)
    if len(frames) < asked:
        notes += (Note("market.origins_dropped", n=asked - len(frames)),)
    columns = ["origin", "target", "method", "measure", "value", "n"]
    return Backtest(
        frame=pd.concat(frames, ignore_index=True)[columns],
        series=pd.concat(series, ignore_index=True),
        level=level,
        notes=notes,
    )


def _origin_periods(
    panel: Panel, origins: int | Sequence[str | dt.date], horizon: int
) -> list[int]:
    if isinstance(origins, int):
        if origins < 1:
            raise InputError(f"origins is at least 1, got {origins}")
        last = int(panel.last.max()) - horizon
        return [last - k * panel.season for k in range(origins)][::-1]
    dates = pd.to_datetime(pd.Series(list(origins), dtype=object), errors="coerce")
    if dates.isna().any() or not len(dates):
        raise InputError(f"origins are dates like 2019-12 or a number, got {list(origins)!r}")
    months = dates.dt.year * 12 + dates.dt.month - 1
    return [int(m) // (12 // panel.season) for m in months]


def _after(panel: Panel, at: NDArray, origin: int, horizon: int) -> NDArray[np.float64]:
    """What came in the `horizon` periods after `origin`, NaN where unknown."""
    n_time = panel.values.shape[1]
    column = n_time - 1 - (panel.last[at][:, None] - (origin + np.arange(1, horizon + 1))[None, :])
    inside = (column >= 0) & (column < n_time)
    picked = np.take_along_axis(panel.values[at], np.clip(column, 0, n_time - 1), axis=1)
    return np.where(inside, picked, np.nan)


def _judge(
    fc: Forecast, rows: NDArray, actual: NDArray, level: float, by: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    tails = [(1 - level) / 2, (1 + level) / 2]
    levels = np.concatenate([LEVELS, tails])
    quantiles = quantile(fc.mixture.take(rows), special.ndtri(levels)[:, None, None])
    history = fc.panel.values[rows]
    scale = scores.naive_scale(history, fc.panel.season)
    paths = fc.sums(_PATHS)[:, rows]
    sums = np.quantile(paths, levels, axis=0)[:, :, None]
    whole = actual.sum(axis=1, keepdims=True)
    table = [
        *_measures("periods", "xmdemand", actual, quantiles, scale, level),
        *_measures("sum", "xmdemand", whole, sums, scale * fc.horizon, level),
    ]
    for method, points in _naive(history, fc.panel.season, fc.horizon).items():
        together = points.sum(axis=1, keepdims=True)
        table += _point_measures("periods", method, actual, points, scale)
        table += _point_measures("sum", method, whole, together, scale * fc.horizon)
    if by is not None:
        table += _group_measures(fc, rows, whole[:, 0], paths, by, level)
    each = []
    for target, came, values, size in (
        ("periods", actual, quantiles, scale),
        ("sum", whole, sums, scale * fc.horizon),
    ):
        inside = (came >= values[-2]) & (came <= values[-1])
        each.append(
            pd.DataFrame(
                {
                    "unique_id": fc.panel.ids[rows],
                    "target": target,
                    "mase": scores.absolute_scaled_error(came, values[len(LEVELS) // 2], size),
                    "covered": np.where(np.isfinite(came), inside, np.nan).mean(axis=1),
                }
            )
        )
    return (
        pd.DataFrame(table, columns=["target", "method", "measure", "value", "n"]),
        pd.concat(each, ignore_index=True),
    )


def _measures(
    target: str,
    method: str,
    actual: NDArray,
    quantiles: NDArray,
    scale: NDArray,
    level: float,
) -> list[tuple[str, str, str, float, int]]:
    """Rows of `Backtest.frame`; the last two quantiles are the interval's bounds."""
    points = quantiles[len(LEVELS) // 2]
    lower, upper = quantiles[-2], quantiles[-1]
    crps = scores.ranked_probability_score(actual, quantiles[: len(LEVELS)], LEVELS)
    width = scores.interval_score(actual, lower, upper, level)
    n = int(np.isfinite(actual).any(axis=1).sum())
    return [
        *_point_measures(target, method, actual, points, scale),
        (target, method, "crps", scores.scaled_mean(crps, scale), n),
        (target, method, "interval_score", scores.scaled_mean(width, scale), n),
        (target, method, "coverage", scores.coverage(actual, lower, upper), n),
    ]


def _point_measures(
    target: str, method: str, actual: NDArray, points: NDArray, scale: NDArray
) -> list[tuple[str, str, str, float, int]]:
    n = int(np.isfinite(actual).any(axis=1).sum())
    return [
        (target, method, "mase", scores.scaled_mean(np.abs(actual - points), scale), n),
        (target, method, "wape", scores.weighted_percentage_error(actual, points), n),
        (target, method, "bias", scores.relative_bias(actual, points), n),
    ]


def _group_measures(
    fc: Forecast, rows: NDArray, whole: NDArray, paths: NDArray, by: str, level: float
) -> list[tuple[str, str, str, float, int]]:
    """Sums of groups, of the series that could be judged."""
    known = np.isfinite(whole)
    codes, names = pd.factorize(fc.panel.keys[by].to_numpy()[rows][known], sort=True)
    came = np.bincount(codes, whole[known], len(names))[:, None]
    drawn = np.zeros((len(paths), len(names)))
    for at, code in zip(np.flatnonzero(known), codes, strict=True):
        drawn[:, code] += paths[:, at]
    levels = np.concatenate([LEVELS, [(1 - level) / 2, (1 + level) / 2]])
    values = np.quantile(drawn, levels, axis=0)[:, :, None]
    return _measures(by, "xmdemand", came, values, np.full(len(names), np.nan), level)


def _naive(history: NDArray, season: int, horizon: int) -> dict[str, NDArray]:
    """The last value, and the value a year before (the last one where there is none)."""
    last = np.repeat(history[:, -1:], horizon, axis=1)
    if history.shape[1] < season:
        return {"naive": last, "seasonal_naive": last}
    year = history[:, history.shape[1] - season + np.arange(horizon) % season]
    return {"naive": last, "seasonal_naive": np.where(np.isfinite(year), year, last)}
