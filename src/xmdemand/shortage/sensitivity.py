"""How much the ranking owes to choices (weights, scale, aggregation), apart from sampling."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.errors import NotFoundError
from xmdemand.shortage.ranks import point_ranks, rank_draws

FloatArray = NDArray[np.float64]
CONCENTRATION = 60.0
"""Dirichlet concentration: weights vary by about a quarter of a weight of 0.2."""


def weight_draws(
    rng: np.random.Generator,
    weights: FloatArray,
    n_draws: int,
    concentration: float = CONCENTRATION,
) -> FloatArray:
    """Dirichlet weights around the declared ones, (n_draws x indicators)."""
    return rng.dirichlet(np.maximum(weights, 1e-6) * concentration, size=n_draws)


def normalised(z: FloatArray, how: str) -> FloatArray:
    """Other scales for the same indicators: ``min_max``, ``percentile``, ``standard``."""
    if how == "min_max":
        span = np.ptp(z, axis=0)
        return (z - z.min(axis=0)) / np.where(span > 0, span, 1.0)
    if how == "percentile":
        return 1 - (np.column_stack([point_ranks(column) for column in z.T]) - 1) / max(
            len(z) - 1, 1
        )
    if how == "standard":
        spread = z.std(axis=0)
        return (z - z.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    raise NotFoundError(f"no scale {how!r}: min_max, percentile or standard")


def geometric(z: FloatArray, weights: FloatArray) -> FloatArray:
    """Weighted geometric mean of indicators scaled to [1, 100]: little substitution among them."""
    scaled = 1 + 99 * normalised(z, "min_max")
    return np.exp(np.log(scaled) @ weights)


def alternatives(
    z: Mapping[str, FloatArray], weights: Mapping[str, float]
) -> dict[tuple[str, str], FloatArray]:
    """Index values under other choices, by (choice, alternative).

    Parameters
    ----------
    z
        Mean standardised indicator by rated occupation.
    weights
        Their weights, summing to one.
    """
    names = list(z)
    table = np.column_stack([z[name] for name in names])
    w = np.array([weights[name] for name in names])
    found: dict[tuple[str, str], FloatArray] = {
        ("weights", "equal"): table.mean(axis=1),
        ("normalisation", "min_max"): normalised(table, "min_max") @ w,
        ("normalisation", "percentile"): normalised(table, "percentile") @ w,
        ("normalisation", "standard"): normalised(table, "standard") @ w,
        ("aggregation", "geometric"): geometric(table, w),
        ("aggregation", "median_rank"): -np.median(
            np.column_stack([point_ranks(column) for column in table.T]), axis=1
        ),
    }
    if len(names) > 1:
        for at, name in enumerate(names):
            rest = np.delete(w, at)
            if rest.sum() > 0:
                found[("left_out", name)] = np.delete(table, at, axis=1) @ rest / rest.sum()
    return found


def sensitivity(
    z: Mapping[str, FloatArray],
    weights: Mapping[str, float],
    *,
    top: int,
    rng: np.random.Generator,
    n_draws: int = 500,
) -> tuple[pd.DataFrame, FloatArray, FloatArray]:
    """Mean absolute rank shift and share of the top kept under every other choice.

    Returns
    -------
    tuple
        ``choice, alternative, mean_rank_shift, top_kept`` (Dirichlet weights: the mean over
        draws), and the 5th and 95th percentile of every occupation's rank over Dirichlet weights.
    """
    names = list(z)
    table = np.column_stack([z[name] for name in names])
    w = np.array([weights[name] for name in names])
    nominal = point_ranks(table @ w)
    k = min(top, len(nominal))
    rows = []
    for (choice, name), values in alternatives(z, weights).items():
        ranks = point_ranks(values)
        rows.append((choice, name, *_shift(nominal, ranks[None, :], k)))
    drawn = weight_draws(rng, w, n_draws) @ table.T
    ranks = rank_draws(drawn).astype(float)
    rows.insert(0, ("weights", "dirichlet", *_shift(nominal, ranks, k)))
    lower, upper = np.quantile(ranks, [0.05, 0.95], axis=0)
    columns = ["choice", "alternative", "mean_rank_shift", "top_kept"]
    return pd.DataFrame(rows, columns=columns), lower, upper


def _shift(nominal: FloatArray, ranks: FloatArray, k: int) -> tuple[float, float]:
    kept = ((ranks <= k) & (nominal <= k)).sum(axis=1) / max((nominal <= k).sum(), 1)
    return float(np.abs(ranks - nominal).mean()), float(kept.mean())
