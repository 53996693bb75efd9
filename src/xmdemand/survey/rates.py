"""Rates of occupations, smoothed by Fay-Herriot where few firms report."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.draws import Draws
from xmdemand.errors import InputError
from xmdemand.survey.linearise import Floats
from xmdemand.survey.small_area import fay_herriot

RATES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "vacancy_rate": ("vacancies", ("vacancies", "headcount")),
    "long_open_share": ("vacancies_3m", ("vacancies",)),
    "unqualified_share": ("unqualified", ("vacancies",)),
}
"""Name -> total above, totals whose sum is below."""
COLUMNS = ("occupation", "rate", "reporters", "direct", "direct_se", "estimate", "se", "shrinkage")
MIN_REPORTERS = 5
MIN_AREAS = 10


def sampling_variances(variance: Floats, reporters: Floats) -> Floats:
    """A generalised variance function, c / reporters, with c the median of variance x reporters.

    The variance of a rate from one or two firms is itself no estimate (often zero), so that of
    better-reported occupations stands in for it.
    """
    known = (reporters >= MIN_REPORTERS) & (variance > 0)
    if not known.any():
        return np.full(len(variance), np.nan)
    return np.asarray(np.median((variance * reporters)[known]) / np.maximum(reporters, 1))


def smoothed_rates(
    totals: Mapping[str, Draws], reporters: NDArray[np.integer], groups: pd.Index
) -> pd.DataFrame:
    """Direct and smoothed rates of every occupation that has them.

    The model has a mean for every group with enough occupations and one for all others.

    Parameters
    ----------
    totals
        Draws of weighted totals by occupation.
    reporters
        (n_occupations,) firms behind each.
    groups
        (n_occupations,) minor group of each.

    Returns
    -------
    DataFrame
        ``occupation, rate, reporters, direct, direct_se, estimate, se, shrinkage``; empty where
        too few occupations have the rate.
    """
    tables = []
    for name, (above, below) in RATES.items():
        if above not in totals or any(key not in totals for key in below):
            continue
        top = totals[above].values
        bottom = np.sum([totals[key].values for key in below], axis=0)
        seen = bottom.mean(axis=0) > 0
        if seen.sum() < MIN_AREAS:
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            draws = (top / bottom)[:, seen]
        direct = top.mean(axis=0)[seen] / bottom.mean(axis=0)[seen]
        count = reporters[seen].astype(float)
        variance = sampling_variances(np.nanvar(draws, axis=0), count)
        try:
            fit = fay_herriot(direct, variance, group_means(groups[seen]))
        except InputError:  # every rate is the same: there is nothing to smooth
            continue
        tables.append(
            pd.DataFrame(
                {
                    "occupation": totals[above].index[seen],
                    "rate": name,
                    "reporters": count.astype(int),
                    "direct": direct,
                    "direct_se": np.sqrt(variance),
                    "estimate": fit.frame["estimate"].clip(0, 1).to_numpy(),
                    "se": fit.frame["se"].to_numpy(),
                    "shrinkage": fit.frame["shrinkage"].to_numpy(),
                }
            )
        )
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))


def group_means(groups: pd.Index) -> pd.DataFrame:
    """A constant, and an indicator of every group with at least five members but the first."""
    sizes = pd.Series(groups).value_counts()
    large = sorted(sizes.index[sizes >= MIN_REPORTERS])
    if len(large) and sizes[large].sum() == len(groups):
        large = large[1:]
    columns = {"(Intercept)": np.ones(len(groups))}
    return pd.DataFrame(columns | {key: np.asarray(groups == key, float) for key in large})
