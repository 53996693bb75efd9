"""The register's next twelve months, as draws."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from xmdemand.draws import Draws, rng_for
from xmdemand.errors import InputError
from xmdemand.market.forecasts import MAX_HORIZON, Forecast, forecast_panel
from xmdemand.market.panel import SEASON, Frequency, Panel, to_dates
from xmdemand.market.register import SIDES, Register, read_register
from xmdemand.notes import Note, Notes
from xmdemand.results import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from xmdemand.intake.tables import Tables
    from xmdemand.profile import Profile

LEVEL = 0.8
"""Level of the intervals of `Outlook.frame` and `Outlook.monthly`."""


@dataclass(frozen=True, eq=False)
class Outlook(Result):
    """What the register says of an occupation's next twelve months (unit codes, sorted).

    Attributes
    ----------
    posts, seekers
        New posts and new seekers of the next 12 months, registered, (n_draws x occupations).
        Column b of both comes from one joint path.
    log_ratio
        Draws of log(posts / seekers) of the average *stock* of the last 12 months; NaN where
        there is no stock of either.
    growth
        Draws of log(new posts of the next 12 months / of the last 12), halves added to both.
    monthly
        Long history and forecast for figures: ``occupation, variable`` (``posts, seekers``),
        ``ds, actual, median, lower, upper`` at level 0.8.
    districts
        ``occupation, district, posts, seekers``: the last 12 months.
    frame
        Indexed by occupation: ``posts_past, seekers_past`` (last 12 months' new),
        ``posts_stock, seekers_stock`` (average carried), ``ratio_printed`` (as the file says),
        ``ratio_computed, months`` (observed), ``posts, posts_lower, posts_upper, seekers,
        seekers_lower, seekers_upper, level``.
    track_record
        How the same forecast would have done a year earlier: ``variable, measure, value``
        (coverage of 80% intervals of the 12-month sum, WAPE, bias against the past).
    not_stated
        New seekers of the last 12 months who state no occupation, persons.
    """

    posts: Draws
    seekers: Draws
    log_ratio: Draws
    growth: Draws
    monthly: pd.DataFrame
    districts: pd.DataFrame
    frame: pd.DataFrame
    track_record: pd.DataFrame
    not_stated: float = 0.0
    notes: Notes = ()

    def plot(
        self, occupation: str, *, variable: Literal["posts", "seekers"] = "posts", name: str = ""
    ) -> Axes:
        """History and forecast of one occupation; see `xmdemand.plots.forecast_fan`."""
        from xmdemand.plots import forecast_fan

        return forecast_fan(self, occupation, variable=variable, name=name)


def outlook(
    tables: Tables,
    profile: Profile,
    *,
    start: dt.date,
    n_draws: int,
    seed: int,
    horizon: int = 12,
) -> Outlook:
    """Forecast the register's flows and read its stocks.

    Posts and seekers are one panel, so draw b of both comes from one joint path.

    Parameters
    ----------
    tables
        `Tables.register` is needed.
    profile
        The city; its calendar tells how old the register may be.
    start
        First month forecast, the one after the register's cut-off. Later rows are left out; a
        register that ends earlier is forecast further ahead. Both are noted.
    horizon
        Months, a multiple of 3 for a quarterly register.

    Raises
    ------
    InputError
        If there is no register, or none of it can be used.
    """
    if tables.register is None:
        raise InputError.told(Note("market.no_register"))
    register = read_register(tables.register, start)
    steps = horizon // (12 // SEASON[register.freq])
    gap, notes = _gap(register, start, profile.calendar.max_input_age_months)
    paths = np.full((n_draws, len(register.flow)), np.nan)
    if register.has_flow:
        told = _told(register)
        flows = _forecast_flows(register.flow[told], register.freq, gap + steps, seed)
        paths[:, told] = flows.sums(n_draws, slice(gap, None))
        record, more = _track_record(flows.panel, steps, seed)
        notes += flows.notes + more
    else:
        flows = None
        record = pd.DataFrame(columns=["variable", "measure", "value"])
    index = pd.Index(register.flow.index.unique("occupation"), name="occupation")
    side = register.flow.index.get_level_values("variable")
    posts, seekers = (
        Draws(values=paths[:, side == name], index=index, unit=f"registered {name}")
        for name in SIDES
    )
    past = _past(register, index)
    return Outlook(
        posts=posts,
        seekers=seekers,
        log_ratio=_log_ratio(past, n_draws, seed),
        growth=Draws(
            values=np.log(posts.values + 0.5) - np.log(past["posts_past"].to_numpy() + 0.5),
            index=index,
            unit="log ratio",
        ),
        monthly=_monthly(register, flows),
        districts=_districts(register),
        frame=_frame(past, posts, seekers),
        track_record=record,
        not_stated=register.not_stated,
        notes=register.notes + notes,
    )


def _gap(register: Register, start: dt.date, max_age: int) -> tuple[int, Notes]:
    """Periods between the register's end and `start`, to be forecast as well."""
    step = 12 // SEASON[register.freq]
    first = (start.year * 12 + start.month - 1) // step
    gap = first - 1 - int(register.rows["period"].max())
    if gap <= 0:
        return 0, ()
    if gap * step > max_age or gap + SEASON[register.freq] > MAX_HORIZON:
        raise InputError.told(
            Note(
                "market.register_too_old",
                n=gap * step,
                fields={"start": f"{start:%Y-%m}", "limit": max_age},
            )
        )
    return gap, (Note("market.bridged", where=f"{start:%Y-%m}", n=gap * step, severity="warning"),)


def _told(register: Register) -> NDArray[np.bool_]:
    """Rows of the flows whose side was told at all: of a side left out nothing is known, not 0."""
    given = register.flow.notna().any(axis=1)
    return given.groupby(level="variable").transform("any").to_numpy()


def _forecast_flows(flow: pd.DataFrame, freq: Frequency, steps: int, seed: int) -> Forecast:
    return forecast_panel(_flow_panel(flow, freq), steps, seed=seed, by="variable")


def _flow_panel(flow: pd.DataFrame, freq: Frequency) -> Panel:
    """The flows as a panel: a series an occupation x variable, all ending together."""
    values = flow.to_numpy(dtype=float)
    values = values[:, : int(np.flatnonzero(np.isfinite(values).any(axis=0))[-1]) + 1]
    keys = flow.index.to_frame(index=False)
    ids = pd.Index(keys["occupation"] + " " + keys["variable"], name="unique_id")
    values = _without_prologue(values)
    end = int(flow.columns[values.shape[1] - 1])
    return Panel(
        ids=ids,
        values=np.where(np.isfinite(values).any(axis=1, keepdims=True), values, 0.0),
        last=np.full(len(ids), end),
        freq=freq,
        keys=keys.set_axis(ids),
    )


def _without_prologue(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Zeros before an occupation that is alive ever since first appeared are no observations."""
    trimmed = values.copy()
    for row, series in enumerate(values):
        alive = np.flatnonzero(np.nan_to_num(series) > 0)
        if len(alive) < 6 or alive[0] < 6:
            continue
        if len(alive) > 0.8 * (len(series) - alive[0]):
            trimmed[row, : alive[0]] = np.nan
    return trimmed


def _past(register: Register, index: pd.Index) -> pd.DataFrame:
    """The last year by occupation: flows, average stocks, ratios."""
    year = SEASON[register.freq]
    rows = register.rows
    recent = rows[rows["period"] > rows["period"].max() - year]
    grouped = recent.groupby("occupation")
    past = pd.DataFrame(index=index)
    flow = register.flow.iloc[:, -year:]
    for side in SIDES:
        own = flow[flow.index.get_level_values("variable") == side].to_numpy(dtype=float)
        seen = np.isfinite(own).sum(axis=1)  # no flow at all: NaN is meant
        total = np.nansum(own, axis=1)
        past[f"{side}_past"] = np.where(seen > 0, total / np.maximum(seen, 1) * year, np.nan)
    n_periods = recent["period"].nunique()
    kind = "carried" if register.has_flow else "total"
    for side in SIDES:
        stock = grouped[f"{side}_{kind}"].sum(min_count=1) / n_periods
        past[f"{side}_stock"] = stock.reindex(index)
    sums = grouped[[f"{side}_total" for side in SIDES]].sum(min_count=1).reindex(index)
    printed = recent[recent["ratio_printed"].notna()].assign(
        weight=lambda t: t["seekers_total"].fillna(1.0).clip(lower=1e-9)
    )
    printed = printed.assign(product=printed["weight"] * printed["ratio_printed"])
    by = printed.groupby("occupation")[["product", "weight"]].sum()
    past["ratio_printed"] = (by["product"] / by["weight"]).reindex(index)
    seekers = sums["seekers_total"]
    past["ratio_computed"] = sums["posts_total"] / seekers.where(seekers > 0)
    past["months"] = grouped["period"].nunique().reindex(index).fillna(0).astype(int) * (12 // year)
    return past


def _log_ratio(past: pd.DataFrame, n_draws: int, seed: int) -> Draws:
    """Draws of the log ratio of average stocks.

    The same openings are carried from month to month, so a year's stock tells as much as one
    count: each side is Gamma(stock + 1/2, 1), the posterior of a Poisson mean under Jeffreys'
    prior. No stock on either side: NaN.
    """
    rng = rng_for(seed, "market", "stock")
    sides = []
    for side in SIDES:
        stock = past[f"{side}_stock"].to_numpy(dtype=float)
        shape = np.where(np.isfinite(stock), stock, 0.0) + 0.5
        sides.append(np.log(np.maximum(rng.gamma(shape, size=(n_draws, len(past))), 1e-300)))
    stocks = past[["posts_stock", "seekers_stock"]].to_numpy(dtype=float)
    known = np.isfinite(stocks).all(axis=1) & (np.nansum(stocks, axis=1) > 0)
    values = np.where(known[None, :], sides[0] - sides[1], np.nan)
    return Draws(values=values, index=past.index, unit="log ratio")


def _frame(past: pd.DataFrame, posts: Draws, seekers: Draws) -> pd.DataFrame:
    frame = past.copy()
    tails = [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2]
    for side, draws in zip(SIDES, (posts, seekers), strict=True):
        lower, median, upper = np.quantile(draws.values, tails, axis=0)
        frame[side], frame[f"{side}_lower"], frame[f"{side}_upper"] = median, lower, upper
    return frame.assign(level=LEVEL)


def _districts(register: Register) -> pd.DataFrame:
    rows = register.rows
    recent = rows[rows["period"] > rows["period"].max() - SEASON[register.freq]]
    sums = recent.groupby(["occupation", "district"])[["posts_new", "seekers_new"]].sum(min_count=1)
    return sums.rename(columns={"posts_new": "posts", "seekers_new": "seekers"}).reset_index()


def _monthly(register: Register, flows: Forecast | None) -> pd.DataFrame:
    columns = ["occupation", "variable", "ds", "actual", "median", "lower", "upper"]
    if flows is None:
        return pd.DataFrame(columns=columns)
    wide = register.flow.rename_axis(columns="period")
    long = wide.reset_index().melt(["occupation", "variable"], value_name="actual").dropna()
    period = long["period"].to_numpy(dtype=np.int64)
    history = long.assign(ds=to_dates(period, register.freq)).drop(columns="period")
    tails = [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2]
    long_bands = flows.quantiles(tails)
    ahead = long_bands.loc[long_bands["quantile"].eq(0.5), ["unique_id", "ds"]].reset_index(
        drop=True
    )
    values = long_bands["value"].to_numpy().reshape(-1, 3)
    ahead[["lower", "median", "upper"]] = values
    keys = flows.panel.keys.loc[ahead["unique_id"]].reset_index(drop=True)
    ahead = pd.concat([keys, ahead.drop(columns="unique_id")], axis=1)
    both = pd.concat([history, ahead]).reindex(columns=columns)
    return both.sort_values(["occupation", "variable", "ds"], ignore_index=True)


def _track_record(panel: Panel, steps: int, seed: int) -> tuple[pd.DataFrame, Notes]:
    """The same forecast made a year earlier, held against what came."""
    columns = ["variable", "measure", "value"]
    origin = int(panel.last.max()) - steps
    earlier = panel.cut(origin)
    if panel.values.shape[1] - steps < panel.season or len(earlier.ids) == 0:
        return pd.DataFrame(columns=columns), (Note("market.no_track_record"),)
    past = forecast_panel(earlier, steps, seed=seed, by="variable")
    totals = past.total(steps, level=LEVEL, n=1000).set_index("unique_id")
    known = panel.ids.isin(earlier.ids)
    actual = pd.Series(panel.values[:, -steps:].sum(axis=1), index=panel.ids)[known]
    rows: list[tuple[str, str, float]] = []
    for side in SIDES:
        names = panel.ids[known & panel.keys["variable"].eq(side).to_numpy()]
        names = names[actual[names].notna().to_numpy()]
        if not len(names):
            continue
        came, said = actual[names], totals.loc[names]
        inside = (came >= said["lower"]) & (came <= said["upper"])
        size = max(float(came.sum()), 1e-9)
        rows += [
            (side, "coverage_80", float(inside.mean())),
            (side, "wape", float((came - said["median"]).abs().sum() / size)),
            (side, "bias", float((said["median"] - came).sum() / size)),
            (side, "series", float(len(names))),
        ]
    return pd.DataFrame(rows, columns=columns), ()
