"""How long vacancies wait: the two indicators of it, what chance does to them, who may be rated."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from shortage_city import City, make_city, profile

from xmdemand.draws import Draws
from xmdemand.shortage import INDICATORS, Ranking, rank
from xmdemand.shortage.index import SPELLS, compute_index
from xmdemand.shortage.indicators import Direct, LastYear, back

TABLE = {item.name: item for item in INDICATORS}


@pytest.fixture(scope="module")
def city() -> City:
    return make_city(n_draws=100)


def run(city: City, **changes: object) -> Ranking:
    inputs = {"demand": city.demand, "outlook": city.outlook} | changes
    return rank(
        inputs["demand"], inputs["outlook"], None, profile(),  # type: ignore[arg-type]
        classification=city.tree, year=2026, n_draws=100, seed=3,  # type: ignore[arg-type]
    )  # fmt: skip


def carried_over(**columns: object) -> Direct:
    names = ("posts_stock", "posts_past", "log_ratio")
    register = SimpleNamespace(**{k: np.asarray(columns[k], dtype=float) for k in names})
    evidence = SimpleNamespace(register=register)
    found = TABLE["carried_over"].measure(evidence, LastYear(np.array([])))  # type: ignore[arg-type]
    assert isinstance(found, Direct)
    return found


def test_posts_carried_over_are_the_mean_wait_whatever_the_register_covers() -> None:
    # 120 new posts a year that wait 1.5 months each: 15 open at any time.
    all_seen = carried_over(posts_stock=[15.0], posts_past=[120.0], log_ratio=[[0.0]])
    half = carried_over(posts_stock=[7.5], posts_past=[60.0], log_ratio=[[0.0]])
    assert back(all_seen.estimate, "arcsine")[0] == pytest.approx(1.5 / 2.5)
    assert half.estimate[0] == pytest.approx(all_seen.estimate[0])
    assert half.variance[0] == pytest.approx(2 * all_seen.variance[0], rel=0.02)


def test_a_register_without_stocks_or_without_flows_says_nothing_of_waiting() -> None:
    found = carried_over(
        posts_stock=[0.0, 3.0, 0.0], posts_past=[30.0, 0.0, 30.0],
        log_ratio=[[np.nan, 0.0, -1.0]],
    )  # fmt: skip
    assert np.isfinite(found.estimate).tolist() == [False, False, True]
    # Nothing carried over while seekers wait is an observation, with an error.
    assert found.estimate[2] == 0.0
    assert found.variance[2] > 0


@pytest.mark.parametrize(("months", "n"), [(0.4, 40), (1.0, 200), (3.0, 25)])
def test_the_error_of_a_mean_wait_is_that_of_exponential_spells(months: float, n: int) -> None:
    rng = np.random.default_rng(n)
    means = rng.exponential(months, size=(20_000, n)).mean(axis=1)
    error = np.arcsin(np.sqrt(means / (1 + means))).std()
    q = months / (1 + months)
    assert error == pytest.approx(np.sqrt(q * (1 - q) / (4 * n)), rel=0.06)


def without(draws: Draws, at: int) -> Draws:
    kept = np.arange(len(draws.index)) != at
    return Draws(draws.values[:, kept], draws.index[kept], draws.unit)


def test_either_witness_alone_rates_an_occupation(city: City) -> None:
    code = city.outlook.posts.index[np.argmax(city.hires)]
    at = city.outlook.posts.index.get_loc(code)
    whole = run(city)
    assert whole.frame.loc[code, "rated"]
    silent = city.demand.frame.assign(reporters=city.demand.frame["reporters"].astype(int))
    silent.loc[code, "reporters"] = 0
    by_register = run(city, demand=replace(city.demand, frame=silent))
    off = {
        name: without(getattr(city.outlook, name), at)
        for name in ("posts", "seekers", "log_ratio", "growth")
    }
    outlook = replace(city.outlook, frame=city.outlook.frame.drop(index=code), **off)
    by_survey = run(city, outlook=outlook)
    # Growth of wages, which a first edition cannot have, takes nothing from the survey's half.
    assert "wage_growth" not in set(whole.indicators["indicator"])
    for alone in (by_register, by_survey):
        assert alone.frame.loc[code, "rated"]
        kept, lost = (
            result.frame.loc[code, "rank_upper"] - result.frame.loc[code, "rank_lower"]
            for result in (whole, alone)
        )
        assert lost > kept


def test_what_is_counted_of_few_vacancies_is_partly_luck(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = []

    def spy(*arguments: object, **named: object) -> object:
        kept.append(compute_index(*arguments, **named))  # type: ignore[arg-type]
        return kept[-1]

    # The module, not the function of the same name that the package exports.
    monkeypatch.setattr(sys.modules["xmdemand.shortage.rank"], "compute_index", spy)
    frame = run(city).frame
    luck = pd.Series(kept[0].luck.std(axis=0), index=frame.index)
    size = frame["demand"]
    small, large = size < size.quantile(0.2), size > size.quantile(0.8)
    assert luck[small].median() > 2 * luck[large].median()
    assert kept[0].luck.mean() == pytest.approx(0.0, abs=0.02)
    assert set(SPELLS) <= set(TABLE)
    # Another rule promises nothing of waiting.
    kept.clear()
    rank(
        city.demand, city.outlook, None, profile(), classification=city.tree,  # type: ignore[arg-type]
        year=2026, n_draws=100, seed=3, method="ratio",
    )  # fmt: skip
    assert not kept[0].luck.any()
