"""Non-response, raking, calibration, winsorising and replicates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from xmdemand.draws import Draws
from xmdemand.errors import InputError, NotFoundError
from xmdemand.survey import Design
from xmdemand.survey.calibration import calibrate_weights
from xmdemand.survey.nonresponse import NonResponse
from xmdemand.survey.raking import rake_weights, settled_margin
from xmdemand.survey.replicates import gamma_multipliers, rao_wu_multipliers

TYPES = {"E": 4421, "H": 755, "M": 1018}
WIDE = {"No": 1072, "Yes": 5122}


# Calibration --------------------------------------------------------------------------------


def test_published_calibration(samples):
    # R survey 4.1, apiclus1: calibrate(~api99, c(6194, 3914069)).
    sample = samples["apiclus1"].calibrate({"(Intercept)": 6194, "api99": 3914069})
    mean = sample.mean("api00").frame.iloc[0]
    total = sample.total("enroll").frame.iloc[0]
    assert_allclose([mean["estimate"], mean["se"]], [666.72, 3.2959], rtol=1e-5)
    assert_allclose([total["estimate"], total["se"]], [3357372, 243227], rtol=1e-6)


def test_published_raking(samples):
    # R survey 4.1, apiclus1: rake(), linearised and by the jackknife.
    sample = samples["apiclus1"].rake({"stype": TYPES, "sch.wide": WIDE})
    mean = sample.mean("api00").frame.iloc[0]
    total = sample.total("enroll").frame.iloc[0]
    assert_allclose([mean["estimate"], mean["se"]], [641.23, 23.704], rtol=2e-5)
    assert_allclose([total["estimate"], total["se"]], [3647280, 400603], rtol=2e-6)
    jackknife = sample.replicates(kind="jackknife")
    assert_allclose(jackknife.mean("api00").frame["se"], 26.874, rtol=2e-5)
    assert_allclose(jackknife.total("enroll").frame["se"], 463582, rtol=2e-6)


def test_calibrated_variance_is_that_of_residuals_by_hand(samples):
    plain = samples["apistrat"]
    sample = plain.calibrate({"stype": TYPES, "api99": 3914069})
    frame, weights = plain.frame, plain.weights
    x = np.column_stack([*((frame["stype"] == key) * 1.0 for key in TYPES), frame["api99"]])
    y = frame["enroll"].to_numpy(float)
    lam = np.linalg.solve((x * weights[:, None]).T @ x, [*TYPES.values(), 3914069] - weights @ x)
    g = 1 + x @ lam
    assert_allclose(sample.weights, weights * g)
    beta = np.linalg.solve((x * weights[:, None]).T @ x, (x * weights[:, None]).T @ y)
    residual = frame.assign(e=g * (y - x @ beta))
    assert_allclose(
        sample.total("enroll").frame["se"],
        plain.design.bind(residual).total("e").frame["se"],
    )


@pytest.mark.parametrize("distance", ["logit", "truncated"])
def test_bounded_calibration_stays_in_bounds(samples, distance):
    plain = samples["apiclus1"]
    totals = {"stype": TYPES, "api99": 3914069}
    sample = plain.calibrate(totals, bounds=(0.7, 1.6), distance=distance)
    g = sample.weights / plain.weights
    assert 0.7 - 1e-9 <= g.min() < g.max() <= 1.6 + 1e-9
    assert_allclose(sample.total("api99").frame["estimate"], 3914069)
    by = sample.proportion("stype").frame.set_index("category")["estimate"] * 6194
    assert_allclose(by[list(TYPES)], list(TYPES.values()))
    assert_allclose(sample.total("api99").frame["se"], 0, atol=1e-3)


def test_what_cannot_be_reached_is_said(samples):
    with pytest.raises(InputError, match=r"api99 is 3\.7.*instead of 3\.91"):
        samples["apiclus1"].calibrate({"(Intercept)": 6194, "api99": 3914069}, bounds=(0.99, 1.01))


@given(
    totals=st.tuples(st.floats(50, 200), st.floats(50, 200)),
    distance=st.sampled_from(["linear", "raking"]),
)
@settings(max_examples=40, deadline=None)
def test_calibrated_totals_are_hit(totals, distance):
    rng = np.random.default_rng(1)
    x = np.eye(2)[rng.integers(0, 2, 30)]
    weights = rng.uniform(1, 5, (30, 3))
    out, failed = calibrate_weights(weights, x, np.array(totals), distance=distance)
    assert not failed.any()
    assert_allclose(x.T @ out, np.array(totals)[:, None].repeat(3, axis=1), rtol=1e-6)


def test_raking_and_the_exponential_distance_agree(samples):
    plain = samples["apiclus1"]
    raked = plain.rake({"stype": TYPES, "sch.wide": WIDE})
    newton = plain.calibrate({"stype": TYPES, "sch.wide": WIDE}, distance="raking")
    assert_allclose(raked.weights, newton.weights, rtol=1e-6)
    assert_allclose(raked.mean("api00").frame["se"], newton.mean("api00").frame["se"], rtol=1e-6)


@pytest.mark.parametrize(
    ("totals", "words"),
    [
        ({"stype": {"E": 4421, "H": 755}}, "no total for categories of the sample: M"),
        ({"stype": TYPES | {"X": 5}}, "without a sampled row: X"),
        ({"stype": TYPES, "sch.wide": {"No": 1, "Yes": 2}}, "contradict each other"),
        ({"stype": TYPES | {"E": -1}}, "finite and >= 0: E"),
    ],
)
def test_bad_margins_are_named(samples, totals, words):
    with pytest.raises(InputError, match=words):
        samples["apiclus1"].rake(totals)


def test_margins_that_exclude_each_other_are_named():
    frame = pd.DataFrame({"a": list("xxyy"), "b": list("ppqq"), "w": 1.0})
    with pytest.raises(InputError, match=r"not reached, .* instead of"):
        Design(weights="w").bind(frame).rake({"a": {"x": 3, "y": 1}, "b": {"p": 1, "q": 3}})


def test_bad_calibration_arguments_are_named(samples):
    sample = samples["apiclus1"]
    with pytest.raises(InputError, match="one of linear, truncated, logit, raking"):
        sample.calibrate({"api99": 1.0}, distance="chi2")
    with pytest.raises(InputError, match=r"contradict .*stype 6,194, \(Intercept\) 7,000"):
        sample.calibrate({"stype": TYPES, "(Intercept)": 7000})
    with pytest.raises(InputError, match="'bootstrap' or 'jackknife'"):
        sample.replicates(kind="brr")
    with pytest.raises(InputError, match="at least 2, got 1"):
        sample.replicates(1)
    with pytest.raises(InputError, match="needs bounds"):
        sample.calibrate({"api99": 1.0}, distance="logit")
    with pytest.raises(InputError, match="low < 1 < high"):
        sample.calibrate({"api99": 1.0}, bounds=(1.2, 3))
    with pytest.raises(NotFoundError, match="Intercept"):
        sample.calibrate({"size": 6194})
    with pytest.raises(InputError, match="missing or not a number"):
        sample.calibrate({"target": 1000.0})


def test_negative_weights_are_noted():
    frame = pd.DataFrame({"x": [0.0, 1, 2, 30], "w": 10.0})
    sample = Design(weights="w").bind(frame).calibrate({"(Intercept)": 40, "x": 20})
    assert [note.code for note in sample.notes] == ["survey.negative_weights"]


def test_a_settled_margin_fits_any_sample():
    values = pd.Series(["a"] * 20 + ["b"] * 10 + ["c"] * 2 + ["?"] * 8, name="m")
    targets = pd.Series({"a": 100.0, "b": 100.0, "c": 50.0, "d": 150.0})
    margin, notes = settled_margin(values, targets, 1000)
    assert margin.targets.sum() == pytest.approx(1000)
    known = dict(zip(margin.labels, margin.targets, strict=True))
    assert known["?"] == pytest.approx(200)  # 8 of 40 keep their share
    assert known["a"] == pytest.approx(320)  # 100 of the 250 known that are in the sample, of 800
    assert known["b"] == pytest.approx(320 + 160)  # too few of c: pooled with the smallest known
    assert "c" not in known
    assert {note.code for note in notes} == {
        "survey.margin_without_sample",
        "survey.outside_margin",
        "survey.margin_pooled",
    }


# Non-response -------------------------------------------------------------------------------


@pytest.fixture
def surveyed() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"h": np.repeat(["a", "b"], [30, 20]), "y": rng.lognormal(2, 1, 50)})
    frame["N"] = frame["h"].map({"a": 300, "b": 20})
    frame["w"] = frame["N"] / frame["h"].map({"a": 30, "b": 20})
    frame["status"] = rng.choice(
        ["responded", "refused", "no_contact", "out_of_scope", "unknown"],
        50,
        p=[0.6, 0.1, 0.1, 0.1, 0.1],
    )
    return frame


def test_respondents_carry_the_eligible_weight(surveyed):
    sample = Design(strata="h", weights="w", fpc="N").bind(surveyed)
    adjusted = sample.nonresponse("status", "h")
    for name, rows in surveyed.groupby("h"):
        w = rows.groupby("status")["w"].sum()
        known = w["responded"] + w.get("refused", 0) + w.get("no_contact", 0)
        eligible = known / (known + w.get("out_of_scope", 0))
        expected = known + eligible * w.get("unknown", 0)
        inside = (surveyed["h"] == name).to_numpy()
        assert_allclose(adjusted.weights[inside].sum(), expected)
    assert (adjusted.weights[surveyed["status"] != "responded"] == 0).all()
    assert adjusted.total("y").frame["n"][0] == (surveyed["status"] == "responded").sum()


def test_who_did_not_respond_owes_no_answer(surveyed):
    responded = surveyed["status"] == "responded"
    frame = surveyed.assign(
        y=surveyed["y"].where(responded),
        kind=pd.Series(np.resize(["p", "q"], 50)).where(responded),
    )
    design = Design(strata="h", weights="w", fpc="N")
    full, blank = (design.bind(table).nonresponse("status", "h") for table in (surveyed, frame))
    for verb in (
        lambda sample: sample.total("y"),
        lambda sample: sample.mean("y", by="h"),
        lambda sample: sample.ratio("y", "w"),
        lambda sample: sample.quantile("y", 0.5),
        lambda sample: sample.calibrate({"(Intercept)": 320}).total("y"),
    ):
        pd.testing.assert_frame_equal(verb(blank).frame, verb(full).frame)
    assert_allclose(blank.proportion("kind").frame["estimate"].sum(), 1)
    raked = blank.rake({"kind": {"p": 150, "q": 170}})
    assert_allclose(raked.total("w", by="kind").frame["n"].sum(), responded.sum())
    assert_allclose(raked.weights[(frame["kind"] == "p").to_numpy()].sum(), 150)
    calibrated = blank.calibrate({"y": 4000.0, "kind": {"p": 150, "q": 170}})
    assert_allclose(calibrated.total("y").frame["estimate"], 4000)
    assert_allclose(calibrated.replicates(20).total("y").frame["se"], 0, atol=1e-4)
    late = frame.assign(y=frame["y"].where(frame.index != responded.idxmax()))
    late_sample = design.bind(late).nonresponse("status", "h")
    with pytest.raises(InputError, match="missing in 1 rows"):
        late_sample.total("y")


def test_the_status_map_must_cover_every_row(surveyed):
    frame = surveyed.assign(status=surveyed["status"].replace({"refused": "拒访"}))
    frame.loc[3, "status"] = None
    sample = Design(strata="h", weights="w").bind(frame)
    with pytest.raises(InputError, match=r"does not cover every row: .*拒访.*rows"):
        sample.nonresponse("status", "h")
    with pytest.raises(InputError, match="missing"):
        sample.nonresponse("status", "h", status_map={"拒访": "refused"})
    with pytest.raises(InputError, match="a status is one of"):
        sample.nonresponse("status", "h", status_map={"拒访": "no"})


def test_classes_without_a_respondent_are_named(surveyed):
    frame = surveyed.assign(status=surveyed["status"].where(surveyed["h"] == "a", "refused"))
    with pytest.raises(InputError, match="no respondent: b"):
        Design(strata="h", weights="w").bind(frame).nonresponse("status", "h")


def test_scores_are_the_derivative_by_every_weight(surveyed):
    """The second route: numerical differentiation of the adjusted total."""
    codes = pd.factorize(surveyed["h"])[0]
    names = ["responded", "refused", "no_contact", "out_of_scope", "unknown"]
    status = surveyed["status"].map({name: at for at, name in enumerate(names)}).to_numpy()
    step = NonResponse(status, codes, ("a", "b"))
    y, w = surveyed["y"].to_numpy(), surveyed["w"].to_numpy()
    scores = step.pull_back(y[:, None], w)[:, 0]
    moved = w[:, None] + 1e-5 * np.eye(50)
    numeric = (y @ step.apply(moved)[0] - y @ step.apply(w[:, None])[0][:, 0]) / 1e-5
    assert_allclose(scores, numeric, rtol=1e-3, atol=1e-3)


def test_response_adds_variance_where_everybody_was_asked():
    """A take-all stratum with random response is a simple random sample of its respondents."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"y": rng.lognormal(1, 1, 40), "w": 1.0, "N": 40, "h": "a"})
    frame["status"] = ["responded"] * 25 + ["refused"] * 15
    sample = Design(strata="h", weights="w", fpc="N").bind(frame).nonresponse("status")
    y = frame["y"][:25]
    expected = 40**2 * (1 - 25 / 40) * y.var(ddof=1) / 25
    assert_allclose(sample.total("y").frame["se"] ** 2, expected)
    replicated = sample.replicates(4000, seed=1).total("y").frame["se"][0] ** 2
    assert replicated == pytest.approx(expected, rel=0.1)
    full = frame.assign(status="responded")
    whole = Design(strata="h", weights="w", fpc="N").bind(full).nonresponse("status")
    assert whole.total("y").frame["se"][0] == pytest.approx(0, abs=1e-9)
    assert np.ptp(whole.replicates(50, seed=1).weights, axis=1).max() == 0


# Replicates ---------------------------------------------------------------------------------


def test_multipliers_have_the_moments_of_the_design():
    stratum = np.repeat([0, 1, 2], [6, 10, 4])
    drawn = rao_wu_multipliers(stratum, np.array([0.0, 0.5, 1.0]), 20000, np.random.default_rng(0))
    assert (drawn >= 0).all()
    assert_allclose(drawn[stratum == 2], 1)
    assert_allclose(drawn.mean(axis=1), 1, atol=0.03)
    # Of a stratum's weighted total the bootstrap variance is (1 - f) n / (n - 1) sum (z - mean)^2.
    z = np.random.default_rng(1).normal(size=10)
    expected = 0.5 * 10 / 9 * ((z - z.mean()) ** 2).sum()
    assert (z @ drawn[stratum == 1]).var() == pytest.approx(expected, rel=0.05)


def test_gamma_multipliers_widen_by_their_factor():
    drawn = gamma_multipliers(200, 4000, np.random.default_rng(0), variance=2.0)
    z = np.random.default_rng(1).normal(size=200)
    assert (z @ drawn).var() == pytest.approx(2 * ((z - z.mean()) ** 2).sum(), rel=0.1)


def test_bootstrap_agrees_with_linearisation(samples):
    for name in ("apistrat", "apiclus1"):
        replicated = samples[name].replicates(4000, seed=5)
        for verb, arguments in (("total", ["enroll"]), ("ratio", ["api00", "enroll"])):
            linear = getattr(samples[name], verb)(*arguments).frame["se"]
            boot = getattr(replicated, verb)(*arguments).frame["se"]
            assert_allclose(boot, linear, rtol=0.1)


def test_adjustments_are_repeated_in_every_replicate(samples):
    sample = samples["apistrat"].rake({"stype": TYPES, "sch.wide": WIDE})
    replicated = sample.replicates(50, seed=3)
    frame = sample.frame
    for variable, totals in (("stype", TYPES), ("sch.wide", WIDE)):
        for category, known in totals.items():
            rows = (frame[variable] == category).to_numpy()
            assert_allclose(replicated.weights[rows].sum(axis=0), known, rtol=1e-6)
    draws = replicated.draws("enroll", by=["stype", "awards"], unit="pupils")
    assert isinstance(draws, Draws)
    assert draws.values.shape == (50, 6)
    assert draws.index.names == ["stype", "awards"]
    again = sample.replicates(50, seed=3).draws("enroll")
    assert_allclose(again.values, replicated.draws("enroll").values)
    with pytest.raises(InputError, match="no draws"):
        sample.replicates(kind="jackknife").draws("enroll")


def test_many_failed_replicates_are_an_error():
    frame = pd.DataFrame({"h": 1, "w": 1.0, "y": 1.0, "c": ["a"] + ["b"] * 9})
    sample = Design(strata="h", weights="w").bind(frame).rake({"c": {"a": 2, "b": 8}})
    with pytest.raises(InputError, match="could not be adjusted"):
        sample.replicates(200, seed=1)


def test_raking_many_vectors_equals_raking_each(samples):
    sample = samples["apistrat"].rake({"stype": TYPES, "sch.wide": WIDE})
    margins = sample.steps[0].by_variable
    block = np.random.default_rng(0).uniform(10, 50, (200, 4))
    together, failed = rake_weights(block, margins)
    assert not failed.any()
    for column in range(4):
        alone, _ = rake_weights(block[:, [column]], margins)
        assert_allclose(together[:, column], alone[:, 0], rtol=1e-8)


# Influence ----------------------------------------------------------------------------------


def test_influence_names_who_carries_an_estimate():
    frame = pd.DataFrame({"o": list("aab"), "w": [1.0, 10.0, 2.0], "y": [5.0, 9.5, 3.0]})
    table = Design(weights="w").bind(frame).influence("y", by="o").set_index("o")
    assert table.loc["a", "row"] == 1
    assert_allclose(table["share"], [0.95, 1.0])


def test_winsorised_weights_keep_their_sum_and_say_so():
    frame = pd.DataFrame({"w": [1.0] * 9 + [50.0], "y": 1.0})
    sample = Design(weights="w").bind(frame).winsorise(5)
    assert_allclose(sample.weights, [6.0] * 9 + [5.0])  # the 45 cut from one go to the others
    assert [note.code for note in sample.notes] == ["survey.winsorised"]


def test_diagnostics_tell_what_every_step_did(samples):
    sample = samples["apiclus1"].rake({"stype": TYPES, "sch.wide": WIDE})
    table = sample.diagnostics.set_index(["step", "item"])["value"]
    assert table["1. rake", "margins"] == table["1. rake", "margins hit"] == 5
    assert table["1. rake", "lowest g"] < 1 < table["1. rake", "highest g"]


def test_the_jackknife_of_a_stratified_mean_by_hand(samples):
    # R survey: as.svrepdesign(type = "JKn"): (1 - f)(n - 1) / n, about the mean of replicates.
    sample = samples["apistrat"]
    frame, weights = sample.frame, sample.weights
    found, scale = [], []
    for row, kind in enumerate(frame["stype"]):
        others = (frame["stype"] == kind).to_numpy()
        n = others.sum()
        w = np.where(others, weights * n / (n - 1), weights)
        w[row] = 0
        found.append(np.average(frame["api00"], weights=w))
        scale.append((1 - n / frame["fpc"][row]) * (n - 1) / n)
    variance = np.dot(scale, (np.array(found) - np.mean(found)) ** 2)
    jackknife = sample.replicates(kind="jackknife")
    assert_allclose(jackknife.mean("api00").frame["se"] ** 2, variance)
    # Of a total the jackknife is the linearisation.
    assert_allclose(jackknife.total("enroll").frame["se"], sample.total("enroll").frame["se"])


def test_replicates_say_that_they_resample_one_stage(samples):
    codes = [note.code for note in samples["apiclus2"].replicates(10).notes]
    assert codes == ["survey.later_stages"]
    assert samples["apiclus1"].replicates(10).notes == ()
