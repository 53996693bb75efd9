"""Intervals hold what they promise: simulated panels with a common factor."""

import numpy as np
import pandas as pd
import pytest

from xmdemand.market import forecast

HORIZON = 12


def simulate(seed: int, n: int = 40, months: int = 84, share: float = 0.3):
    """Log levels that walk with common and own shocks about a season, and the year after."""
    rng = np.random.default_rng(seed)
    t = np.arange(months + HORIZON)
    common = rng.normal(size=len(t))
    own = rng.normal(size=(n, len(t)))
    shocks = np.sqrt(share) * common + np.sqrt(1 - share) * own
    level = np.cumsum(0.04 * shocks, axis=1)
    season = 0.15 * np.sin(2 * np.pi * (t + rng.integers(0, 12, (n, 1))) / 12)
    noise = 0.05 * rng.normal(size=level.shape)
    y = rng.uniform(100, 1000, (n, 1)) * np.exp(level + season + noise)
    ds = pd.date_range("2015-01-01", periods=months, freq="MS")
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{k:02d}" for k in range(n)], months),
            "ds": np.tile(ds, n),
            "y": y[:, :months].ravel(),
            "group": np.repeat(np.arange(n) % 4, months),
        }
    )
    return frame, y[:, months:]


def coverages(seeds: range) -> dict[str, float]:
    """Share of 80% intervals that hold what came: months, sums of series, sums of groups."""
    inside: dict[str, list[float]] = {"months": [], "sums": [], "groups": []}
    for seed in seeds:
        frame, came = simulate(seed)
        fc = forecast(frame, HORIZON)
        bands = fc.quantiles([0.1, 0.9])["value"].to_numpy().reshape(len(came), HORIZON, 2)
        inside["months"].append(((came >= bands[..., 0]) & (came <= bands[..., 1])).mean())
        for name, by, actual in (
            ("sums", None, came.sum(axis=1)),
            ("groups", "group", np.array([came[k::4].sum() for k in range(4)])),
        ):
            table = fc.total(HORIZON, by=by, n=500)
            held = (actual >= table["lower"]) & (actual <= table["upper"])
            inside[name].append(float(held.mean()))
    return {name: float(np.mean(values)) for name, values in inside.items()}


def walks(seed: int, months: int, n: int = 200):
    """Noisy walks without a season, unrelated, as a long frame, and half a year after."""
    rng = np.random.default_rng(seed)
    level = np.cumsum(0.04 * rng.normal(size=(n, months + 6)), axis=1)
    noise = 0.05 * rng.normal(size=level.shape)
    y = rng.uniform(100, 1000, (n, 1)) * np.exp(level + noise)
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{k:03d}" for k in range(n)], months),
            "ds": np.tile(pd.date_range("2019-01-01", periods=months, freq="MS"), n),
            "y": y[:, :months].ravel(),
        }
    )
    return frame, y[:, months:]


def test_intervals_of_less_than_two_years_hold_eighty_percent():
    held = []
    for seed in range(9):
        frame, came = walks(seed, months=(8, 12, 18)[seed % 3])
        bands = forecast(frame, 6).quantiles([0.1, 0.9])["value"].to_numpy()
        bands = bands.reshape(*came.shape, 2)
        held.append(((came >= bands[..., 0]) & (came <= bands[..., 1])).mean())
    assert 0.77 <= np.mean(held) <= 0.83, held


def test_unrelated_series_are_not_pulled_to_their_sum():
    def pull(share):
        """The largest pull a step of five panels, in standard deviations, on average."""
        infos = [forecast(simulate(seed, share=share)[0], HORIZON).info for seed in range(5)]
        return np.mean([np.abs(info.pull["all"]).max() for info in infos])

    assert pull(0.0) < 0.01
    assert pull(0.5) > 0.1


@pytest.mark.slow
def test_eighty_percent_intervals():
    """24 panels share a common shock each, so coverage itself scatters: about 4 points (2 sd)."""
    found = coverages(range(24))
    assert 0.74 <= found["months"] <= 0.86, found
    assert 0.72 <= found["sums"] <= 0.88, found
    assert 0.68 <= found["groups"] <= 0.92, found
