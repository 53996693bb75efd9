"""A past ranking held against what happened."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from shortage_city import make_city, profile

from xmdemand.errors import InputError
from xmdemand.shortage import evaluate, rank, register_outcome, to_record
from xmdemand.shortage.evaluate import calibration_slope, calibration_table, ndcg


def _record(p: np.ndarray) -> dict:
    order = np.argsort(np.argsort(-p))
    return {
        "ranking": {
            "year": 2025,
            "entries": {
                f"L{i}": {"code": f"c{i}", "rank": float(order[i] + 1), "p_top": float(p[i])}
                for i in range(len(p))
            },
        }
    }


def _value(result, measure: str, by: str = "all", group: str = "all") -> float:
    frame = result.frame
    row = frame[(frame["measure"] == measure) & (frame["by"] == by) & (frame["group"] == group)]
    return float(row["estimate"].iloc[0])


def test_perfect_and_reversed() -> None:
    p = np.linspace(0.99, 0.01, 20)
    outcome = pd.Series(np.linspace(5, 1, 20), index=[f"L{i}" for i in range(20)])
    good = evaluate(_record(p), outcome, k=5)
    assert _value(good, "hits") == 1.0
    assert _value(good, "ndcg") == pytest.approx(1.0)
    assert _value(good, "kendall_tau") == pytest.approx(1.0)
    bad = evaluate(_record(p), -outcome, k=5)
    assert _value(bad, "hits") == 0.0
    assert _value(bad, "kendall_tau") == pytest.approx(-1.0)
    assert _value(bad, "brier_skill") < 0 < _value(good, "brier_skill")


def test_by_hand() -> None:
    """k = 2 of 5; given a, b; true a, d."""
    record = _record(np.array([0.9, 0.8, 0.2, 0.1, 0.0]))
    outcome = pd.DataFrame(
        {"occupation": [f"c{i}" for i in range(5)], "outcome": [9.0, 1.0, 2.0, 8.0, 0.0]}
    )
    found = evaluate(record, outcome, k=2)
    assert _value(found, "hits") == 0.5
    expected = np.mean([0.1**2, 0.8**2, 0.2**2, 0.9**2, 0.0])
    assert _value(found, "brier") == pytest.approx(expected)
    # Gains by percentile: 1, .25, .5, .75, 0; discounts 1, 1/log2(3).
    d = 1 / np.log2(3)
    assert _value(found, "ndcg") == pytest.approx((1 + 0.25 * d) / (1 + 0.75 * d))


def test_trained_and_untrained_apart() -> None:
    rng = np.random.default_rng(1)
    p = rng.uniform(size=40)
    outcome = pd.DataFrame(
        {
            "occupation": [f"L{i}" for i in range(40)],
            "outcome": p + 0.1 * rng.normal(size=40),
            "trained": np.arange(40) % 2 == 0,
            "field": np.repeat(["made", "care"], 20),
        }
    )
    found = evaluate(_record(p), outcome, k=10)
    groups = set(zip(found.frame["by"], found.frame["group"], strict=True))
    assert groups == {
        ("all", "all"), ("trained", "True"), ("trained", "False"), ("field", "made"),
        ("field", "care"),
    }  # fmt: skip


def test_calibration_slope_tells_over_confidence() -> None:
    rng = np.random.default_rng(2)
    logit = rng.normal(0, 1.5, 20_000)
    happened = rng.random(20_000) < 1 / (1 + np.exp(-logit))
    honest = 1 / (1 + np.exp(-logit))
    sure = 1 / (1 + np.exp(-2 * logit))
    assert calibration_slope(honest, happened) == pytest.approx(1.0, abs=0.05)
    assert calibration_slope(sure, happened) == pytest.approx(0.5, abs=0.05)
    table = calibration_table(honest, happened)
    np.testing.assert_allclose(table["promised"], table["happened"], atol=0.05)
    assert table["n"].sum() == 20_000
    assert np.isnan(calibration_slope(honest, np.zeros(20_000, dtype=bool)))
    assert np.isnan(ndcg(np.arange(3.0), np.arange(3.0), 0))


@pytest.mark.parametrize(
    ("outcome", "match"),
    [
        (pd.Series([1.0, 2.0], index=["L0", "L1"]), "only 2 ranked occupations"),
        (pd.Series(1.0, index=[f"L{i}" for i in range(9)]), "all outcomes are alike"),
        (pd.Series(np.arange(9.0), index=["L1"] * 9), "two rows for L1"),
        (pd.DataFrame({"code": ["L1"]}), "lacks columns occupation, outcome"),
    ],
)
def test_refusals(outcome: pd.DataFrame, match: str) -> None:
    with pytest.raises(InputError, match=match):
        evaluate(_record(np.linspace(0.9, 0.1, 9)), outcome)
    with pytest.raises(InputError, match="no ranking"):
        evaluate({}, outcome)


def test_the_rooms_own_record_is_calibrated() -> None:
    """The ranking's P(top k), held against the true tightness of hand-made cities."""
    p, happened = [], []
    for seed in range(6):
        city = make_city(seed=seed)
        ranking = rank(
            city.demand, city.outlook, city.intent, profile(),
            classification=city.tree, year=2026, n_draws=200, seed=seed, top=20,
        )  # fmt: skip
        record = json.loads(json.dumps({"ranking": to_record(ranking)}))
        found = evaluate(record, pd.Series(city.tightness, index=ranking.frame.index), k=20)
        assert _value(found, "hits") >= 0.7
        rated = ranking.frame["rank"].notna().to_numpy()
        truth = city.tightness[rated]
        p += ranking.frame.loc[rated, "p_top"].tolist()
        happened += (truth >= np.sort(truth)[-20]).tolist()
    # The fake city's indicators share one truth without noise of their own: a loose bound.
    assert 0.7 <= calibration_slope(np.array(p), np.array(happened)) <= 2.0


def test_the_register_tells_how_long_posts_waited_or_at_least_how_many_there_were() -> None:
    frame = pd.DataFrame(
        {
            "posts_past": [120.0, 120.0, 4.0, 0.0],
            "seekers_past": [60.0, 240.0, 3.0, 40.0],
            "posts_stock": [5.0, 30.0, 1.0, 2.0],
        },
        index=["a", "b", "c", "d"],
    )
    outlook = SimpleNamespace(frame=frame)
    record = {"entries": {"La": {"code": "a", "listed": True}}}
    waited = register_outcome(outlook, record)  # type: ignore[arg-type]
    # Half a month and three months, whoever looks for work; c is too thin, d had no new post.
    assert waited["occupation"].tolist() == ["a", "b"]
    np.testing.assert_allclose(np.exp(waited["outcome"]), [0.5, 3.0], rtol=0.01)
    assert waited["trained"].tolist() == [True, False]
    frame["posts_stock"] = np.nan
    counted = register_outcome(outlook, record)  # type: ignore[arg-type]
    assert counted["occupation"].tolist() == ["a", "b", "d"]
    np.testing.assert_allclose(np.exp(counted["outcome"][:2]), [2.0, 0.5], rtol=0.01)
