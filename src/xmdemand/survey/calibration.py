"""Calibration of weights to known totals: GREG, plain and bounded, of many vectors at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.errors import InputError, NotFoundError, name_some
from xmdemand.survey.linearise import Floats

Distance = Literal["linear", "truncated", "logit", "raking"]
CONSTANT = "(Intercept)"
"""Key of the population's size among calibration totals."""
TOLERANCE = 1e-9
"""Relative distance from a known total at which it counts as hit."""
MAX_ITER = 100


def g_functions(
    distance: Distance, low: float, high: float
) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]:
    """g(u) and its derivative for a distance (Deville and Särndal 1992).

    linear 1 + u; truncated the same cut to [low, high]; raking exp(u); logit the S-shaped curve
    between low and high with g(0) = g'(0) = 1.
    """
    if distance == "linear":
        return lambda u: 1 + u, np.ones_like
    if distance == "truncated":
        return (
            lambda u: np.clip(1 + u, low, high),
            lambda u: ((1 + u > low) & (1 + u < high)).astype(float),
        )
    if distance == "raking":
        return lambda u: np.exp(np.minimum(u, 50)), lambda u: np.exp(np.minimum(u, 50))
    steep = (high - low) / ((1 - low) * (high - 1))

    def g(u: Floats) -> Floats:
        e = np.exp(np.clip(steep * u, -200, 200))
        return (low * (high - 1) + high * (1 - low) * e) / (high - 1 + (1 - low) * e)

    def slope(u: Floats) -> Floats:
        value = g(u)
        return (value - low) * (high - value) / ((1 - low) * (high - 1))

    return g, slope


def calibrate_weights(
    weights: Floats,
    auxiliaries: Floats,
    totals: Floats,
    *,
    distance: Distance = "linear",
    bounds: tuple[float, float] = (0.0, np.inf),
) -> tuple[Floats, NDArray[np.bool_]]:
    """Weights w g(x'b) that reach the totals of the auxiliaries, by Newton's method.

    Parameters
    ----------
    weights
        (n x n_draws), every column calibrated on its own.
    auxiliaries
        (n x p).
    totals
        (p,) known totals.

    Returns
    -------
    weights, failed
        (n x n_draws), and (n_draws,) which columns did not get there.
    """
    g, slope = g_functions(distance, *bounds)
    scale = np.where(totals != 0, np.abs(totals), np.abs(auxiliaries).sum(axis=0) + 1e-300)
    x = auxiliaries / scale
    goal = totals / scale
    products = (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    p, n_draws = x.shape[1], weights.shape[1]
    beta = np.zeros((p, n_draws))
    out = weights.astype(float, copy=True)
    working = np.arange(n_draws)
    for _ in range(MAX_ITER):
        miss = goal[:, None] - x.T @ out[:, working]
        off = np.abs(miss).max(axis=0) > TOLERANCE
        working, miss = working[off], miss[:, off]
        if not len(working):
            break
        active = weights[:, working]
        jacobian = (products.T @ (active * slope(x @ beta[:, working]))).T.reshape(-1, p, p)
        step = np.linalg.pinv(jacobian, rcond=1e-12, hermitian=True) @ miss.T[:, :, None]
        out[:, working] = _damped(beta, working, step[:, :, 0].T, active, x, goal, g)
    failed = np.zeros(n_draws, dtype=bool)
    failed[working] = True
    return out, failed


def _damped(
    beta: Floats,
    working: NDArray[np.intp],
    step: Floats,
    active: Floats,
    x: Floats,
    goal: Floats,
    g: Callable[[Floats], Floats],
) -> Floats:
    """Move the coefficients, halving steps that make the distance to the totals worse."""
    old = beta[:, working]
    before = np.abs(goal[:, None] - x.T @ (active * g(x @ old))).max(axis=0)
    size = np.ones(len(working))
    for _ in range(12):
        new = old + size * step
        moved = active * g(x @ new)
        worse = np.abs(goal[:, None] - x.T @ moved).max(axis=0) > before
        if not worse.any():
            break
        size[worse] /= 2
    beta[:, working] = new
    return moved


def residuals(scores: Floats, before: Floats, auxiliaries: Floats) -> Floats:
    """Residuals of scores on the calibration variables, weighted by the weights before."""
    root = np.sqrt(before)[:, None]
    beta = np.linalg.lstsq(auxiliaries * root, scores * root, rcond=None)[0]
    return np.asarray(scores - auxiliaries @ beta)


def relative_g(after: Floats, before: Floats) -> Floats:
    """The factors by which a step changed the weights; 1 where there was no weight."""
    return np.divide(after, before, out=np.ones_like(before), where=before > 0)


@dataclass(frozen=True, eq=False)
class Calibration:
    """Weights calibrated to known totals.

    Parameters
    ----------
    auxiliaries
        (n x p) calibration variables.
    totals
        (p,) their known totals.
    labels
        Their names.
    """

    auxiliaries: Floats
    totals: Floats
    labels: tuple[str, ...]
    distance: Distance = "linear"
    bounds: tuple[float, float] = (0.0, np.inf)
    name: str = "calibrate"

    def apply(self, weights: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Calibrated weights (n x n_draws), and which draws did not converge."""
        return calibrate_weights(
            weights, self.auxiliaries, self.totals, distance=self.distance, bounds=self.bounds
        )

    def pull_back(self, scores: Floats, before: Floats) -> Floats:
        """Residuals times g: the calibrated total's scores on the weights before."""
        after = self.apply(before[:, None])[0][:, 0]
        return relative_g(after, before)[:, None] * residuals(scores, before, self.auxiliaries)

    def own_variance(self, scores: Floats, before: Floats, fraction: Floats) -> Floats:
        """Calibration adds no variance of its own."""
        return np.zeros(scores.shape[1])

    def margins(self, weights: Floats) -> pd.DataFrame:
        """Every known total and what the weights give: ``margin, target, estimate``."""
        return pd.DataFrame(
            {
                "margin": self.labels,
                "target": self.totals,
                "estimate": self.auxiliaries.T @ weights,
            }
        )

    def describe(self) -> str:
        """One line for `print`."""
        limits = "" if self.distance in ("linear", "raking") else f", g within {self.bounds}"
        return f"calibrated ({self.distance}{limits}) to totals of {name_some(self.labels)}"


Totals = Mapping[str, float | Mapping[object, float] | pd.Series]


def build_calibration(
    frame: pd.DataFrame,
    used: NDArray[np.bool_],
    totals: Totals,
    *,
    distance: Distance,
    bounds: tuple[float, float],
) -> Calibration:
    """Auxiliaries from a frame's columns: numeric totals, categories' totals, the constant.

    Rows not `used` have no weight (who did not respond): nothing is asked of them.

    Raises
    ------
    InputError, NotFoundError
        Unknown columns, missing values, categories without a total, bounds that do not hold 1.
    """
    low, high = bounds
    if distance in ("truncated", "logit") and not 0 <= low < 1 < high < np.inf:
        raise InputError(f"bounds must be 0 <= low < 1 < high, got ({low:g}, {high:g})")
    columns: list[Floats] = []
    known: list[float] = []
    labels: list[str] = []
    sizes: dict[str, float] = {}
    for name, total in totals.items():
        if name == CONSTANT:
            sizes[name] = float(total)  # type: ignore[arg-type]
            columns.append(np.ones(len(frame)))
            known.append(float(total))  # type: ignore[arg-type]
            labels.append(name)
            continue
        if name not in frame.columns:
            raise NotFoundError(
                f"calibration variable {name!r} is not in the data (the population's size is "
                f"{CONSTANT!r}); they have {name_some(frame.columns, show=10)}"
            )
        if isinstance(total, Mapping | pd.Series):
            known_totals = category_totals(frame[name][used], total)
            sizes[name] = sum(known_totals.values())
            for category, value in known_totals.items():
                columns.append(np.asarray(frame[name] == category, dtype=np.float64))
                known.append(value)
                labels.append(f"{name}={category}")
        else:
            values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)
            bad = ~np.isfinite(values) & used
            if bad.any():
                rows = frame.index[bad]
                raise InputError(
                    f"calibration variable {name!r} is missing or not a number in {len(rows)} "
                    f"rows: {name_some(rows)}"
                )
            columns.append(np.where(used, values, 0.0))
            known.append(float(total))
            labels.append(name)
    if not columns:
        raise InputError("no totals to calibrate to")
    goal = np.array(known)
    if not np.isfinite(goal).all():
        wrong = [labels[at] for at in np.flatnonzero(~np.isfinite(goal))]
        raise InputError(f"calibration totals are not finite numbers: {name_some(wrong)}")
    require_one_population(sizes)
    return Calibration(np.column_stack(columns), goal, tuple(labels), distance, bounds)


def require_one_population(sizes: Mapping[str, float]) -> None:
    """Raise if margins stand for populations of different sizes."""
    if sizes and max(sizes.values()) - min(sizes.values()) > 1e-6 * max(sizes.values()):
        told = ", ".join(f"{name} {value:,.6g}" for name, value in sizes.items())
        raise InputError(
            f"margins contradict each other, they sum to different populations: {told}. Bring "
            "them to one population first"
        )


def category_totals(
    column: pd.Series, totals: Mapping[object, float] | pd.Series
) -> dict[object, float]:
    """Totals by category, checked against the categories of the sample."""
    known = {key: float(value) for key, value in dict(totals).items()}
    if column.isna().any():
        rows = column.index[column.isna()]
        raise InputError(
            f"margin {column.name!r} is missing in {len(rows)} rows: {name_some(rows)}; every row "
            "needs a category"
        )
    bad = [key for key, value in known.items() if not np.isfinite(value) or value < 0]
    if bad:
        raise InputError(
            f"margin {column.name!r}: totals must be finite and >= 0: {name_some(bad)}"
        )
    seen = set(column.unique())
    without = sorted(map(str, seen - set(known)))
    if without:
        raise InputError(
            f"margin {column.name!r} has no total for categories of the sample: "
            f"{name_some(without)}. Add them, or merge categories in the data"
        )
    empty = [key for key, value in known.items() if key not in seen and value > 0]
    if empty:
        raise InputError(
            f"margin {column.name!r} has totals for categories without a sampled row: "
            f"{name_some(empty)}. Merge them with others, in the totals and in the data"
        )
    return {key: value for key, value in known.items() if key in seen}


def explain_misses(margins: pd.DataFrame) -> str:
    """Which totals are off, by how much, the worst first."""
    off = (margins["estimate"] - margins["target"]) / margins["target"].abs().clip(lower=1e-12)
    worst = off.abs().sort_values(ascending=False).index
    rows = margins.loc[[row for row in worst if abs(off[row]) > TOLERANCE]]
    return name_some(
        f"{row.margin} is {row.estimate:,.6g} instead of {row.target:,.6g}"
        for row in rows.itertuples()
    )
