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
from xmdemand.survey.area_model import (
    Likelihood,
    eblup_mse,
    fit_beta,
    fit_sigma2,
    log_likelihood,
)
from xmdemand.survey.linearise import Floats

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
        Shapes that differ, areas labelled otherwise or in another order, values that are not
        finite, negative variances, collinear columns, too few areas, or non-positive estimates
        under the log transform.

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
    areas = _common_areas({"direct": direct, "variance": variance, "X": covariates}, len(y))
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


def _common_areas(given: dict[str, object], n: int) -> pd.Index:
    """The areas' labels, the same and in one order wherever they are given; else numbers."""
    plain: pd.Index = pd.RangeIndex(n)
    first, areas = "", plain
    for name, value in given.items():
        if not isinstance(value, pd.Series | pd.DataFrame) or value.index.equals(areas):
            continue
        unlabelled = areas.equals(plain) or value.index.equals(plain)
        if unlabelled and set(value.index) != set(areas):
            first, areas = (first, areas) if value.index.equals(plain) else (name, value.index)
            continue
        at = int(np.flatnonzero(areas != value.index)[0])
        raise InputError(
            f"{first or 'direct'} and {name} are labelled by different areas, or in another order "
            f"(row {at} is {areas[at]} and {value.index[at]}): bring them to one order first, for "
            f"example by {name}.loc[...]"
        )
    return areas


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
