"""How far the index may stray from shortage itself: what its indicators do not have in common.

One common factor: t_j = λ_j f + e_j. The index Σ w_j t_j then departs from a scale of the factor by
Σ w_j e_j, whose variance is Σ w_j² ψ_j. Sampling draws know nothing of that part, so P(top k) taken
from them alone promises too much.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def specific_variance(z: Mapping[str, FloatArray], weights: Mapping[str, float]) -> float:
    """Variance of the index that its indicators do not share.

    Parameters
    ----------
    z
        Draws of standardised indicators over rated occupations, (n_draws x occupations).
    weights
        Their weights in the index.

    Returns
    -------
    float
        Σ w² ψ. Zero with a single indicator, which has nothing to disagree with.
    """
    names = list(z)
    if len(names) < 2:
        return 0.0
    means = np.column_stack([z[name].mean(axis=0) for name in names])
    total = np.array([z[name].var() for name in names])
    seen = means.var(axis=0)
    # Posterior means vary less than the truth does, by their reliability; so do their covariances.
    reliability = np.clip(seen / np.maximum(total, 1e-12), 0.05, 1.0)
    true_cov = np.cov(means, rowvar=False) / np.outer(reliability, reliability)
    loadings = common_loadings(true_cov, total)
    w = np.array([weights[name] for name in names])
    return float((w**2 * (total - loadings**2)).sum())


def common_loadings(cov: FloatArray, variance: FloatArray, *, rounds: int = 100) -> FloatArray:
    """Loadings of one factor by iterated principal factors; only off-diagonal entries are used.

    Communalities are held within the variances. Two indicators are taken to load alike.

    >>> lam = np.array([0.9, 0.8, 0.5])
    >>> np.round(common_loadings(np.outer(lam, lam) + np.diag(1 - lam**2), np.ones(3)), 3).tolist()
    [0.9, 0.8, 0.5]
    """
    n = len(variance)
    if n == 2:
        common = np.sqrt(max(float(cov[0, 1]), 0.0) / np.sqrt(variance.prod()))
        return np.asarray(np.minimum(common, 1.0) * np.sqrt(variance))
    off = cov - np.diag(np.diag(cov))
    communality = 0.5 * variance
    loadings = np.zeros(n)
    for _ in range(rounds):
        values, vectors = np.linalg.eigh(off + np.diag(communality))
        loadings = np.sqrt(max(values[-1], 0.0)) * vectors[:, -1]
        loadings = loadings * np.sign(loadings.sum() or 1.0)
        new = np.minimum(loadings**2, variance)
        if np.abs(new - communality).max() < 1e-6 * variance.max():
            break
        communality = new
    return np.asarray(np.sign(loadings) * np.minimum(np.abs(loadings), np.sqrt(variance)))
