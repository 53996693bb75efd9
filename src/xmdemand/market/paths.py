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
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from xmdemand.market.panel_info import PanelInfo

_CELLS = 200_000
"""Numbers of a block of paths: its temporaries stay in the processor's cache."""


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
    paths = np.empty((n, *mixture.factor.shape))
    for rows, values in _path_blocks(mixture, ids, labels, info, n=n, seed=seed):
        paths[:, rows] = values
    return paths


def sample_sums(
    mixture: Mixture,
    ids: pd.Index,
    labels: NDArray,
    info: PanelInfo,
    *,
    n: int,
    seed: int,
    steps: slice = slice(None),
) -> NDArray[np.float64]:
    """Sums of the same paths over some steps, (n, S); the paths themselves are not kept."""
    sums = np.empty((n, len(ids)))
    for rows, values in _path_blocks(mixture, ids, labels, info, n=n, seed=seed):
        sums[:, rows] = values[:, :, steps].sum(axis=2)
    return sums


def _path_blocks(
    mixture: Mixture,
    ids: pd.Index,
    labels: NDArray,
    info: PanelInfo,
    *,
    n: int,
    seed: int,
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """Positions of a few series and their paths, (n, s, H), block after block."""
    n_series, horizon = mixture.factor.shape
    factors, group = common_shocks(info, labels, n=n, horizon=horizon, seed=seed)
    share = np.array([info.correlation.get(label, 0.0) for label in labels])
    at_once = max(1, _CELLS // (n * horizon))
    for first in range(0, n_series, at_once):
        rows = np.arange(first, min(first + at_once, n_series))
        scores = np.empty((len(rows), n, horizon))
        for own, at in zip(scores, rows, strict=True):
            rng_for(seed, "market", "path", str(ids[at])).standard_normal(out=own)
            own *= np.sqrt(1 - share[at])
            if group[at] >= 0:
                own += np.sqrt(share[at]) * factors[:, group[at]]
        part = mixture.take(rows)
        root = np.linalg.cholesky(part.correlation + 1e-5 * np.eye(horizon))
        root /= np.sqrt((root**2).sum(axis=2, keepdims=True))
        scores = scores @ root.transpose(0, 2, 1)
        yield rows, quantile(part, np.ascontiguousarray(scores.transpose(1, 0, 2)))
