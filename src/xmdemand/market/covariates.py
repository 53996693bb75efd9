"""A second panel as a leading indicator, used only where past origins say that it helps.

The signal of a series is the covariate's growth over a year less the series' own, in logs, over
the latest quarter of a year. One slope for all series relates it to past errors of the forecast
sum; it must make them smaller at origins it has not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmdemand.errors import InputError
from xmdemand.market.mixture import quantile
from xmdemand.notes import Note

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from xmdemand.market.forecasts import Forecast
    from xmdemand.market.panel import Panel

ORIGINS = 4
MIN_GAIN = 0.01
"""A covariate is used if errors fall by this share at origins left out."""
LIMIT = 1.0
"""Signals and errors are clipped here (a factor of e), so that no series decides."""
RIDGE = 1.0


@dataclass(frozen=True, eq=False)
class Effect:
    """What a covariate does: log factors on the forecasts, (S,), and the note that says so."""

    shift: NDArray[np.float64]
    gain: float
    used: bool
    note: Note


def covariate_effect(
    panel: Panel,
    covariate: Panel,
    horizon: int,
    forecast_at: Callable[[Panel], Forecast],
) -> Effect:
    """Learn a covariate's slope at past origins, and whether it helps.

    Parameters
    ----------
    covariate
        Series of the same names; it may end later than the panel (then it leads by as much).
    forecast_at
        Forecasts a panel as it stood at an origin.
    """
    if covariate.freq != panel.freq:
        raise InputError(f"covariates are {covariate.freq}, the panel is {panel.freq}")
    if not covariate.ids.isin(panel.ids).any():
        raise InputError("no covariate has the unique_id of a series of the panel")
    lead = max(0, int(covariate.last.max()) - int(panel.last.max()))
    end = int(panel.last.max())
    pairs = []
    for k in range(ORIGINS):
        origin = end - horizon - k * (panel.season // 2)
        known = panel.cut(origin)
        rows = np.flatnonzero((known.last == origin) & (known.n_obs >= 2 * panel.season))
        if len(rows) < 5:
            continue
        fc = forecast_at(known)
        said = quantile(fc.mixture.take(rows), np.zeros((1, 1))).sum(axis=1)
        came = _window(panel, fc.panel.ids[rows], origin + horizon, horizon)
        error = np.clip(np.log((came + 0.5) / (said + 0.5)), -LIMIT, LIMIT)
        signal = _signal(known, covariate, fc.panel.ids[rows], origin, lead)
        usable = np.isfinite(error) & np.isfinite(signal)
        if usable.sum() >= 5:
            pairs.append((signal[usable], error[usable]))
    if len(pairs) < 2:
        return _unused(panel, float("nan"))
    gains = [_left_out(pairs, k) for k in range(len(pairs))]
    before, after = (float(sum(side)) for side in zip(*gains, strict=True))
    gain = 1.0 - after / before if before > 0 else 0.0
    better = sum(new < old for old, new in gains)
    if gain < MIN_GAIN or 2 * better <= len(gains):
        return _unused(panel, gain)
    now = _signal(panel, covariate, panel.ids, end, lead)
    shift = _slope(pairs) * np.nan_to_num(now)
    note = Note(
        "market.covariate_used",
        where="covariate",
        n=int(np.isfinite(now).sum()),
        fields={"gain": f"{100 * gain:.1f}%"},
    )
    return Effect(shift=shift, gain=gain, used=True, note=note)


def _unused(panel: Panel, gain: float) -> Effect:
    said = "?" if np.isnan(gain) else f"{-100 * gain:+.1f}%"
    note = Note("market.covariate_unused", where="covariate", fields={"gain": said})
    return Effect(shift=np.zeros(len(panel.ids)), gain=gain, used=False, note=note)


def _slope(pairs: list[tuple[NDArray, NDArray]]) -> float:
    """Ridge slope through the origin over all pairs."""
    signal = np.concatenate([s for s, _ in pairs])
    error = np.concatenate([e for _, e in pairs])
    return float(signal @ error / (signal @ signal + RIDGE))


def _left_out(pairs: list[tuple[NDArray, NDArray]], k: int) -> tuple[float, float]:
    """Absolute errors at origin k without the covariate, and with a slope from the others."""
    slope = _slope(pairs[:k] + pairs[k + 1 :])
    signal, error = pairs[k]
    return float(np.abs(error).sum()), float(np.abs(error - slope * signal).sum())


def _window(panel: Panel, ids: pd.Index, last: int, width: int) -> NDArray[np.float64]:
    """Sums of series over `width` periods up to `last`; NaN where not all are known."""
    at = panel.ids.get_indexer(ids)
    n_time = panel.values.shape[1]
    column = n_time - 1 - (panel.last[at][:, None] - (last - np.arange(width))[None, :])
    inside = (column >= 0) & (column < n_time) & (at >= 0)[:, None]
    picked = np.take_along_axis(panel.values[at], np.clip(column, 0, n_time - 1), axis=1)
    return np.where(inside, picked, np.nan).sum(axis=1)


def _signal(
    panel: Panel, covariate: Panel, ids: pd.Index, origin: int, lead: int
) -> NDArray[np.float64]:
    """Growth over a year of the covariate less that of the series, latest quarter of a year."""
    width = max(1, panel.season // 4)
    growth = []
    for source, last in ((covariate, origin + lead), (panel, origin)):
        now = _window(source, ids, last, width)
        before = _window(source, ids, last - source.season, width)
        growth.append(np.log((now + 0.5) / (before + 0.5)))
    return np.clip(growth[0] - growth[1], -LIMIT, LIMIT)
