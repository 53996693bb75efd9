"""The stage as a whole, on a hand-made city."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import spearmanr
from shortage_city import City, make_city, profile

from xmdemand.errors import InputError, NotFoundError
from xmdemand.shortage import Ranking, methods, rank, to_record


@pytest.fixture(scope="module")
def city() -> City:
    return make_city()


def run(city: City, **changes: object) -> Ranking:
    settings: dict[str, object] = {
        "classification": city.tree,
        "year": 2026,
        "n_draws": 200,
        "seed": 3,
    }
    inputs = {"demand": city.demand, "outlook": city.outlook, "intent": city.intent}
    for key in inputs:
        if key in changes:
            inputs[key] = changes.pop(key)  # type: ignore[assignment]
    who = changes.pop("profile", profile())
    return rank(*inputs.values(), who, **(settings | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def ranking(city: City) -> Ranking:
    return run(city)


def test_index_follows_the_true_tightness(city: City, ranking: Ranking) -> None:
    frame = ranking.frame
    assert spearmanr(frame["index"], city.tightness, nan_policy="omit").statistic > 0.9
    assert frame.index.is_monotonic_increasing


def test_contributions_add_up_to_the_index(ranking: Ranking) -> None:
    total = ranking.indicators.groupby("occupation")["contribution"].sum(min_count=1)
    np.testing.assert_allclose(
        total.reindex(ranking.frame.index), ranking.frame["index"], atol=1e-12
    )


@pytest.mark.parametrize("method", sorted(methods()))
def test_every_method_adds_up(city: City, method: str) -> None:
    result = run(city, method=method)
    total = result.indicators.groupby("occupation")["contribution"].sum(min_count=1)
    np.testing.assert_allclose(total.reindex(result.frame.index), result.frame["index"], atol=1e-9)


@pytest.mark.parametrize(
    ("absent", "code"),
    [
        ({"demand": None}, "shortage.no_survey"),
        ({"outlook": None}, "shortage.no_register"),
        ({"intent": None}, "shortage.no_intent"),
    ],
)
def test_an_absent_input_is_a_noted_rule(city: City, absent: dict, code: str) -> None:
    result = run(city, **absent)
    assert code in {note.code for note in result.notes}
    assert result.frame["rated"].any()
    if "intent" in absent:
        assert set(result.frame["advice"]) == {""}
    if "demand" in absent:
        assert result.frame["assumed"].all()
        assert result.draws["demand"].unit == "registered posts"


def test_intent_alone_is_refused(city: City) -> None:
    with pytest.raises(InputError, match="employer survey or the register"):
        run(city, demand=None, outlook=None)


def test_bad_weights_are_refused(city: City) -> None:
    with pytest.raises(InputError, match="sum to zero"):
        run(city, weights=dict.fromkeys(_names(), 0.0))
    with pytest.raises(InputError, match="negative"):
        run(city, weights={"log_ratio": -1.0})
    with pytest.raises(NotFoundError, match="no indicator named ratios"):
        run(city, weights={"ratios": 1.0})
    with pytest.raises(NotFoundError, match="no method named"):
        run(city, method="magic")


def _names() -> list[str]:
    from xmdemand.shortage import INDICATORS

    return [item.name for item in INDICATORS]


def test_record_is_json_and_remembered(city: City, ranking: Ranking) -> None:
    record = json.loads(json.dumps({"ranking": to_record(ranking)}))
    assert record["ranking"] == to_record(ranking)
    again = run(city, year=2027, previous=record)
    assert again.goalposts["cuts"] == ranking.goalposts["cuts"]
    assert again.goalposts["editions"] == 2
    # Same evidence, same cuts: nobody who held a star at P >= 0.5 loses it.
    held = ranking.frame["tier"] > 0
    assert (again.frame.loc[held, "tier"] > 0).mean() > 0.9
    assert (again.frame["tier_last"] == ranking.frame["tier"]).all()


def test_same_seed_same_numbers_other_seed_others(city: City, ranking: Ranking) -> None:
    again = run(city)
    assert json.dumps(to_record(again)) == json.dumps(to_record(ranking))
    other = run(city, seed=4)
    assert json.dumps(to_record(other)) != json.dumps(to_record(ranking))


def test_every_note_has_words(city: City, ranking: Ranking) -> None:
    for result in (ranking, run(city, demand=None), run(city, outlook=None)):
        for note in result.notes:
            assert note.say("zh")
            assert note.say("en")
