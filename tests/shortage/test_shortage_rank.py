"""The stage as a whole, on a hand-made city."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from shortage_city import City, classification, draws, make_city, profile

from xmdemand.draws import Draws
from xmdemand.errors import InputError, NotFoundError
from xmdemand.shortage import INDICATORS, Indicator, Ranking, methods, rank, to_record
from xmdemand.shortage.evaluate import learn_trust
from xmdemand.shortage.ranks import p_top_k


def _names() -> list[str]:
    return [item.name for item in INDICATORS]


@pytest.fixture(scope="module")
def city() -> City:
    return make_city()


def run(city: City, **changes: object) -> Ranking:
    arguments: dict[str, object] = {
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
    return rank(*inputs.values(), who, **(arguments | changes))  # type: ignore[arg-type]


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
    with pytest.raises(InputError, match="top must be 1 or more"):
        run(city, top=0)


def test_all_tied_is_refused_by_name(city: City) -> None:
    outlook = city.outlook
    flat = {
        name: replace(getattr(outlook, name), values=np.ones_like(outlook.posts.values))
        for name in ("posts", "seekers", "log_ratio", "growth")
    }
    flat["frame"] = outlook.frame.assign(posts_past=120.0, posts_stock=20.0)
    with pytest.raises(InputError) as refused:
        run(city, demand=None, outlook=replace(outlook, **flat))
    assert str(refused.value).count(": the same everywhere") == 3  # the register's indicators


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


def test_a_factor_common_to_all_occupations_cancels_in_ranks(city: City, ranking: Ranking) -> None:
    """π is one draw for all: another prior of it moves levels, not the order of demand."""
    priors = profile().priors
    richer = priors.model_copy(update={"realisation_median": 2 * priors.realisation_median})
    other = run(city, profile=profile(priors=richer))
    ratio = other.frame["demand"] / ranking.frame["demand"]
    np.testing.assert_allclose(ratio, 2.0, rtol=1e-9)
    assert (other.frame["rank_demand"] == ranking.frame["rank_demand"]).all()
    assert (other.frame["index"] == ranking.frame["index"]).sum() == ranking.frame["rated"].sum()


def test_inputs_in_another_order_give_the_same(city: City, ranking: Ranking) -> None:
    turned = city.demand.hires.index[::-1]
    moved = replace(
        city.demand,
        hires=city.demand.hires.reindex(turned),
        totals={name: part.reindex(turned) for name, part in city.demand.totals.items()},
        log_wage=city.demand.log_wage.reindex(turned),
    )
    again = run(city, demand=moved)
    assert json.dumps(to_record(again)) == json.dumps(to_record(ranking))


def test_witnesses_are_shown_with_weights(ranking: Ranking) -> None:
    frame = ranking.frame
    assert frame["survey_weight"].between(0, 1).all()
    low = frame[["survey_demand", "register_demand"]].min(axis=1)
    high = frame[["survey_demand", "register_demand"]].max(axis=1)
    # The joint lies between its witnesses but for the draws' own noise.
    inside = (frame["demand"] > 0.8 * low) & (frame["demand"] < 1.2 * high)
    assert inside.mean() > 0.95
    assert (frame["gap_half"] >= frame["gap_one"]).all()
    assert (frame["gap_one"] >= frame["gap_double"]).all()
    assert set(frame["basis"]) == {"both"}


def test_need_is_capped_by_demand(ranking: Ranking) -> None:
    need = ranking.draws["need_entry"].values
    assert (need <= ranking.draws["demand"].values + 1e-9).all()
    assert (need >= 0).all()


def test_levels_and_districts_add_up_to_the_occupation(ranking: Ranking) -> None:
    for table in (ranking.levels, ranking.districts):
        total = table.groupby("occupation")[["need_entry", "need_upgrade"]].sum()
        own = ranking.frame.loc[total.index]
        with_hires = own["planned"] > 0
        np.testing.assert_allclose(
            total.loc[with_hires, "need_entry"], own.loc[with_hires, "need_entry"], rtol=1e-9
        )
        assert set(table["advice"]) <= {"open", "guide", "control", "none"}


def test_every_unlisted_row_has_its_reason(ranking: Ranking) -> None:
    frame = ranking.frame
    assert ((frame["failed"] == "") == frame["listed"]).all()
    need = frame[frame["failed"] == "shortage.fail_need"]
    assert (need["failed_value"] < need["failed_limit"]).all()
    assert (frame.loc[~frame["rated"], "unrated_reason"] != "").all()
    assert frame.loc[~frame["rated"], "index"].isna().all()


def test_barred_and_other_groups_are_not_listed(city: City) -> None:
    result = run(city, profile=profile(eligible=("4",), barred=("4-01-02",))).frame
    assert (
        result.loc[result.index.str.startswith("6"), "failed"] == ("shortage.fail_not_eligible")
    ).all()
    assert (
        result.loc[result.index.str.startswith("4-01-02"), "failed"] == ("shortage.fail_barred")
    ).all()
    assert result.loc[~result["eligible"], "rank"].isna().all()


def test_shortage_only_form_lists_starred_rows(city: City) -> None:
    rule = profile().listing.model_copy(update={"form": "shortage"})
    frame = run(city, profile=profile(listing=rule)).frame
    assert (frame["tier"] >= 1)[frame["listed"]].all()
    assert 10 <= frame["listed"].sum() <= 30  # quota 20, in expectation


def test_bad_jobs_get_one_star_at_most(city: City) -> None:
    worst = int(np.argmax(city.tightness))
    code = city.demand.hires.index[worst]
    leavers = city.demand.totals["leavers"].values.copy()
    leavers[:, worst] *= 8
    wage = city.demand.log_wage.values.copy()
    wage[:, worst] -= 0.6
    index = city.demand.hires.index
    demand = replace(
        city.demand,
        totals={**city.demand.totals, "leavers": draws(leavers, index)},
        log_wage=draws(wage, index),
    )
    row = run(city, demand=demand).frame.loc[code]
    assert row["bad_job"]
    assert row["tier"] == 1
    assert row["tier_memoryless"] == 2
    assert row["cause"] in ("retention", "pay")
    assert row["remedy"] in ("improve_conditions", "improve_pay")


def test_an_indicator_that_runs_backwards_is_told(city: City) -> None:
    totals = dict(city.demand.totals)
    wrong = totals["vacancies"].values - totals["unqualified"].values
    totals["unqualified"] = draws(wrong, city.demand.hires.index)
    result = run(city, demand=replace(city.demand, totals=totals))
    told = [note.where for note in result.notes if note.code == "shortage.indicator_sign"]
    assert told == ["skill_shortage"]


def test_a_constant_indicator_is_left_out(city: City) -> None:
    totals = dict(city.demand.totals)
    totals["vacancies_3m"] = draws(0.2 * totals["vacancies"].values, city.demand.hires.index)
    result = run(city, demand=replace(city.demand, totals=totals))
    assert any(
        note.code == "shortage.indicator_constant" and note.where == "long_open"
        for note in result.notes
    )
    assert "long_open" not in set(result.indicators["indicator"])


def test_cuts_are_set_anew_when_the_method_changes(city: City, ranking: Ranking) -> None:
    record = {"ranking": to_record(ranking)}
    other = run(city, year=2027, previous=record, weights={"log_ratio": 0.9})
    assert "shortage.cuts_method_changed" in {note.code for note in other.notes}
    assert other.goalposts["since"] == 2027
    assert other.goalposts["indicators"] == ranking.goalposts["indicators"]
    record["ranking"]["goalposts"]["editions"] = 5
    expired = run(city, year=2031, previous=record)
    assert "shortage.cuts_expired" in {note.code for note in expired.notes}


def test_wage_growth_enters_with_the_second_edition(city: City, ranking: Ranking) -> None:
    index = city.demand.hires.index
    raised = city.demand.log_wage.values + 0.3 * city.tightness
    second = replace(city.demand, log_wage=draws(raised, index))
    result = run(city, demand=second, year=2027, previous={"ranking": to_record(ranking)})
    growth = result.indicators[result.indicators["indicator"] == "wage_growth"]
    assert spearmanr(growth["value"], city.tightness).statistic > 0.9
    assert "shortage.goalpost_new" in {note.code for note in result.notes}
    assert "shortage.cuts_method_changed" not in {note.code for note in result.notes}


def test_too_few_draws_and_unknown_codes(city: City) -> None:
    with pytest.raises(InputError, match="200 draws, 500 are asked for"):
        run(city, n_draws=500)
    strange = city.demand.hires.index[:-1].append(pd.Index(["9-99-99-99"]))
    odd = Draws(city.demand.hires.values, strange, "persons")
    result = run(city, demand=replace(city.demand, hires=odd))
    assert "shortage.unknown_occupation" in {note.code for note in result.notes}


def test_one_occupation_alone() -> None:
    """Nothing to compare with: refused in words, not a rank of one out of one."""
    tree = classification(n_minor=1, per_minor=1)
    tree = replace(tree, frame=tree.frame[tree.frame["code"].str.startswith("4")])
    with pytest.raises(InputError, match="only one occupation has evidence"):
        run(make_city(tree=tree))


def test_pipeline_adds_to_supply(city: City, ranking: Ranking) -> None:
    code = ranking.frame.index[0]
    pipeline = pd.DataFrame(
        {
            "occupation": [code, code],
            "kind": ["graduates", "trainees"],
            "persons": [100.0, 10.0],
            "entry_share": [0.5, np.nan],
            "stay_share": [0.4, np.nan],
        }
    )
    more = run(city, pipeline=pipeline).frame.loc[code]
    who = profile().priors
    expected = 100 * 0.5 * 0.4 + 10 * who.graduate_entry * who.graduate_stay
    assert more["supply"] - ranking.frame.loc[code, "supply"] == pytest.approx(expected)


@settings(max_examples=15, deadline=None)
@given(
    given_weights=st.dictionaries(
        st.sampled_from(_names()), st.floats(0.01, 5), min_size=1, max_size=6
    )
)
def test_contributions_add_up_whatever_the_weights(
    small: City, given_weights: dict[str, float]
) -> None:
    result = rank(
        small.demand, small.outlook, small.intent, profile(),
        classification=small.tree, year=2026, n_draws=50, seed=1, weights=given_weights,
    )  # fmt: skip
    total = result.indicators.groupby("occupation")["contribution"].sum(min_count=1)
    np.testing.assert_allclose(total.reindex(result.frame.index), result.frame["index"], atol=1e-10)


@pytest.fixture(scope="module")
def small() -> City:
    return make_city(n_draws=50, tree=classification(n_minor=2, per_minor=5))


def test_realisation_is_learnt_from_last_years_plans(city: City, ranking: Ranking) -> None:
    """Past hires of half of last year's plans, where people are not short."""
    index = city.demand.hires.index
    planned = ranking.frame["planned"].to_numpy()
    loose = (city.outlook.frame["seekers_past"] > city.outlook.frame["posts_past"]).to_numpy()
    hired = np.where(loose, 0.5, 0.1) * planned * np.ones((200, 1))
    totals = {**city.demand.totals, "past_hires": draws(hired, index)}
    later = run(
        city,
        demand=replace(city.demand, totals=totals),
        year=2027,
        previous={"ranking": to_record(ranking)},
    )
    note = next(note for note in later.notes if note.code == "shortage.realisation_learnt")
    assert note.fields["ratio"] == pytest.approx(0.5, abs=0.01)
    pi = later.parameters[later.parameters["parameter"] == "realisation"]["estimate"]
    assert pi.mean() == pytest.approx(0.5, rel=0.05)


def test_the_next_build_looks_back(city: City, ranking: Ranking) -> None:
    assert ranking.evaluation is None
    later = run(city, year=2027, previous={"ranking": to_record(ranking)}, top=20)
    assert later.evaluation is not None
    frame = later.evaluation.frame
    tau = frame[(frame["by"] == "all") & (frame["measure"] == "kendall_tau")]["estimate"].iloc[0]
    assert tau > 0.5
    assert {"True", "False"} >= set(frame.loc[frame["by"] == "trained", "group"])


def only(*names: str) -> tuple[Indicator, ...]:
    return tuple(item for item in INDICATORS if item.name in names)


def test_another_table_of_indicators_is_another_index(city: City) -> None:
    result = run(city, indicators=only("log_ratio", "long_open"))
    assert set(result.indicators["indicator"]) == {"log_ratio", "long_open"}


def crowded(city: City) -> City:
    """A register with more than eight posts a seeker for most, whose other half tells who leads."""
    ratio = city.outlook.log_ratio
    raised = replace(ratio, values=3.0 + 0.5 * ratio.values)
    return replace(city, outlook=replace(city.outlook, log_ratio=raised))


def test_occupations_at_the_limit_are_not_ranked_by_code(city: City) -> None:
    """By the ratio alone most stand at z = 3: what was clipped parts them, tiers too."""
    result = run(crowded(city), demand=None, indicators=only("log_ratio"))
    frame = result.frame
    at_limit = (result.draws["index"].values >= 3.0).mean(axis=0) > 0.9
    assert at_limit.sum() > 40
    order = frame.loc[at_limit, "rank"]
    assert spearmanr(order, -city.tightness[at_limit]).statistic > 0.9
    for stars, quota in ((1, 20), (2, 8)):
        assert frame[f"p_tier_{stars}"].sum() == pytest.approx(quota, abs=0.5)
    # The index itself stays within its goalposts.
    assert np.nanmax(result.draws["index"].values) == 3.0


def test_one_indicator_alone_is_less_sure(city: City, ranking: Ranking) -> None:
    alone = run(city, demand=None, top=20, indicators=only("log_ratio"))
    assert "shortage.validity_assumed" in {note.code for note in alone.notes}
    assert "shortage.validity_assumed" not in {note.code for note in ranking.notes}
    known = alone.frame["p_top"].dropna()
    assert known.sum() == pytest.approx(20, abs=0.5)
    # Draws of one indicator alone would promise a place in front at 0.998 again and again.
    raw = p_top_k(alone.draws["index"].values[:, alone.frame["rank"].notna().to_numpy()], 20)
    assert (known * (1 - known)).mean() > 2 * (raw * (1 - raw)).mean()


def test_last_editions_slope_tempers_the_next_promises(city: City, ranking: Ranking) -> None:
    record = {"ranking": to_record(ranking)}
    assert record["ranking"]["trust"] == 1.0
    later = run(city, year=2027, previous=record, top=20)
    assert later.evaluation is not None
    told = learn_trust(later.evaluation.slope, later.evaluation.slope_se)
    assert later.trust == told == to_record(later)["trust"]
    assert "shortage.trust_learnt" in {note.code for note in later.notes}
    # Less trust, flatter promises; ranks and tiers are the index's own.
    record["ranking"]["trust"] = 0.3
    wary = run(city, year=2027, previous=record, top=20)
    assert wary.frame["p_top"].std() < later.frame["p_top"].std()
    assert (wary.frame["rank"].dropna() == later.frame["rank"].dropna()).all()
    assert (wary.frame["tier"] == later.frame["tier"]).all()
