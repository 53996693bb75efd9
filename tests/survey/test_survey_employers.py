"""The employer survey's stage function: what goes in comes out, weighted, noted and uncertain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from survey_city import draw_returns, make_population

from xmdemand.errors import InputError
from xmdemand.intake.tables import Tables
from xmdemand.notes import Note
from xmdemand.survey import employer_demand


def demand(tables, profile, classification, **options):
    options = {"n_draws": 200, "seed": 3} | options
    return employer_demand(tables, profile, classification=classification, **options)


def said(result) -> set[str]:
    for note in result.notes:
        assert isinstance(note, Note)
        assert note.say("zh")
        assert note.say("en")
    return {note.code for note in result.notes}


def item(result, name: str):
    return result.diagnostics.set_index("item").loc[name, "value"]


def test_everything_of_the_contract_is_there(city, profile, classification):
    result = demand(city, profile, classification)
    index = result.hires.index
    assert result.hires.values.shape == (200, len(index))
    assert list(index) == sorted(index)
    for other in (result.certain, result.variance, result.frame):
        assert other.index.equals(index)
    assert {"vacancies", "unqualified", "upgrade"} <= set(result.totals)
    assert "past_hires" not in result.totals
    assert all(total.index.equals(index) for total in result.totals.values())
    assert np.allclose(result.log_wage.values, np.log(6000))
    assert (result.certain <= result.frame["estimate"] + 1e-9).all()
    assert np.isfinite(result.hires.values).all()
    assert (result.hires.values >= 0).all()
    assert "survey.imputed" in said(result)


def test_levels_districts_and_cells_add_up(city, profile, classification):
    result = demand(city, profile, classification)
    hires = result.frame["estimate"]
    by_level = result.levels.groupby("occupation")["hires"].sum()
    np.testing.assert_allclose(by_level[hires.index[hires > 0]], hires[hires > 0])
    by_district = result.districts.groupby("occupation")["hires"].sum()
    np.testing.assert_allclose(by_district[hires.index[hires > 0]], hires[hires > 0])
    cells = result.cells.set_index(["occupation", "district"])
    whole = cells.xs("all", level="district")
    parts = cells.drop("all", level="district")[["firms", "total"]].groupby("occupation").sum()
    np.testing.assert_allclose(parts["total"], whole["total"])
    assert (whole["first"] >= whole["second"]).all()
    assert (whole["total"] >= whole["first"] + whole["second"] - 1e-9).all()
    shares = result.diagnostics.set_index("item")["value"]
    assert shares[["share_probability", "share_take_all", "share_voluntary"]].sum() == (
        pytest.approx(1)
    )


def test_same_seed_same_draws(city, profile, classification):
    one, two = (demand(city, profile, classification) for _ in range(2))
    assert np.array_equal(one.hires.values, two.hires.values)


def test_full_census_has_no_spread(units, profile, classification):
    rng = np.random.default_rng(1)
    posts = make_population(rng, 100, units)
    tables = draw_returns(rng, posts)
    firms = tables.firms.assign(selection="take_all", status="responded")
    returns = posts.rename(columns={"hires": "planned_hires"}).assign(
        post=posts["occupation"], occupation_status="coded", planned_hires_kind="exact"
    )
    result = demand(Tables(firms=firms, employers=returns), profile, classification)
    truth = posts.groupby("occupation")["hires"].sum()
    np.testing.assert_allclose(result.frame["estimate"], truth.reindex(result.hires.index))
    np.testing.assert_allclose(result.certain, result.frame["estimate"])
    assert result.variance.max() == pytest.approx(0)


def test_draws_centre_on_the_estimate(city, profile, classification):
    result = demand(city, profile, classification, n_draws=2000)
    gap = result.hires.values.sum(axis=1).mean() / result.frame["estimate"].sum() - 1
    spread = result.hires.values.sum(axis=1).std() / result.frame["estimate"].sum()
    assert abs(gap) < 4 * spread / np.sqrt(2000) + 0.005


def test_voluntary_returns_stand_for_themselves(city, profile, classification):
    before = demand(city, profile, classification)
    extra = city.employers.iloc[[0]].assign(
        firm="OUTSIDE",
        firm_name="OUTSIDE",
        planned_hires=1000.0,
        planned_hires_kind="exact",
        vacancies=0.0,
    )
    tables = replace(city, employers=pd.concat([city.employers, extra], ignore_index=True))
    after = demand(tables, profile, classification)
    code = extra["occupation"].iloc[0]
    assert after.certain[code] - before.certain[code] == pytest.approx(1000)
    assert item(after, "sampled_voluntary") == 1
    assert "survey.return_not_in_frame" in said(after)


def test_all_voluntary_is_calibrated_to_the_frame_and_said(city, profile, classification):
    tables = replace(city, firms=city.firms.assign(selection="", status=""))
    result = demand(tables, profile, classification)
    assert item(result, "basis") == "model"
    assert "survey.all_voluntary" in said(result)
    assert (result.certain == 0).all()


def test_no_frame_claims_nothing(city, profile, classification):
    result = demand(replace(city, firms=None), profile, classification)
    assert item(result, "basis") == "none"
    assert "survey.no_frame" in said(result)
    assert item(result, "deff_weights") == pytest.approx(1)


def test_group_coded_posts_are_shared_and_uncoded_ones_told(city, profile, classification):
    posts = city.employers.copy()
    whole = demand(city, profile, classification)
    rows = posts.index[:20]
    posts.loc[rows, "occupation"] = posts.loc[rows, "occupation"].str[:7]
    posts.loc[rows, "occupation_status"] = "group"
    shared = demand(replace(city, employers=posts), profile, classification)
    assert shared.frame["estimate"].sum() == pytest.approx(whole.frame["estimate"].sum(), rel=0.02)
    assert "survey.group_shared" in said(shared)
    posts.loc[rows, "occupation"] = None
    posts.loc[rows, "occupation_status"] = "unmatched"
    lost = demand(replace(city, employers=posts), profile, classification)
    assert 0 < item(lost, "share_uncoded") < 1
    assert lost.frame["estimate"].sum() == pytest.approx(whole.frame["estimate"].sum(), rel=0.02)
    assert lost.frame["n"].sum() == whole.frame["n"].sum() - 20
    cells = lost.cells.set_index(["occupation", "district"])["firms"]
    shown = lost.districts.set_index(["occupation", "district"])
    assert set(shown.index) <= set(cells.index)  # every cell of the estimates can be judged
    assert (cells[shown.index] == shown["reporters"]).all()
    assert "survey.uncoded" in said(lost)


def test_openings_become_hires_by_the_declared_rule(city, profile, classification):
    posts = city.employers.assign(
        planned_hires=np.nan,
        planned_hires_low=np.nan,
        planned_hires_high=np.nan,
        planned_hires_kind="missing",
    )
    result = demand(replace(city, employers=posts), profile, classification)
    openings = result.totals["vacancies"].values
    np.testing.assert_allclose(result.hires.values, openings * 12 / profile.priors.months_open)
    assert "survey.hires_from_vacancies" in said(result)


def test_no_survey_is_an_error(profile, classification):
    with pytest.raises(InputError, match="no employer survey"):
        demand(Tables(), profile, classification)


def test_two_routes_to_the_error_of_the_city_total_agree(city, profile, classification):
    result = demand(city, profile, classification, n_draws=1000)
    # Imputation within replicates adds a little that linearisation does not see.
    assert item(result, "cv_replicates") == pytest.approx(item(result, "cv_linearised"), rel=0.15)
    assert item(result, "deff_total") > 0


def test_diagnostics_tell_who_was_asked_and_who_answered(city, profile, classification):
    result = demand(city, profile, classification)
    firms = city.firms
    assert item(result, "units") == len(firms)
    assert item(result, "status_refused") == (firms["status"] == "refused").sum()
    assert item(result, "establishments") == (firms["selection"] != "").sum()
    shares = [item(result, f"share_{kind}") for kind in ("probability", "take_all", "voluntary")]
    assert sum(shares) == pytest.approx(1)
    assert "response_voluntary" not in set(result.diagnostics["item"])


def test_every_diagnostic_has_words(city, profile, classification):
    from xmdemand.notes import text

    for name in demand(city, profile, classification).diagnostics["item"]:
        assert text(f"terms.item_{name}", "zh")
        assert text(f"terms.item_{name}", "en")


def test_a_firm_that_carries_an_occupation_is_noted(city, profile, classification):
    posts = city.employers.copy()
    code = posts["occupation"].value_counts().index[0]
    posts.loc[posts.index[posts["occupation"] == code][0], "planned_hires"] = 1e5
    result = demand(replace(city, employers=posts), profile, classification)
    assert "survey.carried_by_one" in said(result)
    assert result.frame.loc[code, "influence"] > 0.5
