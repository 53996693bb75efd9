"""Fay-Herriot against R sae and emdi, by simulation, and at its edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from xmdemand.draws import Draws
from xmdemand.errors import InputError
from xmdemand.survey import benchmark, fay_herriot


@pytest.fixture
def milk(shared) -> pd.DataFrame:
    return pd.read_csv(shared / "data" / "sae_small" / "milk.csv")


def covariates(frame: pd.DataFrame) -> pd.DataFrame:
    x = pd.get_dummies(frame["MajorArea"], drop_first=True).astype(float)
    x.insert(0, "const", 1.0)
    return x


def codes(fit) -> set[str]:
    assert all(note.say("zh") and note.say("en") for note in fit.notes)
    return {note.code for note in fit.notes}


def test_milk_reml(milk, shared):
    # sae 1.3 (R), published in samplics' tests; EBLUP and MSE recomputed at convergence.
    fit = fay_herriot(milk["yi"], milk["SD"] ** 2, covariates(milk))
    assert_allclose(fit.sigma2, 0.01855033, rtol=1e-6)
    assert_allclose(
        fit.coefficients["estimate"], [0.9681890, 0.1327801, 0.2269462, -0.2413011], rtol=1e-5
    )
    assert_allclose(
        fit.coefficients["se"], [0.06936208, 0.10300072, 0.09232981, 0.08161707], rtol=1e-5
    )
    reference = pd.read_csv(shared / "data" / "sae_small" / "milk_fh_reml_eblup.csv")
    assert_allclose(fit.frame["estimate"], reference["eblup"], rtol=1e-8)
    assert_allclose(fit.frame["mse"], reference["mse"], rtol=1e-8)
    assert fit.converged


def test_milk_ml(milk):
    # sae 1.3, method = "ML".
    fit = fay_herriot(milk["yi"], milk["SD"] ** 2, covariates(milk), method="ml")
    assert_allclose(
        fit.coefficients["estimate"], [0.9677986, 0.1278756, 0.2266909, -0.2425804], rtol=1e-5
    )
    assert_allclose(fit.frame["estimate"].iloc[:3], [1.0161733, 1.0436968, 1.0628168], rtol=1e-5)
    # The log-likelihood of the same fit as sae reports it, with the 2 pi constants.
    assert_allclose(fit.loglike, 12.7712, atol=1e-3)


def test_milk_rows_with_a_group_of_one(milk):
    # emdi, fh_reml_sae.csv: rows 1-15 with sae's stopping rule.
    part = milk.iloc[:15]
    fit = fay_herriot(part["yi"], part["SD"] ** 2, covariates(part), tolerance=1e-4)
    assert_allclose(fit.sigma2, 0.0586208980532843, rtol=1e-8)
    assert_allclose(
        fit.frame["estimate"].iloc[[0, 1]], [1.06005441595641, 1.06507100886069], rtol=1e-8
    )
    assert_allclose(
        fit.frame["mse"].iloc[[0, 14]], [0.0211715891069412, 0.0237089060929068], rtol=1e-8
    )
    assert_allclose(fit.frame["estimate"].iloc[14], 1.176, rtol=1e-8)
    ml = fay_herriot(part["yi"], part["SD"] ** 2, covariates(part), method="ml", tolerance=1e-4)
    assert_allclose(ml.sigma2, 0.0438117511514953, rtol=1e-8)
    assert_allclose(ml.frame["estimate"].iloc[0], 1.05116746773302, rtol=1e-8)


def test_likelihood_is_at_its_maximum():
    from scipy import stats

    rng = np.random.default_rng(3)
    d = rng.uniform(0.2, 2, 40)
    x = np.column_stack([np.ones(40), rng.normal(size=40)])
    y = x @ [1.0, 2.0] + rng.normal(size=40) * np.sqrt(0.7 + d)
    fit = fay_herriot(y, d, x, method="ml")
    beta = fit.coefficients["estimate"].to_numpy()

    def loglike(sigma2: float) -> float:
        return stats.norm.logpdf(y, x @ beta, np.sqrt(sigma2 + d)).sum()

    assert_allclose(fit.loglike, loglike(fit.sigma2), rtol=1e-12)
    assert loglike(fit.sigma2) >= max(loglike(fit.sigma2 * 1.01), loglike(fit.sigma2 * 0.99))


def test_reml_is_unbiased_and_mse_is_honest():
    rng = np.random.default_rng(11)
    m, sigma2 = 60, 1.0
    d = np.resize([0.3, 1.0, 2.0], m)
    x = np.column_stack([np.ones(m), np.linspace(-1, 1, m)])
    found, squared, claimed = [], [], []
    for _ in range(300):
        theta = x @ [5.0, 1.0] + rng.normal(size=m)
        fit = fay_herriot(theta + rng.normal(size=m) * np.sqrt(d), d, x)
        found.append(fit.sigma2)
        squared.append((fit.frame["estimate"] - theta) ** 2)
        claimed.append(fit.frame["mse"])
    assert abs(np.mean(found) - sigma2) < 4 * np.std(found) / np.sqrt(300)
    assert np.mean(claimed) / np.mean(squared) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("method", ["reml", "ml"])
def test_no_other_variance_is_likelier(method):
    """Few areas of very unequal variances: two peaks, and scoring that swings between."""
    from xmdemand.survey.area_model import log_likelihood

    rng = np.random.default_rng(0)
    kinds = set()
    for _ in range(100):
        m = int(rng.integers(5, 12))
        d = rng.gamma(0.5, 1, m) + 1e-3
        x = np.column_stack([np.ones(m), rng.normal(size=m)])
        y = x @ [1.0, 1.0] + rng.normal(size=m) * np.sqrt(d + rng.choice([0, 0.1, 1]))
        fit = fay_herriot(y, d, x, method=method)
        grid = [0.0, *np.geomspace(1e-6, 100, 60)]
        best = max(log_likelihood(y, x, d, value, method) for value in grid)
        assert best <= log_likelihood(y, x, d, fit.sigma2, method) + 2e-3
        kinds |= codes(fit) | {f"converged {fit.converged}"}
    assert {"converged True", "survey.no_area_variance"} <= kinds


def test_areas_in_another_order_are_refused(milk):
    x = covariates(milk)
    with pytest.raises(InputError, match=r"direct and X .* another order"):
        fay_herriot(milk["yi"], milk["SD"] ** 2, x.sample(frac=1, random_state=1))
    named = milk.set_index("SmallArea")
    with pytest.raises(InputError, match=r"direct and variance"):
        fay_herriot(named["yi"], named["SD"].sort_values() ** 2, x)
    fit = fay_herriot(named["yi"], (milk["SD"] ** 2).to_numpy(), x)
    assert list(fit.frame.index) == list(named.index)


def test_no_variance_between_areas_is_handled_and_said():
    fit = fay_herriot([1.0, 1.1, 1.0, 1.1], [0.5] * 4, np.ones((4, 1)))
    assert fit.sigma2 == 0
    assert_allclose(fit.frame["estimate"], 1.05)
    assert (fit.frame["shrinkage"] == 0).all()
    assert codes(fit) == {"survey.no_area_variance"}


def test_out_of_sample_areas_get_the_regression_value():
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(30), np.arange(30.0)])
    y = pd.Series(x @ [1.0, 0.5] + rng.normal(size=30), index=[f"a{i}" for i in range(30)])
    y.iloc[[3, 7]] = np.nan
    fit = fay_herriot(y, np.where(y.isna(), np.nan, 0.5), x)
    out = fit.frame.loc[["a3", "a7"]]
    assert_allclose(out["estimate"], out["synthetic"])
    assert (out["mse"] > fit.sigma2).all()
    assert not out["observed"].any()
    assert codes(fit) == {"survey.out_of_sample"}


def test_zero_variances_are_raised_and_said():
    fit = fay_herriot([1.0, 2.0, 4.0, 3.0], [0.5, 0.0, 0.5, 0.4], np.ones((4, 1)))
    assert "survey.tiny_variance" in codes(fit)
    assert_allclose(fit.frame["estimate"].iloc[1], 2.0, rtol=1e-5)


def test_log_transform_returns_without_bias():
    rng = np.random.default_rng(5)
    m = 400
    x = np.ones((m, 1))
    theta = np.exp(1 + 0.5 * rng.normal(size=m))
    direct = theta * np.exp(0.3 * rng.normal(size=m) - 0.045)
    fit = fay_herriot(direct, (0.3 * direct) ** 2, x, transform="log")
    assert fit.frame["estimate"].mean() == pytest.approx(theta.mean(), rel=0.06)
    assert (fit.frame["estimate"] > 0).all()


def test_benchmarked_draws_add_up_in_every_draw():
    rng = np.random.default_rng(2)
    areas = Draws(rng.gamma(2, 1, (50, 5)), pd.Index(list("abcde")), "persons")
    totals = Draws(rng.gamma(20, 1, (50, 2)), pd.Index(["g", "h"]), "persons")
    groups = pd.Index(["g", "g", "h", "h", "h"])
    out = benchmark(areas, totals, groups)
    assert_allclose(out.total(groups).values, totals.values)
    with pytest.raises(InputError, match="no total for groups x"):
        benchmark(areas, totals, pd.Index(["g", "g", "h", "h", "x"]))


@pytest.mark.parametrize(
    ("direct", "variance", "x", "words"),
    [
        ([1, 2, 3], [1, 1], [[1]] * 3, "shapes differ"),
        ([1, 2, np.inf], [1, 1, 1], [[1]] * 3, "not finite in 1 areas: 2"),
        ([1, 2, 3], [1, -1, 1], [[1]] * 3, "negative in areas 1"),
        ([1, 2, 3], [0, 0, 0], [[1]] * 3, "every sampling variance is zero"),
        ([1, 2, 3, 4], [1] * 4, [[1, 2]] * 4, "collinear"),
        ([1, 2], [1, 1], [[1, 0], [1, 1]], "cannot fit 2 coefficients"),
    ],
)
def test_bad_input_is_named(direct, variance, x, words):
    with pytest.raises(InputError, match=words):
        fay_herriot(direct, variance, x)
    with pytest.raises(InputError, match="positive direct estimates"):
        fay_herriot([1, -2, 3], [1, 1, 1], [[1]] * 3, transform="log")
