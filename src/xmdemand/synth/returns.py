"""What employers answer: the frame, the sample, who responds, and what they write down."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xmdemand.draws import rng_for
from xmdemand.intake.tables import UNCERTAIN_COUNTS
from xmdemand.synth.world import SIZES, credit_code

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmdemand.profile import Profile
    from xmdemand.synth.labour import History
    from xmdemand.synth.world import World

DEAD = 0.03
"""Share of the frame that no longer exists (with non-response on)."""
VOLUNTARY = 0.03
"""Share of firms not drawn that fill in the form on the website all the same."""
REASONS = ("unqualified", "few_applicants", "pay", "conditions", "other")


def posts_now(world: World, history: History, *, year: int, start: int) -> pd.DataFrame:
    """What is true of every post of every firm at the time of the survey.

    Returns
    -------
    DataFrame
        `World.posts` with ``planned_hires, vacancies, vacancies_3m, past_hires, leavers,
        train_persons, hard_reason``.
    """
    rng = rng_for(world.seed, "posts now", str(year))
    posts = world.posts.copy()
    now = history.past - 1
    posts["planned_hires"] = world.planned(year, start)
    posts["vacancies"] = _share_out(rng, posts, history.vacancy_stock[:, now])
    old = history.old_stock[:, now] / np.maximum(history.vacancy_stock[:, now], 1)
    at = posts["occupation_at"].to_numpy()
    posts["vacancies_3m"] = rng.binomial(posts["vacancies"], np.clip(old, 0, 1)[at])
    last_year = history.matched[:, now - 11 : now + 1].sum(axis=1)
    posts["past_hires"] = _share_out(rng, posts, last_year)
    heads = posts["headcount"].to_numpy().astype(np.int64)
    turnover = world.occupations["turnover"].to_numpy()[at]
    posts["leavers"] = rng.binomial(
        heads, np.clip(turnover * rng.lognormal(0, 0.2, len(at)), 0, 0.9)
    )
    posts["train_persons"] = rng.binomial(heads, world.occupations["train"].to_numpy()[at])
    posts["hard_reason"] = _reasons(rng, world, history, posts)
    return posts


def _share_out(
    rng: np.random.Generator, posts: pd.DataFrame, totals: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give each occupation's total to its posts at random, in proportion to their base."""
    found = np.zeros(len(posts), dtype=np.int64)
    base = posts["base"].to_numpy()
    for at in np.unique(posts["occupation_at"]):
        rows = np.flatnonzero(posts["occupation_at"] == at)
        weight = base[rows]
        found[rows] = rng.multinomial(totals[at], weight / weight.sum())
    return found


def _reasons(
    rng: np.random.Generator, world: World, history: History, posts: pd.DataFrame
) -> NDArray[np.object_]:
    """Why vacancies are hard to fill, for posts with old ones (and a few others)."""
    at = posts["occupation_at"].to_numpy()
    qualified = world.occupations["qualified"].to_numpy()
    stock = history.seeker_stock[:, history.past - 1] / np.maximum(
        history.vacancy_stock[:, history.past - 1], 1
    )
    odds = np.column_stack(
        [
            6 * (1 - qualified)[at] + 0.2,
            1.0 / (0.4 + stock[at]),
            np.exp(-6 * posts["pay"].to_numpy()) * 0.5,
            np.full(len(at), 0.35),
            np.full(len(at), 0.2),
        ]
    )
    cumulative = (odds / odds.sum(axis=1, keepdims=True)).cumsum(axis=1)
    pick = (rng.random(len(at))[:, None] > cumulative).sum(axis=1).clip(max=4)
    told = (posts["vacancies_3m"] > 0) | ((posts["vacancies"] > 0) & (rng.random(len(at)) < 0.25))
    return np.where(told, np.array(REASONS, dtype=object)[pick], "")


def draw_sample(
    world: World, posts: pd.DataFrame, *, year: int, nonresponse: bool, sampling: bool
) -> pd.DataFrame:
    """The frame with ``selection`` and ``status``; firms that died stand at its end."""
    rng = rng_for(world.seed, "sample", str(year))
    frame = world.firms
    if nonresponse:
        frame = pd.concat([frame, _dead(frame, rng)], ignore_index=True)
    alive = np.arange(len(frame)) < len(world.firms)
    selection = np.full(len(frame), "", dtype=object)
    rates = dict(zip(SIZES, world.scale.sampling if sampling else (1.0,) * 4, strict=True))
    strata, sizes = pd.factorize(frame["industry"] + frame["size_class"])[0], frame["size_class"]
    for stratum in range(strata.max() + 1):
        rows = np.flatnonzero(strata == stratum)
        take = min(len(rows), max(2, round(len(rows) * rates[sizes.iloc[rows[0]]])))
        chosen = rng.choice(rows, take, replace=False)
        selection[chosen] = "take_all" if take == len(rows) else "probability"
    plans = np.zeros(len(frame))
    np.add.at(plans, posts["firm_at"], posts["planned_hires"])
    eager = (selection == "") & alive & (plans > 0) & (rng.random(len(frame)) < VOLUNTARY)
    status = np.where(selection == "", "", "responded").astype(object)
    if nonresponse:
        busy = plans / np.maximum(frame["employees"].to_numpy(), 1)
        small = frame["size_class"].map(dict(zip(SIZES, (0.9, 0.2, -0.1, -0.5), strict=True)))
        odds = (
            0.9
            + small.to_numpy(dtype=float)
            + 1.2 * np.minimum(busy, 1)
            + rng.normal(0, 0.3, len(frame))
        )
        silent = (selection != "") & (rng.random(len(frame)) > 1 / (1 + np.exp(-odds)))
        how = rng.choice(["refused", "no_contact", "unknown"], len(frame), p=[0.55, 0.35, 0.10])
        status[silent] = how[silent]
        status[(selection != "") & ~alive] = "out_of_scope"
    selection[eager] = "voluntary"
    status[eager] = "responded"
    return frame.assign(selection=selection, status=status)


def _dead(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    gone = frame.iloc[
        np.sort(rng.choice(len(frame), round(DEAD * len(frame)), replace=False))
    ].copy()
    gone["firm"] = [credit_code(900_000 + at) for at in range(len(gone))]
    gone["firm_name"] = [name.replace("有限公司", "（旧）有限公司") for name in gone["firm_name"]]
    return gone


def answers(
    world: World,
    posts: pd.DataFrame,
    frame: pd.DataFrame,
    *,
    profile: Profile,
    year: int,
    start: int,
    misreport: bool,
    names: NDArray[np.object_],
) -> pd.DataFrame:
    """The returns, as `Tables.employers`; `names` are the titles written for each post."""
    rng = rng_for(world.seed, "answers", str(year))
    responded = frame.index[frame["status"] == "responded"]
    rows = posts.assign(post=names)
    rows = rows[rows["firm_at"].isin(responded)]
    asked = ["planned_hires", "vacancies", "train_persons"]
    rows = rows[(rows[asked] > 0).any(axis=1)].copy()
    rows["occupation"] = world.occupations.index.to_numpy()[rows["occupation_at"]]
    rows["occupation_status"] = "coded"
    rows["wage_low"], rows["wage_high"] = _wages(rng, world, rows, misreport=misreport)
    rows["level"], rows["train_level"] = _levels(rng, world, rows, profile)
    idle = pd.DataFrame({"firm_at": sorted(set(responded) - set(rows["firm_at"]))})
    nothing = ("post", "occupation", "occupation_status", "hard_reason", "train_level")
    idle[list(nothing)] = ""
    idle[["wage_low", "wage_high"]] = np.nan
    idle["level"] = pd.Series([()] * len(idle), dtype=object)
    idle[list(UNCERTAIN_COUNTS)] = 0
    table = pd.concat([rows, idle], ignore_index=True).sort_values(
        ["firm_at", "post"], kind="stable", ignore_index=True
    )
    kinds = _report(rng, table, misreport=misreport)
    columns = ["firm", "firm_name", "district", "industry", "size_class", "employees"]
    who = frame.loc[table["firm_at"], columns].reset_index(drop=True)
    first = dt.date(year if start > 2 else year - 1, (start - 3) % 12 + 1, 1)
    day = rng.integers(0, 28, len(frame))
    submitted = pd.Series([pd.Timestamp(first) + pd.Timedelta(days=int(d)) for d in day])
    who["submitted"] = submitted.loc[table["firm_at"]].to_numpy()
    told = ["post", "occupation", "occupation_status"]
    rest = ["hard_reason", "wage_low", "wage_high", "level", "train_level"]
    found = pd.concat([who, table[told], kinds, table[rest]], axis=1)
    found["source"] = [f"synth!employers!{at + 1}" for at in range(len(found))]
    return found


def _wages(
    rng: np.random.Generator, world: World, rows: pd.DataFrame, *, misreport: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Offered pay: the occupation's usual wage, the firm's own deviation, and a range."""
    usual = world.occupations["wage"].to_numpy()[rows["occupation_at"]]
    middle = usual * np.exp(rows["pay"].to_numpy())
    width = rng.uniform(0.05, 0.25, len(rows))
    low = np.round(middle * (1 - width), -2)
    high = np.round(middle * (1 + width), -2)
    silent = rng.random(len(rows)) < (0.12 if misreport else 0.0)
    return np.where(silent, np.nan, low), np.where(silent, np.nan, high)


def _levels(
    rng: np.random.Generator, world: World, rows: pd.DataFrame, profile: Profile
) -> tuple[list[tuple[str, ...]], NDArray[np.object_]]:
    """Levels a post asks for, and the level its training aims at."""
    ladder = [one for one in sorted(profile.levels, key=lambda one: one.order) if not one.outside]
    keys = [one.key for one in ladder[1:6]] or [one.key for one in ladder]
    lowest = np.minimum(world.lowest_level, max(len(keys) - 2, 0))[rows["occupation_at"]]
    any_level = rng.random(len(rows)) < 0.3
    width = rng.integers(1, 3, len(rows))
    asked = [
        () if free else tuple(keys[low : low + wide])
        for free, low, wide in zip(any_level, lowest, width, strict=True)
    ]
    aim = np.array(keys, dtype=object)[np.minimum(lowest + 1, len(keys) - 1)]
    return asked, np.where(rows["train_persons"] > 0, aim, "")


def _report(rng: np.random.Generator, table: pd.DataFrame, *, misreport: bool) -> pd.DataFrame:
    """Counts as four columns each: exact, or bent and blurred as people do."""
    columns: dict[str, object] = {}
    for name in UNCERTAIN_COUNTS:
        true = table[name].to_numpy(dtype=float)
        value, low, high = true.copy(), true.copy(), true.copy()
        kind = np.full(len(true), "exact", dtype=object)
        if misreport:
            value = _bend(rng, name, true)
            low, high = value.copy(), value.copy()
            if name in ("planned_hires", "vacancies"):
                value, low, high, kind = _blur(rng, value)
        columns |= {name: value, f"{name}_low": low, f"{name}_high": high, f"{name}_kind": kind}
    return pd.DataFrame(columns)


def _bend(rng: np.random.Generator, name: str, true: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round numbers, wishful plans and forgotten vacancies."""
    value = true.copy()
    if name == "planned_hires":
        value = np.round(value * np.where(rng.random(len(true)) < 0.25, 1.3, 1.0))
    elif name in ("vacancies", "vacancies_3m"):
        value = rng.binomial(value.astype(np.int64), 0.92).astype(float)
    heaped = (value >= 20) & (rng.random(len(true)) < 0.5)
    return np.where(heaped, np.round(value / 5) * 5, value)


def _blur(
    rng: np.random.Generator, value: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.object_]]:
    """Some people write a range, a bound, 约 or 若干 instead of a number."""
    kind = np.full(len(value), "exact", dtype=object)
    exact, low, high = value.copy(), value.copy(), value.copy()
    luck = np.where(value >= 3, rng.random(len(value)), 1.0)
    ranged = luck < 0.05
    low[ranged] = np.maximum(np.floor(value[ranged] / 5) * 5, 1)
    high[ranged] = low[ranged] + 5 * rng.integers(1, 3, ranged.sum())
    about = (luck >= 0.05) & (luck < 0.08)
    low[about] = high[about] = np.maximum(np.round(value[about] / 5) * 5, 5)
    least = (luck >= 0.08) & (luck < 0.10)
    low[least], high[least] = np.maximum(np.floor(value[least] / 5) * 5, 1), np.nan
    some = (luck >= 0.10) & (luck < 0.13)
    low[some], high[some] = 2, np.nan
    for name, rows in {"range": ranged, "approx": about, "at_least": least, "some": some}.items():
        kind[rows] = name
        exact[rows] = np.nan
    return exact, low, high, kind
