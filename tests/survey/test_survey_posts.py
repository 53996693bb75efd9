"""Returns made ready: counts, the openings rule, the season, imputation, strata without sample."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from xmdemand.survey.impute import impute_counts
from xmdemand.survey.posts import (
    occupation_shares,
    planned_hires,
    read_count,
    seasonal_factors,
    units_below,
)
from xmdemand.survey.returns import establishments, join_uncovered
from xmdemand.survey.weighted import Rows, Values, replicate_totals


def test_counts_are_exact_or_intervals():
    rows = pd.DataFrame(
        {
            "vacancies": [3.0, np.nan, np.nan, np.nan],
            "vacancies_low": [3.0, 2.0, np.nan, np.nan],
            "vacancies_high": [3.0, 5.0, np.nan, np.nan],
            "vacancies_kind": ["exact", "range", "some", "missing"],
        }
    )
    count = read_count(rows, "vacancies")
    assert_allclose(count.low, [3, 2, 1, np.nan])
    assert list(count.given) == [0, 1, 2]
    assert len(read_count(rows, "headcount").given) == 0


def test_hires_by_the_declared_rules():
    rows = pd.DataFrame(
        {
            "post": ["a", "b", "c", "d", ""],
            "occupation": ["1"] * 5,
            "submitted": pd.Timestamp("2026-03-05"),
            "planned_hires": [10.0, np.nan, np.nan, np.nan, np.nan],
            "vacancies": [1.0, 4.0, np.nan, np.nan, np.nan],
            "headcount": [np.nan, np.nan, 7.0, np.nan, np.nan],
        }
    )
    count, notes = planned_hires(rows, months_open=2.0, season={3: 1.5})
    assert_allclose(count.exact, [10, 4 * 12 / 2 / 1.5, 0, np.nan, 0])
    assert_allclose(count.low, [10, 16, 0, 1, 0])
    assert [note.code for note in notes] == [
        "survey.hires_from_vacancies",
        "survey.post_without_number",
    ]


def test_season_needs_two_years():
    months = pd.date_range("2023-01-01", periods=36, freq="MS")
    posts = np.where(months.month == 3, 300.0, 100.0)
    register = pd.DataFrame({"month": months, "posts_new": posts})
    assert seasonal_factors(register)[3] == pytest.approx(300 / (1400 / 12))
    assert seasonal_factors(register.iloc[:20]) == {}
    assert seasonal_factors(None) == {}


def shared_posts():
    """Two coded posts, two known by their group, one by nothing."""
    tree = SimpleNamespace(
        frame=pd.DataFrame(
            {
                "code": ["A", "A1", "A1x", "A1y", "A2", "A2x"],
                "level": ["major", "minor", "unit", "unit", "minor", "unit"],
                "parent": ["", "A", "A1", "A1", "A", "A2"],
            }
        )
    )
    assert units_below(tree)["A"] == ("A1x", "A1y", "A2x")
    rows = pd.DataFrame(
        {
            "occupation": ["A1x", "A1y", "A1", "A2", None],
            "occupation_status": ["coded", "coded", "group", "group", "unmatched"],
        }
    )
    within = np.array(["i"] * 5, dtype=object)
    size = np.array([30.0, 10, 5, 5, 5])
    return occupation_shares(rows, size, tree, what="posts", within=within)


def test_groups_are_shared_out_as_their_coded_rows_are():
    shares = shared_posts()
    table = pd.DataFrame(shares.matrix.toarray(), columns=shares.index)
    assert_allclose(table.loc[2], [0.75, 0.25, 0])
    assert_allclose(table.loc[3], [0, 0, 1])
    assert_allclose(table.loc[4], [0.75, 0.25, 0])
    assert list(shares.uncoded) == [4]
    assert list(shares.coded) == [True, True, False, False, False]
    assert [note.code for note in shares.notes] == [
        "survey.group_shared",
        "survey.group_shared_equally",
        "survey.uncoded",
    ]


def test_replicates_summed_by_part_are_those_summed_by_row():
    shares, rng = shared_posts(), np.random.default_rng(1)
    assert_allclose((shares.split @ shares.mass).toarray(), shares.matrix.toarray())
    assert shares.split.nnz == 5 < shares.matrix.nnz
    rows = Rows(np.array([0, 0, 1, 2, 2]), np.ones(3), rng.random((3, 7)))
    values = Values(np.arange(5.0), np.array([3]), rng.random((1, 7)))
    each = np.repeat(values.mean[:, None], 7, axis=1)
    each[3] = values.imputed
    for factor in (np.ones(5), np.array([1.0, 0, 2, 0, 1])):
        by_row = shares.matrix.toarray().T @ (rows.draws[rows.unit] * each * factor[:, None])
        found = replicate_totals(values.masked(factor), shares, rows)
        assert_allclose(found, by_row.T, rtol=1e-13)
    assert len(values.masked(factor).uncertain) == 0


@given(
    low=st.integers(0, 20),
    width=st.integers(0, 10),
    seed=st.integers(0, 5),
    donors=st.lists(st.integers(0, 40), max_size=12),
)
@settings(max_examples=60, deadline=None)
def test_imputed_values_lie_in_their_interval(low, width, seed, donors):
    exact = np.array([*map(float, donors), np.nan])
    n = len(exact)
    ends = np.full(n, np.nan), np.full(n, np.nan)
    ends[0][-1], ends[1][-1] = low, low + width
    cells = [np.zeros(n, dtype=int), np.zeros(n, dtype=int)]
    drawn = impute_counts(exact, *ends, cells, np.ones((n, 20)), np.random.default_rng(seed))
    assert drawn.values.shape == (1, 20)
    assert ((drawn.values >= low) & (drawn.values <= low + width)).all()
    inside = [donor for donor in donors if low <= donor <= low + width]
    assert drawn.without_donor == (0 if inside else 1)
    if inside:
        assert set(np.unique(drawn.values)) <= set(map(float, inside))


def test_donors_follow_the_replicate_weights_and_the_nearest_cell():
    exact = np.array([1.0, 1, 1, 9, 9, 9, np.nan])
    nothing = np.full(7, np.nan)
    fine = np.array([0, 0, 0, 1, 1, 1, 0])
    all_rows = np.zeros(7, dtype=int)
    weights = np.ones((7, 50))
    rng = np.random.default_rng(0)
    near = impute_counts(exact, nothing, nothing, [fine, all_rows], weights, rng)
    assert (near.values == 1).all()
    weights[:3] = 0.0
    far = impute_counts(exact, nothing, nothing, [all_rows], weights, rng)
    assert (far.values == 9).all()


def frame_of_firms(**columns) -> pd.DataFrame:
    table = pd.DataFrame({"firm": [f"F{at}" for at in range(8)], "district": "x"})
    table["industry"], table["size_class"] = "a", list("11112222")
    table["employees"] = [5.0] * 4 + [50.0] * 4
    table["selection"] = ["probability", "probability", "", "", "", "", "", ""]
    table["status"] = ["responded", "responded", "", "", "", "", "", ""]
    return table.assign(**columns)


def test_strata_without_a_sample_join_the_nearest():
    units = frame_of_firms().assign(stratum=lambda t: t["industry"] + t["size_class"])
    assert join_uncovered(units) == {"a2": "a1"}
    returns = pd.DataFrame({"firm": ["F0", "F1"]})
    joined = establishments(frame_of_firms(), returns, singleton="adjust")
    assert joined.sample.weights.sum() == pytest.approx(8)
    assert "survey.stratum_without_sample" in {note.code for note in joined.notes}


def test_statuses_are_settled_against_the_returns():
    firms = frame_of_firms(
        selection=["probability"] * 6 + ["", ""],
        status=["responded", "refused", "responded", "", "no_contact", "out_of_scope", "", ""],
    )
    returns = pd.DataFrame({"firm": ["F0", "F1", "F7", "NEW"]})
    joined = establishments(firms, returns, singleton="adjust")
    units = joined.sample.frame.set_index("firm")
    assert units["status"].to_dict() == {
        "F0": "responded",
        "F1": "responded",
        "F2": "no_contact",
        "F3": "unknown",
        "F4": "no_contact",
        "F5": "out_of_scope",
        "F7": "responded",
        "NEW": "responded",
    }
    weights = pd.Series(joined.sample.weights, units.index)
    assert weights["F7"] == weights["NEW"] == 1
    assert weights[["F2", "F3", "F4", "F5"]].sum() == 0
    assert {note.code for note in joined.notes} == {
        "survey.return_not_sampled",
        "survey.return_not_in_frame",
        "survey.responded_without_return",
        "survey.status_missing",
    }
