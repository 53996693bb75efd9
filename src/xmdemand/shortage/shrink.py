"""Shrinkage of occupation values to their minor group: a two-level normal model.

    x_o = t_o + e_o,  e_o ~ N(0, v_o);  t_o ~ N(m_g, τ²);  m_g ~ N(m, ω²)

with τ², ω² by restricted maximum likelihood. Raw bootstrap draws of thin occupations are
over-confident (three identical returns have no spread at all); draws from here are not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

THIN = 10
"""Below so many cases an occupation's own variance is not believed."""


@dataclass(frozen=True, eq=False)
class Shrunk:
    """The fitted model; `draw` gives joint draws of the true values."""

    estimate: FloatArray
    variance: FloatArray
    group: IntArray
    centre: float
    centre_var: float
    within: float
    """τ², the variance of occupations in their group."""
    between: float
    """ω², the variance of groups in the city."""

    @property
    def weight(self) -> FloatArray:
        """The own value's weight against its group's, by occupation; 0 where none was observed."""
        seen = np.isfinite(self.estimate)
        own = self.within / np.maximum(self.within + self.variance, 1e-12)
        return np.where(seen, own, 0.0)

    def group_moments(self) -> tuple[FloatArray, FloatArray]:
        """Posterior mean and variance of every group's mean."""
        seen = np.isfinite(self.estimate)
        n_groups = int(self.group.max()) + 1
        precision = np.where(seen, 1 / np.maximum(self.variance + self.within, 1e-12), 0.0)
        mass = np.bincount(self.group, weights=precision, minlength=n_groups)
        pull = np.bincount(
            self.group,
            weights=precision * np.where(seen, self.estimate, 0.0),
            minlength=n_groups,
        )
        prior_var = self.between + self.centre_var
        if prior_var <= 1e-12:
            return np.full(n_groups, self.centre), np.zeros(n_groups)
        total = mass + 1 / prior_var
        return (pull + self.centre / prior_var) / total, 1 / total

    def draw(self, rng: np.random.Generator, n_draws: int) -> FloatArray:
        """(n_draws x occupations); the unobserved come from their group's predictive law."""
        mean, var = self.group_moments()
        groups = mean + np.sqrt(var) * rng.standard_normal((n_draws, len(mean)))
        weight = self.weight
        own = np.where(np.isfinite(self.estimate), self.estimate, 0.0)
        spread = np.sqrt(self.within * (1 - weight))
        noise = rng.standard_normal((n_draws, len(weight)))
        return weight * own + (1 - weight) * groups[:, self.group] + spread * noise


def believable(variance: FloatArray, n: FloatArray) -> FloatArray:
    """Variances in which thin occupations take the pooled variance per case.

    The pooled variance per case is the median of n v over occupations with `THIN` cases or more
    (all, if there are none); an occupation below `THIN` gets it over n, and nobody less than a
    quarter of it.
    """
    cases = np.maximum(n, 1.0)
    solid = (n >= THIN) & np.isfinite(variance)
    use = solid if solid.any() else np.isfinite(variance)
    if not use.any():
        return np.full(len(variance), np.nan)
    pooled = float(np.median((variance * cases)[use]))
    smooth = pooled / cases
    return np.where(solid, np.maximum(variance, 0.25 * smooth), np.fmax(variance, smooth))


def shrink(estimate: FloatArray, variance: FloatArray, group: IntArray) -> Shrunk:
    """Fit the two-level model by restricted maximum likelihood.

    Parameters
    ----------
    estimate
        Observed values by occupation, NaN where there is none.
    variance
        Their sampling variances.
    group
        Group number of every occupation, also of the unobserved.
    """
    seen = np.isfinite(estimate)
    y, v, g = estimate[seen], np.nan_to_num(variance[seen]), group[seen]
    if len(y) == 0:
        return Shrunk(estimate, variance, group, np.nan, np.nan, np.nan, np.nan)
    scale = float(np.var(y)) if len(y) > 1 else 0.0
    if scale <= 1e-12:
        return Shrunk(estimate, np.nan_to_num(variance), group, float(y[0]), 0.0, 0.0, 0.0)
    n_groups = int(group.max()) + 1

    def deviance(logs: FloatArray) -> float:
        return _restricted(y, v, g, n_groups, scale * np.exp(logs))[0]

    start = np.log([0.3, 0.3])
    found = minimize(deviance, start, method="L-BFGS-B", bounds=[(-14.0, 3.0), (-14.0, 3.0)])
    parts = scale * np.exp(found.x)
    _, centre, centre_var = _restricted(y, v, g, n_groups, parts)
    return Shrunk(
        estimate,
        np.nan_to_num(variance),
        group,
        centre,
        centre_var,
        float(parts[0]),
        float(parts[1]),
    )


def _restricted(
    y: FloatArray, v: FloatArray, g: IntArray, n_groups: int, parts: FloatArray
) -> tuple[float, float, float]:
    """Minus twice the restricted log likelihood, the GLS centre and its variance.

    Each group's covariance is diag(v + τ²) + ω²11', inverted by Sherman and Morrison.
    """
    within, between = parts
    precision = 1 / (v + within)
    mass = np.bincount(g, weights=precision, minlength=n_groups)
    first = np.bincount(g, weights=precision * y, minlength=n_groups)
    shrunk = 1 + between * mass
    weight = mass / shrunk
    total = weight.sum()
    centre = (first / shrunk).sum() / total
    off = y - centre
    cross = np.bincount(g, weights=precision * off, minlength=n_groups)
    quadratic = (precision * off**2).sum() - (between * cross**2 / shrunk).sum()
    logdet = -np.log(precision).sum() + np.log(shrunk).sum()
    return float(logdet + quadratic + np.log(total)), float(centre), float(1 / total)
