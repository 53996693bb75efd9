"""Cuts, tiers with memory, and six years of them."""

from __future__ import annotations

import numpy as np
import pytest

from xmdemand.profile import TierRule
from xmdemand.shortage.tiers import place, set_cut, tier_probabilities

RULE = TierRule()


def test_cut_meets_the_quota_in_expectation() -> None:
    rng = np.random.default_rng(1)
    index = rng.normal(size=(500, 80)) + rng.normal(size=80)
    for quota in (5, 20, 60):
        cut = set_cut(index, quota)
        assert tier_probabilities(index, np.array([cut])).sum() == pytest.approx(quota, abs=0.01)
    assert set_cut(index, 80) == -np.inf
    assert set_cut(index, 0) > index.max()


@pytest.mark.parametrize(
    ("p", "last", "p_last", "stars"),
    [
        (0.69, 0, 0.6, 0),  # not yet sure enough to enter
        (0.70, 0, 0.6, 1),
        (0.70, -1, np.nan, 1),  # new occupation
        (0.30, 1, 0.9, 1),  # once weak: stays
        (0.29, 1, 0.9, 0),  # plainly gone
        (0.49, 1, 0.49, 0),  # weak twice running
        (0.49, 1, 0.50, 1),
        (0.49, 1, np.nan, 1),
        (np.nan, 1, 0.9, 0),  # no rating, no star
    ],
)
def test_enter_and_leave(p: float, last: int, p_last: float, stars: int) -> None:
    found = place(
        np.array([[p]]),
        last=np.array([last]),
        p_last=np.array([[p_last]]),
        rule=RULE,
        first=False,
    )
    assert found.tolist() == [stars]


def test_tiers_are_nested_and_first_edition_is_plain() -> None:
    p = np.array([[0.9, 0.8, 0.2], [0.5, 0.49, 0.1], [0.4, 0.4, 0.4]])
    blank = np.full(3, -1)
    none = np.full((3, 3), np.nan)
    assert place(p, last=blank, p_last=none, rule=RULE, first=True).tolist() == [2, 1, 0]


# French tension by occupation correlates 0.88 from one year to the next and 0.83 over four or five
# (Dares, 2011-2016, 225 groups): the truth keeps about 0.985 a year, the rest is measurement.
KEEP = 0.985
# The index's posterior spread over its spread between occupations, in the example city.
NOISE = 0.45


def simulate(seed: int, *, memory: bool, years: int = 6, n: int = 300) -> dict[str, float]:
    """Latent shortage with drift and, in year 3, true entrants; yearly noisy draws of it."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=n)
    entrants = rng.choice(np.flatnonzero(truth < 0.5), 15, replace=False)
    last, p_last = np.full(n, -1), np.full((n, 1), np.nan)
    cut = np.nan
    stars, truths = [], []
    for year in range(years):
        truth = KEEP * truth + np.sqrt(1 - KEEP**2) * rng.normal(size=n)
        if year == 3:
            truth[entrants] = 2.2
        if year > 3:
            truth[entrants] = np.maximum(truth[entrants], 2.0)
        estimate = truth + NOISE * rng.normal(size=n)
        weight = 1 / (1 + NOISE**2)
        index = weight * estimate + np.sqrt(weight) * NOISE * rng.normal(size=(200, n))
        if year == 0:
            cut = set_cut(index, 50)
        p = tier_probabilities(index, np.array([cut]))
        remembered = place(p, last=last, p_last=p_last, rule=RULE, first=year == 0)
        if memory:
            tier = remembered
        else:
            # Equal list length: as many as memory would have listed, the surest first.
            tier = np.zeros(n, dtype=int)
            tier[np.argsort(-p[:, 0], kind="stable")[: int(remembered.sum())]] = 1
        last, p_last = remembered, p
        stars.append(tier)
        truths.append(truth >= cut)
    table = np.array(stars)
    hits = np.mean([t[s == 1].mean() for s, t in zip(table, truths, strict=True)])
    entered = table[:, entrants]
    first_seen = np.where(entered[3:].any(axis=0), entered[3:].argmax(axis=0), years)
    flips = np.abs(np.diff(table, axis=0)).sum()
    return {
        "flips": float(flips),
        "hits": float(hits),
        "delay": float(np.mean(first_seen <= 1)),
        "length": float(table.sum(axis=1).mean()),
    }


def test_memory_over_six_years() -> None:
    """Flips fall, hits hold within two points, true entrants wait one edition at most."""
    runs = 20
    with_memory = [simulate(seed, memory=True) for seed in range(runs)]
    without = [simulate(seed, memory=False) for seed in range(runs)]

    def mean(rows: list[dict[str, float]], key: str) -> float:
        return float(np.mean([row[key] for row in rows]))

    assert mean(with_memory, "length") == pytest.approx(mean(without, "length"))
    assert mean(with_memory, "flips") <= 0.6 * mean(without, "flips")
    assert mean(with_memory, "hits") >= mean(without, "hits") - 0.02
    assert mean(with_memory, "delay") >= 0.95
