"""Draws: shapes, sums, summaries, and streams of random numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmdemand.draws import Draws, check_level, rng_for
from xmdemand.errors import ArgumentTypeError, InputError


def some(n_draws=200, n_items=4, n_times=None, seed=0):
    shape = (n_draws, n_items) if n_times is None else (n_draws, n_items, n_times)
    values = np.random.default_rng(seed).normal(size=shape)
    times = None if n_times is None else pd.RangeIndex(n_times, name="step")
    return Draws(values, pd.Index(list("abcd")[:n_items], name="item"), "persons", times)


def test_summary_is_by_quantiles_of_the_draws():
    draws = some()
    frame = draws.summary(0.8)
    np.testing.assert_allclose(frame["lower"], np.quantile(draws.values, 0.1, axis=0))
    np.testing.assert_allclose(frame["estimate"], draws.values.mean(axis=0))
    assert list(frame["n"]) == [200] * 4


def test_summary_of_paths_has_a_row_an_item_and_time():
    frame = some(n_times=3).summary()
    assert frame.index.names == ["item", "step"]
    assert len(frame) == 12


@given(st.lists(st.sampled_from("xyz"), min_size=4, max_size=4))
def test_group_sums_add_up_to_the_total(labels):
    draws = some(n_draws=5)
    groups = draws.total(pd.Index(labels, name="group"))
    np.testing.assert_allclose(
        groups.values.sum(axis=1), draws.total().values[:, 0], rtol=1e-12, atol=1e-12
    )


def test_reindex_orders_and_fills():
    draws = some(n_draws=3)
    again = draws.reindex(pd.Index(["d", "zz", "a"], name="item"), fill=0.0)
    np.testing.assert_array_equal(again.values[:, 0], draws.values[:, 3])
    np.testing.assert_array_equal(again.values[:, 1], np.zeros(3))


@pytest.mark.parametrize("bad", [(3, 5), (3, 4, 2)])
def test_shape_and_labels_must_agree(bad):
    with pytest.raises(InputError):
        Draws(np.zeros(bad), pd.Index(list("abcd")), "persons")


@pytest.mark.parametrize(
    ("level", "error"), [(90, InputError), (0, InputError), ("x", ArgumentTypeError)]
)
def test_level_is_a_fraction(level, error):
    with pytest.raises(error):
        check_level(level)


def test_level_given_in_percent_is_told_what_was_meant():
    with pytest.raises(InputError, match=r"did you mean 0\.9"):
        check_level(90)


def test_streams_are_apart_by_name_and_repeat_by_seed():
    first = rng_for(1, "survey").random(4)
    np.testing.assert_array_equal(first, rng_for(1, "survey").random(4))
    assert not np.array_equal(first, rng_for(1, "market").random(4))
    assert not np.array_equal(first, rng_for(2, "survey").random(4))
