"""The ranking against simple rules: worlds with known outcome, and real panels.

    python benchmarks/ranking.py [--runs 6] [--draws 300] [--kept-aside] [--shared DIR]

Prints everything, losses too. Worlds come with their survey and with the register alone; seeds 0-19
are for development, `--kept-aside` takes those nothing was chosen by instead. `--shared`
(or XMDEMAND_SHARED) is a folder with the public data of the French tension indicator and of the
Australian vacancy index; without it those parts are left out.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy.stats import rankdata, spearmanr

from ranking_worlds import HELD_OUT, WORLDS, Seen, draw_world
from xmdemand.market import forecast
from xmdemand.profile import District, Level, Profile, Tier, Title, TrainingField
from xmdemand.shortage import rank, rank_sets
from xmdemand.shortage.evaluate import calibration_slope, calibration_table
from xmdemand.shortage.shrink import shrink

TOP = 50
PROFILE = Profile(
    key="bench",
    city="示例市",
    bureau="示例市人社局",
    districts=(District(code="01", name="全市"),),
    fields=(TrainingField(key="all", name="全部", departments=("人社",)),),
    levels=(Level(key="5", name="初级工", order=1),),
    titles=(Title(key="training-need", text="{city}{year}", short="目录"),),
    tiers=(Tier(stars=1, name="紧缺", mark="★", quota=TOP),),
    eligible=("4",),
    public_columns=("code",),
)


def precision(score: np.ndarray, truth: np.ndarray) -> float:
    """Share of the true top among the k with the highest score."""
    return float(np.mean(truth[np.argsort(-score, kind="stable")[:TOP]] >= np.sort(truth)[-TOP]))


def simple_rules(seen: Seen) -> dict[str, np.ndarray]:
    """Persistence, raw gap, plain ratio, mean of ranks."""
    plain = seen.indicators
    names = ("log_ratio", "vacancy_rate", "long_open", "skill_shortage", "demand_growth")
    return {
        "persistence": seen.last,
        "raw gap": plain["gap"].astype(float),
        "plain ratio": plain["log_ratio"],
        "mean of ranks": np.mean([rankdata(plain[name]) for name in names], axis=0),
    }


def one_world(name: str, seed: int, n_draws: int, survey: bool) -> tuple[dict, tuple]:
    """Top-50 precision of every rule in one world; P(top 50) beside what came."""
    seen = draw_world(name, seed, n_draws)
    result = rank(
        seen.demand if survey else None, seen.outlook, None, PROFILE,
        classification=SimpleNamespace(frame=seen.tree),  # type: ignore[arg-type]
        year=2026, n_draws=n_draws, seed=seed, top=TOP,
    )  # fmt: skip
    rated = result.frame["rated"].to_numpy()
    index = result.frame["index"].fillna(-9).to_numpy()
    row = {"world": name, "rated": rated.sum()}
    for rule, score in ({"ours": index} | simple_rules(seen)).items():
        row[rule] = precision(score, seen.truth)
    # Not one of the four: what the index's heaviest indicator would do alone, without shrinkage.
    known = seen.outlook.frame
    row["waits alone"] = precision(
        ((known["posts_stock"] + 0.5 / 12) / (known["posts_past"] + 0.5)).to_numpy(), seen.truth
    )
    top = seen.truth >= np.sort(seen.truth[rated])[-TOP]
    return row, (result.frame.loc[rated, "p_top"].to_numpy(), top[rated])


def worlds(seeds: Sequence[int], n_draws: int, title: str, *, survey: bool = True) -> None:
    """Top-50 precision by world and rule, and the calibration of P(top 50)."""
    rows, kept = [], []
    for name in WORLDS:
        for seed in seeds:
            row, promised = one_world(name, seed, n_draws, survey)
            rows.append(row)
            kept.append(promised)
    runs = pd.DataFrame(rows)
    table = runs.groupby("world", sort=False).mean()
    rules = table[["persistence", "raw gap", "plain ratio", "mean of ranks"]]
    table["lead"] = table["ours"] - rules.max(axis=1)
    for name, best in rules.idxmax(axis=1).items():
        own = runs[runs["world"] == name]
        table.loc[name, "error"] = (own["ours"] - own[best]).std() / np.sqrt(len(own))
        at = np.flatnonzero(runs["world"] == name)
        table.loc[name, "slope"] = calibration_slope(*joined([kept[i] for i in at]))
    with_what = "survey and register" if survey else "register alone"
    print(f"\n{title}, {with_what}: top-{TOP} precision, mean of seeds {seeds[0]}-{seeds[-1]}")
    print(table.round(3).to_string())
    p, hit = joined(kept)
    print(f"\nP(top {TOP}), all worlds: slope {calibration_slope(p, hit):.2f}")
    print(calibration_table(p, hit).round(3).to_string(index=False))


def joined(promised: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """P(top 50) and what came, of several runs."""
    p, hit = zip(*promised, strict=True)
    return np.concatenate(p), np.concatenate(hit)


def french_tension(shared: Path) -> None:
    """Tension three years on, from the years known: shrunken against persistence (Spearman)."""
    path = shared / "data" / "dares_france" / "tension_2011_2016.csv"
    if not path.exists():
        print(f"\nFrench tension: left out, {path} is not there")
        return
    table = pd.read_csv(path, dtype={"fap": str})
    wide = table[table["level"] == "fap225"].pivot_table(
        index="fap", columns="year", values="tension"
    )
    wide = wide.dropna()
    group = pd.factorize(wide.index.str[:2])[0]
    print(f"\nFrench tension three years on, {len(wide)} occupations (Spearman)")
    for year in (2011, 2012, 2013):
        known = wide[[y for y in wide.columns if y <= year]].to_numpy()
        own = known.mean(axis=1)
        # Year-to-year changes tell the noise of one year; a mean of n years has a part of it.
        noise = np.var(np.diff(wide[[2011, 2012]].to_numpy(), axis=1)) / 2 / known.shape[1]
        fit = shrink(own, np.full(len(own), noise), group)
        mean, _ = fit.group_moments()
        value = fit.weight * own + (1 - fit.weight) * mean[fit.group]
        later = wide[year + 3]
        ours = spearmanr(value, later).statistic
        naive = spearmanr(wide[year], later).statistic
        print(
            f"  {year} -> {year + 3}: ours {ours:.3f}, persistence {naive:.3f}, {ours - naive:+.3f}"
        )


def vacancy_growth(shared: Path) -> None:
    """Growth of the next year on the last: expected by the engine against persistence (Spearman).

    Persistence of growth expects the growth of the year before again; persistence of the level
    expects the last month's level all year, the harder rule to beat.
    """
    path = shared / "data" / "ivi_australia" / "ivi_state_monthly.csv.gz"
    if not path.exists():
        print(f"\nGrowth on the vacancy index: left out, {path} is not there")
        return
    table = pd.read_csv(path, dtype={"anzsco_code": str}).query("level == 'two_digit'")
    table = table.assign(unique_id=table["state"] + " " + table["anzsco_code"])
    table = table.assign(ds=pd.to_datetime(table["month"]), y=table["seasonally_adjusted"])
    wide = table.pivot_table(index="unique_id", columns="ds", values="y")
    wide = wide[wide.loc[:, :"2016-12"].median(axis=1) >= 10]
    print(f"\nGrowth on the vacancy index, {len(wide)} states x occupations (Spearman)")
    for origin in ("2015-12", "2017-12", "2018-12"):
        known, later = wide.loc[:, :origin], wide.loc[:, origin:].iloc[:, 1:13]
        known = known[known.iloc[:, -24:].notna().all(axis=1) & later.notna().all(axis=1)]
        long = known.rename_axis("unique_id").reset_index()
        long = long.melt("unique_id", var_name="ds", value_name="y").dropna()
        ahead = forecast(long.sort_values(["unique_id", "ds"]), 12).total(12)
        said = ahead.set_index("unique_id")["median"].reindex(known.index)
        last, before = known.iloc[:, -12:].sum(axis=1), known.iloc[:, -24:-12].sum(axis=1)
        growth = np.log((later.loc[known.index].sum(axis=1) + 0.5) / (last + 0.5))
        ours = spearmanr(np.log((said + 0.5) / (last + 0.5)), growth).statistic
        same = spearmanr(np.log((last + 0.5) / (before + 0.5)), growth).statistic
        level = 12 * known.iloc[:, -1]
        stay = spearmanr(np.log((level + 0.5) / (last + 0.5)), growth).statistic
        print(
            f"  year after {origin}: ours {ours:.3f}, persistence of growth {same:.3f}, "
            f"of the level {stay:.3f}, {ours - max(same, stay):+.3f} against the better"
        )


def cpu(work: Callable[[], object], repeats: int = 5) -> float:
    """Seconds of this process, the least of some repeats: other work on the machine is not ours."""
    found = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def cost() -> None:
    """Marginal rank sets of 1,700 items against drawing the normals; the ranks of draws."""
    from xmdemand.shortage.ranks import credible_ranks

    rng = np.random.default_rng(0)
    n = 1700
    s = np.exp(rng.normal(-1, 0.5, n))
    x = rng.normal(0, 1, n) + rng.normal(size=n) * s
    rank_sets(x[:50], se=s[:50])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sets = cpu(lambda: rank_sets(x, se=s))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    normals = cpu(lambda: rng.standard_normal((10_000, n), dtype=np.float32))
    draws = rng.standard_normal((10_000, n), dtype=np.float32)
    ranks = cpu(lambda: credible_ranks(draws, top=TOP))
    print(f"\n1,700 items x 10,000 draws, CPU: normals {normals:.2f} s (single precision)")
    print(f"  marginal sets {sets:.2f} s, {sets / normals:.1f} x the normals")
    print(f"  their memory {(after - before) / 1024:.0f} MB above the start")
    print(f"  credible ranks {ranks:.2f} s, {ranks / normals:.1f} x the normals")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=6)
    parser.add_argument("--draws", type=int, default=300)
    parser.add_argument("--kept-aside", action="store_true")
    parser.add_argument("--shared", default=os.environ.get("XMDEMAND_SHARED", "../shared"))
    arguments = parser.parse_args()
    cost()
    seeds = HELD_OUT if arguments.kept_aside else range(20)
    title = "Seeds kept aside" if arguments.kept_aside else "Development seeds"
    for survey in (True, False):
        worlds(seeds[: arguments.runs], arguments.draws, title, survey=survey)
    french_tension(Path(arguments.shared))
    vacancy_growth(Path(arguments.shared))


if __name__ == "__main__":
    main()
