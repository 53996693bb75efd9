"""Sample paths: the marginal forecasts joined over time and over series.

A path's scores are normal with the mixture's correlation over time (shocks and the candidates'
disagreement: one candidate a path, to second order) and a common factor across series; each score
is then read off the series' own quantile function. So paths, quantiles and totals agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmdemand.draws import rng_for
from xmdemand.market.mixture import Mixture, quantile

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from xmdemand.market.panel_info import PanelInfo


def common_shocks(
    info: PanelInfo, labels: NDArray, *, n: int, horizon: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factor draws of every series' group, (n, G, H), and the group number of each series."""
    names = list(info.labels)
    root = np.linalg.cholesky(info.shared) if names else np.eye(0)
    raw = rng_for(seed, "market", "common").standard_normal((n, horizon, len(names)))
    group = np.array([names.index(label) if label in names else -1 for label in labels], dtype=int)
    return (raw @ root.T).transpose(0, 2, 1), group


def sample_paths(
    mixture: Mixture,
    ids: pd.Index,
    labels: NDArray,
    info: PanelInfo,
    *,
    n: int,
    seed: int,
) -> NDArray[np.float64]:
    """Joint paths, (n, S, H). A series' own shocks depend on the seed and its name alone."""
    n_series, horizon = mixture.factor.shape
    factors, group = common_shocks(info, labels, n=n, horizon=horizon, seed=seed)
    share = np.array([info.correlation.get(label, 0.0) for label in labels])
    scores = np.empty((n, n_series, horizon))
    for at, name in enumerate(ids):
        own = rng_for(seed, "market", "path", str(name)).standard_normal((n, horizon))
        scores[:, at] = np.sqrt(1 - share[at]) * own
        if group[at] >= 0:
            scores[:, at] += np.sqrt(share[at]) * factors[:, group[at]]
    root = np.linalg.cholesky(mixture.correlation + 1e-5 * np.eye(horizon))
    root /= np.sqrt((root**2).sum(axis=2, keepdims=True))
    scores = np.einsum("nsk,shk->nsh", scores, root)
    return quantile(mixture, scores)
