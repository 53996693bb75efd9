"""Uncertain counts: a value for each inside every replicate, from firms that gave a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from xmdemand.survey.linearise import Codes, Floats

MIN_DONORS = 3


@dataclass(frozen=True, eq=False)
class Imputed:
    """Values drawn for uncertain counts.

    Attributes
    ----------
    values
        (n_uncertain x n_draws).
    without_donor
        How many rows had no donor anywhere and took the rule of their interval.
    """

    values: Floats
    without_donor: int


def impute_counts(
    exact: Floats,
    low: Floats,
    high: Floats,
    cells: Sequence[Codes],
    weights: Floats,
    rng: np.random.Generator,
    *,
    unit: Codes | None = None,
) -> Imputed:
    """Hot-deck values for the rows whose count is not exact, within their intervals.

    A row's donors are the exact rows of its cell whose value lies in its interval, taken from the
    finest cell with at least three of them. Each replicate draws by its own weights, so the
    donors' sampling error is in the result. Where no donor lies in the interval anywhere, a closed
    interval gives a whole number at random and an open one its lower end.

    Parameters
    ----------
    exact
        (n,) values, NaN where uncertain.
    low, high
        (n,) interval ends; NaN is open.
    cells
        (n,) cell codes, the finest first, the last one for all rows.
    weights
        (n x n_draws) replicate weights of the rows; with `unit`, of the units.
    unit
        (n,) position in `weights` of each row's unit.
    """
    unit = np.arange(len(exact)) if unit is None else unit
    rows = np.flatnonzero(np.isnan(exact))
    n_draws = weights.shape[1]
    values = np.zeros((len(rows), n_draws))
    pools = [_Pool.of(exact, cell) for cell in cells]
    low = np.where(np.isnan(low), 0.0, low)
    high = np.where(np.isnan(high), np.inf, high)
    alike: dict[tuple[int, float, float], list[int]] = {}
    for place, row in enumerate(rows):
        alike.setdefault((int(cells[0][row]), low[row], high[row]), []).append(place)

    without = 0
    asking: dict[tuple[int, int, int], list[int]] = {}
    for (_, least, most), places in alike.items():
        level, first, last = _nearest_donors(pools, rows[places[0]], least, most)
        if last > first:
            values[places] = rng.random((len(places), n_draws))
            asking.setdefault((level, first, last), []).extend(places)
        else:
            without += len(places)
            values[places] = _draw_interval(least, most, (len(places), n_draws), rng)
    for (level, first, last), places in asking.items():
        donors = pools[level].donors[first:last]
        values[places] = _of_donors(exact[donors], unit[donors], weights, values[places])
    return Imputed(values, without)


@dataclass(frozen=True, eq=False)
class _Pool:
    """Donors by cell and, within a cell, by value: those of an interval stand together."""

    cell: Codes
    donors: Codes
    values: Floats
    starts: Codes

    @classmethod
    def of(cls, exact: Floats, cell: Codes) -> _Pool:
        known = np.flatnonzero(~np.isnan(exact))
        donors = known[np.lexsort((exact[known], cell[known]))]
        starts = np.searchsorted(cell[donors], np.arange(cell.max(initial=-1) + 2))
        return cls(cell, donors, exact[donors], starts)

    def between(self, row: int, least: float, most: float) -> tuple[int, int]:
        """Where the donors of a row's cell begin and end whose values lie in an interval."""
        first, last = self.starts[self.cell[row]], self.starts[self.cell[row] + 1]
        values = self.values[first:last]
        return (
            int(first + np.searchsorted(values, least, side="left")),
            int(first + np.searchsorted(values, most, side="right")),
        )


def _nearest_donors(
    pools: Sequence[_Pool], row: int, least: float, most: float
) -> tuple[int, int, int]:
    """The finest pool with enough donors, or the last with what it has; and which of its donors."""
    first = last = 0
    for level, pool in enumerate(pools):
        first, last = pool.between(row, least, most)
        if last - first >= MIN_DONORS:
            return level, first, last
    return len(pools) - 1, first, last


def _of_donors(values: Floats, unit: Codes, weights: Floats, points: Floats) -> Floats:
    """Values by weight at points of 0 to 1; equal weights where a replicate has none of them.

    Values ascend, `unit` is their place in `weights`, points are (rows x n_draws). The weights are
    summed once for all rows with the same donors.
    """
    ends = np.append(np.flatnonzero(np.diff(values)) + 1, len(values))
    starts = np.append(0, ends)
    by_value = sparse.csr_array(
        (np.ones(len(values)), unit, starts), shape=(len(ends), len(weights))
    )
    mass = by_value @ weights
    empty = mass.sum(axis=0) <= 0
    mass[:, empty] = np.diff(starts)[:, None]
    cumulated = np.cumsum(mass, axis=0)
    points = points * cumulated[-1]
    at = np.zeros(points.shape, dtype=np.intp)
    for edge in cumulated[:-1]:
        at += points >= edge
    return np.asarray(values[starts[:-1]][at])


def _draw_interval(
    least: float, most: float, shape: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float64]:
    first, last = np.ceil(least), np.floor(most)
    if not np.isfinite(last) or last < first:
        return np.full(shape, least)
    return rng.integers(int(first), int(last) + 1, size=shape).astype(float)
