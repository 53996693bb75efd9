"""The recursion: all candidates of all series stepped through time together.

One step of additive-error exponential smoothing with damped slope b and seasonal state s
(ETS(A,Ad,A) of Hyndman, Koehler, Ord and Snyder 2008; parameters as in statsmodels):

    e_t = y_t - (l + phi b + s_phase)
    l   <- l + phi b + alpha e_t
    b   <- phi b + beta e_t
    s_phase <- s_phase + gamma e_t
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmdemand.market.candidates import Grid
    from xmdemand.market.start import Start

STRIDE = 3
"""Errors several steps ahead overlap; one origin in three tells nearly all of it."""


@dataclass(frozen=True, eq=False)
class Pass:
    """What one pass through time leaves, for S series and C candidates.

    ``one_step`` is (T, S, C); ``ahead[h]`` holds errors h steps ahead from every third origin,
    (origins, S, C); both are 0 where nothing was observed. ``forecast`` is (S, horizon, C).
    """

    one_step: NDArray
    ahead: dict[int, NDArray]
    forecast: NDArray


def smooth(
    values: NDArray,
    first: NDArray[np.int64],
    start: Start,
    grid: Grid,
    *,
    season: int,
    horizon: int,
    leads: tuple[int, ...] = (),
) -> Pass:
    """Run the grid over a chunk of series.

    Parameters
    ----------
    values
        (S, T), NaN where missing; its dtype (float32 or float64) is that of the computation.
        Rows are sorted by ``first``, so that those under way are always the first rows.
    first
        Column of every series' first observation, ascending.
    start
        Starting states.
    leads
        How many steps ahead errors are wanted besides one step.
    """
    dtype = values.dtype
    n_series, n_time = values.shape
    _, fixed, *moving = grid.blocks
    move = slice(moving[0].start, moving[-1].stop)
    alpha, beta, phi = (x.astype(dtype) for x in (grid.alpha, grid.beta, grid.phi))
    gamma = grid.gamma[move].astype(dtype)
    seen = np.isfinite(values)
    y = np.where(seen, values, 0).astype(dtype)
    pattern = start.pattern.astype(dtype)
    level = np.repeat(start.level.astype(dtype)[:, None], len(grid), axis=1)
    slope = _slopes(start, grid).astype(dtype)
    seasonal = np.repeat(pattern.T[:, :, None], move.stop - move.start, axis=2)
    errors = np.zeros((n_time, n_series, len(grid)), dtype)
    origins = {h: np.arange((n_time - 1 - h) % STRIDE, n_time - h, STRIDE) for h in leads}
    ahead = {h: np.zeros((len(origins[h]), n_series, len(grid)), dtype) for h in leads}
    scratch = np.empty_like(level)
    complete = bool((seen.sum(axis=1) == n_time - first).all())
    rows_at = np.searchsorted(first, np.arange(n_time), side="right")
    damped = {h: _damped_sum(grid.phi, h).astype(dtype) for h in leads}

    def seasonal_at(out: NDArray, k: int, phase: int) -> None:
        out[:, fixed] += pattern[:k, phase, None]
        out[:, move] += seasonal[phase, :k]

    for t in range(n_time):
        k = int(rows_at[t])
        now, part, e, tmp = level[:k], slope[:k], errors[t, :k], scratch[:k]
        part *= phi
        now += part
        np.subtract(y[:k, t, None], now, out=e)
        e[:, fixed] -= pattern[:k, t % season, None]
        e[:, move] -= seasonal[t % season, :k]
        if not complete:
            e *= seen[:k, t, None]
        np.multiply(e, alpha, out=tmp)
        now += tmp
        np.multiply(e, beta, out=tmp)
        part += tmp
        np.multiply(e[:, move], gamma, out=tmp[:, move])
        seasonal[t % season, :k] += tmp[:, move]
        for h in leads:
            at, beyond = divmod(t - (n_time - 1 - h) % STRIDE, STRIDE)
            if beyond or at < 0 or t + h >= n_time:
                continue
            far = ahead[h][at, :k]
            np.multiply(part, damped[h], out=far)
            far += now
            seasonal_at(far, k, (t + h) % season)
            np.subtract(y[:k, t + h, None], far, out=far)
            if not complete:
                far *= seen[:k, t + h, None]
    forecast = np.empty((n_series, horizon, len(grid)), dtype)
    for h in range(1, horizon + 1):
        slope *= phi
        level += slope
        forecast[:, h - 1] = level
        seasonal_at(forecast[:, h - 1], n_series, (n_time - 1 + h) % season)
    return Pass(one_step=errors, ahead=ahead, forecast=forecast)


def _slopes(start: Start, grid: Grid) -> NDArray[np.float64]:
    """Starting slopes (S, C): none, local, or half the history's drift."""
    choices = np.stack([np.zeros_like(start.slope), start.slope, 0.5 * start.drift], axis=1)
    return choices[:, grid.slope]


def _damped_sum(phi: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    return (phi[:, None] ** np.arange(1, steps + 1)[None, :]).sum(axis=1)
