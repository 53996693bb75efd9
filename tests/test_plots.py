"""Every figure draws from the example's results; a missing glyph is a warning, so an error here."""

from __future__ import annotations

import inspect
from functools import cache

import matplotlib as mpl
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

import xmdemand as xd
from xmdemand import Edition, plots
from xmdemand.errors import InputError, NotFoundError
from xmdemand.shortage import Evaluation


@pytest.fixture(scope="module")
def edition(built) -> Edition:
    return Edition.open(built)


@pytest.fixture(autouse=True)
def closed():
    before = dict(mpl.rcParams)
    yield
    plt.close("all")
    assert dict(mpl.rcParams) == before, "a figure changed the user's own settings"


def ranks(edition):
    now = edition.ranking.frame.set_index("name")["rank"]
    return {2025: now.sample(frac=1, random_state=1).set_axis(now.index), 2026: now}


def calibrated(edition):
    return pd.DataFrame({"promised": [0.1, 0.5, 0.9], "happened": [0.2, 0.5, 0.8], "n": [9, 5, 7]})


@cache
def forecast_of(edition):
    monthly = edition.outlook.monthly.query("variable == 'posts' and actual.notna()")
    total = monthly.groupby("ds", as_index=False)["actual"].sum()
    panel = total.rename(columns={"actual": "y"}).assign(unique_id="岗位")
    return xd.forecast(panel[["unique_id", "ds", "y"]], horizon=6, seed=0)


@cache
def sets_of(edition):
    frame = edition.ranking.draws["index"].frame
    rated = frame.loc[edition.ranking.frame.query("rated").index[:20]]
    return xd.rank_sets(rated["estimate"], se=rated["se"])


FIGURES = {
    "forecast_fan": lambda e: plots.forecast_fan(e.outlook, e.outlook.frame.index[0]),
    "rank_intervals": lambda e: plots.rank_intervals(e.ranking),
    "survey_intervals": lambda e: plots.survey_intervals(
        e.demand, e.classification.frame.set_index("code")["name"]
    ),
    "series_fan": lambda e: plots.series_fan(forecast_of(e), "岗位"),
    "rank_set_intervals": lambda e: plots.rank_set_intervals(sets_of(e), top=12),
    "demand_and_seekers": lambda e: plots.demand_and_seekers(e.ranking),
    "need_and_intent": lambda e: plots.need_and_intent(e.ranking),
    "bump": lambda e: plots.bump(ranks(e)),
    "sensitivity": lambda e: plots.sensitivity(e.ranking),
    "calibration": lambda e: plots.calibration(*calibrated(e).to_numpy().T),
    "district_table": lambda e: plots.district_table(e.demand.districts),
}


def test_every_public_figure_is_drawn_here():
    public = {
        name
        for name, item in inspect.getmembers(plots, inspect.isfunction)
        if item.__module__ == plots.__name__ and not name.startswith("_")
    }
    assert public - {"font_path"} == set(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_it_draws_with_every_character(name, edition):
    ax = FIGURES[name](edition)
    ax.figure.canvas.draw()
    assert ax.get_title(loc="left")
    assert ax.has_data()


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_leaves_the_figure(name, edition):
    ax = FIGURES[name](edition)
    ax.figure.canvas.draw()
    page = ax.figure.bbox
    low, high = sorted(ax.get_ylim())
    drawn = [
        label
        for at, label in zip(ax.get_yticks(), ax.get_yticklabels(), strict=True)
        if low <= at <= high
    ]
    for item in [*drawn, ax._left_title]:
        box = item.get_window_extent()
        assert box.x0 >= page.x0 - 1, item.get_text()
        assert box.y1 <= page.y1 + 1, item.get_text()


def test_results_draw_themselves(edition):
    assert edition.ranking.plot(top=5).get_yticks().size == 5
    assert forecast_of(edition).plot("岗位").has_data()
    assert sets_of(edition).plot(top=4).get_yticks().size == 4
    assert edition.demand.plot(top=4).get_yticklabels()[0].get_text() in edition.demand.frame.index
    assert edition.intent.plot(top=4).has_data()
    table = calibrated(edition)
    assert Evaluation(pd.DataFrame(), table, slope=1.0, slope_se=0.1).plot().has_data()
    code = edition.outlook.frame.index[0]
    assert "收银员" in edition.outlook.plot(code, name="收银员").get_title(loc="left")


def test_an_axes_given_is_the_one_drawn_on(edition):
    _, ax = plt.subplots()
    assert plots.rank_intervals(edition.ranking, ax=ax) is ax


def test_what_cannot_be_drawn_is_refused(edition):
    with pytest.raises(NotFoundError, match="9-99-99-99"):
        plots.forecast_fan(edition.outlook, "9-99-99-99")
    with pytest.raises(NotFoundError, match="no such series"):
        plots.series_fan(forecast_of(edition), "no such series")
    with pytest.raises(InputError, match="two years"):
        plots.bump({2026: pd.Series(dtype=float)})
