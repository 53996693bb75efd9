"""The recursion: all candidates of all series stepped through time together.

One step of additive-error exponential smoothing with damped slope b and seasonal state s
(ETS(A,Ad,A) of Hyndman, Koehler, Ord and Snyder 2008; parameters as in statsmodels):

    e_t = y_t - (l + phi b + s_phase)
    l   <- l + phi b + alpha e_t
    b   <- phi b + beta e_t
    s_phase <- s_phase + gamma e_t

Kept are f = l + phi b, the level forecast for the next period, and d = phi b, so that no candidate
pays for a state it does not move:

    e_t = y_t - f - s_phase
    d   <- phi d + phi beta e_t
    f   <- f + alpha e_t + d
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    from xmdemand.market.candidates import Grid
    from xmdemand.market.start import Start


@dataclass(frozen=True, eq=False)
class Pass:
    """What one pass through time leaves, for C candidates and S series.

    ``one_step`` is (T, C, S), 0 where nothing was observed; ``forecast`` is (S, horizon, C).
    """

    one_step: NDArray
    forecast: NDArray


class Room(threading.local):
    """Arrays used again chunk after chunk: to be given fresh memory costs as much as to compute.

    Every thread has its own; what is kept is as large as the largest chunk.
    """

    def __init__(self) -> None:
        self._flat: dict[str, NDArray] = {}

    def array(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray:
        """An array of any content; what was last asked for by this name is lost."""
        size = prod(shape)
        flat = self._flat.get(name)
        if flat is None or flat.size < size or flat.dtype != dtype:
            flat = self._flat[name] = np.empty(size, dtype)
        return flat[:size].reshape(shape)


def smooth(
    values: NDArray,
    first: NDArray[np.int64],
    start: Start,
    grid: Grid,
    *,
    season: int,
    horizon: int,
    room: Room | None = None,
    slot: int = 0,
) -> Pass:
    """Run the grid over a chunk of series.

    Parameters
    ----------
    values
        (S, T), NaN where missing; its dtype (float32 or float64) is that of the computation.
    first
        Column of every series' first observation.
    start
        Starting states.
    room, slot
        Where results are kept until the slot's next pass.
    """
    dtype, (n_series, n_time) = values.dtype, values.shape
    room = room or Room()
    shape = (len(grid), n_series)
    y, rest, seen = _targets(values, first, start, season)
    level, slope = np.zeros(shape, dtype), np.zeros(shape, dtype)
    seasonal = room.array("seasonal", (season, *shape), dtype)
    if first.any():
        seasonal[:] = 0
    tmp = np.empty(shape, dtype)
    # Parameters are spelt out: operands of one shape are run through at twice the speed.
    alpha, push, phi, gamma = (
        np.repeat(x.astype(dtype)[:, None], n_series, axis=1)
        for x in (grid.alpha, grid.phi * grid.beta, grid.phi, grid.gamma)
    )
    target = [(part, y, level[part]) for part in grid.not_fixed]
    target += [(part, rest, level[part]) for part in grid.fixed]
    moving = [(part, gamma[part], tmp[part]) for part in grid.moving]
    local = [(part, slope[part], phi[part], push[part], tmp[part]) for part in grid.local]
    errors = room.array(f"one step {slot}", (n_time, *shape), dtype)
    begins = set(first.tolist())

    for t in range(n_time):
        if t in begins:
            _begin(np.flatnonzero(first == t), start, grid, level, slope, seasonal)
        e, phase = errors[t], seasonal[t % season]
        for part, of, said in target:
            np.subtract(of[t], said, out=e[part])
        for part, _, _ in moving:
            e[part] -= phase[part]
        if seen is not None:
            e *= seen[t]
        np.multiply(e, alpha, out=tmp)
        level += tmp
        for part, of, damping, share, moved in local:
            of *= damping
            np.multiply(e[part], share, out=moved)
            of += moved
        level += slope
        for part, share, moved in moving:
            np.multiply(e[part], share, out=moved)
            phase[part] += moved
    forecast = room.array(f"forecast {slot}", (n_series, horizon, len(grid)), dtype)
    for h in range(horizon):
        at = (n_time + h) % season
        tmp[:] = level
        for part, _, said in moving:
            said += seasonal[at, part]
        for part in grid.fixed:
            tmp[part] += start.pattern[:, at].astype(dtype)
        forecast[:, h] = tmp.T
        for _, of, damping, _, _ in local:
            of *= damping
        level += slope
    return Pass(one_step=errors, forecast=forecast)


def _targets(
    values: NDArray, first: NDArray[np.int64], start: Start, season: int
) -> tuple[NDArray, NDArray, NDArray | None]:
    """By time: the values, those less the fixed season, and 1 where seen (None: everywhere).

    Before a series begins all is 0, its states too: there nothing moves.
    """
    known = np.isfinite(values)
    time = np.arange(values.shape[1])
    pattern = start.pattern[:, time % season].astype(values.dtype)
    y = np.where(known, values, 0).astype(values.dtype)
    rest = np.where(known, y - pattern, 0).astype(values.dtype)
    seen = None if known.all() else np.ascontiguousarray(known.T, dtype=values.dtype)
    return np.ascontiguousarray(y.T), np.ascontiguousarray(rest.T), seen


def _begin(
    rows: NDArray[np.intp],
    start: Start,
    grid: Grid,
    level: NDArray,
    slope: NDArray,
    seasonal: NDArray,
) -> None:
    """Put the starting states of some series: slopes are none, local, or their drift."""
    at: NDArray[np.intp] | slice = slice(None) if len(rows) == level.shape[1] else rows
    drift = start.drift[at]
    choices = np.stack([np.zeros_like(drift), start.slope[at], drift])
    slope[:, at] = choices[grid.slope] * grid.phi[:, None]
    level[:, at] = start.level[at] + slope[:, at]
    for part in grid.moving:
        seasonal[:, part, at] = start.pattern[at].T[:, None, :]
