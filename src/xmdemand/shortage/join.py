"""Two witnesses of hiring demand, joined without logs of zero: the Gamma-Poisson model.

With survey demand V = C + Y (C from responding take-all firms, Y the sampled rest with variance
φY), register posts R and M = κR, μ = max(M - C, 0.05 M):

    Y/φ | θ ~ Poisson(θ/φ),   θ ~ Gamma(a, a/μ)
    θ | Y   ~ Gamma(a + Y/φ, a/μ + 1/φ)
    D       = π (C + θ),      the survey's weight is μ / (μ + aφ)

where a stands for a (μ/M)²: register and survey disagree about all of V, by κR/√a, and so about
its sampled rest by no less. Without take-all firms (C = 0) it is a itself.

Given κ, a and φ, V is marginally negative binomial with mean κR and size a on the scale of its
dispersion φY/V (pooled, growing with R as the survey's variances do); that is the likelihood of κ
(hires per registered post) and of a (1/a is how far the witnesses disagree). Fitting Y to
max(M - C, 0.05 M) instead would push κ up wherever take-all firms alone plan more than the
register lets expect (by a quarter in the example city).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FLOOR_POSTS = 0.5
"""A register that shows no post still leaves half a post possible."""
MIN_REPORTERS = 10
"""Reporters an occupation needs before its own variance speaks in the pooled φ."""
MIN_FOR_GROWTH = 3
"""Reporters an occupation needs before it tells how φ grows with size."""
FLOOR_DISPERSION = 0.1
"""φ of a survey that is nearly a census, persons."""
ASSUMED_SHAPE = 4.0
"""a where nothing tells how far register and employers disagree (a spread of one half)."""
_SHAPES = np.geomspace(0.15, 60.0, 25)
_PULLS = np.array([0.05, 0.1, 0.2, 0.4, 0.8])
_SHAPE_PULL = 0.4
_DISPERSION_PRIOR = 5.0
"""Occupations the city's φ counts for beside a group's own."""


@dataclass(frozen=True, eq=False)
class Witnesses:
    """Draws of the joined model's parameters, (n_draws x groups)."""

    kappa: FloatArray
    shape: FloatArray
    dispersion: FloatArray
    n: IntArray
    """Occupations with both witnesses, by group."""


def bootstrap_weights(rng: np.random.Generator, n_draws: int, n: int) -> FloatArray:
    """Weights of the weighted-likelihood bootstrap (Newton and Raftery 1994), mean one."""
    weights = rng.standard_exponential((n_draws, n))
    return weights / weights.mean(axis=1, keepdims=True)


def pool_dispersion(
    sampled: FloatArray,
    variance: FloatArray,
    reporters: FloatArray,
    group: IntArray,
    n_groups: int,
    weights: FloatArray,
) -> FloatArray:
    """φ by group and draw: variance per person of the sampled part, pooled, shrunk to the city.

    Only occupations with `MIN_REPORTERS` speak; if none has, all with a sampled part do.

    Returns
    -------
    ndarray
        (n_draws x n_groups), at least `FLOOR_DISPERSION`.
    """
    speaks = (sampled > 0) & (reporters >= MIN_REPORTERS)
    if not speaks.any():
        speaks = sampled > 0
    if not speaks.any():
        return np.full((len(weights), n_groups), 1.0)
    top = weights[:, speaks] * variance[speaks]
    bottom = weights[:, speaks] * sampled[speaks]
    city = top.sum(axis=1) / bottom.sum(axis=1)
    member = (group[speaks, None] == np.arange(n_groups)).astype(float)
    own_n = member.sum(axis=0)
    own_bottom = bottom @ member
    own = np.divide(top @ member, own_bottom, out=np.zeros_like(own_bottom), where=own_bottom > 0)
    pooled = (own_n * own + _DISPERSION_PRIOR * city[:, None]) / (own_n + _DISPERSION_PRIOR)
    return np.maximum(pooled, FLOOR_DISPERSION)


def dispersion_growth(
    sampled: FloatArray, variance: FloatArray, reporters: FloatArray, posts: FloatArray
) -> float:
    """How the sampling variance a person grows with the register's posts: a power of them.

    The slope of log(variance / Y) on log R over occupations with `MIN_FOR_GROWTH` reporters, at
    least 0 and at most 1: what large occupations plan comes from large firms, whose weights carry
    many persons at once. Without enough occupations 0, one φ for all.

    >>> posts = np.geomspace(10, 1000, 12)
    >>> round(dispersion_growth(posts, 3 * posts**1.5, np.full(12, 5), posts), 3)
    0.5
    """
    speaks = (sampled > 0) & (variance > 0) & (reporters >= MIN_FOR_GROWTH)
    if speaks.sum() < MIN_REPORTERS:
        return 0.0
    x = np.log(np.maximum(posts[speaks], FLOOR_POSTS))
    y = np.log(variance[speaks] / sampled[speaks])
    spread = ((x - x.mean()) ** 2).sum()
    slope = ((x - x.mean()) * y).sum() / spread if spread > 0 else 0.0
    return float(np.clip(slope, 0.0, 1.0))


def rest_of_register(expected: FloatArray, certain: FloatArray) -> FloatArray:
    """μ = max(M - C, 0.05 M): what the register leaves for firms that are not take-all.

    >>> rest_of_register(np.array([10.0, 10.0]), np.array([4.0, 20.0])).tolist()
    [6.0, 0.5]
    """
    return np.maximum(expected - certain, 0.05 * expected)


def shape_of_rest(shape: FloatArray, rest: FloatArray, expected: FloatArray) -> FloatArray:
    """a (μ/M)²: the size of θ's Gamma law if V departs from M by M/√a.

    >>> shape_of_rest(np.array([4.0]), np.array([5.0]), np.array([10.0])).tolist()
    [1.0]
    """
    return shape * (rest / expected) ** 2


def log_likelihood(
    planned: FloatArray,
    posts: FloatArray,
    dispersion: FloatArray,
    kappas: FloatArray,
    shapes: FloatArray,
) -> FloatArray:
    """Negative-binomial log likelihood of every occupation at every (κ, a).

    Returns
    -------
    ndarray
        (occupations x len(kappas) x len(shapes)).
    """
    count = (planned / dispersion)[:, None, None]
    mean = (posts[:, None] * kappas / dispersion[:, None])[:, :, None]
    size = shapes[None, None, :]
    return (
        gammaln(count + size)
        - gammaln(size)
        - gammaln(count + 1)
        + size * np.log(size / (size + mean))
        + count * np.log(mean / (size + mean))
    )


def fit_witnesses(
    sampled: FloatArray,
    certain: FloatArray,
    posts: FloatArray,
    dispersion: FloatArray,
    group: IntArray,
    weights: FloatArray,
    *,
    growth: float = 0.0,
) -> Witnesses:
    """κ and a by marginal likelihood, per bootstrap draw: the city's, then each group's.

    A group's log κ is pulled to the city's by a normal prior whose spread is the one of `_PULLS`
    with the highest marginal likelihood over all groups; its log a by a fixed one, since few
    occupations say little of it. The likelihood is tabulated once on a grid; every bootstrap draw
    is a weighted sum of that table, its maximum refined by a parabola.

    Parameters
    ----------
    sampled, certain, posts
        Y, C and R of the occupations both witnesses speak of, persons and posts.
    dispersion
        φ by draw and group, (n_draws x n_groups).
    group
        Group number of each occupation.
    weights
        (n_draws x occupations).
    growth
        Power of the posts with which φ grows (`dispersion_growth`). One φ for all takes what is
        disagreement in small occupations for sampling error, and a comes out too large.
    """
    n_groups = dispersion.shape[1]
    posts = np.maximum(posts, FLOOR_POSTS)
    centre = np.log(max((sampled + certain).sum(), 1.0) / posts.sum())
    kappas = np.exp(centre + np.linspace(-1.8, 1.8, 37))
    planned = sampled + certain
    # Only the sampled part of V has sampling variance: φY, that is (φY/V) V. The share is pooled:
    # an occupation's own would lend weight to those whose sample happened to be low.
    part = float(sampled.sum()) / max(float(planned.sum()), 1e-9)
    size = posts**growth
    size *= posts.sum() / (posts * size).sum()  # the same variance over all occupations
    phi = np.maximum(np.median(dispersion, axis=0)[group] * part * size, FLOOR_DISPERSION)
    table = log_likelihood(planned, posts, phi, kappas, _SHAPES)
    flat = table.reshape(len(sampled), -1)
    city = (weights @ flat).reshape(-1, len(kappas), len(_SHAPES))
    log_kappa, log_shape = _peak(city, np.log(kappas), np.log(_SHAPES))
    member = [np.flatnonzero(group == at) for at in range(n_groups)]
    pull = _choose_pull(
        [table[rows].sum(axis=0) for rows in member], np.log(kappas), table.sum(axis=0)
    )
    kappa = np.repeat(log_kappa[:, None], n_groups, axis=1)
    shape = np.repeat(log_shape[:, None], n_groups, axis=1)
    prior = -0.5 * (
        ((np.log(kappas)[None, :, None] - log_kappa[:, None, None]) / pull) ** 2
        + ((np.log(_SHAPES)[None, None, :] - log_shape[:, None, None]) / _SHAPE_PULL) ** 2
    )
    for at, rows in enumerate(member):
        if len(rows):
            own = (weights[:, rows] @ flat[rows]).reshape(city.shape) + prior
            kappa[:, at], shape[:, at] = _peak(own, np.log(kappas), np.log(_SHAPES))
    return Witnesses(
        kappa=np.exp(kappa),
        shape=np.exp(shape),
        dispersion=dispersion,
        n=np.array([len(rows) for rows in member], dtype=np.int64),
    )


def _choose_pull(own: list[FloatArray], log_kappas: FloatArray, city: FloatArray) -> float:
    """The prior spread of log κ over groups that makes their data most likely."""
    at_kappa, at_shape = np.unravel_index(int(np.argmax(city)), city.shape)
    off = log_kappas - log_kappas[at_kappa]
    evidence = []
    for pull in _PULLS:
        prior = -0.5 * (off / pull) ** 2
        prior = prior - logsumexp(prior)
        evidence.append(sum(float(logsumexp(table[:, at_shape] + prior)) for table in own))
    return float(_PULLS[int(np.argmax(evidence))])


def _peak(surface: FloatArray, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where each surface (n x len(x) x len(y)) is highest, between grid points."""
    flat = surface.reshape(len(surface), -1).argmax(axis=1)
    i, j = np.divmod(flat, len(y))
    rows = np.arange(len(surface))
    return (
        _refine(surface[rows, :, j], i, x),
        _refine(surface[rows, i, :], j, y),
    )


def _refine(line: FloatArray, at: NDArray[np.intp], grid: FloatArray) -> FloatArray:
    """The top of the parabola through a grid maximum and its neighbours."""
    rows = np.arange(len(line))
    inner = np.clip(at, 1, len(grid) - 2)
    left, mid, right = (line[rows, inner + step] for step in (-1, 0, 1))
    bend = left - 2 * mid + right
    shift = np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, -1.0), 0.0)
    step = grid[1] - grid[0]
    return np.where(at == inner, grid[inner] + np.clip(shift, -0.5, 0.5) * step, grid[at])


def join(
    rng: np.random.Generator,
    sampled: FloatArray,
    certain: FloatArray,
    expected: FloatArray,
    shape: FloatArray,
    dispersion: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Draws of C + θ and the survey's weight μ / (μ + aφ).

    Parameters
    ----------
    sampled, certain
        Y and C, persons, by occupation.
    expected
        M = κR by draw and occupation (n_draws x occupations).
    shape, dispersion
        a and φ by draw and occupation.

    Returns
    -------
    tuple of ndarray
        Persons planned (n_draws x occupations), and the weight by occupation (mean of draws).
    """
    mean = rest_of_register(expected, certain)
    size = shape_of_rest(shape, mean, expected)
    theta = rng.standard_gamma(size + sampled / dispersion) / (size / mean + 1 / dispersion)
    weight = mean / (mean + size * dispersion)
    return certain + theta, weight.mean(axis=0)


def neighbours_mean(
    sampled: FloatArray, minor: IntArray, major: IntArray, share: FloatArray | None = None
) -> FloatArray:
    """μ where only the survey speaks: the group's total by past shares, else by its neighbours.

    With `share` (an occupation's part of its major group in the last edition; NaN where unknown)
    the group's sampled total is split by it. Otherwise the other occupations of the minor group
    are averaged with one pseudo-neighbour at the major group's mean, so that nobody is its own
    prior.
    """
    major_total = np.bincount(major, weights=sampled)
    major_n = np.bincount(major)
    major_mean = (major_total / np.maximum(major_n, 1))[major]
    minor_total = np.bincount(minor, weights=sampled)[minor]
    minor_n = np.bincount(minor)[minor]
    near = (minor_total - sampled + major_mean) / minor_n
    if share is not None:
        near = np.where(np.isfinite(share), share * major_total[major], near)
    return np.maximum(near, FLOOR_POSTS)
