"""How well the index tells of shortage: what its indicators have in common, and what not.

One common factor: t_j = λ_j f + e_j, Var(e_j) = ψ_j. An index Σ w_j t_j shares c = Σ w_j λ_j with
the factor and has V = c² + Σ w_j² ψ_j, so its reliability (its correlation with a parallel index,
Lord and Novick 1968) is c²/V. The coming year's shortage is taken to be such a parallel sign: no
purer than the index itself. Sampling draws know nothing of that, so P(top k) taken from them alone
promises too much.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

FEWEST = 2
"""Indicators that can tell what they share; for one alone a prior speaks."""
ASSUMED_SHARED = 0.8
"""Part of an indicator's variance that is taken to be shortage where it stands alone: between what
the log ratio shares with a survey's indicators in the worlds the ranking was developed on (0.75)
and what would calibrate replays of six synthetic cities by the ratio alone (0.85)."""


def validity(
    z: Mapping[str, FloatArray],
    weights: Mapping[str, float],
    observed: Mapping[str, BoolArray],
    *,
    assumed: float = ASSUMED_SHARED,
) -> FloatArray:
    """Correlation of every occupation's index with the shortage it is a sign of.

    Where all indicators are observed it is the reliability c²/V. Where some are not, what was drawn
    in their place tells nothing: c c_o / V with c_o over the observed ones. With one indicator
    alone that is the share assumed; of two each is taken to share their correlation (Spearman and
    Brown's formula where their weights are alike).

    Parameters
    ----------
    z
        Draws of standardised indicators over rated occupations, (n_draws x occupations).
    weights
        Their weights in the index.
    observed
        By indicator and occupation.
    assumed
        Share of variance in common where fewer than `FEWEST` indicators are there.

    Returns
    -------
    ndarray
        By occupation, from 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> z = np.random.default_rng(0).normal(size=(10, 50))
    >>> seen = np.ones(50, dtype=bool)
    >>> float(validity({"a": z}, {"a": 1.0}, {"a": seen}, assumed=0.6)[0].round(6))
    0.6
    """
    names = list(z)
    w = np.array([weights[name] for name in names])
    total = np.array([z[name].var() for name in names])
    if len(names) < FEWEST:
        loadings = np.sqrt(assumed * total)
    else:
        loadings = _loadings(z, total)
    shared = w * loadings
    variance = shared.sum() ** 2 + (w**2 * (total - loadings**2)).sum()
    if variance <= 0:
        return np.zeros(z[names[0]].shape[1])
    seen = np.column_stack([observed[name] for name in names]).astype(float)
    return np.asarray(np.clip(shared.sum() * (seen @ shared) / variance, 0.0, 1.0))


def _loadings(z: Mapping[str, FloatArray], total: FloatArray) -> FloatArray:
    means = np.column_stack([values.mean(axis=0) for values in z.values()])
    # Posterior means vary less than the truth does, by their reliability; so do their covariances.
    reliability = np.clip(means.var(axis=0) / np.maximum(total, 1e-12), 0.05, 1.0)
    true_cov = np.cov(means, rowvar=False) / np.outer(reliability, reliability)
    if len(total) == 2:
        # Which of two shares more cannot be told: both are taken to share their correlation.
        both = true_cov[0, 1] / np.sqrt(np.maximum(total.prod(), 1e-24))
        return np.sqrt(np.clip(both, 0.0, 1.0) * total)
    return common_loadings(true_cov, total)


def promise(
    index: FloatArray, valid: FloatArray, rng: np.random.Generator, *, trust: float = 1.0
) -> FloatArray:
    """Draws of the coming shortage given draws of the index, on a scale of its own.

    r (I - mean) + sd(I) √(1 - r²) ε, with r the validity. `trust` multiplies r / √(1 - r²), to
    which the slope of logistic calibration is proportional: past outcomes teach it.

    >>> rng = np.random.default_rng(0)
    >>> index = rng.normal(size=(2000, 3)) + [0.0, 1.0, 2.0]
    >>> made = promise(index, np.full(3, 0.8), rng)
    >>> bool(abs(np.corrcoef(index.ravel(), made.ravel())[0, 1] - 0.8) < 0.02)
    True
    """
    signal = trust * valid
    noise = np.sqrt(1 - valid**2)
    length = np.maximum(np.hypot(signal, noise), 1e-12)
    own = (signal / length) * (index - index.mean())
    rest = (noise / length) * index.std() * rng.standard_normal(index.shape)
    return np.asarray(own + rest)


def common_loadings(cov: FloatArray, variance: FloatArray, *, rounds: int = 500) -> FloatArray:
    """Loadings of one factor by minimum residuals (Harman and Jones 1966), off-diagonals only.

    Each loading in turn is the regression of its covariances on the other loadings, held within its
    standard deviation. The sum of loadings is not negative.

    >>> lam = np.array([0.9, 0.8, 0.5])
    >>> np.round(common_loadings(np.outer(lam, lam) + np.diag(1 - lam**2), np.ones(3)), 3).tolist()
    [0.9, 0.8, 0.5]
    """
    limit = np.sqrt(variance)
    off = cov - np.diag(np.diag(cov))
    loadings = np.sqrt(0.5) * limit
    for _ in range(rounds):
        before = loadings.copy()
        for at in range(len(loadings)):
            rest = loadings @ loadings - loadings[at] ** 2
            own = off[at] @ loadings / rest if rest > 0 else 0.0
            loadings[at] = np.clip(own, -limit[at], limit[at])
        if np.abs(loadings - before).max() <= 1e-7 * limit.max():
            break
    return np.asarray(loadings * (np.sign(loadings.sum()) or 1.0))
