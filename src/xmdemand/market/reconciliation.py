"""`reconcile`: forecasts that add up, over occupation x district or a classification's tree.

Points are reconciled by minimum trace (Wickramasuriya, Athanasopoulos and Hyndman 2019); each
bottom series' paths are then scaled to its reconciled mean and summed again. So the spread of
every node comes from joint bottom paths, sums are exact in every path, and nothing is negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from xmdemand.draws import check_level
from xmdemand.errors import InputError, NotFoundError
from xmdemand.market.engine import fit_many
from xmdemand.market.forecasts import Forecast
from xmdemand.market.mixture import Mixture, moments
from xmdemand.market.panel import Panel
from xmdemand.notes import Note, Notes
from xmdemand.results import Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

Method = Literal["mint_shrink", "wls", "ols", "bottom_up"]
METHODS: tuple[Method, ...] = ("mint_shrink", "wls", "ols", "bottom_up")
FACTOR_BOUNDS = (0.2, 5.0)
_PATHS = 1000


@dataclass(frozen=True, eq=False)
class Reconciled(Result):
    """Coherent forecasts of every node.

    Attributes
    ----------
    frame
        ``level, node, ds, base, mean, median, lower, upper, interval_level``: ``base`` the
        node's own forecast, ``mean`` to ``upper`` the reconciled one from paths. Level
        ``unique_id`` are the bottom series, ``total`` is everything.
    forecast
        The bottom series, reconciled (a `Forecast`).
    diagnostics
        ``level, nodes, incoherence_before, incoherence_after, largest_adjustment, where``:
        incoherence is the sum of absolute differences between the nodes' and the summed bottom
        forecasts, relative to the nodes' sum.
    """

    frame: pd.DataFrame
    forecast: Forecast
    diagnostics: pd.DataFrame
    method: Method
    notes: Notes = ()


def reconcile(
    fc: Forecast,
    hierarchy: Sequence[str] | pd.DataFrame,
    method: Method = "mint_shrink",
    *,
    level: float = 0.8,
    n: int = _PATHS,
) -> Reconciled:
    """Make forecasts of a panel and of its sums agree.

    Parameters
    ----------
    fc
        Forecast of the bottom series, all ending in the same period.
    hierarchy
        Key columns of the panel whose groups are sums, or a frame of such columns indexed by
        ``unique_id``; nested (major, minor) or crossed (occupation, district). The total is added.
    method
        ``mint_shrink`` (covariance of one-step errors, shrunk to its diagonal), ``wls`` (that
        diagonal), ``ols`` (equal), ``bottom_up`` (sums only).

    Raises
    ------
    InputError, NotFoundError
        If the method or a column is unknown, or series end in different periods.
    """
    level = check_level(level)
    if method not in METHODS:
        raise InputError(f"method is one of {', '.join(METHODS)}, got {method!r}")
    if len(np.unique(fc.panel.last)) > 1:
        raise InputError("reconcile needs series that end in the same period; cut the panel first")
    groups = _groups(fc, hierarchy)
    nodes, summing = _summing(groups)
    bottom, _ = moments(fc.mixture)
    upper, upper_errors = _own_forecasts(fc, summing)
    errors = np.concatenate([upper_errors, _errors(fc.panel, fc.horizon)])
    target = (
        bottom if method == "bottom_up" else _minimum_trace(upper, bottom, summing, errors, method)
    )
    factor = np.clip(target / np.maximum(bottom, 1e-12), *FACTOR_BOUNDS)
    factor = np.where(bottom > 1e-9, factor, 1.0)
    adjusted = fc.with_factor(factor)
    paths = adjusted.draws(n).values
    frame = _frame(adjusted, nodes, summing, upper, bottom, paths, level)
    published = frame["mean"].to_numpy().reshape(-1, fc.horizon)
    target = moments(adjusted.mixture)[0]
    diagnostics = _diagnostics(nodes, summing, upper, bottom, target, published)
    notes = _notes(diagnostics, factor, fc)
    return Reconciled(
        frame=frame,
        forecast=adjusted,
        diagnostics=diagnostics,
        method=method,
        notes=fc.notes + notes,
    )


def _groups(fc: Forecast, hierarchy: Sequence[str] | pd.DataFrame) -> pd.DataFrame:
    if isinstance(hierarchy, pd.DataFrame):
        missing = fc.panel.ids.difference(hierarchy.index)
        if len(missing):
            raise NotFoundError(f"the hierarchy does not place series {list(missing[:5])}")
        table = hierarchy.loc[fc.panel.ids]
    else:
        names = [hierarchy] if isinstance(hierarchy, str) else list(hierarchy)
        unknown = [name for name in names if name not in fc.panel.keys.columns]
        if unknown:
            raise NotFoundError(
                f"the panel has no key column {', '.join(unknown)}; "
                f"it has {list(fc.panel.keys.columns)}"
            )
        table = fc.panel.keys[names]
    if table.isna().any(axis=None):
        raise InputError("the hierarchy has missing labels")
    return table


def _summing(groups: pd.DataFrame) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Upper nodes (``level, node``) and the matrix that sums the bottom into them."""
    nodes, rows = [("total", "total")], [np.ones(len(groups))]
    for name in groups.columns:
        codes, labels = pd.factorize(groups[name], sort=True)
        for code, label in enumerate(labels):
            nodes.append((str(name), str(label)))
            rows.append((codes == code).astype(float))
    return pd.DataFrame(nodes, columns=["level", "node"]), np.array(rows)


def _sums(values: NDArray[np.float64], summing: NDArray[np.float64]) -> NDArray[np.float64]:
    """Histories of the nodes, from the first period in which all their series are known."""
    known = np.isfinite(values).astype(float)
    whole = summing @ known >= summing.sum(axis=1, keepdims=True) - 1e-9
    return np.where(whole, summing @ np.nan_to_num(values), np.nan)


def _own_forecasts(
    fc: Forecast, summing: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean forecasts of the nodes by themselves, and their one-step errors."""
    sums = _sums(fc.panel.values, summing)
    bottom_up = summing @ moments(fc.mixture)[0]
    fitted = np.isfinite(sums[:, -1]) & (np.isfinite(sums).sum(axis=1) >= 3)
    own, errors = bottom_up.copy(), np.full(sums.shape, np.nan)
    varied = fitted & (np.nanmax(np.nan_to_num(sums), axis=1) > 0)
    if varied.any():
        fit = fit_many(sums[varied], season=fc.panel.season, horizon=fc.horizon)
        own[varied] = moments(fit.mixture)[0]
        errors[varied] = fit.residuals * _one_step_deviation(fit.mixture)[:, None]
    return own, errors


def _errors(panel: Panel, horizon: int) -> NDArray[np.float64]:
    fit = fit_many(panel.values, season=panel.season, horizon=horizon)
    return fit.residuals * _one_step_deviation(fit.mixture)[:, None]


def _one_step_deviation(mixture: Mixture) -> NDArray[np.float64]:
    return np.sqrt(moments(mixture)[1][:, 0])


def _minimum_trace(
    upper: NDArray,
    bottom: NDArray,
    summing: NDArray,
    errors: NDArray,
    method: Method,
) -> NDArray[np.float64]:
    """Reconciled bottom means: y - W C' (C W C')^-1 C y with C = [I, -S] (bottom rows of it)."""
    covariance = _covariance(errors, method)
    constraint = np.concatenate([np.eye(len(summing)), -summing], axis=1)
    together = np.concatenate([upper, bottom])
    projected = constraint @ covariance
    middle = projected @ constraint.T
    middle += 1e-9 * np.trace(middle) / len(middle) * np.eye(len(middle))
    correction = projected.T @ np.linalg.solve(middle, constraint @ together)
    return np.maximum(together - correction, 0.0)[len(upper) :]


def _covariance(errors: NDArray, method: Method) -> NDArray[np.float64]:
    if method == "ols":
        return np.eye(len(errors))
    clean = np.nan_to_num(errors)
    n = np.maximum(np.isfinite(errors).sum(axis=1), 1)
    variance = (clean**2).sum(axis=1) / n
    variance = np.maximum(variance, 1e-6 * max(float(variance.max()), 1e-12))
    if method == "wls":
        return np.diag(variance)
    unit = clean / np.sqrt(variance)[:, None]
    both = np.isfinite(errors).astype(float)
    count = np.maximum(both @ both.T, 1.0)
    correlation = unit @ unit.T / count
    np.fill_diagonal(correlation, 1.0)
    shrink = _shrinkage(unit, correlation, count)
    correlation *= 1.0 - shrink
    np.fill_diagonal(correlation, 1.0)
    return correlation * np.sqrt(np.outer(variance, variance))


def _shrinkage(unit: NDArray, correlation: NDArray, count: NDArray) -> float:
    """Intensity of Schaefer and Strimmer (2005): sum of variances over sum of squares."""
    second = (unit**2) @ (unit**2).T / count
    noise = np.maximum(second - correlation**2, 0.0) / np.maximum(count - 1, 1.0)
    off = ~np.eye(len(correlation), dtype=bool)
    size = float((correlation[off] ** 2).sum())
    return float(np.clip(noise[off].sum() / size, 0.0, 1.0)) if size > 0 else 1.0


def _frame(
    fc: Forecast,
    nodes: pd.DataFrame,
    summing: NDArray,
    upper: NDArray,
    bottom: NDArray,
    paths: NDArray,
    level: float,
) -> pd.DataFrame:
    tail = (1 - level) / 2
    names = pd.concat(
        [nodes, pd.DataFrame({"level": "unique_id", "node": fc.panel.ids.astype(str)})],
        ignore_index=True,
    )
    base = np.concatenate([upper, bottom])
    dates = fc.panel.dates(fc.panel.last[0] + np.arange(1, fc.horizon + 1))
    parts = []
    for step in range(fc.horizon):
        values = np.concatenate([paths[:, :, step] @ summing.T, paths[:, :, step]], axis=1)
        low, middle, high = np.quantile(values, [tail, 0.5, 1 - tail], axis=0)
        parts.append(
            names.assign(
                ds=dates[step],
                base=base[:, step],
                mean=values.mean(axis=0),
                median=middle,
                lower=low,
                upper=high,
                interval_level=level,
            )
        )
    order = np.arange(len(names)).repeat(fc.horizon).reshape(len(names), fc.horizon)
    place = (order + np.arange(fc.horizon)[None, :] * len(names)).ravel()
    return pd.concat(parts, ignore_index=True).iloc[place].reset_index(drop=True)


def _diagnostics(
    nodes: pd.DataFrame,
    summing: NDArray,
    upper: NDArray,
    bottom: NDArray,
    target: NDArray,
    published: NDArray,
) -> pd.DataFrame:
    before, after = np.abs(upper - summing @ bottom), summing @ target
    left = np.abs(published[: len(nodes)] - summing @ published[len(nodes) :])
    change = (after - upper).sum(axis=1) / np.maximum(upper.sum(axis=1), 1e-9)
    rows = []
    for name, at in nodes.groupby("level", sort=False).indices.items():
        places = np.asarray(at)
        worst = int(places[np.argmax(np.abs(change[places]))])
        size = max(float(upper[at].sum()), 1e-9)
        rows.append(
            {
                "level": name,
                "nodes": len(at),
                "incoherence_before": float(before[at].sum()) / size,
                "incoherence_after": float(left[at].sum()) / size,
                "largest_adjustment": float(change[worst]),
                "where": nodes["node"].iloc[worst],
            }
        )
    return pd.DataFrame(rows)


def _notes(diagnostics: pd.DataFrame, factor: NDArray, fc: Forecast) -> Notes:
    worst = diagnostics.iloc[int(diagnostics["largest_adjustment"].abs().to_numpy().argmax())]
    capped = ((factor <= FACTOR_BOUNDS[0]) | (factor >= FACTOR_BOUNDS[1])).any(axis=1)
    notes: Notes = (
        Note(
            "market.reconciled",
            where=f"{worst['level']} {worst['where']}",
            n=int(diagnostics["nodes"].sum()),
            fields={
                "before": f"{100 * diagnostics['incoherence_before'].mean():.2f}%",
                "largest": f"{100 * worst['largest_adjustment']:+.1f}%",
            },
        ),
    )
    if capped.any():
        name = str(fc.panel.ids[np.flatnonzero(capped)][0])
        notes += (Note("market.capped", where=name, n=int(capped.sum()), severity="warning"),)
    return notes
