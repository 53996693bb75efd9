"""Forecasting tasks for the benchmark: public panels, cut at origins, and a synthetic register.

Development uses one half of the series and origins to 2020-12; the other half, and 2021-12, are
kept aside for validation (`half`).
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

HORIZON = 12


@dataclass(frozen=True)
class Task:
    """A panel as it stood at one origin, and what came: wide frames, columns are months."""

    name: str
    origin: str
    train: pd.DataFrame
    test: pd.DataFrame

    @property
    def long(self) -> pd.DataFrame:
        """The training part as ``unique_id, ds, y``."""
        long = self.train.rename_axis("unique_id").reset_index()
        long = long.melt("unique_id", var_name="ds", value_name="y").dropna()
        long["ds"] = pd.to_datetime(long["ds"])
        return long.sort_values(["unique_id", "ds"], ignore_index=True)


def shared() -> Path | None:
    """The folder of shared public data, if it is there."""
    root = Path(os.environ.get("XMDEMAND_SHARED", Path(__file__).parents[2] / "shared"))
    return root / "data" if (root / "data").is_dir() else None


def _half(names: pd.Index, half: str) -> np.ndarray:
    number = np.array([zlib.crc32(str(name).encode()) % 2 for name in names])
    return np.ones(len(names), bool) if half == "all" else number == (half == "validation")


def _sample(wide: pd.DataFrame, half: str, n: int) -> pd.DataFrame:
    wide = wide[_half(wide.index, half)]
    order = np.argsort([zlib.crc32(f"sample {name}".encode()) for name in wide.index])
    return wide.iloc[np.sort(order[:n])]


def _cut(wide: pd.DataFrame, name: str, origin: str, *, last: int | None = None) -> Task:
    at = int(np.flatnonzero(wide.columns == pd.Timestamp(origin))[0]) + 1
    train = wide.iloc[:, max(0, at - last) if last else 0 : at]
    return Task(name, origin[:7], train, wide.iloc[:, at : at + HORIZON])


def _vacancies(data: Path, which: str) -> pd.DataFrame:
    place, value = {
        "region": ("region", "vacancies_3m_avg"),
        "state": ("state", "seasonally_adjusted"),
    }[which]
    table = pd.read_csv(
        data / "ivi_australia" / f"ivi_{which}_monthly.csv.gz", dtype={"anzsco_code": str}
    )
    table = table[table["level"].eq("two_digit")]
    table["unique_id"] = table[place] + " " + table["anzsco_code"]
    table["ds"] = pd.to_datetime(table["month"])
    wide = table.pivot_table(index="unique_id", columns="ds", values=value)
    return wide[wide.loc[:, :"2016-12"].median(axis=1) >= 10]


def _indeed(data: Path, part: str) -> pd.DataFrame:
    if part == "sectors":
        table = pd.read_csv(data / "indeed_postings" / "sector_monthly.csv")
        table["unique_id"] = table["country"] + " " + table["sector"]
    else:
        table = pd.read_csv(data / "indeed_postings" / "us_state_monthly.csv")
        table["unique_id"] = table["area"]
    table["ds"] = pd.to_datetime(table["month"])
    return table.pivot_table(index="unique_id", columns="ds", values="index_sa_mean")


def _competition(data: Path, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Aligned at the end of the training part, as if all ended in 2010-12."""
    table = pd.read_csv(data / f"{name}_monthly" / f"{name}_monthly.csv.gz")
    test = table[table["split"].eq("test")]
    test = test.assign(step=test.groupby("series")["t"].rank().astype(int))
    train = table[table["split"].eq("train")]
    back = train["t"] - train.groupby("series")["t"].transform("max")
    end = 2010 * 12 + 11
    train = train.assign(ds=_month(end + back))
    test = test.assign(ds=_month(end + test["step"]))
    wide = train.pivot_table(index="series", columns="ds", values="value")
    return wide, test[test["step"] <= HORIZON].pivot_table(
        index="series", columns="ds", values="value"
    )


def _month(number: pd.Series) -> pd.DatetimeIndex:
    return pd.DatetimeIndex([pd.Timestamp(int(n) // 12, int(n) % 12 + 1, 1) for n in number])


def synthetic_register(n: int = 200, months: int = 84, seed: int = 0) -> pd.DataFrame:
    """Small counts with a common cycle, seasons, level shifts and over-dispersion."""
    rng = np.random.default_rng(seed)
    t = np.arange(months)
    cycle = np.zeros(months)
    shock = rng.normal(0, 0.05, months)
    for k in range(1, months):
        cycle[k] = 0.97 * cycle[k - 1] + shock[k]
    rows = []
    for _ in range(n):
        size = rng.lognormal(1.5, 1.3)
        season = rng.normal(0, 0.25) * np.cos(2 * np.pi * (t - rng.integers(12)) / 12)
        own = np.cumsum(rng.normal(0, 0.04, months))
        shift = rng.normal(0, 0.6) * (t > rng.integers(12, months)) * (rng.random() < 0.2)
        mean = size * np.exp(season + own + shift + rng.uniform(0.3, 1.5) * cycle)
        spread = rng.uniform(2, 20)
        rows.append(rng.poisson(mean * rng.gamma(spread, 1 / spread, months)))
    columns = pd.date_range("2014-01-01", periods=months, freq="MS")
    index = pd.Index([f"occupation {k:04d}" for k in range(n)], name="unique_id")
    return pd.DataFrame(np.array(rows, float), index=index, columns=columns)


def make_tasks(half: str, n: int) -> list[Task]:
    """Every task of a half (`development`, `validation`, `all`), at most `n` series each."""
    tasks = []
    data = shared()
    if data is not None:
        regions = _sample(_vacancies(data, "region"), half, n)
        states = _sample(_vacancies(data, "state"), half, n)
        calm, shock = ("2017-12-01", "2018-12-01"), ("2019-12-01", "2020-12-01")
        if half != "development":
            shock = (*shock, "2021-12-01")
        for name, wide in (("regions", regions), ("states", states)):
            tasks += [_cut(wide, f"{name} calm", origin) for origin in calm]
            tasks += [_cut(wide, f"{name} shock", origin) for origin in shock]
        tasks += [_cut(regions, "regions 24", origin, last=24) for origin in calm]
        tasks += [_cut(states, "states 24", calm[1], last=24)]
        sectors = _sample(_indeed(data, "sectors"), half, n)
        places = _sample(_indeed(data, "states"), half, n)
        tasks += [_cut(sectors, "indeed", "2022-06-01"), _cut(places, "indeed", "2023-06-01")]
        if half != "development":
            tasks.append(_cut(places, "indeed", "2023-12-01"))
        for name in ("m3", "tourism"):
            train, test = _competition(data, name)
            train = _sample(train, half, n)
            tasks.append(Task(name, "2010-12", train, test.loc[train.index]))
    counts = synthetic_register(2 * n, seed=2 if half == "validation" else 1)
    tasks += [_cut(counts.iloc[:n], "register", o) for o in ("2018-12-01", "2019-12-01")]
    return tasks
