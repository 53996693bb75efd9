"""Two witnesses joined: posterior by hand, parameters found again, coverage of the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, gamma, nbinom

from xmdemand.shortage.join import (
    bootstrap_weights,
    dispersion_growth,
    fit_witnesses,
    join,
    log_likelihood,
    neighbours_mean,
    pool_dispersion,
)
from xmdemand.shortage.supply import coverage, realisation, share_out, supply


def test_posterior_by_hand() -> None:
    """Y = 40, C = 12, M = 60, a = 4, φ = 5: μ = 48, its a 4 (48/60)² = 2.56; Gamma on top of C."""
    rng = np.random.default_rng(1)
    n = 40_000
    planned, weight = join(
        rng,
        np.array([40.0]),
        np.array([12.0]),
        np.full((n, 1), 60.0),
        np.full((n, 1), 4.0),
        np.full((n, 1), 5.0),
    )
    law = gamma(2.56 + 8, scale=1 / (2.56 / 48 + 1 / 5))
    assert weight[0] == pytest.approx(48 / (48 + 2.56 * 5))
    assert planned.mean() == pytest.approx(12 + law.mean(), rel=0.01)
    # The posterior mean is the weighted mean of Y and μ.
    assert law.mean() == pytest.approx(weight[0] * 40 + (1 - weight[0]) * 48)
    np.testing.assert_allclose(
        np.quantile(planned, [0.05, 0.95]), 12 + law.ppf([0.05, 0.95]), rtol=0.02
    )


def test_likelihood_is_the_negative_binomial() -> None:
    """For whole Y/φ the likelihood is scipy's negative binomial with mean μ/φ and size a."""
    found = log_likelihood(
        np.array([12.0, 0.0]),
        np.array([10.0, 3.0]),
        np.array([2.0, 2.0]),
        np.array([1.5]),
        np.array([3.0]),
    )[:, 0, 0]
    means = np.array([15.0, 4.5]) / 2
    np.testing.assert_allclose(found, nbinom.logpmf([6, 0], 3.0, 3.0 / (3.0 + means)), rtol=1e-10)


def _world(rng: np.random.Generator, n: int, kappa: np.ndarray, a: float, phi: float):
    posts = np.exp(rng.normal(3.5, 1.2, n))
    theta = kappa * posts * rng.gamma(a, 1 / a, n)
    sampled = phi * rng.poisson(theta / phi)
    return posts, theta, sampled


def test_parameters_are_found_again() -> None:
    rng = np.random.default_rng(2)
    group = np.repeat([0, 1, 2], 120)
    kappa = np.array([1.5, 2.0, 3.0])
    posts, _, sampled = _world(rng, 360, kappa[group], 3.0, 6.0)
    weights = bootstrap_weights(rng, 400, 360)
    phi = pool_dispersion(sampled, 6.0 * sampled, np.full(360, 20.0), group, 3, weights)
    np.testing.assert_allclose(phi, 6.0)
    found = fit_witnesses(sampled, np.zeros(360), posts, phi, group, weights)
    low, high = np.quantile(found.kappa, [0.01, 0.99], axis=0)
    assert (low < kappa).all()
    assert (kappa < high).all()
    assert np.median(found.shape) == pytest.approx(3.0, rel=0.35)
    assert found.n.tolist() == [120, 120, 120]


def test_dispersion_that_grows_with_size_is_not_taken_for_agreement() -> None:
    """φ ∝ R^0.6: with one φ for all, what is disagreement in small occupations passes for error."""
    rng = np.random.default_rng(9)
    n, a = 300, 5.0
    one, grown = [], []
    for _ in range(10):
        posts, theta, _ = _world(rng, n, np.full(n, 2.0), a, 1.0)
        phi = 30.0 * posts**0.6 / np.average(posts**0.6, weights=posts)
        sampled = phi * rng.poisson(theta / phi)
        variance, reporters = phi * sampled, np.full(n, 20.0)
        weights = bootstrap_weights(rng, 100, n)
        group = np.zeros(n, dtype=np.int64)
        pooled = pool_dispersion(sampled, variance, reporters, group, 1, weights)
        growth = dispersion_growth(sampled, variance, reporters, posts)
        assert growth == pytest.approx(0.6, abs=0.01)
        for found, power in ((one, 0.0), (grown, growth)):
            fit = fit_witnesses(sampled, np.zeros(n), posts, pooled, group, weights, growth=power)
            found.append(np.median(fit.shape))
    assert np.median(grown) == pytest.approx(a, rel=0.2)
    assert np.median(one) > 1.25 * np.median(grown)


def test_growth_needs_occupations_that_speak() -> None:
    posts = np.geomspace(10, 1000, 30)
    assert dispersion_growth(posts, posts**1.5, np.full(30, 2.0), posts) == 0
    assert dispersion_growth(posts, posts**1.5, np.full(30, 3.0), np.full(30, 7.0)) == 0
    assert dispersion_growth(posts, posts**3.0, np.full(30, 3.0), posts) == 1


def test_small_groups_are_pulled_to_the_city() -> None:
    rng = np.random.default_rng(3)
    group = np.repeat([0, 1], [200, 3])
    posts, _, sampled = _world(rng, 203, np.full(203, 2.0), 3.0, 6.0)
    sampled[200:] = 0.0
    weights = bootstrap_weights(rng, 200, 203)
    found = fit_witnesses(sampled, np.zeros(203), posts, np.full((200, 2), 6.0), group, weights)
    # On their own zeros would put κ at the grid's lower end.
    assert 0.3 < np.median(found.kappa[:, 1]) < 2.0


def test_take_all_firms_do_not_bend_kappa() -> None:
    """Half of V known for certain, unevenly: κ is still found, and the truth covered."""
    rng = np.random.default_rng(6)
    kappas, held = [], []
    for _ in range(8):
        n = 300
        posts, theta, _ = _world(rng, n, np.full(n, 2.0), 2.5, 8.0)
        certain = theta * rng.beta(1.5, 1.5, n)
        sampled = 8.0 * rng.poisson((theta - certain) / 8.0)
        group = np.zeros(n, dtype=np.int64)
        weights = bootstrap_weights(rng, 200, n)
        phi = np.full((200, 1), 8.0)
        fit = fit_witnesses(sampled, certain, posts, phi, group, weights)
        kappas.append(np.median(fit.kappa))
        expected = fit.kappa[:, group] * posts
        draws, _ = join(rng, sampled, certain, expected, fit.shape[:, group], phi[:, group])
        low, high = np.quantile(draws, [0.05, 0.95], axis=0)
        held.append(np.mean((low <= theta) & (theta <= high)))
    assert np.mean(kappas) == pytest.approx(2.0, rel=0.05)
    # Nominal 0.90; with a instead of a (μ/M)² it is 0.70 here.
    assert 0.81 <= np.mean(held) <= 0.95


def test_joined_draws_cover_the_truth() -> None:
    """90% intervals of C + θ, parameters estimated, hold the truth in about 90%."""
    rng = np.random.default_rng(4)
    held, total = 0, 0
    for _ in range(12):
        n = 150
        group = np.zeros(n, dtype=np.int64)
        posts, theta, sampled = _world(rng, n, np.full(n, 2.0), 4.0, 8.0)
        weights = bootstrap_weights(rng, 300, n)
        phi = pool_dispersion(sampled, 8.0 * sampled, np.full(n, 20.0), group, 1, weights)
        fit = fit_witnesses(sampled, np.zeros(n), posts, phi, group, weights)
        expected = fit.kappa[:, group] * posts
        draws, _ = join(
            rng, sampled, np.zeros(n), expected, fit.shape[:, group], fit.dispersion[:, group]
        )
        low, high = np.quantile(draws, [0.05, 0.95], axis=0)
        held += int(((low <= theta) & (theta <= high)).sum())
        total += n
    assert binom.ppf(1e-3, total, 0.88) <= held <= binom.ppf(1 - 1e-3, total, 0.93)


def test_neighbours_are_nobodys_own_prior() -> None:
    sampled = np.array([100.0, 0.0, 20.0])
    minor, major = np.array([0, 0, 1]), np.array([0, 0, 0])
    found = neighbours_mean(sampled, minor, major)
    # (others of the minor group + the major group's mean of 40) / n
    np.testing.assert_allclose(found, [(0 + 40) / 2, (100 + 40) / 2, 40 / 1])
    share = np.array([0.5, np.nan, np.nan])
    assert neighbours_mean(sampled, minor, major, share)[0] == 60.0


def test_realisation_is_learnt_from_the_past() -> None:
    rng = np.random.default_rng(5)
    prior = realisation(rng, 4000, 2, median=0.7, sigma=0.3, group_sigma=0.05)
    learnt = realisation(
        rng, 4000, 2, median=0.7, sigma=0.3, group_sigma=0.05, observed=0.5, observed_se=0.05
    )
    assert np.median(prior) == pytest.approx(0.7, rel=0.03)
    assert np.median(learnt) == pytest.approx(0.5, rel=0.03)
    assert np.log(learnt).std() < 0.3 * np.log(prior).std()


def test_supply_and_its_shared_out_seekers() -> None:
    seekers = share_out(np.array([[10.0, 30.0]]), np.array([100.0, 300.0]), 40.0)
    np.testing.assert_allclose(seekers, [[11.0, 33.0]])
    two = np.full((1, 2), 2.0)
    found = supply(seekers, two, two, two, np.array([5.0, 0.0]))
    np.testing.assert_allclose(found, [[93.0, 264.0]])
    lam = coverage(np.random.default_rng(1), 20_000, 1, 0.3)
    assert np.median(lam) == pytest.approx(1.0, rel=0.02)
    assert np.log(lam).std() == pytest.approx(0.3, rel=0.03)


def test_one_past_year_leaves_open_how_the_next_will_differ() -> None:
    """Cities whose yearly π moves by the groups' spread: 90% intervals hold 90% of next years."""
    rng = np.random.default_rng(6)
    held, n = 0, 600
    for _ in range(n):
        lasting = np.log(0.7) + 0.3 * rng.normal()
        seen = np.exp(lasting + 0.1 * rng.normal() + 0.04 * rng.normal())
        coming = np.exp(lasting + 0.1 * rng.normal())
        found = realisation(
            rng, 400, 1, median=0.7, sigma=0.3, group_sigma=0.1, observed=seen, observed_se=0.04
        )
        lower, upper = np.quantile(found, [0.05, 0.95])
        held += lower <= coming <= upper
    assert binom.ppf(1e-3, n, 0.9) <= held <= binom.ppf(1 - 1e-3, n, 0.93)
