"""Estimates against R survey, against formulas written by hand, and at their edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from xmdemand.errors import ArgumentTypeError, InputError, NotFoundError
from xmdemand.survey import Design


def test_every_reference_of_r_survey(samples, shared):
    # R survey 4.1-1, reference_estimates.csv; confint() of the reference is normal, hence df=inf.
    data = shared / "data"
    tables = [
        pd.read_csv(data / name / "reference_estimates.csv")
        for name in ("survey_api", "survey_nhanes")
    ]
    reference = pd.concat(tables, ignore_index=True)
    assert len(reference) == 71
    for row in reference.itertuples():
        estimate = getattr(samples[row.dataset], row.statistic)
        by, _, value = row.domain.partition("=")
        table = estimate(row.variable, by=by if value else None, na_rm=True, df=np.inf).frame
        found = table[table[by].astype(str) == value].iloc[0] if value else table.iloc[0]
        assert_allclose(found["estimate"], row.estimate, rtol=1e-9, err_msg=str(row))
        assert_allclose(found["se"], row.se, rtol=1e-9, err_msg=str(row))
        if not np.isnan(row.ci_low):
            assert_allclose([found["lower"], found["upper"]], [row.ci_low, row.ci_high], rtol=1e-9)


def test_published_numbers_of_the_api_samples(samples):
    # R survey's own documentation, as printed there (methods.md, case 3).
    strat = samples["apistrat"]
    frame = strat.mean(["enroll", "api99"]).frame
    assert_allclose(frame["estimate"], [595.2821, 629.3948], atol=5e-5)
    assert_allclose(frame["se"], [18.5085, 9.9639], atol=5e-5)
    by_type = strat.total("enroll", by="stype").frame.set_index("stype")["estimate"]
    assert_allclose(by_type[["E", "H", "M"]], [1842584, 997128.5, 847464.6], rtol=1e-6)
    # svymean(~api00 + enroll, dstrat, deff = TRUE): DEff of a mean by stratum is 1 by definition.
    assert_allclose(strat.mean("api00", by="stype").frame["deff"], 1.0)


def test_small_stratified_clusters():
    # R survey, data(fpc): 5.4481 (0.7413), with fpc 5.4481 (0.6160), unweighted 5.525 (0.7796).
    frame = pd.DataFrame(
        {
            "stratum": [1, 1, 1, 1, 1, 2, 2, 2],
            "psu": [1, 2, 3, 4, 5, 1, 2, 3],
            "weight": [3, 3, 3, 3, 3, 4, 4, 4],
            "size": [15, 15, 15, 15, 15, 12, 12, 12],
            "x": [2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2],
        }
    )
    weighted = Design(strata="stratum", psu="psu", weights="weight")
    row = weighted.bind(frame).mean("x").frame.iloc[0]
    assert_allclose([row["estimate"], row["se"]], [5.4481, 0.7413], atol=5e-5)
    assert row["df"] == 6
    finite = Design(strata="stratum", psu="psu", fpc="size").bind(frame)
    assert_allclose(finite.weights, frame["weight"])
    row = finite.mean("x").frame.iloc[0]
    assert_allclose([row["estimate"], row["se"]], [5.4481, 0.6160], atol=5e-5)
    plain = Design(strata="stratum", weights="one").bind(frame.assign(one=1))
    row = plain.mean("x").frame.iloc[0]
    assert_allclose([row["estimate"], row["se"]], [5.525, 0.7796], atol=5e-5)


@pytest.fixture
def lopsided() -> pd.DataFrame:
    """Unequal strata, fpc and weights; the third stratum is taken whole."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"h": np.repeat(["a", "b", "c"], [3, 7, 4])})
    frame["N"] = frame["h"].map({"a": 40, "b": 9, "c": 4})
    frame["w"] = frame["N"] / frame.groupby("h")["h"].transform("size")
    frame["y"] = rng.lognormal(2, 1, 14)
    frame["x"] = frame["y"] * rng.uniform(0.5, 2, 14)
    frame["d"] = rng.choice(["p", "q"], 14)
    return frame


def by_hand(frame: pd.DataFrame, z: np.ndarray) -> float:
    """Variance of a stratified total of z, written from the textbook."""
    total = 0.0
    for _, rows in frame.assign(z=z).groupby("h"):
        n, size = len(rows), rows["N"].iloc[0]
        total += size**2 * (1 - n / size) * rows["z"].var(ddof=1) / n
    return total


def test_lopsided_strata_by_hand(lopsided):
    sample = Design(strata="h", weights="w", fpc="N").bind(lopsided)
    y, x, w = (lopsided[name].to_numpy() for name in ("y", "x", "w"))
    assert_allclose(sample.total("y").frame["se"] ** 2, by_hand(lopsided, y))
    ratio = (w @ y) / (w @ x)
    row = sample.ratio("y", "x").frame.iloc[0]
    assert_allclose(row["estimate"], ratio)
    assert_allclose(row["se"] ** 2, by_hand(lopsided, (y - ratio * x) / (w @ x)))
    inside = (lopsided["d"] == "p").to_numpy()
    mean = (w * y)[inside].sum() / w[inside].sum()
    score = np.where(inside, (y - mean) / w[inside].sum(), 0.0)
    one = sample.mean("y", where=inside).frame.iloc[0]
    by = sample.mean("y", by="d").frame.set_index("d").loc["p"]
    for row in (one, by):
        assert_allclose(row["estimate"], mean)
        assert_allclose(row["se"] ** 2, by_hand(lopsided, score))
        assert row["n"] == inside.sum()


def test_intervals_are_students_and_the_level_is_a_fraction(lopsided):
    from scipy import stats

    sample = Design(strata="h", weights="w", fpc="N").bind(lopsided)
    row = sample.total("y", level=0.9).frame.iloc[0]
    assert row["df"] == 11
    assert_allclose(row["upper"] - row["estimate"], stats.t.ppf(0.95, 11) * row["se"])
    with pytest.raises(InputError, match=r"did you mean 0\.9"):
        sample.total("y", level=90)


def test_domains_keep_the_design(lopsided):
    sample = Design(strata="h", weights="w", fpc="N").bind(lopsided)
    kept = Design(strata="h", weights="w", fpc="N", singleton="adjust")
    inside = lopsided["d"] == "p"
    filtered = kept.bind(lopsided[inside].assign(N=lopsided["N"]))
    assert sample.total("y", where=inside).frame["se"][0] != pytest.approx(
        filtered.total("y").frame["se"][0]
    )
    zeroed = Design(strata="h", weights="w", fpc="N").bind(
        lopsided.assign(y=lopsided["y"] * inside)
    )
    assert_allclose(sample.total("y", where=inside).frame["se"], zeroed.total("y").frame["se"])


def test_empty_domains_appear(lopsided):
    frame = lopsided.assign(d=pd.Categorical(lopsided["d"], ["p", "q", "never"]))
    sample = Design(strata="h", weights="w", fpc="N").bind(frame)
    row = sample.total("y", by="d").frame.set_index("d").loc["never"]
    assert row["n"] == 0
    assert row["estimate"] == 0
    assert np.isnan(row["se"])
    emptied = sample.mean("y", by="d", where=frame["d"] == "p").frame.set_index("d")
    assert emptied.loc["q", "n"] == 0
    assert np.isnan(emptied.loc["q", "estimate"])


def test_missing_values_raise_or_make_a_domain(lopsided):
    frame = lopsided.assign(y=lopsided["y"].where(lopsided.index != 2))
    sample = Design(strata="h", weights="w", fpc="N").bind(frame)
    with pytest.raises(InputError, match="missing in 1 rows: 2"):
        sample.total("y")
    have = frame["y"].notna()
    full = Design(strata="h", weights="w", fpc="N").bind(lopsided)
    result = sample.mean("y", na_rm=True)
    assert_allclose(result.frame["se"], full.mean("y", where=have).frame["se"])
    assert [(note.code, note.n) for note in result.notes] == [("survey.missing_left_out", 1)]


def test_rows_without_a_domain_are_told(lopsided):
    frame = lopsided.assign(d=lopsided["d"].where(lopsided.index > 1))
    sample = Design(strata="h", weights="w", fpc="N").bind(frame)
    for result in (
        sample.total(["y", "x"], by="d"),
        sample.proportion("h", by="d"),
        sample.quantile("y", 0.5, by="d"),
    ):
        assert [(note.code, note.n) for note in result.notes] == [("survey.without_domain", 2)]
        assert all(note.say("zh") and note.say("en") for note in result.notes)
    assert sample.total("y", by="d", where=frame["d"].notna()).notes == ()


def test_proportions_stay_inside_and_match_the_logit(samples):
    frame = samples["apistrat"].proportion("awards").frame.set_index("category")
    p, se = frame.loc["Yes", "estimate"], frame.loc["Yes", "se"]
    assert_allclose(frame["estimate"].sum(), 1)
    from scipy import stats

    reach = stats.t.ppf(0.975, 197) * se / (p * (1 - p))
    expected = 1 / (1 + np.exp(-(np.log(p / (1 - p)) + np.array([-reach, reach]))))
    assert_allclose(frame.loc["Yes", ["lower", "upper"]].to_numpy(float), expected)


def test_a_proportion_of_zero_has_an_upper_bound():
    frame = pd.DataFrame({"w": 5.0, "answer": pd.Categorical(["no"] * 20, ["no", "yes"])})
    table = Design(weights="w").bind(frame).proportion("answer").frame.set_index("category")
    # Exact binomial: 1 - 0.025^(1/20).
    assert_allclose(table.loc["yes", ["lower", "upper"]].to_numpy(float), [0, 0.16843], atol=1e-5)
    assert table.loc["no", "upper"] == 1


def test_quantiles_and_woodruff_by_hand(samples):
    from scipy import stats

    sample = samples["apistrat"]
    table = sample.quantile("enroll", [0.25, 0.5, 0.75]).frame
    values, weights = sample.frame["enroll"].to_numpy(), sample.weights
    order = np.argsort(values)
    distribution = np.cumsum(weights[order]) / weights.sum()
    for row in table.itertuples():
        assert row.estimate == values[order][distribution >= row.quantile - 1e-12][0]
        share = sample.frame.assign(under=(values <= row.estimate) * 1.0)
        bound = Design(strata="stype", weights="pw", fpc="fpc").bind(share)
        under = bound.mean("under").frame.iloc[0]
        lower = values[order][distribution >= under["lower"]][0]
        upper = values[order][distribution >= under["upper"]][0]
        assert (row.lower, row.upper) == (lower, upper)
        assert_allclose(row.se, (upper - lower) / (2 * stats.t.ppf(0.975, 197)))


def test_several_variables_and_domains_at_once(samples):
    table = samples["apistrat"].total(["api00", "enroll"], by=["stype", "awards"]).frame
    assert list(table.columns[:3]) == ["stype", "awards", "variable"]
    assert len(table) == 12
    ratio = samples["apistrat"].ratio("api00", "enroll").frame
    assert list(ratio.columns[:2]) == ["variable", "denominator"]


@settings(max_examples=25, deadline=None)
@given(scale=st.floats(1e-3, 1e6), shift=st.floats(-100, 100))
def test_scale_laws(scale, shift):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"h": np.repeat([1, 2], 6), "w": rng.uniform(1, 9, 12), "y": rng.normal(size=12)}
    )
    design = Design(strata="h", weights="w")
    base = design.bind(frame)
    heavier = design.bind(frame.assign(w=frame["w"] * scale))
    assert_allclose(heavier.mean("y").frame["se"], base.mean("y").frame["se"], rtol=1e-9)
    assert_allclose(heavier.total("y").frame["se"], base.total("y").frame["se"] * scale, rtol=1e-9)
    moved = design.bind(frame.assign(y=frame["y"] + shift))
    assert_allclose(moved.mean("y").frame["se"], base.mean("y").frame["se"], rtol=1e-6)


def test_the_order_of_rows_does_not_matter(samples):
    sample = samples["apiclus2"]
    shuffled = sample.design.bind(sample.frame.sample(frac=1, random_state=1))
    assert_allclose(shuffled.mean("api00").frame["se"], sample.mean("api00").frame["se"])


def test_domain_degrees_of_freedom_count_what_the_domain_meets(samples):
    # R survey: degf(subset(design, ...)), distinct units less distinct strata of the subset.
    sample = samples["nhanes"]
    frame = sample.frame
    table = sample.mean("HI_CHOL", by="race", na_rm=True, df="domain").frame.set_index("race")
    assert table["df"].le(sample.df).all()
    for race, row in table.iterrows():
        met = frame[(frame["race"] == race) & frame["HI_CHOL"].notna()]
        units = met.groupby(["SDMVSTRA", "SDMVPSU"]).ngroups
        assert row["df"] == units - met["SDMVSTRA"].nunique()
    row = samples["apiclus1"].mean("api00", where=lambda rows: rows["dnum"] == 61, df="domain")
    assert row.frame["df"][0] == 0
    assert np.isnan(row.frame["lower"][0])
    given = sample.mean("HI_CHOL", na_rm=True, df=np.int64(16)).frame
    assert_allclose(given["upper"], sample.mean("HI_CHOL", na_rm=True).frame["upper"])
    with pytest.raises(ArgumentTypeError, match="'domain'"):
        sample.mean("race", df="subset")
    with pytest.raises(InputError, match="df must be positive"):
        sample.mean("race", df=-1)


def test_a_sample_is_bound_once(lopsided):
    frame = lopsided.copy()
    design = Design(strata=["h"], fpc="N")
    sample = design.bind(frame)
    before = sample.total("y").frame["estimate"][0]
    frame["y"] = 0.0
    assert sample.total("y").frame["estimate"][0] == before
    with pytest.raises(ValueError, match="read-only"):
        sample.weights[0] = 9.0
    assert hash(design) == hash(Design(strata=("h",), fpc="N"))


# Singletons ---------------------------------------------------------------------------------


@pytest.fixture
def lonely() -> pd.DataFrame:
    frame = pd.DataFrame({"h": list("aaabcccc"), "y": [3.0, 5, 4, 20, 8, 1, 2, 6]})
    return frame.assign(w=[2.0, 2, 2, 7, 3, 3, 3, 3], N=[6, 6, 6, 7, 12, 12, 12, 12])


def test_singletons_raise_and_list_the_ways_out(lonely):
    with pytest.raises(InputError, match=r"1 strata .*: b\. .*certainty.*adjust.*average.*merge"):
        Design(strata="h", weights="w").bind(lonely)


def test_singleton_rules_by_hand(lonely):
    # R survey, options(survey.lonely.psu = ...): onestrat() and onestage() of multistage.R.
    def variance(rule: str) -> float:
        design = Design(strata="h", weights="w", fpc="N", singleton=rule)
        return design.bind(lonely).total("y").frame["se"][0] ** 2

    others = sum(
        (1 - f) * n * np.var(np.array(z), ddof=1)
        for f, n, z in ((0.5, 3, [6, 10, 8]), (1 / 3, 4, [24, 3, 6, 18]))
    )
    assert_allclose(variance("certainty"), others)
    assert_allclose(variance("adjust"), others + (1 - 1 / 7) * (7 * 20) ** 2)
    assert_allclose(variance("average"), others * 3 / 2)
    merged = (1 - 5 / 19) * 5 * np.var([140, 24, 3, 6, 18], ddof=1)
    assert_allclose(variance("merge"), (1 - 0.5) * 3 * np.var([6, 10, 8], ddof=1) + merged)


def test_a_take_all_singleton_needs_no_rule(lonely):
    frame = lonely.assign(N=[6, 6, 6, 1, 12, 12, 12, 12])
    assert Design(strata="h", weights="w", fpc="N").bind(frame).notes == ()


# Bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "design", "words"),
    [
        ({"w": [1, 2, -1, 4]}, {"weights": "w"}, "negative in 1 rows: 2"),
        ({"w": [1, np.nan, np.inf, 4]}, {"weights": "w"}, "2 rows: 1, 2"),
        ({"w": [0, 0, 0, 0]}, {"weights": "w"}, "zero in every row"),
        ({"N": [1, 1, 9, 9]}, {"fpc": "N"}, r"below the sample in strata a \(1 < 2 sampled\)"),
        ({"N": [7, 8, 9, 9]}, {"fpc": "N"}, "varies within strata a"),
        ({"N": [7, 7, 0.5, 0.5]}, {"fpc": "N"}, r"mixes .* in strata b \(0.5\)"),
        ({"N": [7, 7, 0, 0]}, {"fpc": "N"}, "zero or negative in strata b"),
        (
            {"N": [7, 7, np.nan, 9]},
            {"fpc": "N"},
            r"in 1 rows \(2\) of strata b: .*not in the frame",
        ),
        ({"h": ["a", None, "b", "b"]}, {}, "stratum is missing in 1 rows"),
        ({}, {"singleton": "remove"}, "one of fail, certainty, adjust, average, merge"),
    ],
)
def test_bad_designs_are_named(change, design, words):
    frame = pd.DataFrame({"h": list("aabb"), "w": 1.0, "N": 9.0, "y": 1.0}).assign(**change)
    with pytest.raises(InputError, match=words):
        Design(strata="h", **({"weights": "w"} | design)).bind(frame)


def test_absent_columns_and_weights_are_named(lopsided):
    with pytest.raises(NotFoundError, match="nowhere"):
        Design(strata="nowhere", weights="w").bind(lopsided)
    with pytest.raises(InputError, match="needs weights or an fpc"):
        Design(strata="h").bind(lopsided)
    with pytest.raises(InputError, match="more than once: w"):
        Design(weights="w").bind(pd.concat([lopsided, lopsided[["w"]]], axis=1))
    with pytest.raises(InputError, match="no rows"):
        Design(weights="w").bind(lopsided.iloc[:0])


def test_bad_questions_are_named(lopsided):
    sample = Design(strata="h", weights="w", fpc="N").bind(lopsided.assign(z=[np.inf] + [0.0] * 13))
    with pytest.raises(InputError, match="14 rows"):
        sample.total("y", where=[True, False])
    with pytest.raises(InputError, match="index differs"):
        sample.total("y", where=pd.Series(True, index=range(5, 19)))
    with pytest.raises(ArgumentTypeError, match="boolean"):
        sample.total("y", where=np.arange(14))
    with pytest.raises(InputError, match="infinite in 1 rows: 0"):
        sample.total("z")
    with pytest.raises(ArgumentTypeError, match=r"proportion\('d'\)"):
        sample.mean("d")
    with pytest.raises(NotFoundError, match="nothing"):
        sample.mean("nothing")
    with pytest.raises(NotFoundError, match="nothing"):
        sample.mean("y", by="nothing")
    with pytest.raises(InputError, match="between 0 and 1"):
        sample.quantile("y", 50)


def test_a_sample_tells_what_was_done_to_it(samples):
    raked = samples["apiclus1"].rake({"stype": {"E": 4421, "H": 755, "M": 1018}})
    text = repr(raked)
    assert "183 rows, 15 sampled units" in text
    assert "raked to the totals of stype (3)" in text
    assert "raked" not in repr(samples["apiclus1"])


def test_estimates_print_as_a_table(samples):
    text = str(samples["nhanes"].mean("HI_CHOL", by="race", na_rm=True))
    assert text.startswith("means\n")
    assert "0.101492 0.006246" in text
    assert text.endswith("! HI_CHOL is missing in 745 rows with weight: estimated for the others")
