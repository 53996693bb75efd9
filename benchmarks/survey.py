"""Survey estimation beside svy, on the same data in one run: processor time, memory, agreement.

    python benchmarks/survey.py

svy (PyPI) needs no more than to be importable; without it our own times are printed alone. Also
timed: the employer survey's stage function on a city (3,000 firms, 12,000 posts, 600 occupations,
1,000 draws).
"""

from __future__ import annotations

import os
import platform
import resource
import time
from collections.abc import Callable
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pandas as pd

from xmdemand.intake.tables import Tables
from xmdemand.profile import Priors
from xmdemand.survey import Design, employer_demand
from xmdemand.survey.replicates import bootstrap
from xmdemand.survey.returns import establishments

N_STRATA = 50
N_FIRMS, N_REPLICATES = 3_000, 1_000


def timed(task: Callable[[], object], repeats: int = 3) -> tuple[float, object]:
    """Processor time of the fastest of a few runs, and what it returned."""
    best, result = np.inf, None
    for _ in range(repeats):
        started = time.process_time()
        result = task()
        best = min(best, time.process_time() - started)
    return best, result


def wide_frame(rng: np.random.Generator, rows: int, domains: int) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "h": rng.integers(0, N_STRATA, rows).astype(str),
            "d": rng.integers(0, domains, rows).astype(str),
            "a": rng.choice(list("pqr"), rows),
            "b": rng.choice(list("xyz"), rows),
            "y": rng.lognormal(1, 1, rows),
        }
    )
    frame["N"] = frame.groupby("h")["h"].transform("size") * 10
    frame["w"] = 10.0
    return frame


def margins_of(frame: pd.DataFrame, rng: np.random.Generator) -> dict[str, dict[str, float]]:
    """Known totals a little off the sample's, of one population."""
    size = frame["w"].sum()
    totals = {}
    for name in ("a", "b"):
        share = frame[name].value_counts(normalize=True) * rng.uniform(0.9, 1.1, 3)
        totals[name] = (share / share.sum() * size).to_dict()
    return totals


def svy_sample(frame: pd.DataFrame) -> object:
    import polars
    import svy

    table = polars.DataFrame({name: frame[name].to_numpy() for name in frame.columns})
    table = table.with_row_index("unit")
    return svy.Sample(table, svy.Design(stratum="h", psu="unit", wgt="w", pop_size="N"))


def compare_totals(
    rng: np.random.Generator, rows: int, domains: int, *, peer: bool
) -> tuple[str, float, float, float]:
    """Totals with standard errors of many domains."""
    frame = wide_frame(rng, rows, domains)
    design = Design(strata="h", weights="w", fpc="N")
    ours, table = timed(lambda: design.bind(frame).total("y", by="d").frame)
    name = f"totals, {rows:,} rows x {domains:,} domains"
    if not peer:
        return name, ours, np.nan, np.nan
    theirs, estimate = timed(lambda: svy_sample(frame).estimation.total("y", by="d"), repeats=1)
    found = estimate.to_polars()
    se = dict(zip(found["d"].to_list(), found["se"].to_list(), strict=True))
    gap = max(abs(se[row.d] / row.se - 1) for row in table.itertuples())
    return name, ours, theirs, gap


def compare_replicates(rng: np.random.Generator, *, peer: bool) -> tuple[str, float, float, float]:
    """1,000 bootstrap replicates of 3,000 firms, raked in each."""
    frame = wide_frame(rng, N_FIRMS, 100)
    totals = margins_of(frame, rng)
    design = Design(strata="h", weights="w", fpc="N")

    def ours() -> pd.DataFrame:
        return design.bind(frame).rake(totals).replicates(N_REPLICATES, seed=1).total("y").frame

    def theirs() -> object:
        sample = svy_sample(frame).weighting.create_bs_wgts(n_reps=N_REPLICATES, rstate=1)
        sample = sample.weighting.rake(controls=totals, tol=1e-9)
        return sample.estimation.total("y", method="replication").to_polars()

    own, table = timed(ours)
    name = "1,000 raked replicates, 3,000 rows"
    if not peer:
        return name, own, np.nan, np.nan
    took, found = timed(theirs, repeats=1)
    return name, own, took, abs(found["se"][0] / table["se"][0] - 1)


def city(rng: np.random.Generator) -> tuple[Tables, SimpleNamespace]:
    """3,000 sampled firms of 15,000, some 12,000 posts in 600 occupations."""
    units = [
        f"4-{group:02d}-{minor:02d}-{at:02d}"
        for group in range(10)
        for minor in range(15)
        for at in range(4)
    ]
    nodes = sorted({code[:7] for code in units} | {code[:4] for code in units} | {"4"})
    classes = pd.DataFrame({"code": [*nodes, *units]})
    depth = classes["code"].str.count("-")
    classes["level"] = depth.map({0: "major", 1: "sub-major", 2: "minor", 3: "unit"})
    classes["parent"] = classes["code"].str.rpartition("-")[0]
    n = 15_000
    size = np.clip(rng.lognormal(3, 1.2, n), 1, 5000).round()
    firms = pd.DataFrame(
        {
            "firm": [f"F{at:06d}" for at in range(n)],
            "district": rng.choice(list("uvwxyz"), n),
            "industry": rng.choice([f"i{at}" for at in range(14)], n),
            "employees": size,
            "size_class": pd.cut(size, [0, 20, 100, 300, np.inf], labels=list("1234")).astype(str),
            "selection": "",
        }
    )
    large = firms["size_class"] == "4"
    chosen = large | (rng.random(n) < 0.22)
    firms["selection"] = np.where(large, "take_all", np.where(chosen, "probability", ""))
    answered = chosen & (rng.random(n) < 0.85)
    firms["status"] = np.where(answered, "responded", np.where(chosen, "refused", ""))
    posts = firms[answered].sample(12_000, replace=True, random_state=1).reset_index(drop=True)
    hires = rng.poisson(1 + 0.03 * posts["employees"]).astype(float)
    posts["occupation"] = rng.choice(units, len(posts))
    posts = posts.assign(occupation_status="coded", post=posts["occupation"])
    blurred = rng.random(len(posts)) < 0.1
    posts["planned_hires"] = np.where(blurred, np.nan, hires)
    posts["planned_hires_low"] = np.where(blurred, np.floor(hires * 0.7), np.nan)
    posts["planned_hires_high"] = np.where(blurred, np.ceil(hires * 1.4) + 1, np.nan)
    posts["planned_hires_kind"] = np.where(blurred, "range", "exact")
    for name in ("vacancies", "headcount", "past_hires", "leavers", "train_persons"):
        posts[name] = rng.poisson(2, len(posts)).astype(float)
    posts["hard_reason"] = rng.choice(["unqualified", "pay", ""], len(posts))
    posts["wage_low"], posts["wage_high"] = 5000.0, 7000.0
    silent = ~firms["firm"].isin(posts["firm"]) & (firms["status"] == "responded")
    firms.loc[silent, "status"] = "refused"
    return Tables(firms=firms, employers=posts), SimpleNamespace(frame=classes)


def main() -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    peer = find_spec("svy") is not None
    rng = np.random.default_rng(1)
    print(f"{'task':<42}{'ours, s':>9}{'svy, s':>9}{'svy / ours':>12}{'largest gap of se':>19}")
    for task in (
        lambda: compare_totals(rng, 20_000, 200, peer=peer),
        lambda: compare_totals(rng, 100_000, 100, peer=peer),
        lambda: compare_replicates(rng, peer=peer),
        # svy's time grows with rows x domains squared: minutes here, so our own time alone.
        lambda: compare_totals(rng, 100_000, 1_000, peer=False),
    ):
        name, ours, theirs, gap = task()
        line = f"{name:<42}{ours:>9.3f}{theirs:>9.3f}{theirs / ours:>12.1f}{gap:>19.2g}"
        print(line, flush=True)
    tables, classification = city(rng)
    profile = SimpleNamespace(priors=Priors())
    took, result = timed(
        lambda: employer_demand(
            tables, profile, classification=classification, n_draws=1000, seed=1
        ),
        repeats=1,
    )
    joined = establishments(tables.firms, tables.employers, singleton="adjust")
    replicated, _ = timed(lambda: bootstrap(joined.sample, 1000, 1))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"employer_demand of a city, 1,000 draws: {took:.2f} s, of which replicate weights "
        f"{replicated:.2f} s; peak {peak:.0f} MiB; {len(result.hires.index)} occupations"
    )


if __name__ == "__main__":
    main()
