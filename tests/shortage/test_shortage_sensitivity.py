"""Other choices of weights and forms, against hand values."""

from __future__ import annotations

import numpy as np
import pytest

from xmdemand.errors import NotFoundError
from xmdemand.shortage.causes import bad_jobs, find_causes, relative_pay
from xmdemand.shortage.ranks import credible_ranks, p_top_k, point_ranks, rank_draws
from xmdemand.shortage.sensitivity import alternatives, geometric, normalised, sensitivity


def test_scales_by_hand() -> None:
    z = np.array([[0.0, 1.0], [1.0, 3.0], [2.0, 2.0]])
    assert normalised(z, "min_max").tolist() == [[0.0, 0.0], [0.5, 1.0], [1.0, 0.5]]
    assert normalised(z, "percentile").tolist() == [[0.0, 0.0], [0.5, 1.0], [1.0, 0.5]]
    np.testing.assert_allclose(normalised(z, "standard").std(axis=0), 1.0)
    np.testing.assert_allclose(geometric(z, np.array([1.0, 0.0])), [1.0, 50.5, 100.0])
    with pytest.raises(NotFoundError, match="no scale 'odd'"):
        normalised(z, "odd")


def test_leaving_out_a_copy_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    one = rng.normal(size=40)
    z, weights = {"a": one, "b": one.copy()}, {"a": 0.5, "b": 0.5}
    table, low, high = sensitivity(z, weights, top=10, rng=rng)
    out = table[table["choice"] == "left_out"]
    assert (out["mean_rank_shift"] == 0).all()
    assert (out["top_kept"] == 1).all()
    assert (low == high).all()
    assert set(alternatives(z, weights)) >= {("weights", "equal"), ("aggregation", "geometric")}


def test_ranks_of_draws_and_of_points_agree() -> None:
    values = np.random.default_rng(2).normal(size=(1, 30))
    assert rank_draws(values)[0].tolist() == point_ranks(values[0]).tolist()
    rank, lower, upper, p_top = credible_ranks(np.repeat(values, 9, axis=0), top=5)
    assert (rank == lower).all()
    assert (rank == upper).all()
    assert sorted(p_top)[-5:] == [0.95] * 5
    np.testing.assert_allclose(p_top, p_top_k(np.repeat(values, 9, axis=0), 5))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("n_draws", [1, 2, 999, 1100])
def test_counted_ranks_are_those_of_stable_sorting(kind: type, n_draws: int) -> None:
    """Against the slow way: sort stably, rank, take order statistics; half the draws have ties."""
    draws = np.random.default_rng(n_draws).normal(size=(n_draws, 37)).astype(kind)
    draws[::2] = draws[::2].round(1)
    ranks = np.argsort(np.argsort(-draws, axis=1, kind="stable"), axis=1) + 1
    np.testing.assert_array_equal(rank_draws(draws), ranks)
    rank, lower, upper, p_top = credible_ranks(draws, top=5, level=0.8)
    np.testing.assert_array_equal(rank, np.median(ranks, axis=0))
    np.testing.assert_array_equal(lower, np.quantile(ranks, 0.1, axis=0, method="lower"))
    np.testing.assert_array_equal(upper, np.quantile(ranks, 0.9, axis=0, method="higher"))
    np.testing.assert_allclose(p_top, ((ranks <= 5).sum(axis=0) + 0.5) / (n_draws + 1))


def test_values_a_hair_apart_or_of_either_zero_are_ranked_exactly() -> None:
    """Ranks go by integers whose lowest bits are the item's number: they may not decide."""
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(40, 300))
    cases = [
        1 + 1e-14 * noise, -1e6 + 1e-9 * noise, 1e-300 * noise, 1e300 * noise,
        np.where(noise > 0, 0.0, -0.0), np.concatenate([noise, -noise], axis=1).round(1),
    ]  # fmt: skip
    for values in cases:
        slow = np.argsort(np.argsort(-values, axis=1, kind="stable"), axis=1) + 1
        np.testing.assert_array_equal(rank_draws(values), slow)


def test_a_bad_job_leaves_fast_and_pays_little() -> None:
    turnover = np.tile([0.9, 0.9, 0.2, 0.2, np.nan], (50, 1))
    pay = np.tile([-0.4, 0.1, -0.4, 0.1, -0.4], (50, 1))
    p = bad_jobs(turnover, pay, turnover_ratio=1.5, log_pay=-0.15)
    assert p[:4].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert np.isnan(p[4])


def test_pay_is_held_against_its_own_level() -> None:
    wage = np.tile([8.0] * 5 + [9.0] * 5 + [8.5], (3, 1))
    level = np.array(["5"] * 5 + ["3"] * 5 + ["1"], dtype=object)
    found = relative_pay(wage, level)[0]
    assert found[:10].tolist() == [0.0] * 10
    assert found[10] == 0.0  # alone at its level: held against the city's median of 8.5


def test_causes_in_order() -> None:
    one = {
        "short": np.array([True] * 6 + [False]),
        "bad_job": np.array([True, True] + [False] * 5),
        "low_pay": np.array([0.8, 0.95, 0, 0, 0, 0.9, 0]),
        "high_turnover": np.array([0.9, 0.8, 0, 0, 0, 0, 0]),
        "tight": np.array([0.9, 0.9, 0.9, 0.9, 0.1, 0.1, 0.9]),
        "unqualified": np.array([0.2, 0.2, 0.2, 0.2, 0.6, 0.1, 0.2]),
        "high_skill": np.array([0, 0, 0.8, 0.1, 0, 0, 0]),
    }
    assert find_causes(**one).tolist() == [
        "retention", "pay", "long_training", "few_applicants", "unsuitable", "pay", "",
    ]  # fmt: skip
