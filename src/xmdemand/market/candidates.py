"""The candidates: a coarse grid of exponential-smoothing models, fixed in advance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVELS = (0.06, 0.2, 0.45, 0.75, 1.0)
LEVELS_WITH_SLOPE = (0.15, 0.35, 0.65, 1.0)
SLOPES = (0.2, 0.5)
"""Slope parameter as a share of the level's (beta = share x alpha)."""
DAMPING = 0.9
"""Of a local slope, a step: no forecast goes on by more than nine such slopes."""
SEASONS = ("off", "fixed", "slow", "fast")
FIXED = SEASONS.index("fixed")
ORDER = ("fixed", "off", "slow", "fast")
"""Of the grid, and back again where slopes move: what moves a slope or a season is one run."""
LOCAL = 1
GAMMAS = {"off": 0.0, "fixed": 0.0, "slow": 0.1, "fast": 0.35}
"""Seasonal parameter before it is scaled by (1 - alpha)."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Parameters of C candidates, in any order; those that move one state are best side by side.

    ``slope`` says where the slope starts: 0 none, 1 local (estimated, updated by ``beta``),
    2 drift (the whole history's, shrunk, kept).
    """

    alpha: NDArray[np.float64]
    beta: NDArray[np.float64]
    phi: NDArray[np.float64]
    gamma: NDArray[np.float64]
    slope: NDArray[np.int64]
    season: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.alpha)

    @cached_property
    def fixed(self) -> list[slice]:
        """Candidates whose season does not move."""
        return _runs(self.season == FIXED)

    @cached_property
    def not_fixed(self) -> list[slice]:
        """All others."""
        return _runs(self.season != FIXED)

    @cached_property
    def moving(self) -> list[slice]:
        """Candidates whose season moves."""
        return _runs(self.season > FIXED)

    @cached_property
    def local(self) -> list[slice]:
        """Candidates whose slope moves."""
        return _runs((self.beta != 0) | (self.phi != 1))

    def responses(self, horizon: int, season: int) -> NDArray[np.float64]:
        """c_j: what an error moves the forecast j steps on, (C, horizon), c_0 = 1.

        c_j = alpha + beta (phi + ... + phi^j) + gamma [j is a multiple of the season]
        (Hyndman, Koehler, Ord and Snyder 2008, table 6.1).
        """
        steps = np.arange(1, horizon)
        damped = np.cumsum(self.phi[:, None] ** steps[None, :], axis=1)
        effect = self.alpha[:, None] + self.beta[:, None] * damped
        effect = effect + self.gamma[:, None] * (steps % season == 0)
        return np.concatenate([np.ones((len(self), 1)), effect], axis=1)

    def covariances(self, horizon: int, season: int) -> NDArray[np.float64]:
        """Covariance of the errors 1..horizon ahead for unit variance, (C, horizon, horizon)."""
        c = self.responses(horizon, season)
        lag = np.arange(horizon)[:, None] - np.arange(horizon)[None, :]
        shock = np.where(lag >= 0, c[:, np.maximum(lag, 0)], 0.0)
        return shock @ shock.transpose(0, 2, 1)


def _runs(chosen: NDArray[np.bool_]) -> list[slice]:
    """The candidates chosen as slices, one a run of neighbours."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], chosen, [0]])))
    return [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def make_grid(*, seasonal: bool = True) -> Grid:
    """The grid of the engine: 4 kinds of season x (level, level and drift, local slopes).

    >>> len(make_grid()), len(make_grid(seasonal=False))
    (72, 18)
    """
    kinds: list[tuple[float, float, float, int]] = [(a, 0.0, 1.0, 0) for a in LEVELS]
    kinds += [(a, 0.0, 1.0, 2) for a in LEVELS]
    kinds += [(a, a * s, DAMPING, LOCAL) for a, s in product(LEVELS_WITH_SLOPE, SLOPES)]
    names = ORDER if seasonal else SEASONS[:1]
    rows = [
        (a, b, phi, GAMMAS[name] * (1 - a), slope, SEASONS.index(name))
        for moves, ordered in ((False, names), (True, names[::-1]))
        for name in ordered
        for a, b, phi, slope in kinds
        if (slope == LOCAL) == moves
    ]
    alpha, beta, phi, gamma, slope, season = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    return Grid(alpha=alpha, beta=beta, phi=phi, gamma=gamma, slope=slope, season=season)
