"""Six labour markets with known outcome, and what a bureau would see of them.

    python benchmarks/ranking_worlds.py [--runs 3] [--shared DIR]

prints the worlds' own figures beside those of the real panels. No ranking is run here.

Frozen on 2026-11-24, before any result of the ranking on them was looked at. They were written and
adjusted by these figures alone, by an author who knew what `ranking.py` gives and asks but had not
read the index, its indicators or weights. They replace worlds that were chosen while the ranking
was. From now on they stay as they are, whatever a ranking makes of them; a test holds them to it
(`tests/test_ranking_worlds.py`). Seeds 0-19 are for development, 100-119 (`HELD_OUT`) are kept
aside.

Truth: the share of the coming year's new vacancies still open after three months, counted in a
market simulated four rounds a month (`ranking_markets`). No formula of vacancies and seekers enters
it, and the firms' plans foresee half of the coming year's movement only.

Fitted, from the regional vacancy index of Jobs and Skills Australia (26 regions x 48 occupations,
three-month averages, 2010-2019; noise from series of 5 a month or more):

- median size 16.2 a month and spread of log sizes within a region 0.94; in the six smallest regions
  median 4.7 ("thin"); zeros 0.9% and 3.0%, values below five 23% and 56%, follow from these;
- yearly sums move by 0.14 (logs) in common to a region and 0.16 alone (series of 20 a month or
  more): monthly steps of 0.050 and 0.057, since yearly means of a random walk differ by 2.8 steps;
- season: 0.06 in common, 0.08 altogether; noise 1.1 to 1.4 times Poisson, more in large series:
  0.08 a month besides Poisson.

From the French tables of Dares: registered seekers move by 0.10 a year in common and 0.07 alone
(186 occupations, 2005-2016); turnover has a median of 24.5% a year and a spread of logs of 1.1
(89 occupations, 2007-2014; by quartiles). Held against, not fitted: the tension indicator's rank
correlation of one year with the next, 0.85-0.89, and overlap of its top 12%, 0.73-0.82 (186
occupations, 2011-2016).

Not fitted, since no panel at hand tells: how long vacancies wait (set so that a fifth to a third
are open after three months and half of those filled are filled within three to seven weeks), the
spread of tightness, matching efficiency and suitability between occupations, what the register
covers, how a survey is answered.

The two plain worlds: "ratio is right" and "gap is right". There the order of the expected ratio
(gap) of the coming year is that of the outcome without luck, which the summary and a test check on
a market a hundred times as large.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from ranking_markets import KINDS, NOW, Array, Market, N, simulate, year
from xmdemand.draws import Draws, rng_for
from xmdemand.market.outlook import Outlook
from xmdemand.survey.employers import EmployerDemand

WORLDS = KINDS
HELD_OUT = tuple(range(100, 120))
"""Seeds never looked at while anything is chosen: nothing may be fitted to them."""
SAMPLED = 0.15
"""Share of firms that answer the survey."""
POSTS_A_FIRM, STAFF_A_FIRM = 2, 10
"""A firm's vacancies and staff of one occupation come into the sample together."""
TOP = 50


@dataclass(frozen=True, eq=False)
class Seen:
    """What a bureau gets, and what only the world knows."""

    demand: EmployerDemand
    outlook: Outlook
    tree: pd.DataFrame
    truth: np.ndarray
    """Next year's share of vacancies open after three months."""
    last: np.ndarray
    """Share open over three months in last year's survey, of the same size."""
    indicators: dict[str, np.ndarray] = field(default_factory=dict)
    """Plain values without shrinkage, for the simple rules."""


def draw_world(name: str, seed: int, n_draws: int) -> Seen:
    """One world of that name."""
    market = simulate(name, seed)
    codes = occupation_codes(market.traits.group)
    survey = rng_for(seed, "worlds", name, "survey")
    demand, asked = _survey(survey, market, codes, n_draws)
    register = rng_for(seed, "worlds", name, "register")
    outlook, registered = _register(register, market, codes, n_draws)
    last = _vacancies(rng_for(seed, "worlds", name, "last"), market, NOW - 12)
    return Seen(
        demand=demand,
        outlook=outlook,
        tree=_tree(codes),
        truth=market.unfilled(0),
        last=last["vacancies_3m"] / np.maximum(last["vacancies"], 1),
        indicators=asked | registered,
    )


def occupation_codes(group: np.ndarray) -> pd.Index:
    """Unit codes by minor group, sorted."""
    place = pd.Series(group).groupby(group).cumcount()
    codes = [f"4-01-{1 + g:02d}-{1 + o:02d}" for g, o in zip(group, place, strict=True)]
    return pd.Index(codes, name="occupation")


def _tree(codes: pd.Index) -> pd.DataFrame:
    rows = [("4", "major", "major", ""), ("4-01", "sub", "sub-major", "4")]
    rows += [(code, code, "minor", "4-01") for code in sorted({code[:7] for code in codes})]
    rows += [(code, code, "unit", code[:7]) for code in codes]
    frame = pd.DataFrame(rows, columns=["code", "name", "level", "parent"])
    return frame.assign(lineage=frame["code"])


def _firms(rng: np.random.Generator, total: Array, each: int) -> tuple[np.ndarray, np.ndarray]:
    """Firms with such posts in the sample, and posts a firm."""
    firms = np.ceil(total / each).astype(np.int64)
    return rng.binomial(firms, SAMPLED), total / np.maximum(firms, 1)


def _vacancies(rng: np.random.Generator, market: Market, month: int) -> dict[str, np.ndarray]:
    """What sampled firms say of their open vacancies: firms, posts, the long open, the reason."""
    total = market.vacancies[:, month]
    firms, each = _firms(rng, total, POSTS_A_FIRM)
    posts = np.round(firms * each).astype(np.int64)
    hard = market.month_old[:, month] / np.maximum(total, 1)
    turned_away = 1 - np.exp(-market.rejected[:, month])
    # Some firms name the applicants where it was the pay, and some say nothing.
    blamed = hard * (0.8 * turned_away + 0.05 * (1 - turned_away))
    return {
        "firms": firms,
        "each": each,
        "vacancies": posts,
        "vacancies_3m": rng.binomial(posts, market.old[:, month] / np.maximum(total, 1)),
        "unqualified": rng.binomial(posts, blamed),
    }


def _survey(
    rng: np.random.Generator, market: Market, codes: pd.Index, n_draws: int
) -> tuple[EmployerDemand, dict[str, np.ndarray]]:
    """A simple random sample of firms, its bootstrap, and plain ratios."""
    traits = market.traits
    past, coming = (year(market.opened, back).sum(axis=1) for back in (1, 0))
    staff = np.round(past / traits.turnover)
    # Plans: half of the movement to come is known, the rest is not, and firms err.
    plans = np.round(np.sqrt((past + 0.5) * (coming + 0.5)) * np.exp(0.15 * rng.normal(size=N)))
    asked = _vacancies(rng, market, NOW)
    counts = {"vacancies": (asked["firms"], asked["each"])}
    quits = year(market.leavers, 1).sum(axis=1)
    for name, total, each in (
        ("headcount", staff, STAFF_A_FIRM),
        ("planned", plans, POSTS_A_FIRM),
        ("past_hires", year(market.filled, 1).sum(axis=1), POSTS_A_FIRM),
        ("leavers", rng.poisson(0.8 * staff * traits.turnover) + quits, POSTS_A_FIRM),
    ):
        counts[name] = _firms(rng, total, each)
    boot = {
        name: rng.poisson(firms, size=(n_draws, N)) * each / SAMPLED
        for name, (firms, each) in counts.items()
    }
    # The parts of a total are resampled with it: shares stay shares.
    posts = np.maximum(asked["vacancies"], 1)
    whole = np.round(boot["vacancies"] * SAMPLED).astype(int)
    for part in ("vacancies_3m", "unqualified"):
        boot[part] = rng.binomial(whole, asked[part] / posts) / SAMPLED
    boot["vacancies"] = whole / SAMPLED
    firms, each = counts["planned"]
    planned = firms * each / SAMPLED
    reporters = counts["headcount"][0]
    frame = pd.DataFrame({"estimate": planned, "reporters": reporters}, index=codes)
    demand = EmployerDemand(
        hires=Draws(boot.pop("planned"), codes, "persons"),
        certain=pd.Series(0.0, index=codes),
        variance=pd.Series(planned * each * (1 - SAMPLED) / SAMPLED, index=codes),
        totals={name: Draws(values, codes, "persons") for name, values in boot.items()},
        log_wage=Draws(_wages(rng, market, asked["vacancies"], n_draws), codes, "log yuan"),
        levels=pd.DataFrame(columns=["occupation", "level", "hires", "upgrade"]),
        districts=pd.DataFrame({"occupation": codes, "district": "all", "hires": planned}),
        cells=pd.DataFrame({"occupation": codes, "district": "all", "firms": reporters}),
        frame=frame,
        diagnostics=pd.DataFrame(columns=["item", "value"]),
    )
    head = counts["headcount"][0] * counts["headcount"][1]
    plain = {
        "vacancy_rate": asked["vacancies"] / np.maximum(asked["vacancies"] + head, 1),
        "long_open": asked["vacancies_3m"] / posts,
        "skill_shortage": asked["unqualified"] / posts,
    }
    return demand, plain


def _wages(rng: np.random.Generator, market: Market, posts: Array, n_draws: int) -> Array:
    """Mean log offered wage of the sampled vacancies: the trade's level, tightness, its own pay."""
    traits = market.traits
    level = 8.6 + 0.25 * rng.normal(size=traits.group.max() + 1)[traits.group]
    error = np.where(posts > 0, 0.25 / np.sqrt(np.maximum(posts, 1)), np.nan)
    mean = level + 0.05 * traits.tight + traits.pay + error * rng.normal(size=N)
    return mean + error * rng.normal(size=(n_draws, N))


def _register(
    rng: np.random.Generator, market: Market, codes: pd.Index, n_draws: int
) -> tuple[Outlook, dict[str, np.ndarray]]:
    """What the register sees of the last two years, and draws of the next from its own noise.

    The draws stand in for the forecast engine: yearly movement as in the panels, a fifth of last
    year's growth again (autocorrelation of growth in the panel 0.16).
    """
    traits = market.traits

    def see(values: np.ndarray, cover: np.ndarray, back: int) -> np.ndarray:
        return rng.binomial(year(values, back).sum(axis=1).astype(np.int64), cover)

    cover_posts, cover_seekers = traits.cover_posts, traits.cover_seekers
    posts, before = see(market.opened, cover_posts, 1), see(market.opened, cover_posts, 2)
    seekers = see(market.arrived, cover_seekers, 1)
    # As the tables define it: 合计 = 上期结转 + 本期新增.
    stock_posts = see(market.vacancies + market.opened, cover_posts, 1) / 12
    stock_seekers = see(market.seekers + market.arrived, cover_seekers, 1) / 12
    last_growth = np.log((posts + 0.5) / (before + 0.5))
    own = np.sqrt(0.16**2 + 1 / (posts + 1)) * rng.normal(size=(n_draws, N))
    growth = 0.14 * rng.normal(size=(n_draws, 1)) + 0.2 * last_growth + own
    people = 0.10 * rng.normal(size=(n_draws, 1)) + 0.07 * rng.normal(size=(n_draws, N))
    noise = np.sqrt(1 / (12 * stock_posts + 1) + 1 / (12 * stock_seekers + 1))
    both = (stock_posts > 0) & (stock_seekers > 0)
    ratio = np.log((stock_posts + 0.05) / (stock_seekers + 0.05))
    frame = pd.DataFrame(
        {
            "posts_past": posts,
            "seekers_past": seekers,
            "posts_stock": stock_posts,
            "seekers_stock": stock_seekers,
        },
        index=codes,
    )
    outlook = Outlook(
        posts=Draws(posts * np.exp(growth), codes, "registered posts"),
        seekers=Draws(seekers * np.exp(people), codes, "registered seekers"),
        log_ratio=Draws(
            np.where(both, ratio + noise * rng.normal(size=(n_draws, N)), np.nan), codes, "log"
        ),
        growth=Draws(growth, codes, "log"),
        monthly=pd.DataFrame(),
        districts=pd.DataFrame(
            {"occupation": codes, "district": "all", "posts": posts, "seekers": seekers}
        ),
        frame=frame,
        track_record=pd.DataFrame(),
    )
    plain = {
        "log_ratio": np.log((posts + 0.5) / (seekers + 0.5)),
        "stock_ratio": ratio,
        "gap": posts - seekers,
        "demand_growth": last_growth,
    }
    return outlook, plain


def panel_figures(averages: np.ndarray) -> dict[str, float]:
    """Size, zeros, season and noise of series x 48 months of three-month averages."""
    size = averages.mean(axis=1)
    logs = np.log(np.maximum(averages[size >= 5], 0.5))
    window = np.r_[0.5, np.ones(11), 0.5] / 12
    trend = np.array([np.convolve(row, window, "valid") for row in logs])
    off = logs[:, 6:-6] - trend
    means = off.reshape(len(off), -1, 12).mean(axis=1)
    rest = off - np.tile(means, off.shape[1] // 12)
    growth = np.diff(logs.reshape(len(logs), -1, 12).mean(axis=2), axis=1)
    around = logs - logs.mean(axis=1, keepdims=True)

    def alike(lag: int) -> float:
        return np.median((around[:, lag:] * around[:, :-lag]).sum(1) / (around**2).sum(1))

    seen = averages[size >= 5]
    return {
        "median size": np.median(size),
        "size spread": np.log(size[size > 0]).std(),
        "zeros": np.mean(averages == 0),
        "below 5": np.mean(averages < 5),
        "CV": np.median(seen.std(axis=1) / seen.mean(axis=1)),
        "season": np.median(1 - rest.var(axis=1) / off.var(axis=1)),
        "noise": np.median(rest.std(axis=1)),
        "autocorr 3": alike(3),
        "autocorr 12": alike(12),
        "yearly own": (growth - growth.mean(axis=0)).std(),
    }


PANELS = pd.DataFrame(
    {
        "panel": [16.892, 0.918, 0.001, 0.117, 0.235, 0.458, 0.111, 0.299, 0.097, 0.195],
        "panel, thin": [4.793, 1.016, 0.015, 0.544, 0.298, 0.351, 0.156, 0.369, 0.043, 0.232],
    },
    index=[
        "median size", "size spread", "zeros", "below 5", "CV", "season", "noise", "autocorr 3",
        "autocorr 12", "yearly own",
    ],
).to_dict()  # fmt: skip
"""Those figures of the real panel, 2016-2019: the median over all regions, the smallest six."""


def real_panels(shared: Path) -> dict[str, dict[str, float]]:
    """The same figures from the file itself: the median over regions."""
    table = pd.read_csv(shared / "data/ivi_australia/ivi_region_monthly.csv.gz", dtype=str)
    table = table[(table["level"] == "two_digit") & table["month"].between("2016-01", "2019-12")]
    table = table.assign(value=table["vacancies_3m_avg"].astype(float))
    wide = table.pivot_table(index=["region", "anzsco_code"], columns="month", values="value")
    wide = wide.dropna()
    regions = {name: part.to_numpy() for name, part in wide.groupby("region")}
    order = sorted(regions, key=lambda name: np.median(regions[name].mean(axis=1)))
    figures = pd.DataFrame({name: panel_figures(regions[name]) for name in order})
    return {
        "panel": figures.median(axis=1).to_dict(),
        "panel, thin": figures[order[:6]].median(axis=1).to_dict(),
    }


def world_figures(name: str, seed: int) -> dict[str, float]:
    """A world's own figures: its vacancies as the panel would show them, and its outcome."""
    market = simulate(name, seed)
    opened = market.opened[:, NOW - 49 : NOW + 1]
    averages = (opened[:, 2:] + opened[:, 1:-1] + opened[:, :-2]) / 3
    now, before = market.unfilled(0), market.unfilled(1)
    rounds = np.searchsorted(market.waited.cumsum(), market.waited.sum() / 2)
    flow = {key: year(getattr(market, key), 0).sum() for key in ("opened", "arrived", "reached")}
    return panel_figures(averages) | {
        "open 3 months": flow["reached"] / flow["opened"],
        "least of top 50": np.sort(now)[-TOP],
        "weeks to fill": 365 / 7 / 48 * (rounds + 0.5),
        "posts a seeker": flow["opened"] / flow["arrived"],
        "rank corr": spearmanr(now, before).statistic,
        "top 50 again": shared_top(now, before),
    }


def shared_top(one: np.ndarray, other: np.ndarray) -> float:
    """Share of the top 50 of one that are in the top 50 of the other."""
    return float(np.isin(np.argsort(-one)[:TOP], np.argsort(-other)[:TOP]).mean())


def plain_orders(name: str, seed: int) -> dict[str, float]:
    """Rank correlation and shared top 50 with the outcome of a market 100 times as large."""
    market = simulate(name, seed, scale=100.0)
    posts, seekers = market.expected
    outcome = market.unfilled(0)
    found = {}
    for what, score in (
        ("ratio", posts / seekers),
        ("gap", posts - seekers),
        ("outcome with luck", simulate(name, seed).unfilled(0)),
    ):
        found[what] = spearmanr(score, outcome).statistic
        found[what + ", top 50"] = shared_top(score, outcome)
    return found


def main() -> None:
    """The worlds beside the panels."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--shared", default=os.environ.get("XMDEMAND_SHARED", "../shared"))
    arguments = parser.parse_args()
    seeds = range(arguments.runs)

    def mean(figures: list[dict[str, float]]) -> pd.Series:
        return pd.DataFrame(figures).mean()

    columns = {name: mean([world_figures(name, seed) for seed in seeds]) for name in WORLDS}
    shared = Path(arguments.shared)
    panels = real_panels(shared) if (shared / "data").is_dir() else PANELS
    table = pd.DataFrame(panels | columns).reindex(columns[next(iter(WORLDS))].index)
    table.insert(0, "Dares", pd.Series({"rank corr": 0.87, "top 50 again": 0.75}))
    for name, kind in WORLDS.items():
        print(f"{name}: {kind.story}")
    print(f"\nMeans of seeds 0-{seeds[-1]}\n{table.round(3).to_string(na_rep='')}")
    plain = [name for name in WORLDS if name.endswith("is right")]
    orders = {name: mean([plain_orders(name, seed) for seed in seeds]) for name in plain}
    print("\nOrder of the coming year's expected values against the outcome without luck")
    print(pd.DataFrame(orders).round(3).to_string())


if __name__ == "__main__":
    main()
