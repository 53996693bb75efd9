"""The Fay-Herriot model's variance between areas: likelihoods, scoring and the EBLUP's MSE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize

from xmdemand.survey.linearise import Floats

Likelihood = Literal["reml", "ml"]
HIGHER = 1e-3
"""Log-likelihood by which another peak must be higher to be taken."""


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
    from zero on, the estimate is zero. Few areas with very unequal variances can have two peaks,
    between which scoring may also swing: where a search of the whole half line finds a higher
    one, that is the estimate.

    Returns
    -------
    sigma2, iterations, converged
        Whether scoring converged by itself; if it did not, sigma2 is what the search found.
    """
    found, iterations, converged = _score(y, x, variance, method, tolerance, max_iter)
    peak = search_sigma2(y, x, variance, method=method)
    height = log_likelihood(y, x, variance, found, method)
    if not converged or log_likelihood(y, x, variance, peak, method) > height + HIGHER:
        found = peak
    return found, iterations, converged


def _score(
    y: Floats,
    x: Floats,
    variance: Floats,
    method: Likelihood,
    tolerance: float,
    max_iter: int,
) -> tuple[float, int, bool]:
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


def search_sigma2(y: Floats, x: Floats, variance: Floats, *, method: Likelihood) -> float:
    """The highest point of the likelihood on a fine grid from zero on, refined between points."""
    middle = float(np.median(variance))
    grid = np.concatenate([[0.0], middle * np.geomspace(1e-4, 1e4, 81)])
    heights = [log_likelihood(y, x, variance, float(value), method) for value in grid]
    at = int(np.argmax(heights))
    if at == 0:
        return 0.0
    found = optimize.minimize_scalar(
        lambda value: -log_likelihood(y, x, variance, value, method),
        bounds=(grid[at - 1], grid[min(at + 1, len(grid) - 1)]),
        method="bounded",
        options={"xatol": 1e-10 * grid[at]},
    )
    return float(found.x)


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
