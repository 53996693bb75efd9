"""What a notebook shows: the essentials, the notes, never a megabyte, and nothing computed."""

from __future__ import annotations

import pandas as pd
import pytest

import xmdemand as xd
from xmdemand.results import SHOWN


@pytest.fixture(scope="module")
def edition(built):
    return xd.Edition.open(built)


STAGES = ("tables", "demand", "intent", "outlook", "ranking", "content")


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_shows_its_essentials(edition, stage):
    shown = getattr(edition, stage)._repr_html_()
    assert shown.count("<tr") <= SHOWN + 2
    assert "<table" in shown
    assert len(shown) < 40_000
    notes = getattr(getattr(edition, stage), "notes", ())
    for note in notes[:SHOWN]:
        assert note.say("zh").split("<")[0][:12] in shown
    if len(notes) > SHOWN:
        assert f"{len(notes) - SHOWN} more" in shown


def test_the_ranking_shows_the_most_urgent_first(edition):
    shown = edition.ranking._repr_html_()
    frame = edition.ranking.frame.nsmallest(3, "rank")
    places = [shown.index(name) for name in frame["name"]]
    assert places == sorted(places)
    assert f"of {len(edition.ranking.frame):,} rows" in shown


def test_large_things_have_a_short_name_in_a_terminal(edition):
    catalogue = edition.content.catalogue
    assert repr(catalogue) == f"<Catalogue {catalogue.title!r}: {len(catalogue.entries)} entries>"
    for thing in (edition, edition.content, edition.content.record, catalogue):
        assert len(repr(thing)) < 300


@pytest.mark.parametrize("stage", STAGES)
def test_a_result_in_a_terminal_says_its_sizes_and_prints_no_array(edition, stage):
    thing = getattr(edition, stage)
    said = repr(thing)
    assert type(thing).__name__ in said
    assert len(said) < 600
    assert "array(" not in said
    assert "\n" not in said


def test_a_result_says_how_large_it_is():
    panel = pd.DataFrame({"unique_id": "a", "ds": pd.date_range("2022", periods=48, freq="MS")})
    forecast = xd.forecast(panel.assign(y=5.0), horizon=3)
    assert repr(forecast.draws(10)).startswith("<Draws: values 10 x 1 x 3, index 1")
    assert "rule_constant" not in repr(forecast)
    assert "notes" in repr(forecast)
    assert len(forecast.quantiles(0.5)) == 3


def test_an_edition_says_what_is_computed_and_computes_nothing_by_saying_it(built):
    edition = xd.Edition.open(built)
    assert "nothing yet" in repr(edition)
    assert "tables" not in edition.__dict__


def test_markup_in_a_name_stays_text(edition):
    catalogue = edition.content.catalogue
    entry = catalogue.entries[0].model_copy(update={"name": "<script>"})
    shown = catalogue.model_copy(update={"entries": (entry,)})._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
