"""The labour markets of `benchmarks/ranking.py` are frozen: what they give at seed 0 is pinned.

A failure here is no reason to pin anew. The worlds were written before the ranking saw them
(`benchmarks/ranking_worlds.py`) and are worth something only as long as they stay as they are; new
worlds get new names.
"""

import sys
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).resolve().parent.parent / "benchmarks"
sys.path.insert(0, str(HERE))
import ranking_worlds as worlds  # noqa: E402

sys.path.remove(str(HERE))

PINNED = {
    "stock-flow": [
        0.26115, 0.11908, 0.45208, 62915.0, 39491.0, 23286.0, 36208.0, 124780.0, 82.721,
        52.074, 12.64, 2372.3, 250.91, 254.41, 8.5839, -0.010551, -0.26133, 190.53,
    ],
    "skills": [
        0.17326, 0.092142, 0.30556, 60434.0, 71410.0, 17042.0, 100880.0, 114690.0, 59.801,
        26.481, 20.614, 2141.9, 265.0, 235.49, 8.6182, 0.043115, -1.6946, 347.73,
    ],
    "pay and churn": [
        0.24199, 0.11908, 0.21786, 40062.0, 23160.0, 10688.0, 22981.0, 99709.0, 45.617,
        18.855, 6.6992, 1713.4, 205.64, 242.92, 8.5919, 0.06099, -0.50163, 112.46,
    ],
    "thin": [
        0.21407, 0.11089, 0.080096, 12524.0, 8468.9, 2712.6, 8678.1, 32066.0, 11.653,
        4.2492, 1.5492, 396.19, 62.098, 58.255, 8.5323, 0.00098855, -0.88043, 40.951,
    ],
    "ratio is right": [
        0.26816, 0.13102, 0.17752, 328710.0, 216440.0, 77092.0, 192260.0, 616710.0, 221.22,
        83.26, 22.634, 8477.4, 1123.4, 1042.0, 8.5836, 0.022382, -0.47611, 900.89,
    ],
    "gap is right": [
        0.20457, 0.099651, 0.2002, 167940.0, 62526.0, 40726.0, 64502.0, 280950.0, 126.66,
        39.49, 13.494, 4056.4, 591.8, 527.9, 8.6453, -0.013074, -0.36394, 293.29,
    ],
}  # fmt: skip


def digest(name):
    """Sums of the truth and of what is seen, of values and of values by place."""
    seen = worlds.draw_world(name, 0, 20)
    place = np.arange(len(seen.truth)) / len(seen.truth)
    frame = seen.outlook.frame
    totals = seen.demand.totals
    figures = [
        seen.truth.mean(),
        (seen.truth * place).mean(),
        seen.last.mean(),
        frame["posts_past"].sum(),
        (frame["seekers_past"] * place).sum(),
        frame["posts_stock"].sum(),
        frame["seekers_stock"].sum(),
        seen.demand.frame["estimate"].sum(),
        totals["vacancies"].values.mean(),
        totals["vacancies_3m"].values.mean(),
        totals["unqualified"].values.mean(),
        totals["headcount"].values.mean(),
        totals["past_hires"].values.mean(),
        totals["leavers"].values.mean(),
        np.nanmean(seen.demand.log_wage.values),
        seen.outlook.growth.values.mean(),
        np.nanmean(seen.outlook.log_ratio.values),
        seen.outlook.seekers.values.mean(),
    ]
    return [float(f"{figure:.5g}") for figure in figures]


@pytest.mark.parametrize("name", list(worlds.WORLDS))
def test_a_world_is_as_it_was_frozen(name):
    assert digest(name) == PINNED[name]


def test_there_are_six_worlds_and_seeds_kept_aside():
    assert list(worlds.WORLDS) == list(PINNED)
    assert len(PINNED) == 6
    assert tuple(range(100, 120)) == worlds.HELD_OUT


@pytest.mark.parametrize("name", list(worlds.WORLDS))
def test_what_is_seen_fits_together(name):
    seen = worlds.draw_world(name, 3, 20)
    totals = {key: draws.values for key, draws in seen.demand.totals.items()}
    for part in ("vacancies_3m", "unqualified"):
        assert np.all(totals[part] <= totals["vacancies"])
    assert np.all((seen.truth >= 0) & (seen.truth <= 1))
    assert np.all((seen.last >= 0) & (seen.last <= 1))
    units = seen.tree.query("level == 'unit'")["code"]
    assert list(units) == sorted(set(units)) == list(seen.outlook.frame.index)
    assert all(len(values) == len(units) for values in seen.indicators.values())


@pytest.mark.parametrize("name", ["stock-flow", "skills", "pay and churn", "thin"])
def test_vacancies_move_as_in_the_panel(name):
    runs = [worlds.world_figures(name, seed) for seed in range(4)]
    ours = {figure: np.mean([run[figure] for run in runs]) for figure in runs[0]}
    panel = worlds.PANELS["panel, thin" if name == "thin" else "panel"]
    for figure in ("CV", "season", "noise", "yearly own", "size spread"):
        assert ours[figure] == pytest.approx(panel[figure], rel=0.3), figure
    assert ours["zeros"] == pytest.approx(panel["zeros"], abs=0.005)
    assert ours["below 5"] == pytest.approx(panel["below 5"], abs=0.06)


@pytest.mark.parametrize(("name", "right", "wrong"), [
    ("ratio is right", "ratio", "gap"),
    ("gap is right", "gap", "ratio"),
])  # fmt: skip
def test_in_a_plain_world_the_plain_order_is_the_outcomes_up_to_luck(name, right, wrong):
    orders = worlds.plain_orders(name, 0)
    assert orders[right] > 0.96
    assert orders[right] > orders["outcome with luck"] - 0.01
    assert orders[right + ", top 50"] > orders["outcome with luck, top 50"] - 0.05
    assert orders[wrong + ", top 50"] < orders[right + ", top 50"] - 0.1
