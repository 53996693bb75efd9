"""Scoring a list against a truth."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from xmdemand.synth import score

TRUTH = pd.DataFrame(
    {"need": [40.0, 30.0, 29.0], "short": [True, False, True]},
    index=pd.Index(["a", "b", "c"], name="occupation"),
)


def test_hits_and_misses_of_both_decisions():
    frame = score(["a", "c"], ["a"], TRUTH, need_persons=30).frame.set_index("decision")
    assert frame.loc["listed"].tolist() == [2, 1, 0.5, 1]
    assert frame.loc["starred"].tolist() == [1, 1, 1.0, 1]


@pytest.mark.parametrize("unknown", [["z"], ["a", "z"]])
def test_a_code_the_city_does_not_have_is_no_hit(unknown):
    frame = score(unknown, [], TRUTH, need_persons=30).frame
    assert frame.loc[0, "hits"] == len(unknown) - 1


def test_an_empty_list_has_no_precision():
    assert math.isnan(score([], [], TRUTH, need_persons=30).frame.loc[0, "precision"])
