"""Small areas: the Fay-Herriot model, by restricted or full maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from xmdemand.draws import Draws
from xmdemand.errors import ArgumentTypeError, InputError, name_some
from xmdemand.notes import Note, Notes
from xmdemand.results import Result
from xmdemand.survey.linearise import Floats

Likelihood = Literal["reml", "ml"]
Transform = Literal["none", "log"]
TINY = 1e-6
"""Sampling variances below this share of their median are raised to it."""


@dataclass(frozen=True, eq=False)
class SmallAreas(Result):
    """A fitted Fay-Herriot model.

    Attributes
    ----------
    frame
        A row an area, in input order: ``estimate`` (EBLUP), ``mse, se`` (its root), ``direct,
        variance`` (as given), ``synthetic`` (the regression's value), ``shrinkage`` (the direct
        estimate's weight, 0 where there is none), ``observed``. Values are on the scale of the
        input.
    coefficients
        ``estimate, se, t`` by column of X.
    sigma2
        Variance between areas, on the scale of the model.
    method, transform, mse_convention
        How it was fitted and which formula the MSE is.
    loglike
        Log-likelihood at the fit (restricted for REML), constants included.
    iterations, converged
        Of the scoring algorithm.
    """

    frame: pd.DataFrame
    coefficients: pd.DataFrame
    sigma2: float
    method: Likelihood
    transform: Transform
    mse_convention: str
    loglike: float
    iterations: int
    converged: bool
    notes: Notes = ()


@dataclass(frozen=True, eq=False)
class Fit:
    """Regression coefficients given a variance between areas."""

    beta: Floats
    covariance: Floats
    residuals: Floats


def fit_beta(y: Floats, x: Floats, variance: Floats, sigma2: float) -> Fit:
    """Generalised least squares with variances sigma2 + D."""
    weight = 1 / (sigma2 + variance)
    covariance = np.asarray(np.linalg.inv((x * weight[:, None]).T @ x), dtype=np.float64)
    beta = covariance @ (x.T @ (weight * y))
    return Fit(beta, covariance, y - x @ beta)


def score_and_information(
    y: Floats, x: Floats, variance: Floats, sigma2: float, method: Likelihood
) -> tuple[float, float]:
    """Derivative of the (restricted) log-likelihood by sigma2, and its expected information."""
    weight = 1 / (sigma2 + variance)
    fit = fit_beta(y, x, variance, sigma2)
    quadratic = float(((weight * fit.residuals) ** 2).sum())
    if method == "ml":
        return (-weight.sum() + quadratic) / 2, float((weight**2).sum() / 2)
    # P = V^-1 - V^-1 X (X'V^-1 X)^-1 X'V^-1: only traces of P and P P are needed.
    x2 = (x * (weight**2)[:, None]).T @ x
    x3 = (x * (weight**3)[:, None]).T @ x
    inner = fit.covariance @ x2
    trace = weight.sum() - np.trace(inner)
    squared = (weight**2).sum() - 2 * np.trace(fit.covariance @ x3) + np.trace(inner @ inner)
    return float(-trace + quadratic) / 2, float(squared / 2)


def fit_sigma2(
    y: Floats,
    x: Floats,
    variance: Floats,
    *,
    method: Likelihood,
    tolerance: float = 1e-10,
    max_iter: int = 200,
) -> tuple[float, int, bool]:
    """Variance between areas by Fisher scoring from the median D, bounded at zero.

    A step that would leave the half line is shortened to half way; where the likelihood falls
    from zero on, the estimate is zero.

    Returns
    -------
    sigma2, iterations, converged
    """
    sigma2 = float(np.median(variance))
    for iteration in range(1, max_iter + 1):
        score, information = score_and_information(y, x, variance, sigma2, method)
        new = sigma2 + score / information
        if new <= 0:
            if score_and_information(y, x, variance, 0.0, method)[0] <= 0 and (
                sigma2 < 1e-3 * float(np.median(variance))
            ):
                return 0.0, iteration, True
            new = sigma2 / 2
        if abs(new - sigma2) <= tolerance * max(sigma2, 1e-6 * float(np.median(variance))):
            return new, iteration, True
        sigma2 = new
    return sigma2, max_iter, False


def log_likelihood(
    y: Floats, x: Floats, variance: Floats, sigma2: float, method: Likelihood
) -> float:
    """Gaussian log-likelihood at sigma2 (restricted for REML), with all constants."""
    fit = fit_beta(y, x, variance, sigma2)
    total = sigma2 + variance
    value = -(np.log(2 * np.pi * total).sum() + (fit.residuals**2 / total).sum()) / 2
    if method == "reml":
        value += np.linalg.slogdet(fit.covariance)[1] / 2 + np.log(2 * np.pi) * x.shape[1] / 2
    return float(value)


def eblup_mse(
    x: Floats, variance: Floats, sigma2: float, covariance: Floats, method: Likelihood
) -> Floats:
    r"""Second-order MSE of the EBLUP, g1 + g2 + 2 g3 (REML) or - b g1' too (ML).

    With gamma = sigma2 / (sigma2 + D): g1 = gamma D, g2 = (1 - gamma)^2 x' cov x,
    g3 = D^2 / (sigma2 + D)^3 times 2 / sum (sigma2 + D)^-2, and for ML the bias of sigma2,
    b = -tr[(X'V^-1 X)^-1 X'V^-2 X] / sum (sigma2 + D)^-2, times (1 - gamma)^2
    (Datta and Lahiri 2000; the convention of R's sae).
    """
    total = sigma2 + variance
    gamma = sigma2 / total
    g1 = gamma * variance
    g2 = (1 - gamma) ** 2 * np.einsum("ij,jk,ik->i", x, covariance, x)
    information = (1 / total**2).sum()
    g3 = variance**2 / total**3 * 2 / information
    mse = g1 + g2 + 2 * g3
    if method == "ml":
        x2 = (x / (total**2)[:, None]).T @ x
        bias = -np.trace(covariance @ x2) / information
        mse = mse - bias * (1 - gamma) ** 2
    return np.asarray(mse)


def fay_herriot(
    direct: ArrayLike,
    variance: ArrayLike,
    X: ArrayLike | pd.DataFrame,
    *,
    method: Likelihood = "reml",
    transform: Transform = "none",
    tolerance: float = 1e-10,
) -> SmallAreas:
    r"""Fay-Herriot estimates of small areas.

    .. math:: y_i = x_i'\beta + u_i + e_i, \quad u_i \sim (0, \sigma^2_u), \quad e_i \sim (0, D_i)

    The EBLUP is gamma_i y_i + (1 - gamma_i) x_i'beta with
    gamma_i = sigma2 / (sigma2 + D_i) (Fay and Herriot 1979).

    Parameters
    ----------
    direct
        (m,) direct estimates; NaN for areas out of sample, which get the synthetic estimate.
    variance
        (m,) their sampling variances D. Zero or tiny ones are raised to 1e-6 of the median
        positive one, noted. NaN where `direct` is.
    X
        (m, p) covariates of every area, with their own constant column.
    method
        ``reml`` or ``ml``.
    transform
        ``log`` models log(direct) with variance D / direct^2 and returns
        exp(EBLUP + mse / 2), bias-corrected for the log-normal, with MSE estimate^2 mse.
    tolerance
        Relative step of sigma2 at which scoring stops. R's sae stops at 1e-4, after a few steps;
        that value reproduces its last digits.

    Returns
    -------
    SmallAreas

    Raises
    ------
    InputError
        Shapes that differ, values that are not finite, negative variances, collinear columns,
        too few areas, or non-positive estimates under the log transform.

    Examples
    --------
    >>> fit = fay_herriot([1.0, 2.0, 3.5, 2.5], [0.5, 0.5, 0.5, 0.5], [[1.0]] * 4)
    >>> fit.frame["estimate"].round(3).tolist()
    [1.577, 2.115, 2.923, 2.385]
    """
    if method not in ("reml", "ml"):
        raise InputError(f"method is 'reml' or 'ml', got {method!r}")
    if transform not in ("none", "log"):
        raise InputError(f"transform is 'none' or 'log', got {transform!r}")
    y, d, x, areas, names = _arrays(direct, variance, X)
    seen = ~np.isnan(y)
    d, notes = _settled_variances(d, seen, areas)
    model_y, model_d = y, d
    if transform == "log":
        if (y[seen] <= 0).any():
            raise InputError(
                "the log transform needs positive direct estimates; zero or negative in areas "
                f"{name_some(areas[seen & ~(y > 0)])}"
            )
        model_y, model_d = np.log(np.where(seen, y, 1.0)), d / np.where(seen, y, 1.0) ** 2

    sigma2, iterations, converged = fit_sigma2(
        model_y[seen], x[seen], model_d[seen], method=method, tolerance=tolerance
    )
    fit = fit_beta(model_y[seen], x[seen], model_d[seen], sigma2)
    notes = (*notes, *_fit_notes(sigma2, converged, iterations, int((~seen).sum())))
    synthetic = x @ fit.beta
    gamma = np.where(seen, sigma2 / (sigma2 + np.where(seen, model_d, 1.0)), 0.0)
    estimate = synthetic + gamma * np.where(seen, model_y - synthetic, 0.0)
    mse = sigma2 + np.einsum("ij,jk,ik->i", x, fit.covariance, x)
    mse[seen] = eblup_mse(x[seen], model_d[seen], sigma2, fit.covariance, method)
    if transform == "log":
        estimate = np.exp(estimate + mse / 2)
        synthetic = np.exp(synthetic + mse / 2)
        mse = estimate**2 * mse
    se = np.sqrt(np.diag(fit.covariance))
    return SmallAreas(
        frame=pd.DataFrame(
            {
                "estimate": estimate,
                "mse": mse,
                "se": np.sqrt(mse),
                "direct": y,
                "variance": np.where(seen, d, np.nan),
                "synthetic": synthetic,
                "shrinkage": gamma,
                "observed": seen,
            },
            index=areas,
        ),
        coefficients=pd.DataFrame(
            {"estimate": fit.beta, "se": se, "t": fit.beta / se}, index=names
        ),
        sigma2=sigma2,
        method=method,
        transform=transform,
        mse_convention="g1 + g2 + 2 g3"
        if method == "reml"
        else "g1 + g2 + 2 g3 - bias (1 - gamma)^2",
        loglike=log_likelihood(model_y[seen], x[seen], model_d[seen], sigma2, method),
        iterations=iterations,
        converged=converged,
        notes=notes,
    )


def _arrays(
    direct: ArrayLike, variance: ArrayLike, covariates: ArrayLike | pd.DataFrame
) -> tuple[Floats, Floats, Floats, pd.Index, list[str]]:
    try:
        y = np.asarray(direct, dtype=float)
        d = np.asarray(variance, dtype=float)
        x = np.asarray(covariates, dtype=float)
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(
            f"direct, variance and X must be numbers ({error}); turn categories into 0/1 columns"
        ) from None
    x = x[:, None] if x.ndim == 1 else x
    if y.ndim != 1 or d.shape != y.shape or x.ndim != 2 or len(x) != len(y):
        raise InputError(
            f"shapes differ: direct {y.shape}, variance {d.shape}, X {x.shape}; expected "
            "(m,), (m,) and (m, p)"
        )
    areas = direct.index if isinstance(direct, pd.Series) else pd.RangeIndex(len(y))
    names = (
        [str(name) for name in covariates.columns]
        if isinstance(covariates, pd.DataFrame)
        else [f"x{at}" for at in range(x.shape[1])]
    )
    seen = ~np.isnan(y)
    bad = np.isinf(y) | (seen & ~np.isfinite(d)) | ~np.isfinite(x).all(axis=1)
    if bad.any():
        raise InputError(
            f"direct, variance or X is not finite in {int(bad.sum())} areas: "
            f"{name_some(areas[bad])} (NaN in `direct` alone marks an area out of sample)"
        )
    if (d[seen] < 0).any():
        raise InputError(f"sampling variances are negative in areas {name_some(areas[d < 0])}")
    p = x.shape[1]
    if seen.sum() <= p:
        raise InputError(f"{int(seen.sum())} sampled areas cannot fit {p} coefficients: need more")
    if np.linalg.matrix_rank(x[seen]) < p:
        raise InputError(
            f"the {p} columns of X are collinear over the sampled areas ({name_some(names)}): "
            "drop one (a constant together with all categories is one too many)"
        )
    return y, d, x, areas, names


def _settled_variances(d: Floats, seen: NDArray[np.bool_], areas: pd.Index) -> tuple[Floats, Notes]:
    """Raise zero and tiny sampling variances to a small share of the median positive one."""
    positive = d[seen & (d > 0)]
    if not len(positive):
        raise InputError("every sampling variance is zero: there is nothing to model")
    floor = TINY * float(np.median(positive))
    low = seen & (np.nan_to_num(d, nan=np.inf) < floor)
    if not low.any():
        return d, ()
    note = Note(
        "survey.tiny_variance",
        where=name_some(areas[low]),
        n=int(low.sum()),
        fields={"floor": floor},
        severity="warning",
    )
    return np.where(low, floor, d), (note,)


def _fit_notes(sigma2: float, converged: bool, iterations: int, unseen: int) -> Notes:
    notes = []
    if sigma2 == 0:
        notes.append(Note("survey.no_area_variance", severity="warning"))
    if not converged:
        fields = {"iterations": iterations}
        notes.append(Note("survey.not_converged", severity="warning", fields=fields))
    if unseen:
        notes.append(Note("survey.out_of_sample", n=unseen))
    return tuple(notes)


def benchmark(draws: Draws, totals: Draws, groups: pd.Index) -> Draws:
    """Draws scaled so that in every draw they add up to their group's total.

    Parameters
    ----------
    draws
        (n_draws x areas), positive.
    totals
        (n_draws x groups), what the areas of each group must add up to.
    groups
        Group of each area.

    Raises
    ------
    InputError
        If a group has no total, or the numbers of draws differ.
    """
    if len(draws) != len(totals):
        raise InputError(f"{len(draws)} draws cannot be benchmarked to {len(totals)}: same number")
    at = totals.index.get_indexer(groups)
    if (at < 0).any():
        raise InputError(f"no total for groups {name_some(sorted(set(groups[at < 0])))}")
    sums = np.zeros_like(totals.values)
    for area, group in enumerate(at):
        sums[:, group] += draws.values[:, area]
    factor = np.divide(totals.values, sums, out=np.zeros_like(sums), where=sums > 0)
    return Draws(draws.values * factor[:, at], draws.index, draws.unit)
