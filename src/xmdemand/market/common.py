"""What series share before any is forecast: the shape of the year, and which candidates suit.

Short histories tell little of either by themselves. Both rest on sums over series and on a small
sample chosen by a hash of the names, so blocks of a panel give the same as the whole.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xmdemand.market.engine import Prior, learn_prior
from xmdemand.market.relative import change_spread
from xmdemand.market.start import seasonal_pattern

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmdemand.market.panel import Panel

SAMPLE = 96
"""How many series (chosen by a hash of their names) stand for all where all would cost too much."""
_CHUNK = 5000
MIN_SERIES = 5
"""Fewer series have nothing in common: no shape of the year, total or factor of their own."""
CAUTION = 2.0
"""The common year is shrunk as if it were known half as well: one slump is no season."""
OWN_YEARS = 2.0
"""The common shape is taken out of histories of so many years; of longer ones, a part."""
YEAR_LIMIT = 2.0
"""No period of the common year lies further than this from the mean, in logs."""


@dataclass(frozen=True, eq=False)
class Common:
    """What all series (of a group) share.

    Attributes
    ----------
    year
        By label, log deviations of the periods of a year, (season,), by period modulo season.
    prior
        Of the candidates for the series as they are ...
    quarter_prior
        ... and for their sums by quarters.
    """

    year: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    prior: Prior = field(default_factory=Prior)
    quarter_prior: Prior = field(default_factory=Prior)


@dataclass(frozen=True, eq=False)
class FirstLook:
    """Evidence of a block for `Common`.

    Attributes
    ----------
    steps
        By ``label, period``: ``weight``, weighted sum of log ``step`` to the period, ``n`` series.
    hashes, labels, last, values
        The sample: (s,), (s,), (s,) and (s, T).
    """

    steps: pd.DataFrame
    hashes: NDArray[np.int64]
    labels: NDArray
    last: NDArray[np.int64]
    values: NDArray[np.float64]


def sample_rows(ids: pd.Index) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Rows of the sample, and the hashes of all names: the smallest are the sample."""
    hashes = np.array([zlib.crc32(str(name).encode()) for name in ids], dtype=np.int64)
    return np.argsort(hashes, kind="stable")[:SAMPLE], hashes


def look(panel: Panel, labels: NDArray) -> FirstLook:
    """First look at a block, a few thousand series at a time."""
    names, codes = np.unique(labels.astype(str), return_inverse=True)
    n_steps = panel.values.shape[1] - 1
    first = int(panel.last.min()) - n_steps + 1
    width = int(panel.last.max()) - first + 1
    index = pd.MultiIndex.from_product(
        [names, np.arange(first, first + width)], names=["label", "period"]
    )
    total = np.zeros((3, len(index)))
    for at in range(0, len(codes), _CHUNK):
        part = slice(at, at + _CHUNK)
        steps = np.diff(np.log1p(panel.values[part]), axis=1)
        weight = change_spread(panel.values[part])[1][:, None]
        known = np.isfinite(steps) & (weight > 0)
        end = codes[part] * width + panel.last[part] - first
        cell = (end[:, None] - np.arange(n_steps - 1, -1, -1)).ravel()
        steps = np.where(known, steps, 0.0)
        for row, what in zip(total, (known * weight, weight * steps, known), strict=True):
            row += np.bincount(cell, what.ravel(), minlength=len(index))
    chosen, hashes = sample_rows(panel.ids)
    return FirstLook(
        steps=pd.DataFrame(total.T, columns=["weight", "step", "n"], index=index),
        hashes=hashes[chosen],
        labels=labels[chosen],
        last=panel.last[chosen],
        values=panel.values[chosen],
    )


def merge_looks(parts: Sequence[FirstLook]) -> FirstLook:
    """First looks at several blocks as one."""
    if len(parts) == 1:
        return parts[0]
    hashes = np.concatenate([part.hashes for part in parts])
    width = max(part.values.shape[1] for part in parts)
    values = np.full((len(hashes), width), np.nan)
    at = 0
    for part in parts:
        n, own = part.values.shape
        values[at : at + n, width - own :] = part.values
        at += n
    kept = np.argsort(hashes, kind="stable")[:SAMPLE]
    return FirstLook(
        steps=pd.concat([part.steps for part in parts]).groupby(level=[0, 1]).sum(),
        hashes=hashes[kept],
        labels=np.concatenate([part.labels for part in parts])[kept],
        last=np.concatenate([part.last for part in parts])[kept],
        values=values[kept],
    )


def learn_common(seen: FirstLook, season: int) -> Common:
    """What the series share, from a first look at all of them."""
    names = seen.steps.index.unique(0)
    years = {str(name): _year(pd.DataFrame(seen.steps.loc[name]), season) for name in names}
    year = {name: shape for name, shape in years.items() if shape.any()}
    varied = np.nanmax(seen.values, axis=1) > np.nanmin(seen.values, axis=1)
    values, labels, last = seen.values[varied], seen.labels[varied], seen.last[varied]
    if not len(values):
        return Common(year=year)
    shape = year_shape(year, values, labels, season)
    flat = values / np.exp(shape_at(shape, last, np.arange(1 - values.shape[1], 1)))
    quarters = quarter_sums(flat, season)
    quarters = quarters[np.isfinite(quarters).any(axis=1)]
    return Common(
        year=year,
        prior=learn_prior(flat, season=season),
        quarter_prior=learn_prior(quarters, season=4) if len(quarters) else Prior(),
    )


def _year(periods: pd.DataFrame, season: int) -> NDArray[np.float64]:
    """The seasonal pattern of the average log step, chained, as far back as enough are seen."""
    first, last = int(periods.index.min()), int(periods.index.max())
    full = periods.reindex(np.arange(first, last + 1), fill_value=0.0)
    thin = np.flatnonzero(full["n"].to_numpy() < MIN_SERIES)
    full = full.iloc[int(thin[-1]) + 1 if len(thin) else 0 :]
    if len(full) < 2 * season - 1:
        return np.zeros(season)
    chained = np.concatenate([[0.0], np.cumsum(full["step"] / full["weight"])])
    pattern = seasonal_pattern(chained[None], np.zeros(1, int), season, caution=CAUTION)[0]
    year = np.empty(season)
    year[(last + 1 - len(chained) + np.arange(season)) % season] = pattern
    return np.clip(year, -YEAR_LIMIT, YEAR_LIMIT)


def year_shape(
    year: dict[str, NDArray[np.float64]], values: NDArray, labels: NDArray, season: int
) -> NDArray[np.float64]:
    """Log deviations taken out of every series, (S, season) by period modulo season.

    A series of two years can hardly tell its own year; one of ten can, and the common one would
    only stand in its way: beyond `OWN_YEARS` its share falls as one over the years.
    """
    shape = np.zeros((len(values), season))
    years = np.isfinite(values).sum(axis=1) / season
    share = np.minimum(1.0, OWN_YEARS / np.maximum(years, 1e-9))
    for label, common in year.items():
        rows = labels == label
        shape[rows] = share[rows, None] * common
    return shape


def shape_at(shape: NDArray, last: NDArray[np.int64], steps: NDArray) -> NDArray[np.float64]:
    """The shape so many steps after every series' last period, (S, len(steps))."""
    phase = (last[:, None] + steps[None, :]) % shape.shape[1]
    return np.take_along_axis(shape, phase, axis=1)


def quarter_sums(values: NDArray[np.float64], season: int) -> NDArray[np.float64]:
    """Sums of the last 3, 6, ... months before each; NaN if one is missing. Empty if no months."""
    width = season // 4
    n = values.shape[1] // width if width > 1 else 0
    return values[:, values.shape[1] - n * width :].reshape(len(values), n, width).sum(axis=2)
