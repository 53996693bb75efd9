"""Kept results: found again, told apart, and never trusted when damaged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmdemand import cache
from xmdemand.draws import Draws


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XMDEMAND_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


class Counted:
    def __init__(self):
        self.calls = 0

    def __call__(self, key):
        self.calls += 1
        return {"answer": self.calls}


def test_a_result_is_computed_once_a_key(home):
    work = Counted()
    assert cache.remembered("demand", work, "k") == cache.remembered("demand", work, "k")
    assert work.calls == 1
    cache.remembered("demand", work, "other")
    cache.remembered("intent", work, "k")
    assert work.calls == 3


def test_a_damaged_file_counts_as_absent(home):
    work = Counted()
    cache.remembered("demand", work, "k")
    for path in home.glob("*.pickle"):
        path.write_bytes(path.read_bytes()[:10])
    assert cache.remembered("demand", work, "k") == {"answer": 2}


def test_off_means_off(monkeypatch):
    monkeypatch.setenv("XMDEMAND_CACHE", "off")
    work = Counted()
    cache.remembered("demand", work, "k")
    cache.remembered("demand", work, "k")
    assert work.calls == 2


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XMDEMAND_CACHE", str(tmp_path / "file"))
    assert cache.remembered("demand", Counted(), "k") == {"answer": 1}


def test_the_longest_unused_go_first(home, monkeypatch):
    monkeypatch.setattr(cache, "KEEP", 2)
    for key in "abc":
        cache.remembered("demand", Counted(), key)
    assert len(list(home.glob("*.pickle"))) == 2


@given(st.lists(st.tuples(st.integers(), st.text()), min_size=1))
def test_a_frame_is_known_by_its_values(rows):
    frame = pd.DataFrame(rows, columns=["a", "b"])
    assert cache.fingerprint(frame) == cache.fingerprint(frame.copy())
    other = frame.assign(b=frame["b"] + "x")
    assert cache.fingerprint(frame) != cache.fingerprint(other)


def test_a_folder_is_known_by_its_files(tmp_path):
    (tmp_path / "a.csv").write_text("1")
    before = cache.fingerprint(tmp_path)
    (tmp_path / "a.csv").write_text("2")
    assert cache.fingerprint(tmp_path) != before


def test_results_are_told_apart_by_every_member():
    index = pd.Index(["a", "b"], name="occupation")
    draws = Draws(np.ones((3, 2)), index, "persons")
    same = Draws(np.ones((3, 2)), index.copy(), "persons")
    assert cache.fingerprint(draws) == cache.fingerprint(same)
    for other in (
        Draws(np.full((3, 2), 2.0), index, "persons"),
        Draws(np.ones((3, 2)), index[::-1], "persons"),
        Draws(np.ones((3, 2)), index, "posts"),
    ):
        assert cache.fingerprint(draws) != cache.fingerprint(other)
