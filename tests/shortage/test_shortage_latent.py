"""What indicators share with shortage: found again in simulated data, and kept as promised."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmdemand.shortage.evaluate import calibrate, learn_trust
from xmdemand.shortage.latent import common_loadings, promise, validity
from xmdemand.shortage.ranks import p_top_k

LOADINGS = np.array([0.9, 0.7, 0.6, 0.3])
WEIGHTS = dict(zip("abcd", (0.4, 0.3, 0.2, 0.1), strict=True))


def factor_data(seed: int, n: int, n_draws: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The factor, and posterior draws of four noisy indicators of it."""
    rng = np.random.default_rng(seed)
    noise = np.array([0.1, 0.4, 0.6, 0.8])
    factor = rng.normal(size=n)
    truth = factor[:, None] * LOADINGS + np.sqrt(1 - LOADINGS**2) * rng.normal(size=(n, 4))
    seen = truth + noise * rng.normal(size=(n, 4))
    weight = 1 / (1 + noise**2)
    spread = np.sqrt(weight) * noise
    draws = weight * seen + spread * rng.normal(size=(n_draws, n, 4))
    return factor, {name: draws[:, :, at] for at, name in enumerate("abcd")}


def everywhere(n: int, names: str = "abcd") -> dict[str, np.ndarray]:
    return {name: np.ones(n, dtype=bool) for name in names}


def test_reliability_is_found_again() -> None:
    _, z = factor_data(1, 4000, 30)
    w = np.array(list(WEIGHTS.values()))
    shared = (w @ LOADINGS) ** 2
    expected = shared / (shared + w**2 @ (1 - LOADINGS**2))
    found = validity(z, WEIGHTS, everywhere(4000))
    np.testing.assert_allclose(found, expected, atol=0.03)


def test_fewer_observed_indicators_are_less_sure() -> None:
    _, z = factor_data(2, 1000, 20)
    observed = everywhere(1000)
    observed["a"][:300] = False
    observed["b"][:100] = False
    found = validity(z, WEIGHTS, observed)
    assert found[0] < found[200] < found[999]
    # c c_o / V: the missing indicators' part of what is shared is gone.
    shared = np.array([0.4, 0.3, 0.2, 0.1]) * LOADINGS
    assert found[0] / found[999] == pytest.approx(shared[2:].sum() / shared.sum(), abs=0.06)


def test_one_indicator_is_as_valid_as_assumed_and_two_by_spearman_and_brown() -> None:
    rng = np.random.default_rng(3)
    alone = validity({"a": rng.normal(size=(4, 60))}, {"a": 1.0}, everywhere(60, "a"), assumed=0.6)
    np.testing.assert_allclose(alone, 0.6)
    # Two, each with half of its variance in common with the other, and draws that know them well.
    common, own = rng.normal(size=4000), rng.normal(size=(2, 4000))
    z = {
        name: np.sqrt(0.5) * (common + own[at]) + 0.1 * rng.normal(size=(30, 4000))
        for at, name in enumerate("ab")
    }
    both = validity(z, {"a": 0.5, "b": 0.5}, everywhere(4000, "ab"), assumed=0.9)
    np.testing.assert_allclose(both, 2 * 0.5 / (1 + 0.5), atol=0.03)


def test_two_indicators_that_disagree_tell_nothing() -> None:
    rng = np.random.default_rng(5)
    up = rng.normal(size=500)
    z = {"a": np.tile(up, (4, 1)), "b": np.tile(-up, (4, 1))}
    assert not validity(z, {"a": 0.5, "b": 0.5}, everywhere(500, "ab")).any()


def test_indicators_that_have_nothing_in_common_tell_nothing() -> None:
    rng = np.random.default_rng(4)
    z = {name: np.tile(rng.normal(size=4000), (4, 1)) for name in "abc"}
    found = validity(z, dict.fromkeys("abc", 1 / 3), everywhere(4000, "abc"))
    # A communality between three unrelated columns is noise, of a tenth at most here.
    assert found.max() < 0.5
    assert common_loadings(np.diag(np.ones(3)), np.ones(3)).tolist() == [0.0, 0.0, 0.0]


def test_promises_of_a_parallel_sign_are_kept() -> None:
    """P(top k) of the coming sign is calibrated though nobody tells the model its validity."""
    p, happened = [], []
    w = np.array(list(WEIGHTS.values()))
    shared = (w @ LOADINGS) ** 2
    reliability = shared / (shared + w**2 @ (1 - LOADINGS**2))
    for seed in range(12):
        n = 300
        factor, z = factor_data(100 + seed, n, 150)
        rng = np.random.default_rng(seed)
        index = sum(WEIGHTS[name] * values for name, values in z.items())
        p.append(p_top_k(promise(index, validity(z, WEIGHTS, everywhere(n)), rng), 50))
        coming = np.sqrt(reliability) * factor + np.sqrt(1 - reliability) * rng.normal(size=n)
        happened.append(coming >= np.sort(coming)[-50])
    slope, error = calibrate(np.concatenate(p), np.concatenate(happened))
    assert abs(slope - 1) < 0.12 + 2 * error
    assert error < 0.06


@settings(max_examples=30, deadline=None)
@given(
    valid=st.floats(0, 1),
    trust=st.floats(0.2, 2.0),
    scale=st.floats(1e-3, 1e3),
    seed=st.integers(0, 99),
)
def test_promises_do_not_depend_on_scale_and_keep_the_spread(
    valid: float, trust: float, scale: float, seed: int
) -> None:
    index = np.random.default_rng(seed).normal(size=(200, 20))
    one = promise(index, np.full(20, valid), np.random.default_rng(1000), trust=trust)
    other = promise(scale * index, np.full(20, valid), np.random.default_rng(1000), trust=trust)
    np.testing.assert_allclose(other, scale * one, rtol=1e-9, atol=1e-9 * scale)
    assert one.std() == pytest.approx(index.std(), rel=0.12)


def test_trust_is_learnt_over_editions() -> None:
    """A model that thinks itself twice as sure as it is comes to promise what happens."""
    trust, slopes = 1.0, []
    truly, claimed = 0.5, 0.8
    for year in range(6):
        rng = np.random.default_rng(year)
        mean = rng.normal(size=250)
        p = p_top_k(promise(np.tile(mean, (400, 1)), np.full(250, claimed), rng, trust=trust), 50)
        coming = truly * mean + np.sqrt(1 - truly**2) * rng.normal(size=250)
        slope, error = calibrate(p, coming >= np.sort(coming)[-50])
        slopes.append(slope)
        trust = learn_trust(slope, error, trust)
    assert slopes[0] < 0.6
    assert np.mean(slopes[3:]) == pytest.approx(1.0, abs=0.25)
    # r / √(1 - r²) is what the slope is proportional to.
    odds = (truly / np.sqrt(1 - truly**2)) / (claimed / np.sqrt(1 - claimed**2))
    assert trust == pytest.approx(odds, rel=0.3)


def test_a_slope_nobody_could_tell_teaches_nothing() -> None:
    assert learn_trust(float("nan"), float("nan"), 0.7) == 0.7
    assert learn_trust(3.0, float("inf"), 0.7) == 0.7
