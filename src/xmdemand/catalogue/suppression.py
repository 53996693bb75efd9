"""Cell suppression: which further numbers must be withheld so that none can be worked out.

A reader knows the published numbers (each to its rounding), that nothing is negative, how totals
are made of their parts, and, from last year's files, roughly how large things were. The numbers
that agree with all of that form a polytope; the least and greatest value a withheld cell takes in
it are two linear programmes. Complementary cells are chosen by the linear programme
of Kelly, Golden and Assad (1992; see Fischetti and Salazar, JASA 95, 2000): the cheapest change
of other cells that moves the exposed cell far enough.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

from xmdemand.errors import InputError, name_some
from xmdemand.notes import Note

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

Aim = tuple[int, int]
"""A cell and the direction (-1, +1) in which a reader must be left uncertain."""

MARGIN = 0.12
"""Share by which a withheld number must be uncertain both ways: a tenth, and some to spare."""

LEAST = 1.0
"""... and at least one person."""

CEILING = 4.0
"""How far beyond its value a withheld number is let run in the programmes, in times of the sum."""

TINY = 1e-3
"""Persons by which a programme's answer may be off; far below what a reader could use."""


@dataclass(frozen=True, eq=False)
class System:
    """Numbers and everything a reader knows of how they hang together.

    Attributes
    ----------
    values
        True values of n cells, not negative.
    relations
        (m x n); ``relations @ values == 0``: each total minus its parts.
    links, limits
        (k x n) and (k,); ``links @ values <= limits``: how far cells may have moved in a year.
    base
        Published numbers are rounded to multiples of this.
    cost
        Loss of withholding a cell; infinite for what is published already and cannot be taken
        back.
    """

    values: FloatArray
    relations: csr_array
    links: csr_array
    limits: FloatArray
    base: float
    cost: FloatArray

    def __post_init__(self) -> None:
        if (self.values < 0).any() or not np.isfinite(self.values).all():
            raise InputError.told(Note("catalogue.cells_no_numbers"))
        off = np.abs(self.relations @ self.values)
        if off.size and off.max() > 1e-6 * max(1.0, self.values.max()):
            at = int(off.argmax())
            raise InputError.told(
                Note("catalogue.cells_do_not_add", fields={"relation": at, "off": off[at]})
            )

    def known(self, shown: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Bounds a reader has of every cell: the rounding of a shown one, else only zero."""
        centre = rounded(self.values, self.base)
        top = CEILING * (self.values.sum() + self.base)
        low = np.where(shown, np.maximum(centre - self.base / 2, 0.0), 0.0)
        high = np.where(shown, centre + self.base / 2, top)
        return low, high

    @property
    def moves(self) -> tuple[FloatArray, FloatArray]:
        """How far below and above its value a withheld cell must be able to lie."""
        step = np.maximum(MARGIN * self.values, LEAST)
        return np.minimum(step, self.values), step


def rounded(values: FloatArray, base: float) -> FloatArray:
    """To the nearest multiple, halves up.

    >>> rounded(np.array([4.9, 5.0, 14.0]), 10).tolist()
    [0.0, 10.0, 10.0]
    """
    return np.floor(values / base + 0.5) * base


def _uncleared(system: System, shown: BoolArray, aims: Iterable[Aim]) -> list[Aim]:
    """The (cell, direction) of `aims` not yet known to lie as far from the cell's value as needed.

    One programme pushes all of them at once; whoever gets far enough in its solution is cleared,
    the others are pushed again without those.
    """
    low, high = system.known(shown)
    down, up = system.moves
    found = []
    for direction, step in ((-1, down), (1, up)):
        left = [cell for cell, way in aims if way == direction and step[cell] > TINY]
        while left:
            there = _push(system, low, high, left, direction)
            near = [cell for cell in left if there[cell] < step[cell] - TINY]
            if len(near) == len(left):
                break
            left = near
        found += [(cell, direction) for cell in left]
    return sorted(found)


def _push(
    system: System, low: FloatArray, high: FloatArray, cells: list[int], direction: int
) -> FloatArray:
    """How far every cell lies from its value when some are pushed together in a direction."""
    aim = np.zeros(len(system.values))
    aim[cells] = -direction
    return direction * (_solve(system, low, high, aim) - system.values)


def suppress(system: System, primary: BoolArray, shown: BoolArray) -> BoolArray:
    """Which cells stay shown so that every withheld one is protected.

    Parameters
    ----------
    primary
        Cells that must not be shown.
    shown
        Cells that would be shown if there were nothing to protect; the others are not published
        at all, and only the primary ones among them need protection. What cannot be taken back
        (infinite cost) is shown as it was.

    Returns
    -------
    ndarray of bool
        The cells that may be shown.

    Raises
    ------
    InputError
        If what was published already gives a cell away, whatever is withheld now.
    """
    fixed = shown & np.isinf(system.cost)
    hopeless: set[Aim] = set()
    hidden = np.flatnonzero(primary)
    shown = shown & ~primary
    while len(hidden):
        left = [(int(cell), way) for cell in hidden for way in (-1, 1)]
        before = shown
        # Withholding more only frees more, so what is cleared once stays cleared; and a cell is
        # cleared by its own complement, which may be nothing.
        for cell, direction in _uncleared(system, shown, left):
            more = _complement(system, shown, cell, direction)
            if more is None:
                hopeless.add((cell, direction))
            else:
                shown = shown & ~more
        hidden = np.flatnonzero(before & ~shown)
    if hopeless and not fixed.any():
        raise InputError.told(
            Note(
                "catalogue.cells_exposed",
                fields={"cells": name_some(sorted({cell for cell, _ in hopeless}))},
            )
        )
    _refuse_lost(hopeless, fixed, primary)
    return shown


def _refuse_lost(hopeless: set[Aim], fixed: BoolArray, primary: BoolArray) -> None:
    """Last year's numbers may bound a cell on one side; bounded on both it is lost."""
    lost = [
        cell
        for cell, way in sorted(hopeless)
        if way > 0 and (cell, -1) in hopeless and primary[cell] and not fixed[cell]
    ]
    if lost:
        raise InputError.told(Note("catalogue.cells_given_away", fields={"cells": name_some(lost)}))


def _complement(system: System, shown: BoolArray, cell: int, direction: int) -> BoolArray | None:
    """The cheapest shown cells whose withholding lets one cell move far enough.

    None where no withholding does: what is out already bounds the cell.
    """
    low, high = system.known(shown)
    free = np.flatnonzero(shown & np.isfinite(system.cost))
    n = len(system.values)
    down, up = system.moves
    need = up[cell] if direction > 0 else -down[cell]
    bounds = np.column_stack([low - system.values, high - system.values])
    bounds[:, 0] = np.minimum(bounds[:, 0], 0.0)
    bounds[:, 1] = np.maximum(bounds[:, 1], 0.0)
    bounds[cell] = (need, need)
    extra_up = np.column_stack([np.zeros(len(free)), np.full(len(free), np.inf)])
    extra_down = np.column_stack([np.zeros(len(free)), system.values[free]])
    cost = np.concatenate([np.zeros(n), system.cost[free], system.cost[free]])
    slack = system.limits - system.links @ system.values
    result = linprog(
        cost,
        A_eq=_widened(system.relations, free),
        b_eq=np.zeros(system.relations.shape[0]),
        A_ub=_widened(system.links, free) if len(slack) else None,
        b_ub=np.maximum(slack, 0.0) if len(slack) else None,
        bounds=np.vstack([bounds, extra_up, extra_down]),
        method="highs",
    )
    if result.status != 0:
        return None
    moved = result.x[n : n + len(free)] + result.x[n + len(free) :]
    more = np.zeros(n, dtype=bool)
    more[free[moved > 1e-6]] = True
    return more


def _widened(matrix: csr_array, free: NDArray[np.intp]) -> csr_array:
    part = matrix[:, free]
    return csr_array(hstack([matrix, part, -part]))


def _solve(system: System, low: FloatArray, high: FloatArray, aim: FloatArray) -> FloatArray:
    """The point of the polytope that minimises `aim`."""
    result = linprog(
        aim,
        A_eq=system.relations,
        b_eq=np.zeros(system.relations.shape[0]),
        A_ub=system.links if len(system.limits) else None,
        b_ub=system.limits if len(system.limits) else None,
        bounds=np.column_stack([low, high]),
        method="highs",
    )
    if result.status != 0:
        raise InputError.told(
            Note("catalogue.cells_contradict", fields={"foreign": result.message})
        )
    return np.asarray(result.x, dtype=float)
