"""What would turn a decision: the change is applied, the ranking run again, the decision turned."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from shortage_city import City, classification, draws, make_city, profile

from xmdemand.errors import NotFoundError
from xmdemand.profile import TierRule
from xmdemand.shortage import INDICATORS, Ranking, rank, to_record, what_if
from xmdemand.shortage.indicators import back
from xmdemand.shortage.tiers import place, threshold
from xmdemand.shortage.what_if import turning_point

BY_NAME = {item.name: item for item in INDICATORS}


@pytest.fixture(scope="module")
def city() -> City:
    return make_city(n_draws=100, tree=classification(n_minor=3, per_minor=8))


def run(city: City, **changes: object) -> Ranking:
    arguments: dict[str, object] = {
        "classification": city.tree, "year": 2026, "n_draws": 100, "seed": 3
    }  # fmt: skip
    who = changes.pop("profile", profile())
    demand = changes.pop("demand", city.demand)
    return rank(demand, city.outlook, city.intent, who, **(arguments | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def first(city: City) -> Ranking:
    return run(city)


@pytest.fixture(scope="module")
def second(city: City, first: Ranking) -> Ranking:
    """Another survey of the same city in the next year: cuts stand, tiers have memory."""
    other = make_city(n_draws=100, seed=2, tree=city.tree)
    moved = replace(
        city.outlook,
        log_ratio=replace(
            city.outlook.log_ratio,
            values=0.7 * city.outlook.log_ratio.values + 0.3 * other.outlook.log_ratio.values,
        ),
    )
    return run(replace(city, outlook=moved), year=2027, previous={"ranking": to_record(first)})


def moved_index(ranking: Ranking, code: str, name: str, needed: float) -> np.ndarray:
    """The index with one indicator's draws moved until their mean is `needed`, written out anew."""
    item, at = BY_NAME[name], ranking.frame.index.get_loc(code)
    values = ranking.signals[name].values[:, at]

    def off(step: float) -> float:
        return float(back(values + step, item.transform).mean()) - needed

    step = brentq(off, -20, 20) if item.transform == "identity" else brentq(off, -1.2, 1.2)
    rows = ranking.indicators.set_index(["occupation", "indicator"])
    goalposts = ranking.goalposts["indicators"]
    total = np.zeros(len(values))
    for other, signal in ranking.signals.items():
        post = goalposts[other]
        x = signal.values[:, at] + (step * (1 + 1e-7) if other == name else 0.0)
        z = BY_NAME[other].direction * (x - post["median"]) / post["spread"]
        clipped = np.clip(z, -3, 3)
        total += float(rows.loc[(code, other), "weight"]) * (clipped + 1e-4 * (z - clipped))
    return total


@pytest.mark.parametrize("which", ["first", "second"])
def test_applied_changes_turn_the_tier(which: str, request: pytest.FixtureRequest) -> None:
    """Index or indicator moved as told: `place` decides otherwise; a hair less, and it does not."""
    ranking: Ranking = request.getfixturevalue(which)
    frame, cuts = ranking.frame, np.array(ranking.goalposts["cuts"])
    tried = 0
    for code in frame.index[frame["rated"]][::3]:
        row, at = frame.loc[code], frame.index.get_loc(code)
        for _, told in what_if(ranking, code, profile()).iterrows():
            if told["decision"] == "listed" or np.isnan(told["needed"]):
                continue
            stars = int(told["decision"][-1])
            if told["quantity"] == "index":
                index = ranking.draws["index"].values[:, at] + told["change"] * (1 + 1e-3)
                half = ranking.draws["index"].values[:, at] + told["change"] / 2
            else:
                name, span = str(told["quantity"]), told["needed"] - told["now"]
                index = moved_index(ranking, code, name, told["needed"])
                half = moved_index(ranking, code, name, told["now"] + 0.5 * span)
            holds = [
                place(
                    (draws_[:, None] >= cuts).mean(axis=0)[None, :],
                    last=np.array([row["tier_last"]]),
                    p_last=np.array([[row["last_p_1"], row["last_p_2"]]]),
                    rule=TierRule(),
                    first=which == "first",
                )[0]
                >= stars
                for draws_ in (index, half)
            ]
            assert holds[0] != told["holds"], (code, told.to_dict())
            if abs(told["change"]) > 1e-3:
                assert holds[1] == told["holds"], (code, told.to_dict())
            tried += 1
    assert tried > 50


def test_the_whole_ranking_agrees(
    city: City, first: Ranking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An indicator moved inside the stage itself: the next edition's tier is the one told."""
    stage = sys.modules["xmdemand.shortage.rank"]
    real = stage.measure_all
    record = {"ranking": to_record(first)}
    base = run(city, year=2027, previous=record)
    turned = 0
    for code in base.frame.index[base.frame["rated"]][::6]:
        at = base.frame.index.get_loc(code)
        table = what_if(base, code, profile())
        told = table[(table["quantity"] == "log_ratio") & table["needed"].notna()]
        for row in told.head(1).to_dict("records"):

            def shifted(*given: object, row: dict = row, at: int = at) -> object:
                found, notes = real(*given)
                item = found["log_ratio"]
                values = item.draws.copy()
                values[:, at] += row["change"] * (1 + 1e-7)
                return {**found, "log_ratio": replace(item, draws=values)}, notes

            with monkeypatch.context() as patch:
                patch.setattr(stage, "measure_all", shifted)
                again = run(city, year=2027, previous=record)
            held = again.frame.loc[code, "tier"] >= int(row["decision"][-1])
            assert held != row["holds"], (code, row)
            turned += 1
    assert turned >= 3


def test_need_multiplied_as_told_turns_the_list(first: Ranking) -> None:
    rule = profile().listing
    frame = first.frame
    seen = set()
    for code in frame.index:
        row = what_if(first, code, profile()).iloc[0]
        if np.isnan(row["needed"]):
            assert not row["holds"]
            assert frame.loc[code, "failed"] != "shortage.fail_need" or row["now"] == 0
            continue
        need = first.draws["need"].values[:, frame.index.get_loc(code)]
        moved = need * row["needed"] / row["now"]
        edge = 1 - 1e-12 if row["holds"] else 1 + 1e-12
        assert ((edge * moved >= rule.need_persons).mean() >= rule.probability) != row["holds"]
        seen.add(bool(row["holds"]))
    assert seen == {True, False}


def test_nothing_else_helps_a_barred_occupation(city: City) -> None:
    who = profile(barred=("4-01-02",))
    ranking = run(city, profile=who)
    table = what_if(ranking, "4-01-02-03", who)
    assert np.isnan(table.loc[table["decision"] == "listed", "needed"].iloc[0])


def test_no_index_gives_a_bad_job_a_second_star(city: City) -> None:
    worst = int(np.argmax(city.tightness))
    index = city.demand.hires.index
    leavers = city.demand.totals["leavers"].values.copy()
    leavers[:, worst] *= 8
    wage = city.demand.log_wage.values.copy()
    wage[:, worst] -= 0.6
    totals = {**city.demand.totals, "leavers": draws(leavers, index)}
    bad = replace(city.demand, totals=totals, log_wage=draws(wage, index))
    ranking = run(city, demand=bad)
    table = what_if(ranking, index[worst], profile()).set_index(["decision", "quantity"])
    assert ranking.frame.loc[index[worst], "bad_job"]
    assert not table.loc[("tier_2", "index"), "holds"]
    assert np.isnan(table.loc["tier_2", "needed"]).all()
    assert np.isfinite(table.loc[("tier_1", "index"), "needed"])


def test_in_the_shortage_form_the_list_turns_with_the_star(city: City) -> None:
    who = profile(listing=profile().listing.model_copy(update={"form": "shortage"}))
    ranking = run(city, profile=who)
    frame = ranking.frame
    code = frame.index[frame["rated"] & ~frame["listed"]][0]
    table = what_if(ranking, code, who)
    listed = table[table["decision"] == "listed"].drop(columns="decision")
    star = table[table["decision"] == "tier_1"].drop(columns="decision")
    pd.testing.assert_frame_equal(listed.reset_index(drop=True), star.reset_index(drop=True))


def test_other_rules_move_the_index_alone(city: City) -> None:
    ranking = run(city, method="ba")
    table = what_if(ranking, ranking.frame.index[0], profile())
    assert set(table["quantity"]) == {"need", "index"}


def test_unknown_occupation(first: Ranking) -> None:
    with pytest.raises(NotFoundError, match="no occupation '9-99-99-99'"):
        what_if(first, "9-99-99-99", profile())


@settings(max_examples=100, deadline=None)
@given(
    values=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=60),
    limit=st.floats(0.01, 1.0),
)
def test_turning_point_is_the_highest_value_reached(values: list[float], limit: float) -> None:
    x = np.array(values)
    found = turning_point(x, limit)
    assert (x >= found).mean() >= limit - 1e-9
    above = x[x > found]
    if len(above):
        assert (x >= above.min()).mean() < limit


@settings(max_examples=200, deadline=None)
@given(
    p=st.floats(0, 1),
    p_last=st.one_of(st.just(float("nan")), st.floats(0, 1)),
    last=st.sampled_from([-1, 0, 1]),
    first=st.booleans(),
    limits=st.lists(st.floats(0.05, 0.95), min_size=3, max_size=3).map(sorted),
)
def test_threshold_says_where_place_places(
    p: float, p_last: float, last: int, first: bool, limits: list[float]
) -> None:
    rule = TierRule(leave=limits[0], leave_twice=limits[1], enter=limits[2])
    tier = place(
        np.array([[p]]), last=np.array([last]), p_last=np.array([[p_last]]), rule=rule, first=first
    )
    assert (p >= threshold(rule, held=last >= 1, p_last=p_last, first=first)) == (tier[0] >= 1)
