"""What a series' standing among the others tells: one regression for the whole panel.

The next year of a series, relative to the other series of its group, follows linearly from its last
year relative to theirs; the coefficients are common to all series and learnt from all earlier
windows (a global autoregression, Montero-Manso and Hyndman 2021). The common movement is taken out
on both sides, so the panel's few booms and slumps cannot teach where all series go together.

The forecast moves towards it by a share that past origins tell (none, if they tell of no gain):
the slope of (what came - own forecast) on (regression - own forecast). All rests on sums over
series, so blocks of a panel add up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARE_CAP = 0.5
"""The forecast moves no more than half-way to the regression."""
RIDGE = 0.01
"""Of the mean diagonal of the cross-products."""
STRIDE = 3
"""Windows overlap; one in three tells nearly all of it."""
MIN_WINDOWS = 100
FLOOR = 0.02
"""No series counts more than one whose monthly changes in logs have this standard deviation."""
FAR = 8.0
"""Windows are clipped at so many standard deviations of a monthly change."""
MISS = 4.0
"""... and past errors at so many, when the share is judged."""
LIMIT = 0.5
"""Nothing is moved further than this in logs."""
YEARS = 2
"""How many past years' forecasts the share is judged by."""
_CHUNK = 2000
"""Series at a time where what is computed on the way is as large as they are."""


@dataclass(frozen=True, eq=False)
class Relative:
    """What the panel tells of relative movements.

    Attributes
    ----------
    share
        How far forecasts move to the regression, 0 to 0.5; 0 is none.
    coefficients
        (season lags, season steps).
    centre
        By label, the weighted mean of its series' last lags and of their own forecasts,
        (season + horizon,).
    """

    share: float = 0.0
    coefficients: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    centre: dict[str, NDArray[np.float64]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Standing:
    """Where S series stand at the end: log1p less their mean over the last year.

    ``lags`` is (S, season), oldest first; ``base`` that mean, (S,); ``weight`` the inverse variance
    of monthly changes, 0 where the last year is not complete or nothing ever changed.
    """

    lags: NDArray[np.float64]
    base: NDArray[np.float64]
    weight: NDArray[np.float64]


def standing(values: NDArray[np.float64], season: int) -> Standing:
    """Where series stand, from (S, T) values aligned at the last observation."""
    log = np.log1p(values[:, -season:])
    complete = (log.shape[1] == season) & np.isfinite(log).all(axis=1)
    log = np.where(complete[:, None], log, 0.0)
    base = log.mean(axis=1)
    spread, weight = change_spread(values)
    bound = FAR * spread[:, None]
    lags = np.clip(log - base[:, None], -bound, bound)
    if log.shape[1] < season:
        lags = np.zeros((len(values), season))
    return Standing(lags=lags, base=base, weight=np.where(complete, weight, 0.0))


def change_spread(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Standard deviation of monthly changes in logs (floored), and its inverse square or 0."""
    variance = np.empty(len(values))
    for at in range(0, len(values), _CHUNK):
        step = np.diff(np.log1p(values[at : at + _CHUNK]), axis=1)
        known = np.isfinite(step)
        n = np.maximum(known.sum(axis=1), 1)
        step = np.where(known, step, 0.0)
        mean = step.sum(axis=1) / n
        variance[at : at + _CHUNK] = np.maximum((step**2).sum(axis=1) / n - mean**2, 0.0)
    spread = np.maximum(np.sqrt(variance), FLOOR)
    return spread, np.where(variance > 1e-18, spread**-2, 0.0)


@dataclass(frozen=True, eq=False)
class WindowSums:
    """Sums over windows of two years: the year known and the year that came.

    ``cells``: by ``label, years, period`` (``years`` back from the series' end, at most `YEARS`,
    and the window's last period) ``weight`` and weighted sums ``x_0 ..``; ``products``:
    (YEARS + 1, 2 season, 2 season) weighted cross-products by years back; ``n`` windows of each.
    """

    cells: pd.DataFrame
    products: NDArray[np.float64]
    n: NDArray[np.int64]


def window_sums(
    values: NDArray[np.float64], last: NDArray[np.int64], labels: NDArray, season: int
) -> WindowSums:
    """`WindowSums` of series aligned at their last observations, which fall in periods `last`."""
    width = 2 * season
    names, codes = np.unique(labels.astype(str), return_inverse=True)
    back = np.arange(0, max(values.shape[1] - width + 1, 0), STRIDE)
    years = np.minimum(back // season, YEARS)
    first, size = int(last.min()) - values.shape[1], values.shape[1] + int(np.ptp(last)) + 1
    cell = (codes[:, None] * (YEARS + 1) + years[None, :]) * size + last[:, None] - back - first
    sums = np.zeros((width + 1, len(names) * (YEARS + 1) * size))
    products = np.zeros((YEARS + 1, width, width))
    n = np.zeros(YEARS + 1, dtype=np.int64)
    for at in range(0, len(values) if len(back) else 0, _CHUNK):
        part = slice(at, at + _CHUNK)
        x, weight = _windows(values[part], season)
        columns = np.vstack([weight.ravel()[None], (weight[..., None] * x).reshape(-1, width).T])
        for row, column in zip(sums, columns, strict=True):
            row += np.bincount(cell[part].ravel(), column, minlength=sums.shape[1])
        for year in range(YEARS + 1):
            chosen = x[:, years == year].reshape(-1, width)
            own = weight[:, years == year].reshape(-1)
            products[year] += chosen.T @ (own[:, None] * chosen)
            n[year] += np.count_nonzero(own)
    index = pd.MultiIndex.from_product(
        [names, np.arange(YEARS + 1), np.arange(first, first + size)],
        names=["label", "years", "period"],
    )
    used = sums[0] > 0
    table = pd.DataFrame(sums[:, used].T, columns=["weight", *_names(width)], index=index[used])
    return WindowSums(cells=table, products=products, n=n)


def _names(width: int) -> list[str]:
    return [f"x_{k}" for k in range(width)]


def _windows(
    values: NDArray[np.float64], season: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Windows (S, W, 2 season), latest first, less the mean of their first year; weights (S, W)."""
    spread, weight = change_spread(values)
    view = np.lib.stride_tricks.sliding_window_view(np.log1p(values), 2 * season, axis=1)
    x = view[:, ::-1][:, ::STRIDE]
    complete = np.isfinite(x).all(axis=2)
    x = np.where(complete[..., None], x, 0.0)
    x = x - x[..., :season].mean(axis=2, keepdims=True)
    bound = FAR * spread[:, None, None]
    return np.clip(x, -bound, bound), complete * weight[:, None]


def merge_windows(parts: list[WindowSums]) -> WindowSums:
    """Sums of several blocks as one."""
    return WindowSums(
        cells=pd.concat([part.cells for part in parts]).groupby(level=[0, 1, 2]).sum(),
        products=np.sum([part.products for part in parts], axis=0),
        n=np.sum([part.n for part in parts], axis=0),
    )


def regress(sums: WindowSums, years: int = 0) -> NDArray[np.float64] | None:
    """Coefficients (season, season) from windows that ended `years` ago or earlier.

    B = (X'WX + r I)^-1 X'WY over all series and windows, each less the weighted mean of its label
    and period. None where there are too few windows.
    """
    if sums.n[years:].sum() < MIN_WINDOWS:
        return None
    cells = sums.cells[sums.cells.index.get_level_values("years") >= years]
    total = cells.drop(columns="weight").to_numpy()
    common = total.T @ (total / cells["weight"].to_numpy()[:, None])
    products = sums.products[years:].sum(axis=0) - common
    season = len(products) // 2
    known, came = products[:season, :season], products[:season, season:]
    ridge = RIDGE * np.trace(known) / season
    return np.linalg.solve(known + max(ridge, 1e-12) * np.eye(season), came)


def past_rows(
    stands: Standing, medians: NDArray[np.float64], came: NDArray[np.float64]
) -> pd.DataFrame:
    """A past origin as `judge_share` reads it: a row a series, in logs, relative to its base."""
    said, was = (np.log1p(value) - stands.base[:, None] for value in (medians, came))
    columns = {f"lag_{k}": column for k, column in enumerate(stands.lags.T)}
    columns |= {f"said_{h + 1}": column for h, column in enumerate(said.T)}
    columns |= {f"came_{h + 1}": column for h, column in enumerate(was.T)}
    return pd.DataFrame({"weight": stands.weight, **columns})


def judge_share(past: pd.DataFrame, sums: WindowSums) -> float:
    """The share of the way to the regression that would have done best at past origins.

    Parameters
    ----------
    past
        A row a series and origin: ``label, years, weight`` and, relative to the base of the
        origin, ``lag_0 ..``, own forecasts ``said_1 ..`` and what ``came_1 ..``.
    """
    gain = size = 0.0
    for years in range(1, YEARS + 1):
        coefficients = regress(sums, years)
        if coefficients is None:
            continue
        for _, rows in past[past["years"] == years].groupby("label"):
            weight = rows["weight"].to_numpy()
            lags, said, came = (
                _centred(rows.filter(like=name).to_numpy(), weight)
                for name in ("lag_", "said_", "came_")
            )
            bound = MISS / np.sqrt(weight)[:, None]
            move = np.clip(lags @ coefficients[:, : said.shape[1]] - said, -bound, bound)
            miss = np.clip(came - said, -bound, bound)
            gain += float((weight[:, None] * move * miss).sum())
            size += float((weight[:, None] * move**2).sum())
    return float(np.clip(gain / size, 0.0, SHARE_CAP)) if size > 0 else 0.0


def _centred(values: NDArray, weight: NDArray) -> NDArray[np.float64]:
    return values - weight @ values / weight.sum()


def relative_shift(
    stands: Standing, medians: NDArray[np.float64], labels: NDArray, relative: Relative
) -> NDArray[np.float64]:
    """Log factors on the forecasts, (S, H), from their medians (S, H).

    Beyond the first year the last step's factor is kept.
    """
    shift = np.zeros(medians.shape)
    season, steps = len(relative.coefficients), min(len(relative.coefficients), medians.shape[1])
    if not relative.share or not season:
        return shift
    own = np.log1p(medians[:, :steps]) - stands.base[:, None]
    for label, centre in relative.centre.items():
        rows = np.flatnonzero((labels == label) & (stands.weight > 0))
        regression = (stands.lags[rows] - centre[:season]) @ relative.coefficients[:, :steps]
        gap = regression - (own[rows] - centre[season : season + steps])
        shift[rows, :steps] = np.clip(relative.share * gap, -LIMIT, LIMIT)
    shift[:, steps:] = shift[:, steps - 1 : steps]
    return shift
