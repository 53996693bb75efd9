"""What indicators do not share: found again in simulated factor data."""

from __future__ import annotations

import numpy as np
import pytest

from xmdemand.shortage.latent import common_loadings, specific_variance


def test_specific_variance_is_found_again() -> None:
    rng = np.random.default_rng(1)
    n, n_draws = 4000, 30
    loadings, noise = np.array([0.9, 0.7, 0.6, 0.3]), np.array([0.1, 0.4, 0.6, 0.8])
    factor = rng.normal(size=n)
    specific = np.sqrt(1 - loadings**2)
    truth = factor[:, None] * loadings + specific * rng.normal(size=(n, 4))
    seen = truth + noise * rng.normal(size=(n, 4))
    weight = 1 / (1 + noise**2)
    spread = np.sqrt(weight) * noise
    draws = weight * seen + spread * rng.normal(size=(n_draws, n, 4))
    names = "abcd"
    weights = dict(zip(names, (0.4, 0.3, 0.2, 0.1), strict=True))
    found = specific_variance({k: draws[:, :, at] for at, k in enumerate(names)}, weights)
    expected = sum(weights[k] ** 2 * specific[at] ** 2 for at, k in enumerate(names))
    assert found == pytest.approx(expected, rel=0.12)


def test_one_indicator_disagrees_with_nobody() -> None:
    draws = np.random.default_rng(2).normal(size=(10, 50))
    assert specific_variance({"a": draws}, {"a": 1.0}) == 0.0


def test_two_that_have_nothing_in_common_share_nothing() -> None:
    rng = np.random.default_rng(3)
    two = {name: np.tile(rng.normal(size=3000), (4, 1)) for name in "ab"}
    assert specific_variance(two, {"a": 0.5, "b": 0.5}) == pytest.approx(0.5, rel=0.08)
    assert common_loadings(np.eye(2), np.ones(2)).tolist() == [0.0, 0.0]
